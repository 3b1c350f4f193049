//! What a figure was measured on.

use std::{fs, process::Command, thread};

/// The machine in one line: processor, cores, memory, kernel, compiler.
pub(crate) fn describe() -> String {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{}, {cores} {}, {} of memory, Linux {}, {}",
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned()),
        if cores == 1 { "core" } else { "cores" },
        memory(),
        kernel.trim(),
        compiler(),
    )
}

/// The first value of `name` in a file of lines `name: value`.
pub(crate) fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}

/// A number of kibibytes, as `/proc` writes it: `1234 kB`.
pub(crate) fn kibibytes(value: &str) -> Option<u64> {
    value.strip_suffix("kB")?.trim().parse().ok()
}

fn memory() -> String {
    let total = field("/proc/meminfo", "MemTotal");
    match total.as_deref().and_then(kibibytes) {
        Some(kibibytes) => format!("{:.0} GiB", kibibytes as f64 / f64::from(1 << 20)),
        None => "unknown size".to_owned(),
    }
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output().ok();
    let version = output.and_then(|output| String::from_utf8(output.stdout).ok());
    let version = version.as_deref().and_then(|text| text.split(" (").next());
    version.unwrap_or("unknown compiler").trim().to_owned()
}
