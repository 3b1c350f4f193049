//! What a send brings for the parts of its template.

use serde_json::Value;

use super::Misfit;

/// The parameters by part.
#[derive(Debug, Default)]
pub(super) struct Given<'v> {
    pub(super) header: &'v [Value],
    pub(super) body: &'v [Value],
    pub(super) buttons: Vec<Button<'v>>,
    pub(super) cards: Option<&'v [Value]>,
    /// When the offer ends.
    pub(super) expires_ms: Option<i64>,
}

/// What is brought for one button.
#[derive(Debug)]
pub(super) struct Button<'v> {
    /// In small letters.
    pub(super) kind: String,
    pub(super) index: usize,
    pub(super) parameter: Option<&'v Value>,
}

impl<'v> Given<'v> {
    /// Reads components whose shape is right.
    pub(super) fn read(components: &'v Value) -> Result<Self, Misfit> {
        let mut given = Self::default();
        let (mut header, mut body) = (false, false);
        for component in components.as_array().into_iter().flatten() {
            let kind = small(&component["type"]);
            let parameters = component["parameters"].as_array();
            let parameters = parameters.map_or(&[][..], |parameters| parameters);
            match kind.as_str() {
                "header" => {
                    once(&mut header, "header")?;
                    given.header = parameters;
                }
                "body" => {
                    once(&mut body, "body")?;
                    given.body = parameters;
                }
                "button" => given.button(component, parameters)?,
                "carousel" => given.cards = component["cards"].as_array().map(Vec::as_slice),
                "limited_time_offer" => {
                    let offer = parameters.first().map(|first| &first["limited_time_offer"]);
                    let expires = offer.map(|offer| &offer["expiration_time_ms"]);
                    given.expires_ms = expires.and_then(|expires| match expires {
                        Value::String(text) => text.parse().ok(),
                        other => other.as_i64(),
                    });
                }
                _ => {}
            }
        }
        Ok(given)
    }

    fn button(&mut self, component: &'v Value, parameters: &'v [Value]) -> Result<(), Misfit> {
        let index = integer(&component["index"]).unwrap_or_default();
        if self.buttons.iter().any(|button| button.index == index) {
            let details = format!("buttons: the button at index {index} comes twice");
            return Err(Misfit::new(132_018, details));
        }
        self.buttons.push(Button {
            kind: small(&component["sub_type"]),
            index,
            parameter: parameters.first(),
        });
        Ok(())
    }
}

fn once(seen: &mut bool, part: &str) -> Result<(), Misfit> {
    if std::mem::replace(seen, true) {
        return Err(Misfit::format(part, "comes twice"));
    }
    Ok(())
}

fn small(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_ascii_lowercase()
}

/// A number, in a string too.
pub(super) fn integer(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => usize::try_from(other.as_u64()?).ok(),
    }
}
