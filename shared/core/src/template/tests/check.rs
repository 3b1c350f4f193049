use serde_json::{Value, json};

use super::samples::{carousel, definition, named, numbered, offer};
use crate::template::{Category, Definition, Samples, check_send_ttl};

#[track_caller]
fn refused(category: &str, components: Value) -> String {
    let definition = definition(category, "POSITIONAL", components);
    definition.check(Samples::Here).unwrap_err().to_string()
}

#[track_caller]
fn taken(definition: &Definition) {
    assert_eq!(definition.check(Samples::Here), Ok(()));
}

fn body(text: &str, examples: &[&str]) -> Value {
    json!({"type": "body", "text": text, "example": {"body_text": [examples]}})
}

fn buttons(buttons: Value) -> Value {
    json!([{"type": "BODY", "text": "Hello"}, {"type": "BUTTONS", "buttons": buttons}])
}

#[test]
fn a_plain_template_passes() {
    taken(&numbered());
    let mut named = named();
    named.components[0]["example"] = json!({"body_text_named_params": [
        {"param_name": "order", "example": "42"}, {"param_name": "name", "example": "Ali"}]});
    taken(&named);
    let authentication = definition(
        "authentication",
        "POSITIONAL",
        json!([
            {"type": "body", "add_security_recommendation": true},
            {"type": "footer", "code_expiration_minutes": 90},
            {"type": "buttons", "buttons": [{"type": "otp", "otp_type": "copy_code", "text": "Copy Code"}]}]),
    );
    taken(&authentication);
    // What came later is Meta's to judge.
    let new = json!([body("Hello", &[]), {"type": "SOMETHING_NEW"}]);
    taken(&definition("MARKETING", "POSITIONAL", new));
}

#[test]
fn names_languages_and_categories_have_their_form() {
    let mut template = numbered();
    template.name = "Order".to_owned();
    let refused = |template: &Definition| template.check(Samples::Here).unwrap_err().to_string();
    assert_eq!(
        refused(&template),
        "name must be lower-case letters, digits and '_'"
    );
    template.name = "a".repeat(513);
    assert_eq!(
        refused(&template),
        "name must have 1 to 512 characters, not 513"
    );
    let mut template = numbered();
    for language in ["english", "en-US", "e", "en_USAXX"] {
        language.clone_into(&mut template.language);
        assert_eq!(
            refused(&template),
            "language must be a code of Meta's, like en or en_US"
        );
    }
    let mut template = numbered();
    template.category = Category::from("OTHER");
    assert_eq!(
        refused(&template),
        "category must be MARKETING, UTILITY or AUTHENTICATION"
    );
}

#[test]
fn texts_have_their_lengths() {
    for (components, expected) in [
        (
            json!([{"type": "HEADER", "format": "TEXT", "text": "a".repeat(61)}]),
            "components[0].text must have 1 to 60 characters, not 61",
        ),
        (
            json!([body(&"é".repeat(1025), &[])]),
            "components[0].text must have 1 to 1024 characters, not 1025",
        ),
        (
            json!([body("Hello", &[]), {"type": "FOOTER", "text": "a".repeat(61)}]),
            "components[1].text must have 1 to 60 characters, not 61",
        ),
        (json!([{"type": "BODY"}]), "components[0].text is required"),
        (
            json!([{"type": "BODY", "text": 5}]),
            "components[0].text must be a text",
        ),
        (json!([]), "components.body is required"),
        (
            json!([body("a", &[]), body("b", &[])]),
            "components[1].type must be unique",
        ),
        (
            json!([body("Hello", &[]), {"type": "FOOTER", "text": "Hi {{1}}"}]),
            "components[1].text must be without variables",
        ),
        (
            json!([{"type": "HEADER", "format": "TEXT", "text": "a\nb"}]),
            "components[0].text must be without line breaks and asterisks",
        ),
        (
            json!([{"type": "HEADER", "format": "TEXT", "text": "{{1}} {{2}}"}]),
            "components[0].text must be a text with one variable at most",
        ),
    ] {
        assert_eq!(refused("UTILITY", components), expected);
    }
    taken(&definition(
        "UTILITY",
        "POSITIONAL",
        json!([body(&"é".repeat(1024), &[])]),
    ));
}

