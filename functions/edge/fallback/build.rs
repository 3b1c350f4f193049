//! Writes the API's paths and methods down as a table, so that nothing has to be read when the function starts.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use serde_json::Value;

const DESCRIPTION: &str = "../docs/openapi.json";

fn main() {
    println!("cargo::rerun-if-changed={DESCRIPTION}");
    let text = fs::read_to_string(DESCRIPTION).expect("the API's description is committed");
    let api: Value = serde_json::from_str(&text).expect("the API's description is JSON");
    let paths = api["paths"].as_object().expect("an API has paths");
    let mut table = String::from("&[\n");
    for (path, operations) in paths {
        let mut methods: Vec<String> = operations
            .as_object()
            .expect("a path has operations")
            .keys()
            .map(|method| method.to_uppercase())
            .collect();
        methods.sort();
        writeln!(table, "    ({path:?}, &{methods:?}),").expect("a string takes everything");
    }
    table.push(']');
    let out = env::var_os("OUT_DIR").expect("cargo sets it for build scripts");
    fs::write(Path::new(&out).join("routes.rs"), table).expect("cargo's folder is writable");
}
