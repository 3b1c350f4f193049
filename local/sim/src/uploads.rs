//! Resumable uploads of samples for templates' headers (Meta, "Resumable Upload API"): their sessions, in
//! memory alone, and the handles that they end with. Only how much came is kept, not what.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};

use crate::{callbacks::sign, numbers::Numbers, time::now_ms};

/// The largest sample in bytes, which is the largest document (Meta, "Media").
pub(crate) const LARGEST: u64 = 100 << 20;

/// How long a session and a handle are good for.
const LIVES_MS: i64 = 24 * 60 * 60 * 1000;

/// An upload that was begun.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) app_id: String,
    pub(crate) mime: String,
    pub(crate) length: u64,
    /// How much has come.
    pub(crate) offset: u64,
    created_ms: i64,
}

/// The sessions by id.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<HashMap<String, Session>>);

impl Uploads {
    /// Begins an upload and answers its id, to which Meta adds a signature as a query.
    pub(crate) fn begin(&self, app_id: &str, mime: &str, length: u64) -> String {
        let now_ms = now_ms();
        let id = format!(
            "upload:{}",
            URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>())
        );
        let session = Session {
            app_id: app_id.to_owned(),
            mime: mime.to_owned(),
            length,
            offset: 0,
            created_ms: now_ms,
        };
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| now_ms < session.created_ms + LIVES_MS);
        sessions.insert(id.clone(), session);
        let signature = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 15]>());
        format!("{id}?sig=AR{signature}")
    }

    /// An upload of an app that goes on.
    pub(crate) fn get(&self, id: &str, app_id: &str) -> Option<Session> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let session = sessions.get(id)?;
        let lives = now_ms() < session.created_ms + LIVES_MS;
        (lives && session.app_id == app_id).then(|| session.clone())
    }

    /// Notes how much has come.
    pub(crate) fn advance(&self, id: &str, offset: u64) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = sessions.get_mut(id) {
            session.offset = offset;
        }
    }
}

/// The handle of a whole upload: it says the type, its app and when it ends, signed, so that nothing of it
/// has to be kept.
pub(crate) fn handle(session: &Session, secret: &str) -> String {
    let mime = STANDARD.encode(&session.mime);
    let key = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 18]>());
    let ends = (now_ms() + LIVES_MS) / 1000;
    let app = &session.app_id;
    let said = format!("4::{mime}:{key}:e:{ends}:{app}");
    format!("{said}:{}", seal(secret, &said))
}

/// The type of the sample that a handle stands for; of several in one text, each on a line of its own, the
/// first counts.
pub(crate) fn mime_of(numbers: &Numbers, handle: &str) -> Option<String> {
    let handle = handle.lines().next()?.trim();
    let (said, sealed) = handle.rsplit_once(':')?;
    let mut parts = said.strip_prefix("4::")?.split(':');
    let mime = STANDARD.decode(parts.next()?).ok()?;
    let ends: i64 = parts.nth(2)?.parse().ok()?;
    let secret = numbers.app_secret(parts.next()?)?;
    let right = now_ms() / 1000 < ends && seal(&secret, said) == sealed;
    right.then(|| String::from_utf8(mime).ok()).flatten()
}

fn seal(secret: &str, said: &str) -> String {
    let signature = sign(secret, said.as_bytes());
    let signature = signature.trim_start_matches("sha256=");
    format!("AR{signature}")
}
