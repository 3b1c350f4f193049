use serde_json::json;

use crate::template::{Category, Definition, Listed, ParameterFormat, Status};

#[test]
fn meta_s_listing_is_read_and_what_is_unknown_kept() {
    let told = json!({
        "id": "1192339204654487", "name": "hello_world", "language": "en_US", "status": "APPROVED",
        "category": "MARKETING", "previous_category": "ACCOUNT_UPDATE", "parameter_format": "POSITIONAL",
        "quality_score": {"score": "GREEN", "date": 1_700_000_000}, "rejected_reason": "NONE",
        "components": [{"type": "BODY", "text": "Hello", "something": {"new": [1]}}, {"type": "NEW"}],
        "library_template_name": "hello"});
    let listed: Listed = serde_json::from_value(told.clone()).unwrap();
    assert_eq!(listed.status, Status::Approved);
    assert_eq!(listed.quality.as_deref(), Some("GREEN"));
    assert_eq!(listed.rejected_reason, None);
    assert_eq!(listed.previous_category.unwrap().as_str(), "ACCOUNT_UPDATE");
    assert_eq!(listed.rest["library_template_name"], "hello");
    assert_eq!(json!(listed.definition.components), told["components"]);
}

#[test]
fn what_is_missing_or_odd_spoils_no_listing() {
    let told = json!({"id": 7, "name": "a", "language": "en", "status": 5, "category": null,
        "parameter_format": "LATER", "components": "none", "quality_score": [],
        "rejected_reason": {}});
    let listed: Listed = serde_json::from_value(told).unwrap();
    assert_eq!(listed.id, "7");
    assert_eq!(listed.status, Status::Pending);
    assert_eq!(listed.quality, None);
    assert_eq!(
        listed.definition.components,
        Vec::<serde_json::Value>::new()
    );
    assert_eq!(listed.definition.format(), ParameterFormat::Positional);
    let nameless = json!({"id": "7", "language": "en"});
    assert!(serde_json::from_value::<Listed>(nameless).is_err());
}

#[test]
fn a_listing_is_written_as_it_was_read() {
    let told = json!({"id": "7", "name": "a", "language": "en", "status": "SOMETHING_NEW",
        "category": "LATER", "parameter_format": "NAMED", "components": [], "quality_score": "RED",
        "rejected_reason": "SCAM", "more": true});
    let listed: Listed = serde_json::from_value(told.clone()).unwrap();
    assert_eq!(listed.status, Status::Other("SOMETHING_NEW".to_owned()));
    assert_eq!(
        listed.definition.category,
        Category::Other("LATER".to_owned())
    );
    let written = serde_json::to_value(&listed).unwrap();
    assert_eq!(written, told);
    assert_eq!(serde_json::from_value::<Listed>(written).unwrap(), listed);
}

#[test]
fn the_texts_say_the_format_where_meta_does_not() {
    let format = |text: &str| {
        let components = json!([{"type": "BODY", "text": text}]);
        let told = json!({"name": "a", "language": "en", "components": components});
        let definition: Definition = serde_json::from_value(told).unwrap();
        definition.format()
    };
    assert_eq!(format("Hello {{1}}"), ParameterFormat::Positional);
    assert_eq!(format("Hello {{name}}"), ParameterFormat::Named);
    assert_eq!(format("Hello {{name}} {{1}}"), ParameterFormat::Positional);
    assert_eq!(format("Hello"), ParameterFormat::Positional);
}

#[test]
fn events_move_the_status() {
    assert_eq!(Status::after_event("APPROVED"), Some(Status::Approved));
    assert_eq!(Status::after_event("REINSTATED"), Some(Status::Approved));
    assert_eq!(Status::after_event("FLAGGED"), None);
    assert_eq!(Status::after_event("PAUSED"), Some(Status::Paused));
    assert!(!Status::Paused.is_sendable() && Status::Paused.is_editable());
    assert!(!Status::Pending.is_editable());
}
