use serde::Deserialize;
use serde_json::Value;

use super::{Wrong, part};
use crate::id::Id;
use crate::media::MediaKind;
use crate::message::{check, limits};

/// A file that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedMedia {
    /// As what.
    pub kind: MediaKind,
    /// Where it is.
    pub source: AskedSource,
    /// Its type, where the caller says it.
    pub mime_type: Option<String>,
    /// The text below it; not of audio and stickers.
    pub caption: Option<String>,
    /// The name under which the customer sees a document.
    pub file_name: Option<String>,
    /// Whether audio is shown as a voice note.
    pub voice: bool,
}

/// Where a file is, as the caller wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedSource {
    /// At an address, which nobody has judged yet.
    Url(String),
    /// In the place of an upload.
    Upload(Id),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenMedia {
    #[serde(rename = "type")]
    kind: String,
    url: Option<String>,
    upload_id: Option<String>,
    caption: Option<String>,
    file_name: Option<String>,
    mimetype: Option<String>,
    voice: Option<bool>,
}

/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 240;

impl AskedMedia {
    /// Reads `type`, exactly one of `url` and `uploadId`, `caption`, `fileName`, `mimetype` and `voice`. An empty text says as
    /// much as none.
    ///
    /// # Errors
    /// The first field that is not what it must be. The file is judged when it is there.
    pub fn read(body: &Value) -> Result<Self, Wrong> {
        let written: WrittenMedia = part(body)?;
        let source = source(given(written.url), given(written.upload_id))?;
        let kind = MediaKind::named(&written.kind).ok_or_else(|| {
            let kinds = MediaKind::ALL.map(MediaKind::name).join(", ");
            Wrong::message("type", format_args!("must be one of {kinds}"))
        })?;
        let caption = given(written.caption);
        let is_bare = matches!(kind, MediaKind::Audio | MediaKind::Sticker);
        if caption.is_some() && is_bare {
            let problem = format_args!("{kind} has none: send the text as a message of its own");
            return Err(Wrong::message("caption", problem));
        }
        let voice = written.voice.unwrap_or(false);
        if voice && kind != MediaKind::Audio {
            return Err(Wrong::message("voice", "only audio is a voice note"));
        }
        let file_name = given(written.file_name);
        if let Some(name) = &file_name {
            check_name(name)?;
        }
        check::optional_length("caption", caption.as_deref(), limits::CAPTION)
            .map_err(|invalid| Wrong::message(invalid.field, invalid.problem))?;
        Ok(Self {
            kind,
            source,
            mime_type: given(written.mimetype),
            caption,
            file_name,
            voice,
        })
    }
}

fn source(url: Option<String>, upload_id: Option<String>) -> Result<AskedSource, Wrong> {
    match (url, upload_id) {
        (Some(url), None) => Ok(AskedSource::Url(url)),
        (None, Some(id)) => {
            let id = id.parse().map(AskedSource::Upload);
            id.map_err(|_| Wrong::message("uploadId", "is not the id of an upload"))
        }
        _ => {
            let problem = "give exactly one of url and uploadId";
            Err(Wrong::message("url", problem))
        }
    }
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn check_name(name: &str) -> Result<(), Wrong> {
    if name.chars().count() > LONGEST_NAME {
        let problem = format_args!("must have at most {LONGEST_NAME} characters");
        return Err(Wrong::message("fileName", problem));
    }
    if name.chars().any(char::is_control) {
        let problem = "must be without line breaks and other control characters";
        return Err(Wrong::message("fileName", problem));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_is_said_of_the_callers_field() {
        let url = "https://example.com/a";
        let long = "x".repeat(1025);
        for (body, expected) in [
            (json!({"url": url}), "missing field `type`"),
            (json!({"type": 5, "url": url}), "type: invalid type"),
            (json!({"type": "gif", "url": url}), "type: must be one of"),
            (
                json!({"type": "image"}),
                "url: give exactly one of url and uploadId",
            ),
            (
                json!({"type": "image", "uploadId": "x"}),
                "uploadId: is not the id of an upload",
            ),
            (
                json!({"type": "audio", "url": url, "caption": "a"}),
                "caption: audio has none",
            ),
            (
                json!({"type": "sticker", "url": url, "caption": "a"}),
                "caption: sticker has none",
            ),
            (
                json!({"type": "image", "url": url, "voice": true}),
                "voice: only audio",
            ),
            (
                json!({"type": "image", "url": url, "caption": long}),
                "caption: must have 1 to 1024 characters, not 1025",
            ),
            (
                json!({"type": "document", "url": url, "fileName": "x".repeat(241)}),
                "fileName: must have at most 240",
            ),
            (
                json!({"type": "document", "url": url, "fileName": "a\nb"}),
                "fileName: must be without line breaks",
            ),
        ] {
            let error = AskedMedia::read(&body).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn an_empty_text_says_as_much_as_none() {
        let body = json!({
            "to": "+923001234567", "type": "audio", "url": "https://example.com/a", "uploadId": "", "caption": "",
            "fileName": "", "mimetype": "", "deviceId": null, "voice": null,
        });
        let asked = AskedMedia {
            kind: MediaKind::Audio,
            source: AskedSource::Url("https://example.com/a".to_owned()),
            mime_type: None,
            caption: None,
            file_name: None,
            voice: false,
        };
        assert_eq!(AskedMedia::read(&body), Ok(asked));
    }
}
