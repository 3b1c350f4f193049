//! What fills a template in Meta's own form, held against the template.

mod read;

use serde_json::Value;

use super::{buttons, card, count_cards, shown, text};
use crate::{
    message::{
        Problem,
        template::{Component, Parameter, ParameterValue, TemplateCard},
    },
    template::{
        Expected, Misfit, Names, ParameterFormat, Variable, Wrong,
        view::{Button, ButtonKind, Header, View},
    },
};

/// Reads and checks `components`.
pub(super) fn components(view: &View<'_>, raw: &[Value]) -> Result<Vec<Component>, Misfit> {
    let mut components = Vec::new();
    for (i, component) in raw.iter().enumerate() {
        components.push(read::component(component, &format!("components[{i}]"))?);
    }
    for (i, component) in components.iter().enumerate() {
        component.validate(format_args!("components[{i}]"))?;
    }
    check_part(view, "components", &components)?;
    Ok(components)
}

/// Holds what fills a message, or one card of it, against the template.
fn check_part(view: &View<'_>, at: &str, components: &[Component]) -> Result<(), Misfit> {
    for (i, component) in components.iter().enumerate() {
        let at = format!("{at}[{i}]");
        let same = |other: &Component| place_of(other) == place_of(component);
        if components[..i].iter().any(same) {
            return Err(Misfit::new(at, Problem::Duplicate));
        }
        match component {
            Component::Header { parameters } => header(view, &at, parameters)?,
            Component::Body { parameters } => body(view, &at, parameters)?,
            Component::Button {
                sub_type,
                index,
                parameters,
            } => button(view, &at, sub_type, usize::from(*index), parameters)?,
            Component::Carousel { cards } => carousel(view, &at, cards)?,
            Component::LimitedTimeOffer { parameters } => offer(view, &at, parameters)?,
            Component::TapTargetConfiguration { .. } => {
                if view.header != Some(Header::Image) {
                    return Err(Misfit::new(at, Wrong::Other(shown(view.header.as_ref()))));
                }
            }
        }
    }
    required(view, at, components)
}

/// What there can be one of.
fn place_of(component: &Component) -> (&'static str, u8) {
    match component {
        Component::Header { .. } => ("header", 0),
        Component::Body { .. } => ("body", 0),
        Component::Button { index, .. } => ("button", *index),
        Component::Carousel { .. } => ("carousel", 0),
        Component::LimitedTimeOffer { .. } => ("limited_time_offer", 0),
        Component::TapTargetConfiguration { .. } => ("tap_target_configuration", 0),
    }
}

/// What the template needs and the message lacks.
fn required(view: &View<'_>, at: &str, components: &[Component]) -> Result<(), Misfit> {
    let lacks = |kind: &str, index: usize| {
        let place = (kind, u8::try_from(index).unwrap_or(u8::MAX));
        !components
            .iter()
            .any(|component| place_of(component) == place)
    };
    let needs = |what: String| Err(Misfit::new(at, Wrong::Required(what)));
    let header = view.header.as_ref().filter(|header| match header {
        Header::Text(_) => view.header_variable().is_some(),
        Header::Other(_) => false,
        _ => true,
    });
    if header.is_some() && lacks("header", 0) {
        return needs(shown(header));
    }
    let variables = view.body_variables();
    if !variables.is_empty() && lacks("body", 0) {
        let expected = expected(&variables, "body");
        let given = 0;
        return Err(Misfit::new(at, Wrong::Count { expected, given }));
    }
    for (i, button) in view.buttons.iter().enumerate() {
        if needs_parameter(button) && lacks("button", i) {
            return needs(format!("{} (index {i})", buttons::shown(button)));
        }
    }
    if view.offer.is_some_and(|offer| offer.expires) && lacks("limited_time_offer", 0) {
        return needs("a limited-time offer".to_owned());
    }
    if !view.cards.is_empty() && lacks("carousel", 0) {
        return needs(format!("a carousel of {} cards", view.cards.len()));
    }
    Ok(())
}

