//! The functions that this binary holds, by the names of their packages, each with what its environment gives it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Context as _;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use axum::Router;
use futures::future::BoxFuture;
use mail::Mailer;
use openwati_channels::{
    cloud_api::{CloudApi, CloudApiConfig},
    guarded::{Guarded, GuardedConfig},
};
use openwati_core::{
    entropy::Entropy, key_ring::KeyRing, media_link::LinkKeys, pace::Pace, secret::Secret,
    session::SessionKeys, time::Clock,
};
use openwati_services::{Parts, Platform, accounts::Accounts, ai::Ai, oidc::Oidc};
use openwati_store::{
    Blobs, Queues, Store,
    aws::{Clients, Documents},
    queues::QueueName,
};
use openwati_web::App;
use serde_json::Value;
use url::Url;

use crate::{
    aws::Deployed,
    template::{Function, Resolved, Template},
};

/// Works a batch of a queue.
pub(crate) type Worker =
    Arc<dyn Fn(SqsEvent) -> BoxFuture<'static, SqsBatchResponse> + Send + Sync>;
/// Does what a schedule is for.
pub(crate) type Job =
    Arc<dyn Fn(Value) -> BoxFuture<'static, Result<(), lambda_runtime::Error>> + Send + Sync>;

/// What the functions are made of: each gets as much of it as its environment in the template names.
pub(crate) struct Resources {
    pub(crate) clients: Clients,
    pub(crate) deployed: Deployed,
    pub(crate) key_ring: KeyRing,
    pub(crate) link_keys: LinkKeys,
    pub(crate) session_keys: SessionKeys,
    /// The issuers of other tokens that people may come with.
    pub(crate) oidc: Oidc,
    pub(crate) cloud_api: CloudApi,
    /// The client of URLs that users give.
    pub(crate) guarded: Guarded,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) pace: Pace,
    /// Where the outside reaches the API.
    pub(crate) public_base_url: String,
}

impl Resources {
    /// The router of a function behind the API.
    pub(crate) fn http(&self, function: &Function) -> anyhow::Result<Router> {
        Ok(match function.binary.as_str() {
            "admin" => admin::router(self.app(function)?),
            "auto-replies" => auto_replies::router(self.app(function)?),
            "contacts" => contacts::router(self.app(function)?),
            "channels" => channels::router(self.app(function)?),
            "auth" => auth::router(self.app(function)?),
            "cloud-api-webhook" => cloud_api_webhook::router(self.app(function)?),
            "docs" => docs::router(),
            "fallback" => fallback::router(),
            "keys" => keys::router(self.app(function)?),
            "media" => media::router(self.app(function)?),
            "messages" => messages::router(self.app(function)?),
            "send" => send::router(self.app(function)?),
            "send-media" => send_media::router(self.app(function)?),
            "settings" => settings::router(self.app(function)?),
            "team" => team::router(self.app(function)?),
            "templates" => templates::router(self.app(function)?),
            "webhooks" => webhooks::router(self.app(function)?),
            other => anyhow::bail!("this binary holds no function {other} for the API"),
        })
    }

