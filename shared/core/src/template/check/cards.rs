//! Carousels.

use serde_json::Value;

use super::{Part, Place, is, list};
use crate::{
    message::{Invalid, Problem, check, limits as message_limits},
    template::view::upper,
};

impl Part<'_> {
    pub(super) fn carousel(&self, at: &str, carousel: &Value) -> Result<(), Invalid> {
        if self.place == Place::Card || self.is_authentication() {
            return Err(Invalid::new(at, Problem::NotAllowed));
        }
        let cards = list(at, carousel, "cards")?;
        let at = format!("{at}.cards");
        check::count(&at, cards.len(), message_limits::CARDS)?;
        let part = Part {
            place: Place::Card,
            ..*self
        };
        let mut first = None;
        for (i, card) in cards.iter().enumerate() {
            let at = format!("{at}[{i}]");
            let components = list(&at, card, "components")?;
            let at = format!("{at}.components");
            part.check(&at, components)?;
            let form = form_of(components);
            let same = *first.get_or_insert_with(|| form.clone()) == form;
            let expected =
                "of the same form as the first card: header format, body and types of buttons";
            check::form(at, same, expected)?;
        }
        Ok(())
    }
}

/// What all cards of a carousel share: the format of the header, whether there is a body, the types of the buttons.
fn form_of(components: &[Value]) -> (Option<String>, bool, Vec<Option<String>>) {
    let find = |kind| components.iter().find(|component| is(component, kind));
    let header = find("HEADER").and_then(|header| upper(header, "format"));
    let buttons = find("BUTTONS").and_then(|component| component.get("buttons")?.as_array());
    let kinds = buttons
        .into_iter()
        .flatten()
        .map(|button| upper(button, "type"));
    (header, find("BODY").is_some(), kinds.collect())
}
