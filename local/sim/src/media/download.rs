//! `GET /media/{id}`: the file that a link leads to, for whoever has the number's token.

use std::{collections::HashMap, io, time::Duration};

use axum::{
    body::Body,
    extract::{Path, Query, State},
    response::Response,
};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};
use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncSeekExt as _},
};

use super::{Media, link};
use crate::{
    faults::{Fault, FileTrouble, Occasion},
    graph,
    request_log::Call,
    simulator::{Inner, Simulator},
    store::Lost,
    time::now_ms,
};

/// What is read and sent at once.
const CHUNK: usize = 64 << 10;

/// The download.
pub(crate) async fn download(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let inner = &simulator.inner;
    let at_ms = now_ms();
    let path = format!("/media/{id}");
    let media = inner.reader.media(id).await;
    let customer = media.as_ref().ok().and_then(Option::as_ref);
    let customer = customer.and_then(|media| media.customer.clone());
    let fault = inner.faults.for_call(Occasion {
        customer: customer.as_deref(),
        path: Some(&path),
        method: Some(method.as_str()),
        is_file: true,
    });
    if let Some(delay_ms) = fault.as_ref().and_then(|fault| fault.delay_ms) {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    let phone_number_id = match &media {
        Ok(Some(media)) => Some(media.phone_number_id.clone()),
        _ => None,
    };
    let struck = fault.as_ref().and_then(graph::struck);
    let (status, response) = match struck {
        Some((status, _, response)) => (status, response),
        None => {
            let response = answer(inner, media, &query, &headers, fault).await;
            (Some(response.status().as_u16()), response)
        }
    };
    inner.requests.add(Call {
        at_ms,
        method: method.to_string(),
        path,
        status,
        phone_number_id,
        body: Bytes::new(),
        response: Bytes::new(),
    });
    response
}

async fn answer(
    inner: &Inner,
    media: Result<Option<Media>, Lost>,
    query: &HashMap<String, String>,
    headers: &HeaderMap,
    fault: Option<Fault>,
) -> Response {
    let token = graph::bearer(headers).filter(|token| inner.numbers.grant(token).is_some());
    let Some(token) = token else {
        return refusal(
            StatusCode::UNAUTHORIZED,
            "the access token is missing or wrong",
        );
    };
    let gone = || refusal(StatusCode::NOT_FOUND, "the link leads nowhere any more");
    let media = match media {
        Ok(Some(media)) => media,
        Ok(None) => return gone(),
        Err(_) => {
            return refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the file is out of reach",
            );
        }
    };
    let now_ms = now_ms();
    let line = inner.numbers.by_id(&media.phone_number_id);
    let is_good = line.is_some_and(|line| {
        line.number.access_token == token
            && media.is_known(now_ms)
            && link::is_good(&media, &line.number.app_secret, query, now_ms)
    });
    if !is_good {
        return gone();
    }
    let trouble = fault.map(|fault| fault.file).unwrap_or_default();
    file(inner, &media, trouble)
        .await
        .unwrap_or_else(|_| gone())
}

/// `GET /media/{id}/file`: the file as the customer's own phone has it.
pub(crate) async fn show(State(simulator): State<Simulator>, Path(id): Path<String>) -> Response {
    let inner = &simulator.inner;
    let found = match inner.reader.media(id).await {
        Ok(Some(media)) => file(inner, &media, FileTrouble::default()).await.ok(),
        _ => None,
    };
    let mut shown =
        found.unwrap_or_else(|| refusal(StatusCode::NOT_FOUND, "there is no such file"));
    // Whoever sends a page or a drawing with a script must not have it run beside the phone's own.
    let headers = shown.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    shown
}

async fn file(inner: &Inner, media: &Media, trouble: FileTrouble) -> io::Result<Response> {
    let file = File::open(inner.files.path(&media.id)).await?;
    let length = file.metadata().await?.len();
    let mut response = Response::new(Body::from_stream(troubled(file, trouble)));
    let headers = response.headers_mut();
    if let Ok(content_type) = HeaderValue::from_str(&media.content_type) {
        headers.insert(CONTENT_TYPE, content_type);
    }
    if !trouble.endless {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    Ok(response)
}

/// The bytes of a file, with what a fault makes of them.
fn troubled(file: File, trouble: FileTrouble) -> impl Stream<Item = io::Result<Bytes>> {
    let left = trouble.truncate.unwrap_or(u64::MAX);
    let size = match trouble.bytes_per_second {
        // Ten times a second, so that slow does not mean silent.
        Some(rate) => usize::try_from(rate / 10).unwrap_or(CHUNK).clamp(1, CHUNK),
        None => CHUNK,
    };
    let bytes = stream::try_unfold(
        (file, left, true),
        move |(mut file, left, first)| async move {
            if left == 0 {
                // Lets what was sent leave before the end.
                tokio::task::yield_now().await;
                // An error makes the server hang up before the length that it announced.
                return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
            }
            let wanted = size.min(usize::try_from(left).unwrap_or(size));
            let mut chunk = vec![0; wanted];
            let mut read = file.read(&mut chunk).await?;
            if read == 0 && trouble.endless {
                file.rewind().await?;
                read = file.read(&mut chunk).await?;
            }
            if read == 0 {
                return Ok(None);
            }
            chunk.truncate(read);
            if first && trouble.corrupt {
                chunk[0] ^= 0xFF;
            }
            let left = left - read as u64;
            Ok(Some((Bytes::from(chunk), (file, left, false))))
        },
    );
    bytes.then(move |chunk| async move {
        if let (Some(rate), Ok(chunk)) = (trouble.bytes_per_second, &chunk) {
            let seconds = chunk.len() as f64 / rate as f64;
            tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
        }
        chunk
    })
}

fn refusal(status: StatusCode, why: &'static str) -> Response {
    let mut response = Response::new(Body::from(why));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}
