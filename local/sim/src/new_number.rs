//! `POST /numbers`: a business number more, as somebody would get it from Meta.

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    control::parse,
    http::{Bad, Input},
    identity,
    numbers::{Line, SCOPES},
    simulator::{Inner, Simulator},
    store::{Kept, insert_number},
};

/// What is wanted of it; the rest is made up.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wanted {
    phone_number: Option<String>,
    name: Option<String>,
    /// An account that there is: its token, app and secret are the number's too.
    waba_id: Option<String>,
    /// An app that there is: its secret is the number's too.
    app_id: Option<String>,
    /// The token's permissions.
    scopes: Option<Vec<String>>,
    /// When the token ends, in seconds since 1970.
    expires_at: Option<i64>,
    throughput_per_second: Option<u32>,
    /// Members of the number's description at Graph, such as `quality_rating`.
    fields: Map<String, Value>,
}

/// Messages a second that a number has at Meta before it is raised.
const STANDARD_THROUGHPUT: u32 = 80;

/// Makes a number and answers with its credentials. Its app has no address for callbacks, and its account no subscription:
/// whoever connects it makes one.
pub(crate) async fn make(
    State(simulator): State<Simulator>,
    Input(body): Input<Value>,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let kept = wanted(inner, parse(body)?)?;
    let is_new_account = inner.numbers.of_waba(&kept.waba_id).is_empty();
    let row = kept.clone();
    inner
        .writer
        .write(move |db| {
            insert_number(db, &row)?;
            if is_new_account {
                db.execute(
                    "INSERT OR IGNORE INTO unsubscribed VALUES (?1)",
                    [&row.waba_id],
                )?;
            }
            Ok(())
        })
        .await?;
    if is_new_account {
        inner.numbers.unsubscribe(&kept.waba_id);
    }
    inner.numbers.add_kept(kept.clone());
    Ok(Json(json!({
        "phone_number_id": kept.phone_number_id,
        "waba_id": kept.waba_id,
        "phone_number": kept.phone_number,
        "name": kept.name,
        "app_id": kept.app_id,
        "app_secret": kept.app_secret,
        "access_token": kept.access_token,
        "scopes": kept.scopes,
        "expires_at": kept.expires_at,
    })))
}

fn wanted(inner: &Inner, wanted: Wanted) -> Result<Kept, Bad> {
    let account = wanted.waba_id.as_deref().map(|waba_id| {
        let mut lines = inner.numbers.of_waba(waba_id).into_iter();
        lines
            .next()
            .ok_or_else(|| Bad::field("waba_id", "there is no such account"))
    });
    let account = account.transpose()?;
    let account = account
        .as_deref()
        .map(|line: &Line| (&line.number, &line.token));
    let (app_id, app_secret) = match (account, wanted.app_id) {
        (Some((number, _)), _) => (number.app_id.clone(), number.app_secret.clone()),
        (None, Some(app_id)) => {
            let secret = inner.numbers.app_secret(&app_id);
            let secret = secret.ok_or_else(|| Bad::field("app_id", "there is no such app"))?;
            (app_id, secret)
        }
        (None, None) => (digits(16), hex::encode(rand::random::<[u8; 16]>())),
    };
    let phone_number = match wanted.phone_number {
        Some(written) => identity::digits(&written)
            .ok_or_else(|| Bad::field("phone_number", "must have 7 to 15 digits"))?,
        None => format!("1555{}", digits(7)),
    };
    if inner.numbers.channel(Some(&phone_number)).is_some() {
        return Err(Bad::field("phone_number", "is another's already"));
    }
    if wanted.throughput_per_second == Some(0) {
        return Err(Bad::field("throughput_per_second", "must not be 0"));
    }
    let scopes = wanted
        .scopes
        .or(account.map(|(_, token)| token.scopes.clone()));
    Ok(Kept {
        phone_number_id: digits(15),
        waba_id: match account {
            Some((number, _)) => number.waba_id.clone(),
            None => digits(15),
        },
        phone_number,
        name: wanted.name.unwrap_or_else(|| "Simulated".to_owned()),
        access_token: match account {
            Some((number, _)) => number.access_token.clone(),
            None => format!("EAA{}", hex::encode(rand::random::<[u8; 30]>())),
        },
        app_id,
        app_secret,
        throughput_per_second: wanted.throughput_per_second.unwrap_or(STANDARD_THROUGHPUT),
        scopes: scopes.unwrap_or_else(|| SCOPES.map(str::to_owned).into()),
        expires_at: wanted
            .expires_at
            .or(account.map(|(_, token)| token.expires_at))
            .unwrap_or(0),
        fields: wanted.fields,
    })
}

/// So many random digits, the first of which is no zero.
fn digits(count: usize) -> String {
    let random = rand::random::<[u8; 16]>();
    let digit = |(place, byte): (usize, &u8)| {
        char::from(b'0' + if place == 0 { 1 + byte % 9 } else { byte % 10 })
    };
    random.iter().enumerate().take(count).map(digit).collect()
}
