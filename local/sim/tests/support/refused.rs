//! Messages that Graph refuses.

#![allow(dead_code, reason = "every test file uses a part of this")]

use serde_json::{Value, json};

use super::{CUSTOMER, Whatsapp};

/// What is wrong, Meta's code, the body.
pub(crate) type Refused = (&'static str, u32, Value);

/// A message of a type to a customer.
pub(crate) fn of(kind: &str, content: Value) -> Value {
    json!({"messaging_product": "whatsapp", "to": CUSTOMER, "type": kind, kind: content})
}

/// Sends what is wrong, and sees it refused without any effect.
pub(crate) async fn assert_refused(cases: Vec<Refused>) {
    let whatsapp = Whatsapp::start().await;
    for (what, code, body) in cases {
        let (status, answer) = whatsapp.send(&body).await;
        let error = &answer["error"];
        assert_eq!(
            (status, &error["code"]),
            (400, &json!(code)),
            "{what}: {answer}"
        );
        assert!(error["message"].is_string(), "{what}: {answer}");
        assert!(
            error["fbtrace_id"].as_str().unwrap().starts_with('A'),
            "{what}"
        );
        let unknown_file = error["error_subcode"] == 33;
        if !unknown_file {
            assert_eq!(error["type"], "OAuthException", "{what}");
            let details = error["error_data"]["details"].as_str();
            assert!(!details.unwrap().is_empty(), "{what}: {answer}");
            assert_eq!(error["error_data"]["messaging_product"], "whatsapp");
            assert!(
                error["message"]
                    .as_str()
                    .unwrap()
                    .starts_with(&format!("(#{code}) "))
            );
        }
    }
    assert!(whatsapp.phone(CUSTOMER).await.is_empty());
    assert!(whatsapp.platform.received().is_empty());
}
