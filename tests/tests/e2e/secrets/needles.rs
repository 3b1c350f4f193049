//! Secrets, and how they may be written.

use std::collections::HashMap;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// A secret, and the answers that may show it.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) name: String,
    pub(super) value: String,
    /// By the names of their requests.
    pub(super) shown_in: Vec<&'static str>,
}

/// All ways of all secrets, to be looked for at once.
pub(super) struct Needles {
    /// By their first bytes.
    forms: HashMap<[u8; START], Vec<Form>>,
    /// The first two bytes of all of them, as a number: most places are told by them.
    starts: Vec<bool>,
}

struct Form {
    secret: String,
    way: &'static str,
    bytes: Vec<u8>,
}

/// A place where a secret was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) secret: String,
    pub(super) way: &'static str,
    pub(super) at: usize,
}

/// Shorter ones would be found by chance.
const START: usize = 8;

impl Needles {
    pub(super) fn of(secrets: &[Known]) -> Self {
        let mut needles = Self {
            forms: HashMap::new(),
            starts: vec![false; 1 << 16],
        };
        for secret in secrets {
            for (way, bytes) in forms(&secret.value) {
                let start = *bytes.first_chunk::<START>().unwrap();
                needles.starts[usize::from(u16::from_be_bytes([start[0], start[1]]))] = true;
                let form = Form {
                    secret: secret.name.clone(),
                    way,
                    bytes,
                };
                needles.forms.entry(start).or_default().push(form);
            }
        }
        needles
    }

    /// The secrets in these bytes: of each the first place.
    pub(super) fn find(&self, hay: &[u8]) -> Vec<Found> {
        let mut all: Vec<Found> = Vec::new();
        for (at, start) in hay.windows(START).enumerate() {
            if !self.starts[usize::from(u16::from_be_bytes([start[0], start[1]]))] {
                continue;
            }
            let Some(forms) = self.forms.get(start) else {
                continue;
            };
            for form in forms {
                let known = |found: &Found| found.secret == form.secret;
                if hay[at..].starts_with(&form.bytes) && !all.iter().any(known) {
                    all.push(Found {
                        secret: form.secret.clone(),
                        way: form.way,
                        at,
                    });
                }
            }
        }
        all
    }
}

/// A text as programs write it: plain, escaped, encoded, or what it encodes itself.
fn forms(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = written(value.as_bytes());
    let url = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    let json = Value::from(value).to_string();
    let debug = format!("{value:?}");
    let twice = Value::from(json.as_str()).to_string();
    forms.push(("URL-encoded", url.into_bytes()));
    forms.push(("in JSON", inner(&json, 1)));
    forms.push(("in JSON in JSON", inner(&twice, 3)));
    forms.push(("in Debug", inner(&debug, 1)));
    let encoded = value.strip_prefix("whsec_").unwrap_or(value);
    let decoded = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
    let decoded = decoded
        .iter()
        .find_map(|engine| engine.decode(encoded).ok());
    let decoded = hex::decode(encoded).ok().or(decoded);
    if let Some(bytes) = decoded.filter(|bytes| bytes.len() >= 16) {
        forms.extend(written(&bytes));
    }
    forms.retain(|(_, bytes)| bytes.len() >= START);
    forms.sort_by(|one, other| one.1.cmp(&other.1));
    forms.dedup_by(|one, other| one.1 == other.1);
    forms
}

/// Without what stands around it.
fn inner(text: &str, around: usize) -> Vec<u8> {
    text.as_bytes()[around..text.len() - around].to_vec()
}

fn written(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let list: Vec<String> = bytes.iter().map(u8::to_string).collect();
    let mut forms = vec![
        ("plain", bytes.to_vec()),
        ("hex", hex::encode(bytes).into_bytes()),
        ("hex", hex::encode_upper(bytes).into_bytes()),
        ("a list of numbers", list.join(", ").into_bytes()),
        ("a list of numbers", list.join(",").into_bytes()),
    ];
    // What stands before it in what is encoded shifts it.
    for before in 0..3 {
        let shifted = [&[0; 2][..before], bytes].concat();
        let whole = (before * 8).div_ceil(6)..shifted.len() * 8 / 6;
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&shifted);
            forms.push(("base64", encoded.as_bytes()[whole.clone()].to_vec()));
        }
    }
    forms
}

#[test]
fn a_secret_is_found_however_it_is_written() {
    let value = "pa\"ss wörd/\u{1f98a}";
    let known = Known {
        name: "it".to_owned(),
        value: value.to_owned(),
        shown_in: Vec::new(),
    };
    let needles = Needles::of(&[known]);
    let json = Value::from(value).to_string();
    let login = format!("\0somebody\0{value}");
    for text in [
        format!("said {value} so"),
        format!("{value:?}"),
        json.clone(),
        Value::from(json).to_string(),
        format!("{:?}", value.as_bytes()),
        hex::encode(value),
        hex::encode_upper(value),
        utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
        STANDARD.encode(value),
        STANDARD.encode(&login),
        STANDARD.encode(&login[1..]),
        URL_SAFE_NO_PAD.encode(&login[2..]),
    ] {
        let text = format!("before {text} after");
        assert_eq!(needles.find(text.as_bytes()).len(), 1, "not in {text}");
    }
    assert_eq!(needles.find(b"pa\"ss word and what not"), []);
}
