//! A list, in short.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::reply::id_of;
use crate::message::interactive::{List, Row, Section};
use crate::message::limits;
use crate::message::written::{Fields, Wrong};

/// A menu: rows, or sections of rows.
#[derive(Debug, Deserialize)]
pub(super) struct ShortList {
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

/// A line of a menu.
#[derive(Debug, Deserialize)]
struct WholeRow {
    /// What comes back when it is chosen; its title unless given.
    id: Option<String>,
    /// What it says.
    title: String,
    /// A second line.
    description: Option<String>,
}

impl ShortList {
    /// Whose fields stand behind those of the list at `ours`.
    pub(super) fn fields(&self, fields: Fields, ours: &str, theirs: &str) -> Fields {
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
    pub(super) fn into_list(self) -> Result<List, Wrong> {
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
                return Err(Wrong::message("list", problem));
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
