//! The newest calls that reached Graph.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::time::iso;

/// How many calls are remembered, in memory alone.
const KEPT: usize = 1_000;

/// One call. The token that came with it is nowhere in it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) at_ms: i64,
    pub(crate) method: String,
    pub(crate) path: String,
    /// The HTTP status; `None` when the connection was closed without an answer.
    pub(crate) status: Option<u16>,
    pub(crate) phone_number_id: Option<String>,
    pub(crate) body: Bytes,
    pub(crate) response: Bytes,
}

/// The calls, oldest first.
#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<VecDeque<Call>>);

impl RequestLog {
    pub(crate) fn add(&self, call: Call) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() == KEPT {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    /// The newest calls, newest first, as JSON.
    pub(crate) fn newest(&self, limit: usize) -> Vec<Value> {
        let calls: Vec<Call> = {
            let calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            calls.iter().rev().take(limit).cloned().collect()
        };
        calls.iter().map(Call::show).collect()
    }
}

impl Call {
    fn show(&self) -> Value {
        json!({
            "at": iso(self.at_ms),
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "phone_number_id": self.phone_number_id,
            "body": readable(&self.body),
            "response": readable(&self.response),
        })
    }
}

/// A body as JSON, or as text where it is none; secrets of a subscription are left out.
fn readable(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    let mut value = serde_json::from_slice(body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
    if let Some(members) = value.as_object_mut() {
        members.remove("verify_token");
        members.remove("access_token");
    }
    value
}
