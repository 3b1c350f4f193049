//! Who may use the embedded DynamoDB and SQS: programs that know this data folder's access key.
//!
//! The key's id is random and stands only in files that the folder's owner alone may read, so that it shows whose a
//! program is. A page in a browser is refused for what it cannot hide: its `Origin`, and the name that it called.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::JSON;
use crate::{seed::AwsKeys, sim_guard};

/// Lets those through who sign with one key.
#[derive(Clone)]
pub(super) struct Guard {
    /// The SHA-256 of the key's id: comparing hashes takes as long however much of an id is right.
    id: Arc<[u8]>,
}

impl Guard {
    /// Those who sign with `keys`.
    pub(super) fn new(keys: &AwsKeys) -> Self {
        Self {
            id: hash(&keys.access_key_id).into(),
        }
    }

    /// The router behind the guard.
    pub(super) fn before(self, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state(self, check))
    }

    fn allows(&self, headers: &HeaderMap) -> bool {
        let signed = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let knows_key = signed
            .and_then(access_key_id)
            .is_some_and(|id| *hash(id) == *self.id);
        knows_key
            && !headers.contains_key(header::ORIGIN)
            && sim_guard::is_called_by_own_name(headers)
    }
}

async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if guard.allows(request.headers()) {
        return next.run(request).await;
    }
    let body = json!({
        "__type": "com.amazon.coral.service#UnrecognizedClientException",
        "message": "The security token included in the request is invalid: sign with the access key of this data folder, \
                    and call this machine by a name of its own.",
    });
    let mut response = (StatusCode::FORBIDDEN, Json(body)).into_response();
    let json = HeaderValue::from_static(JSON);
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// The id in `AWS4-HMAC-SHA256 Credential=<id>/<date>/<region>/…, SignedHeaders=…, Signature=…`.
fn access_key_id(authorization: &str) -> Option<&str> {
    let (_, parts) = authorization.split_once(' ')?;
    let mut parts = parts.split(',').map(str::trim);
    let credential = parts.find_map(|part| part.strip_prefix("Credential="))?;
    credential.split_once('/').map(|(id, _)| id)
}

fn hash(id: &str) -> Vec<u8> {
    Sha256::digest(id).to_vec()
}

#[cfg(test)]
mod tests {
    use openwati_core::secret::Secret;

    use super::*;

    fn ask(authorization: Option<&str>, host: &str, origin: Option<&str>) -> bool {
        let guard = Guard::new(&AwsKeys {
            access_key_id: "OPENWATIX".to_owned(),
            secret_access_key: Secret::new("secret".to_owned()),
        });
        let headers = [
            (header::AUTHORIZATION, authorization),
            (header::HOST, Some(host)),
            (header::ORIGIN, origin),
        ];
        let headers = headers
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?.parse().unwrap())));
        guard.allows(&headers.collect())
    }

    const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=OPENWATIX/20270101/us-east-1/dynamodb/aws4_request, \
                          SignedHeaders=host, Signature=00";

    #[test]
    fn who_knows_the_key_may() {
        assert!(ask(Some(SIGNED), "127.0.0.1:4000", None));
        assert!(ask(Some(SIGNED), "localhost", None));
    }

    #[test]
    fn strangers_and_pages_and_rebound_names_may_not() {
        let other = SIGNED.replace("OPENWATIX", "OPENWATIY");
        let longer = SIGNED.replace("OPENWATIX", "OPENWATIX1");
        for authorization in [
            None,
            Some(&*other),
            Some(&*longer),
            Some("Bearer OPENWATIX/"),
        ] {
            assert!(
                !ask(authorization, "127.0.0.1:4000", None),
                "{authorization:?}"
            );
        }
        assert!(!ask(Some(SIGNED), "evil.example:4000", None));
        for origin in ["https://evil.example", "http://localhost:3000", "null"] {
            assert!(
                !ask(Some(SIGNED), "127.0.0.1:4000", Some(origin)),
                "{origin}"
            );
        }
    }
}
