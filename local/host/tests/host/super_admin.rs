//! The first Super Admin of an installation, made by a command.

use std::process::{Command, Output};

use openwati::Host;

use crate::support::start;

const EMAIL: &str = "operator@example.com";

/// The command, against the table of a host.
async fn super_admin(host: &Host, more: &[&str]) -> Output {
    let (ready, keys) = (host.ready(), &host.seed().aws);
    let mut command = Command::new(env!("CARGO_BIN_EXE_openwati"));
    command
        .args(["super-admin", "--email", EMAIL])
        .args(["--table", &ready.aws.table, "--region", &ready.aws.region])
        .args(["--aws-endpoint", &ready.aws.endpoints.dynamodb])
        .args(more)
        .env("AWS_ACCESS_KEY_ID", &keys.access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", keys.secret_access_key.expose())
        .env_remove("AWS_SESSION_TOKEN");
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

/// What stands behind a name in what it printed.
fn printed(output: &Output, name: &str) -> Option<String> {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.trim().strip_prefix(name).map(str::trim))?;
    Some(value.to_owned())
}

/// The status of a log-in.
async fn log_in(host: &Host, password: &str) -> u16 {
    let body = serde_json::json!({"email": EMAIL, "password": password});
    let url = format!("{}/api/auth/login", host.base_url());
    let answer = reqwest::Client::new().post(url).json(&body).send().await;
    answer.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_super_admin_is_made_once_and_given_a_new_password_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await;
    let made = super_admin(&host, &[]).await;
    let tenant = printed(&made, "Tenant").unwrap();
    let first = printed(&made, "Password").unwrap();
    assert_eq!(printed(&made, "E-mail").unwrap(), EMAIL);
    assert_eq!(log_in(&host, &first).await, 200);

    let again = super_admin(&host, &[]).await;
    assert_eq!(printed(&again, "Tenant").unwrap(), tenant);
    assert_eq!(printed(&again, "Password"), None);
    assert_eq!(log_in(&host, &first).await, 200);

    let reset = super_admin(&host, &["--reset-password"]).await;
    assert_eq!(printed(&reset, "Tenant").unwrap(), tenant);
    let second = printed(&reset, "Password").unwrap();
    assert_eq!(log_in(&host, &first).await, 401);
    assert_eq!(log_in(&host, &second).await, 200);
    host.shutdown().await;
}

#[test]
fn it_says_what_credentials_it_needs() {
    let output = Command::new(env!("CARGO_BIN_EXE_openwati"))
        .args(["super-admin", "--email", EMAIL, "--table", "openwati"])
        .args(["--region", "us-east-1"])
        .env_remove("AWS_ACCESS_KEY_ID")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("AWS_ACCESS_KEY_ID is not set"), "{error}");
}
