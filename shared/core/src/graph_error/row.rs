use std::ops::RangeInclusive;

use super::{Class, Retry};

/// A row of the table: the codes that share one meaning.
#[derive(Debug)]
pub(super) struct Row {
    codes: Codes,
    /// Where the meaning hangs on the subcode too.
    subcode: Option<i64>,
    pub(super) class: Class,
}

#[derive(Debug)]
enum Codes {
    One(i64),
    Ranges(&'static [RangeInclusive<i64>]),
}

/// Rows are written as a code, a meaning and words for people; most mean that the message is
/// refused for good and nothing else, and each says where it differs.
impl Row {
    pub(super) const fn of(code: i64, meaning: &'static str, plain: &'static str) -> Self {
        Self::new(Codes::One(code), meaning, plain)
    }

    pub(super) const fn over(
        codes: &'static [RangeInclusive<i64>],
        meaning: &'static str,
        plain: &'static str,
    ) -> Self {
        Self::new(Codes::Ranges(codes), meaning, plain)
    }

    pub(super) const fn with_subcode(
        code: i64,
        subcode: i64,
        meaning: &'static str,
        plain: &'static str,
    ) -> Self {
        let mut row = Self::of(code, meaning, plain);
        row.subcode = Some(subcode);
        row
    }

    const fn new(codes: Codes, meaning: &'static str, plain: &'static str) -> Self {
        Self {
            codes,
            subcode: None,
            class: Class::refusal(meaning, plain),
        }
    }

    pub(super) const fn retry(mut self, retry: Retry) -> Self {
        self.class.retry = retry;
        self
    }

    pub(super) const fn needs_operator(mut self) -> Self {
        self.class.needs_operator = true;
        self
    }

    /// A number that is switched off waits for an operator.
    pub(super) const fn disconnects_channel(mut self) -> Self {
        self.class.disconnects_channel = true;
        self.needs_operator()
    }

    pub(super) const fn slows_channel(mut self) -> Self {
        self.class.slows_channel = true;
        self
    }

    pub(super) const fn slows_peer(mut self) -> Self {
        self.class.slows_peer = true;
        self
    }

    pub(super) const fn opted_out(mut self) -> Self {
        self.class.opted_out = true;
        self
    }

    pub(super) fn covers(&self, code: i64, subcode: Option<i64>) -> bool {
        let code_fits = match self.codes {
            Codes::One(own) => own == code,
            Codes::Ranges(ranges) => ranges.iter().any(|range| range.contains(&code)),
        };
        code_fits && (self.subcode.is_none() || self.subcode == subcode)
    }

    /// The least code, with the subcode that it wants.
    #[cfg(test)]
    pub(super) fn example(&self) -> (i64, Option<i64>) {
        let code = match self.codes {
            Codes::One(code) => code,
            Codes::Ranges(ranges) => *ranges[0].start(),
        };
        (code, self.subcode)
    }
}
