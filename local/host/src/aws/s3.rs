//! The embedded S3.

use std::path::Path;

use anyhow::Context as _;
use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{connections, seed::AwsKeys};

/// Serves the folder, to those who sign with `keys` and behind what `before` puts before it, until `stop` turns true.
pub(super) fn serve(
    listener: TcpListener,
    folder: &Path,
    keys: &AwsKeys,
    before: impl FnOnce(Router) -> Router,
    stop: watch::Receiver<bool>,
    servers: &mut JoinSet<()>,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).context("cannot make the folder of the bucket")?;
    let files = FileSystem::new(folder)
        .map_err(|error| anyhow::anyhow!("{error:?}"))
        .context("cannot open the folder of the bucket")?;
    let mut builder = S3ServiceBuilder::new(files);
    let secret = keys.secret_access_key.expose().clone();
    builder.set_auth(SimpleAuth::from_single(keys.access_key_id.clone(), secret));
    let service = builder.build();
    let router = Router::new().fallback(move |request: Request| answer(service.clone(), request));
    servers.spawn(connections::serve(listener, before(router), stop));
    Ok(())
}

async fn answer(mut service: S3Service, request: Request) -> Response {
    match tower::Service::call(&mut service, request).await {
        Ok(response) => response.map(Body::new),
        Err(error) => {
            tracing::error!(?error, "the embedded S3 could not answer");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
