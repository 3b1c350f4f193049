//! People whom issuers of OpenID Connect vouch for.

mod keys;
mod people;

use openwati_core::time::{Clock, Moment};
use openwati_services::oidc::Oidc;
use openwati_store::aws::Documents;
use openwati_tests::Issuer;
use serde_json::{Value, json};

/// For whom the issuers' tokens are.
const AUDIENCE: &str = "openwati-tests";

/// An issuer as the operator names it.
fn named(issuer: &Issuer) -> Value {
    json!({"issuer": issuer.url(), "audience": AUDIENCE})
}

/// What judges tokens of these issuers.
fn judge(issuers: &[Value]) -> Oidc {
    let text = Value::from(issuers).to_string();
    Oidc::parse(&text, &Documents::new(), true).unwrap()
}

fn now() -> Moment {
    Clock::system().now()
}

/// What a token of the issuer's says of somebody.
fn claims(issuer: &Issuer, subject: &str) -> Value {
    json!({
        "iss": issuer.url(), "aud": AUDIENCE, "sub": subject,
        "iat": now().seconds(), "exp": now().seconds() + 300,
    })
}

/// The same with a claim that is another, or gone where it is null.
fn with(claims: &Value, claim: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    match value {
        Value::Null => claims.as_object_mut().unwrap().remove(claim),
        value => claims
            .as_object_mut()
            .unwrap()
            .insert(claim.to_owned(), value),
    };
    claims
}
