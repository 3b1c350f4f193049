//! What `Debug` shows: of the types that hold secrets, and of all that could come to hold one.

use std::{fs, path::Path, time::Duration};

use openwati::{AiOptions, Host, Options};
use openwati_channels::cloud_api::Credentials;
use openwati_core::{
    api_key::ApiKey, entropy::Entropy, key_ring::KeyRing, media_link::LinkKeys, secret::Secret,
    session::SessionKeys, webhook::WebhookSecret,
};
use openwati_services::ai::Ai;
use openwati_tests::{Needs, Running, lacks};
use serde_json::{Value, json};

use super::{
    files,
    needles::{Known, Needles},
    seeded,
};

#[tokio::test]
async fn debug_shows_no_secret() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        port: 0,
        data_dir: folder.path().join("data"),
        smtp_url: Secret::new("smtp://operator:smtp-P4ssw0rd@127.0.0.1:1".to_owned()),
        mail_from: "OpenWATI <wati@example.com>".to_owned(),
        ai: AiOptions {
            api_key: Secret::new("sk-K3y-of-the-ai".to_owned()),
            ..AiOptions::default()
        },
        ..Options::default()
    };
    let mut printed = vec![format!("{options:?}")];
    let host = Host::start(options).await.unwrap();
    let (seed, ready) = (host.seed(), host.ready());
    printed.push(format!(
        "{host:?} {seed:?} {seed:#?} {ready:?} {:?}",
        ready.admin
    ));
    let mut secrets: Vec<Known> = Vec::new();
    let mut secret = |name: &str, value: &str| {
        secrets.push(Known {
            name: name.to_owned(),
            value: value.to_owned(),
            shown_in: Vec::new(),
        });
    };
    for (name, value, _) in seeded(&folder.path().join("data")) {
        secret(&name, &value);
    }
    secret("the mail server's password", "smtp-P4ssw0rd");
    secret("the AI's key", "sk-K3y-of-the-ai");

    let entropy = Entropy::system();
    let key = ApiKey::new(&entropy);
    secret("a key", key.expose());
    let ring = KeyRing::generate(&entropy);
    let text: Value = serde_json::from_str(ring.expose()).unwrap();
    for key in text["keys"].as_object().unwrap().values() {
        secret("a key ring's key", key.as_str().unwrap());
    }
    let ring = KeyRing::parse(ring.expose()).unwrap();
    let sealed = ring.seal("here", "sealed-s3cret", &entropy);
    secret("what is sealed", "sealed-s3cret");
    let opened = ring.open("here", &sealed).unwrap();
    let (links, sessions) = (
        LinkKeys::generate(&entropy),
        SessionKeys::generate(&entropy),
    );
    secret("a link key", links.expose());
    secret("a session key", sessions.expose());
    let links = LinkKeys::parse(links.expose()).unwrap();
    let sessions = SessionKeys::parse(sessions.expose()).unwrap();
    let hook = WebhookSecret::generate(&entropy);
    secret("a webhook's secret", hook.text().expose());
    let credentials = Credentials {
        phone_number_id: "1066",
        access_token: "EAAaTokenOfNobody",
    };
    secret("an access token", credentials.access_token);
    let ai = Ai::read(
        Some("sk-K3y-of-the-ai"),
        None,
        None,
        Duration::from_secs(60),
    )
    .unwrap();
    printed.push(format!("{ai:?}"));
    printed.push(format!(
        "{key:?} {:?} {ring:?} {sealed:?} {opened:?}",
        key.hash()
    ));
    printed.push(format!("{links:?} {sessions:?} {hook:?} {credentials:?}"));

    // What the store gives, and what a process holds.
    let platform = Running::start(|_| ()).await;
    let tenant = platform.tenant().make().await;
    secret("a tenant's key", tenant.client.key());
    secret("its app secret", &tenant.channel().app_secret);
    secret("its verify token", &tenant.channel().verify_token);
    let hook = tenant.client.webhook("http://127.0.0.1:8080/", &[]).await;
    secret("its webhook's secret", &hook.secret);
    let services = platform.services_with(|parts| printed.push(format!("{parts:?}")));
    let store = services.store();
    let channels = store.tenant_with_channels(&tenant.id).await.unwrap();
    let endpoints = store.endpoints(&tenant.id).await.unwrap();
    let person = tenant.person().make().await.record().await;
    printed.push(format!(
        "{services:?} {channels:?} {endpoints:?} {person:?}"
    ));

    let needles = Needles::of(&secrets);
    for text in &printed {
        assert_eq!(needles.find(text.as_bytes()), [], "in {text}");
    }
    assert_eq!(
        needles
            .find(json!(secrets[0].value).to_string().as_bytes())
            .len(),
        1
    );
    host.shutdown().await;
    platform.stop().await;
}

/// What a field is called that holds a secret.
const SECRET: [&str; 9] = [
    "password",
    "secret",
    "token",
    "invitation_link",
    "api_key",
    "key_ring",
    "link_key",
    "session_key",
    "smtp",
];

/// Fields that are called so and hold none: of what is told of a Flow, of lists, and of what tokens are.
const NONE: [&str; 4] = ["flow_token", "next_token", "token_type", "token_expires_at"];

#[test]
fn whatever_shows_its_fields_keeps_secrets_in_what_does_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    let mut looked = 0;
    for part in ["shared", "functions", "local"] {
        for file in files(&root.join(part)) {
            if file.extension().is_some_and(|extension| extension == "rs") {
                looked += 1;
                let name = file.strip_prefix(root).unwrap().display();
                let source = fs::read_to_string(&file).unwrap();
                found.extend(in_the_clear(&source).map(|field| format!("{name}: {field}")));
            }
        }
    }
    assert!(looked > 300, "only {looked} files");
    assert!(
        found.is_empty(),
        "as Secret<…>, please:\n{}",
        found.join("\n")
    );
}

/// The fields of types with a derived `Debug` that hold a secret as text.
fn in_the_clear(source: &str) -> impl Iterator<Item = &str> {
    let mut derives = false;
    let mut inside = false;
    source.lines().filter_map(move |line| {
        let text = line.trim();
        if text.starts_with("#[derive(") {
            derives = text.contains("Debug");
        } else if text.contains("struct ") || text.contains("enum ") {
            inside = derives && text.ends_with('{');
            derives = false;
        } else if line == "}" {
            inside = false;
        }
        let (name, kind) = text.split_once(": ")?;
        let name = name.rsplit(' ').next()?;
        let is_secret = SECRET.iter().any(|part| name.contains(part)) && !NONE.contains(&name);
        let is_text = ["String", "str", "Vec<u8>", "Bytes"]
            .iter()
            .any(|text| kind.contains(text));
        let hides = kind.contains("Secret<") || text.starts_with("//");
        (inside && is_secret && is_text && !hides).then_some(text)
    })
}

#[test]
fn a_field_in_the_clear_is_found() {
    let source = "
#[derive(Debug, Deserialize)]
pub(crate) struct LogIn {
    /// Its password: a String.
    password: String,
    pub(crate) old_token: Option<Secret<String>>,
    token_count: u32,
}

#[derive(Clone)]
struct Quiet {
    secret: String,
}
";
    let found: Vec<&str> = in_the_clear(source).collect();
    assert_eq!(found, ["password: String,"]);
}
