//! Parameters that many lists take, each mistake named in our own words.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openwati_core::id::Id;
use openwati_core::time::Moment;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::ApiError;

/// Things on a page, unless the caller asks for another number.
const DEFAULT_LIMIT: usize = 50;

/// The most things on a page.
const MAX_LIMIT: usize = 100;

/// Which page of a list is asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Things on a page.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

impl PageQuery {
    /// How many things the page is to have.
    ///
    /// # Errors
    /// If it is no number from 1 to 100.
    pub fn limit(&self) -> Result<usize, ApiError> {
        limit(self.limit.as_deref())
    }

    /// The id of the last thing of the page before, as [`cursor`] wrote it.
    ///
    /// # Errors
    /// If it is none.
    pub fn last(&self) -> Result<Option<Id>, ApiError> {
        parse_cursor(self.cursor.as_deref())
    }

    /// The cursor of a list whose cursors are no ids.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }
}

/// How many things a page is to have.
///
/// # Errors
/// If it is no number from 1 to 100.
pub fn limit(text: Option<&str>) -> Result<usize, ApiError> {
    text.map_or(Ok(DEFAULT_LIMIT), |text| limit_to(MAX_LIMIT, text))
}

/// How many things a page is to have, of a list that allows up to `most`.
///
/// # Errors
/// If it is no number from 1 to `most`.
pub fn limit_to(most: usize, text: &str) -> Result<usize, ApiError> {
    text.parse()
        .ok()
        .filter(|limit| (1..=most).contains(limit))
        .ok_or_else(|| ApiError::invalid(format!("limit: must be a number from 1 to {most}")))
}

/// What the next page is asked for with, after the thing of this id.
pub fn cursor(id: Id) -> String {
    URL_SAFE_NO_PAD.encode(id.bytes())
}

/// Reads a [`cursor`].
///
/// # Errors
/// If it is none.
pub fn parse_cursor(text: Option<&str>) -> Result<Option<Id>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    let id = bytes.map(Id::from_bytes).ok_or_else(bad_cursor)?;
    Ok(Some(id))
}

/// The cursor is none that a list answered with.
pub fn bad_cursor() -> ApiError {
    let error = "cursor: is not one that a list answered with";
    ApiError::new(http::StatusCode::BAD_REQUEST, "invalid_cursor", error)
}

/// A time; `name` names it in the error.
///
/// # Errors
/// If it is not ISO-8601 with an offset.
pub fn moment(name: &str, text: &str) -> Result<Moment, ApiError> {
    // In a query an offset's `+` is a space unless it was escaped, and often it was not.
    Moment::parse_iso(&text.replace(' ', "+")).ok_or_else(|| {
        let error = format!("{name}: must be an ISO-8601 time like 2026-06-10T12:34:56Z");
        ApiError::invalid(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_one_to_a_hundred_and_fifty_by_default() {
        assert_eq!(limit(None).unwrap(), 50);
        assert_eq!(limit(Some("1")).unwrap(), 1);
        assert_eq!(limit(Some("100")).unwrap(), 100);
        for bad in [
            "0",
            "101",
            "-1",
            "ten",
            "",
            "1.0",
            "99999999999999999999999",
        ] {
            let error = limit(Some(bad)).unwrap_err();
            assert_eq!(error.body().error, "limit: must be a number from 1 to 100");
        }
    }

    #[test]
    fn a_cursor_is_read_back_and_anything_else_is_refused() {
        let id = Id::from_bytes([7; 12]);
        assert_eq!(parse_cursor(Some(&cursor(id))).unwrap(), Some(id));
        assert_eq!(parse_cursor(None).unwrap(), None);
        for bad in ["", "x", "7", "äöü"] {
            let error = parse_cursor(Some(bad)).unwrap_err();
            assert_eq!(error.body().code, "invalid_cursor", "{bad}");
        }
    }

    #[test]
    fn a_time_is_named_when_it_is_wrong() {
        let error = moment("since", "yesterday").unwrap_err();
        assert_eq!(
            error.body().error,
            "since: must be an ISO-8601 time like 2026-06-10T12:34:56Z"
        );
        for offset in ["+05:00", " 05:00", "Z"] {
            let text = format!("2026-06-10T12:34:56{offset}");
            assert!(moment("until", &text).is_ok(), "{text}");
        }
    }
}
