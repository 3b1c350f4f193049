use serde_json::{Value, json};

use super::samples::{carousel, definition, given, named, numbered, offer, password};
use crate::template::{Definition, fit, render};

/// What fills the template, in Meta's form.
#[track_caller]
fn filled(definition: &Definition, values: &str) -> Value {
    let template = fit(definition, &given(values)).unwrap();
    serde_json::to_value(&template.components).unwrap()
}

#[track_caller]
fn refused(definition: &Definition, values: &str) -> String {
    fit(definition, &given(values)).unwrap_err().to_string()
}

#[test]
fn values_fill_the_header_then_the_body_then_the_addresses() {
    let expected = json!([
        {"type": "header", "parameters": [{"type": "text", "text": "7"}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Ali"}, {"type": "text", "text": "42"}]},
        {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "x/42"}]}]);
    for values in [
        r#"{"parameters": ["7", "Ali", 42, "x/42"]}"#,
        r#"{"parameters": {"2": "Ali", "1": 7, "3": "42", "4": "x/42"}}"#,
        r#"{"parameters": [{"name": "a", "value": "7"}, {"name": "b", "value": "Ali"},
            {"name": "c", "value": "42"}, {"name": "d", "value": "x/42"}]}"#,
        r#"{"parameters": ["Ali", "42"], "header": {"text": "7"}, "buttons": [{"index": 1, "text": "x/42"}]}"#,
        r#"{"components": [
            {"type": "HEADER", "parameters": [{"type": "text", "text": "7"}]},
            {"type": "body", "parameters": [{"type": "text", "text": "Ali"}, {"type": "text", "text": "42"}]},
            {"type": "button", "sub_type": "URL", "index": 1, "parameters": [{"type": "text", "text": "x/42"}]}]}"#,
    ] {
        assert_eq!(filled(&numbered(), values), expected, "{values}");
    }
}

#[test]
fn a_wrong_count_says_what_is_expected() {
    let expected =
        "4 values (1 in the header, 2 in the body, 3 in the body, 4 in the address of button 1)";
    assert_eq!(
        refused(&numbered(), r#"{"parameters": ["7", "Ali", "42"]}"#),
        format!("parameters must have {expected}, not 3")
    );
    assert_eq!(
        refused(&numbered(), "{}"),
        format!("parameters must have {expected}, not 0")
    );
    assert_eq!(
        refused(&numbered(), r#"{"parameters": {"1": "7", "4": "x"}}"#),
        format!("parameters lacks 2, 3: it must have {expected}")
    );
    let fixed = definition(
        "UTILITY",
        "POSITIONAL",
        json!([{"type": "BODY", "text": "Hello"}]),
    );
    assert_eq!(filled(&fixed, "{}"), json!([]));
    assert_eq!(
        refused(&fixed, r#"{"parameters": ["a"]}"#),
        "parameters must have no values, not 1"
    );
}

#[test]
fn names_are_names_where_all_are_known_and_else_the_order_counts() {
    let expected = json!([{"type": "body", "parameters": [
        {"type": "text", "parameter_name": "name", "text": "Ali"},
        {"type": "text", "parameter_name": "order", "text": "42"}]}]);
    for values in [
        r#"{"parameters": {"order": "42", "name": "Ali"}}"#,
        r#"{"parameters": ["Ali", "42"]}"#,
        r#"{"parameters": {"first": "Ali", "second": "42"}}"#,
        r#"{"parameters": {"name": "Ali", "second": "42"}}"#,
        r#"{"parameters": {"1": "Ali", "2": "42"}}"#,
    ] {
        assert_eq!(filled(&named(), values), expected, "{values}");
    }
    let expected = "2 values (name in the body, order in the body)";
    assert_eq!(
        refused(
            &named(),
            r#"{"parameters": {"order": "42", "nmae": "Ali"}}"#
        ),
        format!("parameters.nmae is no variable of the template: there must be {expected}")
    );
    assert_eq!(
        refused(&named(), r#"{"parameters": {"order": "42"}}"#),
        format!("parameters lacks name: it must have {expected}")
    );
}

#[test]
fn a_password_goes_into_the_body_and_the_button() {
    let code = json!([{"type": "text", "text": "123456"}]);
    let expected = json!([
        {"type": "body", "parameters": code},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": code}]);
    for values in [
        r#"{"parameters": ["123456"]}"#,
        r#"{"parameters": ["123456", "123456"]}"#,
        r#"{"parameters": {"1": 123456}}"#,
        r#"{"parameters": ["123456"], "buttons": [{"text": "123456"}]}"#,
    ] {
        assert_eq!(filled(&password(), values), expected, "{values}");
    }
    assert_eq!(
        refused(&password(), r#"{"parameters": ["1234567890123456"]}"#),
        "parameters[0] must have 1 to 15 characters, not 16"
    );
    let template = fit(&password(), &given(r#"{"parameters": ["123456"]}"#)).unwrap();
    let rendered = render(&password(), &template);
    assert_eq!(
        rendered.text(),
        "*123456* is your verification code.\nThis code expires in 5 minutes."
    );
    assert_eq!(rendered.buttons[0].code.as_deref(), Some("123456"));
    assert_eq!(rendered.buttons[0].url, None);
}

#[test]
fn every_card_is_filled() {
    let card = |price: &str| {
        format!(
            r#"{{"parameters": ["{price}", "p/{price}"], "header": {{"image": {{"link": "https://example.com/1.png"}}}}}}"#
        )
    };
    let values = format!(
        r#"{{"parameters": ["Ali"], "cards": [{}, {}]}}"#,
        card("5"),
        card("6")
    );
    let template = fit(&carousel(), &given(&values)).unwrap();
    let rendered = render(&carousel(), &template);
    assert_eq!(rendered.cards[1].body, "Only 6 today");
    assert_eq!(
        rendered.cards[1].buttons[1].url.as_deref(),
        Some("https://example.com/p/6")
    );
    let one = format!(r#"{{"parameters": ["Ali"], "cards": [{}]}}"#, card("5"));
    assert_eq!(
        refused(&carousel(), &one),
        "cards must have 2 entries, not 1"
    );
}

#[test]
fn an_offer_has_its_end_and_its_code() {
    let values = r#"{"parameters": ["5%", "x"], "header": {"video": {"id": "9"}}, "expiresAt": "2026-06-10T12:34:56Z",
        "buttons": [{"couponCode": "SUMMER"}]}"#;
    assert_eq!(
        filled(&offer(), values),
        json!([
            {"type": "header", "parameters": [{"type": "video", "video": {"id": "9"}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "5%"}]},
            {"type": "limited_time_offer", "parameters": [{"type": "limited_time_offer",
                "limited_time_offer": {"expiration_time_ms": 1_781_094_896_000_i64}}]},
            {"type": "button", "sub_type": "copy_code", "index": "0", "parameters": [
                {"type": "coupon_code", "coupon_code": "SUMMER"}]},
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [
                {"type": "text", "text": "x"}]}])
    );
    let endless = r#"{"parameters": ["5%", "x"], "header": {"video": {"id": "9"}}, "buttons": [{"couponCode": "SUMMER"}]}"#;
    assert_eq!(
        refused(&offer(), endless),
        "expiresAt is required: the template has a limited-time offer"
    );
}
