//! Trouble on demand.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::identity;

/// One kind of trouble, as `POST /faults` takes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// What it applies to; everything when missing.
    #[serde(default, rename = "match")]
    pub(crate) matches: Match,
    /// Answer this error of Meta's instead of accepting.
    pub(crate) error: Option<GraphFault>,
    /// Answer this HTTP status without any JSON.
    pub(crate) http: Option<u16>,
    /// Close the connection without an answer.
    #[serde(default)]
    pub(crate) drop: bool,
    /// Whether a request that is dropped or answered by `http` has its effect all the same: yes for
    /// `drop`, no for `http`, unless this says otherwise.
    pub(crate) accept: Option<bool>,
    /// Wait this long before anything else.
    pub(crate) delay_ms: Option<u64>,
    /// Deliver each callback this many times.
    pub(crate) duplicate_webhooks: Option<u32>,
    /// Deliver the statuses of a message in another order.
    #[serde(default)]
    pub(crate) reorder_webhooks: bool,
    /// What it does to a file on its way, in downloads alone.
    #[serde(flatten)]
    pub(crate) file: FileTrouble,
    /// How often it strikes before it is over; for ever when missing.
    pub(crate) times: Option<u64>,
    /// The share of the matching occasions at which it strikes, 0 to 1; all when missing.
    pub(crate) rate: Option<f64>,
}

/// Trouble with the bytes of a download.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct FileTrouble {
    /// Announce the whole length and hang up after so many bytes.
    pub(crate) truncate: Option<u64>,
    /// Announce no length and begin again at the end, for as long as someone reads.
    #[serde(default)]
    pub(crate) endless: bool,
    /// Send no faster than this.
    pub(crate) bytes_per_second: Option<u64>,
    /// Change the first byte.
    #[serde(default)]
    pub(crate) corrupt: bool,
}

impl FileTrouble {
    fn is_any(self) -> bool {
        self.truncate.is_some() || self.endless || self.bytes_per_second.is_some() || self.corrupt
    }
}

/// What a fault applies to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Match {
    /// The recipient: a number or a business-scoped user id.
    pub(crate) to: Option<String>,
    /// A part of the path of a Graph call, such as `/messages`.
    pub(crate) path: Option<String>,
    /// The method of a Graph call; look-ups and downloads of files are the `GET`s of a customer.
    pub(crate) method: Option<String>,
}

/// An error of Meta's, to be answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GraphFault {
    pub(crate) code: u32,
    pub(crate) subcode: Option<u32>,
    pub(crate) details: Option<String>,
}

/// An occasion at which a fault may strike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occasion<'a> {
    /// The customer concerned, as [`customer`] gives it.
    pub(crate) customer: Option<&'a str>,
    /// The Graph path, when a Graph call is the cause.
    pub(crate) path: Option<&'a str>,
    /// Its method.
    pub(crate) method: Option<&'a str>,
    /// Whether it is the download of a file.
    pub(crate) is_file: bool,
}

impl<'a> Occasion<'a> {
    /// Something that happens to a customer, or to nobody, without a call of Graph's.
    pub(crate) fn of(customer: Option<&'a str>) -> Self {
        Self {
            customer,
            path: None,
            method: None,
            is_file: false,
        }
    }
}

/// What happens to the callbacks of one cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Webhooks {
    /// How many copies of each callback go out.
    pub(crate) copies: u32,
    /// Whether they change their order.
    pub(crate) reorder: bool,
}

/// The faults that are on.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

/// The customer that a number or user id stands for, in the form faults compare.
pub(crate) fn customer(named: &str) -> String {
    match identity::digits(named) {
        Some(digits) => identity::wa_id(&digits),
        None => identity::wa_id_of_user(named).unwrap_or_else(|| named.to_owned()),
    }
}

