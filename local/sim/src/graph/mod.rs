//! The Graph API: who may call what, faults, the log of calls.

mod accounts;
mod attached;
mod debug_token;
mod error;
mod fields;
mod media;
mod media_upload;
mod messages;
mod outcome;
mod subscribed_apps;
mod templates;
mod uploads;
mod validate;

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    extract::{Path, Query, Request, State},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderMap, Method, header};
use serde_json::Value;

use self::{
    error::{GraphError, answer},
    media_upload::Form,
    uploads::Sent,
};
pub(crate) use self::{
    outcome::{Failure, Times, Told},
    validate::{Carried, Source},
};
use crate::{
    base::Base,
    callbacks::sign,
    faults::{self, Fault, Occasion},
    numbers::{Grant, Line, MANAGEMENT, MESSAGING},
    request_log::Call,
    simulator::{Inner, Simulator},
    time::now_ms,
};

/// The largest body of a call, far above what any message needs.
const BODY_LIMIT: usize = 1 << 20;

/// A call as the endpoints see it.
struct Incoming {
    method: Method,
    version: String,
    /// The path after the version.
    rest: String,
    query: HashMap<String, String>,
    token: Option<String>,
    /// The address of the simulator.
    base: Base,
    raw: Bytes,
    /// The body as JSON; `Null` when there is none, an error when it is none.
    body: Result<Value, GraphError>,
    /// The form of an upload, for whoever takes it.
    form: Mutex<Option<Result<Form, GraphError>>>,
    /// What a call for a resumable upload brought.
    sent: Mutex<Option<Result<Sent, GraphError>>>,
}

/// Every call below `/graph/{version}/`.
pub(crate) async fn entry(
    State(simulator): State<Simulator>,
    Path((version, rest)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    base: Base,
    request: Request,
) -> Response {
    let at_ms = now_ms();
    let inner = &simulator.inner;
    let incoming = receive(inner, version, rest, query, base, request).await;
    let path = format!("/{}/{}", incoming.version, incoming.rest);
    let fault = strike(inner, &incoming, &path).await;
    if let Some(delay_ms) = fault.as_ref().and_then(|fault| fault.delay_ms) {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    let (status, body, response) = match fault {
        Some(fault) if fault.error.is_some() || fault.http.is_some() || fault.drop => {
            act(inner, &incoming, &fault).await
        }
        _ => respond(&incoming.version, handle(inner, &incoming).await),
    };
    inner.requests.add(Call {
        at_ms,
        method: incoming.method.to_string(),
        phone_number_id: first_number(inner, &incoming.rest),
        path,
        status,
        body: incoming.raw,
        response: body,
    });
    response
}

async fn receive(
    inner: &Inner,
    version: String,
    rest: String,
    mut query: HashMap<String, String>,
    base: Base,
    request: Request,
) -> Incoming {
    let token = bearer(request.headers()).map(str::to_owned);
    let mut incoming = Incoming {
        method: request.method().clone(),
        version,
        rest,
        token: token.or_else(|| query.remove("access_token")),
        query,
        base,
        raw: Bytes::new(),
        body: Ok(Value::Null),
        form: Mutex::default(),
        sent: Mutex::default(),
    };
    incoming.query.remove("access_token");
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
    if content_type.starts_with("multipart/form-data") && incoming.rest.ends_with("/media") {
        let form = Form::read(inner, request).await;
        incoming.raw = form.as_ref().map(Form::describe).unwrap_or_default();
        incoming.form = Mutex::new(Some(form));
        return incoming;
    }
    if incoming.method == Method::POST && Sent::is_for(&incoming.rest) {
        let sent = Sent::read(inner, request).await;
        incoming.raw = sent.as_ref().map(Sent::describe).unwrap_or_default();
        incoming.sent = Mutex::new(Some(sent));
        return incoming;
    }
    let raw = match to_bytes(request.into_body(), BODY_LIMIT).await {
        Ok(raw) => raw,
        Err(_) => {
            let problem = GraphError::graph(100, "The request's body is too large");
            incoming.body = Err(problem);
            return incoming;
        }
    };
    if !raw.is_empty() {
        let body = match serde_json::from_slice(&raw) {
            Ok(value) if content_type.starts_with("application/json") => Ok(value),
            Ok(_) => Err("The Content-Type must be application/json"),
            Err(_) => Err("The body is not valid JSON"),
        };
        incoming.body = body.map_err(|why| GraphError::graph(100, why));
    }
    incoming.raw = raw;
    incoming
}

/// The token of an `Authorization` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    // The documents of resumable uploads write `OAuth`.
    let known = ["bearer", "oauth"].map(|known| scheme.eq_ignore_ascii_case(known));
    known.contains(&true).then(|| token.trim())
}

/// The fault that strikes this call.
async fn strike(inner: &Inner, incoming: &Incoming, path: &str) -> Option<Fault> {
    if inner.faults.is_empty() {
        return None;
    }
    let mut customer = incoming.customer(inner);
    if customer.is_none() && !incoming.rest.contains('/') {
        let media = inner.reader.media(incoming.rest.clone()).await;
        customer = media.ok().flatten().and_then(|media| media.customer);
    }
    let occasion = Occasion {
        customer: customer.as_deref(),
        path: Some(path),
        method: Some(incoming.method.as_str()),
        is_file: false,
    };
    inner.faults.for_call(occasion)
}

/// What a fault makes of a call.
async fn act(
    inner: &Arc<Inner>,
    incoming: &Incoming,
    fault: &Fault,
) -> (Option<u16>, Bytes, Response) {
    if fault.error.is_none() && fault.accept.unwrap_or(fault.drop) {
        // The caller learns nothing of the outcome, so that neither an error matters here.
        let _ = handle(inner, incoming).await;
    }
    refuse(fault, &incoming.version)
}

/// The answer that a fault gives instead of the right one, if it does: the status, the body, and
/// the whole.
pub(crate) fn struck(fault: &Fault) -> Option<(Option<u16>, Bytes, Response)> {
    let replaces = fault.error.is_some() || fault.http.is_some() || fault.drop;
    replaces.then(|| refuse(fault, ""))
}

fn refuse(fault: &Fault, version: &str) -> (Option<u16>, Bytes, Response) {
    if let Some(error) = &fault.error {
        let mut answer = GraphError::messaging(error.code, error.details.clone());
        answer.subcode = error.subcode;
        return respond(version, Err(answer));
    }
    let mut response = Response::new(Body::empty());
    if fault.drop {
        // A body that fails before its first byte makes the server close the connection with
        // nothing written.
        let failure = futures::stream::once(async {
            Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionAborted))
        });
        *response.body_mut() = Body::from_stream(failure);
        return (None, Bytes::new(), response);
    }
    let status = fault.http.unwrap_or(503);
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    (Some(status), Bytes::new(), response)
}