#[test]
fn variables_are_numbered_without_gaps_and_stand_inside_the_body() {
    let at = "components[0].text must be a text";
    for (text, expected) in [
        (
            "Hi {{1}} and {{3}} x",
            "with variables numbered from {{1}} without gaps",
        ),
        (
            "Hi {{2}} x",
            "with variables numbered from {{1}} without gaps",
        ),
        (
            "{{1}} is here",
            "that neither begins nor ends with a variable",
        ),
        (
            "  Hello {{1}}\n",
            "that neither begins nor ends with a variable",
        ),
        ("Hi {{name}} x", "with variables like {{1}} alone"),
        ("Hi {{0}} x", "with variables like {{1}} alone"),
        ("Hi {{ 1 }} x", "with variables like {{1}} alone"),
        ("Hi {{1} x", "with variables like {{1}} alone"),
        ("Hi 1}} x", "with variables like {{1}} alone"),
    ] {
        let components = json!([body(text, &["a"])]);
        assert_eq!(
            refused("UTILITY", components),
            format!("{at} {expected}"),
            "{text}"
        );
    }
    taken(&definition(
        "UTILITY",
        "POSITIONAL",
        json!([body("Hi {{1}}, {a} {{2}}.", &["a", "b"])]),
    ));
    let shouting = json!([{"type": "BODY", "text": "Hi {{Name}} x"}]);
    let refused = definition("UTILITY", "NAMED", shouting).check(Samples::Here);
    assert_eq!(
        refused.unwrap_err().to_string(),
        format!(
            "{at} with variables like {{{{first_name}}}} alone: lower-case letters, digits and '_'"
        )
    );
}

#[test]
fn every_variable_has_an_example() {
    let at = "components[0].example";
    assert_eq!(
        refused("UTILITY", json!([{"type": "BODY", "text": "Hi {{1}}."}])),
        format!("{at} is required")
    );
    assert_eq!(
        refused("UTILITY", json!([body("Hi {{1}}, {{2}}.", &["a"])])),
        format!("{at}.body_text must have 2 entries, not 1")
    );
    let image = json!([{"type": "HEADER", "format": "IMAGE"}, body("Hi", &[])]);
    assert_eq!(
        refused("UTILITY", image.clone()),
        format!("{at}.header_handle is required")
    );
    let image = definition("UTILITY", "POSITIONAL", image);
    assert_eq!(image.check(Samples::Follow), Ok(()));
    assert_eq!(
        named().check(Samples::Here).unwrap_err().to_string(),
        format!("{at} is required")
    );
}

#[test]
fn buttons_are_few_of_a_kind_and_grouped() {
    let at = "components[1].buttons";
    let reply = |text: &str| json!({"type": "QUICK_REPLY", "text": text});
    let link = |url: &str| json!({"type": "URL", "text": "Open", "url": url, "example": ["x"]});
    let web = "https://example.com";
    let call = json!({"type": "PHONE_NUMBER", "text": "Call", "phone_number": "15550100"});
    for (given, expected) in [
        (json!([]), format!("{at} must have 1 to 10 entries, not 0")),
        (
            json!([link(web), link(web), link(web)]),
            format!("{at}[2].type must be a type of which there are no more than 2 buttons"),
        ),
        (
            json!([call, call]),
            format!("{at}[1].type must be a type of which there is no more than 1 button"),
        ),
        (
            json!([reply("a"), call, reply("b")]),
            format!(
                "{at}[2] must be beside its like: quick replies stand together, before or after all others"
            ),
        ),
        (
            json!([reply("a"), reply("a")]),
            format!("{at}[1].text must be unique"),
        ),
        (
            json!([reply(&"a".repeat(26))]),
            format!("{at}[0].text must have 1 to 25 characters, not 26"),
        ),
        (
            json!([reply("Hi {{1}}")]),
            format!("{at}[0].text must be without variables and line breaks"),
        ),
        (
            json!([link("https://example.com/{{1}}/x")]),
            format!("{at}[0].url must be an address with no variable but {{{{1}}}} at its end"),
        ),
        (
            json!([link("example.com")]),
            format!("{at}[0].url must be an http or https URL"),
        ),
        (
            json!([{"type": "URL", "text": "a", "url": "https://example.com/{{1}}"}]),
            format!("{at}[0].example is required"),
        ),
        (
            json!([{"type": "COPY_CODE", "example": "a".repeat(21)}]),
            format!("{at}[0].example must have 1 to 20 characters, not 21"),
        ),
        (
            json!([{"type": "OTP", "otp_type": "COPY_CODE"}]),
            format!(
                "{at}[0].type must be OTP in a template of category AUTHENTICATION, and only there"
            ),
        ),
    ] {
        assert_eq!(refused("MARKETING", buttons(given)), expected);
    }
    let all = json!([
        call,
        link(web),
        link("https://example.com/{{1}}"),
        reply("a"),
        reply("b")
    ]);
    taken(&definition("MARKETING", "POSITIONAL", buttons(all)));
}

