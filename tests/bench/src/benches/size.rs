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

pub(crate) fn run(setting: &Setting) -> anyhow::Result<Report> {
    let mut report = Report::new("size");
    let mut rows = Vec::new();
    let mut functions = deployed(&setting.root.join("template.yaml"))?;
    functions.push(EMPTY.to_owned());
    for function in functions {
        let path = bootstrap(&setting.bootstraps, &function)?;
        let binary = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let zipped = zipped(&binary).context("cannot zip")?;
        report.require(
            zipped <= BAR,
            format!("{function} has {} MB zipped", megabytes(zipped)),
        );
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
