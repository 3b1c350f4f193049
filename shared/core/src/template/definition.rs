use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::view::View;

/// What Meta's catalogue tells of one template in one language, as far as a send and a preview need it.
///
/// It reads and writes Meta's own form: `{"name", "language", "category", "parameter_format", "components"}`. What it
/// does not know stays in the components untouched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Its name, see [`limits::TEMPLATE_NAME`](crate::message::limits::TEMPLATE_NAME).
    pub name: String,
    /// The language it is written in, for example `en_US`.
    pub language: String,
    /// What it is for.
    #[serde(default, deserialize_with = "or_default")]
    pub category: Category,
    /// Whether its variables have numbers or names; taken from the texts where Meta does not say.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "or_default"
    )]
    pub parameter_format: Option<ParameterFormat>,
    /// Header, body, footer, buttons, carousel, limited-time offer: Meta's objects as they are.
    #[serde(default, deserialize_with = "or_default")]
    pub components: Vec<Value>,
}

impl Definition {
    /// Whether its variables have numbers or names.
    pub fn format(&self) -> ParameterFormat {
        self.parameter_format
            .unwrap_or_else(|| View::format_of(&self.components))
    }
}

/// What a template is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Category {
    /// Offers and news.
    #[default]
    Marketing,
    /// What follows from something that the customer did: orders, appointments.
    Utility,
    /// One-time passwords; their text is Meta's.
    Authentication,
    /// One that came later, as Meta writes it.
    Other(String),
}

impl Category {
    /// As Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Marketing => "MARKETING",
            Self::Utility => "UTILITY",
            Self::Authentication => "AUTHENTICATION",
            Self::Other(other) => other,
        }
    }
}

impl From<&str> for Category {
    fn from(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "MARKETING" => Self::Marketing,
            "UTILITY" => Self::Utility,
            "AUTHENTICATION" => Self::Authentication,
            _ => Self::Other(text.to_owned()),
        }
    }
}

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Category {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::from(text.as_str()))
    }
}

/// Whether a template's variables have numbers or names; never both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ParameterFormat {
    /// `{{1}}`, `{{2}}`, …
    #[default]
    #[serde(alias = "positional")]
    Positional,
    /// `{{first_name}}`, …
    #[serde(alias = "named")]
    Named,
}

/// A catalogue is read although one of its members has a form that is not known: that one is as if it were not there.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + serde::de::DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}
