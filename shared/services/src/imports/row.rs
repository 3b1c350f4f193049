//! What a row of a file says of a contact.

use std::collections::BTreeMap;

use openwati_core::contact;
use openwati_core::id::Id;
use openwati_core::phone::PhoneNumber;
use serde::{Deserialize, Serialize};

use super::columns::Column;
use super::sheet::unguarded;
use crate::contacts::Row;

/// A row of a file that nothing was done with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// Its number in the file: the header is row 1. Lines without anything are not counted.
    pub row: u64,
    /// What it says for a phone number, cut after 40 characters; empty where it says nothing.
    pub phone: String,
    /// What is wrong with it, in words for people.
    pub reason: String,
}

/// How much of a cell is told of in an error, in characters.
const TOLD: usize = 40;

/// What holds for every row of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ForAll {
    /// Tags that every contact gets.
    #[serde(default)]
    pub(super) tags: Vec<String>,
    /// The list that every contact is put on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) list: Option<Id>,
    /// Whose numbers local ones are (ISO 3166 alpha-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) country: Option<String>,
}

/// What a row's cells say; none where they are empty, as spreadsheets leave rows behind.
///
/// # Errors
/// What the row says for a phone number, and what is wrong.
pub(super) fn row(
    cells: &[String],
    columns: &[Column],
    for_all: &ForAll,
) -> Result<Option<Row>, (String, String)> {
    if cells.iter().all(String::is_empty) {
        return Ok(None);
    }
    let numbers = columns.iter().position(|column| *column == Column::Phone);
    let number = numbers
        .and_then(|at| cells.get(at))
        .map(|cell| unguarded(cell));
    let number = number.unwrap_or_default();
    let wrong = |reason: String| (told(number), reason);
    if cells
        .iter()
        .skip(columns.len())
        .any(|cell| !cell.is_empty())
    {
        return Err(wrong("has more cells than the first row".to_owned()));
    }
    if number.is_empty() {
        return Err(wrong("phone: is missing".to_owned()));
    }
    let phone = PhoneNumber::parse(number, for_all.country.as_deref());
    let phone = phone.map_err(|error| wrong(format!("phone: {error}")))?;
    let (mut name, mut tags, mut attributes) = (None, for_all.tags.clone(), BTreeMap::new());
    for (column, cell) in columns.iter().zip(cells) {
        let cell = unguarded(cell);
        if cell.is_empty() || matches!(column, Column::Ignored | Column::Phone) {
            continue;
        }
        if cell.contains(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
            return Err(wrong("holds control characters".to_owned()));
        }
        match column {
            Column::Name => {
                // A name is a line.
                let words: Vec<&str> = cell.split_whitespace().collect();
                let line = contact::name(&words.join(" "));
                name = Some(line.map_err(|error| wrong(error.to_string()))?);
            }
            Column::Tags => tags.extend(
                cell.split([';', '|'])
                    .map(|tag| tag.trim().to_owned())
                    .filter(|tag| !tag.is_empty()),
            ),
            Column::Attribute(name) => {
                attributes.insert(name.clone(), cell.to_owned());
            }
            Column::Phone | Column::Ignored => {}
        }
    }
    let tags = contact::tags(tags).map_err(|error| wrong(error.to_string()))?;
    contact::check_attributes(&attributes).map_err(|error| wrong(error.to_string()))?;
    Ok(Some(Row {
        phone,
        name,
        tags,
        attributes: attributes
            .into_iter()
            .map(|(name, value)| (name, Some(value)))
            .collect(),
        lists: for_all.list.into_iter().collect(),
    }))
}

/// A cell as an error tells of it.
pub(super) fn told(cell: &str) -> String {
    cell.chars()
        .filter(|c| !c.is_control())
        .take(TOLD)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[&str]) -> Result<Option<Row>, (String, String)> {
        let columns = [
            Column::Phone,
            Column::Name,
            Column::Tags,
            Column::Attribute("city".to_owned()),
            Column::Ignored,
        ];
        let for_all = ForAll {
            tags: vec!["imported".to_owned()],
            list: Some(Id::from_bytes([1; 12])),
            country: Some("PK".to_owned()),
        };
        let cells: Vec<String> = cells.iter().map(ToString::to_string).collect();
        row(&cells, &columns, &for_all)
    }

    #[test]
    fn a_row_says_what_its_columns_hold() {
        let all = read(&[
            "0300 1234567",
            "Ali\nKhan",
            "vip; VIP|new;",
            "'=Lahore",
            "x",
        ]);
        let all = all.unwrap().unwrap();
        assert_eq!(all.phone.as_str(), "923001234567");
        assert_eq!(all.name.as_deref(), Some("Ali Khan"));
        assert_eq!(all.tags, ["imported", "new", "vip"]);
        assert_eq!(all.attributes["city"].as_deref(), Some("=Lahore"));
        assert_eq!(all.lists, [Id::from_bytes([1; 12])]);
        let least = read(&["+15550001111", "", ""]).unwrap().unwrap();
        assert_eq!((least.name, least.attributes.len()), (None, 0));
        assert_eq!(read(&["", "", "", "", ""]).unwrap(), None);
    }

    #[test]
    fn a_row_that_is_wrong_says_why() {
        for (cells, why) in [
            (&["", "Ali"][..], "missing"),
            (&["9.23E+11"], "phone"),
            (&["12"], "phone"),
            (&["03001234567", &"x".repeat(201)], "name"),
            (&["03001234567", "", &"x".repeat(65)], "tags"),
            (&["03001234567", "", "", &"x".repeat(1_025)], "attributes"),
            (&["03001234567", "a\0b"], "control"),
            (&["03001234567", "", "", "", "", "more"], "cells"),
        ] {
            let (phone, reason) = read(cells).unwrap_err();
            assert!(reason.contains(why), "{reason}");
            assert_eq!(phone, cells[0]);
        }
        let (phone, _) = read(&[&"9".repeat(10_000)]).unwrap_err();
        assert_eq!(phone.len(), TOLD);
    }
}
