//! What fills a template in Meta's own form.

use serde_json::{Value, json};

use super::samples::{carousel, definition, given, named, numbered, offer, password};
use crate::template::{Definition, Given, fit};

#[track_caller]
fn refused(definition: &Definition, components: Value) -> String {
    let given = Given {
        components: Some(components.as_array().unwrap().clone()),
        ..Given::default()
    };
    fit(definition, &given).unwrap_err().to_string()
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn header() -> Value {
    json!({"type": "header", "parameters": [text("7")]})
}

fn body() -> Value {
    json!({"type": "body", "parameters": [text("Ali"), text("42")]})
}

fn link(parameters: &Value) -> Value {
    json!({"type": "button", "sub_type": "url", "index": "1", "parameters": parameters})
}

#[test]
fn every_part_that_the_template_needs_is_there_once() {
    let end = json!([text("x")]);
    for (components, expected) in [
        (
            json!([body(), link(&end)]),
            "components is required: the template has a text in its header",
        ),
        (
            json!([header(), link(&end)]),
            "components must have 2 values (1 in the body, 2 in the body), not 0",
        ),
        (
            json!([header(), body()]),
            "components is required: the template has a button whose address has a variable here (index 1)",
        ),
        (json!([header(), header()]), "components[1] must be unique"),
        (
            json!([{"type": "body", "parameters": [text("Ali")]}]),
            "components[0].parameters must have 2 values (1 in the body, 2 in the body), not 1",
        ),
        (
            json!([{"type": "limited_time_offer", "parameters": []}]),
            "components[0] does not fit: the template has no offer that ends",
        ),
        (
            json!([{"type": "carousel", "cards": [{"card_index": 0, "components": []}, {"card_index": 1, "components": []}]}]),
            "components[0].cards does not fit: the template has no carousel",
        ),
    ] {
        assert_eq!(refused(&numbered(), components), expected);
    }
}

#[test]
fn what_can_not_be_read_is_told_by_its_place() {
    for (components, expected) in [
        (json!([5]), "components[0] must be an object of Meta's form"),
        (
            json!([{"parameters": []}]),
            "components[0].type must be header, body, button, carousel, limited_time_offer or tap_target_configuration",
        ),
        (
            json!([header(), {"type": "body", "parameters": [text("Ali"), {"type": "text"}]}]),
            "components[1].parameters[1] must be a parameter of Meta's form, like {\"type\": \"text\", \"text\": \"…\"}",
        ),
        (
            json!([{"type": "button", "sub_type": "url", "parameters": []}]),
            "components[0].index is required",
        ),
        (
            json!([{"type": "body", "parameters": "Ali"}]),
            "components[0] must be a component of Meta's form",
        ),
        (
            json!([{"type": "carousel"}]),
            "components[0].cards is required",
        ),
        (
            json!([{"type": "carousel", "cards": [{"components": []}]}]),
            "components[0].cards[0].card_index is required",
        ),
    ] {
        assert_eq!(refused(&numbered(), components), expected);
    }
}

#[test]
fn buttons_are_those_of_the_template() {
    for (component, expected) in [
        (
            json!({"type": "button", "sub_type": "url", "index": 2, "parameters": []}),
            "components[0].index does not fit: the template has 2 buttons",
        ),
        (
            json!({"type": "button", "sub_type": "url", "index": 0, "parameters": [text("x")]}),
            "components[0].sub_type does not fit: the template has a button of type quick_reply here",
        ),
        (
            link(&json!([])),
            "components[0].parameters is required: the template has a button whose address has a variable here",
        ),
        (
            link(&json!([{"type": "payload", "payload": "x"}])),
            "components[0].parameters[0] does not fit: the template has a button whose address has a variable here",
        ),
        (
            link(&json!([text("a b")])),
            "components[0].parameters[0].text must be an address's end without blanks",
        ),
    ] {
        assert_eq!(refused(&numbered(), json!([component])), expected);
    }
}

#[test]
fn named_variables_are_all_named() {
    let named_text = |name: &str| json!({"type": "text", "parameter_name": name, "text": "a"});
    let body = |parameters: Value| json!([{"type": "body", "parameters": parameters}]);
    let at = "components[0].parameters";
    for (parameters, expected) in [
        (
            json!([named_text("name"), text("b")]),
            format!("{at}[1].parameter_name is required: the template has named variables"),
        ),
        (
            json!([named_text("name"), named_text("name")]),
            format!("{at}[1].parameter_name must be unique"),
        ),
        (
            json!([named_text("nmae")]),
            format!(
                "{at}[0].parameter_name is no variable of the template: there must be 2 values (name in the body, order in the body)"
            ),
        ),
        (
            json!([named_text("name")]),
            format!(
                "{at} lacks order: it must have 2 values (name in the body, order in the body)"
            ),
        ),
    ] {
        assert_eq!(refused(&named(), body(parameters)), expected);
    }
    assert_eq!(
        refused(&numbered(), body(json!([named_text("name"), text("b")]))),
        format!("{at}[0].parameter_name does not fit: the template has numbered variables")
    );
}

#[test]
fn a_header_shows_what_the_template_has() {
    let image = json!({"type": "image", "image": {"link": "https://example.com/1.png"}});
    let shown = |parameter: &Value| json!([{"type": "header", "parameters": [parameter]}]);
    assert_eq!(
        refused(&offer(), shown(&image)),
        "components[0].parameters[0] does not fit: the template has a header of kind video"
    );
    assert_eq!(
        refused(&named(), shown(&image)),
        "components[0].parameters does not fit: the template has no header"
    );
    assert_eq!(
        refused(&numbered(), shown(&image)),
        "components[0].parameters[0].type must be text, currency or date_time"
    );
    let stored = json!({"type": "video", "video": {"file": "a".repeat(64)}});
    assert_eq!(
        refused(&offer(), shown(&stored)),
        "components[0].parameters[0].video.file is not allowed here"
    );
}

#[test]
fn amounts_and_times_are_values_too() {
    let sum = json!({"type": "currency", "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1000}});
    let time = json!({"type": "date_time", "date_time": {"fallback_value": "May 1"}});
    let given = Given {
        components: Some(vec![
            header(),
            json!({"type": "body", "parameters": [sum, time]}),
            link(&json!([text("x")])),
        ]),
        ..Given::default()
    };
    let template = fit(&numbered(), &given).unwrap();
    let rendered = crate::template::render(&numbered(), &template);
    assert_eq!(rendered.body, "Hello $1, your order May 1 is on its way.");
}

#[test]
fn cards_are_held_against_their_own_card() {
    let bare = |i: u8| json!({"card_index": i, "components": []});
    let carousel_of = |cards: Value| json!([{"type": "body", "parameters": [text("Ali")]}, {"type": "carousel", "cards": cards}]);
    assert_eq!(
        refused(&carousel(), carousel_of(json!([bare(0), bare(1)]))),
        "components[1].cards[0].components is required: the template has a header of kind image"
    );
    assert_eq!(
        refused(&carousel(), carousel_of(json!([bare(0), bare(1), bare(2)]))),
        "components[1].cards must have 2 entries, not 3"
    );
    assert_eq!(
        refused(&carousel(), carousel_of(json!([bare(0), bare(0)]))),
        "components[1].cards[1].card_index must be its place in the list, counted from 0"
    );
}

#[test]
fn passwords_are_short() {
    let long = "1234567890123456";
    let code = |code: &str| json!([{"type": "text", "text": code}]);
    let button = |parameters: Value| json!({"type": "button", "sub_type": "url", "index": "0", "parameters": parameters});
    let components = json!([{"type": "body", "parameters": code(long)}, button(code(long))]);
    assert_eq!(
        refused(&password(), components),
        "components[0].parameters[0].text must have 1 to 15 characters, not 16"
    );
    let components = json!([{"type": "body", "parameters": code("1")}]);
    assert_eq!(
        refused(&password(), components),
        "components is required: the template has a button for a one-time password here (index 0)"
    );
}

#[test]
fn a_flows_button_is_named_though_it_takes_nothing() {
    let flow = definition(
        "MARKETING",
        "POSITIONAL",
        json!([{"type": "BODY", "text": "Hello"}, {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Book"}]}]),
    );
    assert_eq!(
        refused(&flow, json!([])),
        "components is required: the template has a button of type flow here (index 0)"
    );
    let named = json!([{"type": "button", "sub_type": "FLOW", "index": 0}]);
    let given: Given = given(&json!({ "components": named }).to_string());
    fit(&flow, &given).unwrap();
}

#[test]
fn nothing_stands_beside_metas_own_form() {
    let both = given(r#"{"components": [], "parameters": ["a"]}"#);
    let misfit = fit(&numbered(), &both).unwrap_err();
    assert_eq!(misfit.to_string(), "parameters is not allowed here");
}
