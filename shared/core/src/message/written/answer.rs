use serde_json::Value;

use super::{AskedMedia, AskedTemplate, WrittenInteractive, Wrong, part};
use crate::message::interactive::Interactive;
use crate::message::{Invalid, check, limits};

/// What an automation answers a customer with, as somebody wrote it.
#[derive(Clone, Debug, PartialEq)]
pub enum AskedAnswer {
    /// A text.
    Text(String),
    /// A file.
    Media(AskedMedia),
    /// A template.
    Template(AskedTemplate),
    /// Something to tap.
    Interactive(Box<Interactive>),
}

/// The kinds of an answer that is more than a plain text.
const KINDS: [&str; 4] = ["text", "media", "template", "interactive"];

impl AskedAnswer {
    /// Reads `"A text"`, or an object with exactly one of `text`, `media`, `template` and `interactive`, which hold what the
    /// endpoint that sends such a message takes, without whom it is for.
    ///
    /// # Errors
    /// The first field that is not what it must be.
    pub fn read(written: &Value) -> Result<Self, Wrong> {
        let object = match written {
            Value::String(text) => return checked(text.clone()).map(Self::Text),
            Value::Object(object) => object,
            _ => {
                let problem = "must be a text, or an object with `text`, `media`, `template` or `interactive`";
                return Err(Wrong::shape("", problem));
            }
        };
        let mut given = KINDS.into_iter().filter_map(|kind| {
            let body = object.get(kind).filter(|body| !body.is_null())?;
            Some((kind, body))
        });
        let (Some((kind, body)), None) = (given.next(), given.next()) else {
            let problem = "must have exactly one of `text`, `media`, `template` and `interactive`";
            return Err(Wrong::shape("", problem));
        };
        let read = match kind {
            "text" => part(body).and_then(checked).map(Self::Text),
            "media" => AskedMedia::read(body).map(Self::Media),
            "template" => AskedTemplate::read(body).map(Self::Template),
            _ => part::<WrittenInteractive>(body)
                .and_then(WrittenInteractive::into_interactive)
                .map(|interactive| Self::Interactive(Box::new(interactive))),
        };
        read.map_err(|wrong| wrong.under(kind))
    }
}

fn checked(text: String) -> Result<String, Wrong> {
    match check::length("", &text, limits::TEXT_BODY) {
        Ok(()) => Ok(text),
        Err(Invalid { field, problem }) => Err(Wrong::message(field, problem)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::media::MediaKind;

    #[test]
    fn an_answer_is_a_text_or_one_of_the_rich_kinds() {
        let hi = AskedAnswer::Text("Hi".to_owned());
        assert_eq!(AskedAnswer::read(&json!("Hi")), Ok(hi.clone()));
        let beside_nothing = json!({"text": "Hi", "media": null, "to": "92300"});
        assert_eq!(AskedAnswer::read(&beside_nothing), Ok(hi));
        let media = json!({"media": {"type": "image", "url": "https://a.b/c.png"}});
        let AskedAnswer::Media(media) = AskedAnswer::read(&media).unwrap() else {
            panic!("no media");
        };
        assert_eq!(media.kind, MediaKind::Image);
        let template = json!({"template": {"template": "hello_world"}});
        let read = AskedAnswer::read(&template).unwrap();
        assert!(matches!(read, AskedAnswer::Template(t) if t.name == "hello_world"));
        let tap = json!({"interactive": {"body": "Sure?", "buttons": ["Yes"]}});
        let read = AskedAnswer::read(&tap).unwrap();
        assert!(matches!(read, AskedAnswer::Interactive(asked) if asked.body.is_some()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let exactly = "must have exactly one of `text`, `media`, `template` and `interactive`";
        for (body, error) in [
            (json!(""), "must have 1 to 4096 characters, not 0"),
            (json!({}), exactly),
            (json!({"text": "a", "template": {"template": "a"}}), exactly),
            (
                json!({"text": ""}),
                "text: must have 1 to 4096 characters, not 0",
            ),
            (
                json!({"text": 5}),
                "text: invalid type: integer `5`, expected a string",
            ),
            (
                json!({"media": {"type": "image"}}),
                "media.url: give exactly one of url and uploadId",
            ),
            (
                json!({"template": {}}),
                "template: missing field `template`",
            ),
            (
                json!({"interactive": {"body": "a", "buttons": ["Yes", {"id": "1"}]}}),
                "interactive.buttons[1]: missing field `title`",
            ),
            (
                json!({"interactive": {"body": "a", "buttons": [""]}}),
                "interactive.buttons[0]: must have 1 to 20 characters, not 0",
            ),
            (
                json!(7),
                "must be a text, or an object with `text`, `media`, `template` or `interactive`",
            ),
        ] {
            let wrong = AskedAnswer::read(&body).unwrap_err();
            assert_eq!(wrong.to_string(), error, "{body}");
        }
    }
}
