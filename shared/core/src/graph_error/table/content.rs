//! What is wrong with the message itself.

use super::super::{
    Retry::{AfterSeconds, Soon},
    row::Row,
};

pub(super) static ROWS: &[Row] = &[
    Row::with_subcode(100, 33, "object unknown", "Something that this message names does not exist at WhatsApp or may not be used: the number, or a file that has expired. Send the file anew, or check the number's connection.").needs_operator(),
    Row::of(100, "parameter invalid", "WhatsApp did not accept a part of this message. The details tell which."),
    Row::of(803, "object missing", "Something that was asked for does not exist at WhatsApp."),
    Row::of(131_008, "parameter missing", "A part of this message is missing. The details tell which."),
    Row::of(131_009, "parameter value invalid", "WhatsApp did not accept a value in this message. The details tell which."),
    Row::of(131_051, "message kind unsupported", "WhatsApp does not take this kind of message."),
    Row::of(131_052, "file not fetched", "WhatsApp could not fetch the file. Check that its link is public and works, or send the file anew."),
    Row::of(131_053, "file not accepted", "WhatsApp could not use the file. Check that its type and size are allowed.").retry(Soon { times: 1 }),
    Row::of(131_060, "content unavailable", "WhatsApp no longer has the content of this message."),
    Row::over(&[131_020..=131_020, 131_041..=131_041, 131_059..=131_059, 131_200..=131_299], "group refused", "WhatsApp did not accept this for the group. The details tell why."),
    Row::of(132_000, "template values miscounted", "The template needs another number of values, or there is none that is approved. Give one value for each of its variables, and check in WhatsApp Manager that it is approved in this language."),
    Row::of(132_001, "template missing", "There is no approved template of this name in this language. Check both in WhatsApp Manager."),
    Row::of(132_005, "template text too long", "The template becomes too long with these values. Shorten them."),
    Row::of(132_007, "template against policy", "The template breaks WhatsApp's policies. Change its text and have it approved again."),
    Row::over(&[132_008..=132_008, 132_012..=132_012], "template value malformed", "A value has not the form that the template's variable asks for. The details tell which."),
    Row::of(132_015, "template paused", "WhatsApp has paused this template because people did not like it. Wait until the pause is over, or improve the template."),
    Row::of(132_016, "template disabled", "WhatsApp has switched this template off for good. Make a new one."),
    Row::of(132_068, "flow blocked", "WhatsApp has blocked this flow. Repair it in WhatsApp Manager.").needs_operator(),
    Row::of(132_069, "flow throttled", "This flow may only be sent a few times an hour for now. Try again after an hour, and repair the flow in WhatsApp Manager.").retry(AfterSeconds(3600)),
    Row::of(135_000, "unspecified refusal", "WhatsApp did not accept this message and gave no reason. Check its values."),
];