    /// What works the queues of a function.
    pub(crate) fn worker(&self, function: &Function) -> anyhow::Result<Worker> {
        let app = self.app(function)?;
        match function.binary.as_str() {
            "media-download" => Ok(Arc::new(move |event| {
                let app = app.clone();
                Box::pin(async move { media_download::handle(&app, event).await })
            })),
            "media-send" => Ok(Arc::new(move |event| {
                let app = app.clone();
                Box::pin(async move { media_send::handle(&app, event).await })
            })),
            "automation-step" => Ok(Arc::new(move |event| {
                let app = app.clone();
                Box::pin(async move { automation_step::handle(&app, event).await })
            })),
            "imports" => Ok(Arc::new(move |event| {
                let app = app.clone();
                Box::pin(async move { imports::handle(&app, event).await })
            })),
            "smart-reply" => Ok(Arc::new(move |event| {
                let app = app.clone();
                Box::pin(async move { smart_reply::handle(&app, event).await })
            })),
            "inbound" => Ok(Arc::new(move |event| {
                let app = app.clone();
                Box::pin(async move { inbound::handle(&app, event).await })
            })),
            "data" => Ok(Arc::new(move |event| {
                let app = app.clone();
                Box::pin(async move { data::handle(&app, event).await })
            })),
            "mail" => {
                let mailer = mailer(function)?;
                Ok(Arc::new(move |event| {
                    let (app, mailer) = (app.clone(), Arc::clone(&mailer));
                    Box::pin(async move { mail::handle(&app, &mailer, event).await })
                }))
            }
            "statuses" => Ok(Arc::new(move |event| {
                let app = app.clone();
                Box::pin(async move { statuses::handle(&app, event).await })
            })),
            "webhook-delivery" => Ok(Arc::new(move |event| {
                let app = app.clone();
                Box::pin(async move { webhook_delivery::handle(&app, event).await })
            })),
            other => anyhow::bail!("this binary holds no function {other} for queues"),
        }
    }

    /// What the schedules of a function run.
    pub(crate) fn job(&self, function: &Function) -> anyhow::Result<Job> {
        let app = self.app(function)?;
        match function.binary.as_str() {
            "timers" => Ok(Arc::new(move |event| {
                let app = app.clone();
                Box::pin(async move { timers::handle(&app, event).await })
            })),
            other => anyhow::bail!("this binary holds no function {other} for schedules"),
        }
    }

    /// A platform with everything, for what the host does itself.
    pub(crate) fn whole(&self, template: &Template) -> Platform {
        let timeout = template
            .functions
            .iter()
            .map(|function| function.timeout)
            .max();
        Platform::new(Parts {
            store: self.store(),
            queues: None,
            blobs: Some(self.blobs()),
            cloud_api: Some(self.cloud_api.clone()),
            guarded: Some(self.guarded.clone()),
            key_ring: Some(self.key_ring.clone()),
            link_keys: Some(self.link_keys.clone()),
            session_keys: Some(self.session_keys.clone()),
            oidc: self.oidc.clone(),
            accounts: Accounts::default(),
            ai: Ai::Off,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            pace: self.pace,
            public_base_url: Some(self.public_base_url.clone()),
            function_timeout: timeout.unwrap_or_default(),
        })
    }

    /// The platform that a function has: on AWS it could reach no more.
    fn app(&self, function: &Function) -> anyhow::Result<App> {
        let has = |name: &str| function.environment.contains_key(name);
        let timeout = match function.environment.get("FUNCTION_TIMEOUT_SECONDS") {
            Some(Resolved::Text(seconds)) => Duration::from_secs(
                seconds
                    .parse()
                    .context("FUNCTION_TIMEOUT_SECONDS is no number")?,
            ),
            _ => function.timeout,
        };
        let platform = Platform::new(Parts {
            store: self.store(),
            queues: self.queues(function)?,
            blobs: has("BUCKET_NAME").then(|| self.blobs()),
            cloud_api: has("GRAPH_BASE_URL").then(|| self.cloud_api.clone()),
            guarded: has("ALLOW_PRIVATE_URLS").then(|| self.guarded.clone()),
            key_ring: has("KEY_RING").then(|| self.key_ring.clone()),
            link_keys: has("LINK_KEY").then(|| self.link_keys.clone()),
            session_keys: has("SESSION_KEY").then(|| self.session_keys.clone()),
            oidc: match has("OIDC_ISSUERS") {
                true => self.oidc.clone(),
                false => Oidc::default(),
            },
            accounts: accounts(function)?,
            ai: ai(function, timeout)?,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            pace: self.pace,
            public_base_url: has("PUBLIC_BASE_URL").then(|| self.public_base_url.clone()),
            function_timeout: timeout,
        });
        Ok(App::new(platform))
    }

    fn store(&self) -> Store {
        Store::new(self.clients.dynamodb.clone(), &self.deployed.table)
    }

    fn blobs(&self) -> Blobs {
        Blobs::new(self.clients.s3.clone(), &self.deployed.bucket)
    }

