use proptest::prelude::*;
use serde_json::json;

use super::samples;
use crate::message::{Content, Kind, Location, MediaSource, Outgoing, Visual};

#[test]
fn every_kind_is_stored_and_read_unchanged_and_is_valid() {
    for stored in samples::all() {
        let message = samples::read(stored.clone());
        assert_eq!(serde_json::to_value(&message).unwrap(), stored);
        assert_eq!(message.validate(), Ok(()), "{stored}");
        assert_eq!(stored["type"], message.kind().as_str());
    }
}

#[test]
fn samples_cover_every_kind() {
    let kinds: std::collections::HashSet<Kind> = samples::all()
        .into_iter()
        .map(|stored| samples::read(stored).kind())
        .collect();
    assert_eq!(kinds.len(), 11);
}

#[test]
fn unknown_fields_are_ignored_and_numbers_may_be_text() {
    let message = samples::read(json!({"type": "location", "new": 1, "location": {
        "latitude": 1.5, "longitude": "2.5", "altitude": 3}}));
    let Content::Location { location } = message.content else {
        panic!("a location is read as one");
    };
    assert_eq!((location.latitude, location.longitude), (1.5, 2.5));

    let numbered = json!([{"type": "button", "sub_type": "url", "index": 1, "parameters": []}]);
    let written = serde_json::to_value(samples::read(samples::template(numbered))).unwrap();
    assert_eq!(written["template"]["components"][0]["index"], "1");
}

#[test]
fn what_has_no_form_is_not_read() {
    for stored in [
        json!({"type": "poll", "poll": {}}),
        json!({"type": "text"}),
        json!({"text": {"body": "x"}}),
        json!({"type": "image", "image": {}}),
        json!({"type": "image", "image": {"id": "1", "link": "https://example.com"}}),
        json!({"type": "image", "image": {"id": "1", "file": "ab"}}),
        json!({"type": "location", "location": {"latitude": "north", "longitude": 1}}),
        samples::interactive("button", json!({"name": "cta_url"})),
        samples::interactive(
            "address_message",
            json!({"name": "address_message", "parameters": 1}),
        ),
    ] {
        assert!(
            serde_json::from_value::<Outgoing>(stored.clone()).is_err(),
            "{stored}"
        );
    }
}

#[test]
fn a_file_of_ones_own_is_a_whole_message_and_nothing_else() {
    let file = "ab".repeat(32);
    for kind in ["image", "video", "audio", "document", "sticker"] {
        let stored = json!({"type": kind, kind: {"file": file}});
        let read: Outgoing = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(read.validate(), Ok(()), "{kind}");
        assert_eq!(serde_json::to_value(&read).unwrap(), stored);
        assert_eq!(
            read.content.source(),
            Some(&MediaSource::File(file.clone()))
        );
        let sent = read.content.with_source(MediaSource::Id("7".into()));
        let sent = serde_json::to_value(sent).unwrap();
        assert_eq!(sent, json!({"type": kind, kind: {"id": "7"}}));
    }
    for file in ["", "ab", &"AB".repeat(32), &"..".repeat(32)] {
        let image = json!({"type": "image", "image": {"file": file}});
        let image: Outgoing = serde_json::from_value(image).unwrap();
        assert!(image.validate().is_err(), "{file}");
    }
    let button = json!({"type": "reply", "reply": {"id": "1", "title": "a"}});
    let header = json!({"type": "image", "image": {"file": file}});
    let headed = json!({"type": "interactive", "interactive": {"type": "button", "header": header,
        "body": {"text": "b"}, "action": {"buttons": [button]}}});
    let headed: Outgoing = serde_json::from_value(headed).unwrap();
    let error = headed.validate().unwrap_err();
    assert_eq!(error.field, "interactive.header.image.file");
}

fn anything() -> impl Strategy<Value = Outgoing> {
    let sample = prop::sample::select(samples::all()).prop_map(samples::read);
    let text = any::<String>().prop_map(Outgoing::text);
    let image = (any::<String>(), any::<Option<String>>()).prop_map(|(id, caption)| {
        let source = MediaSource::Id(id);
        let image = Visual { source, caption };
        Content::Image { image }.into()
    });
    let location = (any::<f64>(), any::<f64>(), any::<Option<String>>());
    let location = location.prop_map(|(latitude, longitude, name)| {
        let address = None;
        let location = Location {
            latitude,
            longitude,
            name,
            address,
        };
        Content::Location { location }.into()
    });
    let reply_to = any::<Option<String>>();
    (prop_oneof![sample, text, image, location], reply_to).prop_map(|(message, reply_to)| {
        Outgoing {
            reply_to,
            ..message
        }
    })
}

/// A message of any shape whose texts and lists have been cut, grown and exchanged.
fn bent() -> impl Strategy<Value = serde_json::Value> {
    let text = prop_oneof![".{0,40}", "[a-z]{900,5000}", Just(String::new())];
    (
        prop::sample::select(samples::all()),
        text,
        any::<prop::sample::Index>(),
        0..12_usize,
    )
        .prop_map(|(mut stored, text, which, copies)| {
            let mut all = Vec::new();
            places(&stored, "", &mut all);
            match stored.pointer_mut(&all[which.index(all.len())]).unwrap() {
                serde_json::Value::Array(list) => {
                    let first = list.first().cloned();
                    *list = first.into_iter().cycle().take(copies).collect();
                }
                other => *other = text.into(),
            }
            stored
        })
}

/// JSON pointers to every list and every value that holds no others.
fn places(value: &serde_json::Value, at: &str, into: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                places(member, &format!("{at}/{name}"), into);
            }
        }
        serde_json::Value::Array(list) => {
            into.push(at.to_owned());
            for (i, item) in list.iter().enumerate() {
                places(item, &format!("{at}/{i}"), into);
            }
        }
        _ => into.push(at.to_owned()),
    }
}

proptest! {
    #[test]
    fn what_is_stored_is_read_back(message in anything()) {
        let stored = serde_json::to_string(&message).unwrap();
        prop_assert_eq!(serde_json::from_str::<Outgoing>(&stored).unwrap(), message);
    }

    #[test]
    fn checking_and_previewing_never_panic(message in anything(), bent in bent()) {
        let _ = message.validate();
        prop_assert!(message.validate().is_err() || !message.preview().is_empty());
        if let Ok(bent) = serde_json::from_value::<Outgoing>(bent) {
            if let Err(invalid) = bent.validate() {
                prop_assert!(!invalid.field.is_empty());
            }
            let _ = bent.preview();
        }
    }
}
