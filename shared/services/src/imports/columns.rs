//! What the columns of a file hold, as its header and whoever imports it say.

use std::collections::{BTreeMap, BTreeSet};

use openwati_core::contact;
use openwati_core::fold::fold;
use serde::{Deserialize, Serialize};

use super::sheet::unguarded;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Column {
    /// Numbers, by which contacts are known.
    Phone,
    /// Their names.
    Name,
    /// Their tags, divided by `;` or `|`.
    Tags,
    /// An attribute of this name.
    Attribute(String),
    /// Nothing that is kept.
    Ignored,
}

/// How the name of an attribute may begin that is called as something else is.
pub(super) const ATTRIBUTE: &str = "attribute.";

impl Column {
    /// What is meant by a name: of a column, or by whoever says what a column holds.
    fn named(name: &str) -> Self {
        let name = unguarded(name.trim());
        match fold(name).as_str() {
            "" => Self::Ignored,
            "phone" => Self::Phone,
            "name" => Self::Name,
            "tags" => Self::Tags,
            _ => {
                let name = name.strip_prefix(ATTRIBUTE).unwrap_or(name);
                // A name is a line, though a spreadsheet's cell may be several.
                let words: Vec<&str> = name.split_whitespace().collect();
                Self::Attribute(words.join(" "))
            }
        }
    }
}

/// The columns of a file with this header. `meant` says of columns, by their names, what they hold where that is not what
/// they are called.
///
/// # Errors
/// In words for people, if contacts cannot be made of them.
pub(super) fn columns(
    header: &[String],
    meant: &BTreeMap<String, String>,
) -> Result<Vec<Column>, String> {
    let mut meant: BTreeMap<String, (&String, &String)> = meant
        .iter()
        .map(|(name, what)| (fold(name), (name, what)))
        .collect();
    let mut columns: Vec<Column> = Vec::with_capacity(header.len());
    let mut known = BTreeSet::new();
    for cell in header {
        if cell.contains(|c: char| c.is_control() && !c.is_whitespace()) {
            return Err(format!("the column {cell:?} holds control characters"));
        }
        let column = match meant.remove(&fold(cell)) {
            Some((_, what)) => Column::named(what),
            None => Column::named(cell),
        };
        if column != Column::Ignored && !known.insert(column.clone()) {
            return Err(format!("the column {cell:?} is there twice"));
        }
        columns.push(column);
    }
    if let Some((name, _)) = meant.values().next() {
        return Err(format!(
            "no column is called {name:?}, which `columns` names"
        ));
    }
    if !columns.contains(&Column::Phone) {
        return Err(
            "no column is called \"phone\": call it so in the file's first row, or say by `columns` which one it is"
                .to_owned(),
        );
    }
    let attributes = columns.iter().filter_map(|column| match column {
        Column::Attribute(name) => Some((name.clone(), String::new())),
        _ => None,
    });
    contact::check_attributes(&attributes.collect()).map_err(|error| error.to_string())?;
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &[&str], meant: &[(&str, &str)]) -> Result<Vec<Column>, String> {
        let header: Vec<String> = header.iter().map(ToString::to_string).collect();
        let meant = meant
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        columns(&header, &meant.collect())
    }

    fn attribute(name: &str) -> Column {
        Column::Attribute(name.to_owned())
    }

    #[test]
    fn columns_are_what_they_are_called_or_said_to_be() {
        let (header, meant) = (
            [
                "Handy",
                " NAME ",
                "tags",
                "City\r\nor  town",
                "attribute.name",
                "",
                "Notes",
            ],
            [("handy", "phone"), ("notes", "")],
        );
        assert_eq!(
            read(&header, &meant).unwrap(),
            [
                Column::Phone,
                Column::Name,
                Column::Tags,
                attribute("City or town"),
                attribute("name"),
                Column::Ignored,
                Column::Ignored,
            ]
        );
    }

    #[test]
    fn a_header_that_no_contact_can_be_made_of_is_refused() {
        for (header, meant, why) in [
            (&["name"][..], &[][..], "phone"),
            (&["phone", "Phone"], &[], "twice"),
            (&["phone", "city", "city"], &[], "twice"),
            (&["phone"], &[("mobile", "name")], "mobile"),
            (&["phone\0"], &[], "control"),
            (&["phone", &"x".repeat(65)], &[], "attributes"),
        ] {
            let refused = read(header, meant).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
        let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
        let many: Vec<&str> = ["phone"]
            .into_iter()
            .chain(many.iter().map(String::as_str))
            .collect();
        assert!(read(&many, &[]).unwrap_err().contains("at most 100"));
    }
}
