//! Stands before a service of AWS and counts what is asked of it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, Uri, header, uri::PathAndQuery},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

/// The counter, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Counter {
    url: String,
    counts: Arc<Mutex<Counts>>,
    delay_ms: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

/// What was asked, by operation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    operations: BTreeMap<String, Count>,
    /// When each request came and was answered.
    times: Vec<(Instant, Instant)>,
}

/// One operation of a service.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    requests: f64,
    /// Items that were written.
    written: f64,
    /// Capacity that the answers say was consumed, in units.
    units: f64,
}

#[derive(Clone)]
struct Shared {
    upstream: String,
    client: Client<HttpConnector, Full<Bytes>>,
    counts: Arc<Mutex<Counts>>,
    delay_ms: Arc<AtomicU64>,
}

/// The most that a request or an answer has.
const LARGEST: usize = 16 << 20;

impl Counter {
    /// A counter before `upstream`, `http://host:port`.
    pub(crate) async fn before(upstream: &str) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let counts = Arc::new(Mutex::default());
        let delay_ms = Arc::new(AtomicU64::new(0));
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let shared = Shared {
            upstream: upstream.to_owned(),
            client: Client::builder(TokioExecutor::new()).build(connector),
            counts: Arc::clone(&counts),
            delay_ms: Arc::clone(&delay_ms),
        };
        let router = Router::new().fallback(pass).with_state(shared);
        let serving = tokio::spawn(async move {
            // It ends with the benchmark, and what fails before is met by the host.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            url,
            counts,
            delay_ms,
            serving,
        })
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What was asked since this was last asked.
    pub(crate) fn take(&self) -> Counts {
        std::mem::take(&mut lock(&self.counts))
    }

