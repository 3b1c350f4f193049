use std::fmt;

use super::limits;
use crate::message::{Invalid, Problem};

/// Why what was given does not fill a template: which field, and what the template expects there.
///
/// Displayed, it reads like `parameters must have 2 values (name, order in the body), not 1`, which is fit for an API's
/// answer: it repeats no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {wrong}")]
pub struct Misfit {
    /// Path of the field in what was given, for example `parameters[1]`, `cards[0].header.image.link`, `components[2].index`.
    pub field: String,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with a field that fills a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It breaks a rule that holds for every message.
    #[error(transparent)]
    Rule(#[from] Problem),
    /// There are more or fewer values than the template has variables.
    #[error("must have {expected}, not {given}")]
    Count {
        /// The variables that are to be filled.
        expected: Expected,
        /// How many values there are.
        given: usize,
    },
    /// Variables are without a value.
    #[error("lacks {missing}: it must have {expected}")]
    Lacks {
        /// Those without a value.
        missing: Names,
        /// All that are to be filled.
        expected: Expected,
    },
    /// The template has no variable of this name.
    #[error("is no variable of the template: there must be {0}")]
    Unknown(Expected),
    /// The template has something else here.
    #[error("does not fit: the template has {0}")]
    Other(String),
    /// The template needs something here that was not given.
    #[error("is required: the template has {0}")]
    Required(String),
    /// The value holds a line break, a tab, or too many spaces in a row.
    #[error(
        "must be without line breaks, tabs and more than {} spaces in a row",
        limits::SPACES_IN_A_ROW
    )]
    Blanks,
    /// The filled text is longer than WhatsApp takes.
    #[error("makes {part} {actual} characters long; it may have {max}")]
    TooLong {
        /// Which text, for example `the body`.
        part: String,
        /// Most characters.
        max: usize,
        /// Characters that it would have.
        actual: usize,
    },
}

impl Misfit {
    pub(super) fn new(field: impl fmt::Display, wrong: impl Into<Wrong>) -> Self {
        Self {
            field: field.to_string(),
            wrong: wrong.into(),
        }
    }
}

impl From<Invalid> for Misfit {
    fn from(invalid: Invalid) -> Self {
        Self::new(invalid.field, invalid.problem)
    }
}

/// The variables that a list of values is to fill, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected(pub Vec<Variable>);

/// A variable that is to be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name; a numbered one has its place in the list.
    pub name: String,
    /// Where it stands, for example `body`.
    pub part: String,
}

/// `no values`, or `2 values (name in the header, order in the body)`.
impl fmt::Display for Expected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            0 => return out.write_str("no values"),
            1 => out.write_str("1 value (")?,
            count => write!(out, "{count} values (")?,
        }
        for (i, Variable { name, part }) in self.0.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(out, "{comma}{name} in the {part}")?;
        }
        out.write_str(")")
    }
}

/// Names of variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl fmt::Display for Names {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.join(", "))
    }
}