#[test]
fn passwords_have_metas_own_text() {
    let otp = json!({"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "ZERO_TAP"}]});
    for (components, expected) in [
        (json!([{"type": "BODY"}]), "components.buttons is required"),
        (
            json!([{"type": "BODY", "text": "Your code"}, otp]),
            "components[0].text is not allowed here",
        ),
        (
            json!([{"type": "HEADER", "format": "TEXT", "text": "Hi"}]),
            "components[0] is not allowed here",
        ),
        (
            json!([{"type": "BODY"}, {"type": "FOOTER", "code_expiration_minutes": 91}]),
            "components[1].code_expiration_minutes must be between 1 and 90",
        ),
        (
            json!([{"type": "BODY"}, {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "a"}]}]),
            "components[1].buttons[0].type must be OTP in a template of category AUTHENTICATION, and only there",
        ),
    ] {
        assert_eq!(refused("AUTHENTICATION", components), expected);
    }
}

#[test]
fn cards_are_alike() {
    let card = |format: &str, text: &str, kind: &str| {
        json!({"components": [
            {"type": "HEADER", "format": format, "example": {"header_handle": ["4::a"]}},
            {"type": "BODY", "text": text},
            {"type": "BUTTONS", "buttons": [{"type": kind, "text": "a", "phone_number": "1"}]}]})
    };
    let carousel = |cards: Value| json!([body("Look", &[]), {"type": "CAROUSEL", "cards": cards}]);
    let one = card("IMAGE", "One", "QUICK_REPLY");
    taken(&definition(
        "MARKETING",
        "POSITIONAL",
        carousel(json!([one, one])),
    ));
    let at = "components[1].cards";
    for (cards, expected) in [
        (
            json!([one]),
            format!("{at} must have 2 to 10 entries, not 1"),
        ),
        (
            json!([one, card("VIDEO", "Two", "QUICK_REPLY")]),
            format!(
                "{at}[1].components must be of the same form as the first card: header format, body and types of buttons"
            ),
        ),
        (
            json!([one, card("IMAGE", "Two", "PHONE_NUMBER")]),
            format!(
                "{at}[1].components must be of the same form as the first card: header format, body and types of buttons"
            ),
        ),
        (
            json!([one, card("TEXT", "Two", "QUICK_REPLY")]),
            format!("{at}[1].components[0].format must be IMAGE, VIDEO or PRODUCT"),
        ),
        (
            json!([card("IMAGE", &"a".repeat(161), "QUICK_REPLY"), one]),
            format!("{at}[0].components[1].text must have 1 to 160 characters, not 161"),
        ),
        (
            json!([one, {"components": [{"type": "CAROUSEL", "cards": []}]}]),
            format!("{at}[1].components[0] is not allowed here"),
        ),
    ] {
        assert_eq!(refused("MARKETING", carousel(cards)), expected);
    }
}

#[test]
fn offers_are_short_and_without_a_footer() {
    let offer =
        |text: &str| json!({"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": text}});
    for (category, components, expected) in [
        (
            "MARKETING",
            json!([offer("seventeen letters"), body("Hi", &[])]),
            "components[0].limited_time_offer.text must have 1 to 16 characters, not 17",
        ),
        (
            "MARKETING",
            json!([offer("Soon"), body(&"a".repeat(601), &[])]),
            "components[1].text must have 1 to 600 characters, not 601",
        ),
        (
            "MARKETING",
            json!([offer("Soon"), body("Hi", &[]), {"type": "FOOTER", "text": "a"}]),
            "components[2] is not allowed here",
        ),
        (
            "UTILITY",
            json!([offer("Soon"), body("Hi", &[])]),
            "components[0] is not allowed here",
        ),
    ] {
        assert_eq!(refused(category, components), expected);
    }
}

#[test]
fn samples_of_cards_and_offers_may_follow() {
    let complete = |mut definition: Definition| {
        for component in &mut definition.components {
            component["example"] = json!({"body_text": [["a"]]});
        }
        definition
    };
    let mut carousel = complete(carousel());
    for card in carousel.components[1]["cards"].as_array_mut().unwrap() {
        card["components"][1]["text"] = "Only today".into();
        card["components"][2]["buttons"][1]["example"] = json!(["x"]);
    }
    assert_eq!(carousel.check(Samples::Follow), Ok(()));
    let mut offer = complete(offer());
    offer.components[3]["buttons"][1]["example"] = json!(["x"]);
    assert_eq!(offer.check(Samples::Follow), Ok(()));
}

#[test]
fn delivery_is_tried_within_the_categorys_range() {
    assert_eq!(check_send_ttl(&Category::Authentication, 900), Ok(()));
    assert_eq!(check_send_ttl(&Category::Utility, -1), Ok(()));
    let refused = check_send_ttl(&Category::Marketing, 60).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "message_send_ttl_seconds must be between 43200 and 2592000"
    );
}
