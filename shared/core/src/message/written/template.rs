use serde::Deserialize;
use serde_json::Value;

use super::{Fields, Wrong, part};
use crate::message::template::Template;
use crate::message::{Content, Outgoing};
use crate::template::Given;

/// A template that is to be sent, and what fills it.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedTemplate {
    /// Its name.
    pub name: String,
    /// Its language; the only one that is approved where none is named.
    pub language: Option<String>,
    /// What fills it, which the approved template judges.
    pub given: Given,
}

#[derive(Deserialize)]
struct WrittenTemplate {
    template: String,
    language: Option<String>,
}

impl AskedTemplate {
    /// Reads `template`, `language`, and what fills it: `parameters`, `header`, `buttons`, `cards`, `expiresAt`, or
    /// `components` in Meta's own form.
    ///
    /// # Errors
    /// The first field that is not what it must be: with the code `invalid_template_parameters` in what fills it.
    pub fn read(body: &Value) -> Result<Self, Wrong> {
        let WrittenTemplate { template, language } = part(body)?;
        let given = part(body).map_err(|wrong| wrong.code("invalid_template_parameters"))?;
        check(&template, language.as_deref())?;
        Ok(Self {
            name: template,
            language,
            given,
        })
    }
}

/// Whether the name and the language can be those of a template.
fn check(name: &str, language: Option<&str>) -> Result<(), Wrong> {
    let template = Template::new(name, language.unwrap_or("en"));
    let fields = Fields::default()
        .with("template.name", "template")
        .with("template.language.code", "language");
    fields.check(Outgoing::from(Content::Template { template }))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_part_says_what_is_wrong_with_it() {
        for (body, code, error) in [
            (json!({}), "invalid_request", "missing field `template`"),
            (
                json!({"template": "a", "language": 5}),
                "invalid_request",
                "language: invalid type: integer `5`, expected a string",
            ),
            (
                json!({"template": "a", "parameters": "x"}),
                "invalid_template_parameters",
                "parameters: invalid type: string \"x\", expected a list of values, or an object of values by name",
            ),
        ] {
            let wrong = AskedTemplate::read(&body).unwrap_err();
            assert_eq!((wrong.code, wrong.to_string().as_str()), (code, error));
        }
        let wrong = AskedTemplate::read(&json!({"template": "Bad Name"})).unwrap_err();
        assert_eq!(
            (wrong.code, wrong.field.as_str()),
            ("invalid_message", "template")
        );
        let body = json!({"template": "hello_world", "language": "en", "parameters": ["Ali"]});
        let read = AskedTemplate::read(&body).unwrap();
        assert_eq!(read.given.parameters.0.len(), 1);
    }
}
