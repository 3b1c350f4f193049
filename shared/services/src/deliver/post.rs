//! One attempt: signed, posted, and judged by what was answered.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use openwati_channels::guarded::{Answer, FetchError, PostLimits};
use openwati_core::key_ring::{KeyRing, Sealed};
use openwati_core::retry;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_core::webhook::{WebhookSecret, webhook_id};
use openwati_store::delivery::{AttemptRecord, EventBody};
use openwati_store::endpoint::EndpointRecord;

use super::plan::{Attempt, Target};
use crate::error::Error;
use crate::events::secret_context;
use crate::platform::Platform;

/// How long an endpoint may take, as WATI Pro's documentation says.
const LONGEST: Duration = Duration::from_secs(10);

/// How much of an endpoint's answer is kept, in bytes, and how much is read.
const KEPT: usize = 20_000;
const READ: usize = 64 * 1024;

/// How long an endpoint may take, and what is read of its answer. What became of the attempt has to be recorded within the
/// function's time too.
fn limits(platform: &Platform) -> PostLimits {
    PostLimits {
        total_timeout: LONGEST.min(platform.function_timeout() * 2 / 3),
        keep_answer_bytes: KEPT,
        max_answer_bytes: READ,
    }
}

/// The largest event that is read from the bucket.
const LARGEST_EVENT: usize = 4 * 1024 * 1024;

const WATI_SIGNATURE: HeaderName = HeaderName::from_static("x-wati-signature");
const WATI_TIMESTAMP: HeaderName = HeaderName::from_static("x-wati-timestamp");
const STANDARD_ID: HeaderName = HeaderName::from_static("webhook-id");
const STANDARD_TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const STANDARD_SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// What signs an endpoint's events.
#[derive(Debug)]
pub(super) struct Signer {
    current: WebhookSecret,
    previous: Option<WebhookSecret>,
}

impl Signer {
    /// What signs the endpoint's events now.
    pub(super) fn open(
        platform: &Platform,
        tenant: &TenantId,
        endpoint: &EndpointRecord,
    ) -> Result<Self, Error> {
        let ring = platform.key_ring()?;
        let rotating = endpoint
            .previous_until
            .is_some_and(|until| platform.now() < until);
        let previous = endpoint.previous_secret.as_ref().filter(|_| rotating);
        Ok(Self {
            current: secret(ring, tenant, endpoint, &endpoint.secret)?,
            previous: previous
                .map(|sealed| secret(ring, tenant, endpoint, sealed))
                .transpose()?,
        })
    }

    /// The signatures of Standard Webhooks: by the secret that holds, and for a while by the one before it.
    fn standard(&self, id: &str, at: Moment, body: &str) -> String {
        let current = self.current.sign_standard(id, at, body);
        match &self.previous {
            Some(previous) => format!("{current} {}", previous.sign_standard(id, at, body)),
            None => current,
        }
    }
}

fn secret(
    ring: &KeyRing,
    tenant: &TenantId,
    endpoint: &EndpointRecord,
    sealed: &Sealed,
) -> Result<WebhookSecret, Error> {
    let text = ring.open(&secret_context(tenant, endpoint.id), sealed)?;
    WebhookSecret::parse(text.expose()).map_err(|error| Error::Internal(Box::new(error)))
}

/// What an endpoint answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It took the event.
    Taken,
    /// It did not, and may have said when to come again.
    Failed { asked: Option<Duration> },
    /// It did not, and is never to be asked again.
    Gone,
}

/// Posts an attempt.
///
/// # Errors
/// If the event could not be read; nothing was posted.
pub(super) async fn post(
    platform: &Platform,
    target: &Target,
    attempt: &Attempt,
) -> Result<(AttemptRecord, Verdict), Error> {
    let body = match &attempt.body {
        EventBody::Text(text) => text.clone(),
        EventBody::Spilled(name) => {
            let bytes = platform.blobs()?.spilled(name, LARGEST_EVENT).await?;
            String::from_utf8(bytes).map_err(|error| Error::Internal(Box::new(error)))?
        }
    };
    let at = platform.now();
    let id = webhook_id(attempt.event);
    let wati = target.signer.current.sign_wati(&body);
    let standard = target.signer.standard(&id, at, &body);
    let headers = headers(&id, at, &wati, &standard);
    let started = Instant::now();
    let answer = platform
        .guarded()?
        .post(&target.url, headers, Bytes::from(body), limits(platform))
        .await;
    let total = started.elapsed();
    let mut log = AttemptRecord {
        at,
        wati_signature: Some(wati),
        standard_signature: Some(standard),
        status: None,
        answer: None,
        first_byte_ms: None,
        total_ms: Some(millis(total)),
        error: None,
        detail: None,
        next_at: None,
    };
    let verdict = match answer {
        Ok(answer) => judge(answer, &mut log, platform.now()),
        Err(error) => broken(&error, &mut log),
    };
    Ok((log, verdict))
}

fn headers(id: &str, at: Moment, wati: &str, standard: &str) -> HeaderMap {
    let text = |value: &str| {
        HeaderValue::from_str(value).expect("ids, numbers, hex and base64 are visible ASCII")
    };
    let seconds = HeaderValue::from(at.seconds());
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (WATI_SIGNATURE, text(wati)),
        (WATI_TIMESTAMP, seconds.clone()),
        (STANDARD_ID, text(id)),
        (STANDARD_TIMESTAMP, seconds),
        (STANDARD_SIGNATURE, text(standard)),
    ])
}

fn judge(answer: Answer, log: &mut AttemptRecord, now: Moment) -> Verdict {
    log.status = Some(answer.status.as_u16());
    log.first_byte_ms = Some(millis(answer.timings.first_byte));
    log.total_ms = Some(millis(answer.timings.total));
    if !answer.body_prefix.is_empty() {
        log.answer = Some(String::from_utf8_lossy(&answer.body_prefix).into_owned());
    }
    if answer.status.is_success() {
        return Verdict::Taken;
    }
    log.error = Some("status".to_owned());
    log.detail = Some(format!("the endpoint answered {}", answer.status.as_u16()));
    if answer.status == http::StatusCode::GONE {
        return Verdict::Gone;
    }
    let asked = answer.headers.get(RETRY_AFTER);
    let asked = asked.and_then(|value| retry::asked(value.to_str().ok()?, now));
    Verdict::Failed { asked }
}

fn broken(error: &FetchError, log: &mut AttemptRecord) -> Verdict {
    log.error = Some(error.class().to_owned());
    log.detail = Some(error.to_string());
    Verdict::Failed { asked: None }
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}
