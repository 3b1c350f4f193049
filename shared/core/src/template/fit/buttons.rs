//! What the buttons do.

use serde_json::Value;

use super::{place, text, values::Assigned};
use crate::{
    message::{
        Object, Problem,
        template::{Component, Parameter, ParameterValue},
    },
    template::{
        GivenButton, Misfit, Wrong,
        view::{Button, ButtonKind, View},
    },
};

/// What is given for the button at `index` of the template.
pub(super) fn given_at(given: &[GivenButton], index: usize) -> Option<&GivenButton> {
    let mut places = given.iter().enumerate();
    let found = places.find(|(i, button)| place_of(*i, button) == index);
    found.map(|(_, button)| button)
}

fn place_of(listed: usize, button: &GivenButton) -> usize {
    button.index.map_or(listed, usize::from)
}

pub(super) fn components(
    view: &View<'_>,
    at: &str,
    given: &[GivenButton],
    values: &Assigned<'_>,
) -> Result<Vec<Component>, Misfit> {
    let places: Vec<_> = given
        .iter()
        .enumerate()
        .map(|(i, button)| place_of(i, button))
        .collect();
    for (i, place) in places.iter().enumerate() {
        let field = format!("{at}buttons[{i}].index");
        if places[..i].contains(place) {
            return Err(Misfit::new(field, Problem::Duplicate));
        }
        if *place >= view.buttons.len() {
            return Err(Misfit::new(
                field,
                Wrong::Other(counted(view.buttons.len())),
            ));
        }
    }
    let mut components = Vec::new();
    for (index, button) in view.buttons.iter().enumerate() {
        let listed = places.iter().position(|place| *place == index);
        let field = format!("{at}buttons[{}]", listed.unwrap_or(index));
        let given = listed.map(|listed| &given[listed]);
        if let Some(given) = given {
            takes(button, &field, given)?;
        }
        if let Some(parameters) = parameters(view, button, &field, given, values.button(index))? {
            components.push(Component::Button {
                sub_type: button.sub_type().to_owned(),
                index: place(index),
                parameters,
            });
        }
    }
    Ok(components)
}

/// `no buttons`, `1 button`, `2 buttons`.
pub(super) fn counted(buttons: usize) -> String {
    match buttons {
        0 => "no buttons".to_owned(),
        1 => "1 button".to_owned(),
        more => format!("{more} buttons"),
    }
}

/// A button of the template, in words.
pub(super) fn shown(button: &Button<'_>) -> String {
    match button.kind {
        ButtonKind::Otp => "a button for a one-time password here".to_owned(),
        ButtonKind::Url if button.has_suffix() => {
            "a button whose address has a variable here".to_owned()
        }
        ButtonKind::Url => "a button with a fixed address here".to_owned(),
        _ => format!("a button of type {} here", button.sub_type()),
    }
}

/// A value of another type of button is an error, since the caller took this button for another one.
fn takes(button: &Button<'_>, field: &str, given: &GivenButton) -> Result<(), Misfit> {
    let allowed: &[&str] = match button.kind {
        ButtonKind::QuickReply => &["payload"],
        ButtonKind::Url if button.has_suffix() => &["text"],
        ButtonKind::Otp => &["text"],
        ButtonKind::Url | ButtonKind::PhoneNumber => &[],
        ButtonKind::CopyCode => &["couponCode"],
        ButtonKind::Flow => &["flowToken", "flowActionData", "action"],
        ButtonKind::VoiceCall => &["payload", "ttlMinutes"],
        ButtonKind::Catalog
        | ButtonKind::MultiProduct
        | ButtonKind::SingleProduct
        | ButtonKind::Other(_) => &["action"],
    };
    let members = [
        ("payload", given.payload.is_some()),
        ("text", given.text.is_some()),
        ("couponCode", given.coupon_code.is_some()),
        ("flowToken", given.flow_token.is_some()),
        ("flowActionData", given.flow_action_data.is_some()),
        ("action", given.action.is_some()),
        ("ttlMinutes", given.ttl_minutes.is_some()),
    ];
    let wrong = |(member, is_given): &&(&str, bool)| *is_given && !allowed.contains(member);
    match members.iter().find(wrong) {
        Some((member, _)) => {
            let field = format!("{field}.{member}");
            Err(Misfit::new(field, Wrong::Other(shown(button))))
        }
        None => Ok(()),
    }
}

