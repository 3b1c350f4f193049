//! Templates as Meta's catalogue has them: what one takes, whether a message fills it, and how it reads then.
//!
//! The message itself is [`message::template::Template`](crate::message::template::Template). A [`Definition`] is read
//! from Meta's catalogue; [`fit`] makes a message of it and of what a caller gives; [`render`] shows what the customer
//! will see. [`Definition::check`] judges a new one by Meta's limits.
//!
//! Shapes and figures are those of Meta's "Templates" pages and of the "Messages" reference for the WhatsApp Cloud API.

mod check;
mod definition;
mod fit;
mod given;
pub mod limits;
mod misfit;
mod render;
mod status;
#[cfg(test)]
mod tests;
mod variable;
mod view;

pub use self::check::{Samples, check_send_ttl};
pub use self::definition::{Category, Definition, ParameterFormat};
pub use self::fit::fit;
pub use self::given::{Given, GivenButton, GivenCard, GivenFile, GivenHeader, GivenValue, Values};
pub use self::misfit::{Expected, Misfit, Names, Variable, Wrong};
pub use self::render::{Rendered, RenderedButton, RenderedHeader, RenderedOffer, render};
pub use self::status::Status;
