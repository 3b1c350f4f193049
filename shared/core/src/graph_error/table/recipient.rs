//! Why one person can not be written to.

use super::super::{Retry::AfterSeconds, row::Row};

pub(super) static ROWS: &[Row] = &[
    Row::of(130_403, "blocked by recipient", "This person has blocked the business. They can not be written to."),
    Row::of(130_472, "recipient in an experiment", "WhatsApp withholds marketing from this person as part of an experiment of its own. Reach them another way, or once they write first."),
    Row::of(130_497, "country not allowed", "WhatsApp does not let this business write to people in that country."),
    Row::of(131_021, "recipient is sender", "A number can not write to itself. Choose another recipient."),
    Row::of(131_026, "undeliverable", "The message could not be delivered: the number may not be on WhatsApp, or the app may be too old. Check the number or reach the person another way."),
    Row::of(131_047, "window closed", "More than 24 hours have passed since this person last wrote. Send a template message instead."),
    Row::of(131_049, "withheld for too much marketing", "WhatsApp held this marketing message back because the person got too much of it lately. Try again after a day at the earliest, and less often.").retry(AfterSeconds(86400)),
    Row::of(131_050, "recipient opted out", "This person does not want marketing messages from the business any more. They get none from now on.").opted_out(),
    Row::of(131_062, "user id not enough", "This kind of message needs the person's phone number. Ask them for it first."),
    Row::of(137_000, "recipient identity changed", "The person's WhatsApp identity has changed since it was last checked. Make sure that it is still them, then send again."),
];
