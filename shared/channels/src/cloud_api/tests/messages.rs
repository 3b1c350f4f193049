//! Every kind of message on the wire. `messages.json` holds each as it is stored and as it is sent.

use std::collections::{BTreeMap, HashSet};

use openwati_core::message::{Kind, Outgoing};
use serde::Deserialize;
use serde_json::Value;

use super::graph::{ACCEPTED, CREDENTIALS, Graph, client, recipient};

#[derive(Deserialize)]
pub(super) struct Sample {
    pub(super) message: Outgoing,
    pub(super) wire: Value,
}

pub(super) fn samples() -> BTreeMap<String, Sample> {
    serde_json::from_str(include_str!("messages.json")).unwrap()
}

#[tokio::test]
async fn every_kind_is_sent_as_meta_takes_it() {
    let graph = Graph::new(200, ACCEPTED);
    let api = client(graph.start().await);
    for (name, Sample { message, wire }) in samples() {
        assert_eq!(message.validate(), Ok(()), "{name}");
        api.send(&CREDENTIALS, &recipient(), &message, "our-id")
            .await;
        assert_eq!(graph.seen().last().unwrap().body, wire, "{name}");
    }
}

#[test]
fn samples_cover_every_kind_and_every_action() {
    let samples = samples();
    let kinds: HashSet<Kind> = samples
        .values()
        .map(|sample| sample.message.kind())
        .collect();
    assert_eq!(kinds.len(), 11);
    let actions = samples
        .values()
        .filter_map(|sample| sample.wire["interactive"]["type"].as_str());
    assert_eq!(actions.collect::<HashSet<_>>().len(), 14);
}
