//! An issuer of OpenID Connect, and the keys that it signs with.

use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use axum::{Json, Router, extract::State, response::IntoResponse, routing::get};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// An issuer; it ends when it is dropped.
#[derive(Debug)]
pub struct Issuer {
    url: String,
    state: Arc<Mutex<Published>>,
    server: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Published {
    configuration: Value,
    keys: Vec<Value>,
    is_down: bool,
    fetches: usize,
}

/// A key that tokens are signed with.
#[derive(Debug)]
pub struct SigningKey {
    id: Option<String>,
    pair: Pair,
}

#[derive(Debug)]
enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ec(EcdsaKeyPair),
}

impl Issuer {
    /// Starts one that publishes these keys.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start(keys: &[&SigningKey]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let url = format!("http://{address}");
        let state = Arc::new(Mutex::new(Published {
            configuration: json!({"issuer": url, "jwks_uri": format!("{url}/keys")}),
            keys: keys.iter().map(|key| key.published()).collect(),
            ..Published::default()
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(published))
            .with_state(Arc::clone(&state));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { url, state, server }
    }

    /// Its address, which is its name.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Publishes these keys from now on, as they are.
    pub fn publish(&self, keys: Vec<Value>) {
        self.state().keys = keys;
    }

    /// Says this of itself from now on.
    pub fn configure(&self, configuration: Value) {
        self.state().configuration = configuration;
    }

    /// Answers nothing but 503 from now on, or all again.
    pub fn goes_down(&self, is_down: bool) {
        self.state().is_down = is_down;
    }

    /// How often its keys were asked for.
    pub fn fetches(&self) -> usize {
        self.state().fetches
    }

    fn state(&self) -> MutexGuard<'_, Published> {
        self.state.lock().expect("nobody panics with it")
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

type Shared = State<Arc<Mutex<Published>>>;

async fn configuration(State(state): Shared) -> impl IntoResponse {
    let state = state.lock().expect("nobody panics with it");
    match state.is_down {
        true => Err(StatusCode::SERVICE_UNAVAILABLE),
        false => Ok(Json(state.configuration.clone())),
    }
}

async fn published(State(state): Shared) -> impl IntoResponse {
    let mut state = state.lock().expect("nobody panics with it");
    state.fetches += 1;
    match state.is_down {
        true => Err(StatusCode::SERVICE_UNAVAILABLE),
        false => Ok(Json(json!({ "keys": state.keys }))),
    }
}

impl SigningKey {
    /// A new RSA key.
    ///
    /// # Panics
    /// If none can be made.
    pub fn rsa(id: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key can be made");
        Self {
            id: Some(id.to_owned()),
            pair: Pair::Rsa(Box::new(pair)),
        }
    }

    /// A new key on the curve P-256.
    ///
    /// # Panics
    /// If none can be made.
    pub fn ec(id: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        Self {
            id: Some(id.to_owned()),
            pair: Pair::Ec(pair.expect("a key can be made")),
        }
    }

    /// As it is published: a JSON Web Key.
    pub fn published(&self) -> Value {
        match &self.pair {
            Pair::Rsa(pair) => {
                let key = pair.public_key();
                let n = URL_SAFE_NO_PAD.encode(key.modulus().big_endian_without_leading_zero());
                let e = URL_SAFE_NO_PAD.encode(key.exponent().big_endian_without_leading_zero());
                json!({"kty": "RSA", "kid": self.id, "use": "sig", "alg": "RS256", "n": n, "e": e})
            }
            Pair::Ec(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
                json!({"kty": "EC", "kid": self.id, "use": "sig", "crv": "P-256", "x": x, "y": y})
            }
        }
    }

    /// The public key as bytes that a verifier holds: what a confused one would take for a secret.
    pub fn public_bytes(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ec(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// A token that says this.
    pub fn sign(&self, claims: &Value) -> String {
        let alg = match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::Ec(_) => "ES256",
        };
        self.sign_as(&json!({"typ": "JWT", "alg": alg, "kid": self.id}), claims)
    }

    /// The same under any header.
    ///
    /// # Panics
    /// If it cannot be signed.
    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let done = pair.sign(
                    &RSA_PKCS1_SHA256,
                    &random,
                    signed.as_bytes(),
                    &mut signature,
                );
                done.expect("it can be signed");
                signature
            }
            Pair::Ec(pair) => {
                let signature = pair.sign(&random, signed.as_bytes());
                signature.expect("it can be signed").as_ref().to_vec()
            }
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
