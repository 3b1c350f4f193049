//! What values must be, and what else a caller gives.

use serde_json::{Value, json};

use super::samples::{definition, given, named, numbered, offer};
use crate::template::{Definition, Given, fit};

#[track_caller]
fn refused(definition: &Definition, values: Value) -> String {
    let given = given(&values.to_string());
    fit(definition, &given).unwrap_err().to_string()
}

fn of(parts: Value) -> Definition {
    let mut components = vec![json!({"type": "BODY", "text": "Hello"})];
    components.extend(parts.as_array().unwrap().clone());
    definition("MARKETING", "POSITIONAL", json!(components))
}

fn with_button(button: Value) -> Definition {
    of(json!([{"type": "BUTTONS", "buttons": [button]}]))
}

#[track_caller]
fn button_of(definition: &Definition, values: Value) -> Value {
    let template = fit(definition, &given(&values.to_string())).unwrap();
    let components = serde_json::to_value(&template.components).unwrap();
    components[0]["parameters"].clone()
}

#[test]
fn values_are_of_one_line() {
    let blanks = "must be without line breaks, tabs and more than 4 spaces in a row";
    for value in ["a\nb", "a\tb", "a\r\nb", "a     b"] {
        assert_eq!(
            refused(
                &named(),
                json!({"parameters": {"name": value, "order": "1"}})
            ),
            format!("parameters.name {blanks}")
        );
        assert_eq!(
            refused(&numbered(), json!({"parameters": [value, "a", "b", "c"]})),
            format!("parameters[0] {blanks}")
        );
    }
    fit(
        &named(),
        &given(r#"{"parameters": ["a    b", "é 👍 مرحبا"]}"#),
    )
    .unwrap();
    assert_eq!(
        refused(&named(), json!({"parameters": ["a", ""]})),
        "parameters[1] must not be empty"
    );
}

#[test]
fn the_end_of_an_address_has_no_blanks() {
    assert_eq!(
        refused(&numbered(), json!({"parameters": ["a", "b", "c", "d e"]})),
        "parameters[3] must be an address's end without blanks"
    );
    assert_eq!(
        refused(
            &numbered(),
            json!({"parameters": ["a", "b", "c"], "buttons": [{"index": 1, "text": ""}]})
        ),
        "buttons[0].text must have 1 to 2000 characters, not 0"
    );
}

#[test]
fn filled_texts_have_limits() {
    assert_eq!(
        refused(
            &numbered(),
            json!({"parameters": ["a".repeat(55), "b", "c", "d"]})
        ),
        "parameters makes the header 61 characters long; it may have 60"
    );
    assert_eq!(
        refused(
            &numbered(),
            json!({"parameters": ["a", "b".repeat(1000), "c", "d"]})
        ),
        "parameters makes the body 1035 characters long; it may have 1024"
    );
    assert_eq!(
        refused(
            &numbered(),
            json!({"parameters": ["a", "b", "c", "d".repeat(1990)]})
        ),
        "parameters makes the address of button 1 2010 characters long; it may have 2000"
    );
    // A body without other components may be longer.
    fit(
        &named(),
        &given(&json!({"parameters": ["b".repeat(32_000), "c"]}).to_string()),
    )
    .unwrap();
}

#[test]
fn headers_show_files_places_and_products() {
    let header = |format: &str| of(json!([{"type": "HEADER", "format": format}]));
    let link = json!({"link": "https://example.com/1"});
    for (format, given) in [
        ("IMAGE", json!({ "image": link })),
        ("GIF", json!({ "gif": link })),
        (
            "DOCUMENT",
            json!({"document": {"id": "9", "fileName": "a.pdf"}}),
        ),
        (
            "LOCATION",
            json!({"location": {"latitude": 1, "longitude": 2, "name": "Here"}}),
        ),
        (
            "PRODUCT",
            json!({"product": {"product_retailer_id": "cat", "catalog_id": "1"}}),
        ),
    ] {
        let shown = button_of(&header(format), json!({ "header": given }));
        assert_eq!(shown[0]["type"], format.to_ascii_lowercase());
        let expected = format!(
            "header is required: the template has a header of kind {}",
            format.to_ascii_lowercase()
        );
        assert_eq!(refused(&header(format), json!({})), expected);
    }
    assert_eq!(
        refused(&header("IMAGE"), json!({"header": {"video": link}})),
        "header does not fit: the template has a header of kind image"
    );
    assert_eq!(
        refused(
            &header("IMAGE"),
            json!({"header": {"image": {"link": "ftp://a"}}})
        ),
        "header.image.link must be an http or https URL"
    );
    assert_eq!(
        refused(&header("IMAGE"), json!({"header": {"image": {}}})),
        "header.image must be a file by exactly one of id and link"
    );
    assert_eq!(
        refused(
            &header("LOCATION"),
            json!({"header": {"location": {"latitude": 91, "longitude": 2}}})
        ),
        "header.location.latitude must be between -90 and 90"
    );
    assert_eq!(
        refused(
            &named(),
            json!({"header": {"text": "a"}, "parameters": ["a", "b"]})
        ),
        "header does not fit: the template has no header"
    );
    let fixed = of(json!([{"type": "HEADER", "format": "TEXT", "text": "Fixed"}]));
    assert_eq!(
        refused(&fixed, json!({"header": {"text": "a"}})),
        "header does not fit: the template has a text without a variable in its header"
    );
}

#[test]
fn every_kind_of_button_takes_its_own_value() {
    for (kind, values, expected) in [
        (
            "QUICK_REPLY",
            json!({"payload": "yes"}),
            json!([{"type": "payload", "payload": "yes"}]),
        ),
        (
            "COPY_CODE",
            json!({"couponCode": "A"}),
            json!([{"type": "coupon_code", "coupon_code": "A"}]),
        ),
        (
            "FLOW",
            json!({"flowToken": "t", "flowActionData": {"a": 1}}),
            json!([{"type": "action", "action": {"flow_token": "t", "flow_action_data": {"a": 1}}}]),
        ),
        (
            "FLOW",
            json!({}),
            json!([{"type": "action", "action": {"flow_token": "unused"}}]),
        ),
        (
            "CATALOG",
            json!({"action": {"thumbnail_product_retailer_id": "cat"}}),
            json!([{"type": "action", "action": {"thumbnail_product_retailer_id": "cat"}}]),
        ),
        (
            "VOICE_CALL",
            json!({"ttlMinutes": 5, "payload": "p"}),
            json!([{"type": "ttl_minutes", "ttl_minutes": 5}, {"type": "payload", "payload": "p"}]),
        ),
        ("QUICK_REPLY", json!({}), Value::Null),
        ("CATALOG", json!({}), Value::Null),
        ("PHONE_NUMBER", json!({}), Value::Null),
        (
            "ORDER_DETAILS",
            json!({"action": {"a": 1}}),
            json!([{"type": "action", "action": {"a": 1}}]),
        ),
    ] {
        let definition = with_button(json!({"type": kind, "text": "Tap"}));
        assert_eq!(
            button_of(&definition, json!({"buttons": [values]})),
            expected,
            "{kind}"
        );
    }
    for (kind, values, expected) in [
        (
            "COPY_CODE",
            json!([]),
            "buttons[0].couponCode is required: the template has a button of type copy_code here",
        ),
        (
            "MPM",
            json!([]),
            "buttons[0].action is required: the template has a button of type mpm here",
        ),
        (
            "QUICK_REPLY",
            json!([{"text": "a"}]),
            "buttons[0].text does not fit: the template has a button of type quick_reply here",
        ),
        (
            "PHONE_NUMBER",
            json!([{"payload": "a"}]),
            "buttons[0].payload does not fit: the template has a button of type phone_number here",
        ),
        (
            "QUICK_REPLY",
            json!([{"payload": ""}]),
            "buttons[0].payload must not be empty",
        ),
        (
            "QUICK_REPLY",
            json!([{"index": 1, "payload": "a"}]),
            "buttons[0].index does not fit: the template has 1 button",
        ),
        (
            "QUICK_REPLY",
            json!([{"payload": "a"}, {"index": 0, "payload": "b"}]),
            "buttons[1].index must be unique",
        ),
        (
            "COPY_CODE",
            json!([{"couponCode": "a".repeat(21)}]),
            "buttons[0].couponCode must have 1 to 20 characters, not 21",
        ),
        (
            "VOICE_CALL",
            json!([{"ttlMinutes": 0}]),
            "buttons[0].ttlMinutes must be between 1 and 43200",
        ),
    ] {
        let definition = with_button(json!({"type": kind, "text": "Tap"}));
        assert_eq!(
            refused(&definition, json!({ "buttons": values })),
            expected,
            "{kind}"
        );
    }
    assert_eq!(
        refused(
            &offer(),
            json!({"parameters": ["a", "b"], "header": {"video": {"id": "9"}},
            "expiresAt": 1, "buttons": [{"couponCode": "a".repeat(16)}]})
        ),
        "buttons[0].couponCode must have 1 to 15 characters, not 16"
    );
}

#[test]
fn a_fixed_address_takes_nothing() {
    let fixed = with_button(json!({"type": "URL", "text": "Open", "url": "https://example.com"}));
    assert_eq!(
        refused(&fixed, json!({"buttons": [{"text": "x"}]})),
        "buttons[0].text does not fit: the template has a button with a fixed address here"
    );
    assert_eq!(
        refused(&fixed, json!({"expiresAt": "2026-06-10T12:34:56Z"})),
        "expiresAt does not fit: the template has no offer that ends"
    );
}

#[test]
fn a_name_in_header_and_body_is_given_once() {
    let twice = definition(
        "UTILITY",
        "NAMED",
        json!([
            {"type": "HEADER", "format": "TEXT", "text": "For {{name}}"},
            {"type": "BODY", "text": "Hello {{name}}, {{order}} is here."},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Open", "url": "https://example.com/{{1}}"}]}]),
    );
    for values in [
        r#"{"parameters": {"order": "42", "name": "Ali", "1": "x"}}"#,
        r#"{"parameters": ["Ali", "42", "x"]}"#,
    ] {
        let template = fit(&twice, &given(values)).unwrap();
        assert_eq!(
            crate::template::render(&twice, &template).text(),
            "For Ali\nHello Ali, 42 is here."
        );
    }
    assert_eq!(
        refused(&twice, json!({"parameters": ["Ali"]})),
        "parameters must have 3 values (name in the header and the body, order in the body, \
            1 in the address of button 0), not 1"
    );
}

#[test]
fn numbers_stand_for_places_where_variables_have_names() {
    let by_place = fit(
        &named(),
        &given(r#"{"parameters": {"2": "42", "1": "Ali"}}"#),
    )
    .unwrap();
    let in_order = fit(&named(), &given(r#"{"parameters": ["Ali", "42"]}"#)).unwrap();
    assert_eq!(by_place, in_order);
}

#[test]
fn products_may_be_more_than_the_templates_cards() {
    let card = json!({"components": [
        {"type": "HEADER", "format": "PRODUCT"},
        {"type": "BUTTONS", "buttons": [{"type": "SPM", "text": "View"}]}]});
    let products = of(json!([{"type": "CAROUSEL", "cards": [card, card]}]));
    let shown = json!({"header": {"product": {"product_retailer_id": "cat", "catalog_id": "1"}}});
    let three = given(&json!({"cards": [shown, shown, shown]}).to_string());
    let template = fit(&products, &three).unwrap();
    assert_eq!(crate::template::render(&products, &template).cards.len(), 3);
    assert_eq!(
        refused(&products, json!({"cards": [shown]})),
        "cards must have 2 to 10 entries, not 1"
    );
    let twice = json!({"cards": [shown, {"header": shown["header"], "parameters": ["a"]}]});
    assert_eq!(
        refused(&products, twice),
        "cards[1].parameters must have no values, not 1"
    );
}

#[test]
fn values_are_read_in_every_form() {
    let forms = [
        r#"{"parameters": ["Ali", 42]}"#,
        r#"{"parameters": [{"name": "name", "value": "Ali"}, {"name": "order", "value": 42}]}"#,
        r#"{"parameters": {"order": 42, "name": "Ali"}}"#,
        r#"{"parameters": {"order": "42", "name": "Ali"}, "header": null, "buttons": null, "cards": null, "expiresAt": null, "components": null}"#,
    ];
    let filled = forms.map(|form| fit(&named(), &given(form)).unwrap());
    assert!(filled.iter().all(|template| *template == filled[0]));
    for broken in [
        r#"{"parameters": "Ali"}"#,
        r#"{"parameters": [null]}"#,
        r#"{"parameters": [{"name": "a"}]}"#,
        r#"{"header": {"image": {"id": "1"}, "video": {"id": "1"}}}"#,
        r#"{"expiresAt": "tomorrow"}"#,
    ] {
        assert!(serde_json::from_str::<Given>(broken).is_err(), "{broken}");
    }
    assert_eq!(
        serde_json::from_str::<Given>(r#"{"parameters": null}"#).unwrap(),
        Given::default()
    );
}