/// Whether WhatsApp refuses a message that does not name the button.
fn needs_parameter(button: &Button<'_>) -> bool {
    match button.kind {
        ButtonKind::Url => button.has_suffix(),
        ButtonKind::Otp | ButtonKind::CopyCode | ButtonKind::Flow | ButtonKind::MultiProduct => {
            true
        }
        _ => false,
    }
}

fn expected(variables: &[&str], part: &str) -> Expected {
    let variable = |name: &&str| Variable {
        name: (*name).to_owned(),
        part: part.to_owned(),
    };
    Expected(variables.iter().map(variable).collect())
}

fn header(view: &View<'_>, at: &str, parameters: &[Parameter]) -> Result<(), Misfit> {
    let wrong = || Wrong::Other(shown(view.header.as_ref()));
    match (&view.header, parameters) {
        (Some(Header::Text(_)), _) => {
            let variables: Vec<_> = view.header_variable().into_iter().collect();
            texts(view.format, at, parameters, &variables, "header")
        }
        (Some(Header::Other(_)), _) | (None, []) => Ok(()),
        (Some(header), [parameter]) if fits(header, &parameter.value) => Ok(()),
        (Some(_), [_]) => Err(Misfit::new(format!("{at}.parameters[0]"), wrong())),
        _ => Err(Misfit::new(format!("{at}.parameters"), wrong())),
    }
}

fn fits(header: &Header<'_>, value: &ParameterValue) -> bool {
    matches!(
        (header, value),
        (Header::Image, ParameterValue::Image { .. })
            | (Header::Video, ParameterValue::Video { .. })
            | (Header::Gif, ParameterValue::Gif { .. })
            | (Header::Document, ParameterValue::Document { .. })
            | (Header::Location, ParameterValue::Location { .. })
            | (Header::Product, ParameterValue::Product { .. })
    )
}

fn body(view: &View<'_>, at: &str, parameters: &[Parameter]) -> Result<(), Misfit> {
    texts(view.format, at, parameters, &view.body_variables(), "body")?;
    if !view
        .buttons
        .iter()
        .any(|button| button.kind == ButtonKind::Otp)
    {
        return Ok(());
    }
    for (i, parameter) in parameters.iter().enumerate() {
        if let ParameterValue::Text { text: code } = &parameter.value {
            text::code(format_args!("{at}.parameters[{i}].text"), code)?;
        }
    }
    Ok(())
}

/// Values of variables in a text.
fn texts(
    format: ParameterFormat,
    at: &str,
    parameters: &[Parameter],
    variables: &[&str],
    part: &str,
) -> Result<(), Misfit> {
    let mut named = Vec::new();
    for (i, parameter) in parameters.iter().enumerate() {
        let field = format!("{at}.parameters[{i}]");
        if !parameter.value.is_text() {
            let form = Problem::Form("text, currency or date_time");
            return Err(Misfit::new(format!("{field}.type"), form));
        }
        if let ParameterValue::Text { text } = &parameter.value {
            text::value(format_args!("{field}.text"), text)?;
        }
        let field = format!("{field}.parameter_name");
        match (format, parameter.parameter_name.as_deref()) {
            (ParameterFormat::Positional, None) => {}
            (ParameterFormat::Positional, Some(_)) => {
                let has = "numbered variables".to_owned();
                return Err(Misfit::new(field, Wrong::Other(has)));
            }
            (ParameterFormat::Named, None) => {
                let has = "named variables".to_owned();
                return Err(Misfit::new(field, Wrong::Required(has)));
            }
            (ParameterFormat::Named, Some(name)) if named.contains(&name) => {
                return Err(Misfit::new(field, Problem::Duplicate));
            }
            (ParameterFormat::Named, Some(name)) if variables.contains(&name) => named.push(name),
            (ParameterFormat::Named, Some(_)) => {
                let unknown = Wrong::Unknown(expected(variables, part));
                return Err(Misfit::new(field, unknown));
            }
        }
    }
    let (field, expected) = (format!("{at}.parameters"), expected(variables, part));
    if format == ParameterFormat::Named {
        let missing = variables.iter().filter(|name| !named.contains(name));
        let missing: Vec<_> = missing.map(|name| (*name).to_owned()).collect();
        if !missing.is_empty() {
            let missing = Names(missing);
            return Err(Misfit::new(field, Wrong::Lacks { missing, expected }));
        }
    }
    let given = parameters.len();
    if given == variables.len() {
        return Ok(());
    }
    Err(Misfit::new(field, Wrong::Count { expected, given }))
}

