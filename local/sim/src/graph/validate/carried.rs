//! The files that a message carries, wherever they stand in it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Carried {
    /// What it is shown as: `image`, `video`, `audio`, `document`, `sticker` or `gif`.
    pub(crate) kind: String,
    pub(crate) source: Source,
    /// Whether it is to be a voice message.
    pub(crate) voice: bool,
}

/// Where a file comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    /// It was uploaded.
    Id(String),
    /// It is to be fetched.
    Link(String),
}

impl Carried {
    /// The id, where it was uploaded.
    pub(crate) fn id(&self) -> Option<&str> {
        match &self.source {
            Source::Id(id) => Some(id),
            Source::Link(_) => None,
        }
    }
}

/// The files of a message of type `kind` that passed the check.
pub(super) fn carried(kind: &str, content: &Value) -> Vec<Carried> {
    match kind {
        "image" | "video" | "audio" | "document" | "sticker" => {
            file(kind, content).into_iter().collect()
        }
        "interactive" => {
            let cards = items(&content["action"]["cards"]).iter();
            let headers = cards.map(|card| &card["header"]);
            let headers = [&content["header"]].into_iter().chain(headers);
            headers.filter_map(of_typed).collect()
        }
        "template" => of_components(&content["components"]),
        _ => Vec::new(),
    }
}

fn of_components(components: &Value) -> Vec<Carried> {
    let parts = items(components).iter();
    parts
        .flat_map(|part| {
            let own = items(&part["parameters"]).iter().filter_map(of_typed);
            let cards = items(&part["cards"]).iter();
            let cards = cards.flat_map(|card| of_components(&card["components"]));
            own.chain(cards).collect::<Vec<_>>()
        })
        .collect()
}

/// The file of `{"type": "image", "image": {…}}`.
fn of_typed(object: &Value) -> Option<Carried> {
    let kind = object["type"].as_str()?;
    file(kind, &object[kind])
}

fn file(kind: &str, node: &Value) -> Option<Carried> {
    let text = |name: &str| node[name].as_str().map(str::to_owned);
    let source = text("id").map(Source::Id);
    let source = source.or_else(|| text("link").map(Source::Link))?;
    let known = ["image", "video", "audio", "document", "sticker", "gif"];
    known.contains(&kind).then(|| Carried {
        kind: kind.to_owned(),
        source,
        voice: node["voice"] == true,
    })
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sources(kind: &str, content: &Value) -> Vec<(String, Source)> {
        let files = carried(kind, content).into_iter();
        files.map(|file| (file.kind, file.source)).collect()
    }

    #[test]
    fn files_are_found_wherever_they_stand() {
        let link = |at: &str| Source::Link(at.into());
        let image = json!({"type": "image", "image": {"link": "http://a"}});
        let clip = json!({"type": "video", "video": {"id": "2"}});
        let of_both = vec![
            ("image".to_owned(), link("http://a")),
            ("video".to_owned(), Source::Id("2".into())),
        ];
        assert_eq!(
            sources("sticker", &json!({"id": "1"})),
            [("sticker".to_owned(), Source::Id("1".into()))]
        );
        let interactive = json!({"header": image, "action": {"cards": [{"header": clip}]}});
        assert_eq!(sources("interactive", &interactive), of_both);
        let template = json!({"components": [
            {"type": "header", "parameters": [image]},
            {"type": "body", "parameters": [{"type": "text", "text": "x"}]},
            {"type": "carousel", "cards": [{"components": [{"type": "header", "parameters": [clip]}]}]},
        ]});
        assert_eq!(sources("template", &template), of_both);
        assert!(carried("text", &json!({"body": "x"})).is_empty());
    }
}
