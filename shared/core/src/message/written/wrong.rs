use std::fmt;

/// What is wrong with a message as it was written, and where.
///
/// Displayed, it reads like `buttons[1].title: must have 1 to 20 characters, not 25`, which is fit for an API's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The field that the caller wrote; empty where it is all of it.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
    /// A stable name of the kind of mistake: `invalid_request` for a wrong shape, `invalid_message` for what breaks a rule of
    /// WhatsApp's, `invalid_template_parameters` for what fills no template.
    pub code: &'static str,
}

impl Wrong {
    /// What has not the shape that it must have.
    pub fn shape(field: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Self::new("invalid_request", field, problem)
    }

    /// What breaks a rule of WhatsApp's.
    pub fn message(field: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Self::new("invalid_message", field, problem)
    }

    /// The same with another stable name.
    #[must_use]
    pub(super) fn code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// The same, where what was read lies at `place` of something larger.
    #[must_use]
    pub fn under(self, place: impl fmt::Display) -> Self {
        let field = match self.field.as_str() {
            "" => place.to_string(),
            field if field.starts_with('[') => format!("{place}{field}"),
            field => format!("{place}.{field}"),
        };
        Self { field, ..self }
    }

    fn new(code: &'static str, field: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Self {
            field: field.to_string(),
            problem: problem.to_string(),
            code,
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => out.write_str(&self.problem),
            field => write!(out, "{field}: {}", self.problem),
        }
    }
}

impl std::error::Error for Wrong {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_told_with_its_whole_place() {
        let told = |field: &str| {
            let wrong = Wrong::message(field, "is bad").under("responses[1]");
            wrong.to_string()
        };
        assert_eq!(told(""), "responses[1]: is bad");
        assert_eq!(told("text"), "responses[1].text: is bad");
        assert_eq!(told("[2].x"), "responses[1][2].x: is bad");
        assert_eq!(Wrong::shape("", "is bad").to_string(), "is bad");
    }
}
