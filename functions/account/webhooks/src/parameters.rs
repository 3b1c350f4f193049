//! Parameters that several endpoints take, each mistake named in our own words.

use openwati_core::event::EventType;
use openwati_web::ApiError;

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
    fn what_is_wrong_is_named_with_its_place() {
        let error = event_types(&["message.status".into(), "nothing".into()]).unwrap_err();
        assert_eq!(
            error.body().error,
            "events[1]: must be one of message.received, message.status, endpoint.disabled"
        );
    }
}
