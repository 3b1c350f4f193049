//! What is asked about contacts.

use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;
use tokio::time::Instant;

use super::{
    book::{self, Book, SEGMENTS},
    client::Client,
};
use crate::stats::Sorted;

/// Contacts on a page that somebody looks at.
const PAGE: usize = 50;

/// A way to find contacts.
#[derive(Debug)]
pub(super) struct Question {
    /// What it is called.
    pub(super) name: &'static str,
    asks: Asks,
    /// How many contacts all pages have together, where it is known.
    holds: Option<usize>,
}

/// How it is asked.
#[derive(Debug)]
enum Asks {
    /// Each of these once, and no more of what it finds than the first page.
    Each(Vec<String>),
    /// This, and every page behind it.
    Pages(String),
}

/// What became of a question.
#[derive(Debug)]
pub(super) struct Asked {
    /// From the first request to the last answer.
    pub(super) elapsed: Duration,
    /// Of each request.
    pub(super) latencies: Sorted,
    /// How many contacts the answers had.
    pub(super) contacts: usize,
}

/// Every question, about the contacts of a book that are all on a list.
pub(super) async fn questions(
    client: &Client<'_>,
    book: &Book,
    list: &str,
) -> anyhow::Result<Vec<Question>> {
    let all = Question::pages("all, 1,000 a page", "/api/contacts?limit=1000".to_owned());
    let attribute = "/api/contacts?attribute.vip=yes&limit=1000".to_owned();
    let few = Question::pages("an attribute that one in 1,000 has", attribute);
    let some = book.some(super::REQUESTS);
    let first = format!("/api/contacts?limit={}", super::REQUESTS);
    let first = client.get(&first).await?;
    let ids = first["contacts"]
        .as_array()
        .context("a page has no contacts")?;
    let one = ids.iter().filter_map(|contact| contact["id"].as_str());
    let page = |condition: String| format!("/api/contacts?{condition}&limit={PAGE}");
    let numbers: Vec<usize> = some.collect();
    let each = |name, condition: fn(usize) -> String| {
        let paths = numbers.iter().map(|contact| page(condition(*contact)));
        Question::each(name, paths.collect())
    };
    Ok(vec![
        all.holding(book.contacts()),
        each("the beginning of a name", |contact| {
            format!("search={}", book::first_name(contact))
        }),
        each("the beginning of a number", |contact| {
            let phone = book::phone(contact);
            format!("search=%2B{}", &phone[..phone.len() - 2])
        }),
        each("a tag", |contact| {
            format!("tag={}", book::tag(contact % SEGMENTS))
        }),
        Question::pages("a list, page by page", page(format!("list={list}"))),
        few.holding(book.few()),
        Question::each(
            "one contact",
            one.map(|id| format!("/api/contacts/{id}")).collect(),
        ),
    ])
}

impl Question {
    fn each(name: &'static str, paths: Vec<String>) -> Self {
        Self {
            name,
            asks: Asks::Each(paths),
            holds: None,
        }
    }

    fn pages(name: &'static str, path: String) -> Self {
        Self {
            name,
            asks: Asks::Pages(path),
            holds: None,
        }
    }

    fn holding(self, contacts: usize) -> Self {
        Self {
            holds: Some(contacts),
            ..self
        }
    }

    /// Requests that it begins with.
    pub(super) fn first(&self, count: usize) -> impl Iterator<Item = &str> {
        let paths = match &self.asks {
            Asks::Each(paths) => paths.as_slice(),
            Asks::Pages(path) => std::slice::from_ref(path),
        };
        paths.iter().take(count).map(String::as_str)
    }

    /// Asks it with at most so many requests, one after the other over one connection.
    pub(super) async fn ask(&self, client: &Client<'_>, requests: usize) -> anyhow::Result<Asked> {
        let mut connection = client.connect().await?;
        let (mut latencies, mut contacts) = (Vec::new(), 0);
        let start = Instant::now();
        let mut waiting: Vec<String> = self.first(requests).map(str::to_owned).collect();
        waiting.reverse();
        let mut is_cut = false;
        while let Some(path) = waiting.pop() {
            let began = Instant::now();
            let page = client.get_over(&mut connection, &path).await?;
            latencies.push(began.elapsed());
            let found = counted(&page);
            anyhow::ensure!(
                found > 0 || page["nextCursor"].is_string() || self.holds == Some(0),
                "{path} finds nobody"
            );
            contacts += found;
            if let (Asks::Pages(first), Some(cursor)) = (&self.asks, page["nextCursor"].as_str()) {
                is_cut = latencies.len() == requests;
                if !is_cut {
                    waiting.push(format!("{first}&cursor={cursor}"));
                }
            }
        }
        let elapsed = start.elapsed();
        if let Some(holds) = self.holds.filter(|_| !is_cut) {
            anyhow::ensure!(
                contacts == holds,
                "{}: {contacts} contacts were found of {holds}",
                self.name
            );
        }
        Ok(Asked {
            elapsed,
            latencies: Sorted::milliseconds(latencies),
            contacts,
        })
    }
}

/// How many contacts an answer has.
fn counted(answer: &Value) -> usize {
    match answer["contacts"].as_array() {
        Some(page) => page.len(),
        None => usize::from(answer["contact"].is_object()),
    }
}