    fn queues(&self, function: &Function) -> anyhow::Result<Option<Queues>> {
        let mut urls = BTreeMap::new();
        for name in QueueName::ALL {
            let variable = name.url_variable();
            let Some(value) = function.environment.get(variable) else {
                continue;
            };
            let queue = match value {
                Resolved::Resource(queue) => self.deployed.queues.get(queue),
                _ => None,
            };
            let queue =
                queue.with_context(|| format!("{variable} of {} is no queue", function.binary))?;
            urls.insert(name, queue.url.clone());
        }
        Ok((!urls.is_empty()).then(|| Queues::new(self.clients.sqs.clone(), urls)))
    }
}

/// What the function's environment says of accounts.
fn accounts(function: &Function) -> anyhow::Result<Accounts> {
    let get = |name| text(function, name);
    Ok(Accounts::read(
        get("SIGN_UP"),
        get("SIGN_UP_PLAN"),
        get("MAIL_FROM").is_some(),
    )?)
}

/// What the function's environment says of the AI.
fn ai(function: &Function, timeout: Duration) -> anyhow::Result<Ai> {
    let get = |name| text(function, name);
    if !function.environment.contains_key("AI_API_KEY") {
        return Ok(Ai::told(get("AI_CONFIGURED") == Some("true")));
    }
    let (key, url, model) = (get("AI_API_KEY"), get("AI_BASE_URL"), get("AI_MODEL"));
    Ok(Ai::read(key, url, model, timeout)?)
}

/// The way to mailboxes that the function's environment names.
fn mailer(function: &Function) -> anyhow::Result<Arc<Mailer>> {
    let get = |name| text(function, name).unwrap_or_default().to_owned();
    let url = Secret::new(get("SMTP_URL"));
    Ok(Arc::new(Mailer::new(&url, &get("MAIL_FROM"))?))
}

/// A text of a function's environment, if it is not empty.
fn text<'a>(function: &'a Function, name: &str) -> Option<&'a str> {
    match function.environment.get(name) {
        Some(Resolved::Text(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// The client of URLs that users give, which may lead to this machine where `allow_private` says so.
pub(crate) fn guarded(allow_private: bool) -> Guarded {
    Guarded::new(GuardedConfig {
        allow_private,
        ..GuardedConfig::default()
    })
}

/// The issuers whose tokens people may come with, which may be on this machine where `allow_private` says so.
pub(crate) fn oidc(issuers: &str, allow_private: bool) -> anyhow::Result<Oidc> {
    Oidc::parse(issuers, &Documents::new(), allow_private).context("OIDC_ISSUERS is wrong")
}

/// The client of the Graph API at `base`.
pub(crate) fn cloud_api(base: &str, template: &Template) -> anyhow::Result<CloudApi> {
    let base = base.parse().context("the Graph URL is none")?;
    let config = cloud_api_config(base, template);
    CloudApi::new(config).context("cannot make the client of the Graph API")
}

/// The version that the template names, and the patience that the functions that call the Graph API have.
fn cloud_api_config(base: Url, template: &Template) -> CloudApiConfig {
    let callers = template
        .functions
        .iter()
        .filter(|function| function.environment.contains_key("GRAPH_BASE_URL"));
    let mut config = match callers.clone().map(|function| function.timeout).min() {
        Some(timeout) => CloudApiConfig::within(base, timeout),
        None => CloudApiConfig::new(base),
    };
    let version = callers
        .filter_map(|function| function.environment.get("GRAPH_VERSION"))
        .find_map(|version| match version {
            Resolved::Text(version) => Some(version),
            _ => None,
        });
    if let Some(version) = version {
        config.version.clone_from(version);
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Timeouts;

    #[test]
    fn the_template_names_graphs_version() {
        let parameters = [("GraphVersion", "v99.0".to_owned())];
        let template = Template::embedded(Timeouts::default(), &parameters).unwrap();
        let base = "http://127.0.0.1:9".parse().unwrap();
        assert_eq!(cloud_api_config(base, &template).version, "v99.0");
    }
}
