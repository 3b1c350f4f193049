//! Meta's own form, read so that every error tells its place.

use serde_json::Value;

use crate::{
    message::{
        Problem,
        template::{Component, Parameter, TemplateCard},
    },
    template::Misfit,
};

/// Words that Meta takes in any case are written as it writes them, and what can not be read is told by its place.
pub(super) fn component(written: &Value, at: &str) -> Result<Component, Misfit> {
    let mut component = written.clone();
    let Some(members) = component.as_object_mut() else {
        return Err(Misfit::new(at, Problem::Form("an object of Meta's form")));
    };
    for word in ["type", "sub_type"] {
        if let Some(Value::String(word)) = members.get_mut(word) {
            word.make_ascii_lowercase();
        }
    }
    let kind = members.get("type").and_then(Value::as_str);
    let kind = kind.unwrap_or_default().to_owned();
    let known = [
        "header",
        "body",
        "button",
        "carousel",
        "limited_time_offer",
        "tap_target_configuration",
    ];
    if !known.contains(&kind.as_str()) {
        let kinds =
            "header, body, button, carousel, limited_time_offer or tap_target_configuration";
        return Err(Misfit::new(format!("{at}.type"), Problem::Form(kinds)));
    }
    if kind == "button" && !members.contains_key("index") {
        return Err(Misfit::new(format!("{at}.index"), Problem::Missing));
    }
    if kind == "carousel" {
        return cards(members.get("cards"), at);
    }
    let parameters = members.get("parameters").and_then(Value::as_array);
    for (i, parameter) in parameters.into_iter().flatten().enumerate() {
        if serde_json::from_value::<Parameter>(parameter.clone()).is_err() {
            let form = "a parameter of Meta's form, like {\"type\": \"text\", \"text\": \"…\"}";
            let field = format!("{at}.parameters[{i}]");
            return Err(Misfit::new(field, Problem::Form(form)));
        }
    }
    serde_json::from_value(component)
        .map_err(|_| Misfit::new(at, Problem::Form("a component of Meta's form")))
}

fn cards(cards: Option<&Value>, at: &str) -> Result<Component, Misfit> {
    let Some(cards) = cards.and_then(Value::as_array) else {
        return Err(Misfit::new(format!("{at}.cards"), Problem::Missing));
    };
    let mut read_cards = Vec::new();
    for (c, card) in cards.iter().enumerate() {
        let at = format!("{at}.cards[{c}]");
        let index = card.get("card_index").and_then(Value::as_u64);
        let Some(card_index) = index.and_then(|index| u8::try_from(index).ok()) else {
            return Err(Misfit::new(format!("{at}.card_index"), Problem::Missing));
        };
        let listed = card.get("components").and_then(Value::as_array);
        let mut components = Vec::new();
        for (i, written) in listed.into_iter().flatten().enumerate() {
            components.push(component(written, &format!("{at}.components[{i}]"))?);
        }
        read_cards.push(TemplateCard {
            card_index,
            components,
        });
    }
    Ok(Component::Carousel { cards: read_cards })
}
