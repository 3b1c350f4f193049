//! A small real file of each kind, for messages that bring none.

/// A file and its type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) mime_type: &'static str,
    pub(super) bytes: &'static [u8],
}

const IMAGE: Sample = Sample {
    mime_type: "image/jpeg",
    bytes: include_bytes!("../../samples/image.jpg"),
};
const PNG: Sample = Sample {
    mime_type: "image/png",
    bytes: include_bytes!("../../samples/image.png"),
};
const VIDEO: Sample = Sample {
    mime_type: "video/mp4",
    bytes: include_bytes!("../../samples/video.mp4"),
};
/// A voice note: Opus, one channel, one second.
const VOICE: Sample = Sample {
    mime_type: "audio/ogg; codecs=opus",
    bytes: include_bytes!("../../samples/voice.ogg"),
};
const AUDIO: Sample = Sample {
    mime_type: "audio/mpeg",
    bytes: include_bytes!("../../samples/audio.mp3"),
};
const DOCUMENT: Sample = Sample {
    mime_type: "application/pdf",
    bytes: include_bytes!("../../samples/document.pdf"),
};
/// 512 by 512 points, as WhatsApp wants stickers.
const STICKER: Sample = Sample {
    mime_type: "image/webp",
    bytes: include_bytes!("../../samples/sticker.webp"),
};

/// The sample for a message of a type, of the wanted MIME type where there is one.
pub(super) fn of(kind: &str, mime_type: Option<&str>) -> Sample {
    let all = [IMAGE, PNG, VIDEO, VOICE, AUDIO, DOCUMENT, STICKER];
    let exact = all
        .into_iter()
        .find(|sample| mime_type == Some(sample.mime_type));
    exact.unwrap_or(match kind {
        "image" => IMAGE,
        "video" => VIDEO,
        "audio" => VOICE,
        "sticker" => STICKER,
        _ => DOCUMENT,
    })
}
