use std::fmt::Display;

use serde::{Deserialize, Serialize};

use crate::message::{
    check,
    invalid::{Invalid, Problem},
    limits,
};

/// A menu that opens from a button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// What stands on the button, see [`limits::BUTTON_TITLE`].
    pub button: String,
    /// See [`limits::SECTIONS`].
    pub sections: Vec<Section>,
}

/// Rows under a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// See [`limits::SECTION_TITLE`]; required where there are several sections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// See [`limits::ROWS`], which counts those of all sections.
    pub rows: Vec<Row>,
}

/// A line of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What comes back when it is chosen, see [`limits::ROW_ID`]; unique in the message.
    pub id: String,
    /// See [`limits::ROW_TITLE`].
    pub title: String,
    /// See [`limits::ROW_DESCRIPTION`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl List {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        let at = &at;
        check::length(
            format_args!("{at}.button"),
            &self.button,
            limits::BUTTON_TITLE,
        )?;
        let titles = self.sections.iter().map(|section| section.title.as_deref());
        section_titles(format_args!("{at}.sections"), titles)?;
        let rows = self.sections.iter().map(|section| section.rows.len()).sum();
        check::count(format_args!("{at}.sections"), rows, limits::ROWS)?;
        for (s, section) in self.sections.iter().enumerate() {
            check::count(
                format_args!("{at}.sections[{s}].rows"),
                section.rows.len(),
                limits::ROWS,
            )?;
            for (r, row) in section.rows.iter().enumerate() {
                row.validate(format_args!("{at}.sections[{s}].rows[{r}]"))?;
            }
        }
        let rows = self.sections.iter().enumerate().flat_map(|(s, section)| {
            let rows = section.rows.iter().enumerate();
            rows.map(move |(r, row)| (format!("{at}.sections[{s}].rows[{r}].id"), row.id.as_str()))
        });
        check::unique(rows)
    }
}

impl Row {
    fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        check::length(format_args!("{at}.id"), &self.id, limits::ROW_ID)?;
        check::length(format_args!("{at}.title"), &self.title, limits::ROW_TITLE)?;
        check::optional_length(
            format_args!("{at}.description"),
            self.description.as_deref(),
            limits::ROW_DESCRIPTION,
        )
    }
}

/// The sections of a list and of a list of products: how many, and that each of several has a
/// title.
pub(super) fn section_titles<'a>(
    at: impl Display,
    titles: impl ExactSizeIterator<Item = Option<&'a str>>,
) -> Result<(), Invalid> {
    let several = titles.len() > 1;
    check::count(&at, titles.len(), limits::SECTIONS)?;
    for (s, title) in titles.enumerate() {
        let field = format!("{at}[{s}].title");
        match title {
            Some(title) => check::length(field, title, limits::SECTION_TITLE)?,
            None if several => return Err(Invalid::new(field, Problem::Missing)),
            None => {}
        }
    }
    Ok(())
}
