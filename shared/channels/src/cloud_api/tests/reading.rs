//! Nothing that may come as an answer makes the reader fail.

use std::time::Duration;

use openwati_core::graph_error::classify;
use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use crate::cloud_api::{
    CallError, Refusal,
    answer::{accepted, judge, retry_after},
    transport::{Answer, Exchange},
};

fn answered(http_status: u16, body: impl Into<Vec<u8>>) -> Exchange {
    Exchange::Answered(Answer {
        http_status,
        retry_after: None,
        body: body.into(),
        cut: None,
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("error"),
        Just("code"),
        Just("type"),
        Just("messages"),
        Just("id"),
        Just("contacts"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z0-9.]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_have_an_outcome(status in any::<u16>(), body in any::<Vec<u8>>()) {
        let _ = judge(answered(status, body), accepted);
    }

    #[test]
    fn only_an_id_is_taken_for_success(status in 100..600_u16, json in any_json()) {
        let outcome = judge(answered(status, json.to_string()), accepted);
        let id = &json["messages"][0]["id"];
        let has_id = id.is_number() || id.as_str().is_some_and(|id| !id.is_empty());
        prop_assert_eq!(outcome.is_ok(), has_id);
    }

    #[test]
    fn any_code_is_read_with_its_class(
        status in any::<u16>(),
        code in any::<i64>(),
        subcode in any::<Option<i64>>(),
    ) {
        let body = json!({"error": {"type": "OAuthException", "message": "no", "code": code,
            "error_subcode": subcode}});
        let refused = judge(answered(status, body.to_string()), accepted).unwrap_err();
        let CallError::Refused(Refusal::Graph(error)) = refused else {
            panic!("{refused}");
        };
        prop_assert_eq!((error.code, error.subcode), (code, subcode));
        prop_assert_eq!(error.class, classify(code, subcode, status));
    }

    #[test]
    fn any_header_is_a_wait_of_a_day_at_most_or_none(value in "[ -~]{0,60}", seconds in any::<u64>()) {
        for value in [value, seconds.to_string()] {
            for name in ["retry-after", "x-business-use-case-usage"] {
                let value = HeaderValue::try_from(&value).unwrap();
                let headers: HeaderMap = [(name.parse().unwrap(), value)].into_iter().collect();
                prop_assert!(retry_after(&headers).is_none_or(|wait| wait <= Duration::from_hours(24)));
            }
        }
    }
}
