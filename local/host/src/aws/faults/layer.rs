//! The faults before a service.

use std::{
    convert::Infallible,
    io, mem,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    response::Response,
};
use futures::{
    StreamExt as _,
    future::{BoxFuture, Either},
};
use serde_json::Value;
use tower::{Layer, Service as TowerService};

use super::{Faults, Kind, Service, Strike, answer, operation};

/// Puts faults before a service.
#[derive(Debug, Clone)]
pub(super) struct FaultLayer {
    faults: Faults,
    service: Service,
}

/// A service behind faults.
#[derive(Debug, Clone)]
pub(super) struct Faulty<S> {
    inner: S,
    faults: Faults,
    service: Service,
}

/// The most of a transaction's body that is read: DynamoDB's own limit is 4 MB.
const LARGEST_TRANSACTION: usize = 16 << 20;

impl FaultLayer {
    pub(super) fn new(faults: Faults, service: Service) -> Self {
        Self { faults, service }
    }
}

impl<S> Layer<S> for FaultLayer {
    type Service = Faulty<S>;

    fn layer(&self, inner: S) -> Faulty<S> {
        Faulty {
            inner,
            faults: self.faults.clone(),
            service: self.service,
        }
    }
}

impl<S> TowerService<Request> for Faulty<S>
where
    S: TowerService<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<S::Future, BoxFuture<'static, Result<Response, Infallible>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Some(strike) = self.faults.strike(self.service, &request) else {
            return Either::Left(self.inner.call(request));
        };
        // The one that is ready is used, and the fresh one left.
        let fresh = self.inner.clone();
        let ready = mem::replace(&mut self.inner, fresh);
        Either::Right(Box::pin(struck(ready, self.service, strike, request)))
    }
}

/// What becomes of a call that a fault strikes.
async fn struck<S>(
    mut inner: S,
    service: Service,
    strike: Strike,
    request: Request,
) -> Result<Response, Infallible>
where
    S: TowerService<Request, Response = Response, Error = Infallible>,
{
    let operation = operation::of(service, &request);
    tracing::debug!(?service, operation, ?strike, "a fault strikes");
    match strike.kind {
        Kind::Drop => Ok(cut()),
        Kind::Throttle => {
            let cancelled = read_whole(service, request).await;
            Ok(answer::throttled(service, strike.second_form, cancelled))
        }
        Kind::Internal => {
            read_whole(service, request).await;
            Ok(answer::internal(service))
        }
        Kind::LostAnswer => {
            inner.call(request).await?;
            Ok(match strike.second_form {
                true => answer::internal(service),
                false => cut(),
            })
        }
    }
}

/// Reads a body that nobody wants, so that its sender reads the answer. Of a transaction: how many items it names.
async fn read_whole(service: Service, request: Request) -> Option<usize> {
    let is_transaction =
        service == Service::DynamoDb && operation::of(service, &request).starts_with("Transact");
    let body = request.into_body();
    if is_transaction {
        let bytes = to_bytes(body, LARGEST_TRANSACTION).await.ok()?;
        let asked: Value = serde_json::from_slice(&bytes).ok()?;
        return asked["TransactItems"].as_array().map(Vec::len);
    }
    let mut pieces = body.into_data_stream();
    while let Some(Ok(_)) = pieces.next().await {}
    None
}

/// An answer that cuts its connection: a body that fails before its first byte makes the server close it with nothing
/// written.
fn cut() -> Response {
    let failure = futures::stream::once(async {
        Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionAborted))
    });
    Response::new(Body::from_stream(failure))
}
