//! That secrets are shown once and stand nowhere else: not in logs, answers or `Debug`, nor in what is kept.

mod ai;
mod debug;
mod needles;
mod people;
mod scene;
mod things;
mod trouble;

use std::{
    fs,
    path::{Path, PathBuf},
};

use openwati_tests::{
    AiServer, Issuer, Mailbox, Needs, Process, Program, Receiver, SigningKey, lacks,
};
use serde_json::{Value, json};

use self::{
    needles::{Known, Needles},
    scene::Scene,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_openwati-crashable");

/// What somebody has who is logged in.
struct Signed {
    access: String,
    refresh: String,
}

/// What is secret in `seed.json`, and whether the platform shows it at its start, on its standard output.
const SEEDED: [(&str, bool); 9] = [
    ("/api_key", true),
    ("/admin/password", true),
    ("/channel/access_token", false),
    ("/channel/app_secret", false),
    ("/channel/verify_token", false),
    ("/aws/secret_access_key", false),
    ("/key_ring/keys/k1", false),
    ("/link_key", false),
    ("/session_key", false),
];

/// Files that are there to hold secrets, which their owner alone may read.
const OWNERS: [&str; 2] = ["seed.json", "ready.json"];

#[tokio::test]
async fn a_secret_stands_nowhere_but_in_the_answer_that_shows_it() {
    if lacks(Needs::Embedded(
        "what services elsewhere keep is not in the folder",
    )) {
        return;
    }
    let mailbox = Mailbox::start().await;
    let key = SigningKey::ec("e");
    let issuer = Issuer::start(&[&key]).await;
    let receiver = Receiver::start().await;
    let ai = AiServer::start().await;
    let issuers = json!([{"issuer": issuer.url(), "audience": people::AUDIENCE}]).to_string();
    let smtp_password = "smtp-P4ssw0rd-of-the-operator";
    let smtp = mailbox
        .url()
        .replace("://", &format!("://operator:{smtp_password}@"));
    let environment = [
        ("RUST_LOG", "trace"),
        ("SIGN_UP", "open"),
        ("OIDC_ISSUERS", &issuers),
        ("SMTP_URL", &smtp),
        ("MAIL_FROM", "OpenWATI <wati@example.com>"),
        ("AI_API_KEY", AiServer::KEY),
        ("AI_BASE_URL", ai.base_url()),
        ("OPENWATI_SPEED", "20"),
    ];
    let program = Program::new(PROGRAM, &[]);
    let folder = program.data_dir();
    let process = program.start_with(&environment).await;
    let scene = Scene::new(&process.ready().base_url);
    scene.secret("the mail server's password", smtp_password, &[]);
    scene.secret("the AI's key", AiServer::KEY, &[]);
    let seeded = seeded(&folder);
    for (name, value, _) in &seeded {
        let shown: &[&str] = match name.as_str() {
            "/channel/verify_token" => &["seeded channel"],
            _ => &[],
        };
        scene.secret(name, value, shown);
    }

    let ready = process.ready();
    let admin = ready.admin.as_ref().unwrap();
    let signed = people::admin(&scene, &admin.email, &admin.password).await;
    let admin = signed.access.as_str();
    let channel = format!("/api/channels/{}", ready.channel.id);
    scene
        .get("seeded channel", &channel, Some(admin))
        .await
        .ok();
    let whatsapp = process.whatsapp();
    people::somebody(&scene, &mailbox).await;
    people::team(&scene, &mailbox, admin, &issuer, &key).await;
    things::keys(&scene, admin).await;
    let webhook = things::webhooks(&scene, &receiver, admin).await;
    things::channels(&scene, &whatsapp, admin).await;
    things::files(&scene, &whatsapp, &ready.channel.phone_number_id, admin).await;
    things::deliveries(&scene, &receiver, &webhook, admin).await;
    ai::answers(&scene, &whatsapp, &ready.channel.phone_number_id, admin).await;
    things::export(&scene, admin).await;
    trouble::requests(&scene, admin).await;

    // What is in the folder while the platform runs, and what a killed one leaves.
    let mut faults = Faults::new(&scene.secrets());
    faults.in_folder("while it runs", &folder);
    let printed = ended(process).await;
    faults.in_logs(&printed, &seeded);
    faults.in_folder("after a kill", &folder);

    let environment = [
        ("RUST_LOG", "trace"),
        ("GRAPH_BASE_URL", "http://127.0.0.1:1"),
        (
            "SMTP_URL",
            &format!("smtp://operator:{smtp_password}@127.0.0.1:1"),
        ),
        ("MAIL_FROM", "OpenWATI <wati@example.com>"),
        ("OPENWATI_SPEED", "20"),
    ];
    let process = program.start_with(&environment).await;
    scene.moves(&process.ready().base_url);
    trouble::nobody_answers(&scene, admin).await;
    let printed = ended(process).await;

    let mut faults = faults.again(&scene.secrets());
    faults.in_logs(&printed, &[]);
    faults.in_folder("in the end", &folder);
    faults.in_answers(&scene);
    assert!(faults.all.is_empty(), "{}", faults.all.join("\n"));
}

/// The secrets of the folder's seed, each with its place there and whether it is shown at the start.
fn seeded(folder: &Path) -> Vec<(String, String, bool)> {
    let seed = fs::read_to_string(folder.join("seed.json")).unwrap();
    let seed: Value = serde_json::from_str(&seed).unwrap();
    let secrets = SEEDED.iter().map(|(pointer, shown)| {
        let value = seed.pointer(pointer).and_then(Value::as_str);
        let value = value.unwrap_or_else(|| panic!("no {pointer} in the seed"));
        ((*pointer).to_owned(), value.to_owned(), *shown)
    });
    secrets.collect()
}

/// Kills a platform. Answers what it printed.
async fn ended(process: Process) -> [Vec<u8>; 2] {
    let files = process.prints();
    process.kill().await;
    files.map(|file| fs::read(file).unwrap())
}

/// What was found where it must not be.
struct Faults {
    secrets: Vec<Known>,
    needles: Needles,
    all: Vec<String>,
}

impl Faults {
    fn new(secrets: &[Known]) -> Self {
        Self {
            secrets: secrets.to_vec(),
            needles: Needles::of(secrets),
            all: Vec::new(),
        }
    }

    /// The same with what became known since.
    fn again(self, secrets: &[Known]) -> Self {
        Self {
            all: self.all,
            ..Self::new(secrets)
        }
    }

    fn in_logs(&mut self, [out, errors]: &[Vec<u8>; 2], seeded: &[(String, String, bool)]) {
        let shown = |name: &str| seeded.iter().any(|(seed, _, shown)| seed == name && *shown);
        let text = String::from_utf8_lossy(errors);
        assert!(text.contains("TRACE"), "the logs are not the most verbose");
        assert!(
            !text.contains("$argon2"),
            "the hash of a password is logged"
        );
        self.look("standard error", errors, |_| false);
        self.look("standard output", out, |secret| shown(&secret.name));
    }

    fn in_folder(&mut self, when: &str, folder: &Path) {
        let files = files(folder);
        for name in ["dynamodb.sqlite", "sqs.sqlite"] {
            let there = files.iter().any(|file| file.ends_with(name));
            assert!(there, "there is no {name} among {files:?}");
        }
        for file in files {
            let name = file.strip_prefix(folder).unwrap();
            if OWNERS.iter().any(|owner| name == Path::new(owner)) {
                continue;
            }
            // The simulated WhatsApp knows what it gave out, as Meta does.
            let of_meta = name.starts_with("sim");
            // An event is kept as it is posted, the same at every try, with the link to its file.
            let of_events = name.to_string_lossy().contains(".sqlite");
            let bytes = fs::read(&file).unwrap();
            self.look(&format!("{} {when}", name.display()), &bytes, |secret| {
                let is_metas = ["First's ", "Second's "]
                    .iter()
                    .any(|of| secret.name.starts_with(of));
                of_meta && is_metas || of_events && secret.name == things::FILE_LINK
            });
        }
    }

    fn in_answers(&mut self, scene: &Scene) {
        let answers = scene.answers();
        for answer in &answers {
            let name = format!("the answer to {:?}", answer.name);
            self.look(&name, &answer.whole, |secret| {
                secret.shown_in.contains(&answer.name)
            });
        }
        for secret in self.secrets.clone() {
            let needles = Needles::of(std::slice::from_ref(&secret));
            for name in secret.shown_in {
                let mut named = answers.iter().filter(|answer| answer.name == name);
                if !named.any(|answer| !needles.find(&answer.whole).is_empty()) {
                    self.all
                        .push(format!("{} is not in the answer to {name:?}", secret.name));
                }
            }
        }
    }

    /// Looks for all secrets but those that are `allowed`.
    fn look(&mut self, place: &str, bytes: &[u8], allowed: impl Fn(&Known) -> bool) {
        for found in self.needles.find(bytes) {
            let secret = self
                .secrets
                .iter()
                .find(|secret| secret.name == found.secret);
            if secret.is_some_and(&allowed) {
                continue;
            }
            let before = &bytes[found.at.saturating_sub(200)..found.at];
            let before = String::from_utf8_lossy(before);
            self.all.push(format!(
                "{} ({}) stands in {place}, after …{before}",
                found.secret, found.way
            ));
        }
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => all.push(path),
            }
        }
    }
    all
}

#[test]
fn what_is_planted_is_found() {
    let planted = Known {
        name: "planted".to_owned(),
        value: "a planted s3cret".to_owned(),
        shown_in: Vec::new(),
    };
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("s3/bucket")).unwrap();
    for name in [
        "dynamodb.sqlite",
        "sqs.sqlite",
        "seed.json",
        "s3/bucket/object",
    ] {
        fs::write(folder.path().join(name), b"\0\x01\xffa planted s3cret\xfe").unwrap();
    }
    let mut faults = Faults::new(&[planted]);
    faults.in_folder("now", folder.path());
    assert_eq!(faults.all.len(), 3, "{:?}", faults.all);
    let errors = b"TRACE sent Basic YSBwbGFudGVkIHMzY3JldA==".to_vec();
    faults.in_logs(&[Vec::new(), errors], &[]);
    assert_eq!(faults.all.len(), 4, "{:?}", faults.all);
}
