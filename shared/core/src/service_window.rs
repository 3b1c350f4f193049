//! WhatsApp's customer service window.

use std::time::Duration;

use crate::time::Moment;

/// How long after a customer's last message anything but a template may be sent.
pub const LENGTH: Duration = Duration::from_secs(24 * 3600);

/// Whether a free-form message is sure to be refused: the customer wrote once, and longer ago than the window. Where
/// nobody ever wrote to us, WhatsApp decides: it may know of a call or an advertisement that we do not.
pub fn is_closed(last_inbound: Option<Moment>, now: Moment) -> bool {
    last_inbound.is_some_and(|at| at.until(now) > LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_closes_a_day_after_the_last_message() {
        let wrote = Moment::from_seconds(1_000_000);
        assert!(!is_closed(Some(wrote), wrote.plus(LENGTH)));
        assert!(is_closed(
            Some(wrote),
            wrote.plus(LENGTH + Duration::from_millis(1))
        ));
        assert!(!is_closed(None, wrote));
    }
}
