//! From place to place.

use futures::future::try_join_all;
use openwati_core::id::Id;
use openwati_core::time::{Moment, WHATSAPP_BEGAN};
use openwati_store::data::{CONTACT_SHARDS, FILE_SHARDS, Place, Thing};
use openwati_store::{DELIVERY_SHARDS, MESSAGE_SHARDS};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::subject::Subject;
use crate::error::Error;
use crate::platform::Platform;

/// Where a walk goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// How often everything was walked through.
    pub(super) pass: u32,
    /// The sequence of places.
    pub(super) sequence: usize,
    /// The place in it.
    pub(super) place: u32,
    /// After which sort key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// How much this pass has met.
    pub(super) met: u64,
}

/// Places of one kind, one after the other.
pub(super) struct Sequence {
    length: u32,
    place: Box<dyn Fn(u32) -> Place + Send + Sync>,
}

/// What is done with what lies there.
pub(super) trait Visitor: Send {
    /// Works a page of a place. It may be worked again.
    fn page(
        &mut self,
        place: &Place,
        things: Vec<Thing>,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Whether the slice has to end, although there is time.
    fn is_full(&self) -> bool {
        false
    }
}

/// Places that are looked into at the same time.
const WAVE: u32 = 16;

/// Things that are read at a time.
const PAGE: usize = 200;

/// Months since 1970.
fn month(moment: Moment) -> u32 {
    let text = moment.year_month();
    let number = |digits: &str| digits.parse::<u32>().unwrap_or_default();
    let (year, month) = text.split_at(text.len().saturating_sub(2));
    (number(year).max(1970) - 1970) * 12 + number(month).max(1) - 1
}

fn month_name(number: u32) -> String {
    format!("{}{:02}", 1970 + number / 12, number % 12 + 1)
}

impl Sequence {
    pub(super) fn one(place: Place) -> Self {
        Self::new(1, move |_| place.clone())
    }

    pub(super) fn new(length: u32, place: impl Fn(u32) -> Place + Send + Sync + 'static) -> Self {
        Self {
            length,
            place: Box::new(place),
        }
    }

    /// Every shard of every month from that of `from` to that of `to`.
    pub(super) fn months(
        from: Moment,
        to: Moment,
        shards: u8,
        place: impl Fn(String, u8) -> Place + Send + Sync + 'static,
    ) -> Self {
        let (first, shards) = (month(from), u32::from(shards));
        let months = month(to).saturating_sub(first) + 1;
        Self::new(months * shards, move |number| {
            let shard = u8::try_from(number % shards).unwrap_or_default();
            place(month_name(first + number / shards), shard)
        })
    }

    pub(super) fn messages(from: Moment, to: Moment) -> Self {
        Self::months(from, to, MESSAGE_SHARDS, Place::Messages)
    }

    pub(super) fn notices(from: Moment, to: Moment) -> Self {
        Self::months(from, to, 1, |month, _| Place::Notices(month))
    }

    pub(super) fn deliveries(endpoint: Id, from: Moment, to: Moment) -> Self {
        Self::months(from, to, DELIVERY_SHARDS, move |month, shard| {
            Place::Deliveries(endpoint, month, shard)
        })
    }

    /// Every shard of a tenant's contacts, or of what is kept beside them.
    pub(super) fn contacts(place: impl Fn(u8) -> Place + Send + Sync + 'static) -> Self {
        Self::new(u32::from(CONTACT_SHARDS), move |shard| {
            place(u8::try_from(shard).unwrap_or_default())
        })
    }

    /// Every shard of a tenant's files, or of where they came from.
    pub(super) fn files(place: impl Fn(u8) -> Place + Send + Sync + 'static) -> Self {
        Self::new(u32::from(FILE_SHARDS), move |shard| {
            place(u8::try_from(shard).unwrap_or_default())
        })
    }

    /// The places, for who looks whether all are there.
    #[cfg(test)]
    pub(super) fn first(&self) -> Option<Place> {
        (self.length > 0).then(|| (self.place)(0))
    }
}

/// Before everything: no id is made of an earlier time.
pub(super) const BEGINNING: Moment = WHATSAPP_BEGAN;

/// Walks on from where the cursor stands until `deadline`. Says whether the end was reached.
pub(super) async fn walk(
    platform: &Platform,
    subject: &Subject,
    sequences: &[Sequence],
    cursor: &mut Cursor,
    deadline: Instant,
    visitor: &mut impl Visitor,
) -> Result<bool, Error> {
    while let Some(sequence) = sequences.get(cursor.sequence) {
        while cursor.place < sequence.length {
            if wave(platform, subject, sequence, cursor, deadline, visitor).await? {
                return Ok(false);
            }
        }
        cursor.sequence += 1;
        cursor.place = 0;
    }
    Ok(true)
}

/// Works the next places of a sequence. Says whether the slice has to end.
async fn wave(
    platform: &Platform,
    subject: &Subject,
    sequence: &Sequence,
    cursor: &mut Cursor,
    deadline: Instant,
    visitor: &mut impl Visitor,
) -> Result<bool, Error> {
    let (store, tenant) = (platform.store(), &subject.tenant);
    let last = sequence.length.min(cursor.place + WAVE);
    let places: Vec<Place> = (cursor.place..last).map(&*sequence.place).collect();
    let mut after = cursor.after.take();
    let firsts = places.iter().map(|place| {
        let after = after.take();
        async move { store.walk(tenant, place, after.as_deref(), PAGE).await }
    });
    let pages = try_join_all(firsts.collect::<Vec<_>>()).await?;
    for (place, mut page) in places.iter().zip(pages) {
        loop {
            if !page.things.is_empty() {
                cursor.met += page.things.len() as u64;
                visitor.page(place, page.things).await?;
            }
            cursor.after = page.next;
            if cursor.after.is_none() {
                cursor.place += 1;
            }
            if Instant::now() >= deadline || visitor.is_full() {
                return Ok(true);
            }
            let Some(after) = &cursor.after else { break };
            page = store.walk(tenant, place, Some(after), PAGE).await?;
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_walked_from_the_first_to_the_last() {
        let at = |iso| Moment::parse_iso(iso).unwrap();
        let sequence = Sequence::messages(at("2025-12-31T23:59:59Z"), at("2026-02-01T00:00:00Z"));
        let places: Vec<Place> = (0..sequence.length).map(&*sequence.place).collect();
        assert_eq!(places.len(), 24);
        assert_eq!(places[0], Place::Messages("202512".to_owned(), 0));
        assert_eq!(places[23], Place::Messages("202602".to_owned(), 7));
        let all = Sequence::notices(BEGINNING, at("2026-06-01T00:00:00Z"));
        assert_eq!((all.place)(0), Place::Notices("200901".to_owned()));
        assert_eq!(
            (all.place)(all.length - 1),
            Place::Notices("202606".to_owned())
        );
    }
}
