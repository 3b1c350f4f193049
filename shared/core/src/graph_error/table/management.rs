//! Registering numbers, calling, groups, flows and writing templates: never the answer to a message.

use super::super::{
    Retry::{AfterSeconds, BackOff},
    row::Row,
};

pub(super) static ROWS: &[Row] = &[
    Row::of(
        133_000,
        "deregistration incomplete",
        "The number was not deregistered completely before. Deregister it again, then register it.",
    )
    .needs_operator(),
    Row::of(
        133_004,
        "registration unavailable",
        "Registering is out of service for the moment. Try again in some minutes.",
    )
    .retry(BackOff {
        first_seconds: 60,
        factor: 2,
    }),
    Row::of(
        133_005,
        "pin wrong",
        "The PIN of this number is wrong. Use the right one, or set a new one in WhatsApp Manager.",
    )
    .needs_operator(),
    Row::of(
        133_006,
        "number unverified",
        "The number must be verified before it is registered. Ask for a code and enter it.",
    )
    .needs_operator(),
    Row::of(
        133_008,
        "too many pin guesses",
        "The PIN was wrong too often. Wait as long as the details say before the next try.",
    )
    .needs_operator(),
    Row::of(
        133_009,
        "pin entered too fast",
        "The PIN was entered again too soon. Wait as long as the details say before the next try.",
    )
    .needs_operator(),
    Row::of(
        133_015,
        "number recently deleted",
        "The number was deleted a moment ago. Wait five minutes before it is registered again.",
    )
    .retry(AfterSeconds(300)),
    Row::of(
        133_016,
        "too many registrations",
        "The number was registered too often. Wait three days before the next try.",
    )
    .retry(AfterSeconds(259200))
    .needs_operator(),
    Row::of(
        136_024,
        "verification refused",
        "The number is verified already, or too many codes were asked for.",
    ),
    Row::over(
        &[138_000..=138_999],
        "call refused",
        "WhatsApp did not accept the call. The details tell why.",
    ),
    Row::over(
        &[139_000..=139_004],
        "flow refused",
        "WhatsApp did not accept the flow. The details tell why.",
    ),
    Row::over(
        &[139_100..=139_103],
        "block list refused",
        "The block list could not be changed. The details tell why.",
    ),
    Row::over(
        &[147_001..=147_005],
        "username refused",
        "WhatsApp did not accept the username. The details tell why.",
    ),
    Row::of(
        2_388_040,
        "template field too long",
        "A part of the template is too long. Shorten it.",
    ),
    Row::of(
        2_388_047,
        "template header malformed",
        "The template's header or body is not of the right form. Check its line breaks, formatting and variables.",
    ),
    Row::of(
        2_388_073,
        "template footer malformed",
        "The template's footer is not of the right form. Take out variables and formatting.",
    ),
    Row::of(
        2_388_293,
        "too many template variables",
        "The template has too many variables for its length. Use fewer, or write more text.",
    ),
    Row::of(
        2_388_299,
        "template variable at the edge",
        "The template's text may not begin or end with a variable. Add words around it.",
    ),
    Row::of(
        2_388_019,
        "too many templates",
        "The account has as many templates as it may have. Delete some that are no longer used.",
    ),
    Row::of(
        2_388_023,
        "template being deleted",
        "A template of this name is being deleted. Take another name, or wait four weeks.",
    ),
];
