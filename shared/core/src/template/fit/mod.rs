//! From what a caller gives to the message that Meta takes.

mod buttons;
mod header;
mod raw;
mod text;
mod values;

use std::fmt::Display;

use self::values::Slots;
use super::{
    definition::Definition,
    given::{Given, GivenButton, GivenCard, GivenHeader, Values},
    misfit::{Misfit, Wrong},
    render::render,
    view::{Header, View},
};
use crate::{
    message::{
        Problem, check, limits as message_limits,
        template::{
            Component, LimitedTimeOffer, Parameter, ParameterValue, Template, TemplateCard,
        },
    },
    time::Moment,
};

/// Fills a template, so that what comes out is refused by WhatsApp only for reasons that can not be known here.
///
/// Values are taken by name where every name given is a variable of the template, else by order: the header's variable
/// first, then the body's, then the ends of the buttons' addresses in the buttons' order. Numbered variables are named
/// by their place in this order where they stand in several parts. In a template with names the ends of addresses are
/// called `1` and `2`, and numbers alone stand for places. A one-time password is one value, which goes into the body and
/// into the button. What `header` and `buttons` give is not in this list. Values by order never go against a name: a name
/// that belongs to another place is an error.
///
/// # Errors
/// The first field that does not fit, and what the template expects there.
pub fn fit(definition: &Definition, given: &Given) -> Result<Template, Misfit> {
    let view = View::of(definition);
    let mut template = Template::new(&definition.name, &definition.language);
    template.components = match &given.components {
        Some(components) => {
            alone(given)?;
            raw::components(&view, components)?
        }
        None => filled(&view, given)?,
    };
    text::lengths(&view, &render(definition, &template), given)?;
    Ok(template)
}

/// Meta's own form says everything.
fn alone(given: &Given) -> Result<(), Misfit> {
    let others = [
        ("parameters", !given.parameters.is_empty()),
        ("header", given.header.is_some()),
        ("buttons", !given.buttons.is_empty()),
        ("cards", !given.cards.is_empty()),
        ("expiresAt", given.expires_at.is_some()),
    ];
    match others.into_iter().find(|(_, is_given)| *is_given) {
        Some((field, _)) => Err(Misfit::new(field, Problem::NotAllowed)),
        None => Ok(()),
    }
}

fn filled(view: &View<'_>, given: &Given) -> Result<Vec<Component>, Misfit> {
    let parts = Parts {
        parameters: &given.parameters,
        header: given.header.as_ref(),
        buttons: &given.buttons,
    };
    let mut components = part(view, "", parts)?;
    // Buttons come last in Meta's examples; only the offer stands before them.
    let before_buttons = components
        .iter()
        .position(|component| matches!(component, Component::Button { .. }))
        .unwrap_or(components.len());
    if let Some(offer) = offer(view, given.expires_at)? {
        components.insert(before_buttons, offer);
    }
    components.extend(carousel(view, &given.cards)?);
    Ok(components)
}

/// What is given for a message without its cards, or for one card.
#[derive(Clone, Copy)]
struct Parts<'g> {
    parameters: &'g Values,
    header: Option<&'g GivenHeader>,
    buttons: &'g [GivenButton],
}

fn part(view: &View<'_>, at: &str, given: Parts<'_>) -> Result<Vec<Component>, Misfit> {
    let slots = Slots::of(view, given);
    let values = slots.assigned(given.parameters, &format!("{at}parameters"))?;
    let mut components = Vec::new();
    let header = header::component(view, at, given.header, &values)?;
    components.extend(header);
    components.extend(body(view, &values));
    components.extend(buttons::components(view, at, given.buttons, &values)?);
    Ok(components)
}

fn body(view: &View<'_>, values: &values::Assigned<'_>) -> Option<Component> {
    let variables = view.body_variables();
    let parameters: Vec<_> = variables
        .into_iter()
        .map(|name| text::parameter(view.format, name, values.body(name)))
        .collect();
    (!parameters.is_empty()).then_some(Component::Body { parameters })
}

fn offer(view: &View<'_>, expires_at: Option<Moment>) -> Result<Option<Component>, Misfit> {
    let expires = view.offer.is_some_and(|offer| offer.expires);
    match expires_at {
        Some(end) if expires => {
            let expiration_time_ms = end.millis();
            let limited_time_offer = LimitedTimeOffer { expiration_time_ms };
            let parameters = vec![Parameter {
                parameter_name: None,
                value: ParameterValue::LimitedTimeOffer { limited_time_offer },
            }];
            Ok(Some(Component::LimitedTimeOffer { parameters }))
        }
        Some(_) => {
            let has = "no offer that ends".to_owned();
            Err(Misfit::new("expiresAt", Wrong::Other(has)))
        }
        None if expires => {
            let has = "a limited-time offer".to_owned();
            Err(Misfit::new("expiresAt", Wrong::Required(has)))
        }
        None => Ok(None),
    }
}

fn carousel(view: &View<'_>, given: &[GivenCard]) -> Result<Option<Component>, Misfit> {
    count_cards(view, "cards", given.len())?;
    let mut cards = Vec::new();
    for (i, given) in given.iter().enumerate() {
        let parts = Parts {
            parameters: &given.parameters,
            header: given.header.as_ref(),
            buttons: &given.buttons,
        };
        let components = part(card(view, i), &format!("cards[{i}]."), parts)?;
        cards.push(TemplateCard {
            card_index: place(i),
            components,
        });
    }
    Ok((!cards.is_empty()).then_some(Component::Carousel { cards }))
}

/// A message has as many cards as its template; of products it may have another number of them.
fn count_cards(view: &View<'_>, field: impl Display, given: usize) -> Result<(), Misfit> {
    if view.cards.is_empty() && given > 0 {
        let has = "no carousel".to_owned();
        return Err(Misfit::new(field, Wrong::Other(has)));
    }
    let count = view.cards.len();
    let limits = if view.has_product_cards() {
        message_limits::CARDS
    } else {
        count..=count
    };
    if view.cards.is_empty() {
        return Ok(());
    }
    Ok(check::count(field, given, limits)?)
}

/// The card of the template that the card at `place` of a message fills. Cards of products are all alike, so that the
/// last one stands for those that the template does not have.
fn card<'v, 'a>(view: &'v View<'a>, place: usize) -> &'v View<'a> {
    let last = view.cards.len() - 1;
    &view.cards[place.min(last)]
}

/// Cards and buttons are counted by ten.
fn place(index: usize) -> u8 {
    u8::try_from(index).unwrap_or(u8::MAX)
}

/// What a header of the template is, in words.
fn shown(header: Option<&Header<'_>>) -> String {
    match header {
        None => "no header".to_owned(),
        Some(Header::Text(_)) => "a text in its header".to_owned(),
        Some(header) => format!("a header of kind {}", header.kind()),
    }
}
