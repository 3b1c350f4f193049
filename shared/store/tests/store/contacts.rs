//! Contacts, what they are found by and what leads to them, changed together.

use std::collections::BTreeSet;

use openwati_core::consent::{Consent, ConsentBy, ConsentScope, ConsentState};
use openwati_core::id::Id;
use openwati_core::incoming::Profile;
use openwati_core::message::{Bsuid, Recipient};
use openwati_core::phone::PhoneNumber;
use openwati_core::time::Moment;
use openwati_store::Store;
use openwati_store::contact::{ContactChange, ContactRecord, ContactSelection, ContactsBy, Saved};
use openwati_store::data::{CONTACT_SHARDS, Place};

use crate::table::{NOW, store, tenant};

pub(crate) fn key(peer: &str) -> Recipient {
    Recipient::parse_peer(peer).unwrap()
}

/// The `n`-th contact, each a second younger than the last.
pub(crate) fn numbered(n: u32) -> ContactRecord {
    let at = Moment::from_seconds(NOW.seconds() + i64::from(n));
    let number = PhoneNumber::from_digits(&format!("9230012{n:05}")).unwrap();
    let id = Id::derived(at, &["contact", &n.to_string()]);
    ContactRecord::of_number(id, number, at)
}

pub(crate) fn named(n: u32, name: &str, tags: &[&str]) -> ContactRecord {
    ContactRecord {
        own_name: Some(name.to_owned()),
        tags: tags.iter().map(ToString::to_string).collect(),
        ..numbered(n)
    }
}

pub(crate) async fn made(store: &Store, contacts: &[ContactRecord]) {
    let changes: Vec<ContactChange> = contacts
        .iter()
        .map(|contact| ContactChange {
            before: None,
            after: contact.clone(),
        })
        .collect();
    let saved = store.save_contacts(&tenant(), &changes).await.unwrap();
    assert!(saved.iter().all(|one| *one == Saved::Yes), "{saved:?}");
}

/// The ids of the first page.
pub(crate) async fn found(store: &Store, by: ContactsBy<'_>) -> Vec<Id> {
    let selection = ContactSelection {
        by,
        after: None,
        limit: 100,
    };
    let page = store.contact_page(&tenant(), &selection).await.unwrap();
    assert_eq!(page.next, None);
    page.contacts.iter().map(|contact| contact.id).collect()
}

async fn change(store: &Store, id: Id, change: impl FnOnce(&mut ContactRecord)) -> Saved {
    let before = store.contact(&tenant(), id).await.unwrap().unwrap();
    let mut after = before.clone();
    change(&mut after);
    let before = Some(before);
    let changes = [ContactChange { before, after }];
    store.save_contacts(&tenant(), &changes).await.unwrap()[0]
}

/// Everything that is kept of contacts.
async fn kept(store: &Store) -> BTreeSet<String> {
    let mut kept = BTreeSet::new();
    for shard in 0..CONTACT_SHARDS {
        for place in [
            Place::Contacts(shard),
            Place::ContactTerms(shard),
            Place::Aliases(shard),
        ] {
            let things = store.walk_whole(&tenant(), &place).await.unwrap();
            kept.extend(things.iter().map(|thing| thing.sk().to_owned()));
        }
    }
    kept
}

#[tokio::test]
async fn of_several_contacts_those_are_kept_that_nobody_was_before() {
    let store = store().await;
    let there = named(3, "There", &[]);
    made(&store, std::slice::from_ref(&there)).await;
    let mut changes: Vec<ContactChange> = (0..10)
        .map(|n| ContactChange {
            before: None,
            after: ContactRecord {
                id: Id::derived(NOW, &["other", &n.to_string()]),
                ..named(n, "New", &["vip"])
            },
        })
        .collect();
    // Named twice, it is kept once.
    changes.push(changes[5].clone());
    let saved = store.save_contacts(&tenant(), &changes).await.unwrap();
    for (n, saved) in saved.iter().enumerate() {
        let expected = match n {
            3 | 10 => Saved::Conflict,
            _ => Saved::Yes,
        };
        assert_eq!(*saved, expected, "{n}");
    }
    let numbers: Vec<Recipient> = changes.iter().map(|c| c.after.peer.clone()).collect();
    let all = store.contacts_of(&tenant(), &numbers).await.unwrap();
    assert_eq!(all.len(), 10);
    assert_eq!(all[&there.peer], there);
    assert_eq!(found(&store, ContactsBy::Tag("VIP")).await.len(), 9);
}

