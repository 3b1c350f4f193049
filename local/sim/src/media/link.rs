//! Links to files: good for five minutes, signed, and of no use without the number's token.

use std::collections::HashMap;

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::{Media, is_file};
use crate::{base::Base, callbacks::to_ascii};

/// How long a link lives (Meta, "Media").
const LIVES_MS: i64 = 5 * 60 * 1000;

/// Stands for the simulator's address in callbacks that wait, since an address may change until
/// they leave.
const ELSEWHERE: &str = "openwati-sim:";

/// The path and the query of a new link.
pub(crate) fn new(media: &Media, secret: &str, now_ms: i64) -> String {
    // A link that is made in the millisecond in which all were ended is a new one.
    let made_ms = now_ms.max(media.links_after_ms + 1);
    let ends_ms = made_ms + LIVES_MS;
    let hash = mac(secret, &media.id, ends_ms).finalize().into_bytes();
    format!(
        "/media/{}?ext={ends_ms}&hash={}",
        media.id,
        hex::encode(hash)
    )
}

/// Whether the query of a link is one that [`new`] made and that still counts.
pub(super) fn is_good(
    media: &Media,
    secret: &str,
    query: &HashMap<String, String>,
    now_ms: i64,
) -> bool {
    let ends_ms = query.get("ext").and_then(|ext| ext.parse::<i64>().ok());
    let hash = query.get("hash").and_then(|hash| hex::decode(hash).ok());
    let (Some(ends_ms), Some(hash)) = (ends_ms, hash) else {
        return false;
    };
    let genuine = mac(secret, &media.id, ends_ms).verify_slice(&hash).is_ok();
    genuine && now_ms < ends_ms && ends_ms.saturating_sub(LIVES_MS) > media.links_after_ms
}

fn mac(secret: &str, id: &str, ends_ms: i64) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(format!("media/{id}/{ends_ms}").as_bytes());
    mac
}

/// A link as it stands in a callback that waits.
pub(crate) fn waiting(link: &str) -> String {
    format!("{ELSEWHERE}{link}")
}

/// Puts the simulator's address into the links of an inbound message's callback. Without an address
/// the links are left out, as in Meta's older callbacks.
pub(crate) fn complete(body: &Bytes, base: Option<&Base>) -> Bytes {
    let Ok(mut callback) = serde_json::from_slice::<Value>(body) else {
        return body.clone();
    };
    let messages = callback.pointer_mut("/entry/0/changes/0/value/messages");
    let mut changed = false;
    for message in messages.and_then(Value::as_array_mut).into_iter().flatten() {
        changed |= complete_message(message, base);
    }
    match changed {
        true => to_ascii(&callback),
        false => body.clone(),
    }
}

/// [`complete`] for one message; tells whether it has changed.
pub(crate) fn complete_message(message: &mut Value, base: Option<&Base>) -> bool {
    let kind = message["type"].as_str().unwrap_or_default().to_owned();
    let file = message.get_mut(&kind).and_then(Value::as_object_mut);
    let Some(file) = file.filter(|_| is_file(&kind)) else {
        return false;
    };
    let link = file.get("url").and_then(Value::as_str);
    let Some(link) = link.and_then(|url| url.strip_prefix(ELSEWHERE)) else {
        return false;
    };
    match base.map(|base| base.join(link)) {
        Some(url) => file.insert("url".into(), url.into()),
        None => file.remove("url"),
    };
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn media() -> Media {
        Media {
            id: "1".into(),
            phone_number_id: "2".into(),
            customer: None,
            filename: None,
            mime_type: "image/jpeg".into(),
            content_type: "image/jpeg".into(),
            sha256: String::new(),
            file_size: 1,
            created_ms: 0,
            expires_ms: i64::MAX,
            links_after_ms: 0,
        }
    }

    fn query(link: &str) -> HashMap<String, String> {
        let (_, query) = link.split_once('?').unwrap();
        url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    #[test]
    fn a_link_is_good_for_five_minutes() {
        let media = media();
        let query = query(&new(&media, "secret", 1_000));
        assert!(is_good(&media, "secret", &query, 300_999));
        assert!(!is_good(&media, "secret", &query, 301_000));
        assert!(!is_good(&media, "another", &query, 1_000));
        let other = Media {
            id: "3".into(),
            ..media
        };
        assert!(!is_good(&other, "secret", &query, 1_000));
    }

    #[test]
    fn a_link_whose_end_was_moved_is_no_link() {
        let media = media();
        for change in [
            ("ext", "9999999999999"),
            ("ext", ""),
            ("hash", "00"),
            ("hash", "x"),
        ] {
            let mut query = query(&new(&media, "secret", 1_000));
            query.insert(change.0.into(), change.1.into());
            assert!(!is_good(&media, "secret", &query, 1_000), "{change:?}");
        }
        assert!(!is_good(&media, "secret", &HashMap::new(), 1_000));
    }

    #[test]
    fn links_that_were_ended_are_over_and_new_ones_are_not() {
        let mut media = media();
        let old = query(&new(&media, "secret", 1_000));
        media.links_after_ms = 1_000;
        assert!(!is_good(&media, "secret", &old, 1_000));
        let new = query(&new(&media, "secret", 1_000));
        assert!(is_good(&media, "secret", &new, 1_000));
    }

    #[test]
    fn a_link_that_waits_gets_an_address_or_goes() {
        let mut message =
            json!({"type": "image", "image": {"id": "1", "url": waiting("/media/1")}});
        let mut without = message.clone();
        assert!(complete_message(&mut without, None));
        assert_eq!(without["image"], json!({"id": "1"}));
        let callback = json!({"entry": [{"changes": [{"value": {"messages": [message]}}]}]});
        let bytes = complete(&to_ascii(&callback), None);
        let callback: Value = serde_json::from_slice(&bytes).unwrap();
        message = callback["entry"][0]["changes"][0]["value"]["messages"][0].clone();
        assert!(!complete_message(&mut message, None), "it is done");
        let text = Bytes::from_static(br#"{"entry":[{"changes":[{"value":{"statuses":[]}}]}] }"#);
        assert_eq!(complete(&text, None), text, "not a byte of others changes");
    }
}
