use std::fmt;

/// Why a message can not be sent as it is: which field, and which rule of Meta's it breaks.
///
/// Displayed, it reads like `interactive.footer.text must have 1 to 60 characters, not 75`, which
/// is fit for an API's answer: it repeats no content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct Invalid {
    /// Path of the field in the stored message, for example `interactive.action.buttons[2].reply.id`.
    pub field: String,
    /// The rule that the field breaks.
    pub problem: Problem,
}

impl Invalid {
    pub(crate) fn new(field: impl fmt::Display, problem: Problem) -> Self {
        let field = field.to_string();
        Self { field, problem }
    }
}

/// The rule that a field breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The text is too short or too long, in Unicode scalar values.
    #[error("{}", WithinLimits { min: *min, max: *max, actual: *actual, units: "characters" })]
    Length {
        /// Fewest characters.
        min: usize,
        /// Most characters; `usize::MAX` where there is no limit.
        max: usize,
        /// Characters that it has.
        actual: usize,
    },
    /// The list holds too few or too many entries.
    #[error("{}", WithinLimits { min: *min, max: *max, actual: *actual, units: "entries" })]
    Count {
        /// Fewest entries.
        min: usize,
        /// Most entries; `usize::MAX` where there is no limit.
        max: usize,
        /// Entries that it has.
        actual: usize,
    },
    /// The number is too small or too large.
    #[error("must be between {min} and {max}")]
    Range {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
    },
    /// The field must be given with this kind of message.
    #[error("is required")]
    Missing,
    /// The field must not be given with this kind of message.
    #[error("is not allowed here")]
    NotAllowed,
    /// The value must differ from that of the field's neighbours.
    #[error("must be unique")]
    Duplicate,
    /// The value is not of the form that the field asks for.
    #[error("must be {0}")]
    Form(&'static str),
}

/// "must have 1 to 20 characters, not 25", or "must not be empty".
struct WithinLimits {
    min: usize,
    max: usize,
    actual: usize,
    units: &'static str,
}

impl fmt::Display for WithinLimits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (min, max, actual, units) = (self.min, self.max, self.actual, self.units);
        if max == usize::MAX {
            write!(out, "must not be empty")
        } else if (min, max) == (1, 1) {
            write!(out, "must be one, not {actual}")
        } else if min == max {
            write!(out, "must have {min} {units}, not {actual}")
        } else {
            write!(out, "must have {min} to {max} {units}, not {actual}")
        }
    }
}
