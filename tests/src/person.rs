//! People of a tenant's team.

use std::sync::Arc;

use openwati_core::{email::EmailAddress, id::Id, role::Role, session::Access, tenant::TenantId};
use openwati_services::Platform;
use openwati_store::{
    audit::AuditRecord,
    user::{Created, NewSession, Sessions, USER_PER_MINUTE, UserRecord, UserState},
};

use crate::{client::Client, running::Core};

/// Somebody of a team.
#[derive(Debug, Clone)]
pub struct Person {
    core: Arc<Core>,
    /// Their tenant.
    pub tenant: TenantId,
    /// Their id.
    pub id: Id,
    /// Their address.
    pub email: EmailAddress,
}

/// Somebody to be: an active Agent, unless it is said otherwise.
#[derive(Debug)]
pub struct PersonBuilder {
    core: Arc<Core>,
    tenant: TenantId,
    role: Role,
    state: UserState,
    email: Option<EmailAddress>,
    per_minute: u32,
    unproven: bool,
}

impl PersonBuilder {
    pub(crate) fn new(core: Arc<Core>, tenant: TenantId) -> Self {
        Self {
            core,
            tenant,
            role: Role::Agent,
            state: UserState::Active,
            email: None,
            per_minute: USER_PER_MINUTE,
            unproven: false,
        }
    }

    /// Of this role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Who was invited and has not come yet, or may not come any more.
    #[must_use]
    pub fn state(mut self, state: UserState) -> Self {
        self.state = state;
        self
    }

    /// Of this address.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn email(mut self, email: &str) -> Self {
        self.email = Some(email.parse().expect("it is an address"));
        self
    }

    /// Who signed up and was not invited.
    #[must_use]
    pub fn unproven(mut self) -> Self {
        self.unproven = true;
        self
    }

    /// For so many requests a minute.
    #[must_use]
    pub fn per_minute(mut self, per_minute: u32) -> Self {
        self.per_minute = per_minute;
        self
    }

    /// Brings them in.
    ///
    /// # Panics
    /// If the store does not answer, or somebody has the address.
    pub async fn make(self) -> Person {
        let platform = &self.core.services;
        let now = platform.now();
        let id = Id::new(now, platform.entropy());
        let own = || {
            format!("{id}@team.example")
                .parse()
                .expect("it is an address")
        };
        let email = self.email.unwrap_or_else(own);
        let invited = self.state == UserState::Invited;
        let record = UserRecord {
            id,
            email: email.clone(),
            name: "Somebody".to_owned(),
            role: self.role,
            state: self.state,
            password_hash: None,
            password_version: 0,
            sessions: Sessions::default(),
            per_minute: self.per_minute,
            created_at: now,
            invited_until: invited.then(|| now.plus(std::time::Duration::from_hours(1))),
            unproven: self.unproven,
            invitation: 0,
            oidc: Vec::new(),
        };
        let act = act(platform, "user.invited", id);
        let created = platform
            .store()
            .create_user(&self.tenant, &record, None, None, &act)
            .await;
        assert_eq!(created.expect("the store answers"), Created::Yes);
        Person {
            core: self.core,
            tenant: self.tenant,
            id,
            email,
        }
    }
}

impl Person {
    /// A program in which they are logged in.
    ///
    /// # Panics
    /// If the store does not answer, or they may not come in.
    pub async fn logged_in(&self) -> Client {
        self.client(&self.session().await)
    }

    /// A program with this access token.
    pub fn client(&self, access: &Access) -> Client {
        let token = self
            .core
            .session_keys
            .sign(access, self.core.services.now());
        self.core.stranger().with_token(token.expose())
    }

    /// What they are given when they log in: a new session.
    ///
    /// # Panics
    /// If the store does not answer, or they may not come in.
    pub async fn session(&self) -> Access {
        let platform = &self.core.services;
        let new = NewSession {
            id: Id::new(platform.now(), platform.entropy()),
            agent: None,
        };
        let act = act(platform, "user.logged_in", self.id);
        let begun = platform
            .store()
            .begin_session(
                &self.tenant,
                &self.record().await,
                &new,
                platform.now(),
                &act,
            )
            .await;
        assert!(begun.expect("the store answers"), "they may come in");
        Access {
            tenant: self.tenant.clone(),
            user: self.id,
            session: new.id,
            entered: None,
        }
    }

    /// What is kept of them.
    ///
    /// # Panics
    /// If the store does not answer, or they are gone.
    pub async fn record(&self) -> UserRecord {
        let store = self.core.services.store();
        let user = store.user(&self.tenant, self.id).await;
        user.expect("the store answers").expect("they are there")
    }
}

fn act(platform: &Platform, act: &str, target: Id) -> AuditRecord {
    AuditRecord {
        id: Id::new(platform.now(), platform.entropy()),
        actor: "test".to_owned(),
        act: act.to_owned(),
        target: Some(target.to_string()),
        details: None,
    }
}
