//! Parameters that several endpoints take, each mistake named in our own words.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_web::ApiError;

pub(crate) fn cursor(id: Id) -> String {
    URL_SAFE_NO_PAD.encode(id.bytes())
}

pub(crate) fn parse_cursor(text: Option<&str>) -> Result<Option<Id>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes
        .map(|bytes| Some(Id::from_bytes(bytes)))
        .ok_or_else(|| {
            let error = "cursor: is not one that a list answered with";
            ApiError::new(http::StatusCode::BAD_REQUEST, "invalid_cursor", error)
        })
}

pub(crate) fn event_type(name: &str, text: &str) -> Result<EventType, ApiError> {
    EventType::named(text).ok_or_else(|| {
        let names = EventType::ALL.map(EventType::name).join(", ");
        ApiError::invalid(format!("{name}: must be one of {names}"))
    })
}

pub(crate) fn event_types(texts: &[String]) -> Result<Vec<EventType>, ApiError> {
    let kinds = texts.iter().enumerate();
    kinds
        .map(|(at, text)| event_type(&format!("events[{at}]"), text))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_anything_else_is_refused() {
        let id = Id::from_bytes([7; 12]);
        assert_eq!(parse_cursor(Some(&cursor(id))).unwrap(), Some(id));
        assert_eq!(parse_cursor(None).unwrap(), None);
        for bad in ["", "x", "7", "äöü"] {
            let error = parse_cursor(Some(bad)).unwrap_err();
            assert_eq!(error.body().code, "invalid_cursor", "{bad}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let error = event_types(&["message.status".into(), "nothing".into()]).unwrap_err();
        assert_eq!(
            error.body().error,
            "events[1]: must be one of message.received, message.status, endpoint.disabled"
        );
    }
}
