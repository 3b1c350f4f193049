//! What a benchmark found, as the terminal and the document show it.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::Context as _;

/// The findings of one benchmark.
#[derive(Debug)]
pub(crate) struct Report {
    name: &'static str,
    text: String,
    missed: Vec<String>,
}

impl Report {
    /// Nothing yet.
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            text: String::new(),
            missed: Vec::new(),
        }
    }

    /// Adds a table.
    pub(crate) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        let mut line = |cells: &mut dyn Iterator<Item = &str>| {
            let cells: Vec<&str> = cells.collect();
            // Writing to a string can not fail.
            let _ = writeln!(self.text, "| {} |", cells.join(" | "));
        };
        line(&mut head.iter().copied());
        line(
            &mut head
                .iter()
                .enumerate()
                .map(|(at, _)| if at == 0 { "---" } else { "---:" }),
        );
        for row in rows {
            line(&mut row.iter().map(String::as_str));
        }
        self.text.push('\n');
    }

    /// Adds a sentence.
    pub(crate) fn say(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str("\n\n");
    }

    /// Holds a figure against its bar. What is missed fails the run once everything is said.
    pub(crate) fn require(&mut self, met: bool, what: String) {
        if !met {
            self.missed.push(what);
        }
    }

    /// The name of the benchmark.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The bars that were missed.
    pub(crate) fn missed(&self) -> &[String] {
        &self.missed
    }

    /// The findings as Markdown.
    pub(crate) fn text(&self) -> &str {
        self.text.trim_end()
    }

    /// Puts the findings into `document`, between the comments that name the benchmark.
    pub(crate) fn write(&self, document: &Path, machine: &str) -> anyhow::Result<()> {
        let before = fs::read_to_string(document)
            .with_context(|| format!("cannot read {}", document.display()))?;
        let mut section = format!(
            "`tests/bench/run {}` on {machine}:\n\n{}",
            self.name,
            self.text()
        );
        for what in &self.missed {
            let _ = write!(section, "\n\n**Bar missed:** {what}.");
        }
        let after = replaced(&before, self.name, &section)
            .with_context(|| format!("{} has no place for {}", document.display(), self.name))?;
        fs::write(document, after).with_context(|| format!("cannot write {}", document.display()))
    }
}

/// `document` with `section` between `<!-- begin NAME -->` and `<!-- end NAME -->`.
fn replaced(document: &str, name: &str, section: &str) -> Option<String> {
    let (begin, end) = (
        format!("<!-- begin {name} -->"),
        format!("<!-- end {name} -->"),
    );
    let (head, rest) = document.split_once(&begin)?;
    let (_, tail) = rest.split_once(&end)?;
    Some(format!("{head}{begin}\n{section}\n{end}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_the_place_of_the_one_before() {
        let document = "# A\n<!-- begin x -->\nold\n<!-- end x -->\ntail\n";
        let new = "# A\n<!-- begin x -->\nnew\n<!-- end x -->\ntail\n";
        assert_eq!(replaced(document, "x", "new").as_deref(), Some(new));
        assert_eq!(replaced(new, "x", "new").as_deref(), Some(new));
        assert_eq!(replaced(document, "y", "new"), None);
    }

    #[test]
    fn a_table_has_its_figures_on_the_right() {
        let mut report = Report::new("x");
        report.table(&["a", "b"], &[vec!["1".to_owned(), "2".to_owned()]]);
        assert_eq!(report.text(), "| a | b |\n| --- | ---: |\n| 1 | 2 |");
    }
}
