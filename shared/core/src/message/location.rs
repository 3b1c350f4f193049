use std::{fmt::Display, ops::RangeInclusive};

use serde::{Deserialize, Serialize};

use super::{
    check,
    invalid::{Invalid, Problem},
    limits,
};

/// A place on the map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north, see [`limits::LATITUDE`].
    #[serde(with = "degrees")]
    pub latitude: f64,
    /// Degrees east, see [`limits::LONGITUDE`].
    #[serde(with = "degrees")]
    pub longitude: f64,
    /// What the place is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its address, shown below the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Location {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        coordinate(
            format_args!("{at}.latitude"),
            self.latitude,
            limits::LATITUDE,
        )?;
        coordinate(
            format_args!("{at}.longitude"),
            self.longitude,
            limits::LONGITUDE,
        )?;
        let (name, address) = (self.name.as_deref(), self.address.as_deref());
        check::optional_length(format_args!("{at}.name"), name, limits::PRESENT)?;
        check::optional_length(format_args!("{at}.address"), address, limits::PRESENT)
    }
}

fn coordinate(
    field: impl Display,
    degrees: f64,
    limits: RangeInclusive<f64>,
) -> Result<(), Invalid> {
    // NaN is in no range.
    if limits.contains(&degrees) {
        return Ok(());
    }
    // The limits are whole degrees.
    let (min, max) = (*limits.start() as i64, *limits.end() as i64);
    Err(Invalid::new(field, Problem::Range { min, max }))
}

/// Meta's OpenAPI document asks for a decimal string, its examples and its callbacks show a
/// number: we say the one and read both.
mod degrees {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(
        degrees: &f64,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(degrees)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Text(String),
        }

        match Written::deserialize(deserializer)? {
            Written::Number(degrees) => Ok(degrees),
            Written::Text(text) => text
                .trim()
                .parse()
                .map_err(|_| Error::custom("degrees are a decimal number")),
        }
    }
}
