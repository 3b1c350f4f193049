//! What a phone shows, as it changes.

use std::{collections::HashMap, convert::Infallible, time::Duration};

use axum::{
    extract::{Query, State},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::sleep;

use super::{
    customer, customers,
    show::{next_state_ms, shown},
};
use crate::{
    base::Base,
    changes::Watch,
    control::{channel, numbers_of},
    http::Bad,
    simulator::Simulator,
    store::{Lost, Wanted},
    time::now_ms,
};

/// The newest messages of a chat, which are watched.
const WATCHED: u32 = 200;
/// What is written within so short a time is looked at once.
const GATHER: Duration = Duration::from_millis(20);
/// How soon a browser comes back after the connection was lost.
const RETRY: Duration = Duration::from_secs(1);
/// How often a connection shows that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The chat that is open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Open {
    customer: Option<String>,
    /// The business number; else the first.
    channel: Option<String>,
}

/// `GET /changes`: server-sent events. `numbers` and `customers` bring whole lists, at first and whenever they change;
/// `chat` brings the newest messages of the open chat, failed ones too; `messages` those that came or changed since.
pub(crate) async fn watch(
    State(simulator): State<Simulator>,
    Query(open): Query<Open>,
    base: Base,
) -> Result<impl IntoResponse, Bad> {
    let inner = &simulator.inner;
    let chat = match &open.customer {
        Some(named) => {
            let line = channel(inner, open.channel.as_deref())?;
            Some(Wanted {
                customer: customer(inner, named)?,
                phone_number_id: Some(line.number.phone_number_id.clone()),
                failed: true,
                before: None,
                limit: Some(WATCHED),
            })
        }
        None => None,
    };
    let looks = Looks {
        watch: inner.changes.watch(),
        simulator,
        base,
        chat,
        numbers: Value::Null,
        customers: Value::Null,
        messages: None,
        next_ms: None,
    };
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    Ok(Sse::new(looks.events()).keep_alive(keep_alive))
}

/// One who looks at a phone, and what they have seen.
struct Looks {
    simulator: Simulator,
    base: Base,
    watch: Watch,
    chat: Option<Wanted>,
    numbers: Value,
    customers: Value,
    /// The chat's messages by id, once it was looked at.
    messages: Option<HashMap<String, Value>>,
    /// When the clock alone changes what is shown.
    next_ms: Option<i64>,
}

impl Looks {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        let news = stream::unfold((self, true), |(mut looks, first)| async move {
            if looks.watch.has_ended() || !first && !looks.wait().await {
                return None;
            }
            // Whoever cannot be shown anything is let go; the page comes again.
            let news = looks.look().await.ok()?;
            Some((news, (looks, false)))
        });
        let events = news.flat_map(stream::iter);
        events.map(|(name, value)| {
            let event = Event::default().event(name).retry(RETRY);
            Ok(event.data(value.to_string()))
        })
    }

    /// Waits until something may have changed; answers whether to look again.
    async fn wait(&mut self) -> bool {
        let due = async {
            match self.next_ms {
                Some(at_ms) => {
                    let left_ms = at_ms.saturating_sub(now_ms()).max(0);
                    sleep(Duration::from_millis(left_ms.unsigned_abs())).await;
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = self.watch.changed() => {
                if changed {
                    sleep(GATHER).await;
                }
                changed
            }
            () = due => true,
        }
    }

    /// What is new since the last look.
    async fn look(&mut self) -> Result<Vec<(&'static str, Value)>, Lost> {
        let inner = &self.simulator.inner;
        let mut news = Vec::new();
        let mut tell = |name, seen: &mut Value, now: Value| {
            if *seen != now {
                news.push((name, now.clone()));
                *seen = now;
            }
        };
        tell("numbers", &mut self.numbers, numbers_of(inner));
        let customers = customers::list(inner, customers::LISTED, &self.base).await?;
        tell("customers", &mut self.customers, customers);
        let Some(chat) = &self.chat else {
            return Ok(news);
        };
        let messages = inner.reader.messages(chat.clone()).await?;
        let now_ms = now_ms();
        let moments = messages
            .iter()
            .filter_map(|message| next_state_ms(message, now_ms));
        self.next_ms = moments.min();
        let messages: Vec<_> = messages
            .iter()
            .map(|message| (message.id.clone(), shown(message, &self.base, now_ms)))
            .collect();
        let is_new = |(id, message): &&(String, Value)| {
            let seen = self.messages.as_ref();
            seen.is_none_or(|seen| seen.get(id) != Some(message))
        };
        let new = messages.iter().filter(is_new);
        let new: Vec<_> = new.map(|(_, message)| message.clone()).collect();
        match self.messages {
            None => news.push(("chat", Value::Array(new))),
            Some(_) if !new.is_empty() => news.push(("messages", Value::Array(new))),
            Some(_) => {}
        }
        self.messages = Some(messages.into_iter().collect());
        Ok(news)
    }
}
