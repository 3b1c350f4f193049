//! A platform in a process of its own, to be killed.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use aws_credential_types::Credentials;
use http::Method;
use openwati::Ready;
use openwati_core::{api_key::ApiKey, id::Id};
use openwati_store::aws::{AwsConfig, Clients};
use reqwest::RequestBuilder;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    time::timeout,
};

use crate::{
    callback::sign,
    client::Client,
    phone::Simulated,
    running::http_client,
    tenant::Channel,
    under_test::aws_endpoint,
    wait::{SOON, eventually},
};

/// A program on a folder, to be started again and again.
#[derive(Debug)]
pub struct Program {
    program: PathBuf,
    folder: TempDir,
    arguments: Vec<String>,
}

/// A program that runs. It is killed when it is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    ready: Ready,
    http: reqwest::Client,
    logs: Logs,
}

/// Where what it prints is kept.
#[derive(Debug, Clone)]
struct Logs {
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Program {
    /// A program on an empty folder, on a free port, with these arguments.
    ///
    /// # Panics
    /// If no folder can be made.
    pub fn new(program: &str, arguments: &[&str]) -> Self {
        Self {
            program: program.into(),
            folder: tempfile::tempdir().expect("a folder can be made"),
            arguments: arguments.iter().map(ToString::to_string).collect(),
        }
    }

    /// Its data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Panics
    /// If it does not get ready.
    pub async fn start(&self) -> Process {
        self.start_with(&[]).await
    }

    /// The same with more environment.
    ///
    /// # Panics
    /// If it does not get ready.
    pub async fn start_with(&self, environment: &[(&str, &str)]) -> Process {
        let ready = self.data_dir().join("ready.json");
        // What a killed one said.
        let _ = fs::remove_file(&ready);
        let logs = self.logs();
        let mut child = self.spawn(&[], environment, &logs);
        let ready = eventually("the platform is ready", SOON, || {
            let ended = child.try_wait().expect("a child can be asked");
            assert!(ended.is_none(), "it ended: {}", logs.text());
            let ready = Ready::read(&self.data_dir()).ok();
            async move { ready }
        })
        .await;
        Process {
            child,
            ready,
            http: http_client(),
            logs,
        }
    }

    /// Starts it and waits until it has ended: nobody asks it anything, and it may end before it is ready. Answers how and what
    /// it printed.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn start_and_end(&self, environment: &[(&str, &str)]) -> (ExitStatus, String) {
        let logs = self.logs();
        let mut child = self.spawn(&[], environment, &logs);
        let status = timeout(3 * SOON, child.wait()).await;
        let status = status.unwrap_or_else(|_| panic!("it does not end: {}", logs.text()));
        (status.expect("a child can be waited for"), logs.text())
    }

    /// Runs it with further arguments until it ends, and returns how and what it printed.
    ///
    /// # Panics
    /// If it does not end soon.
    pub async fn run(&self, more: &[&str]) -> (ExitStatus, String) {
        let logs = self.logs();
        let mut child = self.spawn(more, &[], &logs);
        let status = timeout(SOON, child.wait()).await.expect("it ends");
        (status.expect("a child can be waited for"), logs.text())
    }

    /// Starts it with further arguments, and does not wait.
    pub fn spawn_with(&self, more: &[&str]) -> Child {
        self.spawn(more, &[], &self.logs())
    }

    /// A name for what the next start prints.
    fn logs(&self) -> Logs {
        let number = fs::read_dir(self.folder.path())
            .map(Iterator::count)
            .unwrap_or_default();
        let path = |name: &str| self.folder.path().join(format!("{number}.{name}"));
        Logs {
            stdout: path("stdout"),
            stderr: path("stderr"),
        }
    }

    fn spawn(&self, more: &[&str], environment: &[(&str, &str)], logs: &Logs) -> Child {
        let create = |path: &Path| File::create(path).expect("a file can be made");
        Command::new(&self.program)
            .args(more)
            .args(["--port", "0", "--data-dir"])
            .arg(self.data_dir())
            .args(&self.arguments)
            // What this machine's environment says is not to count.
            .env_clear()
            .envs(aws_endpoint().map(|url| ("AWS_ENDPOINT_URL", url)))
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(create(&logs.stdout))
            .stderr(create(&logs.stderr))
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts")
    }
}