fn respond(version: &str, outcome: Result<Value, GraphError>) -> (Option<u16>, Bytes, Response) {
    let (status, body) = match outcome {
        Ok(body) => (200, body),
        Err(error) => error.render(),
    };
    let body = Bytes::from(body.to_string());
    (Some(status), body.clone(), answer(status, version, body))
}

/// The endpoint that a call means.
async fn handle(inner: &Arc<Inner>, incoming: &Incoming) -> Result<Value, GraphError> {
    if !is_version(&incoming.version) {
        return Err(incoming.unknown_path());
    }
    if incoming.rest == "debug_token" && incoming.method == Method::GET {
        return debug_token::describe(inner, incoming);
    }
    let (token, grant) = incoming.authenticate(inner)?;
    let segments: Vec<&str> = incoming
        .rest
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let (id, edge) = match segments[..] {
        [id] => (id, None),
        [id, edge] => (id, Some(edge)),
        _ => return Err(incoming.unknown_path()),
    };
    let fields = incoming.query.get("fields").map(String::as_str);
    let unknown = || GraphError::unknown_object(incoming.method.as_str(), id);
    let number = || {
        inner
            .numbers
            .by_id(id)
            .filter(|line| line.number.access_token == token)
    };
    // Who lacks one permission learns that it is this one; what the token's owner never saw is unknown to it.
    let may = |scope: &str| {
        let granted = grant.token.scopes.iter().any(|granted| granted == scope);
        granted.then_some(()).ok_or_else(|| {
            let code = if scope == MESSAGING { 10 } else { 200 };
            GraphError::graph(code, format!("Requires {scope} permission"))
        })
    };
    let account = || {
        let lines = inner.numbers.of_waba(id);
        let allowed = lines.iter().any(|line| line.number.access_token == token);
        allowed.then_some(lines).ok_or_else(unknown)
    };
    let template = || {
        let template = inner.templates.by_id(id);
        template.filter(|template| grant.wabas.contains(&template.waba_id))
    };
    match (&incoming.method, edge) {
        (&Method::POST, None) if Sent::is_for(id) => {
            uploads::take(inner, &grant, id, incoming).await
        }
        (&Method::GET, None) if Sent::is_for(id) => uploads::tell(inner, &grant, id),
        (&Method::POST, Some("uploads")) => uploads::begin(inner, &grant, id, incoming),
        (&Method::POST, Some("messages")) => {
            let line = number().ok_or_else(unknown)?;
            may(MESSAGING)?;
            messages::post(inner, &line, incoming).await
        }
        (&Method::POST, Some("media")) => {
            let line = number().ok_or_else(unknown)?;
            may(MESSAGING)?;
            media_upload::post(inner, &line, incoming).await
        }
        (&Method::GET, None) => match number() {
            Some(line) => accounts::phone_number(inner, &line, fields),
            None => match account() {
                Ok(lines) => accounts::account(&lines, fields),
                Err(_) => match template() {
                    Some(template) => {
                        may(MANAGEMENT)?;
                        templates::one(&template, &incoming.base, fields)
                    }
                    None => media::look_up(inner, incoming, id, token).await,
                },
            },
        },
        (&Method::POST, None) => {
            let template = template().ok_or_else(unknown)?;
            may(MANAGEMENT)?;
            templates::edit(inner, &template, incoming).await
        }
        (method, Some("message_templates"))
            if matches!(*method, Method::GET | Method::POST | Method::DELETE) =>
        {
            account()?;
            may(MANAGEMENT)?;
            inner.templates.seed(id, &inner.writer);
            match *method {
                Method::GET => templates::list(inner, id, incoming),
                Method::POST => templates::create(inner, id, incoming).await,
                _ => templates::delete(inner, id, incoming).await,
            }
        }
        (&Method::DELETE, None) => media::delete(inner, incoming, id, token).await,
        (method, Some(edge @ ("phone_numbers" | "subscribed_apps")))
            if matches!(*method, Method::GET | Method::POST | Method::DELETE) =>
        {
            let lines = account()?;
            may(MANAGEMENT)?;
            match (method, edge) {
                (&Method::GET, "phone_numbers") => accounts::phone_numbers(inner, &lines, fields),
                (&Method::GET, _) => Ok(subscribed_apps::list(inner, &lines)),
                (_, "phone_numbers") => Err(unknown()),
                (&Method::POST, _) => subscribed_apps::subscribe(inner, &lines, incoming).await,
                _ => subscribed_apps::unsubscribe(inner, &lines).await,
            }
        }
        (
            _,
            None
            | Some(
                "media" | "message_templates" | "messages" | "phone_numbers" | "subscribed_apps"
                | "uploads",
            ),
        ) => Err(unknown()),
        _ => Err(incoming.unknown_path()),
    }
}

