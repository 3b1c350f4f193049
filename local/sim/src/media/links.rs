//! Links in messages of the business's: WhatsApp fetches what they lead to, and keeps it for a while.

use std::{
    collections::{HashMap, VecDeque},
    error::Error as _,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use http::header::CONTENT_TYPE;
use reqwest::{Client, redirect};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{
    Media, NewFile, Unstored, Upload,
    rules::{self, Use},
};
use crate::{
    simulator::Inner,
    time::{iso, now_ms},
};

/// How long what a link led to is sent again without another look (Meta, "Media": ten minutes).
const KEPT: Duration = Duration::from_secs(10 * 60);
/// Links that are remembered before those whose time is over are forgotten.
const LINKS: usize = 1_000;
/// Fetches that are remembered.
const RECENT: usize = 1_000;
const CONNECT: Duration = Duration::from_secs(10);
/// The longest silence of a server.
const SILENCE: Duration = Duration::from_secs(20);
/// The longest that a file may take.
const WHOLE: Duration = Duration::from_secs(120);
/// Redirects that are followed.
const REDIRECTS: usize = 5;

/// What a link led to, or why nowhere; all who want it at once wait for one fetch.
#[derive(Debug)]
struct Kept {
    until: Instant,
    outcome: OnceCell<Result<Media, String>>,
}

/// One fetch.
#[derive(Clone, Debug)]
struct Fetch {
    at_ms: i64,
    url: String,
    /// The HTTP status; `None` when nobody answered.
    status: Option<u16>,
    /// What came, or why it was of no use.
    outcome: Result<i64, String>,
}

/// The links that were fetched.
#[derive(Debug)]
pub(crate) struct Links {
    client: Client,
    kept: Mutex<HashMap<String, Arc<Kept>>>,
    recent: Mutex<VecDeque<Fetch>>,
}

impl Links {
    pub(crate) fn new() -> reqwest::Result<Self> {
        // Addresses on this machine are as good as any: the simulator runs where it is developed.
        let client = Client::builder()
            .user_agent("facebookexternalua")
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(WHOLE)
            .redirect(redirect::Policy::limited(REDIRECTS))
            .no_proxy()
            .build()?;
        Ok(Self {
            client,
            kept: Mutex::default(),
            recent: Mutex::default(),
        })
    }

    /// The id of the file that a link leads to, or why it cannot be sent.
    pub(crate) async fn file(
        &self,
        inner: &Inner,
        phone_number_id: &str,
        url: &str,
        shown: Use<'_>,
    ) -> Result<String, String> {
        let kept = self.remember(url);
        let outcome = kept.outcome.get_or_init(|| async {
            let outcome = self.fetch(inner, phone_number_id, url, shown).await;
            if outcome.is_err() {
                self.forget(url, &kept);
            }
            outcome
        });
        let media = outcome.await.as_ref().map_err(Clone::clone)?;
        match shown.problem(&inner.files, media).await {
            Ok(None) => Ok(media.id.clone()),
            Ok(Some(problem)) => Err(problem),
            Err(_) => Err(UNUSABLE.into()),
        }
    }

    fn remember(&self, url: &str) -> Arc<Kept> {
        let now = Instant::now();
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= LINKS {
            all.retain(|_, kept| kept.until > now);
        }
        let new = || {
            Arc::new(Kept {
                until: now + KEPT,
                outcome: OnceCell::new(),
            })
        };
        let kept = all.entry(url.to_owned()).or_insert_with(new);
        if kept.until <= now {
            *kept = new();
        }
        Arc::clone(kept)
    }

    fn forget(&self, url: &str, kept: &Arc<Kept>) {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if all.get(url).is_some_and(|there| Arc::ptr_eq(there, kept)) {
            all.remove(url);
        }
    }

    async fn fetch(
        &self,
        inner: &Inner,
        phone_number_id: &str,
        url: &str,
        shown: Use<'_>,
    ) -> Result<Media, String> {
        let at_ms = now_ms();
        let mut status = None;
        let outcome = self
            .download(inner, phone_number_id, url, shown, &mut status)
            .await;
        let fetch = Fetch {
            at_ms,
            url: url.to_owned(),
            status,
            outcome: outcome
                .as_ref()
                .map(|media| media.file_size)
                .map_err(Clone::clone),
        };
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() == RECENT {
            recent.pop_front();
        }
        recent.push_back(fetch);
        outcome
    }

    async fn download(
        &self,
        inner: &Inner,
        phone_number_id: &str,
        url: &str,
        shown: Use<'_>,
        status: &mut Option<u16>,
    ) -> Result<Media, String> {
        let answer = self.client.get(url).send().await;
        let answer = answer.map_err(|error| unreached(&error))?;
        *status = Some(answer.status().as_u16());
        if !answer.status().is_success() {
            let status = answer.status().as_u16();
            return Err(format!(
                "Downloading media from weblink failed with http code {status}."
            ));
        }
        let content_type = answer.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or(rules::UNKNOWN).to_owned();
        if let Some(problem) = shown.wrong_type(&content_type) {
            return Err(problem);
        }
        let limit = rules::limit(shown.kind);
        if answer.content_length().is_some_and(|length| length > limit) {
            return Err(rules::over(limit));
        }
        let stored = inner.files.store_up_to(limit, answer.bytes_stream()).await;
        let stored = stored.map_err(|unstored| match unstored {
            Unstored::TooLarge => rules::over(limit),
            Unstored::CutOff(error) => unreached(&error),
            Unstored::Unusable => UNUSABLE.into(),
        })?;
        if stored.size == 0 {
            return Err("The file is empty.".into());
        }
        let upload = Upload {
            stored,
            filename: None,
            mime_type: Some(content_type),
        };
        // Nobody is ever told this id, so that it leads nowhere from the start.
        let now_ms = now_ms();
        let file = NewFile::of_business(upload, phone_number_id, now_ms, now_ms);
        let written = inner.writer.write(move |db| {
            file.insert(db)?;
            Ok(file)
        });
        let file = written.await.map_err(|_| UNUSABLE)?;
        let media = file.media.clone();
        file.keep();
        Ok(media)
    }

    /// The newest fetches, newest first, as JSON.
    pub(crate) fn newest(&self, limit: usize) -> Vec<Value> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.iter().rev().take(limit).map(Fetch::show).collect()
    }
}

impl Fetch {
    fn show(&self) -> Value {
        json!({
            "at": iso(self.at_ms),
            "url": self.url,
            "status": self.status,
            "file_size": self.outcome.as_ref().ok(),
            "problem": self.outcome.as_ref().err(),
        })
    }
}

const UNUSABLE: &str = "The file could not be kept.";

/// The words for a server that cannot be heard to the end.
fn unreached(error: &reqwest::Error) -> String {
    let mut why = if error.is_timeout() {
        "it took too long".to_owned()
    } else if error.is_redirect() {
        format!("it was led on more than {REDIRECTS} times or to where nothing can be fetched")
    } else if error.is_connect() {
        "no connection".to_owned()
    } else {
        "the answer broke off".to_owned()
    };
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.source().is_none() && !error.to_string().is_empty() {
            why = format!("{why} ({error})");
        }
        cause = error.source();
    }
    format!("Downloading media from weblink failed: {why}.")
}