impl Fault {
    /// What is wrong with it, if anything: the field and why.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        let has_effect = self.error.is_some()
            || self.http.is_some()
            || self.drop
            || self.delay_ms.is_some()
            || self.file.is_any()
            || self.duplicate_webhooks.is_some()
            || self.reorder_webhooks;
        if !has_effect {
            return Some(
                "one of error, http, drop, delay_ms, truncate, endless, bytes_per_second, corrupt, \
                 duplicate_webhooks, reorder_webhooks is needed",
            );
        }
        if self
            .http
            .is_some_and(|status| !(200..=599).contains(&status))
        {
            return Some("http: must be a status from 200 to 599");
        }
        if self.delay_ms.is_some_and(|delay| delay > 300_000) {
            return Some("delay_ms: must be at most 300000");
        }
        if self.file.bytes_per_second == Some(0) {
            return Some("bytes_per_second: must be at least 1");
        }
        if self
            .duplicate_webhooks
            .is_some_and(|copies| !(1..=100).contains(&copies))
        {
            return Some("duplicate_webhooks: must be from 1 to 100");
        }
        if self.times == Some(0) {
            return Some("times: must be at least 1");
        }
        if self.rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) {
            return Some("rate: must be from 0 to 1");
        }
        None
    }

    fn is_about_webhooks(&self) -> bool {
        !self.is_about_calls() && !self.file.is_any()
    }

    fn is_about_calls(&self) -> bool {
        self.error.is_some() || self.http.is_some() || self.drop || self.delay_ms.is_some()
    }

    fn strikes(&mut self, occasion: Occasion<'_>) -> bool {
        let to = self.matches.to.as_deref();
        let path = self.matches.path.as_deref();
        let hit = to.is_none_or(|to| occasion.customer == Some(&customer(to)))
            && path.is_none_or(|part| occasion.path.is_some_and(|path| path.contains(part)))
            && self.matches.method.as_deref().is_none_or(|method| {
                occasion
                    .method
                    .is_some_and(|of_call| of_call.eq_ignore_ascii_case(method))
            })
            && self.times != Some(0)
            && self.rate.is_none_or(|rate| rand::random::<f64>() < rate);
        if hit && let Some(times) = &mut self.times {
            *times -= 1;
        }
        hit
    }
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// The fault that strikes a Graph call.
    pub(crate) fn for_call(&self, occasion: Occasion<'_>) -> Option<Fault> {
        let mut faults = self.lock();
        let struck = faults.iter_mut().find_map(|fault| {
            let concerns = fault.is_about_calls() || (occasion.is_file && fault.file.is_any());
            (concerns && fault.strikes(occasion)).then(|| fault.clone())
        });
        faults.retain(|fault| fault.times != Some(0));
        struck
    }

    /// What happens to the callbacks of one cause: a send, a read, a customer's message.
    pub(crate) fn for_webhooks(&self, occasion: Occasion<'_>) -> Webhooks {
        let mut webhooks = Webhooks {
            copies: 1,
            reorder: false,
        };
        let mut faults = self.lock();
        if faults.is_empty() {
            return webhooks;
        }
        for fault in faults.iter_mut().filter(|fault| fault.is_about_webhooks()) {
            if fault.strikes(occasion) {
                webhooks.copies = webhooks.copies.max(fault.duplicate_webhooks.unwrap_or(1));
                webhooks.reorder |= fault.reorder_webhooks;
            }
        }
        faults.retain(|fault| fault.times != Some(0));
        webhooks
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> Fault {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_fault_strikes_whom_it_names_as_often_as_it_says() {
        let faults = Faults::default();
        faults.add(fault(
            r#"{"match":{"to":"+55 11 98765-4321"},"http":503,"times":2}"#,
        ));
        let other = Occasion::of(Some("15550100000"));
        let named = Occasion::of(Some("551187654321"));
        assert!(faults.for_call(other).is_none());
        assert!(faults.for_call(named).is_some());
        assert!(faults.for_call(named).is_some());
        assert!(faults.for_call(named).is_none());
    }

    #[test]
    fn a_path_matches_graph_calls_alone() {
        let faults = Faults::default();
        faults.add(fault(
            r#"{"match":{"path":"/messages"},"duplicate_webhooks":3}"#,
        ));
        let call = Occasion {
            customer: None,
            path: Some("/v25.0/1/messages"),
            method: Some("POST"),
            is_file: false,
        };
        assert_eq!(
            faults.for_webhooks(call),
            Webhooks {
                copies: 3,
                reorder: false
            }
        );
        let phone = Occasion::of(None);
        assert_eq!(faults.for_webhooks(phone).copies, 1);
        assert!(faults.for_call(call).is_none());
    }

    #[test]
    fn a_fault_that_does_nothing_or_the_impossible_is_told() {
        for bad in [
            "{}",
            r#"{"http":99}"#,
            r#"{"drop":true,"times":0}"#,
            r#"{"drop":true,"rate":1.5}"#,
            r#"{"duplicate_webhooks":0}"#,
            r#"{"delay_ms":9999999}"#,
        ] {
            assert!(fault(bad).problem().is_some(), "{bad}");
        }
        assert_eq!(fault(r#"{"drop":true}"#).problem(), None);
    }
}
