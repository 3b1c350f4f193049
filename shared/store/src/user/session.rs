//! Where somebody is logged in.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use openwati_core::id::Id;
use openwati_core::rate::RateLimit;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use super::change::no_sessions;
use super::{UserRecord, UserState, session_name};
use crate::audit::AuditRecord;
use crate::counter::{Counted, Counter, minute};
use crate::error::StoreError;
use crate::item::{Item, at, n, number, read, s, text, write};
use crate::keys::Key;
use crate::store::{Store, Update, Updated};
use crate::transaction::Transacted;

/// Places in which somebody may be logged in. One more log-in ends the session that was unused for the longest time.
pub const MOST_SESSIONS: usize = 20;

/// How long a session lasts after it was used to get new tokens.
pub const SESSION_LASTS: Duration = Duration::from_secs(30 * 86_400);

/// How long the refresh token before the last one is still taken, for pages that renew theirs at the same time.
const BOTH_TOKENS: Duration = Duration::from_secs(30);

/// How often a log-in is tried while others of the same person come in between.
const TRIES: usize = 8;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// How often its tokens were renewed: a refresh token names it.
    pub generation: u32,
    /// When somebody logged in.
    pub created_at: Moment,
    /// When its tokens were renewed last.
    pub last_used: Moment,
    /// What they logged in with, as it calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}

/// A session to be.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id.
    pub id: Id,
    /// What is logged in with, as it calls itself; at most some tens of characters, because each request writes it.
    pub agent: Option<String>,
}

/// What became of a request of somebody's.
#[derive(Debug)]
pub enum SessionUse {
    /// It is let in and counted.
    Counted(UserRecord, RateLimit),
    /// Their minute is full.
    Full(RateLimit),
    /// There is no such person or session, or they may not come in.
    Refused,
}

/// What became of a refresh token.
#[derive(Debug)]
pub enum Turned {
    /// Its session goes on with this generation.
    Yes(UserRecord, u32),
    /// It was used before, so that somebody has a copy: its session is over.
    Stolen,
    /// There is no such session.
    Refused,
}

