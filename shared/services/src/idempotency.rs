//! Things that are made once per `Idempotency-Key`, however often they are asked for and whatever dies.
//!
//! The key holds the id under which the thing is made, and a thing is made under its id once. So a try that finds the key
//! of one that died, or is merely late, makes the same thing and not a second one.

use openwati_core::id::Id;
use openwati_core::idempotency::{CreateAgain, FirstCreation, create_again};
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::idempotency::IdempotencyRecord;

use crate::error::Error;
use crate::platform::Platform;

/// An `Idempotency-Key` with the request that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The caller's text.
    pub key: String,
    /// [`openwati_core::idempotency::request_hash`] of the request.
    pub request_hash: String,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made<T> {
    /// It, as it is answered.
    pub thing: T,
    /// Whether an earlier answer is given again.
    pub replayed: bool,
}

/// How one kind of thing is made. Everything that can be refused without looking at the other things of its kind is
/// refused before.
pub(crate) trait Creation: Sync {
    /// The thing, as it is answered.
    type Thing: Send;

    /// The thing of this id, as [`make`](Self::make) answered it.
    fn find(&self, id: Id) -> impl Future<Output = Result<Option<Self::Thing>, Error>> + Send;

    /// The same, of a key's first try, of which is known whether it is `done`. Where the thing is many things, none of
    /// them tells whether the others were made, and only this does.
    fn find_first(
        &self,
        id: Id,
        done: bool,
    ) -> impl Future<Output = Result<Option<Self::Thing>, Error>> + Send {
        let _ = done;
        self.find(id)
    }

    /// Makes the thing under this id, unless there is one already: then it refuses, or fails. A refusal leaves nothing;
    /// only [`Error::Unavailable`] may leave the thing made.
    fn make(&self, id: Id) -> impl Future<Output = Result<Self::Thing, Error>> + Send;
}

/// Makes a thing of the tenant's, once per key.
///
/// # Errors
/// As the creation's own; with a key also [`Error::InProgress`], [`Error::KeyReused`], and [`Error::Conflict`] where the
/// thing was deleted since.
pub(crate) async fn once<C: Creation>(
    platform: &Platform,
    tenant: &TenantId,
    idempotency: Option<&Idempotency>,
    creation: &C,
) -> Result<Made<C::Thing>, Error> {
    let now = platform.now();
    let id = Id::new(now, platform.entropy());
    let Some(idempotency) = idempotency else {
        let thing = creation.make(id).await?;
        return Ok(Made {
            thing,
            replayed: false,
        });
    };
    let Idempotency { key, request_hash } = idempotency;
    let lease_until = platform.lease_until(now);
    let holder = Holder {
        platform,
        tenant,
        key,
    };
    let record = IdempotencyRecord::new(request_hash.clone(), id, now, lease_until);
    let first = match holder.claim(&record, None, now).await {
        Ok(first) => first,
        Err(error) => {
            // It may have been made: whoever asks again is not to wait for its lease.
            holder.release(id).await;
            return Err(error);
        }
    };
    let Some(first) = first.filter(|first| first.made != id) else {
        return holder.make(record, creation).await;
    };
    // Only what belongs to the request is looked for under the id: another's may be of another kind.
    let thing = match first.request_hash == *request_hash {
        true => creation.find_first(first.made, first.done).await?,
        false => None,
    };
    let known = FirstCreation {
        request_hash: &first.request_hash,
        lease_until: first.lease_until,
        done: first.done,
        exists: thing.is_some(),
    };
    match (create_again(&known, request_hash, now), thing) {
        (CreateAgain::Reused, _) => Err(Error::KeyReused),
        (CreateAgain::Replay, Some(thing)) => {
            holder.finish(first).await;
            Ok(Made {
                thing,
                replayed: true,
            })
        }
        (CreateAgain::Deleted, _) => Err(Error::Conflict {
            message: "what this Idempotency-Key made was deleted since".to_owned(),
            code: "deleted_since",
        }),
        (CreateAgain::Create, _) => {
            let record = IdempotencyRecord {
                lease_until,
                ..first
            };
            match holder.claim(&record, Some(record.made), now).await? {
                None => holder.make(record, creation).await,
                // Somebody was faster.
                Some(_) => Err(Error::InProgress),
            }
        }
        (CreateAgain::InProgress | CreateAgain::Replay, _) => Err(Error::InProgress),
    }
}

/// A key of a tenant's.
struct Holder<'a> {
    platform: &'a Platform,
    tenant: &'a TenantId,
    key: &'a str,
}

impl Holder<'_> {
    async fn claim(
        &self,
        record: &IdempotencyRecord,
        replaces: Option<Id>,
        now: Moment,
    ) -> Result<Option<IdempotencyRecord>, Error> {
        let store = self.platform.store();
        let claimed = store.claim_idempotency_key(self.tenant, self.key, record, replaces, now);
        Ok(claimed.await?)
    }

    /// Makes what the key holds the id of.
    async fn make<C: Creation>(
        &self,
        record: IdempotencyRecord,
        creation: &C,
    ) -> Result<Made<C::Thing>, Error> {
        let id = record.made;
        match creation.make(id).await {
            Ok(thing) => {
                self.finish(record).await;
                Ok(Made {
                    thing,
                    replayed: false,
                })
            }
            Err(error @ Error::Unavailable(_)) => {
                // It may have been made. The key keeps its id, and whoever asks again is not to wait for its lease.
                let lease_until = self.platform.now();
                let lapsed = IdempotencyRecord {
                    lease_until,
                    ..record
                };
                self.keep(&lapsed).await;
                Err(error)
            }
            // Refused, because a late first try made it after all?
            Err(refusal) => match creation.find(id).await? {
                Some(thing) => Ok(Made {
                    thing,
                    replayed: true,
                }),
                None => {
                    self.release(id).await;
                    Err(refusal)
                }
            },
        }
    }

    /// Keeps that the thing was made, so that it is not made again once it is deleted.
    async fn finish(&self, record: IdempotencyRecord) {
        if !record.done {
            let done = IdempotencyRecord {
                done: true,
                ..record
            };
            self.keep(&done).await;
        }
    }

    async fn keep(&self, record: &IdempotencyRecord) {
        let kept = self.claim(record, Some(record.made), self.platform.now());
        if let Err(error) = kept.await {
            tracing::warn!(tenant = %self.tenant, %error, "an idempotency key was not brought up to date");
        }
    }

    /// Frees the key of a try that came to nothing. If that fails, its lease frees it.
    async fn release(&self, id: Id) {
        let store = self.platform.store();
        let released = store.release_idempotency_key(self.tenant, self.key, id);
        if let Err(error) = released.await {
            tracing::warn!(tenant = %self.tenant, %error, "an idempotency key stays claimed until its lease ends");
        }
    }
}
