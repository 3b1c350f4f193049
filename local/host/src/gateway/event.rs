//! A request as the event that an HTTP API of API Gateway calls a function with (payload format 2.0).

use std::{borrow::Cow, collections::BTreeMap, net::IpAddr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, Method, Uri, Version, header};
use serde::Serialize;
use url::form_urlencoded;

/// What a request is besides its route.
pub(super) struct Received<'a> {
    pub(super) method: &'a Method,
    pub(super) uri: &'a Uri,
    pub(super) version: Version,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    /// The peer's address.
    pub(super) peer: IpAddr,
    /// The port that the request came in on.
    pub(super) port: u16,
    /// The id that the answer carries too.
    pub(super) id: &'a str,
    /// When it came.
    pub(super) at: jiff::Timestamp,
}

/// Where a request goes.
pub(super) struct Routed<'a> {
    pub(super) key: &'a str,
    /// The path, decoded.
    pub(super) path: &'a str,
    pub(super) parameters: &'a [(&'a str, &'a str)],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'static str,
    route_key: &'a str,
    raw_path: &'a str,
    raw_query_string: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<&'a str>,
    headers: BTreeMap<&'a str, Cow<'a, str>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<Cow<'a, str>, String>,
    request_context: Context<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    path_parameters: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'a, str>>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    account_id: &'static str,
    api_id: &'static str,
    domain_name: &'a str,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: &'a str,
    route_key: &'a str,
    stage: &'static str,
    time: String,
    time_epoch: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: String,
    source_ip: String,
    user_agent: Cow<'a, str>,
}

/// The event as JSON.
pub(super) fn event(received: &Received<'_>, routed: &Routed<'_>) -> Vec<u8> {
    let host = text(received.headers, &header::HOST);
    let host = match &host {
        Cow::Borrowed(host) => host,
        Cow::Owned(host) => host.as_str(),
    };
    let raw_query_string = received.uri.query().unwrap_or_default();
    let (body, is_base64_encoded) = body(received.headers, received.body);
    let event = Event {
        version: "2.0",
        route_key: routed.key,
        raw_path: routed.path,
        raw_query_string,
        cookies: cookies(received.headers),
        headers: headers(received),
        query_string_parameters: query(raw_query_string),
        request_context: Context {
            account_id: "000000000000",
            api_id: "local",
            domain_name: host,
            domain_prefix: host.split(['.', ':']).next().unwrap_or_default(),
            http: Http {
                method: received.method.as_str(),
                path: routed.path,
                protocol: format!("{:?}", received.version),
                source_ip: received.peer.to_string(),
                user_agent: text(received.headers, &header::USER_AGENT),
            },
            request_id: received.id,
            route_key: routed.key,
            stage: "$default",
            time: received.at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            time_epoch: received.at.as_millisecond(),
        },
        path_parameters: routed.parameters.iter().copied().collect(),
        body,
        is_base64_encoded,
    };
    serde_json::to_vec(&event).expect("an event has text keys and finite numbers alone")
}

/// A header's values, joined by commas.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Cow<'a, str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().map_or(Cow::Borrowed(""), |value| {
        String::from_utf8_lossy(value.as_bytes())
    });
    values.fold(first, |joined, value| {
        Cow::Owned(format!(
            "{joined},{}",
            String::from_utf8_lossy(value.as_bytes())
        ))
    })
}

/// The headers as API Gateway passes them: lower case, joined by commas, without cookies and what belongs to the
/// connection, and with what it adds itself.
fn headers<'a>(received: &Received<'a>) -> BTreeMap<&'a str, Cow<'a, str>> {
    let mut headers: BTreeMap<_, _> = received
        .headers
        .keys()
        .filter(|name| !of_the_connection(name) && **name != header::COOKIE)
        .map(|name| (name.as_str(), text(received.headers, name)))
        .collect();
    headers.insert("content-length", received.body.len().to_string().into());
    headers.insert("x-forwarded-port", received.port.to_string().into());
    headers.insert("x-forwarded-proto", "http".into());
    let peer = received.peer.to_string();
    headers
        .entry("x-forwarded-for")
        .and_modify(|before| *before = format!("{before}, {peer}").into())
        .or_insert(peer.into());
    headers
        .entry("x-amzn-trace-id")
        .or_insert_with(|| trace_id(received.at).into());
    headers
}

/// Headers that are about one connection and are not passed on, either way.
pub(super) fn of_the_connection(name: &HeaderName) -> bool {
    [
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::TE,
        header::TRAILER,
        header::UPGRADE,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
    ]
    .contains(name)
        || name == "keep-alive"
}

fn trace_id(at: jiff::Timestamp) -> String {
    let [first, second, third]: [u32; 3] = rand::random();
    format!(
        "Root=1-{:08x}-{first:08x}{second:08x}{third:08x}",
        at.as_second()
    )
}

fn cookies(headers: &HeaderMap) -> Vec<&str> {
    let values = headers.get_all(header::COOKIE).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    let cookies = values.flat_map(|value| value.split(';')).map(str::trim);
    cookies.filter(|cookie| !cookie.is_empty()).collect()
}

fn query(raw: &str) -> BTreeMap<Cow<'_, str>, String> {
    let mut parameters: BTreeMap<_, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
        parameters
            .entry(name)
            .and_modify(|before| {
                before.push(',');
                before.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    parameters
}

/// The body, and whether it is in Base64. Text is what has one of these types, as observed on the service; a form is
/// not, and neither is a body without a type. What is no UTF-8 cannot stand in JSON, so it is encoded as well.
fn body<'a>(headers: &HeaderMap, body: &'a [u8]) -> (Option<Cow<'a, str>>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    let content_type = text(headers, &header::CONTENT_TYPE);
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is_text = essence
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("text/"))
        || ["json", "xml", "javascript"].iter().any(|kind| {
            let (left, right) = essence.split_once('/').unwrap_or_default();
            left.eq_ignore_ascii_case("application") && right.eq_ignore_ascii_case(kind)
        });
    match std::str::from_utf8(body) {
        Ok(text) if is_text => (Some(text.into()), false),
        _ => (Some(STANDARD.encode(body).into()), true),
    }
}

#[cfg(test)]
mod tests;
