//! What customers write and send, and what became of it.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt as _, stream};
use openwati_tests::{Phone, Running, Tenant, eventually, someone};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::sends::ended;
use super::{LOOKS, SETTLED};
use crate::media::{files, follow, settled};

/// Customers that write at the same time.
const CUSTOMERS: usize = 3;

/// What one customer wrote: something that is answered by itself, a picture of their own, one that others send too, and a
/// text.
pub(super) struct Written {
    customer: String,
    /// WhatsApp's id of each message, with its text or file.
    pub(super) messages: BTreeMap<String, What>,
}

/// What a message holds.
pub(super) enum What {
    Text(String),
    File(Vec<u8>),
}

/// A picture by its first bytes, told from others by its last.
fn picture(end: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), end.as_bytes()].concat()
}

/// Customers write, each until all of it is kept, until `end`.
pub(super) async fn writes(platform: &Running, tenant: &Tenant, end: Instant) -> Vec<Written> {
    let writing = stream::iter(0..CUSTOMERS).map(|_| async {
        let mut written = Vec::new();
        while Instant::now() < end {
            written.push(write(platform, tenant).await);
        }
        written
    });
    writing.buffer_unordered(CUSTOMERS).concat().await
}

async fn write(platform: &Running, tenant: &Tenant) -> Written {
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let mut messages = BTreeMap::new();
    for what in [
        What::Text(format!("ping {customer}")),
        What::File(picture(&customer)),
        What::File(picture("everybody's")),
        What::Text(format!("by {customer}")),
    ] {
        messages.insert(what.sent(&phone, tenant).await, what);
    }
    let what = format!("what {customer} wrote is kept");
    eventually(&what, SETTLED, || async {
        let looks = messages.keys().map(|wamid| tenant.client.message(wamid));
        let found = futures::future::join_all(looks).await;
        found.iter().all(|found| found.status == 200).then_some(())
    })
    .await;
    Written { customer, messages }
}

impl What {
    /// Sends it. Answers WhatsApp's id of it.
    async fn sent(&self, phone: &Phone, tenant: &Tenant) -> String {
        let number = &tenant.channel().phone_number_id;
        match self {
            Self::Text(text) => phone.writes(number, text).await,
            Self::File(bytes) => {
                let image = json!({"data": STANDARD.encode(bytes), "mime_type": "image/png"});
                phone
                    .does(number, json!({"type": "image", "image": image}))
                    .await
            }
        }
    }
}

/// Everything is kept once, with its file, and answered at most once. Says how many customers were answered.
pub(super) async fn look_at_customers(
    platform: &Running,
    tenant: &Tenant,
    written: &[Written],
) -> usize {
    let looks = stream::iter(written).map(|written| look(platform, tenant, written));
    let answered: Vec<bool> = looks.buffer_unordered(LOOKS).collect().await;
    let sent: BTreeSet<&[u8]> = written.iter().flat_map(Written::files).collect();
    let bucket = &platform.ready().aws.bucket;
    let kept = files(&platform.aws(), bucket, tenant.id.as_str()).await;
    assert_eq!(kept.len(), sent.len(), "files in the bucket");
    answered.into_iter().filter(|answered| *answered).count()
}

impl Written {
    fn files(&self) -> impl Iterator<Item = &[u8]> {
        self.messages.values().filter_map(|what| match what {
            What::File(bytes) => Some(bytes.as_slice()),
            What::Text(_) => None,
        })
    }
}

async fn look(platform: &Running, tenant: &Tenant, written: &Written) -> bool {
    let Written { customer, messages } = written;
    let client = &tenant.client;
    let kept = client.all(&[("peer", customer), ("direction", "in")]).await;
    assert_eq!(kept.len(), messages.len(), "{customer}: {kept:?}");
    for message in &kept {
        let wamid = message["message_id"].as_str().unwrap();
        match &messages[wamid] {
            What::Text(text) => assert_eq!(message["text"], text.as_str()),
            What::File(bytes) => {
                let url = stored(tenant, wamid).await;
                let (_, file) = follow(client, &url).await;
                assert_eq!(file.bytes().await.unwrap(), bytes.as_slice(), "{wamid}");
            }
        }
    }
    let conversations = tenant.store().conversations(&tenant.id, customer).await;
    let unread: Vec<_> = conversations
        .unwrap()
        .iter()
        .map(|conversation| conversation.summary.unread)
        .collect();
    assert_eq!(unread, [4], "{customer}");

    let phone = platform.whatsapp().phone(customer);
    let texts = phone.texts().await;
    if !texts.is_empty() {
        assert_eq!(texts, ["pong"]);
        phone.reads().await;
    }
    ended(client, customer, texts.len()).await;
    texts.len() == 1
}

/// The link to a message's file, once that is stored.
async fn stored(tenant: &Tenant, wamid: &str) -> Value {
    let message = settled(&tenant.client, wamid, SETTLED).await;
    assert_eq!(message["media"]["status"], "stored", "{message}");
    message["media"]["url"].clone()
}
