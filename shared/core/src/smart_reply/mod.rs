//! What the AI is told, and what of its words goes to a customer.

mod prompt;
mod reply;

pub use prompt::{Prompt, Speaker, TURNS, Turn};
pub use reply::shortened;
