//! A file comes from a URL.

use std::time::Duration;

use http::StatusCode;
use http::header::CONTENT_ENCODING;
use openwati_channels::guarded::{Download, FetchError, GetLimits, Validators};
use openwati_core::media::FileType;
use openwati_store::blobs::waiting_key;
use openwati_store::file::FileOrigin;
use tokio::time::Instant;

use super::bring::{Bringer, Found};
use super::keep::keep;
use super::trouble::{Later, Refused, Trouble};
use crate::media::sink::Sink;

/// How long nothing may come of an answer or of a file.
const SILENCE: Duration = Duration::from_secs(10);

/// How slowly a file may come, in bytes a second, once it had time to begin.
const SLOWEST: u64 = 1024;
const BEGINNING: Duration = Duration::from_secs(10);

/// What is left of the time after a download, for giving up what has come of it.
const REST: Duration = Duration::from_millis(500);

/// Brings the file, or finds that it is still what it was `before`.
pub(super) async fn download(
    bringer: &Bringer<'_>,
    url: &str,
    before: Option<Found>,
) -> Result<Found, Trouble> {
    let wanted = bringer.wanted;
    let url = url
        .parse()
        .map_err(|_| Refused::url("this is not a valid URL"))?;
    let limits = GetLimits {
        total_timeout: wanted.left().saturating_sub(REST),
        first_byte_timeout: SILENCE,
        idle_timeout: SILENCE,
        max_bytes: wanted.kind.largest(),
    };
    let ends = Instant::now() + limits.total_timeout;
    let trouble = |error: FetchError| match error {
        FetchError::Timeout(_) if Instant::now() >= ends => Trouble::from(Later::TimeUp),
        error => Refused::of_fetch(&error, wanted.kind).into(),
    };
    let validators = before.as_ref().map(|found| Validators {
        etag: found.origin.etag.clone(),
        last_modified: found.origin.last_modified.clone(),
    });
    let conditions = validators.unwrap_or_default().headers();
    let is_asked = !conditions.is_empty();
    let guarded = bringer.platform.guarded()?;
    let file = guarded
        .get(&url, conditions, limits)
        .await
        .map_err(trouble)?;
    match (file.status(), before) {
        (StatusCode::OK, _) => come(bringer, file, trouble).await,
        (StatusCode::NOT_MODIFIED, Some(mut found)) if is_asked => {
            let now = bringer.platform.now();
            found.origin.fresh_until = now.plus(file.fresh_for());
            Ok(found)
        }
        (status, _) => Err(Refused::of_status(status.as_u16()).into()),
    }
}

async fn come(
    bringer: &Bringer<'_>,
    mut file: Download,
    trouble: impl Fn(FetchError) -> Trouble,
) -> Result<Found, Trouble> {
    let (platform, wanted) = (bringer.platform, bringer.wanted);
    let coding = file.headers().get(CONTENT_ENCODING);
    if coding.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        let reason = "the file cannot be fetched: its host compresses it without being asked to";
        return Err(Refused::url(reason).into());
    }
    let said = file.content_type().map(ToOwned::to_owned);
    let (validators, fresh_for) = (file.validators(), file.fresh_for());
    let type_of = |head: &[u8]| {
        let found = FileType::of(said.as_deref(), head);
        // The size is looked at when all has come, but for none: nothing is of no type.
        wanted.judge(&found, head.len() as u64)?;
        Ok::<_, Trouble>(found.kept_as().to_owned())
    };
    let waiting = waiting_key(wanted.tenant, bringer.id);
    let sink = Sink {
        blobs: platform.blobs()?,
        large_key: waiting.clone(),
        type_of: &type_of,
    };
    let mut filling = sink.open();
    let began = Instant::now();
    let filled = async {
        while let Some(chunk) = file.chunk().await.map_err(&trouble)? {
            filling.take(&chunk).await?;
            let elapsed = began.elapsed();
            if elapsed > BEGINNING && filling.size() < elapsed.as_secs() * SLOWEST {
                let reason = "the file cannot be fetched: it comes too slowly";
                return Err(Trouble::from(Refused::url_for_now(reason)));
            }
        }
        let whole = filling.seal(|_, _| Ok(()))?;
        let found = FileType::of(said.as_deref(), &whole.head);
        wanted.judge(&found, whole.size)?;
        let record = keep(bringer, &mut filling, &whole, &found, &waiting).await?;
        Ok((record, found))
    };
    let filled = filled.await;
    if filled.is_err() {
        filling.abort().await;
    }
    let (record, found) = filled?;
    let origin = FileOrigin {
        sha256: record.sha256.clone(),
        said: found.said,
        etag: validators.etag,
        last_modified: validators.last_modified,
        fresh_until: platform.now().plus(fresh_for),
    };
    Ok(Found { record, origin })
}
