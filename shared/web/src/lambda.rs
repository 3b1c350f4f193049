//! The glue between a function and Lambda.

use std::future::Future;
use std::pin::Pin;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use axum::Router;
use lambda_runtime::tracing::level_filters::LevelFilter;
use lambda_runtime::tracing::subscriber;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

pub use lambda_runtime::Error;

/// Begins logging to Lambda: JSON where the function is set to it, from the level that it is set to, but never `TRACE`: at
/// that, the runtime writes every request whole, with keys and passwords, and the AWS SDK every item.
pub fn log() {
    let set = |name| std::env::var(name).unwrap_or_default();
    let logs = subscriber::fmt().with_target(false).without_time();
    let logs = logs.with_max_level(level(&set("AWS_LAMBDA_LOG_LEVEL")));
    match set("AWS_LAMBDA_LOG_FORMAT").eq_ignore_ascii_case("json") {
        true => logs.json().init(),
        false => logs.init(),
    }
}

/// The level of Lambda's that has this name; `INFO` where it has none.
fn level(name: &str) -> LevelFilter {
    // An empty name would be read as `ERROR`.
    let named = Some(name).filter(|name| !name.is_empty());
    let level = named.and_then(|name| name.parse().ok());
    level.unwrap_or(LevelFilter::INFO).min(LevelFilter::DEBUG)
}

/// Answers what API Gateway hands to the function, until Lambda ends it.
///
/// # Errors
/// If Lambda's interface fails, upon which the process is to end.
pub async fn run(router: Router) -> Result<(), Error> {
    lambda_http::run(router).await
}

/// Works batches of a queue until Lambda ends the function. What `handle` returns are the messages to deliver again; an
/// error delivers the whole batch again.
///
/// # Errors
/// If Lambda's interface fails, upon which the process is to end.
pub async fn run_sqs<F>(handle: impl Fn(SqsEvent) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<SqsBatchResponse, Error>>,
{
    lambda_runtime::run(service_fn(|event: LambdaEvent<SqsEvent>| {
        boxed(handle(event.payload))
    }))
    .await
}

/// Runs whenever the function's schedule says, until Lambda ends the function.
///
/// # Errors
/// If Lambda's interface fails, upon which the process is to end.
pub async fn run_schedule<F>(handle: impl Fn(Value) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<(), Error>>,
{
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        boxed(handle(event.payload))
    }))
    .await
}

/// A function's work is deeper than the compiler lays out within the runtime's own future.
fn boxed<F: Future>(work: F) -> Pin<Box<F>> {
    Box::pin(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_level_writes_what_is_secret() {
        for (name, allowed) in [
            ("TRACE", LevelFilter::DEBUG),
            ("trace", LevelFilter::DEBUG),
            ("DEBUG", LevelFilter::DEBUG),
            ("ERROR", LevelFilter::ERROR),
            ("", LevelFilter::INFO),
            ("FATAL", LevelFilter::INFO),
        ] {
            assert_eq!(level(name), allowed, "{name:?}");
        }
    }
}
