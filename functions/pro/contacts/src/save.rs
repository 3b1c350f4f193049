//! `POST /api/contacts`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use openwati_services::contacts::{self, Given, NewContacts};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, LARGE_JSON_LIMIT, WriteContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::contact::Contact;
use crate::values::attribute;

/// Contacts to save.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SaveContacts {
    /// What there is to tell of each.
    #[schema(value_type = Vec<NewContact>, min_items = 1, max_items = 1000)]
    contacts: Vec<Value>,
}

/// What there is to tell of a contact. It is added to what is known by the number.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"name": "Ali", "phone": "+923001234567", "tags": ["lead", "jan26"]}))]
pub(crate) struct NewContact {
    /// What you call them; what is absent stays.
    #[serde(default)]
    #[schema(nullable = false, max_length = 200)]
    name: Option<String>,
    /// Their number: with its country code, or as it is dialled in your own country.
    phone: String,
    /// Tags that they get besides those that they have: 100 at the most, each of 64 characters.
    #[serde(default)]
    #[schema(nullable = false)]
    tags: Option<Vec<String>>,
    /// Attributes that they get: 100 at the most, with names of 64 characters and values of 1,024; all together 32 KiB. `null`
    /// takes one away.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<BTreeMap<String, Option<String>>>)]
    attributes: Option<BTreeMap<String, Value>>,
}

/// What became of contacts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedContacts {
    #[schema(example = true)]
    ok: bool,
    /// How many contacts were made.
    #[schema(example = 1)]
    created: usize,
    /// How many were there, and were told what is new.
    #[schema(example = 1)]
    updated: usize,
    /// What was not taken. The rest was.
    rejected: Vec<RejectedContact>,
    /// The contacts as they are now, each once. Of very large ones as many as an answer of 4 MB holds.
    contacts: Vec<Contact>,
}

/// A contact that was not taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RejectedContact {
    /// Its place in the request, counted from 0.
    #[schema(example = 2)]
    index: usize,
    /// Its number, as it was given.
    #[schema(required, example = "12")]
    phone: Option<String>,
    /// What is wrong with it.
    #[schema(example = "phone: has no known country code: write it as +<country code><number>")]
    reason: String,
}

error_responses! {
    /// Why contacts are not saved.
    SaveErrors {
        "400": "The body is not what it must be; the error names what." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "409": "The first request with this `Idempotency-Key` still runs." ["in_progress"],
        "413": "The body is larger than 2 MiB." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
    }
}

/// Save contacts
///
/// A contact is made where there is none of the number; else its tags and attributes are added, and its name is set where one
/// is given. What is wrong with one of them does not hold up the others. With an `Idempotency-Key` the same request may be
/// repeated for 24 hours: it saves nothing then, and the answer shows the contacts as they are.
#[utoipa::path(
    post,
    path = "/api/contacts",
    operation_id = "saveContacts",
    tag = "Contacts",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both saves nothing again.")),
    request_body = SaveContacts,
    responses(
        KeyErrors,
        SaveErrors,
        (status = 200, description = "What became of each.", body = SavedContacts, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn save(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteContacts>,
    key: IdempotencyKey,
    ApiJson { value: body, raw }: ApiJson<SaveContacts, LARGE_JSON_LIMIT>,
) -> Result<impl IntoResponse, ApiError> {
    let phones: Vec<Option<String>> = body.contacts.iter().map(phone).collect();
    let new = NewContacts {
        given: body.contacts.into_iter().map(given).collect(),
        idempotency: key.over(&raw),
    };
    let made = contacts::save(app.platform(), &caller, new).await?;
    let saved = made.thing;
    let rejected = saved.rejected.into_iter().map(|(index, reason)| {
        let phone = phones.get(index).cloned().flatten();
        RejectedContact {
            index,
            phone,
            reason,
        }
    });
    let answer = SavedContacts {
        ok: true,
        created: saved.created,
        updated: saved.updated,
        rejected: rejected.collect(),
        contacts: saved.contacts.into_iter().map(Contact::from).collect(),
    };
    Ok((replayed(made.replayed), Json(answer)))
}

/// The number of a contact, as it was given: to say which one is rejected.
fn phone(contact: &Value) -> Option<String> {
    match contact.get("phone")? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What is told of a contact, or what is wrong with how it is told.
fn given(contact: Value) -> Result<Given, String> {
    if !contact.is_object() {
        return Err("must be an object".to_owned());
    }
    let contact: NewContact = serde_path_to_error::deserialize(contact).map_err(|error| {
        let path = error.path().to_string();
        match path.as_str() {
            "." => error.inner().to_string(),
            path => format!("{path}: {}", error.inner()),
        }
    })?;
    let attributes = contact.attributes.unwrap_or_default().into_iter();
    let attributes = attributes.map(|(name, value)| {
        let value = attribute(&name, value)?;
        Ok((name, value))
    });
    Ok(Given {
        phone: contact.phone,
        name: contact.name,
        tags: contact.tags.unwrap_or_default(),
        attributes: attributes.collect::<Result<_, String>>()?,
    })
}
