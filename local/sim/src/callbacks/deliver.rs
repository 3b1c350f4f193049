//! The deliverer: takes callbacks to the platform until it answers 200.

use std::{
    collections::VecDeque,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use reqwest::{Client, redirect};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{lanes::Lanes, sign};
use crate::{
    base::LastBase,
    media::{is_file, link},
    numbers::Numbers,
    store::{Callback, Writer},
    time::now_ms,
};

/// Callbacks on their way at once.
const IN_FLIGHT: usize = 32;
/// How long the platform has for its answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The first wait after a refusal, which doubles up to the longest one.
const FIRST_WAIT_MS: f64 = 1_000.0;
const LONGEST_WAIT_MS: f64 = 3_600_000.0;
/// Meta gives a callback up after seven days ("Webhooks": retries).
const GIVEN_UP_AFTER_MS: f64 = 7.0 * 24.0 * 3_600_000.0;
/// How long a shutdown waits for callbacks on their way.
const FAREWELL: Duration = Duration::from_secs(2);
/// Answers that are remembered.
const RECENT: usize = 1_000;

/// One answer to a callback.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Recent {
    pub(crate) at: String,
    /// The HTTP status; `null` when nobody answered.
    pub(crate) status: Option<u16>,
    pub(crate) attempts: u32,
    pub(crate) kind: String,
}

/// The callbacks that wait and the newest answers.
#[derive(Debug)]
pub(crate) struct Deliverer {
    inbox: UnboundedSender<Callback>,
    pending: AtomicI64,
    recent: Mutex<VecDeque<Recent>>,
    client: Client,
    speed: f64,
}

/// The receiving end, which whoever delivers takes.
pub(crate) type Taken = UnboundedReceiver<Callback>;

impl Deliverer {
    pub(crate) fn new(speed: f64, left: Vec<Callback>) -> reqwest::Result<(Self, Taken)> {
        let client = Client::builder()
            .user_agent("facebookexternalua")
            .timeout(TIMEOUT)
            .connect_timeout(TIMEOUT)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()?;
        let (inbox, queue) = unbounded_channel();
        let deliverer = Self {
            inbox,
            pending: AtomicI64::new(0),
            recent: Mutex::default(),
            client,
            speed,
        };
        deliverer.enqueue(left);
        Ok((deliverer, queue))
    }

    /// Hands over callbacks that are committed.
    pub(crate) fn enqueue(&self, callbacks: impl IntoIterator<Item = Callback>) {
        for callback in callbacks {
            self.pending.fetch_add(1, Ordering::Relaxed);
            // The other end is gone only after a shutdown; the next start finds them on disk.
            let _ = self.inbox.send(callback);
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn pending(&self) -> i64 {
        self.pending.load(Ordering::Relaxed)
    }

    /// The newest answers, newest first.
    pub(crate) fn recent(&self, limit: usize) -> Vec<Recent> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.iter().rev().take(limit).cloned().collect()
    }

    /// Delivers until `shutdown`.
    pub(crate) async fn run(
        self: Arc<Self>,
        mut queue: Taken,
        numbers: Arc<Numbers>,
        bases: Arc<LastBase>,
        writer: Writer,
        shutdown: impl Future<Output = ()> + Send,
    ) {
        let mut lanes = Lanes::default();
        let mut under_way = JoinSet::new();
        tokio::pin!(shutdown);
        loop {
            while under_way.len() < IN_FLIGHT
                && let Some(callback) = lanes.take(now_ms())
            {
                let target = numbers.callback_target(&callback.phone_number_id);
                let client = self.client.clone();
                let kind = callback.kind.strip_prefix("message:");
                let body = match kind {
                    Some(kind) if is_file(kind) => {
                        link::complete(&callback.body, bases.get().as_ref())
                    }
                    _ => callback.body.clone(),
                };
                under_way.spawn(async move {
                    let status = match target {
                        Some((url, secret)) => post(&client, &url, &secret, body).await,
                        None => None,
                    };
                    (callback, status)
                });
            }
            let wait_ms = match lanes.next_due_ms() {
                Some(due) if under_way.len() < IN_FLIGHT => due.saturating_sub(now_ms()).max(0),
                _ => i64::from(u32::MAX),
            };
            tokio::select! {
                () = &mut shutdown => break,
                Some(callback) = queue.recv() => {
                    lanes.push(callback);
                    while let Ok(callback) = queue.try_recv() {
                        lanes.push(callback);
                    }
                }
                Some(done) = under_way.join_next() => {
                    if let Ok((callback, status)) = done {
                        self.settle(&mut lanes, &writer, callback, status);
                    }
                }
                () = sleep(Duration::from_millis(wait_ms.unsigned_abs())) => {}
            }
        }
        let farewell = async {
            while let Some(done) = under_way.join_next().await {
                if let Ok((callback, status)) = done {
                    self.settle(&mut lanes, &writer, callback, status);
                }
            }
        };
        // What is still under way then is on disk and goes out again at the next start.
        let _ = timeout(FAREWELL, farewell).await;
    }

    fn settle(&self, lanes: &mut Lanes, writer: &Writer, callback: Callback, status: Option<u16>) {
        let attempts = callback.attempts + 1;
        self.remember(Recent {
            at: crate::time::iso(now_ms()),
            status,
            attempts,
            kind: callback.kind.clone(),
        });
        let given_up = (now_ms() - callback.created_ms) as f64 * self.speed > GIVEN_UP_AFTER_MS;
        let id = callback.id;
        if status == Some(200) || given_up {
            lanes.finish(&callback.lane);
            self.pending.fetch_sub(1, Ordering::Relaxed);
            let delivers = callback.delivers.filter(|_| status == Some(200));
            let at_ms = now_ms();
            writer.write_later(move |db| {
                db.prepare_cached("DELETE FROM callbacks WHERE id = ?1")?
                    .execute([id])?;
                if let Some(message) = delivers {
                    db.prepare_cached("UPDATE messages SET delivered_ms = ?1 WHERE id = ?2")?
                        .execute(rusqlite::params![at_ms, message])?;
                }
                Ok(())
            });
            return;
        }
        let wait_ms = (FIRST_WAIT_MS * 2f64.powi(callback.attempts.min(30) as i32))
            .min(LONGEST_WAIT_MS)
            / self.speed;
        let due_ms = now_ms() + wait_ms as i64;
        lanes.retry(&callback.lane, due_ms);
        writer.write_later(move |db| {
            db.prepare_cached("UPDATE callbacks SET attempts = ?1, due_ms = ?2 WHERE id = ?3")?
                .execute(rusqlite::params![attempts, due_ms, id])?;
            Ok(())
        });
    }

    fn remember(&self, answer: Recent) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() == RECENT {
            recent.pop_front();
        }
        recent.push_back(answer);
    }
}

async fn post(client: &Client, url: &str, secret: &str, body: Bytes) -> Option<u16> {
    let answer = client
        .post(url)
        .header("content-type", "application/json")
        .header("x-hub-signature-256", sign(secret, &body))
        .body(body)
        .send()
        .await
        .ok()?;
    let status = answer.status().as_u16();
    // A body that is read to its end leaves the connection free for the next callback.
    let _ = answer.bytes().await;
    Some(status)
}