impl Incoming {
    /// The token, if some number may be used with it, and what it is good for.
    fn authenticate(&self, inner: &Inner) -> Result<(&str, Grant), GraphError> {
        let token = self.token()?;
        let grant = inner.numbers.grant(token).ok_or_else(|| {
            let text = "Invalid OAuth access token - Cannot parse access token";
            GraphError::graph(190, text)
        })?;
        if grant.token.is_over() {
            return Err(GraphError::graph(
                190,
                "Error validating access token: Session has expired",
            )
            .with_subcode(463));
        }
        self.check_proof(token, &grant)?;
        Ok((token, grant))
    }

    fn token(&self) -> Result<&str, GraphError> {
        let token = self.token.as_deref().filter(|token| !token.is_empty());
        token.ok_or_else(|| {
            GraphError::graph(104, "An access token is required to request this resource.")
        })
    }

    /// A proof that comes along, the token's HMAC under the app's secret, must be right (Meta, "Securing Graph API
    /// requests").
    fn check_proof(&self, token: &str, grant: &Grant) -> Result<(), GraphError> {
        let Some(proof) = self.query.get("appsecret_proof") else {
            return Ok(());
        };
        let right = sign(&grant.app_secret, token.as_bytes());
        if right.strip_prefix("sha256=") == Some(proof) {
            return Ok(());
        }
        let text = "Invalid appsecret_proof provided in the API argument";
        Err(GraphError::graph(100, text).of_method())
    }

    /// The form that came with an upload.
    fn take_form(&self) -> Result<Form, GraphError> {
        let mut form = self.form.lock().unwrap_or_else(PoisonError::into_inner);
        let missing = || GraphError::graph(100, "The parameter file is required.");
        form.take().unwrap_or_else(|| Err(missing()))
    }

    fn take_sent(&self) -> Result<Sent, GraphError> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let missing = || GraphError::graph(100, "The body must be the bytes of the file.");
        sent.take().unwrap_or_else(|| Err(missing()))
    }

    fn unknown_path(&self) -> GraphError {
        let rest: String = self.rest.chars().take(100).collect();
        GraphError::graph(2500, format!("Unknown path components: /{rest}"))
    }

    /// The customer that the body names, for faults.
    fn customer(&self, inner: &Inner) -> Option<String> {
        let body = self.body.as_ref().ok()?;
        let named = body.get("to").or_else(|| body.get("recipient"))?;
        let named = named.as_str()?;
        let by_id = inner.users.customer_of(named);
        Some(by_id.unwrap_or_else(|| faults::customer(named)))
    }

    /// The major number of the version.
    fn major_version(&self) -> u32 {
        let number = self.version.trim_start_matches('v').split('.').next();
        number
            .and_then(|number| number.parse().ok())
            .unwrap_or_default()
    }
}

/// `v` and two numbers.
fn is_version(text: &str) -> bool {
    let number = |part: &str| {
        (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    text.strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| number(major) && number(minor))
}

fn first_number(inner: &Inner, rest: &str) -> Option<String> {
    let id = rest.split('/').next()?;
    let line: Arc<Line> = inner.numbers.by_id(id)?;
    Some(line.number.phone_number_id.clone())
}
