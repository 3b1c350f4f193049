//! Something to tap, as callers write it.

mod full;
mod header;
mod list;
mod reply;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use self::full::FullInteractive;
use self::header::ShortHeader;
use self::list::ShortList;
use self::reply::ShortReply;
use super::{Fields, Wrong};
use crate::message::interactive::{
    Action, Body, CtaUrl, CtaUrlParameters, Footer, Interactive, ReplyButtons,
};
use crate::message::{Content, Outgoing};

/// A message with something to tap: exactly one of `buttons`, `list`, `cta` and `interactive`.
#[derive(Debug, Deserialize)]
pub struct WrittenInteractive {
    /// The text; with `interactive` it stands there.
    body: Option<String>,
    /// What stands above the body: a line of text, or a file.
    header: Option<ShortHeader>,
    /// Small print below the body.
    footer: Option<String>,
    /// Buttons that answer.
    buttons: Option<Vec<ShortReply>>,
    /// A menu.
    list: Option<ShortList>,
    /// A button that opens a web page.
    cta: Option<Cta>,
    /// Any message with something to tap, as WhatsApp's Cloud API writes it.
    interactive: Option<FullInteractive>,
}

#[derive(Debug, Deserialize)]
struct Cta {
    text: String,
    url: String,
}

impl WrittenInteractive {
    /// The message, within WhatsApp's limits.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn into_message(self) -> Result<Outgoing, Wrong> {
        let interactive = Box::new(self.into_interactive()?);
        Ok(Content::Interactive { interactive }.into())
    }

    /// What [`into_message`](Self::into_message) makes a message of.
    ///
    /// # Errors
    /// As there.
    pub fn into_interactive(self) -> Result<Interactive, Wrong> {
        let Self {
            body,
            header,
            footer,
            buttons,
            list,
            cta,
            interactive,
        } = self;
        let mut fields = Fields::default()
            .with("interactive.header.text", "header")
            .with("interactive.header", "header")
            .with("interactive.body.text", "body")
            .with("interactive.footer.text", "footer");
        let action = match (buttons, list, cta, interactive) {
            (Some(buttons), None, None, None) => {
                let at = "interactive.action.buttons";
                fields = fields.with(at, "buttons");
                let mut replies = Vec::with_capacity(buttons.len());
                for (i, button) in buttons.into_iter().enumerate() {
                    let at = format!("{at}[{i}].reply");
                    fields = button.fields(fields, &at, &format!("buttons[{i}]"));
                    replies.push(button.into());
                }
                let action = ReplyButtons { buttons: replies };
                Action::Button { action }
            }
            (None, Some(list), None, None) => {
                fields = list.fields(fields, "interactive.action", "list");
                let action = list.into_list()?;
                Action::List { action }
            }
            (None, None, Some(cta), None) => {
                fields = fields
                    .with("interactive.action.parameters.display_text", "cta.text")
                    .with("interactive.action.parameters.url", "cta.url");
                let parameters = CtaUrlParameters {
                    display_text: cta.text,
                    url: cta.url,
                };
                let action = CtaUrl { parameters };
                Action::CtaUrl { action }
            }
            (None, None, None, Some(interactive)) => {
                let beside = [
                    ("body", body.is_some()),
                    ("header", header.is_some()),
                    ("footer", footer.is_some()),
                ];
                if let Some((field, _)) = beside.into_iter().find(|(_, is_given)| *is_given) {
                    let problem = "stands within `interactive`, not beside it";
                    return Err(Wrong::message(field, problem));
                }
                // The caller's fields are WhatsApp's.
                return checked(interactive.0, &Fields::default());
            }
            _ => {
                let problem = "exactly one of them must be given";
                return Err(Wrong::message("buttons, list, cta, interactive", problem));
            }
        };
        let interactive = Interactive {
            header: header.map(|header| header.0),
            body: body.map(|text| Body { text }),
            footer: footer
                .filter(|text| !text.is_empty())
                .map(|text| Footer { text }),
            action,
        };
        checked(interactive, &fields)
    }
}

fn checked(interactive: Interactive, fields: &Fields) -> Result<Interactive, Wrong> {
    match interactive.validate("interactive") {
        Ok(()) => Ok(interactive),
        Err(invalid) => Err(fields.wrong(&invalid)),
    }
}
