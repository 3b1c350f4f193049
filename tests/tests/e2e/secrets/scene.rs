//! What is asked, what is answered, and which secrets are in play.

use std::cell::RefCell;

use http::Method;
use openwati_tests::Answer;
use reqwest::RequestBuilder;
use serde_json::Value;

use super::needles::Known;

/// A platform at which everything that is answered is kept.
pub(super) struct Scene {
    http: reqwest::Client,
    base_url: RefCell<String>,
    answers: RefCell<Vec<Kept>>,
    secrets: RefCell<Vec<Known>>,
}

/// An answer, with the name of the request that got it.
pub(super) struct Kept {
    pub(super) name: &'static str,
    pub(super) whole: Vec<u8>,
}

/// Who asks: with a key, with a token, or with nothing.
pub(super) type Bearer<'a> = Option<&'a str>;

impl Scene {
    pub(super) fn new(base_url: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy();
        let http = http.redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.build().unwrap(),
            base_url: RefCell::new(base_url.to_owned()),
            answers: RefCell::default(),
            secrets: RefCell::default(),
        }
    }

    /// The platform is elsewhere from now on.
    pub(super) fn moves(&self, base_url: &str) {
        base_url.clone_into(&mut self.base_url.borrow_mut());
    }

    /// This is secret, and shown by these answers alone.
    pub(super) fn secret(&self, name: &str, value: &str, shown_in: &'static [&'static str]) {
        assert!(value.len() >= 8, "{name} would be found by chance");
        let mut secrets = self.secrets.borrow_mut();
        // Two tokens of the same second are one.
        if let Some(known) = secrets.iter_mut().find(|known| known.value == value) {
            known.shown_in.extend(shown_in);
            return;
        }
        secrets.push(Known {
            name: name.to_owned(),
            value: value.to_owned(),
            shown_in: shown_in.to_vec(),
        });
    }

    /// The same for a signed token. Its signature is what nobody can make up, so that it is looked for alone.
    pub(super) fn token(&self, name: &str, value: &str, shown_in: &'static [&'static str]) {
        self.secret(name, value, shown_in);
        let (_, signature) = value.rsplit_once('.').unwrap();
        self.secret(&format!("{name}: signature"), signature, shown_in);
    }

    pub(super) fn secrets(&self) -> Vec<Known> {
        self.secrets.borrow().clone()
    }

    pub(super) fn answers(&self) -> Vec<Kept> {
        self.answers.take()
    }

    /// A request to the platform.
    pub(super) fn request(&self, method: Method, path: &str, bearer: Bearer<'_>) -> RequestBuilder {
        let url = match path.starts_with("http") {
            true => path.to_owned(),
            false => format!("{}{path}", self.base_url.borrow()),
        };
        let request = self.http.request(method, url);
        match bearer {
            Some(bearer) => request.bearer_auth(bearer),
            None => request,
        }
    }

    /// Asks, and keeps the answer under this name.
    pub(super) async fn ask(&self, name: &'static str, request: RequestBuilder) -> Answer {
        let answer = Answer::of(request.send().await.unwrap()).await;
        let mut whole = answer.status.to_string().into_bytes();
        for (header, value) in &answer.headers {
            whole.extend(format!("\n{header}: ").into_bytes());
            whole.extend(value.as_bytes());
        }
        whole.extend(b"\n\n");
        whole.extend(answer.text.as_bytes());
        self.answers.borrow_mut().push(Kept { name, whole });
        answer
    }

    pub(super) async fn get(&self, name: &'static str, path: &str, bearer: Bearer<'_>) -> Answer {
        self.ask(name, self.request(Method::GET, path, bearer))
            .await
    }

    pub(super) async fn post(
        &self,
        name: &'static str,
        path: &str,
        bearer: Bearer<'_>,
        body: &Value,
    ) -> Answer {
        let request = self.request(Method::POST, path, bearer).json(body);
        self.ask(name, request).await
    }

    pub(super) async fn patch(
        &self,
        name: &'static str,
        path: &str,
        bearer: Bearer<'_>,
        body: &Value,
    ) -> Answer {
        let request = self.request(Method::PATCH, path, bearer).json(body);
        self.ask(name, request).await
    }
}
