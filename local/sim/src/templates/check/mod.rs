//! The check of a new or edited template by Meta's rules (Meta, "Template components" and "Error codes").

mod authentication;
mod buttons;
mod carousel;
mod languages;
mod parts;
mod text;

use serde_json::{Map, Value, json};

pub(crate) use languages::language_is_known;

use super::Category;

/// Meta's longest name (Meta, "Templates").
const LONGEST_NAME: usize = 512;

/// The type of a sample that is taken whatever it is.
pub(crate) const ANY_TYPE: &str = "*/*";

/// Why a template is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    /// Meta's subcode; a parameter that is wrong by itself has none.
    pub(crate) subcode: Option<u32>,
    /// For people: what it is called.
    pub(crate) title: &'static str,
    /// For people: what is wrong.
    pub(crate) message: String,
}

impl Rejection {
    /// A parameter that is wrong by itself.
    pub(super) fn parameter(message: impl Into<String>) -> Self {
        Self {
            subcode: None,
            title: "",
            message: message.into(),
        }
    }

    fn too_long(what: &str, limit: usize) -> Self {
        Self {
            subcode: Some(2_388_040),
            title: "The text is too long",
            message: format!("The {what} can have {limit} characters at most."),
        }
    }

    fn lacks(kind: &str, field: &str) -> Self {
        Self {
            subcode: Some(2_388_043),
            title: "Message template \"components\" param is missing expected field(s)",
            message: format!("component of type {kind} is missing expected field(s) ({field})"),
        }
    }

    fn header(message: impl Into<String>) -> Self {
        Self {
            subcode: Some(2_388_047),
            title: "The message header's format is incorrect",
            message: message.into(),
        }
    }

    fn body(message: impl Into<String>) -> Self {
        Self {
            subcode: Some(2_388_072),
            title: "The message body's format is incorrect",
            message: message.into(),
        }
    }

    fn footer(message: impl Into<String>) -> Self {
        Self {
            subcode: Some(2_388_073),
            title: "The message footer's format is incorrect",
            message: message.into(),
        }
    }
}

/// What a template says, once it passed the check.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) category: Category,
    /// Whether its parameters have names.
    pub(crate) named: bool,
    /// As Meta lists them.
    pub(crate) components: Vec<Value>,
}

/// What the check has to know.
#[derive(Clone, Copy)]
pub(super) struct Context<'c> {
    category: Category,
    named: bool,
    /// The type of an uploaded sample, by its handle.
    sample: &'c dyn Fn(&str) -> Option<String>,
}

impl Definition {
    /// Checks the components of a template; `sample` knows the types of uploaded samples by their handles.
    pub(crate) fn check(
        category: Category,
        named: bool,
        components: &Value,
        sample: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Rejection> {
        let context = Context {
            category,
            named,
            sample,
        };
        let given = components
            .as_array()
            .ok_or_else(|| Rejection::parameter("Param components must be an array."))?;
        let given = given.iter().map(normal).collect::<Result<Vec<_>, _>>()?;
        let components = match category {
            Category::Authentication => authentication::check(&given)?,
            _ => all(context, given)?,
        };
        Ok(Self {
            category,
            named,
            components,
        })
    }
}

/// A name: small Latin letters, digits and underscores.
pub(crate) fn name_is_right(name: &str) -> bool {
    let right = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(right)
}

/// A component with its type in capitals, as Meta lists it.
fn normal(component: &Value) -> Result<Map<String, Value>, Rejection> {
    let lacking = || Rejection::parameter("Param components must have objects with a type.");
    let mut component = component.as_object().ok_or_else(lacking)?.clone();
    for name in ["type", "format"] {
        if let Some(text) = component.get(name).and_then(Value::as_str) {
            let text = text.to_ascii_uppercase();
            component.insert(name.into(), json!(text));
        }
    }
    kind(&component).ok_or_else(lacking)?;
    Ok(component)
}

fn kind(component: &Map<String, Value>) -> Option<&str> {
    component.get("type")?.as_str()
}

/// Refuses types that are not among `known` and those that come twice.
fn once_each(components: &[Map<String, Value>], known: &[&str]) -> Result<(), Rejection> {
    for (place, component) in components.iter().enumerate() {
        let this = kind(component).unwrap_or_default();
        if !known.contains(&this) {
            let known = known.join(", ");
            let message = format!("Param components[{place}]['type'] must be one of {{{known}}}.");
            return Err(Rejection::parameter(message));
        }
        if components[..place]
            .iter()
            .any(|other| kind(other) == Some(this))
        {
            let message = format!("A template can have one component of type {this}.");
            return Err(Rejection::parameter(message));
        }
    }
    Ok(())
}

/// The components of everything but authentication.
fn all(context: Context<'_>, components: Vec<Map<String, Value>>) -> Result<Vec<Value>, Rejection> {
    let known = [
        "HEADER",
        "BODY",
        "FOOTER",
        "BUTTONS",
        "CAROUSEL",
        "LIMITED_TIME_OFFER",
    ];
    once_each(&components, &known)?;
    let has = |wanted: &str| components.iter().any(|part| kind(part) == Some(wanted));
    if !has("BODY") {
        return Err(Rejection::lacks("BODY", "text"));
    }
    let offers = has("LIMITED_TIME_OFFER");
    if offers && (has("FOOTER") || context.category != Category::Marketing) {
        let message = "A limited-time offer is a MARKETING template and cannot have a component of type FOOTER.";
        return Err(Rejection::parameter(message));
    }
    if has("CAROUSEL") && (has("HEADER") || has("FOOTER") || has("BUTTONS")) {
        let message = "A carousel can have no component but BODY beside it.";
        return Err(Rejection::parameter(message));
    }
    components
        .into_iter()
        .map(|component| match kind(&component).unwrap_or_default() {
            "HEADER" => parts::header(context, component),
            "BODY" => {
                let limit = if offers {
                    parts::LONGEST_OFFER_BODY
                } else {
                    parts::LONGEST_BODY
                };
                parts::body(context, component, limit)
            }
            "FOOTER" => parts::footer(component),
            "BUTTONS" => buttons::check(component, buttons::MOST),
            "CAROUSEL" => carousel::check(context, component),
            _ => parts::offer(component),
        })
        .collect()
}
