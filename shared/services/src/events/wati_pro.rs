//! Events in WATI Pro's words.

use openwati_core::id::Id;
use openwati_core::state::Reported;
use openwati_store::message::MessageError;
use serde::Serialize;
use serde_json::Value;

use super::{EndpointDisabled, Event, MessageReceived, MessageStatus, What};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<T> {
    event: &'static str,
    device_id: Option<String>,
    #[serde(flatten)]
    what: T,
    /// Unix seconds.
    timestamp: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Received<'a> {
    from: &'a str,
    to: &'a str,
    text: &'a str,
    message_id: &'a str,
    id: String,
    r#type: &'static str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'a Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    /// None of a message that WhatsApp never took.
    message_id: Option<&'a str>,
    id: String,
    to: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a MessageError>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Disabled<'a> {
    endpoint_id: String,
    url: &'a str,
    reason: &'a str,
}

/// The body of an event.
pub(super) fn render(event: &Event) -> Option<String> {
    match &event.what {
        What::MessageReceived(message) => body(event, received(message)),
        What::MessageStatus(status) => body(event, told(status)),
        What::EndpointDisabled(endpoint) => body(event, disabled(endpoint)),
    }
}

fn body(event: &Event, what: impl Serialize) -> Option<String> {
    let body = Body {
        event: event.what.kind().name(),
        device_id: event.channel.map(Id::uuid),
        what,
        timestamp: event.at.seconds(),
    };
    // Texts and JSON values that were read from JSON are written as JSON again.
    serde_json::to_string(&body)
        .inspect_err(
            |error| tracing::error!(event = %event.id, %error, "an event cannot be written"),
        )
        .ok()
}

fn received(message: &MessageReceived) -> Received<'_> {
    Received {
        from: &message.from,
        to: &message.to,
        text: &message.text,
        message_id: &message.wamid,
        id: message.id.uuid(),
        r#type: documented(&message.kind),
        kind: &message.kind,
        media_url: message.media_url.as_deref(),
        payload: message.payload.as_ref(),
    }
}

/// The documentation knows five types. What else there is comes nearest to one of them; its own name is `kind`.
fn documented(kind: &str) -> &'static str {
    match kind {
        "image" | "sticker" => "image",
        "video" => "video",
        "audio" | "voice" => "audio",
        "document" => "document",
        _ => "text",
    }
}

fn told(status: &MessageStatus) -> Status<'_> {
    Status {
        message_id: Some(status.wamid.as_str()).filter(|wamid| !wamid.is_empty()),
        id: status.id.uuid(),
        to: &status.to,
        status: match status.stage {
            Reported::Sent => "sent",
            Reported::Failed => "failed",
            Reported::Delivered => "delivered",
            Reported::Read => "read",
        },
        error: status.error.as_ref(),
    }
}

fn disabled(endpoint: &EndpointDisabled) -> Disabled<'_> {
    Disabled {
        endpoint_id: endpoint.endpoint.uuid(),
        url: &endpoint.url,
        reason: &endpoint.reason,
    }
}

#[cfg(test)]
mod tests {
    use openwati_core::time::Moment;
    use serde_json::json;

    use super::*;

    fn event(what: What) -> Event {
        Event {
            id: Id::from_bytes([1; 12]),
            at: Moment::from_millis(1_733_832_000_999),
            channel: Some(Id::from_bytes([2; 12])),
            what,
        }
    }

    fn rendered(what: What) -> Value {
        serde_json::from_str(&render(&event(what)).unwrap()).unwrap()
    }

    fn message(kind: &str) -> MessageReceived {
        MessageReceived {
            from: "923001234567".into(),
            to: "923009999999".into(),
            id: Id::from_bytes([3; 12]),
            wamid: "wamid.3EB0".into(),
            kind: kind.into(),
            text: "hello".into(),
            payload: None,
            media_url: None,
        }
    }

    #[test]
    fn a_received_text_is_what_the_documentation_shows() {
        let device = Id::from_bytes([2; 12]).uuid();
        let ours = Id::from_bytes([3; 12]).uuid();
        assert_eq!(
            rendered(What::MessageReceived(message("text"))),
            json!({
                "event": "message.received", "deviceId": device, "from": "923001234567",
                "to": "923009999999", "text": "hello", "messageId": "wamid.3EB0", "id": ours,
                "type": "text", "kind": "text", "timestamp": 1_733_832_000,
            })
        );
    }

    #[test]
    fn every_kind_has_one_of_the_documented_types() {
        for (kind, documented) in [
            ("sticker", "image"),
            ("voice", "audio"),
            ("document", "document"),
            ("location", "text"),
            ("something new", "text"),
        ] {
            let body = rendered(What::MessageReceived(message(kind)));
            assert_eq!(
                (&body["type"], &body["kind"]),
                (&json!(documented), &json!(kind))
            );
        }
    }

    #[test]
    fn a_failure_says_why() {
        let status = MessageStatus {
            id: Id::from_bytes([3; 12]),
            wamid: "wamid.1".into(),
            to: "923001234567".into(),
            stage: Reported::Failed,
            error: Some(MessageError::of_whatsapp(
                131_026,
                "Message undeliverable",
                None,
            )),
        };
        let body = rendered(What::MessageStatus(status));
        assert_eq!(body["status"], "failed");
        assert_eq!(
            body["error"],
            json!({"code": 131_026, "title": "Message undeliverable"})
        );
        assert_eq!(body["to"], "923001234567");
    }
}
