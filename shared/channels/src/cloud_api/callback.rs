//! What Meta posts to a callback URL, taken apart.
//!
//! The wire grows: whatever is not known is kept as it came, and nothing that was signed is refused for its content.

use openwati_core::state::Reported;
use openwati_core::time::Moment;
use serde_json::{Map, Value};

/// One thing that a callback tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: String,
    /// Meta's id of the number that it is about; absent where it is about the account.
    pub phone_number_id: Option<String>,
    /// When Meta told it, where it says so: of messages it does not.
    pub told_at: Option<Moment>,
    /// What it tells.
    pub news: News,
}

/// What a piece tells.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// How far a message that was sent has come.
    Status(Status),
    /// Everything else: what customers write, and what happens to templates, numbers and accounts.
    Inbound(Inbound),
}

/// A status of a message that was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// WhatsApp's id of the message.
    pub wamid: String,
    /// The stage.
    pub stage: Reported,
    /// When it was reached, by WhatsApp's clock; absent where it cannot be read.
    pub at: Option<Moment>,
    /// What the sender gave along.
    pub opaque: Option<String>,
    /// Why it failed.
    pub error: Option<StatusError>,
}

/// Why a message failed, in Meta's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusError {
    /// Meta's code.
    pub code: i64,
    /// What it is about.
    pub title: String,
    /// The particulars.
    pub details: Option<String>,
}

/// Something that came in: one change of Meta's with at most one message in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbound {
    /// Meta's name of the kind of change: `messages`, `message_template_status_update`, ….
    pub field: String,
    /// WhatsApp's id of the message, if it is one.
    pub wamid: Option<String>,
    /// Whom it is about: the customer's number or id, if it is about one.
    pub peer: Option<String>,
    /// The change's value as Meta wrote it, less what belongs to other messages.
    pub value: Value,
}

/// Longer than any of WhatsApp's ids, and short enough for a key.
const LONGEST_ID: usize = 1024;

/// The lists that a value may hold, of which each entry is a piece of its own.
const LISTS: [&str; 4] = ["messages", "message_echoes", "statuses", "errors"];

/// Takes a callback apart. What is not of the expected shape is left out where it holds nothing, and kept raw where it does.
pub fn split(callback: &Value) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for entry in list(callback, "entry") {
        let entry_of = Entry {
            waba_id: text(entry, "id").unwrap_or_default(),
            told_at: entry.get("time").and_then(moment),
        };
        for change in list(entry, "changes") {
            let field = text(change, "field").unwrap_or_default();
            if let Some(value) = change.get("value") {
                split_value(&entry_of, &field, value, &mut pieces);
            }
        }
    }
    pieces
}

/// What an entry says of all its changes.
struct Entry {
    waba_id: String,
    told_at: Option<Moment>,
}

fn split_value(entry: &Entry, field: &str, value: &Value, pieces: &mut Vec<Piece>) {
    let metadata = value.get("metadata");
    let phone_number_id = metadata.and_then(|metadata| text(metadata, "phone_number_id"));
    let mut push = |news| {
        pieces.push(Piece {
            waba_id: entry.waba_id.clone(),
            phone_number_id: phone_number_id.clone(),
            told_at: entry.told_at,
            news,
        });
    };
    let mut whole = true;
    for name in LISTS {
        for item in list(value, name) {
            whole = false;
            let known = (name == "statuses").then(|| status(item)).flatten();
            push(known.map_or_else(
                || News::Inbound(inbound(field, value, name, item)),
                News::Status,
            ));
        }
    }
    if whole {
        push(News::Inbound(Inbound {
            field: field.to_owned(),
            wamid: None,
            peer: None,
            value: value.clone(),
        }));
    }
}

/// A status of a message; `None` for one of a payment, or of a word that says nothing of the way.
fn status(item: &Value) -> Option<Status> {
    if item.get("payment").is_some() {
        return None;
    }
    let error = list(item, "errors").first().map(|error| StatusError {
        code: error.get("code").and_then(whole_number).unwrap_or_default(),
        title: text(error, "title")
            .or_else(|| text(error, "message"))
            .unwrap_or_default(),
        details: error
            .get("error_data")
            .and_then(|data| text(data, "details")),
    });
    Some(Status {
        wamid: text(item, "id").filter(|id| id.len() <= LONGEST_ID)?,
        stage: Reported::parse(&text(item, "status")?)?,
        at: item.get("timestamp").and_then(moment),
        opaque: text(item, "biz_opaque_callback_data").filter(|text| text.len() <= LONGEST_ID),
        error,
    })
}

/// One entry of a list, in a value of its own.
fn inbound(field: &str, value: &Value, list_name: &str, item: &Value) -> Inbound {
    let peer = [
        "from",
        "from_user_id",
        "to",
        "recipient_id",
        "recipient_user_id",
    ];
    let peer = match list_name {
        // An echo is from the business: its peer is whom it was sent to.
        "message_echoes" => ["to", "to_user_id"]
            .iter()
            .find_map(|name| text(item, name)),
        "errors" => None,
        _ => peer.iter().find_map(|name| text(item, name)),
    };
    let mut own: Map<String, Value> = Map::new();
    for (name, part) in value.as_object().into_iter().flatten() {
        if name == list_name {
            own.insert(name.clone(), Value::Array(vec![item.clone()]));
        } else if !LISTS.contains(&name.as_str()) {
            own.insert(name.clone(), part.clone());
        }
    }
    if let (Some(peer), Some(contacts)) = (&peer, own.get_mut("contacts")) {
        keep_contact_of(peer, contacts);
    }
    Inbound {
        field: field.to_owned(),
        wamid: text(item, "id"),
        peer,
        value: Value::Object(own),
    }
}

