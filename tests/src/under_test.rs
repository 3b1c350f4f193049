//! What the tests run against: the local host on its embedded services, unless the environment says otherwise.
//!
//! - `OPENWATI_TEST_AWS_ENDPOINT`: the local host on DynamoDB, SQS and S3 at this URL.
//! - `OPENWATI_TEST_DEPLOYED`: a platform that was deployed from the template, as this JSON file describes it. Only tests
//!   that share a platform can run there.

use std::{env, fs, path::PathBuf};

use openwati::Ready;
use serde_json::Value;

/// Where DynamoDB, SQS and S3 are elsewhere.
const AWS_ENDPOINT: &str = "OPENWATI_TEST_AWS_ENDPOINT";
/// Names the file that describes a deployed platform.
const DEPLOYED: &str = "OPENWATI_TEST_DEPLOYED";

/// What a test needs that is not there everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Queues whose delays are divided by `--speed`: only the embedded queue server knows of it.
    FastQueues,
    /// Trouble in the services of AWS: only the embedded ones make it.
    ServiceFaults,
    /// What only the embedded services promise; the reason.
    Embedded(&'static str),
    /// A platform of the test's own, with its own options or in a process to be killed.
    OwnPlatform,
    /// API Gateway as AWS's documentation has it, in what the independent emulator does otherwise; what that is.
    ExactGateway(&'static str),
}

/// Whether the platform under test lacks what a test needs, which is then left out: it says so and returns.
#[must_use]
pub fn lacks(needs: Needs) -> bool {
    let deployed = deployed().is_some();
    let elsewhere = deployed || aws_endpoint().is_some();
    let (lacks, why) = match needs {
        Needs::FastQueues => (elsewhere, "queues elsewhere do not follow --speed"),
        Needs::ServiceFaults => (elsewhere, "services elsewhere make no trouble on demand"),
        Needs::Embedded(why) => (elsewhere, why),
        Needs::OwnPlatform => (deployed, "one platform is deployed, and as it is"),
        Needs::ExactGateway(why) => (deployed, why),
    };
    if lacks {
        println!("skipped: {why}");
    }
    lacks
}

/// Where DynamoDB, SQS and S3 are, if the platforms that tests start are not to embed them.
pub(crate) fn aws_endpoint() -> Option<String> {
    env::var(AWS_ENDPOINT).ok().filter(|url| !url.is_empty())
}

/// The file that describes the deployed platform, if there is one.
pub(crate) fn deployed() -> Option<PathBuf> {
    env::var_os(DEPLOYED)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// A deployed platform.
#[derive(Debug)]
pub(crate) struct Deployed {
    pub(crate) ready: Ready,
    /// The JSON of the key ring that it was deployed with.
    pub(crate) key_ring: String,
    /// What it signs people's tokens with.
    pub(crate) session_key: String,
}

impl Deployed {
    /// Reads its description: what the local host writes to `ready.json`, `key_ring` and `session_key`.
    ///
    /// # Panics
    /// If it is none.
    pub(crate) fn read(path: &std::path::Path) -> Self {
        let text = fs::read_to_string(path).expect("the deployed platform is described");
        let described: Value = serde_json::from_str(&text).expect("the description is JSON");
        Self {
            key_ring: described["key_ring"].to_string(),
            session_key: described["session_key"]
                .as_str()
                .expect("it has a key of sessions")
                .to_owned(),
            ready: serde_json::from_value(described).expect("the description is whole"),
        }
    }
}
