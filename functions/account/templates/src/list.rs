//! `GET /api/templates`

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openwati_services::templates::{self, Filter};
use openwati_web::extract::{ApiQuery, Authorized, ReadTemplates};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{bad_cursor, limit};
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::template::{Template, device};

/// What the list is to hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct Parameters {
    /// Only templates whose names hold this.
    #[param(nullable = false, example = "order")]
    name: Option<String>,
    /// Only templates of this status.
    #[param(nullable = false, example = "APPROVED")]
    status: Option<String>,
    /// Only templates of this category.
    #[param(nullable = false, example = "UTILITY")]
    category: Option<String>,
    /// Only templates in this language.
    #[param(nullable = false, example = "en_US")]
    language: Option<String>,
    /// Only templates that this device can send.
    #[param(nullable = false, format = "uuid")]
    device_id: Option<String>,
    /// Templates on a page.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// A page of templates, by name and language.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyTemplates {
    templates: Vec<Template>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why templates are not listed.
    ListErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such device." ["not_found"],
    }
}

/// List templates
///
/// The catalogue is read from Meta every hour and brought up to date by Meta's callbacks. Ask for the next page with `cursor`
/// and the same parameters.
#[utoipa::path(
    get,
    path = "/api/templates",
    operation_id = "listTemplates",
    tag = "Templates",
    params(Parameters),
    responses(
        KeyErrors,
        ListErrors,
        (status = 200, description = "A page of templates.", body = ManyTemplates),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadTemplates>,
    ApiQuery(parameters): ApiQuery<Parameters>,
) -> Result<Json<ManyTemplates>, ApiError> {
    let limit = limit(parameters.limit.as_deref())?;
    let after = parameters.cursor.as_deref().map(place).transpose()?;
    let filter = Filter {
        name: parameters.name,
        status: parameters.status,
        category: parameters.category,
        language: parameters.language,
        channel: parameters.device_id.as_deref().map(device).transpose()?,
    };
    let page = templates::list(app.platform(), &caller, &filter, limit, after.as_deref()).await?;
    Ok(Json(ManyTemplates {
        templates: page.templates.into_iter().map(Template::from).collect(),
        next_cursor: page.next.map(|place| URL_SAFE_NO_PAD.encode(place)),
    }))
}

fn place(cursor: &str) -> Result<String, ApiError> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| bad_cursor())?;
    let place = String::from_utf8(bytes).map_err(|_| bad_cursor())?;
    match place.split('#').count() {
        3 => Ok(place),
        _ => Err(bad_cursor()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_the_place_of_a_template() {
        let cursor = URL_SAFE_NO_PAD.encode("a#en#215");
        assert_eq!(place(&cursor).unwrap(), "a#en#215");
        for bad in ["", "x", "äö", "YQ"] {
            assert_eq!(place(bad).unwrap_err().body().code, "invalid_cursor");
        }
    }
}
