//! Places to put files that are sent later: for what does not fit through the API.

use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::media::MediaKind;
use openwati_core::time::Moment;
use openwati_store::blobs::upload_key;

use crate::admit::admit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::{Creation, Idempotency, Made, once};
use crate::platform::Platform;

/// A file that somebody wants to put somewhere.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// Its type.
    pub mime_type: String,
    /// Its length in bytes.
    pub size: u64,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// A place for a file.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its id, by which the file is sent.
    pub id: Id,
    /// Where the file is put, with the type that was said in `Content-Type`.
    pub url: String,
    /// That type.
    pub mime_type: String,
    /// Until when.
    pub expires_at: Moment,
}

/// For how long a file may be put there.
const LIFE: Duration = Duration::from_secs(3600);

/// The longest type, in bytes.
const LONGEST_TYPE: usize = 255;

/// Makes a place for a file of this type and length.
///
/// # Errors
/// [`Error::Invalid`] for what is no type, or a length that no message's file has.
pub async fn offer(
    platform: &Platform,
    caller: &Caller,
    new: NewUpload,
) -> Result<Made<Upload>, Error> {
    let largest = MediaKind::Document.largest();
    if !(1..=largest).contains(&new.size) {
        let message = format!("size: must be 1 to {largest} bytes");
        return Err(Error::invalid("invalid_upload", message));
    }
    if !is_type(&new.mime_type) {
        let message = "mimetype: must be a type like application/pdf";
        return Err(Error::invalid("invalid_upload", message));
    }
    let tenant = platform.store().tenant(&caller.tenant).await?;
    admit(caller, &tenant.ok_or(Error::Unauthorized)?)?;
    let offering = Offering {
        platform,
        caller,
        new: &new,
    };
    let idempotency = new.idempotency.as_ref();
    once(platform, &caller.tenant, idempotency, &offering).await
}

fn is_type(text: &str) -> bool {
    let plain = text.len() <= LONGEST_TYPE && text.bytes().all(|b| (b' '..0x7f).contains(&b));
    let essence = text.split(';').next().unwrap_or_default().trim();
    let parts = essence.split_once('/');
    let token = |part: &str| !part.is_empty() && !part.contains([' ', '/']);
    plain && parts.is_some_and(|(family, kind)| token(family) && token(kind))
}

/// A place is a signature and nothing that is kept: asked for again, it is the same one with a new end.
struct Offering<'a> {
    platform: &'a Platform,
    caller: &'a Caller,
    new: &'a NewUpload,
}

impl Creation for Offering<'_> {
    type Thing = Upload;

    async fn find(&self, id: Id) -> Result<Option<Upload>, Error> {
        self.make(id).await.map(Some)
    }

    async fn make(&self, id: Id) -> Result<Upload, Error> {
        let NewUpload {
            mime_type, size, ..
        } = self.new;
        let key = upload_key(&self.caller.tenant, id);
        let blobs = self.platform.blobs()?;
        let expires_at = self.platform.now().plus(LIFE);
        let url = blobs.upload_link(&key, mime_type, *size, LIFE).await?;
        Ok(Upload {
            id,
            url,
            mime_type: mime_type.clone(),
            expires_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_a_type_is_signed() {
        for good in [
            "image/png",
            "audio/ogg; codecs=opus",
            "application/vnd.ms-excel",
        ] {
            assert!(is_type(good), "{good}");
        }
        let long = format!("a/{}", "b".repeat(254));
        for bad in [
            "",
            "png",
            "/",
            "image/",
            "/png",
            "a b/c",
            "image/png\r\nx: y",
            "é/é",
            "a/b/c",
            &long,
        ] {
            assert!(!is_type(bad), "{bad}");
        }
    }
}
