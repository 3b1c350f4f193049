//! The simulator as its host holds it.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::Router;
use bytes::Bytes;
use futures::FutureExt as _;
use tokio::task::JoinHandle;

use crate::{
    base::LastBase,
    callbacks::{Deliverer, Taken},
    changes::Changes,
    config::{Config, Error, Number},
    faults::{Faults, Webhooks},
    media::{self, Errands, Files, Links},
    numbers::Numbers,
    rates::PairRate,
    request_log::RequestLog,
    store::{self, Callback, Loaded, Reader, Writer},
    templates::Catalogue,
    time::now_ms,
    typing::Typing,
    uploads::Uploads,
    users::Users,
    windows::Windows,
};

/// What a host does when a fault for one of its queues is set: the queue and the share of jobs to
/// deliver twice. The queue `*` with 0 ends all.
type QueueFault = Box<dyn Fn(&str, f64) + Send + Sync>;

/// A simulated WhatsApp. Clones share everything.
#[derive(Clone)]
pub struct Simulator {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) numbers: Arc<Numbers>,
    /// Where the platform is, as its first number's callbacks tell: it is another at every start.
    pub(crate) own_origin: Option<String>,
    pub(crate) windows: Windows,
    pub(crate) names: RwLock<HashMap<String, String>>,
    pub(crate) typing: Typing,
    pub(crate) users: Users,
    pub(crate) templates: Catalogue,
    pub(crate) uploads: Uploads,
    pub(crate) pair_rate: Option<PairRate>,
    pub(crate) faults: Faults,
    pub(crate) requests: RequestLog,
    pub(crate) changes: Arc<Changes>,
    pub(crate) writer: Writer,
    pub(crate) reader: Reader,
    pub(crate) files: Files,
    pub(crate) links: Links,
    pub(crate) errands: Errands,
    pub(crate) bases: Arc<LastBase>,
    pub(crate) deliverer: Arc<Deliverer>,
    pub(crate) queue_fault: OnceLock<QueueFault>,
    pub(crate) speed: f64,
    next_callback: AtomicI64,
    taken: Mutex<Option<(Taken, media::Taken)>>,
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("pending_callbacks", &self.inner.deliverer.pending())
            .finish_non_exhaustive()
    }
}

