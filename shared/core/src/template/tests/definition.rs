use serde_json::{Value, json};

use crate::template::{Category, Definition, ParameterFormat, Status};

fn read(told: &Value) -> Definition {
    serde_json::from_value(told.clone()).unwrap()
}

#[test]
fn what_is_unknown_is_kept_as_it_is() {
    let told = json!({
        "name": "hello_world", "language": "en_US", "category": "LATER", "parameter_format": "NAMED",
        "components": [{"type": "BODY", "text": "Hello", "something": {"new": [1]}}, {"type": "NEW"}]});
    let definition = read(&told);
    assert_eq!(definition.category, Category::Other("LATER".to_owned()));
    assert_eq!(serde_json::to_value(&definition).unwrap(), told);
}

#[test]
fn what_is_missing_or_odd_spoils_no_definition() {
    let definition = read(&json!({"name": "a", "language": "en", "category": null,
        "parameter_format": "LATER", "components": "none", "quality_score": []}));
    assert_eq!(definition.components, Vec::<Value>::new());
    assert_eq!(definition.format(), ParameterFormat::Positional);
    let nameless = json!({"language": "en"});
    assert!(serde_json::from_value::<Definition>(nameless).is_err());
}

#[test]
fn the_texts_say_the_format_where_meta_does_not() {
    let format = |text: &str| {
        let components = json!([{"type": "BODY", "text": text}]);
        read(&json!({"name": "a", "language": "en", "components": components})).format()
    };
    assert_eq!(format("Hello {{1}}"), ParameterFormat::Positional);
    assert_eq!(format("Hello {{name}}"), ParameterFormat::Named);
    assert_eq!(format("Hello {{name}} {{1}}"), ParameterFormat::Positional);
    assert_eq!(format("Hello"), ParameterFormat::Positional);
}

#[test]
fn what_is_judged_or_withheld_for_good_is_not_edited() {
    for (status, editable) in [
        ("APPROVED", true),
        ("rejected", true),
        ("PAUSED", true),
        ("PENDING", false),
        ("DISABLED", false),
        ("SOMETHING_NEW", false),
    ] {
        assert_eq!(Status::from(status).is_editable(), editable, "{status}");
    }
}