/// Of several contacts, the one that the message is from. Where none is, all stay.
fn keep_contact_of(peer: &str, contacts: &mut Value) {
    let Value::Array(all) = contacts else { return };
    let is_peer = |contact: &Value| {
        ["wa_id", "user_id"]
            .iter()
            .any(|name| text(contact, name).as_deref() == Some(peer))
    };
    if all.iter().any(is_peer) {
        all.retain(is_peer);
    }
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// A text, or a number as one: ids are written both ways.
fn text(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn whole_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Seconds since the epoch, as text or number; milliseconds were seen too.
fn moment(value: &Value) -> Option<Moment> {
    const FIRST_MILLIS: i64 = 100_000_000_000;
    let number = whole_number(value).filter(|number| *number > 0)?;
    Some(if number >= FIRST_MILLIS {
        Moment::from_millis(number)
    } else {
        Moment::from_seconds(number)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn callback(value: Value) -> Value {
        json!({"object": "whatsapp_business_account", "entry": [{"id": "900", "changes": [{"field": "messages", "value": value}]}]})
    }

    #[test]
    fn a_status_is_read_with_its_error_and_what_was_given_along() {
        let pieces = split(&callback(json!({
            "messaging_product": "whatsapp", "metadata": {"phone_number_id": "700"},
            "statuses": [{"id": "wamid.1", "status": "failed", "timestamp": "1763640000", "biz_opaque_callback_data": "x",
                "errors": [{"code": 131047, "title": "Re-engagement message", "error_data": {"details": "24 hours"}}]}],
        })));
        let [
            Piece {
                news: News::Status(status),
                waba_id,
                phone_number_id,
                told_at: None,
            },
        ] = &pieces[..]
        else {
            panic!("{pieces:?}")
        };
        assert_eq!(
            (waba_id.as_str(), phone_number_id.as_deref()),
            ("900", Some("700"))
        );
        assert_eq!(status.stage, Reported::Failed);
        assert_eq!(status.at, Some(Moment::from_seconds(1_763_640_000)));
        assert_eq!(status.opaque.as_deref(), Some("x"));
        assert_eq!(status.error.as_ref().unwrap().code, 131047);
    }

    #[test]
    fn each_message_gets_a_value_of_its_own_with_its_contact() {
        let pieces = split(&callback(json!({
            "metadata": {"phone_number_id": "700"},
            "contacts": [{"wa_id": "1"}, {"wa_id": "2"}],
            "messages": [{"id": "wamid.1", "from": "1"}, {"id": "wamid.2", "from": "2"}],
            "statuses": [{"id": "wamid.3", "status": "read", "timestamp": 1763640000}],
        })));
        assert_eq!(pieces.len(), 3);
        let News::Inbound(second) = &pieces[1].news else {
            panic!("{pieces:?}")
        };
        assert_eq!(second.wamid.as_deref(), Some("wamid.2"));
        assert_eq!(second.peer.as_deref(), Some("2"));
        let own = json!({"metadata": {"phone_number_id": "700"}, "contacts": [{"wa_id": "2"}], "messages": [{"id": "wamid.2", "from": "2"}]});
        assert_eq!(second.value, own);
    }

    #[test]
    fn what_is_not_of_a_message_is_kept_whole() {
        let value = json!({"event": "APPROVED", "message_template_id": 12});
        let pieces = split(
            &json!({"entry": [{"id": 900, "changes": [{"field": "message_template_status_update", "value": value}]}]}),
        );
        let [
            Piece {
                news: News::Inbound(inbound),
                waba_id,
                ..
            },
        ] = &pieces[..]
        else {
            panic!("{pieces:?}")
        };
        assert_eq!(waba_id, "900");
        assert_eq!(
            (inbound.field.as_str(), &inbound.value),
            ("message_template_status_update", &value)
        );
    }

    #[test]
    fn statuses_of_payments_and_unknown_words_are_kept_raw() {
        for status in [
            json!({"id": "wamid.1", "status": "captured", "payment": {}}),
            json!({"id": "wamid.1", "status": "warning"}),
        ] {
            let pieces = split(&callback(json!({"statuses": [status]})));
            assert!(
                matches!(&pieces[0].news, News::Inbound(i) if i.value["statuses"][0] == status),
                "{pieces:?}"
            );
        }
    }

    #[test]
    fn an_echo_is_about_whom_it_was_sent_to() {
        let pieces = split(&callback(
            json!({"message_echoes": [{"id": "wamid.1", "from": "15550000001", "to": "92300"}]}),
        ));
        assert!(matches!(&pieces[0].news, News::Inbound(i) if i.peer.as_deref() == Some("92300")));
    }

    #[test]
    fn nothing_is_made_of_nothing() {
        for empty in [
            json!(null),
            json!([]),
            json!({"entry": {}}),
            json!({"entry": [{"changes": [{}]}]}),
        ] {
            assert!(split(&empty).is_empty(), "{empty}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        let names = prop_oneof![
            Just("entry"),
            Just("changes"),
            Just("value"),
            Just("statuses"),
            Just("messages"),
            Just("errors"),
            Just("id"),
            Just("timestamp"),
        ];
        leaf.prop_recursive(6, 64, 6, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((names.clone(), inner), 0..4).prop_map(|pairs| {
                    Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_shape_makes_it_panic(callback in any_json()) {
            split(&callback);
        }
    }
}