/// What fills a button; nothing where it works without.
fn parameters(
    view: &View<'_>,
    button: &Button<'_>,
    field: &str,
    given: Option<&GivenButton>,
    value: Option<&str>,
) -> Result<Option<Vec<Parameter>>, Misfit> {
    let required = |member: &str| {
        let field = format!("{field}.{member}");
        Misfit::new(field, Wrong::Required(shown(button)))
    };
    let none = GivenButton::default();
    let given = given.unwrap_or(&none);
    let parameter = match button.kind {
        ButtonKind::QuickReply => given.payload.clone().map(payload),
        ButtonKind::Url if button.has_suffix() => {
            if let Some(end) = &given.text {
                text::suffix(format_args!("{field}.text"), end)?;
            }
            let end = given.text.as_deref().or(value);
            Some(Parameter::text(end.ok_or_else(|| required("text"))?))
        }
        ButtonKind::Otp => {
            if let Some(code) = &given.text {
                text::code(format_args!("{field}.text"), code)?;
            }
            let code = given.text.as_deref().or(value);
            Some(Parameter::text(code.ok_or_else(|| required("text"))?))
        }
        ButtonKind::Url | ButtonKind::PhoneNumber => None,
        ButtonKind::CopyCode => {
            let code = given.coupon_code.as_ref();
            let code = code.ok_or_else(|| required("couponCode"))?;
            text::coupon(view, format_args!("{field}.couponCode"), code)?;
            let coupon_code = code.clone();
            Some(unnamed(ParameterValue::CouponCode { coupon_code }))
        }
        ButtonKind::Flow => Some(flow(given)),
        ButtonKind::MultiProduct if given.action.is_none() => return Err(required("action")),
        ButtonKind::Catalog
        | ButtonKind::MultiProduct
        | ButtonKind::SingleProduct
        | ButtonKind::Other(_) => given.action.clone().map(action),
        ButtonKind::VoiceCall => return voice_call(field, given),
    };
    let Some(parameter) = parameter else {
        return Ok(None);
    };
    parameter.validate(field)?;
    Ok(Some(vec![parameter]))
}

fn unnamed(value: ParameterValue) -> Parameter {
    Parameter {
        parameter_name: None,
        value,
    }
}

fn payload(payload: String) -> Parameter {
    unnamed(ParameterValue::Payload { payload })
}

fn action(action: Object) -> Parameter {
    unnamed(ParameterValue::Action { action })
}

/// WhatsApp refuses a template with a flow's button that the message does not name, although all that the button takes
/// has defaults.
fn flow(given: &GivenButton) -> Parameter {
    let mut all = given.action.clone().unwrap_or_default();
    if let Some(data) = &given.flow_action_data {
        all.insert("flow_action_data".to_owned(), Value::Object(data.clone()));
    }
    if let Some(token) = &given.flow_token {
        all.insert("flow_token".to_owned(), Value::String(token.clone()));
    }
    all.entry("flow_token")
        .or_insert_with(|| Value::String("unused".to_owned()));
    action(all)
}

fn voice_call(field: &str, given: &GivenButton) -> Result<Option<Vec<Parameter>>, Misfit> {
    let mut parameters = Vec::new();
    if let Some(ttl_minutes) = given.ttl_minutes {
        text::ttl_minutes(format_args!("{field}.ttlMinutes"), ttl_minutes)?;
        parameters.push(unnamed(ParameterValue::TtlMinutes { ttl_minutes }));
    }
    if let Some(given) = &given.payload {
        text::call_payload(format_args!("{field}.payload"), given)?;
        parameters.push(payload(given.clone()));
    }
    Ok((!parameters.is_empty()).then_some(parameters))
}
