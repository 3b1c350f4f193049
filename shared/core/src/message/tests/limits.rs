use serde_json::{Value, json};

use super::samples::{self, interactive, list, template};
use crate::message::{Outgoing, Problem};

/// The field that is refused, with the reason in words.
fn refused(stored: Value) -> (String, String) {
    let invalid = samples::read(stored.clone()).validate();
    let invalid = invalid.expect_err(&stored.to_string());
    (invalid.field, invalid.problem.to_string())
}

#[track_caller]
fn assert_refused(stored: Value, field: &str, problem: &str) {
    let (actual_field, actual_problem) = refused(stored);
    assert_eq!(
        (actual_field.as_str(), actual_problem.as_str()),
        (field, problem)
    );
}

#[test]
fn a_text_has_1_to_4096_scalar_values() {
    assert_eq!(Outgoing::text("é".repeat(4096)).validate(), Ok(()));
    // One family of three people is five scalar values.
    let family = "👨\u{200d}👩\u{200d}👧";
    assert_eq!(Outgoing::text(family.repeat(819)).validate(), Ok(()));
    let too_long = Outgoing::text("a".repeat(4097)).validate().unwrap_err();
    let length = Problem::Length {
        min: 1,
        max: 4096,
        actual: 4097,
    };
    assert_eq!(
        (too_long.field.as_str(), &too_long.problem),
        ("text.body", &length)
    );
    assert_eq!(
        too_long.to_string(),
        "text.body must have 1 to 4096 characters, not 4097"
    );
    assert!(Outgoing::text("").validate().is_err());
    assert!(Outgoing::text(family.repeat(820)).validate().is_err());
}

#[test]
fn media_needs_a_usable_source_and_short_captions() {
    let image = |image: Value| json!({"type": "image", "image": image});
    assert_refused(image(json!({"id": ""})), "image.id", "must not be empty");
    for link in [
        "ftp://example.com",
        "example.com",
        "https://",
        "https://a b",
        "javascript:1",
    ] {
        assert_refused(
            image(json!({"link": link})),
            "image.link",
            "must be an http or https URL",
        );
    }
    let caption = "a".repeat(1025);
    let problem = "must have 1 to 1024 characters, not 1025";
    assert_refused(
        image(json!({"id": "1", "caption": caption})),
        "image.caption",
        problem,
    );
    let document = json!({"type": "document", "document": {"id": "1", "caption": caption}});
    assert_refused(document, "document.caption", problem);
}

#[test]
fn a_place_is_on_earth() {
    let place = |latitude: Value, longitude: Value| json!({"type": "location", "location": {"latitude": latitude, "longitude": longitude}});
    let range = "must be between -90 and 90";
    assert_refused(place(json!(90.1), json!(0)), "location.latitude", range);
    assert_refused(place(json!("NaN"), json!(0)), "location.latitude", range);
    let range = "must be between -180 and 180";
    assert_refused(
        place(json!(0), json!("-180.5")),
        "location.longitude",
        range,
    );
}

#[test]
fn a_card_has_a_name_with_a_part() {
    let contacts = |contacts: Value| json!({"type": "contacts", "contacts": contacts});
    let ana = json!({"name": {"formatted_name": "Ana", "first_name": "Ana"}});
    assert_refused(
        contacts(json!([])),
        "contacts",
        "must have 1 to 5 entries, not 0",
    );
    let six = vec![ana; 6];
    assert_refused(
        contacts(json!(six)),
        "contacts",
        "must have 1 to 5 entries, not 6",
    );
    assert_refused(
        contacts(json!([{"name": {"formatted_name": "Ana"}}])),
        "contacts[0].name.first_name",
        "is required",
    );
}

#[test]
fn buttons_are_few_short_and_distinct() {
    let buttons = |buttons: &[(&str, &str)]| {
        let button = |(id, title)| json!({"type": "reply", "reply": {"id": id, "title": title}});
        let buttons: Vec<_> = buttons.iter().copied().map(button).collect();
        interactive("button", json!({"buttons": buttons}))
    };
    let at = "interactive.action.buttons";
    let four = [("1", "a"), ("2", "b"), ("3", "c"), ("4", "d")];
    assert_refused(buttons(&four), at, "must have 1 to 3 entries, not 4");
    assert_refused(buttons(&[]), at, "must have 1 to 3 entries, not 0");
    assert_refused(
        buttons(&[("1", "twenty-one characters")]),
        &format!("{at}[0].reply.title"),
        "must have 1 to 20 characters, not 21",
    );
    let id = format!("{at}[1].reply.id");
    assert_refused(buttons(&[("1", "a"), ("1", "b")]), &id, "must be unique");
    let title = format!("{at}[1].reply.title");
    assert_refused(buttons(&[("1", "a"), ("2", "a")]), &title, "must be unique");
}

#[test]
fn a_list_has_ten_rows_over_all_its_sections() {
    let rows = |from: u8, to: u8| -> Vec<_> {
        let row = |id: u8| json!({"id": id.to_string(), "title": "Row"});
        (from..to).map(row).collect()
    };
    let section = |title: &str, rows: Vec<Value>| json!({"title": title, "rows": rows});
    let sections = json!([section("A", rows(0, 5)), section("B", rows(5, 10))]);
    assert_eq!(samples::read(list(sections)).validate(), Ok(()));
    let at = "interactive.action.sections";
    let sections = json!([section("A", rows(0, 5)), section("B", rows(5, 11))]);
    assert_refused(list(sections), at, "must have 1 to 10 entries, not 11");
    let untitled = json!([section("A", rows(0, 1)), {"rows": rows(1, 2)}]);
    assert_refused(list(untitled), &format!("{at}[1].title"), "is required");
    let repeated = json!([section("A", rows(0, 2)), section("B", rows(1, 2))]);
    assert_refused(
        list(repeated),
        &format!("{at}[1].rows[0].id"),
        "must be unique",
    );
    let empty = json!([section("A", rows(0, 1)), section("B", vec![])]);
    let problem = "must have 1 to 10 entries, not 0";
    assert_refused(list(empty), &format!("{at}[1].rows"), problem);
}