#[tokio::test]
async fn a_contact_that_somebody_changed_since_stays_as_it_is() {
    let store = store().await;
    let contact = named(1, "Ali Khan", &["vip"]);
    made(&store, std::slice::from_ref(&contact)).await;
    let before = store.contact(&tenant(), contact.id).await.unwrap();
    let tagged = |tag: &str| ContactChange {
        before: before.clone(),
        after: ContactRecord {
            tags: vec![tag.to_owned()],
            ..contact.clone()
        },
    };
    let saved = store.save_contacts(&tenant(), &[tagged("first")]).await;
    assert_eq!(saved.unwrap(), [Saved::Yes]);
    let saved = store.save_contacts(&tenant(), &[tagged("second")]).await;
    assert_eq!(saved.unwrap(), [Saved::Conflict]);
    let after = store.contact(&tenant(), contact.id).await.unwrap().unwrap();
    assert_eq!((after.tags, after.version), (vec!["first".to_owned()], 1));
    for (by, count) in [("vip", 0), ("first", 1), ("second", 0)] {
        assert_eq!(
            found(&store, ContactsBy::Tag(by)).await.len(),
            count,
            "{by}"
        );
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_contact_that_is_removed_however_much_it_is_found_by() {
    let store = store().await;
    let other = named(2, "Sara", &["vip"]);
    made(&store, std::slice::from_ref(&other)).await;
    let before = kept(&store).await;
    let mut large = named(1, "One Two Three Four Five Six", &[]);
    large.keys.push(key("PK.1234"));
    large.tags = (0..100).map(|n| format!("tag {n:03}")).collect();
    large.lists = (0..100).map(|n| Id::from_bytes([n; 12])).collect();
    made(&store, std::slice::from_ref(&large)).await;
    assert_eq!(kept(&store).await.len(), before.len() + 1 + 2 + 6 + 200);
    let swapped = change(&store, large.id, |contact| {
        contact.tags = (100..200).map(|n| format!("tag {n:03}")).collect();
        contact.lists = (100..200).map(|n| Id::from_bytes([n; 12])).collect();
    });
    assert_eq!(swapped.await, Saved::Yes);
    assert_eq!(kept(&store).await.len(), before.len() + 1 + 2 + 6 + 200);
    assert!(found(&store, ContactsBy::Tag("tag 050")).await.is_empty());
    assert_eq!(found(&store, ContactsBy::Tag("tag 150")).await, [large.id]);

    assert!(store.delete_contact(&tenant(), large.id).await.unwrap());
    assert!(!store.delete_contact(&tenant(), large.id).await.unwrap());
    assert_eq!(kept(&store).await, before);
}

#[tokio::test]
async fn the_name_that_is_shown_is_found() {
    let store = store().await;
    let contact = ContactRecord {
        name: Some("Ali".to_owned()),
        ..numbered(1)
    };
    made(&store, std::slice::from_ref(&contact)).await;
    let rename = async |name: &str, at: u32| {
        let profile = Profile {
            name: Some(name.to_owned()),
            username: None,
        };
        let by = Id::first_at(Moment::from_seconds(NOW.seconds() + i64::from(at)));
        store
            .rename_contact(&tenant(), contact.id, &profile, by)
            .await
            .unwrap();
    };
    rename("Alina", 20).await;
    // An earlier one that comes late.
    rename("Bob", 10).await;
    assert_eq!(found(&store, ContactsBy::Name("alin")).await, [contact.id]);
    assert!(found(&store, ContactsBy::Name("bob")).await.is_empty());
    let own = change(&store, contact.id, |contact| {
        contact.own_name = Some("Frau Müller".to_owned());
    });
    assert_eq!(own.await, Saved::Yes);
    rename("Clara", 30).await;
    for (by, count) in [("mül", 1), ("frau m", 1), ("alina", 0), ("clara", 0)] {
        assert_eq!(
            found(&store, ContactsBy::Name(by)).await.len(),
            count,
            "{by}"
        );
    }
}

/// Two contacts, the second known by an id alone, and what they are united to.
fn two(tags: std::ops::Range<u32>) -> ([ContactRecord; 2], ContactRecord) {
    let user = Recipient::UserId(Bsuid::parse("PK.1234").unwrap());
    let all = |from: &str| tags.clone().map(|n| format!("{from} {n:03}")).collect();
    let first = ContactRecord {
        own_name: Some("Ali Khan".to_owned()),
        tags: all("first"),
        attributes: [("city".to_owned(), "Lahore".to_owned())].into(),
        ..numbered(1)
    };
    let second = ContactRecord {
        name: Some("A. Khan".to_owned()),
        keys: vec![user.clone()],
        peer: user,
        tags: all("second"),
        lists: vec![Id::from_bytes([9; 12])],
        attributes: [
            ("city".to_owned(), "Karachi".to_owned()),
            ("age".to_owned(), "40".to_owned()),
        ]
        .into(),
        ..numbered(2)
    };
    let after = first.clone().joined_with(second.clone());
    ([first, second], after)
}

#[tokio::test]
async fn of_two_who_are_one_everything_stays() {
    let store = store().await;
    let (before, after) = two(0..2);
    made(&store, &before).await;
    let [_, second] = &before;
    let out = Consent {
        state: ConsentState::Out,
        scope: ConsentScope::All,
        by: ConsentBy::Word,
        at: NOW,
    };
    assert!(
        store
            .set_consent(&tenant(), &second.peer, &out)
            .await
            .unwrap()
    );
    assert!(
        store
            .unite_contacts(&tenant(), &before, &after)
            .await
            .unwrap()
    );
    let one = store.contact(&tenant(), after.id).await.unwrap().unwrap();
    assert_eq!(
        one.tags,
        ["first 000", "first 001", "second 000", "second 001"]
    );
    assert_eq!(one.attributes["city"], "Lahore");
    assert_eq!(one.attributes["age"], "40");
    for by in [
        ContactsBy::Tag("first 001"),
        ContactsBy::Tag("Second 001"),
        ContactsBy::List(Id::from_bytes([9; 12])),
        ContactsBy::Name("ali kh"),
        ContactsBy::All,
    ] {
        assert_eq!(found(&store, by).await, [one.id], "{by:?}");
    }
    assert!(found(&store, ContactsBy::Name("a.")).await.is_empty());
    let peer = store.peer(&tenant(), one.peer.as_str()).await.unwrap();
    assert!(peer.consents.is_out());
    // Also by an address that is learnt only now.
    let learnt = Recipient::UserId(Bsuid::parse("PK.5678").unwrap());
    let mut knows_more = one.clone();
    knows_more.learn(std::slice::from_ref(&learnt), &[]);
    assert!(
        store
            .unite_contacts(&tenant(), std::slice::from_ref(&one), &knows_more)
            .await
            .unwrap()
    );
    let peer = store.peer(&tenant(), learnt.as_str()).await.unwrap();
    assert!(peer.consents.is_out());
    assert!(store.delete_contact(&tenant(), one.id).await.unwrap());
    assert_eq!(kept(&store).await, BTreeSet::new());
}

#[tokio::test]
async fn two_with_very_many_tags_are_united_step_by_step() {
    let store = store().await;
    let (contacts, after) = two(0..90);
    made(&store, &contacts).await;
    let read = async |id| store.contact(&tenant(), id).await.unwrap().unwrap();
    let mut united = false;
    for _ in 0..3 {
        let before = [read(contacts[0].id).await, read(contacts[1].id).await];
        let [first, second] = before.clone();
        let after = first.joined_with(second);
        united = store
            .unite_contacts(&tenant(), &before, &after)
            .await
            .unwrap();
        if united {
            break;
        }
    }
    assert!(united);
    let one = read(after.id).await;
    assert_eq!(one.tags, after.tags);
    assert_eq!(one.tags.len(), 100);
    assert_eq!(found(&store, ContactsBy::Tag("first 089")).await, [one.id]);
    assert_eq!(found(&store, ContactsBy::Tag("second 009")).await, [one.id]);
    assert!(
        found(&store, ContactsBy::Tag("second 050"))
            .await
            .is_empty()
    );
}
