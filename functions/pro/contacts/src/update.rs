//! `PUT /api/contacts/{id}`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use openwati_services::contacts;
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteOwnContact, nullable};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::contact::OneContact;
use crate::values::attribute;

/// What changes of a contact. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"name": "Ali", "tags": ["customer"], "opted_out": false}))]
pub(crate) struct ContactChange {
    /// What you call them; `null` for what they call themselves.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    name: Option<Option<String>>,
    /// All of their tags.
    #[serde(default)]
    #[schema(nullable = false, max_items = 100)]
    tags: Option<Vec<String>>,
    /// All of their attributes.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<BTreeMap<String, String>>)]
    attributes: Option<BTreeMap<String, Value>>,
    /// All of the lists that they are on, by their ids. Those that are none are skipped.
    #[serde(default)]
    #[schema(nullable = false, max_items = 100)]
    lists: Option<Vec<String>>,
    /// Whether they want no messages.
    #[serde(default)]
    #[schema(nullable = false)]
    opted_out: Option<bool>,
}

error_responses! {
    /// Why a contact is not changed.
    UpdateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, the key lacks the scope, or no conversation with them is assigned to the agent." ["missing_scope", "plan_has_no_api", "tenant_suspended", "not_your_conversation"],
        "404": "There is no such contact." ["not_found"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Change a contact
///
/// Tags, attributes and lists that are named replace what was there; what is not named stays. An agent changes the contacts of
/// the own conversations.
#[utoipa::path(
    put,
    path = "/api/contacts/{id}",
    operation_id = "updateContact",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid")),
    request_body = ContactChange,
    responses(
        KeyErrors,
        UpdateErrors,
        (status = 200, description = "The contact as it is now.", body = OneContact),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteOwnContact>,
    ApiPath(id): ApiPath<String>,
    ApiJson { value: change, .. }: ApiJson<ContactChange>,
) -> Result<Json<OneContact>, ApiError> {
    let attributes = change.attributes.map(|attributes| {
        let set = attributes.into_iter().filter_map(|(name, value)| {
            let value = attribute(&name, value).transpose()?;
            Some(value.map(|value| (name, value)))
        });
        set.collect::<Result<BTreeMap<String, String>, String>>()
    });
    let change = contacts::ContactChange {
        name: change.name,
        tags: change.tags,
        attributes: attributes.transpose().map_err(ApiError::invalid)?,
        lists: change.lists,
        opted_out: change.opted_out,
    };
    let contact = contacts::change(app.platform(), &caller, &id, change).await?;
    Ok(Json(contact.into()))
}