fn button(
    view: &View<'_>,
    at: &str,
    sub_type: &str,
    index: usize,
    parameters: &[Parameter],
) -> Result<(), Misfit> {
    let Some(button) = view.buttons.get(index) else {
        let has = buttons::counted(view.buttons.len());
        return Err(Misfit::new(format!("{at}.index"), Wrong::Other(has)));
    };
    let has = || Wrong::Other(buttons::shown(button));
    if sub_type != button.sub_type() {
        return Err(Misfit::new(format!("{at}.sub_type"), has()));
    }
    if parameters.is_empty() && (!needs_parameter(button) || button.kind == ButtonKind::Flow) {
        return Ok(());
    }
    let field = format!("{at}.parameters");
    if let ([], true) = (parameters, needs_parameter(button)) {
        return Err(Misfit::new(field, Wrong::Required(buttons::shown(button))));
    }
    let most = match button.kind {
        ButtonKind::VoiceCall => 2,
        ButtonKind::Other(_) => usize::MAX,
        _ => 1,
    };
    if parameters.len() > most {
        return Err(Misfit::new(field, has()));
    }
    for (i, parameter) in parameters.iter().enumerate() {
        let field = format!("{field}[{i}]");
        match (&button.kind, &parameter.value) {
            (ButtonKind::Url, ParameterValue::Text { text }) if button.has_suffix() => {
                text::suffix(format_args!("{field}.text"), text)?;
            }
            (ButtonKind::Otp, ParameterValue::Text { text }) => {
                text::code(format_args!("{field}.text"), text)?;
            }
            (ButtonKind::CopyCode, ParameterValue::CouponCode { coupon_code }) => {
                text::coupon(view, format_args!("{field}.coupon_code"), coupon_code)?;
            }
            (ButtonKind::VoiceCall, ParameterValue::TtlMinutes { ttl_minutes }) => {
                text::ttl_minutes(format_args!("{field}.ttl_minutes"), *ttl_minutes)?;
            }
            (ButtonKind::VoiceCall, ParameterValue::Payload { payload }) => {
                text::call_payload(format_args!("{field}.payload"), payload)?;
            }
            (ButtonKind::QuickReply, ParameterValue::Payload { .. })
            | (
                ButtonKind::Flow
                | ButtonKind::Catalog
                | ButtonKind::MultiProduct
                | ButtonKind::SingleProduct,
                ParameterValue::Action { .. },
            )
            | (ButtonKind::Other(_), _) => {}
            _ => return Err(Misfit::new(field, has())),
        }
    }
    Ok(())
}

fn carousel(view: &View<'_>, at: &str, cards: &[TemplateCard]) -> Result<(), Misfit> {
    count_cards(view, format_args!("{at}.cards"), cards.len())?;
    for (i, filled) in cards.iter().enumerate() {
        let at = format!("{at}.cards[{i}].components");
        check_part(card(view, i), &at, &filled.components)?;
    }
    Ok(())
}

fn offer(view: &View<'_>, at: &str, parameters: &[Parameter]) -> Result<(), Misfit> {
    if !view.offer.is_some_and(|offer| offer.expires) {
        let has = "no offer that ends".to_owned();
        return Err(Misfit::new(at, Wrong::Other(has)));
    }
    match parameters {
        [
            Parameter {
                value: ParameterValue::LimitedTimeOffer { .. },
                ..
            },
        ] => Ok(()),
        _ => {
            let form = Problem::Form("one limited_time_offer");
            Err(Misfit::new(format!("{at}.parameters"), form))
        }
    }
}
