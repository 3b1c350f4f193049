//! `GET /api/me`

use axum::Json;
use axum::extract::State;
use openwati_services::accounts;
use openwati_web::extract::Known;
use openwati_web::openapi::KeyErrors;
use openwati_web::user::{User, UserRole};
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

/// Who calls.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// The person; `null` for an API key.
    #[schema(required)]
    user: Option<User>,
    tenant: Tenant,
    /// What may be done in the tenant.
    #[schema(value_type = UserRole)]
    role: &'static str,
    /// The scopes that it is limited to; `api` is none.
    #[schema(example = json!(["api"]))]
    scopes: Vec<String>,
}

/// The tenant that is worked in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnTenant)]
pub(crate) struct Tenant {
    #[schema(example = "1234567890")]
    id: String,
    #[schema(example = "Ada's Bakery")]
    name: String,
    /// The name of its plan.
    #[schema(example = "Pro")]
    plan: String,
}

error_responses! {
    /// Why it is not said.
    MeErrors {
        "403": "The plan has no API, or the account is suspended." ["plan_has_no_api", "tenant_suspended"],
    }
}

/// Show who calls
#[utoipa::path(
    get,
    path = "/api/me",
    operation_id = "showMe",
    tag = "People",
    responses(
        KeyErrors,
        MeErrors,
        (status = 200, description = "Who calls, and where.", body = Me),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn me(
    State(app): State<App>,
    Known { caller }: Known,
) -> Result<Json<Me>, ApiError> {
    let me = accounts::me(app.platform(), &caller).await?;
    Ok(Json(Me {
        user: me.person.map(User::from),
        tenant: Tenant {
            id: me.tenant.id.to_string(),
            name: me.tenant.name,
            plan: me.tenant.plan,
        },
        role: me.role.name(),
        scopes: me.scopes,
    }))
}
