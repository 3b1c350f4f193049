//! What of each function goes to Lambda.

use std::{
    fs,
    io::{Cursor, Write as _},
};

use anyhow::Context as _;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    Setting,
    function::{EMPTY, bootstrap, deployed},
    report::Report,
};

/// The most that a function's zip may have, in bytes: size is cold start.
const BAR: usize = 4_000_000;

/// Functions that miss the bar, and what they may have all the same. `send-media`, `contacts` and `imports` have the clients
/// of three services and the world's numbering plans, `templates` two clients and everything that Meta says of templates;
/// `send` has both of the latter, and `automation-step` sends whatever the others do.
const ABOVE: [(&str, usize); 6] = [
    ("send", 4_100_000),
    ("send-media", 4_900_000),
    ("templates", 4_400_000),
    ("contacts", 4_850_000),
    ("imports", 4_200_000),
    ("automation-step", 4_100_000),
];

pub(crate) fn run(setting: &Setting) -> anyhow::Result<Report> {
    let mut report = Report::new("size");
    let mut rows = Vec::new();
    let mut missed = Vec::new();
    let mut functions = deployed(&setting.root.join("template.yaml"))?;
    functions.push(EMPTY.to_owned());
    for function in functions {
        let path = bootstrap(&setting.bootstraps, &function)?;
        let binary = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let zipped = zipped(&binary).context("cannot zip")?;
        let above = ABOVE.iter().find(|(name, _)| *name == function);
        let most = above.map_or(BAR, |(_, most)| *most);
        let size = format!("{function} has {} MB zipped", megabytes(zipped));
        if zipped > BAR {
            missed.push(size.clone());
        }
        report.require(zipped <= most, size);
        rows.push(vec![
            format!("`{function}`"),
            megabytes(binary.len()),
            megabytes(zipped),
        ]);
    }
    report.table(&["function", "bootstrap, MB", "zip, MB"], &rows);
    report.say(&format!(
        "Built for {}; the bar is a zip of {} MB.",
        std::env::consts::ARCH,
        megabytes(BAR)
    ));
    if !missed.is_empty() {
        report.say(&format!("**Bar missed:** {}.", missed.join("; ")));
    }
    Ok(report)
}

/// The size of a zip with `bootstrap` alone in it.
fn zipped(bootstrap: &[u8]) -> zip::result::ZipResult<usize> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .unix_permissions(0o755);
    zip.start_file("bootstrap", options)?;
    zip.write_all(bootstrap)?;
    Ok(zip.finish()?.into_inner().len())
}

fn megabytes(bytes: usize) -> String {
    format!("{:.2}", bytes as f64 / 1e6)
}
