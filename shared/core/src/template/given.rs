use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use crate::{
    message::{Location, Object, template::ProductReference},
    time::Moment,
};

/// What a caller gives to fill a template.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Given {
    /// The values of its variables: the header's, the body's, then the ends of its buttons' addresses.
    #[serde(deserialize_with = "or_nothing")]
    pub parameters: Values,
    /// What the header shows, where that is not a variable among `parameters`.
    pub header: Option<GivenHeader>,
    /// What its buttons do.
    #[serde(deserialize_with = "or_nothing")]
    pub buttons: Vec<GivenButton>,
    /// What fills the cards of its carousel, in their order.
    #[serde(deserialize_with = "or_nothing")]
    pub cards: Vec<GivenCard>,
    /// When its limited-time offer ends: ISO-8601, or milliseconds since 1970.
    #[serde(deserialize_with = "moment")]
    pub expires_at: Option<Moment>,
    /// All of this in Meta's own form, in place of the rest.
    pub components: Option<Vec<Value>>,
}

/// What fills one card of a carousel.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GivenCard {
    /// The values of the card's variables: the body's, then the ends of its buttons' addresses.
    #[serde(deserialize_with = "or_nothing")]
    pub parameters: Values,
    /// What the card's header shows.
    pub header: Option<GivenHeader>,
    /// What the card's buttons do.
    #[serde(deserialize_with = "or_nothing")]
    pub buttons: Vec<GivenButton>,
}

/// What a header shows: `{"image": {"link": "https://…"}}`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GivenHeader {
    /// The value of its text's variable.
    Text(String),
    /// A picture.
    Image(GivenFile),
    /// A film.
    Video(GivenFile),
    /// An animation.
    Gif(GivenFile),
    /// A file.
    Document(GivenFile),
    /// A place.
    Location(Location),
    /// A product.
    Product(ProductReference),
}

/// A file, by exactly one of `id` and `link`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct GivenFile {
    /// WhatsApp's id of a file that was uploaded to the sending number.
    #[serde(default)]
    pub id: Option<String>,
    /// A public http(s) address.
    #[serde(default)]
    pub link: Option<String>,
    /// The name under which the customer sees a document.
    #[serde(default, alias = "fileName")]
    pub filename: Option<String>,
}

/// What one button does; which of the values it takes is the template's to say.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GivenButton {
    /// Its place among the template's buttons, counted from 0; its place in the list unless given.
    pub index: Option<u8>,
    /// What comes back when a quick reply is tapped; the button's text unless given.
    pub payload: Option<String>,
    /// The end of an address, or a one-time password.
    pub text: Option<String>,
    /// The code to copy.
    pub coupon_code: Option<String>,
    /// What comes back with a flow's answers; `unused` unless given.
    pub flow_token: Option<String>,
    /// The data of a flow's first screen.
    pub flow_action_data: Option<Object>,
    /// What a button of a catalogue, of several products, of an order or of a flow takes, in Meta's form.
    pub action: Option<Object>,
    /// Minutes for which a call button works.
    pub ttl_minutes: Option<u32>,
}

/// Values in the caller's order, by name or by place.
///
/// They are read from `["Ali", 42]`, `{"name": "Ali", "order": 42}`, `{"1": "Ali"}` and
/// `[{"name": "order", "value": "42"}]`; numbers and truth values stand for their text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(pub Vec<GivenValue>);

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenValue {
    /// The variable that it is for, in the caller's words.
    pub name: Option<String>,
    /// The value.
    pub value: String,
}

impl Values {
    /// Values by their place.
    pub fn in_order<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Self {
        let value = |value: T| GivenValue {
            name: None,
            value: value.into(),
        };
        Self(values.into_iter().map(value).collect())
    }

    /// Values by name.
    pub fn by_name<N: Into<String>, T: Into<String>>(
        values: impl IntoIterator<Item = (N, T)>,
    ) -> Self {
        let value = |(name, value): (N, T)| GivenValue {
            name: Some(name.into()),
            value: value.into(),
        };
        Self(values.into_iter().map(value).collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Values;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of values, or an object of values by name")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Values, A::Error> {
                let mut values = Vec::new();
                while let Some(Entry(value)) = seq.next_element()? {
                    values.push(value);
                }
                Ok(Values(values))
            }

            // The order of the members is the caller's, which a map of the standard library would lose.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values, A::Error> {
                let mut values = Vec::new();
                while let Some((name, Plain(value))) = map.next_entry()? {
                    let name = Some(name);
                    values.push(GivenValue { name, value });
                }
                Ok(Values(values))
            }
        }

        deserializer.deserialize_any(Read)
    }
}

/// A text, a number or a truth value, as text.
struct Plain(String);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        plain(Value::deserialize(deserializer)?).map(Self)
    }
}

/// A value of a list: plain, or with a name.
struct Entry(GivenValue);

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (name, value) = match Value::deserialize(deserializer)? {
            Value::Object(mut entry) => {
                let name = entry.remove("name").map(plain).transpose()?;
                let value = entry.remove("value");
                let value = value.ok_or_else(|| D::Error::missing_field("value"))?;
                (name, value)
            }
            value => (None, value),
        };
        let value = plain(value)?;
        Ok(Self(GivenValue { name, value }))
    }
}

fn plain<E: Error>(value: Value) -> Result<String, E> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(E::custom("a template's value is a text or a number"))
        }
    }
}

/// `null` is what is not given.
fn or_nothing<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Moment>, D::Error> {
    let read = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(None),
        Value::Number(millis) => millis.as_i64().map(Moment::from_millis),
        Value::String(text) => Moment::parse_iso(&text),
        _ => None,
    };
    let expected = "expiresAt is a time like 2026-06-10T12:34:56Z, or milliseconds since 1970";
    read.map(Some).ok_or_else(|| D::Error::custom(expected))
}
