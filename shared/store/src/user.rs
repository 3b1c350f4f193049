//! The people of a tenant's team: who they are, how they log in, and where they are logged in.
//!
//! A person's item holds their sessions too, so that one conditional update authenticates a request, counts it, and
//! tells the role: whoever logs out, is removed, or is made something else is that at once.

mod change;
mod create;
mod invitation;
mod oidc;
mod session;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{TransactWriteItem, Update as TransactUpdate};
use openwati_core::email::EmailAddress;
use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{Item, n, read, s, text};
use crate::keys::{Key, TEAM_COUNT, names, team_partition};
use crate::store::{Store, Update};

pub use change::{Changed, UserChange};
pub use create::Created;
pub use session::{MOST_SESSIONS, NewSession, SESSION_LASTS, SessionRecord, SessionUse, Turned};

/// Requests a minute that a person may make over all their sessions.
pub const USER_PER_MINUTE: u32 = 600;

/// Whether somebody may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserState {
    /// They were invited and have not come yet.
    Invited,
    /// They may.
    Active,
    /// They may not, until an Admin lets them again.
    Disabled,
}

impl UserState {
    /// The name in the API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// Somebody of a team. Attributes that conditions name have names that DynamoDB does not reserve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRecord {
    /// Their id.
    #[serde(rename = "sk", skip_serializing)]
    pub id: Id,
    /// Their address, which is nobody else's in any tenant.
    pub email: EmailAddress,
    /// What they are called.
    pub name: String,
    /// What they may do.
    #[serde(rename = "user_role")]
    pub role: Role,
    /// Whether they may come in.
    #[serde(rename = "user_state")]
    pub state: UserState,
    /// What their password is checked against, a PHC string; nothing for who comes by OIDC alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<Secret<String>>,
    /// How often the password was set. A link to set it anew names the version that it replaces.
    #[serde(default)]
    pub password_version: u32,
    /// Where they are logged in.
    #[serde(rename = "open_sessions", default)]
    pub sessions: Sessions,
    /// Requests a minute.
    pub per_minute: u32,
    /// When they were invited or signed up.
    pub created_at: Moment,
    /// When their invitation ends, until they come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_until: Option<Moment>,
    /// Whether nobody but they themselves vouches for the address: they signed up, and were not invited.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unproven: bool,
    /// Which of their invitations is good: it is counted up with each one, and the link of an earlier one is dead.
    #[serde(default)]
    pub invitation: u32,
    /// The look-ups by which issuers' subjects are them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub oidc: Vec<String>,
}

impl UserRecord {
    /// Whether they hold up a tenant that must not be without an Admin.
    pub fn is_active_admin(&self) -> bool {
        self.state == UserState::Active && self.role >= Role::Admin
    }
}

/// Sessions by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sessions(BTreeMap<String, SessionRecord>);

impl Sessions {
    /// The session of this id.
    pub fn get(&self, session: Id) -> Option<&SessionRecord> {
        self.0.get(&session_name(session))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &SessionRecord)> {
        self.0
            .iter()
            .map(|(name, session)| (name.as_str(), session))
    }

    /// When one of them was last begun or renewed.
    pub fn last_used(&self) -> Option<Moment> {
        self.0.values().map(|session| session.last_used).max()
    }

    /// With `session` alone, if it is there.
    fn only(&self, session: Option<Id>) -> Self {
        let name = session.map(session_name);
        let kept = name.and_then(|name| self.0.get_key_value(&name));
        Self(
            kept.map(|(n, s)| (n.clone(), s.clone()))
                .into_iter()
                .collect(),
        )
    }
}

/// A session's name in the item, which expressions take as it is: it begins with a letter.
fn session_name(session: Id) -> String {
    format!("s{session}")
}

/// Who something leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRef {
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: Id,
}

/// A page of a team, in the order in which they came.
#[derive(Debug)]
pub struct TeamPage {
    /// At most as many as asked for.
    pub users: Vec<UserRecord>,
    /// What to give as `after` for the next page; none when there is nothing more.
    pub next: Option<Id>,
}

