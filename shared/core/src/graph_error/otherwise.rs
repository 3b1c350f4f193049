//! What a code means that is not in the table: Meta adds codes, and the status tells the little
//! that is known. Nothing unknown disconnects a number.

use super::{
    Class,
    Retry::{BackOff, Soon},
};

static REFUSED: Class = Class::refusal(
    "refused",
    "WhatsApp did not accept this message. The details tell why.",
);

static THROTTLED: Class = Class {
    retry: BackOff {
        first_seconds: 5,
        factor: 2,
    },
    slows_channel: true,
    ..Class::refusal(
        "too many requests",
        "WhatsApp was asked too much. Sending goes on more slowly by itself.",
    )
};

static DENIED: Class = Class {
    needs_operator: true,
    ..Class::refusal(
        "not allowed",
        "WhatsApp does not allow this number to do that. Check its connection and its permissions at Meta.",
    )
};

static FAULTY: Class = Class {
    retry: Soon { times: 3 },
    ..Class::refusal(
        "fault at Meta",
        "WhatsApp had a problem of its own. It is tried again by itself.",
    )
};

pub(super) fn by_status(http_status: u16) -> &'static Class {
    match http_status {
        429 => &THROTTLED,
        401 | 403 => &DENIED,
        500..=599 => &FAULTY,
        _ => &REFUSED,
    }
}
