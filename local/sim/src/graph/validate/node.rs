//! A JSON object under examination, which knows where in the request it stands.

use std::{fmt, ops::RangeInclusive};

use serde_json::{Map, Value};

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Meta's code.
    pub(crate) code: u32,
    /// What is wrong, for the caller.
    pub(crate) details: String,
}

/// The place of a value, written as Meta writes it: `interactive['action']['buttons'][0]`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At<'p> {
    Root,
    Member(&'p At<'p>, &'p str),
    Item(&'p At<'p>, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("the request"),
            Self::Member(Self::Root, name) => f.write_str(name),
            Self::Member(parent, name) => write!(f, "{parent}['{name}']"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// An object and its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'v, 'p> {
    members: &'v Map<String, Value>,
    at: At<'p>,
}

impl<'v, 'p> Node<'v, 'p> {
    /// The whole request.
    pub(crate) fn root(members: &'v Map<String, Value>) -> Self {
        Self {
            members,
            at: At::Root,
        }
    }

    /// The problem that a required member is missing.
    pub(crate) fn missing(&self, name: &str) -> Problem {
        Problem {
            code: 131_008,
            details: format!("Parameter {} is required.", At::Member(&self.at, name)),
        }
    }

    /// The problem that a member's value is not allowed.
    pub(crate) fn bad(&self, name: &str, why: impl fmt::Display) -> Problem {
        Problem {
            code: 131_009,
            details: format!("Parameter {} {why}.", At::Member(&self.at, name)),
        }
    }

    fn not_a(&self, name: &str, what: &str) -> Problem {
        Problem {
            code: 100,
            details: format!("Param {} must be {what}.", At::Member(&self.at, name)),
        }
    }

    /// Refuses members that are not among `known`.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        let unknown = self
            .members
            .keys()
            .find(|name| !known.contains(&name.as_str()));
        unknown.map_or(Ok(()), |name| {
            let name: String = name.chars().take(100).collect();
            Err(Problem {
                code: 100,
                details: format!("Unexpected key \"{name}\" on param \"{}\".", self.at),
            })
        })
    }

    /// A member; `null` counts as missing.
    pub(crate) fn get(&self, name: &str) -> Option<&'v Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// A text of 1 to `max` characters that may be missing.
    pub(crate) fn opt_text(&self, name: &str, max: usize) -> Result<Option<&'v str>, Problem> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let text = value.as_str().ok_or_else(|| self.not_a(name, "a string"))?;
        if text.trim().is_empty() {
            return Err(self.bad(name, "must not be empty"));
        }
        // A text has no more characters than bytes, which are cheaper to count.
        if text.len() > max && text.chars().count() > max {
            return Err(self.bad(name, format_args!("must be at most {max} characters long")));
        }
        Ok(Some(text))
    }

    /// A text of 1 to `max` characters.
    pub(crate) fn text(&self, name: &str, max: usize) -> Result<&'v str, Problem> {
        self.opt_text(name, max)?.ok_or_else(|| self.missing(name))
    }

    /// A text out of a fixed set that may be missing.
    pub(crate) fn opt_choice(
        &self,
        name: &str,
        allowed: &[&str],
    ) -> Result<Option<&'v str>, Problem> {
        let text = self.opt_text(name, usize::MAX)?;
        if text.is_some_and(|text| !allowed.contains(&text)) {
            let allowed = allowed.join(", ");
            return Err(self.bad(name, format_args!("must be one of: {allowed}")));
        }
        Ok(text)
    }

    /// A text out of a fixed set.
    pub(crate) fn choice(&self, name: &str, allowed: &[&str]) -> Result<&'v str, Problem> {
        self.opt_choice(name, allowed)?
            .ok_or_else(|| self.missing(name))
    }

    /// A truth value that may be missing.
    pub(crate) fn opt_bool(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.get(name)
            .map(|value| value.as_bool().ok_or_else(|| self.not_a(name, "a boolean")))
            .transpose()
    }

    /// A whole number within limits, as a number or in a string, that may be missing.
    pub(crate) fn opt_integer(
        &self,
        name: &str,
        limits: RangeInclusive<i64>,
    ) -> Result<Option<i64>, Problem> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = match value {
            Value::String(text) => text.parse().ok(),
            _ => value.as_i64(),
        };
        let number = number.ok_or_else(|| self.not_a(name, "an integer"))?;
        if !limits.contains(&number) {
            let (low, high) = limits.into_inner();
            return Err(self.bad(name, format_args!("must be from {low} to {high}")));
        }
        Ok(Some(number))
    }

    /// A whole number within limits.
    pub(crate) fn integer(&self, name: &str, limits: RangeInclusive<i64>) -> Result<i64, Problem> {
        self.opt_integer(name, limits)?
            .ok_or_else(|| self.missing(name))
    }

    /// A number within limits, as a number or in a string.
    pub(crate) fn number(&self, name: &str, limits: RangeInclusive<f64>) -> Result<f64, Problem> {
        let value = self.get(name).ok_or_else(|| self.missing(name))?;
        let number = match value {
            Value::String(text) => text.trim().parse().ok(),
            _ => value.as_f64(),
        };
        let number = number.ok_or_else(|| self.not_a(name, "a number"))?;
        if !limits.contains(&number) {
            let (low, high) = limits.into_inner();
            return Err(self.bad(name, format_args!("must be from {low} to {high}")));
        }
        Ok(number)
    }

    /// An object that may be missing, examined by `check`.
    pub(crate) fn opt_object<T>(
        &self,
        name: &str,
        check: impl FnOnce(Node<'v, '_>) -> Result<T, Problem>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let members = value
            .as_object()
            .ok_or_else(|| self.not_a(name, "an object"))?;
        let at = At::Member(&self.at, name);
        check(Node { members, at }).map(Some)
    }

    /// An object, examined by `check`.
    pub(crate) fn object<T>(
        &self,
        name: &str,
        check: impl FnOnce(Node<'v, '_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.opt_object(name, check)?
            .ok_or_else(|| self.missing(name))
    }

    /// A list of objects that may be missing; answers how many there are.
    pub(crate) fn opt_list(
        &self,
        name: &str,
        count: RangeInclusive<usize>,
        mut check: impl FnMut(Node<'v, '_>) -> Result<(), Problem>,
    ) -> Result<Option<usize>, Problem> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let items = value
            .as_array()
            .ok_or_else(|| self.not_a(name, "an array"))?;
        if !count.contains(&items.len()) {
            let (low, high) = count.into_inner();
            return Err(self.bad(name, format_args!("must have from {low} to {high} items")));
        }
        let list = At::Member(&self.at, name);
        for (index, item) in items.iter().enumerate() {
            let at = At::Item(&list, index);
            let members = item.as_object().ok_or_else(|| Problem {
                code: 100,
                details: format!("Param {at} must be an object."),
            })?;
            check(Node { members, at })?;
        }
        Ok(Some(items.len()))
    }

    /// A list of objects; answers how many there are.
    pub(crate) fn list(
        &self,
        name: &str,
        count: RangeInclusive<usize>,
        check: impl FnMut(Node<'v, '_>) -> Result<(), Problem>,
    ) -> Result<usize, Problem> {
        self.opt_list(name, count, check)?
            .ok_or_else(|| self.missing(name))
    }

    /// An http or https URL that may be missing.
    pub(crate) fn opt_url(&self, name: &str) -> Result<Option<&'v str>, Problem> {
        let Some(text) = self.opt_text(name, 2_048)? else {
            return Ok(None);
        };
        let url = url::Url::parse(text).ok();
        if url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            return Ok(Some(text));
        }
        Err(self.bad(name, "must be a URL that starts with http:// or https://"))
    }

    /// An http or https URL.
    pub(crate) fn url(&self, name: &str) -> Result<&'v str, Problem> {
        self.opt_url(name)?.ok_or_else(|| self.missing(name))
    }
}
