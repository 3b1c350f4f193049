//! What a host says of how long its answer holds, and how it is asked whether it still does.

use std::time::Duration;

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AGE, CACHE_CONTROL, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED},
};

use super::get::Download;

/// For how long an answer holds at least, whatever its host says: one that is sent to many is not asked for by each.
const SHORTEST: Duration = Duration::from_secs(60);

/// For how long it holds at most.
const LONGEST: Duration = Duration::from_hours(24);

/// A longer validator is taken for none.
const LONGEST_VALIDATOR: usize = 1024;

/// What tells one version of what a URL leads to from others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Whether there is nothing to ask with.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    /// The headers of a request that is to be answered with 304 if nothing has changed.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (IF_NONE_MATCH, &self.etag),
            (IF_MODIFIED_SINCE, &self.last_modified),
        ] {
            if let Some(Ok(value)) = value.as_deref().map(HeaderValue::from_str) {
                headers.insert(name, value);
            }
        }
        headers
    }
}

impl Download {
    /// What tells this version from others.
    pub fn validators(&self) -> Validators {
        let told = |name: HeaderName| {
            let text = self.headers().get(name)?.to_str().ok()?;
            (!text.is_empty() && text.len() <= LONGEST_VALIDATOR).then(|| text.to_owned())
        };
        Validators {
            etag: told(ETAG),
            last_modified: told(LAST_MODIFIED),
        }
    }

    /// For how long the answer holds by its `Cache-Control`: its `max-age` less the `Age` that it has already, and at least
    /// a minute and at most a day.
    pub fn fresh_for(&self) -> Duration {
        let text = |name: HeaderName| self.headers().get(name)?.to_str().ok();
        let directives = text(CACHE_CONTROL).unwrap_or_default();
        let age = text(AGE).and_then(|age| age.trim().parse().ok());
        fresh_for(directives, age.unwrap_or_default())
    }
}

fn fresh_for(directives: &str, age: u64) -> Duration {
    let mut seconds = 0;
    for directive in directives.split(',') {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-cache" | "no-store" => return SHORTEST,
            "max-age" => {
                let digits = value.trim().trim_matches('"');
                seconds = digits.parse::<u64>().unwrap_or_default();
            }
            _ => {}
        }
    }
    Duration::from_secs(seconds.saturating_sub(age)).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_for_its_max_age_within_a_minute_and_a_day() {
        for (directives, age, seconds) in [
            ("", 0, 60),
            ("max-age=3600", 0, 3600),
            ("public, Max-Age=\"3600\", immutable", 600, 3000),
            ("max-age=3600", 3600, 60),
            ("max-age=1", 0, 60),
            ("max-age=31536000", 0, 86_400),
            ("max-age=99999999999999999999", 0, 60),
            ("no-cache, max-age=3600", 0, 60),
            ("max-age=3600, no-store", 0, 60),
            ("s-maxage=3600", 0, 60),
            ("max-age", 0, 60),
        ] {
            let held = fresh_for(directives, age);
            assert_eq!(held, Duration::from_secs(seconds), "{directives} {age}");
        }
    }

    #[test]
    fn what_cannot_be_a_header_is_not_asked_with() {
        let validators = Validators {
            etag: Some("\"a\"\r\nx: y".to_owned()),
            last_modified: Some("Tue, 02 Jun 2026 00:00:00 GMT".to_owned()),
        };
        let headers = validators.headers();
        assert_eq!(headers.len(), 1);
        assert!(headers.contains_key(IF_MODIFIED_SINCE));
        assert!(Validators::default().is_empty());
    }
}
