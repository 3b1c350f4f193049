//! The path as the caller meant it.
//!
//! An HTTP API of API Gateway hands the path over decoded, so that `%2F` inside a parameter reads as one more segment and
//! `%3F` as the beginning of a query. The route that it matched and the parameters' values tell what was meant.

use axum::extract::Request;
use http::Uri;
use http::uri::PathAndQuery;
use lambda_http::RequestExt as _;
use lambda_http::aws_lambda_events::query_map::QueryMap;
use lambda_http::request::RequestContext;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a segment: RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Puts the path together from the matched route and its parameters, where API Gateway handed the request over.
pub(crate) fn restore(mut request: Request) -> Request {
    if let Some(path) = meant(&request)
        && let Some(uri) = with_path(request.uri(), &path)
    {
        *request.uri_mut() = uri;
    }
    request
}

fn meant(request: &Request) -> Option<String> {
    let RequestContext::ApiGatewayV2(context) = request.request_context_ref()? else {
        return None;
    };
    // `GET /messages/{id}`; `$default` has no path.
    let route = context
        .route_key
        .as_deref()
        .and_then(|key| key.split_once(' '));
    match route {
        Some((_, route)) if route.contains('{') => fill(route, &request.path_parameters()),
        _ => Some(encode_segments(request.raw_http_path())),
    }
}

fn fill(route: &str, values: &QueryMap) -> Option<String> {
    let segments = route.split('/').map(|segment| {
        let Some(name) = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) else {
            return Some(segment.to_owned());
        };
        // `{id+}` takes the slashes too; to the function it is one parameter all the same.
        let name = name.strip_suffix('+').unwrap_or(name);
        values.first(name).map(encode)
    });
    Some(segments.collect::<Option<Vec<_>>>()?.join("/"))
}

fn encode_segments(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

fn encode(value: &str) -> String {
    utf8_percent_encode(value, SEGMENT).to_string()
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).ok()?);
    Uri::from_parts(parts).ok()
}
