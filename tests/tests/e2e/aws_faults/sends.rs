//! Messages that programs send, and what became of them.

use futures::{StreamExt as _, stream};
use openwati_tests::{Answer, Client, Running, eventually, someone};
use tokio::time::Instant;

use super::{LOOKS, SETTLED};

/// Programs that send at the same time.
const CLIENTS: usize = 3;

/// Sends a text as a good client does: under a key, again after every answer that says that it may go better.
pub(super) async fn send_patiently(client: &Client, key: &str, to: &str, text: &str) -> Answer {
    eventually(&format!("an answer to {key}"), SETTLED, || async {
        let answer = client.send_once(key, to, text).await;
        match (answer.status, answer.body["code"].as_str()) {
            (200, _) | (409, Some("outcome_unknown")) => Some(answer),
            (409, Some("in_progress")) | (429 | 500..=599, _) => None,
            _ => panic!("{key}: {}", answer.text),
        }
    })
    .await
}

/// A message that somebody wanted sent, and what they were told.
pub(super) struct Sent {
    pub(super) to: String,
    pub(super) text: String,
    pub(super) answer: Answer,
}

/// Clients send to customers, who read, until `end`.
pub(super) async fn sends(platform: &Running, client: &Client, end: Instant) -> Vec<Sent> {
    let sending = stream::iter(0..CLIENTS).map(|_| async {
        let mut sent = Vec::new();
        while Instant::now() < end {
            let to = someone();
            let text = format!("to {to}");
            let answer = send_patiently(client, &format!("key {to}"), &to, &text).await;
            if answer.status == 200 {
                platform.whatsapp().phone(&to).reads().await;
            }
            sent.push(Sent { to, text, answer });
        }
        sent
    });
    sending.buffer_unordered(CLIENTS).concat().await
}

/// What was answered came once, nothing came twice, and every message has come to its end.
pub(super) async fn look_at_sends(platform: &Running, client: &Client, sent: &[Sent]) {
    let looks = stream::iter(sent).map(|sent| look_at_send(platform, client, sent));
    looks.buffer_unordered(LOOKS).for_each(async |()| ()).await;
}

async fn look_at_send(platform: &Running, client: &Client, sent: &Sent) {
    let Sent { to, text, answer } = sent;
    let phone = platform.whatsapp().phone(to);
    let texts = phone.texts().await;
    if answer.status == 200 {
        assert_eq!(texts, [text.as_str()], "{}", answer.text);
        client.reaches(answer.id(), "read").await;
    } else {
        assert!(texts.len() <= 1, "{to} got {texts:?}");
        if !texts.is_empty() {
            phone.reads().await;
        }
    }
    ended(client, to, texts.len()).await;
}

/// No message to a customer is open any more, and this many were read.
pub(super) async fn ended(client: &Client, to: &str, read: usize) {
    let what = format!("no message to {to} is open, and {read} were read");
    eventually(&what, SETTLED, || async {
        let kept = client.all(&[("peer", to), ("direction", "out")]).await;
        let of = |status: &str| kept.iter().filter(|kept| kept["status"] == status).count();
        // A try that was refused before anything was sent, and could not be withdrawn, is unknown, or failed.
        let ended = of("read") + of("unknown") + of("failed");
        (ended == kept.len() && of("read") == read).then_some(())
    })
    .await;
}