    /// Keeps each request for so long from now on. Where that is long against what the service takes, requests at the same
    /// time are seen as such, whatever the machine's processors are busy with.
    pub(crate) fn delay(&self, delay: Duration) {
        let milliseconds = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.delay_ms.store(milliseconds, Ordering::Relaxed);
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Counts {
    /// Requests of the operations whose names `is` picks.
    pub(crate) fn requests(&self, is: impl Fn(&str) -> bool) -> f64 {
        self.sum(is, |count| count.requests)
    }

    /// Items that were written.
    pub(crate) fn written(&self) -> f64 {
        self.sum(|_| true, |count| count.written)
    }

    /// Capacity units of the operations whose names `is` picks.
    pub(crate) fn units(&self, is: impl Fn(&str) -> bool) -> f64 {
        self.sum(is, |count| count.units)
    }

    /// Whether an operation of DynamoDB's writes.
    pub(crate) fn writes(name: &str) -> bool {
        name.contains("Write")
            || name.ends_with("Item") && name != "GetItem" && name != "BatchGetItem"
    }

    /// The most requests of which each came after the one before was answered.
    pub(crate) fn in_sequence(&self) -> usize {
        let mut times = self.times.clone();
        times.sort_by_key(|(_, ended)| *ended);
        let mut last = None;
        let mut count = 0;
        for (began, ended) in times {
            if last.is_none_or(|last| last <= began) {
                last = Some(ended);
                count += 1;
            }
        }
        count
    }

    fn sum(&self, is: impl Fn(&str) -> bool, of: impl Fn(&Count) -> f64) -> f64 {
        let meant = self.operations.iter().filter(|(name, _)| is(name));
        meant.map(|(_, count)| of(count)).sum()
    }
}

fn lock(counts: &Mutex<Counts>) -> MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn pass(State(shared): State<Shared>, request: Request) -> Response {
    match forward(&shared, request).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

async fn forward(shared: &Shared, request: Request) -> anyhow::Result<Response> {
    let began = Instant::now();
    let delay = Duration::from_millis(shared.delay_ms.load(Ordering::Relaxed));
    if !delay.is_zero() {
        sleep(delay).await;
    }
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await?;
    let target = parts.headers.get("x-amz-target");
    let target = target.and_then(|target| target.to_str().ok());
    let operation = target.unwrap_or_default().rsplit('.').next();
    let operation = operation.unwrap_or_default().to_owned();
    let is_dynamodb = target.is_some_and(|target| target.starts_with("DynamoDB"));
    let (body, written) = match is_dynamodb {
        true => counted(&operation, &body)?,
        false => (body, 0.0),
    };
    let path = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
    parts.uri = format!("{}{path}", shared.upstream).parse::<Uri>()?;
    parts.headers.remove(header::HOST);
    parts.headers.remove(header::CONTENT_LENGTH);
    let request = http::Request::from_parts(parts, Full::new(body));
    let (parts, body) = shared.client.request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    let done = if parts.status.is_success() { 1.0 } else { 0.0 };
    let mut counts = lock(&shared.counts);
    counts.times.push((began, Instant::now()));
    let count = counts.operations.entry(operation).or_default();
    count.requests += 1.0;
    count.written += written * done;
    if is_dynamodb {
        count.units += units(&body);
    }
    drop(counts);
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// A request of DynamoDB's that asks what it consumes, and how many items it writes.
fn counted(operation: &str, body: &[u8]) -> anyhow::Result<(Bytes, f64)> {
    let mut asked: Value = serde_json::from_slice(body)?;
    let written = match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" => 1,
        "TransactWriteItems" => {
            let items = asked["TransactItems"].as_array();
            let written = |item: &&Value| item.get("ConditionCheck").is_none();
            items.map_or(0, |items| items.iter().filter(written).count())
        }
        "BatchWriteItem" => {
            let tables = asked["RequestItems"].as_object();
            let all = tables.into_iter().flat_map(|tables| tables.values());
            all.filter_map(Value::as_array).map(Vec::len).sum()
        }
        _ => 0,
    };
    asked["ReturnConsumedCapacity"] = json!("TOTAL");
    Ok((Bytes::from(asked.to_string()), written as f64))
}

/// What an answer says was consumed.
fn units(answer: &[u8]) -> f64 {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let of = |consumed: &Value| consumed["CapacityUnits"].as_f64().unwrap_or_default();
    match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().map(of).sum(),
        table => of(table),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_items_are_told_from_checked_ones() {
        let asked = br#"{"TransactItems":[{"Put":{}},{"ConditionCheck":{}},{"Update":{}}]}"#;
        let (asked, written) = counted("TransactWriteItems", asked).unwrap();
        assert_eq!(written, 2.0);
        let asked: Value = serde_json::from_slice(&asked).unwrap();
        assert_eq!(asked["ReturnConsumedCapacity"], "TOTAL");
        let asked = br#"{"RequestItems":{"a":[{},{}],"b":[{}]}}"#;
        assert_eq!(counted("BatchWriteItem", asked).unwrap().1, 3.0);
        assert_eq!(counted("Query", b"{}").unwrap().1, 0.0);
    }

    #[test]
    fn requests_at_the_same_time_are_no_sequence() {
        let start = Instant::now();
        let at = |began: u64, ended: u64| {
            let at = |ms| start + Duration::from_millis(ms);
            (at(began), at(ended))
        };
        let in_sequence = |times: &[(Instant, Instant)]| {
            let times = times.to_vec();
            let counts = Counts {
                times,
                ..Counts::default()
            };
            counts.in_sequence()
        };
        assert_eq!(in_sequence(&[]), 0);
        assert_eq!(in_sequence(&[at(0, 10), at(1, 12), at(2, 9)]), 1);
        assert_eq!(in_sequence(&[at(12, 20), at(0, 10), at(1, 30)]), 2);
    }

    #[test]
    fn units_of_one_table_and_of_several_are_read() {
        assert_eq!(units(br#"{"ConsumedCapacity":{"CapacityUnits":1.5}}"#), 1.5);
        let several = br#"{"ConsumedCapacity":[{"CapacityUnits":2.0},{"CapacityUnits":4.0}]}"#;
        assert_eq!(units(several), 6.0);
        assert_eq!(units(b"{}"), 0.0);
    }
}
