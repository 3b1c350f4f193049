//! An AI that answers: any endpoint that speaks the chat completions of OpenAI's API.
//!
//! The endpoint is the operator's own choice, so that no guard stands before it; what it answers is judged all the
//! same: its size and its time are limited, it can not lead elsewhere, and none of its words but the answer itself go
//! any further. A call is made once. Whether it is made again is the business of the services.

mod answer;
mod client;
mod config;
mod outcome;
#[cfg(test)]
mod tests;
mod wire;

pub use self::client::Chat;
pub use self::config::{BadChatConfig, ChatConfig};
pub use self::outcome::{ChatAnswer, ChatFailure};
pub use self::wire::{ChatMessage, Role};
