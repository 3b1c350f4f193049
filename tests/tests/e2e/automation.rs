//! What answers customers by itself.

mod consent;
mod matching;
mod quiet;
mod steps;

use openwati_tests::{Phone, SOON, eventually};
use serde_json::{Value, json};

/// The texts that came to a phone, once there are so many.
async fn texts(phone: &Phone, count: usize) -> Vec<String> {
    eventually("the answers come", SOON, || async {
        let texts = phone.texts().await;
        assert!(texts.len() <= count, "{texts:?}");
        (texts.len() == count).then_some(texts)
    })
    .await
}

/// Hours of which every one is a working hour.
pub(crate) fn open(message: &str) -> Value {
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let window = json!({"days": days, "from": "00:00", "to": "24:00"});
    json!({"enabled": true, "time_zone": "Asia/Karachi", "windows": [window], "away_message": message})
}

/// Hours of which none of the next ones is a working hour: the only window of the week ended yesterday.
pub(crate) fn closed(message: &str) -> Value {
    let mut hours = open(message);
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let zone = jiff::tz::TimeZone::get("Asia/Karachi").unwrap();
    let today = jiff::Timestamp::now().to_zoned(zone).weekday();
    let yesterday = today.previous().to_monday_zero_offset();
    let yesterday = days[usize::try_from(yesterday).unwrap()];
    hours["windows"] = json!([{"days": [yesterday], "from": "01:00", "to": "02:00"}]);
    hours
}
