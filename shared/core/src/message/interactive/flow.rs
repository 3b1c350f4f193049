use std::fmt::Display;

use serde::{Deserialize, Serialize};

use crate::message::{
    Object, check,
    invalid::{Invalid, Problem},
    limits,
};

/// A button that opens a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename = "flow")]
pub struct Flow {
    /// Which flow, and how it opens.
    pub parameters: FlowParameters,
}

/// Which flow opens, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowParameters {
    /// Version of the message's form; Meta knows `3` alone.
    #[serde(default = "current_version")]
    pub flow_message_version: String,
    /// The flow by id; exactly one of id and name is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_id: Option<String>,
    /// The flow by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_name: Option<String>,
    /// What stands on the button, see [`limits::FLOW_CTA`]; no emoji.
    pub flow_cta: String,
    /// Whether the published flow opens or its draft; published unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<FlowMode>,
    /// What comes back with the answers; `unused` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_token: Option<String>,
    /// What happens on opening; navigate unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action: Option<FlowAction>,
    /// The first screen and its data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action_payload: Option<FlowActionPayload>,
}

fn current_version() -> String {
    FlowParameters::VERSION.to_owned()
}

/// Which state of a flow opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowMode {
    /// The one that is being written; only for tests.
    Draft,
    /// The one for customers.
    Published,
}

/// What happens when a flow opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowAction {
    /// The screen of the payload is shown.
    Navigate,
    /// The business's endpoint is asked for the first screen.
    DataExchange,
}

/// The first screen of a flow and its data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowActionPayload {
    /// Id of the screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<String>,
    /// What the screen shows; not empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Object>,
}

impl FlowParameters {
    /// The one version of the message's form.
    pub const VERSION: &str = "3";
}

impl Flow {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        let at = format!("{at}.parameters");
        let flow = &self.parameters;
        check::form(
            format_args!("{at}.flow_message_version"),
            flow.flow_message_version == FlowParameters::VERSION,
            "\"3\"",
        )?;
        match (&flow.flow_id, &flow.flow_name) {
            (Some(id), None) => check::present(format_args!("{at}.flow_id"), id)?,
            (None, Some(name)) => check::present(format_args!("{at}.flow_name"), name)?,
            (None, None) => return Err(Invalid::new(format!("{at}.flow_id"), Problem::Missing)),
            (Some(_), Some(_)) => {
                return Err(Invalid::new(format!("{at}.flow_name"), Problem::NotAllowed));
            }
        }
        let cta = format!("{at}.flow_cta");
        check::length(&cta, &flow.flow_cta, limits::FLOW_CTA)?;
        check::form(cta, !flow.flow_cta.chars().any(is_emoji), "without emoji")?;
        let data = flow.flow_action_payload.as_ref();
        if let Some(data) = data.and_then(|payload| payload.data.as_ref()) {
            let field = format!("{at}.flow_action_payload.data");
            check::count(field, data.len(), limits::PRESENT)?;
        }
        Ok(())
    }
}

/// Whether a character is drawn as an emoji: Unicode's pictographic blocks, and the selector and
/// the enclosing mark that turn digits into emoji.
fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1F000}'..='\u{1FAFF}'
        | '\u{2600}'..='\u{27BF}'
        | '\u{2B05}'..='\u{2B55}'
        | '\u{FE0F}' | '\u{20E3}')
}
