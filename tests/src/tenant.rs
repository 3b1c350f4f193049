//! Tenants of a test's own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use http::Method;
use openwati_core::{
    api_key::ApiKey,
    id::Id,
    phone::PhoneNumber,
    plan::{self, Plan, UNLIMITED},
    rate::DayWindow,
    role::Role,
    scope::Scopes,
    secret::Secret,
    tenant::TenantId,
    time::Moment,
};
use openwati_services::{
    Platform,
    provision::{self, NewChannel, NewKey, NewTenant},
};
use openwati_sim::Number;
use openwati_store::{
    Store,
    api_key::{ApiKeyRecord, KeyListRecord, NewApiKey},
};
use serde_json::Value;

use crate::{answer::Answer, callback::sign, client::Client, person::PersonBuilder, running::Core};

/// A channel, with everything that Meta knows of it.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Our id.
    pub id: Id,
    /// The number, as digits.
    pub phone_number: String,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the account.
    pub waba_id: String,
    /// What callbacks are signed with.
    pub app_secret: String,
    /// What the handshake shows.
    pub verify_token: String,
}

/// A tenant, and its first key.
#[derive(Debug, Clone)]
pub struct Tenant {
    core: Arc<Core>,
    /// Its id.
    pub id: TenantId,
    /// Its channels, oldest first.
    pub channels: Vec<Channel>,
    /// A program with a key that may do everything.
    pub client: Client,
    anchor_minutes: u16,
    per_second: u32,
    callbacks: Option<String>,
}

/// A tenant to be: without caps, with one channel at Meta's high rate, unless it is said otherwise.
#[derive(Debug)]
pub struct TenantBuilder {
    core: Arc<Core>,
    plan: Plan,
    country: Option<String>,
    per_second: u32,
    channels: usize,
    callbacks: Option<String>,
}

/// A key to be: of every scope, for 6,000 requests a minute, unless it is said otherwise.
#[derive(Debug)]
pub struct KeyBuilder {
    core: Arc<Core>,
    tenant: TenantId,
    scopes: Scopes,
    role: Role,
    per_minute: u32,
    expires_at: Option<Moment>,
    enabled: bool,
}

/// Something that no other has: part of numbers and Meta's ids.
fn unique() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(2_000_000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl TenantBuilder {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self {
            core,
            plan: plan::named(UNLIMITED).expect("there is a plan without caps"),
            country: None,
            per_second: openwati_core::pacing::HIGH_PER_SECOND,
            channels: 1,
            callbacks: None,
        }
    }

    /// On one of the documented plans.
    ///
    /// # Panics
    /// If there is no such plan.
    #[must_use]
    pub fn plan(mut self, name: &str) -> Self {
        self.plan = plan::named(name).expect("the plan is one of the documented");
        self
    }

    /// With at most so many messages a day.
    #[must_use]
    pub fn cap(mut self, outbound_per_day: u32) -> Self {
        self.plan.outbound_per_day = Some(outbound_per_day);
        self
    }

    /// With at most so many answers of the AI a day.
    #[must_use]
    pub fn ai_replies(mut self, per_day: u32) -> Self {
        self.plan.ai_replies_per_day = Some(per_day);
        self
    }

    /// Whose local numbers are of this country.
    #[must_use]
    pub fn country(mut self, country: &str) -> Self {
        self.country = Some(country.to_owned());
        self
    }

    /// Whose channels send at most so many messages a second.
    #[must_use]
    pub fn per_second(mut self, per_second: u32) -> Self {
        self.per_second = per_second;
        self
    }

    /// With so many channels.
    #[must_use]
    pub fn channels(mut self, channels: usize) -> Self {
        self.channels = channels;
        self
    }

    /// Whose callbacks go elsewhere than to the platform.
    #[must_use]
    pub fn callbacks_to(mut self, url: &str) -> Self {
        self.callbacks = Some(url.to_owned());
        self
    }

    /// Makes it.
    pub async fn make(self) -> Tenant {
        let platform = &self.core.services;
        let id = TenantId::new(platform.entropy());
        // The day is not to turn while a test counts.
        let minutes = platform.now().minutes() + 12 * 60;
        let anchor_minutes =
            u16::try_from(minutes.rem_euclid(24 * 60)).expect("a day's minutes are few");
        let new = NewTenant {
            name: "Test".to_owned(),
            plan: self.plan,
            default_country: self.country,
            billing_anchor_minutes: anchor_minutes,
        };
        provision::tenant(platform, &id, new)
            .await
            .expect("the store answers");
        let client = KeyBuilder::new(Arc::clone(&self.core), id.clone())
            .make()
            .await;
        let mut tenant = Tenant {
            core: self.core,
            id,
            channels: Vec::new(),
            client,
            anchor_minutes,
            per_second: self.per_second,
            callbacks: self.callbacks,
        };
        for _ in 0..self.channels {
            let channel = Id::new(tenant.services().now(), tenant.services().entropy());
            tenant.connect(channel).await;
        }
        tenant
    }
}

impl Tenant {
    /// A further key.
    pub fn key(&self) -> KeyBuilder {
        KeyBuilder::new(Arc::clone(&self.core), self.id.clone())
    }

    /// Somebody of its team.
    pub fn person(&self) -> PersonBuilder {
        PersonBuilder::new(Arc::clone(&self.core), self.id.clone())
    }

    /// Its first channel.
    ///
    /// # Panics
    /// If it has none.
    pub fn channel(&self) -> &Channel {
        self.channels.first().expect("the tenant has a channel")
    }

