//! Messages as callers write them: in short, with fields of their own, and still without an address.
//!
//! What sends one message and what keeps an answer for later read the same bodies by the same code, and say what is wrong of
//! the field that the caller wrote.

mod answer;
mod fields;
mod interactive;
mod media;
mod template;
mod wrong;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub use self::answer::AskedAnswer;
pub use self::fields::Fields;
pub use self::interactive::WrittenInteractive;
pub use self::media::{AskedMedia, AskedSource};
pub use self::template::AskedTemplate;
pub use self::wrong::Wrong;

/// Reads a part of a body; the rest of it is another's.
///
/// # Errors
/// What is not of the shape that the part has, with the code `invalid_request`.
pub fn part<T: DeserializeOwned>(body: &Value) -> Result<T, Wrong> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "" } else { &path };
        Wrong::shape(field, error.inner())
    })
}
