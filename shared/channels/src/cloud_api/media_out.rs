//! Files that are sent: uploaded once, and sent by the id that WhatsApp gives them.

use std::{error::Error, time::Duration};

use bytes::Bytes;
use futures::Stream;
use reqwest::{
    Body,
    multipart::{Form, Part},
};
use serde_json::Value;

use super::{
    answer::text,
    client::{CloudApi, below, call},
    config::Credentials,
    outcome::{CallError, Refusal},
};

/// A file that is uploaded.
#[derive(Clone, Copy, Debug)]
pub struct MediaUpload<'a> {
    /// Its type.
    pub mime_type: &'a str,
    /// A name for it; customers do not see it.
    pub file_name: &'a str,
    /// Its length in bytes, which is said before they come.
    pub length: u64,
    /// How long it may take, from the look-up of Graph's name to the last byte of the answer.
    pub timeout: Duration,
}

impl CloudApi {
    /// Uploads a file for a number, and answers WhatsApp's id of it, which is good for 30 days and for this number alone. The
    /// bytes are sent on as they come and never held whole. It may be repeated: an id that nobody knows harms nobody.
    ///
    /// # Errors
    /// If WhatsApp refused it, no answer came, or the bytes broke off.
    pub async fn upload_media<E>(
        &self,
        credentials: &Credentials<'_>,
        upload: MediaUpload<'_>,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Result<String, CallError>
    where
        E: Error + Send + Sync + 'static,
    {
        let file = Part::stream_with_length(Body::wrap_stream(bytes), upload.length)
            .file_name(upload.file_name.to_owned())
            .mime_str(upload.mime_type)
            .map_err(|_| Refusal::Unreachable {
                detail: "the file's type can not be written into a request".to_owned(),
            })?;
        let form = Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", upload.mime_type.to_owned())
            .part("file", file);
        let url = below(self.base(), &[credentials.phone_number_id, "media"]);
        let request = self.http().post(url).multipart(form);
        let request = request.timeout(upload.timeout);
        call(request, credentials.access_token, |json: &Value| {
            text(&json["id"])
        })
        .await
    }
}
