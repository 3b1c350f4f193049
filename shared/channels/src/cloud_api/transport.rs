//! One HTTP call, and what is certain about it.

use std::{error::Error, fmt::Write as _, time::Duration};

use reqwest::{Client, RequestBuilder, Response, header, redirect, retry};

use super::{
    config::{BadConfig, CloudApiConfig},
    outcome::{Refusal, UnknownReason},
};

/// Graph answers in a few hundred bytes.
pub(super) const LONGEST_ANSWER: usize = 1024 * 1024;

/// A connection that was idle for longer is not used again. Servers and the networks between close
/// idle connections without a word, and a frozen Lambda function sees it too late: what is written
/// to such a connection is lost with an unknown outcome.
const LONGEST_IDLE: Duration = Duration::from_secs(20);

/// Idle connections that are kept: more than a burst of sends uses at once.
const MOST_IDLE: usize = 64;

pub(super) fn client(config: &CloudApiConfig) -> Result<Client, BadConfig> {
    let client = Client::builder()
        .user_agent(concat!("openwati/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout)
        .pool_idle_timeout(LONGEST_IDLE)
        .pool_max_idle_per_host(MOST_IDLE)
        // One request at a time on a connection: what was lost with it is plain.
        .http1_only()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        // Tokens go to Graph and nowhere else, whatever the environment says; and a proxy could
        // answer in Graph's stead.
        .no_proxy();
    let client = if config.graph_url.scheme() == "http" {
        // A simulator: no certificate is needed, and there may be none to read.
        client.tls_certs_only([])
    } else {
        client
    };
    Ok(client.build()?)
}

/// What is certain about a call.
pub(super) enum Exchange {
    /// Something answered.
    Answered(Answer),
    /// Nothing was sent.
    NotSent(Refusal),
    /// It may have been sent, and nothing answered.
    Lost(UnknownReason),
}

/// What answered.
pub(super) struct Answer {
    pub(super) http_status: u16,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
    /// Why the body ends early, if it does.
    pub(super) cut: Option<UnknownReason>,
}

/// Shorter texts are no tokens of Meta's, and may stand in any answer.
const SHORTEST_TOKEN: usize = 8;

impl Exchange {
    /// The same, but that it does not quote the token: Meta's errors do, and their words are kept and shown.
    pub(super) fn without(mut self, token: &str) -> Self {
        if let Self::Answered(answer) = &mut self
            && token.len() >= SHORTEST_TOKEN
            && let Ok(text) = std::str::from_utf8(&answer.body)
            && text.contains(token)
        {
            answer.body = text.replace(token, "…").into_bytes();
        }
        self
    }
}

pub(super) async fn exchange(request: RequestBuilder) -> Exchange {
    exchange_long(request, LONGEST_ANSWER).await
}

/// The same, where the answer may have up to `longest` bytes.
pub(super) async fn exchange_long(request: RequestBuilder, longest: usize) -> Exchange {
    match request.send().await {
        Ok(response) => Exchange::Answered(read(response, longest).await),
        Err(error) if error.is_connect() || error.is_builder() => {
            let detail = causes(error);
            Exchange::NotSent(Refusal::Unreachable { detail })
        }
        Err(error) => Exchange::Lost(lost(&error)),
    }
}

async fn read(mut response: Response, longest: usize) -> Answer {
    let http_status = response.status().as_u16();
    let retry_after = super::answer::retry_after(response.headers());
    let mut body = Vec::new();
    let cut = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= longest => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => break Some(UnknownReason::NotGraph { http_status }),
            Ok(None) => break None,
            Err(error) => break Some(lost(&error)),
        }
    };
    Answer {
        http_status,
        retry_after,
        body,
        cut,
    }
}

fn lost(error: &reqwest::Error) -> UnknownReason {
    if error.is_timeout() {
        UnknownReason::TimedOut
    } else {
        UnknownReason::ConnectionLost
    }
}

/// The error and what caused it, without the URL, which names the sending number.
pub(crate) fn causes(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // Some errors repeat what caused them.
        if !text.contains(&said) {
            // Writing to a string can not fail.
            let _ = write!(text, ": {said}");
        }
        cause = error.source();
    }
    text
}

/// The header with the token, marked so that no library prints it.
pub(super) fn authorization(access_token: &str) -> Result<header::HeaderValue, Refusal> {
    authorization_of("Bearer", access_token)
}

/// The same under another scheme.
pub(super) fn authorization_of(
    scheme: &str,
    access_token: &str,
) -> Result<header::HeaderValue, Refusal> {
    let value = format!("{scheme} {access_token}");
    let mut value = header::HeaderValue::try_from(value).map_err(|_| Refusal::MalformedToken)?;
    value.set_sensitive(true);
    Ok(value)
}
