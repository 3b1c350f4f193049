use serde_json::json;

use super::samples::{definition, given, named, numbered, offer};
use crate::{
    message::template::Template,
    template::{RenderedHeader, fit, render},
};

#[test]
fn a_filled_template_reads_as_the_customer_sees_it() {
    let values =
        given(r#"{"parameters": ["7", "Ali", "42", "x/42"], "buttons": [{"payload": "stop-7"}]}"#);
    let template = fit(&numbered(), &values).unwrap();
    assert_eq!(
        serde_json::to_value(render(&numbered(), &template)).unwrap(),
        json!({
            "header": {"type": "text", "text": "Order 7"},
            "body": "Hello Ali, your order 42 is on its way.",
            "footer": "Thank you",
            "buttons": [
                {"type": "quick_reply", "text": "Stop", "payload": "stop-7"},
                {"type": "url", "text": "Track", "url": "https://example.com/x/42"}]})
    );
    assert_eq!(
        render(&numbered(), &template).text(),
        "Order 7\nHello Ali, your order 42 is on its way.\nThank you"
    );
}

#[test]
fn values_are_filled_in_once() {
    let values = given(r#"{"parameters": {"name": "{{order}}", "order": "{{name}} {{1}}"}}"#);
    let template = fit(&named(), &values).unwrap();
    assert_eq!(
        render(&named(), &template).body,
        "Hello {{order}}, your order {{name}} {{1}} is on its way."
    );
}

#[test]
fn braces_that_are_no_variables_stay() {
    let text = "{a} {{b}} {{{1}}} {{ 2 }} {{}} {{1 {{03}} }} {{1}}";
    let braces = definition(
        "UTILITY",
        "POSITIONAL",
        json!([{"type": "BODY", "text": text}]),
    );
    let template = fit(&braces, &given(r#"{"parameters": ["x", "y"]}"#)).unwrap();
    assert_eq!(
        render(&braces, &template).body,
        "{a} {{b}} {x} y {{}} {{1 {{03}} }} x"
    );
}

#[test]
fn a_variable_without_a_value_stays() {
    let empty = Template::new("order_update", "en");
    let rendered = render(&numbered(), &empty);
    assert_eq!(
        rendered.body,
        "Hello {{1}}, your order {{2}} is on its way."
    );
    assert_eq!(
        rendered.buttons[1].url.as_deref(),
        Some("https://example.com/{{1}}")
    );
    assert_eq!(
        render(&offer(), &empty).header,
        Some(RenderedHeader::Video { video: None })
    );
}

#[test]
fn gaps_and_repetitions_count_each_number_once() {
    let gaps = definition(
        "UTILITY",
        "POSITIONAL",
        json!([{"type": "BODY", "text": "a {{3}} b {{1}} c {{3}} d {{10}} e"}]),
    );
    for values in [
        r#"{"parameters": ["one", "three", "ten"]}"#,
        r#"{"parameters": {"10": "ten", "1": "one", "3": "three"}}"#,
    ] {
        let template = fit(&gaps, &given(values)).unwrap();
        assert_eq!(
            render(&gaps, &template).body,
            "a three b one c three d ten e"
        );
    }
}
