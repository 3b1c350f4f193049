//! `POST /api/admin/tenants`

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_core::secret::Secret;
use openwati_services::admin;
use openwati_web::extract::{ApiJson, Authorized, BaseUrl, IdempotencyKey, WriteTenants};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::figures::Figures;
use crate::tenant::Tenant;

/// A tenant to be.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewTenant {
    /// What it is called: 1 to 100 characters.
    #[schema(example = "Shop")]
    name: String,
    /// Its plan: `Free`, `Starter`, `Pro`, `Agency`, or `Unlimited`, which it is where none is named.
    #[serde(default)]
    #[schema(nullable = false, example = "Pro")]
    plan: Option<String>,
    /// Figures of its own, over those of the plan.
    #[serde(default)]
    figures: Figures,
    /// Whose it is to be. They come in as its Admin by the link in the answer.
    #[schema(example = "admin@example.com")]
    email: String,
}

/// A tenant, with the link by which its first Admin comes in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MadeTenant {
    tenant: Tenant,
    /// For the one who was invited and nobody else; good for 7 days and once.
    #[schema(value_type = String)]
    invitation_link: Secret<String>,
}

error_responses! {
    /// Why a tenant is not made.
    CreateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_name", "invalid_plan", "invalid_email"],
        "403": "Only Super Admins may, who are people." ["missing_scope", "missing_role"],
        "409": "Somebody has the e-mail address already; the first request with this `Idempotency-Key` still runs, or what it made was deleted since." ["email_taken", "in_progress", "deleted_since"],
        "413": "The body is too large." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
    }
}

/// Create a tenant
///
/// For Super Admins. With an `Idempotency-Key` the same request may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/admin/tenants",
    operation_id = "createTenant",
    tag = "Installation",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first answer again.")),
    request_body = NewTenant,
    responses(
        KeyErrors,
        CreateErrors,
        (status = 201, description = "The tenant, with its invitation.", body = MadeTenant, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteTenants>,
    BaseUrl(base_url): BaseUrl,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<NewTenant>,
) -> Result<impl IntoResponse, ApiError> {
    let new = admin::NewTenant {
        name: new.name,
        plan: new.plan,
        figures: new.figures.into(),
        email: new.email,
        idempotency: key.over(&raw),
    };
    let made = admin::create(app.platform(), &caller, new, &base_url).await?;
    let (tenant, link) = made.thing;
    let made_tenant = MadeTenant {
        tenant: tenant.into(),
        invitation_link: link,
    };
    Ok((
        StatusCode::CREATED,
        replayed(made.replayed),
        Json(made_tenant),
    ))
}