impl Process {
    /// What it said when it was ready.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// A program with the seeded key.
    ///
    /// # Panics
    /// If the platform shows none.
    pub fn client(&self) -> Client {
        let key = self.ready.api_key.as_deref().and_then(ApiKey::parse);
        Client::new(
            self.http.clone(),
            &self.ready.base_url,
            key.expect("it shows its key"),
        )
    }

    /// The seeded channel.
    ///
    /// # Panics
    /// If the platform does not show its secrets.
    pub fn channel(&self) -> Channel {
        let channel = &self.ready.channel;
        Channel {
            id: channel.id.parse::<Id>().expect("it is an id"),
            phone_number: channel.phone_number.clone(),
            phone_number_id: channel.phone_number_id.clone(),
            waba_id: channel.waba_id.clone(),
            app_secret: channel.app_secret.clone().expect("it shows its secrets"),
            verify_token: channel.verify_token.clone().expect("it shows its secrets"),
        }
    }

    /// A callback to the seeded tenant, signed by the seeded channel's app.
    pub fn callback(&self, body: &Value) -> RequestBuilder {
        let body = body.to_string().into_bytes();
        let path = format!("/api/public/cloud-api-webhook/{}", self.ready.tenant_id);
        let request = self.client().stranger(Method::POST, &path);
        let request = request.header("content-type", "application/json");
        let signature = sign(&self.channel().app_secret, &body);
        request.header("x-hub-signature-256", signature).body(body)
    }

    /// The clients of its services.
    ///
    /// # Panics
    /// If it does not show their keys.
    pub fn aws(&self) -> Clients {
        let aws = &self.ready.aws;
        // Services elsewhere are an emulator's, which takes any.
        let shown = |key: &Option<String>| match aws.embedded {
            true => key.clone().expect("it shows its keys"),
            false => "test".to_owned(),
        };
        let (id, secret) = (shown(&aws.access_key_id), shown(&aws.secret_access_key));
        let config = AwsConfig {
            region: aws.region.clone(),
            credentials: Credentials::new(id, secret, None, None, "ready.json"),
            dynamodb: Some(aws.endpoints.dynamodb.clone()),
            sqs: Some(aws.endpoints.sqs.clone()),
            s3: Some(aws.endpoints.s3.clone()),
        };
        config.clients()
    }

    /// The simulated WhatsApp.
    pub fn whatsapp(&self) -> Simulated {
        Simulated::new(self.http.clone(), &self.ready.base_url)
    }

    /// What it printed so far: standard output and standard error.
    pub fn printed(&self) -> (String, String) {
        let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        (read(&self.logs.stdout), read(&self.logs.stderr))
    }

    /// Where that stands: still when it has ended, as long as its program is there.
    pub fn prints(&self) -> [PathBuf; 2] {
        [self.logs.stdout.clone(), self.logs.stderr.clone()]
    }

    /// Its process id.
    ///
    /// # Panics
    /// If it has ended.
    pub fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Kills it as nothing can prevent.
    ///
    /// # Panics
    /// If it cannot be killed.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a child can be killed");
    }

    /// Asks it to end, by SIGTERM.
    ///
    /// # Panics
    /// If it cannot be asked.
    pub async fn ask_to_end(&self) {
        let status = Command::new("kill")
            .args(["-TERM", &self.id().to_string()])
            .status()
            .await;
        assert!(status.expect("there is `kill`").success());
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// If it does not.
    pub async fn ends(mut self) -> (ExitStatus, String, String) {
        let status = timeout(3 * SOON, self.child.wait()).await;
        let (out, err) = self.printed();
        let status = status.unwrap_or_else(|_| panic!("it does not end: {err}"));
        (status.expect("a child can be waited for"), out, err)
    }
}

impl Logs {
    fn text(&self) -> String {
        [&self.stdout, &self.stderr]
            .map(|path| fs::read_to_string(path).unwrap_or_default())
            .join("\n")
    }
}
