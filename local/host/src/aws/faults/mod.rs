//! Trouble with AWS on demand: what the embedded DynamoDB, SQS and S3 refuse, break, or do without saying so.
//!
//! Whoever calls them over HTTP meets it: functions, the triggers that work queues, other workers. While there is no
//! fault a call costs one look at a flag more.

mod answer;
mod control;
mod layer;
mod operation;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{Router, extract::Request};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde::{Deserialize, Serialize};

use self::layer::FaultLayer;

pub(crate) use control::steer;

/// An embedded service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Service {
    DynamoDb,
    Sqs,
    S3,
}

/// What a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Target {
    DynamoDb,
    Sqs,
    S3,
    All,
}

/// What becomes of a call that a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Refused as too much, in the service's own words. Nothing was done.
    Throttle,
    /// Answered as an internal error. Nothing was done.
    Internal,
    /// The connection is cut. Nothing was done.
    Drop,
    /// It was done, and the caller is not told: the connection is cut, or an internal error is answered.
    LostAnswer,
}

const KINDS: [Kind; 4] = [Kind::Throttle, Kind::Internal, Kind::Drop, Kind::LostAnswer];

/// What a fault makes of calls, as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Trouble {
    Throttle,
    Internal,
    Drop,
    LostAnswer,
    /// Any of them, each as likely as the others.
    Mixed,
}

/// A fault, as `POST /_sim/faults` takes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    aws: Target,
    error: Trouble,
    /// The share of calls that it strikes, 0 to 1; all when missing.
    #[serde(default = "always")]
    rate: f64,
    /// The operations that it may strike, by AWS's names; all when missing.
    operations: Option<Vec<String>>,
    /// How often it strikes before it is over; for ever when missing.
    times: Option<u64>,
    /// What its chances begin with, so that a run can be repeated; chance when missing.
    seed: Option<u64>,
}

fn always() -> f64 {
    1.0
}

/// A fault that is on.
#[derive(Debug)]
struct Active {
    fault: Fault,
    chance: StdRng,
}

/// What a call meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Strike {
    kind: Kind,
    /// Which of two forms it takes, where there are two.
    second_form: bool,
}

/// The faults that are on. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    on: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    faults: Vec<Active>,
    counts: BTreeMap<Service, BTreeMap<String, Count>>,
}

/// How often an operation was called while faults were on, and what it met.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Count {
    calls: u64,
    #[serde(flatten)]
    struck: BTreeMap<Kind, u64>,
}

impl Fault {
    /// What is wrong with it, if anything: the field and why.
    fn problem(&self) -> Option<&'static str> {
        if !(0.0..=1.0).contains(&self.rate) {
            return Some("rate: must be from 0 to 1");
        }
        if self.times == Some(0) {
            return Some("times: must be at least 1");
        }
        if self.operations.as_ref().is_some_and(Vec::is_empty) {
            return Some("operations: must name one, or be left out");
        }
        None
    }

    fn is_about(&self, service: Service, operation: &str) -> bool {
        let of_service = match self.aws {
            Target::DynamoDb => service == Service::DynamoDb,
            Target::Sqs => service == Service::Sqs,
            Target::S3 => service == Service::S3,
            Target::All => true,
        };
        let names = self.operations.as_ref();
        of_service && names.is_none_or(|names| names.iter().any(|name| name == operation))
    }
}

impl Active {
    fn new(fault: Fault) -> Self {
        let seed = fault.seed.unwrap_or_else(rand::random);
        Self {
            fault,
            chance: StdRng::seed_from_u64(seed),
        }
    }

    fn strikes(&mut self, service: Service, operation: &str) -> Option<Strike> {
        if self.fault.times == Some(0)
            || !self.fault.is_about(service, operation)
            || !self.chance.random_bool(self.fault.rate)
        {
            return None;
        }
        if let Some(times) = &mut self.fault.times {
            *times -= 1;
        }
        let kind = match self.fault.error {
            Trouble::Throttle => Kind::Throttle,
            Trouble::Internal => Kind::Internal,
            Trouble::Drop => Kind::Drop,
            Trouble::LostAnswer => Kind::LostAnswer,
            Trouble::Mixed => KINDS[self.chance.random_range(0..KINDS.len())],
        };
        Some(Strike {
            kind,
            second_form: self.chance.random_bool(0.5),
        })
    }
}

impl Faults {
    /// A service that faults strike.
    pub(super) fn before(&self, service: Service, router: Router) -> Router {
        router.layer(FaultLayer::new(self.clone(), service))
    }

    fn add(&self, fault: Fault) {
        let mut state = self.lock();
        state.faults.push(Active::new(fault));
        self.0.on.store(true, Ordering::Release);
    }

    /// Ends all faults. What they did can be asked until the next begins.
    fn end(&self) {
        let mut state = self.lock();
        self.0.on.store(false, Ordering::Release);
        state.faults.clear();
    }

    /// The fault that strikes a call.
    fn strike(&self, service: Service, request: &Request) -> Option<Strike> {
        if !self.0.on.load(Ordering::Acquire) {
            return None;
        }
        self.strike_operation(service, operation::of(service, request))
    }

    fn strike_operation(&self, service: Service, operation: &str) -> Option<Strike> {
        let mut state = self.lock();
        let State { faults, counts } = &mut *state;
        let of_service = counts.entry(service).or_default();
        let count = of_service.entry(operation.to_owned()).or_default();
        count.calls += 1;
        let strike = faults
            .iter_mut()
            .find_map(|active| active.strikes(service, operation))?;
        *count.struck.entry(strike.kind).or_default() += 1;
        Some(strike)
    }

    /// By service and operation: how often it was called while faults were on, and what it met.
    fn counts(&self) -> BTreeMap<Service, BTreeMap<String, Count>> {
        self.lock().counts.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