impl Simulator {
    /// Opens the simulator on its folder; what an earlier one left there is taken up again.
    ///
    /// # Errors
    /// When the folder or the database in it cannot be used, or `speed` is not positive.
    pub async fn open(config: Config) -> Result<Self, Error> {
        if !(config.speed.is_finite() && config.speed > 0.0) {
            return Err(Error::Speed(config.speed));
        }
        let folder = config.data_dir.clone();
        let (writing, reading, loaded, files, uploads) = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            let writing = store::open(&folder)?;
            let reading = store::open(&folder)?;
            let loaded = Loaded::read(&writing)?;
            let files = Files::open(&folder, &loaded.media)?;
            let uploads = Uploads::open(&folder, &loaded.templates)?;
            Ok::<_, Error>((writing, reading, loaded, files, uploads))
        })
        .await
        .map_err(std::io::Error::other)??;
        let last = loaded.callbacks.iter().map(|callback| callback.id).max();
        let first = config.numbers.first();
        let own_origin = first.and_then(|number| origin(&number.callback_url));
        let overrides = loaded.overrides.into_iter().filter_map(|(waba, path)| {
            let origin = own_origin.as_deref()?;
            Some((waba, format!("{origin}{path}")))
        });
        let numbers = Numbers::new(
            config.numbers,
            loaded.numbers,
            loaded.unsubscribed,
            overrides.collect(),
        );
        let (deliverer, taken) = Deliverer::new(config.speed, loaded.callbacks)?;
        let (errands, errands_taken) = Errands::new(loaded.errands);
        let changes = Arc::<Changes>::default();
        Ok(Self {
            inner: Arc::new(Inner {
                numbers: Arc::new(numbers),
                own_origin,
                windows: Windows::new(config.window, loaded.windows),
                names: RwLock::new(loaded.names),
                typing: Typing::default(),
                users: Users::new(loaded.users),
                templates: Catalogue::new(loaded.templates),
                uploads,
                pair_rate: config.check_pair_rate.then(PairRate::default),
                faults: Faults::default(),
                requests: RequestLog::default(),
                writer: Writer::start(writing, Arc::clone(&changes))?,
                changes,
                reader: Reader::new(reading),
                files,
                links: Links::new()?,
                errands,
                bases: Arc::default(),
                deliverer: Arc::new(deliverer),
                queue_fault: OnceLock::new(),
                speed: config.speed,
                next_callback: AtomicI64::new(last.unwrap_or_default() + 1),
                taken: Mutex::new(Some((taken, errands_taken))),
            }),
        })
    }

    /// Adds a business number, or replaces the one with the same `phone_number_id`.
    pub fn add_number(&self, number: Number) {
        self.inner.numbers.add(number);
        self.inner.changes.tell();
    }

    /// Says what happens when someone sets a fault for a queue of the host: called with the queue's
    /// name and the share of jobs to deliver twice (0 to 1), and with `*` and 0 when all faults end.
    /// The first hook stays.
    pub fn on_queue_fault(&self, hook: impl Fn(&str, f64) + Send + Sync + 'static) {
        let _ = self.inner.queue_fault.set(Box::new(hook));
    }

    /// The simulator's HTTP: the phone's page, `/graph/{version}/…`, `/customers/…`, `/media/…`, `/faults`,
    /// `/numbers`, `/events`, `/requests`, `/callbacks`.
    pub fn router(&self) -> Router {
        crate::http::router(self.clone())
    }

    /// Starts delivering callbacks and fetching what links in messages lead to, until `shutdown`; callbacks under
    /// way then have two seconds more.
    /// What is not delivered stays for the next start. Only the first call delivers: the task of
    /// any other ends at once.
    pub fn start(&self, shutdown: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        let taken = {
            let mut taken = self
                .inner
                .taken
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            taken.take()
        };
        let inner = Arc::clone(&self.inner);
        let deliverer = Arc::clone(&self.inner.deliverer);
        let numbers = Arc::clone(&self.inner.numbers);
        let bases = Arc::clone(&self.inner.bases);
        let writer = self.inner.writer.clone();
        let changes = Arc::clone(&self.inner.changes);
        tokio::spawn(async move {
            if let Some((queue, errands)) = taken {
                let shutdown = async {
                    shutdown.await;
                    changes.end();
                };
                let shutdown = shutdown.shared();
                let errands = media::run_errands(inner, errands, shutdown.clone());
                let callbacks = deliverer.run(queue, numbers, bases, writer, shutdown);
                tokio::join!(errands, callbacks);
            }
        })
    }
}

/// `http://127.0.0.1:3000` of an address.
fn origin(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    let origin = url.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

/// A callback before it has an id.
pub(crate) struct Draft<'a> {
    pub(crate) lane: &'a str,
    pub(crate) kind: String,
    pub(crate) body: Bytes,
    pub(crate) due_ms: i64,
    pub(crate) delivers: Option<String>,
}

impl Inner {
    /// The callbacks to write for a draft: none when nobody is subscribed, else as many as a fault
    /// says. Copies keep out of the lane, as Meta's repetitions do.
    pub(crate) fn callbacks(
        &self,
        number: &Number,
        webhooks: Webhooks,
        draft: Draft<'_>,
    ) -> Vec<Callback> {
        let target = self.numbers.callback_target(&number.phone_number_id);
        if target.is_none() || !self.numbers.is_subscribed(&number.waba_id) {
            return Vec::new();
        }
        (0..webhooks.copies)
            .map(|copy| {
                let id = self.next_callback.fetch_add(1, Ordering::Relaxed);
                Callback {
                    id,
                    lane: match copy {
                        0 => draft.lane.to_owned(),
                        _ => format!("{}#{id}", draft.lane),
                    },
                    phone_number_id: number.phone_number_id.clone(),
                    kind: draft.kind.clone(),
                    body: draft.body.clone(),
                    created_ms: now_ms(),
                    due_ms: draft.due_ms,
                    attempts: 0,
                    delivers: draft.delivers.clone(),
                }
            })
            .collect()
    }

    /// A pause of the simulator's own, by its speed.
    pub(crate) fn pause_ms(&self, ms: f64) -> i64 {
        (ms / self.speed) as i64
    }

    /// The name that a customer's profile shows.
    pub(crate) fn name_of(&self, customer: &str) -> String {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        names.get(customer).cloned().unwrap_or_else(|| {
            let tail = customer.len().saturating_sub(4);
            format!("Customer {}", customer.get(tail..).unwrap_or(customer))
        })
    }
}