#[test]
fn frames_fit_their_actions() {
    let request = json!({"name": "send_location"});
    let frame = |kind: &str, action: &Value, rest: Value| {
        let mut frame = json!({"type": kind, "action": action});
        let members = rest.as_object().unwrap().clone();
        frame.as_object_mut().unwrap().extend(members);
        json!({"type": "interactive", "interactive": frame})
    };
    let kind = "location_request_message";
    let bodiless = frame(kind, &request, json!({}));
    assert_refused(bodiless, "interactive.body.text", "is required");
    let long = frame(kind, &request, json!({"body": {"text": "a".repeat(1025)}}));
    let problem = "must have 1 to 1024 characters, not 1025";
    assert_refused(long, "interactive.body.text", problem);

    let image = json!({"type": "image", "image": {"id": "1"}});
    let rows = json!({"button": "Open", "sections": [{"rows": [{"id": "1", "title": "One"}]}]});
    let pictured = frame(
        "list",
        &rows,
        json!({"body": {"text": "b"}, "header": image}),
    );
    assert_refused(pictured, "interactive.header", "must be a text header");
    let product = json!({"catalog_id": "1", "product_retailer_id": "cat"});
    let headed = frame(
        "product",
        &product,
        json!({"header": {"type": "text", "text": "h"}}),
    );
    assert_refused(headed, "interactive.header", "is not allowed here");
    let items = json!({"catalog_id": "1", "sections": [
        {"product_items": [{"product_retailer_id": "cat"}]}]});
    let unheaded = frame("product_list", &items, json!({"body": {"text": "b"}}));
    assert_refused(unheaded, "interactive.header", "is required");
}

#[test]
fn a_flow_is_named_once_and_its_button_has_no_emoji() {
    let flow = |parameters: Value| {
        let mut all = json!({"flow_message_version": "3", "flow_cta": "Book"});
        all.as_object_mut()
            .unwrap()
            .extend(parameters.as_object().unwrap().clone());
        interactive("flow", json!({"name": "flow", "parameters": all}))
    };
    let at = "interactive.action.parameters";
    assert_refused(flow(json!({})), &format!("{at}.flow_id"), "is required");
    let both = json!({"flow_id": "1", "flow_name": "a"});
    assert_refused(
        flow(both),
        &format!("{at}.flow_name"),
        "is not allowed here",
    );
    let party = json!({"flow_id": "1", "flow_cta": "Book 🎉"});
    assert_refused(
        flow(party),
        &format!("{at}.flow_cta"),
        "must be without emoji",
    );
    let empty = json!({"flow_id": "1", "flow_action_payload": {"screen": "A", "data": {}}});
    let data = format!("{at}.flow_action_payload.data");
    assert_refused(flow(empty), &data, "must not be empty");
    assert_eq!(
        samples::read(flow(json!({"flow_id": "1", "flow_cta": "預約"}))).validate(),
        Ok(())
    );
}

#[test]
fn a_template_is_filled_by_number_or_by_name() {
    let named = json!({"type": "text", "parameter_name": "a", "text": "1"});
    let numbered = json!({"type": "text", "text": "2"});
    let body = json!([{"type": "body", "parameters": [named, numbered]}]);
    let problem = "must be all with a parameter_name or all without";
    assert_refused(template(body), "template.components", problem);
    let far = json!([{"type": "button", "sub_type": "url", "index": 10}]);
    let index = "template.components[0].index";
    assert_refused(template(far), index, "must be between 0 and 9");
    let mut shouting = template(json!([]));
    shouting["template"]["name"] = "Order".into();
    let problem = "must be lower-case letters, digits and '_'";
    assert_refused(shouting, "template.name", problem);
    let card = |i, components| json!({"card_index": i, "components": components});
    let inner = json!([{"type": "carousel", "cards": []}]);
    let nested = json!([{"type": "carousel", "cards": [card(0, inner), card(1, json!([]))]}]);
    let at = "template.components[0].cards[0].components[0]";
    assert_refused(template(nested), at, "is not allowed here");
}

#[test]
fn orders_have_plain_references() {
    let order = |reference: &str| {
        let order = json!({"reference_id": reference, "order": {"status": "shipped"}});
        interactive(
            "order_status",
            json!({"name": "review_order", "parameters": order}),
        )
    };
    let at = "interactive.action.parameters.reference_id";
    let problem = "must be letters, digits, '_', '.' and '-'";
    assert_refused(order("a b"), at, problem);
    let problem = "must have 1 to 35 characters, not 36";
    assert_refused(order(&"a".repeat(36)), at, problem);
}

#[test]
fn a_reaction_quotes_nothing() {
    let reaction = json!({"type": "reaction", "reply_to": "wamid.B",
        "reaction": {"message_id": "wamid.A", "emoji": ""}});
    assert_refused(reaction, "reply_to", "is not allowed here");
}
