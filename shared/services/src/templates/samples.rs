//! The samples that the headers of a new template show: files of the caller's, brought like those of messages and uploaded
//! to Meta.

use std::time::Duration;

use openwati_channels::cloud_api::Sample;
use openwati_core::id::Id;
use openwati_core::media::MediaKind;
use openwati_core::tenant::TenantId;
use openwati_store::StoreError;
use openwati_store::channel::ChannelRecord;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::ask::{Trouble as AskTrouble, in_time, token};
use crate::error::Error;
use crate::files::{Brought, Source, Trouble, Wanted, bring};
use crate::platform::Platform;

/// How long all samples of a template may take. A request to the API has 29 seconds, and the template is made afterwards.
const PATIENCE: Duration = Duration::from_secs(14);

/// The member of a header's component that names its sample: `{"url": …}` or `{"uploadId": …}`.
const SAMPLE: &str = "sample";

/// A sample that is to be shown.
#[derive(Debug)]
pub(super) struct Wish {
    source: Source,
    kind: MediaKind,
    /// Where its handle goes: `/0/example/header_handle/0` and the like.
    header: String,
}

/// Takes the samples out of components.
///
/// # Errors
/// [`Error::Invalid`], naming the place.
pub(super) fn take(platform: &Platform, components: &mut [Value]) -> Result<Vec<Wish>, Error> {
    let mut wishes = Vec::new();
    for (at, component) in components.iter_mut().enumerate() {
        wish(platform, component, &format!("/{at}"), &mut wishes)?;
        let cards = component.get_mut("cards").and_then(Value::as_array_mut);
        for (card, within) in cards.into_iter().flatten().enumerate() {
            let parts = within.get_mut("components").and_then(Value::as_array_mut);
            for (part, component) in parts.into_iter().flatten().enumerate() {
                let path = format!("/{at}/cards/{card}/components/{part}");
                wish(platform, component, &path, &mut wishes)?;
            }
        }
    }
    Ok(wishes)
}

fn wish(
    platform: &Platform,
    component: &mut Value,
    path: &str,
    wishes: &mut Vec<Wish>,
) -> Result<(), Error> {
    let Some(sample) = component.as_object_mut().and_then(|of| of.remove(SAMPLE)) else {
        return Ok(());
    };
    let field = format!("components{}.{SAMPLE}", path.replace('/', "."));
    let invalid = |what: &str| Error::invalid("invalid_template", format!("{field}: {what}"));
    let kind = match component["format"].as_str().map(str::to_ascii_uppercase) {
        Some(format) if format == "IMAGE" => MediaKind::Image,
        Some(format) if format == "VIDEO" || format == "GIF" => MediaKind::Video,
        Some(format) if format == "DOCUMENT" => MediaKind::Document,
        _ => {
            return Err(invalid(
                "only a header of the format IMAGE, VIDEO, GIF or DOCUMENT has one",
            ));
        }
    };
    let source = match (sample["url"].as_str(), sample["uploadId"].as_str()) {
        (Some(url), None) => Source::url(platform, url)?,
        (None, Some(id)) => {
            let id: Id = id.parse().map_err(|_| invalid("the uploadId is none"))?;
            Source::Upload(id)
        }
        _ => return Err(invalid("must have exactly one of url and uploadId")),
    };
    let header = path.to_owned();
    wishes.push(Wish {
        source,
        kind,
        header,
    });
    Ok(())
}

/// Uploads samples, and puts their handles where they belong. One that several headers show is uploaded once.
///
/// # Errors
/// Why a file cannot be had; what Meta refuses; that it was not reached.
pub(super) async fn upload(
    platform: &Platform,
    tenant: &TenantId,
    channel: &ChannelRecord,
    wishes: &[Wish],
    components: &mut [Value],
) -> Result<(), Error> {
    if wishes.is_empty() {
        return Ok(());
    }
    let deadline = Instant::now() + PATIENCE.min(platform.function_timeout() / 2);
    let app_id = app_id(platform, tenant, channel).await?;
    let mut done: Vec<(&Source, String)> = Vec::new();
    for wish in wishes {
        let known = done.iter().find(|(source, _)| **source == wish.source);
        let handle = match known {
            Some((_, handle)) => handle.clone(),
            None => {
                let uploading = Uploading {
                    platform,
                    tenant,
                    channel,
                    app_id: &app_id,
                    deadline,
                };
                let handle = uploading.run(wish).await?;
                done.push((&wish.source, handle.clone()));
                handle
            }
        };
        let (first, rest) = match wish.header[1..].split_once('/') {
            Some((first, rest)) => (first, format!("/{rest}")),
            None => (&wish.header[1..], String::new()),
        };
        let component = first
            .parse()
            .ok()
            .and_then(|at: usize| components.get_mut(at));
        if let Some(header) = component.and_then(|component| component.pointer_mut(&rest)) {
            header["example"] = json!({"header_handle": [handle]});
        }
    }
    Ok(())
}

/// Meta's id of the token's app, to which samples are uploaded.
async fn app_id(
    platform: &Platform,
    tenant: &TenantId,
    channel: &ChannelRecord,
) -> Result<String, Error> {
    let known = channel.checked.as_ref();
    if let Some(id) = known.and_then(|checked| checked.app_id.clone()) {
        return Ok(id);
    }
    let token = token(platform, tenant, channel)?;
    let graph = platform.cloud_api()?;
    let info = in_time(graph.debug_token(token.expose())).await?;
    info.app_id.ok_or(Error::MetaUnreachable)
}

struct Uploading<'a> {
    platform: &'a Platform,
    tenant: &'a TenantId,
    channel: &'a ChannelRecord,
    app_id: &'a str,
    deadline: Instant,
}

impl Uploading<'_> {
    async fn run(&self, wish: &Wish) -> Result<String, Error> {
        let wanted = Wanted {
            tenant: self.tenant,
            source: &wish.source,
            kind: wish.kind,
            mime_type: None,
            patience: PATIENCE,
            deadline: self.deadline,
        };
        let file = bring(self.platform, wanted).await.map_err(refused)?;
        let uploaded = tokio::time::timeout_at(self.deadline, self.hand_over(&file)).await;
        uploaded.unwrap_or(Err(Error::MetaUnreachable))
    }

    async fn hand_over(&self, file: &Brought) -> Result<String, Error> {
        let token = token(self.platform, self.tenant, self.channel)?;
        let graph = self.platform.cloud_api()?;
        let sample = Sample {
            file_name: "sample",
            mime_type: &file.mime_type,
            length: file.size,
        };
        let begun = graph.begin_sample(self.app_id, token.expose(), &sample);
        let upload = in_time(begun).await?;
        let opened = self.platform.blobs()?.open(&file.key).await?;
        let Some(bytes) = opened else {
            return Err(later("it was removed in this moment"));
        };
        let length = bytes.size;
        let uploaded = graph.upload_sample(&upload, token.expose(), length, bytes.into_stream());
        uploaded
            .await
            .map_err(|error| AskTrouble::from(error).into())
    }
}

fn refused(trouble: Trouble) -> Error {
    match trouble {
        Trouble::Refused(refused) => Error::FileRefused {
            code: refused.code,
            reason: refused.reason,
        },
        Trouble::Ours(error) => error,
        Trouble::WhatsApp(_) => Error::MetaUnreachable,
        Trouble::Later(_) => later("it was not there in time"),
    }
}

/// A file that may be there when it is asked for again.
fn later(reason: &str) -> Error {
    StoreError::Unavailable {
        operation: "bringing a template's sample",
        reason: reason.to_owned(),
    }
    .into()
}