    /// Adds a channel with this id, and its number at the simulated WhatsApp.
    pub async fn connect(&mut self, id: Id) -> &Channel {
        let platform = &self.core.services;
        let secret = |length| platform.entropy().text(b"0123456789abcdef", length);
        let unique = unique();
        let channel = Channel {
            id,
            phone_number: format!("1555{unique}"),
            phone_number_id: format!("10655500{unique}"),
            waba_id: format!("10255500{unique}"),
            app_secret: secret(32),
            verify_token: secret(24),
        };
        let access_token = format!("EAA{}", secret(40));
        let new = NewChannel {
            id,
            phone_number: PhoneNumber::from_digits(&channel.phone_number).expect("it is a number"),
            phone_number_id: channel.phone_number_id.clone(),
            waba_id: channel.waba_id.clone(),
            access_token: Secret::new(access_token.clone()),
            app_secret: Secret::new(channel.app_secret.clone()),
            verify_token: Secret::new(channel.verify_token.clone()),
            per_second: self.per_second,
            is_default: self.channels.is_empty(),
        };
        provision::channel(platform, &self.id, new)
            .await
            .expect("the store answers");
        let own = format!("{}{}", self.core.ready.base_url, self.callback_path());
        let number = Number {
            phone_number_id: channel.phone_number_id.clone(),
            waba_id: channel.waba_id.clone(),
            display_phone_number: channel.phone_number.clone(),
            verified_name: "Test".to_owned(),
            access_token,
            app_id: format!("1{unique}"),
            app_secret: channel.app_secret.clone(),
            callback_url: self.callbacks.clone().unwrap_or(own),
            verify_token: channel.verify_token.clone(),
            throughput_per_second: 1_000,
        };
        self.core.add_number(number).await;
        self.channels.push(channel);
        self.channels.last().expect("one was added")
    }

    /// Where its callbacks go.
    pub fn callback_path(&self) -> String {
        format!("/api/public/cloud-api-webhook/{}", self.id)
    }

    /// Posts a callback that its first channel's app signed.
    pub async fn callback(&self, body: &Value) -> Answer {
        self.callback_signed_by(&self.channel().app_secret, body.to_string().into_bytes())
            .await
    }

    /// Posts these bytes as a callback, signed with this secret.
    pub async fn callback_signed_by(&self, app_secret: &str, body: Vec<u8>) -> Answer {
        let request = self.client.stranger(Method::POST, &self.callback_path());
        let request = request.header("content-type", "application/json");
        let request = request.header("x-hub-signature-256", sign(app_secret, &body));
        Client::answer(request.body(body)).await
    }

    /// How many places of its day are taken.
    ///
    /// # Panics
    /// If the store does not answer.
    pub async fn places_taken(&self) -> u32 {
        let day = DayWindow::at(self.services().now(), self.anchor_minutes);
        self.store()
            .outbound_used(&self.id, day)
            .await
            .expect("the store answers")
    }

    /// Records that a customer wrote some time ago.
    ///
    /// # Panics
    /// If the store does not answer.
    pub async fn heard_from(&self, customer: &str, ago: Duration) {
        let at = self.services().now().minus(ago);
        let recorded = self
            .store()
            .record_inbound(&self.id, customer, self.channel().id, at)
            .await;
        recorded.expect("the store answers");
    }

    /// The table, for what no path of the API shows.
    pub fn store(&self) -> &Store {
        self.services().store()
    }

    /// The use cases, over a connection of the test's own.
    pub fn services(&self) -> &Platform {
        &self.core.services
    }
}

impl KeyBuilder {
    pub(crate) fn new(core: Arc<Core>, tenant: TenantId) -> Self {
        Self {
            core,
            tenant,
            scopes: Scopes::all(),
            role: Role::Admin,
            per_minute: 6_000,
            expires_at: None,
            enabled: true,
        }
    }

    /// Of these scopes alone.
    ///
    /// # Panics
    /// If one of them is none.
    #[must_use]
    pub fn scopes(mut self, names: &[&str]) -> Self {
        self.scopes = Scopes::parse(names).expect("the scopes are known");
        self
    }

    /// Of this role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// For so many requests a minute.
    #[must_use]
    pub fn per_minute(mut self, per_minute: u32) -> Self {
        self.per_minute = per_minute;
        self
    }

    /// That ends at this moment.
    #[must_use]
    pub fn expires_at(mut self, at: Moment) -> Self {
        self.expires_at = Some(at);
        self
    }

    /// That somebody switched off.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// Makes it, and a program that has it.
    pub async fn make(self) -> Client {
        let platform = &self.core.services;
        let key = ApiKey::new(platform.entropy());
        let id = Id::new(platform.now(), platform.entropy());
        if self.enabled {
            let new = NewKey {
                id,
                name: "Test".to_owned(),
                scopes: self.scopes,
                role: self.role,
                per_minute: self.per_minute,
                expires_at: self.expires_at,
            };
            let made = provision::api_key(platform, &self.tenant, &key, new).await;
            made.expect("the store answers");
        } else {
            let record = ApiKeyRecord {
                tenant: self.tenant.clone(),
                id,
                name: "Test".to_owned(),
                scopes: self.scopes.names().to_vec(),
                role: self.role,
                enabled: false,
                per_minute: self.per_minute,
                operator_limit: None,
                held: false,
                expires_at: self.expires_at,
                version: 0,
            };
            let listed = KeyListRecord {
                id,
                hash: key.hash(),
                last_four: key.last_four().to_owned(),
                created_at: platform.now(),
                rotated_at: None,
            };
            let new = NewApiKey {
                record: &record,
                listed: &listed,
                most: None,
                copy: None,
                audit: None,
            };
            let made = platform.store().create_api_key(&new).await;
            assert!(made.expect("the store answers"), "the key is new");
        }
        Client::new(self.core.http.clone(), &self.core.ready.base_url, key)
    }
}