impl Store {
    /// Somebody of a tenant's team.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn user(&self, tenant: &TenantId, id: Id) -> Result<Option<UserRecord>, StoreError> {
        let operation = "reading a user";
        let item = self.get(operation, &Key::user(tenant, id)).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// A page of a tenant's team.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn team(
        &self,
        tenant: &TenantId,
        after: Option<Id>,
        limit: usize,
    ) -> Result<TeamPage, StoreError> {
        let operation = "listing a team";
        let mut start = after.map_or_else(|| TEAM_COUNT.to_owned(), |id| id.hex());
        let mut users: Vec<UserRecord> = Vec::new();
        loop {
            let wanted = limit + 1 - users.len();
            let request = self.client.query().table_name(&*self.table);
            let page = request
                .key_condition_expression("pk = :pk AND sk > :after")
                .expression_attribute_values(":pk", s(team_partition(tenant)))
                .expression_attribute_values(":after", s(&start))
                .limit(i32::try_from(wanted).unwrap_or(i32::MAX))
                .consistent_read(true)
                .send()
                .await
                .map_err(StoreError::sdk(operation))?;
            for item in page.items.unwrap_or_default() {
                users.push(read(operation, item)?);
            }
            if users.len() > limit {
                users.truncate(limit);
                let next = users.last().map(|last| last.id);
                return Ok(TeamPage { users, next });
            }
            let more = page.last_evaluated_key;
            let Some(last) = more.and_then(|key| text(&key, names::SK).map(ToOwned::to_owned))
            else {
                return Ok(TeamPage { users, next: None });
            };
            start = last;
        }
    }

    /// Whose an e-mail address is, in whichever tenant.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn find_email(&self, email: &EmailAddress) -> Result<Option<UserRef>, StoreError> {
        self.find_email_hash(&email.hash()).await
    }

    /// Whose the e-mail address with this hash is.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn find_email_hash(&self, hash: &str) -> Result<Option<UserRef>, StoreError> {
        let operation = "looking an address up";
        let item = self.get(operation, &Key::email_hash(hash)).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// The change of a team's counts: of seats, invited and disabled ones among them, and of active Admins. It is refused
    /// where there would be more than `most` seats, or no Admin left.
    fn team_count(
        &self,
        tenant: &TenantId,
        seats: i64,
        admins: i64,
        most: Option<u32>,
    ) -> TransactWriteItem {
        let mut update = Update::new(
            Key::user_count(tenant),
            "ADD team_seats :seats, team_admins :admins",
        )
        .value(":seats", n(seats))
        .value(":admins", n(admins));
        match most {
            Some(0) => update = update.condition("team_seats < :most").value(":most", n(0)),
            Some(most) => {
                update = update
                    .condition("attribute_not_exists(team_seats) OR team_seats < :most")
                    .value(":most", n(most));
            }
            None if admins < 0 => {
                update = update.condition("team_admins > :one").value(":one", n(1));
            }
            None => {}
        }
        self.transact_update(update)
    }

    /// The seats of a tenant that are taken, invited and disabled ones among them.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn seats(&self, tenant: &TenantId) -> Result<u32, StoreError> {
        Ok(self.team_counts(tenant).await?.0)
    }

    /// The seats that are taken, and the Admins that are active.
    async fn team_counts(&self, tenant: &TenantId) -> Result<(u32, u32), StoreError> {
        let item = self
            .get("counting a team", &Key::user_count(tenant))
            .await?;
        let count = |name| {
            let number = item
                .as_ref()
                .and_then(|item: &Item| crate::item::number(item, name));
            u32::try_from(number.unwrap_or(0)).unwrap_or(0)
        };
        Ok((count("team_seats"), count("team_admins")))
    }

    fn transact_update(&self, update: Update) -> TransactWriteItem {
        let names = (!update.names.is_empty()).then_some(update.names);
        let values = (!update.values.is_empty()).then_some(update.values);
        let update = TransactUpdate::builder()
            .table_name(&*self.table)
            .set_key(Some(update.key.map()))
            .update_expression(update.expression)
            .set_condition_expression(update.condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .build()
            .expect("table, key and expression are given");
        TransactWriteItem::builder().update(update).build()
    }
}