impl Store {
    /// Authenticates a session and counts its request, in one conditional update.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn use_session(
        &self,
        tenant: &TenantId,
        user: Id,
        session: Id,
        now: Moment,
    ) -> Result<SessionUse, StoreError> {
        let name = session_name(session);
        let condition = format!("user_state = :active AND attribute_exists(open_sessions.{name})");
        self.count_user(tenant, user, now, &condition, |item| {
            has_session(item, &name)
        })
        .await
    }

    /// Counts a request of somebody who was authenticated by others, if they may come in, in one conditional update.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn use_user(
        &self,
        tenant: &TenantId,
        user: Id,
        now: Moment,
    ) -> Result<SessionUse, StoreError> {
        self.count_user(tenant, user, now, "user_state = :active", |_| true)
            .await
    }

    async fn count_user(
        &self,
        tenant: &TenantId,
        user: Id,
        now: Moment,
        condition: &str,
        usable: impl Fn(&Item) -> bool,
    ) -> Result<SessionUse, StoreError> {
        let operation = "using a session";
        let counter = Counter {
            key: Key::user(tenant, user),
            name: "minute",
            ahead: 3,
            limit: "per_minute",
            condition: Some((condition, vec![(":active", s(UserState::Active.name()))])),
        };
        let active = |item: &Item| text(item, "user_state") == Some(UserState::Active.name());
        let counted = self
            .count(operation, &counter, minute(now), |item| {
                active(item) && usable(item)
            })
            .await?;
        match counted {
            Counted::Yes(item, window) => {
                let used = Counted::used(&item, counter.name, window);
                let record: UserRecord = read(operation, item)?;
                let rate = RateLimit::at(now, record.per_minute, used);
                Ok(SessionUse::Counted(record, rate))
            }
            Counted::Full(item) => {
                let limit = number(&item, counter.limit).unwrap_or(0);
                let limit = u32::try_from(limit).unwrap_or(0);
                Ok(SessionUse::Full(RateLimit::at(now, limit, limit)))
            }
            Counted::Refused | Counted::Missing => Ok(SessionUse::Refused),
        }
    }

    /// Logs somebody in whose password still is the one that was seen. Says whether it was. Sessions that nobody can use
    /// any more go, and the one that was unused for the longest time where there would be too many.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn begin_session(
        &self,
        tenant: &TenantId,
        seen: &UserRecord,
        new: &NewSession,
        now: Moment,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        let operation = "beginning a session";
        let session = SessionRecord {
            generation: 0,
            created_at: now,
            last_used: now,
            agent: new.agent.clone(),
        };
        let session = AttributeValue::M(write(operation, &session)?);
        let mut is = seen.clone();
        for _ in 0..TRIES {
            let going = going(&is, now);
            let mut expression = format!("SET open_sessions.{} = :session", session_name(new.id));
            let mut condition = "user_state = :active AND password_version = :seen \
                                 AND size(open_sessions) <= :open"
                .to_owned();
            if !going.is_empty() {
                expression += &format!(" REMOVE {}", going.join(", "));
                // What another log-in ended makes no room for this one.
                for path in &going {
                    condition += &format!(" AND attribute_exists({path})");
                }
            }
            let open = i64::try_from(is.sessions.len()).unwrap_or(i64::MAX);
            let update = Update::new(Key::user(tenant, seen.id), expression)
                .condition(condition)
                .value(":session", session.clone())
                .value(":active", s(UserState::Active.name()))
                .value(":seen", n(seen.password_version))
                .value(":open", n(open));
            let items = vec![
                self.transact_update(update),
                self.audit_item(tenant, audit)?,
            ];
            if let Transacted::Done = self.transact(operation, items).await? {
                return Ok(true);
            }
            is = match self.user(tenant, seen.id).await? {
                Some(is) if is.sessions.get(new.id).is_some() => return Ok(true),
                Some(is)
                    if is.state == UserState::Active
                        && is.password_version == seen.password_version =>
                {
                    is
                }
                _ => return Ok(false),
            };
        }
        Err(StoreError::Unavailable {
            operation,
            reason: "others logged in all the time".to_owned(),
        })
    }

    /// Renews a session's tokens: `generation` is that of the refresh token that came.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn turn_session(
        &self,
        tenant: &TenantId,
        user: Id,
        session: Id,
        generation: u32,
        now: Moment,
    ) -> Result<Turned, StoreError> {
        let operation = "renewing a session";
        let name = session_name(session);
        let path = format!("open_sessions.{name}");
        let update = Update::new(
            Key::user(tenant, user),
            format!("SET {path}.generation = :next, {path}.last_used = :now"),
        )
        .condition(format!(
            "user_state = :active AND {path}.generation = :this"
        ))
        .value(":active", s(UserState::Active.name()))
        .value(":this", n(generation))
        .value(":next", n(i64::from(generation) + 1))
        .value(":now", at(now))
        .returns(ReturnValue::AllNew);
        let item = match self.update(operation, update).await? {
            Updated::Done(item) => return Ok(Turned::Yes(read(operation, item)?, generation + 1)),
            Updated::Refused(None) => return Ok(Turned::Refused),
            Updated::Refused(Some(item)) => item,
        };
        let record: UserRecord = read(operation, item)?;
        let Some(is) = record.sessions.get(session) else {
            return Ok(Turned::Refused);
        };
        if record.state != UserState::Active || is.generation < generation {
            return Ok(Turned::Refused);
        }
        let before = is.generation == generation + 1;
        if before && now < is.last_used.plus(BOTH_TOKENS) {
            let generation = is.generation;
            return Ok(Turned::Yes(record, generation));
        }
        let end = Update::new(Key::user(tenant, user), format!("REMOVE {path}"))
            .condition("attribute_exists(pk)");
        self.update(operation, end).await?;
        Ok(Turned::Stolen)
    }

    /// Ends a session of somebody's, or all of them. Says whether they are still there.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn end_sessions(
        &self,
        tenant: &TenantId,
        user: Id,
        session: Option<Id>,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        let key = Key::user(tenant, user);
        let update = match session {
            Some(id) => Update::new(key, format!("REMOVE open_sessions.{}", session_name(id))),
            None => Update::new(key, "SET open_sessions = :none").value(":none", no_sessions()),
        };
        let update = update.condition("attribute_exists(pk)");
        let items = vec![
            self.transact_update(update),
            self.audit_item(tenant, audit)?,
        ];
        let made = self.transact("ending a session", items).await?;
        Ok(matches!(made, Transacted::Done))
    }
}

/// Where the sessions are that go when one more begins.
fn going(is: &UserRecord, now: Moment) -> Vec<String> {
    let mut by_use: Vec<_> = is.sessions.iter().collect();
    by_use.sort_by_key(|(_, session)| session.last_used);
    let over = (by_use.len() + 1).saturating_sub(MOST_SESSIONS);
    let ended = |last_used: Moment| last_used.plus(SESSION_LASTS) <= now;
    let going = by_use
        .into_iter()
        .enumerate()
        .filter(|(at, (_, session))| *at < over || ended(session.last_used));
    going
        .map(|(_, (name, _))| format!("open_sessions.{name}"))
        .collect()
}

fn has_session(item: &Item, name: &str) -> bool {
    let sessions = item.get("open_sessions").and_then(|open| open.as_m().ok());
    sessions.is_some_and(|sessions| sessions.contains_key(name))
}
