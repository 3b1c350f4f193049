//! A list, in short.

use std::fmt;

use openwati_core::message::interactive::{List, Row, Section};
use openwati_core::message::limits;
use openwati_web::ApiError;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::reply::id_of;
use crate::fields::{Fields, invalid};

/// A menu: rows, or sections of rows.
#[derive(Debug, Deserialize)]
pub(crate) struct ShortList {
    button: String,
    sections: Option<Vec<ShortSection>>,
    rows: Option<Vec<ShortRow>>,
}

#[derive(Debug, Deserialize)]
struct ShortSection {
    title: Option<String>,
    rows: Vec<ShortRow>,
}

#[derive(Debug)]
enum ShortRow {
    Title(String),
    Whole(WholeRow),
}

/// A menu of up to ten rows, all together: exactly one of `sections` and `rows`.
#[derive(Debug, ToSchema)]
#[schema(as = InteractiveList)]
#[expect(dead_code, reason = "it describes what is read otherwise")]
pub(crate) struct ListSchema {
    /// What stands on the button that opens it.
    #[schema(min_length = 1, max_length = 20)]
    button: String,
    /// Rows under titles.
    #[schema(nullable = false, min_items = 1, max_items = 10)]
    sections: Option<Vec<SectionSchema>>,
    /// Rows without sections.
    #[schema(nullable = false, min_items = 1, max_items = 10)]
    rows: Option<Vec<RowSchema>>,
}

/// Rows under a title.
#[derive(Debug, ToSchema)]
#[schema(as = ListSection)]
#[expect(dead_code, reason = "it describes what is read otherwise")]
struct SectionSchema {
    /// The title; each of several sections has one.
    #[schema(nullable = false, min_length = 1, max_length = 24)]
    title: Option<String>,
    /// The rows.
    #[schema(min_items = 1, max_items = 10)]
    rows: Vec<RowSchema>,
}

/// A title, or a title with an id and a second line.
#[derive(Debug, ToSchema)]
#[schema(as = ListRow)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what is read otherwise")]
enum RowSchema {
    /// What the row says, which is also what comes back when it is chosen.
    Title(String),
    /// The same with what comes back and a second line.
    Whole(WholeRow),
}

/// A line of a menu.
#[derive(Debug, Deserialize, ToSchema)]
struct WholeRow {
    /// What comes back when it is chosen; its title unless given.
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    id: Option<String>,
    /// What it says.
    #[schema(min_length = 1, max_length = 24)]
    title: String,
    /// A second line.
    #[schema(nullable = false, min_length = 1, max_length = 72)]
    description: Option<String>,
}

impl ShortList {
    /// Whose fields stand behind those of the list at `ours`.
    pub(crate) fn fields(&self, fields: Fields, ours: &str, theirs: &str) -> Fields {
        let mut fields = fields.with(ours, theirs);
        let no_rows = Vec::new();
        let sections = match (&self.sections, &self.rows) {
            (Some(sections), _) => {
                let all: usize = sections.iter().map(|section| section.rows.len()).sum();
                if limits::SECTIONS.contains(&sections.len()) && !limits::ROWS.contains(&all) {
                    // It is the rows that are counted over all sections.
                    fields = fields.with(
                        format!("{ours}.sections"),
                        format!("{theirs}.sections[*].rows"),
                    );
                }
                sections
                    .iter()
                    .enumerate()
                    .map(|(s, section)| (format!("{theirs}.sections[{s}].rows"), &section.rows))
                    .collect()
            }
            (None, rows) => {
                let at = format!("{theirs}.rows");
                fields = fields.with(format!("{ours}.sections"), at.as_str());
                vec![(at, rows.as_ref().unwrap_or(&no_rows))]
            }
        };
        for (s, (at, rows)) in sections.into_iter().enumerate() {
            let section = format!("{ours}.sections[{s}]");
            // Where the count of all rows has a name of its own, what lies below it has not.
            fields = fields
                .with(format!("{section}.title"), at.replace("rows", "title"))
                .with(format!("{section}.rows"), at.as_str());
            for (r, row) in rows.iter().enumerate() {
                let (ours, theirs) = (format!("{section}.rows[{r}]"), format!("{at}[{r}]"));
                fields = match row {
                    ShortRow::Title(_) => fields
                        .with(format!("{ours}.id"), theirs.as_str())
                        .with(format!("{ours}.title"), theirs.as_str()),
                    ShortRow::Whole(WholeRow { id: None, .. }) => {
                        fields.with(format!("{ours}.id"), format!("{theirs}.title"))
                    }
                    ShortRow::Whole(_) => fields,
                };
            }
        }
        fields
    }

    /// The list as WhatsApp takes it.
    pub(crate) fn into_list(self) -> Result<List, ApiError> {
        let sections = match (self.sections, self.rows) {
            (Some(sections), None) => {
                let sections = sections.into_iter().map(|section| Section {
                    title: section.title.filter(|title| !title.is_empty()),
                    rows: section.rows.into_iter().map(Row::from).collect(),
                });
                sections.collect()
            }
            (None, Some(rows)) => vec![Section {
                title: None,
                rows: rows.into_iter().map(Row::from).collect(),
            }],
            _ => {
                let problem = "exactly one of `sections` and `rows` must be given";
                return Err(invalid("list", problem));
            }
        };
        let button = self.button;
        Ok(List { button, sections })
    }
}

impl From<ShortRow> for Row {
    fn from(short: ShortRow) -> Self {
        let row = match short {
            ShortRow::Whole(row) => row,
            ShortRow::Title(title) => WholeRow {
                id: None,
                title,
                description: None,
            },
        };
        let id = row.id;
        Self {
            id: id.unwrap_or_else(|| id_of(&row.title, *limits::ROW_TITLE.end())),
            title: row.title,
            description: row.description.filter(|text| !text.is_empty()),
        }
    }
}

impl<'de> Deserialize<'de> for ShortRow {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = ShortRow;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a title, or an object with `title`, `id` and `description`")
            }

            fn visit_str<E: Error>(self, title: &str) -> Result<ShortRow, E> {
                Ok(ShortRow::Title(title.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ShortRow, A::Error> {
                WholeRow::deserialize(MapAccessDeserializer::new(map)).map(ShortRow::Whole)
            }
        }

        field.deserialize_any(Either)
    }
}
