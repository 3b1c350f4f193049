//! A function as Lambda runs it: its bootstrap as a process, with a Runtime API to ask.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use bytes::Bytes;
use serde_json::Value;

use crate::{process::Running, runtime_api::RuntimeApi};

/// A running function. It is ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Function {
    name: String,
    process: Running,
    api: RuntimeApi,
}

/// The variables of a function's environment.
pub(crate) type Environment = Vec<(&'static str, String)>;

/// The function that does nothing.
pub(crate) const EMPTY: &str = "bench-empty";

/// The function that does nothing and has clients of AWS and open connections.
pub(crate) const CONNECTED: &str = "bench-connected";

impl Function {
    /// Starts the bootstrap with this environment and nothing else. Tells how long it took from the start of the process
    /// to its first question for an event.
    pub(crate) async fn start(
        bootstrap: &Path,
        environment: &Environment,
    ) -> anyhow::Result<(Self, Duration)> {
        let api = RuntimeApi::start().await?;
        let mut command = Command::new(bootstrap);
        command
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", api.address().to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
            .env("AWS_LAMBDA_LOG_LEVEL", "WARN")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let began = Instant::now();
        let process = Running::start(&mut command)?;
        let name = bootstrap.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let mut function = Self { name, process, api };
        let asked = function.api.asked().await;
        let asked = asked.with_context(|| format!("{} did not start", bootstrap.display()))?;
        Ok((function, asked.duration_since(began)))
    }

    /// Hands it an event and gives what it answered.
    pub(crate) async fn invoke(&mut self, event: &Value) -> anyhow::Result<Value> {
        let answer = self.api.invoke(Bytes::from(event.to_string())).await?;
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        let answer: Value = serde_json::from_slice(&answer).context("the answer is not JSON")?;
        let status = answer["statusCode"].as_u64().unwrap_or(200);
        anyhow::ensure!(
            status < 400 || self.refuses(status),
            "the function answered {status}: {}",
            answer["body"]
        );
        Ok(answer)
    }

    /// Whether it is to refuse its sample event so: what nobody has, may do or knows the password of took its way too.
    fn refuses(&self, status: u64) -> bool {
        match self.name.as_str() {
            // Ten tries of one account, and no more for a while.
            "auth" => [401, 429].contains(&status),
            "admin" => status == 403,
            _ => status == 404,
        }
    }

    /// The most memory that it has had resident at once, in KiB.
    pub(crate) fn peak_resident(&self) -> anyhow::Result<u64> {
        self.process.peak_resident()
    }
}

/// The names of the functions that are deployed, in the template's order.
pub(crate) fn deployed(template: &Path) -> anyhow::Result<Vec<String>> {
    let text = fs::read_to_string(template)
        .with_context(|| format!("cannot read {}", template.display()))?;
    let binaries = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Binary: "));
    Ok(binaries.map(str::to_owned).collect())
}

/// Where the bootstrap of a function is.
pub(crate) fn bootstrap(folder: &Path, function: &str) -> anyhow::Result<PathBuf> {
    let path = folder.join(function);
    anyhow::ensure!(path.is_file(), "there is no bootstrap {}", path.display());
    Ok(path)
}
