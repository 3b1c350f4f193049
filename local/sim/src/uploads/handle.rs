//! The handle of a whole upload: it says the type, its app and when it ends, signed, so that nothing of it has
//! to be kept.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{LIVES_MS, Session, TYPES};
use crate::{base::Base, callbacks::sign, numbers::Numbers, time::now_ms};

/// A new handle for a session that is whole.
pub(crate) fn handle(session: &Session, secret: &str) -> String {
    let mime = STANDARD.encode(&session.mime);
    let Session { key, app_id, .. } = session;
    let ends = (now_ms() + LIVES_MS) / 1000;
    let said = format!("4::{mime}:{key}:e:{ends}:{app_id}");
    format!("{said}:{}", seal(secret, &said))
}

/// What a handle says.
struct Said<'h> {
    mime: String,
    key: &'h str,
    ends: i64,
    app_id: &'h str,
}

fn read(handle: &str) -> Option<Said<'_>> {
    let mut parts = handle.strip_prefix("4::")?.split(':');
    let mime = STANDARD.decode(parts.next()?).ok()?;
    let key = parts.next()?;
    let is_key = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(Said {
        mime: String::from_utf8(mime).ok()?,
        key: is_key.then_some(key)?,
        ends: parts.nth(1)?.parse().ok()?,
        app_id: parts.next()?,
    })
}

/// The type of the sample that a handle stands for; of several in one text, each on a line of its own, the
/// first counts.
pub(crate) fn mime_of(numbers: &Numbers, handle: &str) -> Option<String> {
    let handle = handle.lines().next()?.trim();
    let said = read(handle)?;
    let (signed, sealed) = handle.rsplit_once(':')?;
    let secret = numbers.app_secret(said.app_id)?;
    let right = now_ms() / 1000 < said.ends && seal(&secret, signed) == sealed;
    right.then_some(said.mime)
}

fn seal(secret: &str, said: &str) -> String {
    let signature = sign(secret, said.as_bytes());
    let signature = signature.trim_start_matches("sha256=");
    format!("AR{signature}")
}

/// Every example of a header's file in a list of components.
fn each<'v>(components: &'v mut [Value], change: &mut dyn FnMut(&'v mut Value)) {
    for component in components {
        let Value::Object(members) = component else {
            continue;
        };
        for (name, member) in members {
            match (name.as_str(), member) {
                ("example", Value::Object(example)) => {
                    if let Some(Value::Array(handles)) = example.get_mut("header_handle") {
                        handles.iter_mut().for_each(&mut *change);
                    }
                }
                ("cards", Value::Array(cards)) => {
                    for card in cards {
                        if let Some(Value::Array(inner)) = card.get_mut("components") {
                            each(inner, change);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// The keys of the files that components show.
pub(super) fn keys(components: &[Value]) -> Vec<String> {
    let mut components = components.to_vec();
    let mut keys = Vec::new();
    each(&mut components, &mut |handle| {
        if let Some(said) = handle.as_str().and_then(read) {
            keys.push(said.key.to_owned());
        }
    });
    keys
}

/// Components as Graph tells of them: with the addresses of files in place of handles.
pub(crate) fn shown(components: &[Value], base: &Base) -> Vec<Value> {
    let mut components = components.to_vec();
    each(&mut components, &mut |handle| {
        let said = handle.as_str().and_then(read);
        let ending = said
            .as_ref()
            .and_then(|said| TYPES.iter().find(|(mime, _)| *mime == said.mime));
        if let (Some(said), Some((_, ending))) = (&said, ending) {
            let address = base.join(&format!("/samples/{}.{ending}", said.key));
            *handle = json!(address);
        }
    });
    components
}
