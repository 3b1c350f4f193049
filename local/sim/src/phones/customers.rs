//! The customers that there are.

use std::sync::PoisonError;

use axum::{
    Json,
    extract::{Path, Query, State},
};
use rusqlite::params;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{customer, show::shown};
use crate::{
    base::Base,
    http::{Bad, Input},
    identity,
    simulator::{Inner, Simulator},
    store::{Known, Lost},
    time::now_ms,
};

/// Customers that are listed by default.
pub(super) const LISTED: u32 = 100;

/// How many customers are wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    limit: Option<u32>,
}

/// `GET /customers`.
pub(crate) async fn customers(
    State(simulator): State<Simulator>,
    Query(part): Query<Part>,
    base: Base,
) -> Result<Json<Value>, Bad> {
    let listed = list(&simulator.inner, part.limit.unwrap_or(LISTED), &base).await?;
    Ok(Json(listed))
}

/// The customers, the latest first.
pub(super) async fn list(inner: &Inner, limit: u32, base: &Base) -> Result<Value, Lost> {
    let known = inner.reader.customers(limit).await?;
    let now_ms = now_ms();
    // Groups, and ids that nobody has, are no phones.
    let known = known
        .iter()
        .filter(|known| customer(inner, &known.customer).is_ok());
    let entry = |known: &Known| {
        let last = known.last.as_ref();
        json!({
            "number": known.customer,
            "name": inner.name_of(&known.customer),
            "unread": known.unread,
            "last": last.map(|last| shown(last, base, now_ms)),
        })
    };
    Ok(known.map(entry).collect())
}

/// The profile of a customer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    name: Option<String>,
}

/// `PUT /customers/{number}`: makes a customer up, or names one anew.
pub(crate) async fn name(
    State(simulator): State<Simulator>,
    Path(named): Path<String>,
    Input(profile): Input<Profile>,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let customer = customer(inner, &named)?;
    let businesses = inner.numbers.all();
    let mut businesses = businesses.iter().map(|line| &line.number);
    if businesses.any(|number| identity::wa_id(&number.display_phone_number) == customer) {
        return Err(Bad::field("number", "is the business itself"));
    }
    let name = profile.name.unwrap_or_else(|| inner.name_of(&customer));
    check_name(&name)?;
    {
        let mut names = inner.names.write().unwrap_or_else(PoisonError::into_inner);
        names.insert(customer.clone(), name.clone());
    }
    let answer = json!({"number": customer, "name": name});
    inner
        .writer
        .write(move |db| {
            db.execute(
                "INSERT OR REPLACE INTO customers VALUES (?1, ?2)",
                params![customer, name],
            )
        })
        .await?;
    Ok(Json(answer))
}

/// What a customer's profile may have as its name.
pub(super) fn check_name(name: &str) -> Result<(), Bad> {
    match name.chars().count() {
        1..=256 => Ok(()),
        _ => Err(Bad::field("name", "must have from 1 to 256 characters")),
    }
}
