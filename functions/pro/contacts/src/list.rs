//! `GET /api/contacts`

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use openwati_core::id::Id;
use openwati_services::contacts::{self, Filter, MOST_AT_ONCE};
use openwati_web::extract::{ApiQuery, Authorized, ReadContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{limit, limit_to};
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::contact::ManyContacts;

/// Which contacts the list is to hold: those that all of this is true of.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// How a name begins, or a word of it, in any spelling; or how a number begins, with or without `+`.
    #[param(nullable = false, example = "ali")]
    search: Option<String>,
    /// How a name begins, or a word of it.
    #[param(nullable = false, example = "ali")]
    name: Option<String>,
    /// How a number begins, with its country code; or a whole number of your own country.
    #[param(nullable = false, example = "92300")]
    phone: Option<String>,
    /// Only contacts with this tag.
    #[param(nullable = false, example = "lead")]
    tag: Option<String>,
    /// Only contacts on this list.
    #[param(nullable = false, format = "uuid")]
    list: Option<String>,
    /// Only contacts who opted out, or who did not.
    #[param(nullable = false, value_type = Option<bool>)]
    opted_out: Option<String>,
    /// Contacts on a page. Without it 1,000 where no `cursor` is given either, else 50.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// The `nextCursor` of the page before, of the same search.
    #[param(nullable = false)]
    cursor: Option<String>,
}

error_responses! {
    /// Why contacts are not listed.
    ListErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such list." ["not_found"],
    }
}

/// List contacts
///
/// Newest first; a search comes in the order of what was found. `attribute.<name>=<value>` finds contacts by an attribute.
/// Where no index leads to what is asked for (attributes, `opted_out`, a second condition), a page looks at 2,000 contacts
/// and may hold few of them, or none, and all the same has a `nextCursor`.
#[utoipa::path(
    get,
    path = "/api/contacts",
    operation_id = "listContacts",
    tag = "Contacts",
    params(
        Parameters,
        ("attribute.<name>" = Option<String>, Query, nullable = false,
            description = "Only contacts whose attribute of this name has this value; may be given for several names.")
    ),
    responses(
        KeyErrors,
        ListErrors,
        (status = 200, description = "A page of contacts.", body = ManyContacts),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadContacts>,
    ApiQuery(parameters): ApiQuery<Parameters>,
    ApiQuery(pairs): ApiQuery<Vec<(String, String)>>,
) -> Result<Json<ManyContacts>, ApiError> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let limit = match (parameters.limit.as_deref(), &parameters.cursor) {
        (Some(text), _) => limit_to(MOST_AT_ONCE, text)?,
        (None, None) => MOST_AT_ONCE,
        (None, Some(_)) => limit(None)?,
    };
    let opted_out = given(parameters.opted_out).map(|text| truth(&text));
    let list = given(parameters.list).map(|text| text.parse::<Id>());
    let filter = Filter {
        search: given(parameters.search),
        name: given(parameters.name),
        phone: given(parameters.phone),
        tag: given(parameters.tag),
        list: list
            .transpose()
            .map_err(|_| ApiError::not_found("there is no such contact list"))?,
        attributes: attributes(pairs)?,
        opted_out: opted_out.transpose()?,
        limit,
        cursor: parameters.cursor,
    };
    let page = contacts::list(app.platform(), &caller, &filter).await?;
    Ok(Json(page.into()))
}

fn truth(text: &str) -> Result<bool, ApiError> {
    text.parse()
        .map_err(|_| ApiError::invalid("opted_out: must be true or false"))
}

/// The attributes that are asked for, each by its own name.
fn attributes(pairs: Vec<(String, String)>) -> Result<Vec<(String, String)>, ApiError> {
    let named = pairs.into_iter().filter_map(|(name, value)| {
        let name = name.strip_prefix("attribute.")?;
        Some((name.to_owned(), value))
    });
    let named: Vec<(String, String)> = named.collect();
    let mut seen = BTreeSet::new();
    for (name, _) in &named {
        if !seen.insert(name) {
            return Err(ApiError::invalid(format!(
                "attribute.{name}: is given twice"
            )));
        }
    }
    Ok(named)
}
