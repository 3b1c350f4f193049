//! The program as a process.

use std::{
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use openwati::Ready;

use crate::support::{message, send, start, until};

/// A batch that a killed process held comes again after six times as long.
const TIMEOUT_SECONDS: &str = "2";

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_openwati"));
    for (name, _) in std::env::vars()
        .filter(|(name, _)| name.starts_with("OPENWATI_") || name.starts_with("AWS_"))
    {
        command.env_remove(name);
    }
    command.env_remove("GRAPH_BASE_URL");
    command.args(["--function-timeout", TIMEOUT_SECONDS]);
    command.args(["--port", "0", "--data-dir"]).arg(folder);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Ends its process, however the test ends.
struct Running(Option<Child>);

impl Running {
    fn signal(&self, signal: &str) {
        let id = self.0.as_ref().unwrap().id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    async fn output(mut self) -> Output {
        let child = self.0.take().unwrap();
        tokio::task::spawn_blocking(move || child.wait_with_output().unwrap())
            .await
            .unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
        }
    }
}

async fn run(folder: &Path) -> (Running, Ready) {
    let child = Running(Some(program(folder).spawn().unwrap()));
    let ready = until("ready.json", || async { Ready::read(folder).ok() }).await;
    (child, ready)
}

#[tokio::test]
async fn a_signal_ends_it_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let (child, ready) = run(folder.path()).await;
    child.signal("-INT");
    let output = child.output().await;
    assert!(output.status.success());
    let banner = String::from_utf8(output.stdout).unwrap();
    assert!(
        banner.contains(&format!("curl {}/api/public/v1/send", ready.base_url)),
        "{banner}"
    );
    let phone = format!("{}/_sim#923001234567", ready.base_url);
    assert!(banner.contains(&phone), "{banner}");
    let logs = String::from_utf8(output.stderr).unwrap();
    assert!(!logs.contains(&ready.api_key.unwrap()), "a key is logged");
    assert!(Ready::read(folder.path()).is_err());
}

#[tokio::test]
async fn a_variable_that_is_empty_counts_as_unset() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path());
    for name in [
        "OPENWATI_PORT",
        "OPENWATI_SPEED",
        "AWS_ENDPOINT_URL",
        "GRAPH_BASE_URL",
    ] {
        command.env(name, "");
    }
    let child = Running(Some(command.spawn().unwrap()));
    let ready = until("ready.json", || async { Ready::read(folder.path()).ok() }).await;
    assert!(ready.aws.embedded);
    assert!(ready.api_key.is_some());
    child.signal("-TERM");
    assert!(child.output().await.status.success());
}

#[tokio::test]
async fn without_the_simulator_the_banner_tells_where_the_key_is_and_not_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path());
    command.args(["--graph-url", "http://127.0.0.1:9"]);
    let child = Running(Some(command.spawn().unwrap()));
    until("ready.json", || async { Ready::read(folder.path()).ok() }).await;
    child.signal("-TERM");
    let banner = String::from_utf8(child.output().await.stdout).unwrap();
    assert!(banner.contains("seed.json"), "{banner}");
    assert!(!banner.contains("wati_"), "{banner}");
    assert!(!banner.contains("sends as"), "{banner}");
}

#[tokio::test]
async fn a_second_start_says_why_it_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await;
    let second = Running(Some(program(folder.path()).spawn().unwrap()));
    let output = second.output().await;
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("another openwati runs on it"), "{error}");
    host.shutdown().await;
}

#[tokio::test]
async fn a_kill_loses_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (child, ready) = run(folder.path()).await;
    let key = ready.api_key.unwrap();
    let mut sent = Vec::new();
    for customer in 0..20 {
        let to = format!("92300123450{customer:02}");
        let answer = send(&ready.base_url, &key, &to).await;
        sent.push(answer["id"].as_str().unwrap().to_owned());
    }
    child.signal("-KILL");
    child.output().await;
    // The file of the killed start is still there, and is replaced.
    let host = start(folder.path()).await;
    assert_ne!(host.base_url(), ready.base_url);
    assert_eq!(
        Ready::read(folder.path()).unwrap().base_url,
        host.base_url()
    );
    for id in sent {
        until("delivered", || async {
            let status = message(host.base_url(), &key, &id).await["status"].clone();
            (status == "delivered").then_some(())
        })
        .await;
    }
    host.shutdown().await;
}

#[test]
fn the_description_of_the_api_is_always_the_same() {
    let print = || {
        let output = Command::new(env!("CARGO_BIN_EXE_openwati"))
            .arg("openapi")
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let first = print();
    assert_eq!(first, print());
    assert!(first.ends_with("}\n"));
    let document: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/public/v1/send"]["post"].is_object());
}
