//! Contacts page by page, over all shards.

use openwati_core::id::Id;
use openwati_store::Store;
use openwati_store::contact::{ContactRecord, ContactSelection, ContactsBy};

use crate::contacts::{found, key, made, named, numbered};
use crate::table::{store, tenant};

/// The ids of all pages.
async fn every(store: &Store, by: ContactsBy<'_>, limit: usize) -> Vec<Id> {
    let (mut ids, mut after) = (Vec::new(), None::<String>);
    for _ in 0..1_000 {
        let selection = ContactSelection {
            by,
            after: after.as_deref(),
            limit,
        };
        let page = store.contact_page(&tenant(), &selection).await.unwrap();
        assert!(page.contacts.len() <= limit);
        ids.extend(page.contacts.iter().map(|contact| contact.id));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
    panic!("the pages do not end");
}

#[tokio::test]
async fn every_contact_is_on_one_page_newest_first() {
    let store = store().await;
    let list = Id::from_bytes([7; 12]);
    let contacts: Vec<ContactRecord> = (0..150)
        .map(|n| ContactRecord {
            lists: if n % 3 == 0 { vec![list] } else { Vec::new() },
            ..named(n, &format!("Customer {n}"), &["all"])
        })
        .collect();
    made(&store, &contacts).await;
    let newest_first: Vec<Id> = contacts.iter().rev().map(|contact| contact.id).collect();
    for limit in [1, 7, 50, 149, 150, 1_000] {
        for by in [ContactsBy::All, ContactsBy::Tag("ALL")] {
            assert_eq!(
                every(&store, by, limit).await,
                newest_first,
                "{by:?} {limit}"
            );
        }
    }
    let listed = every(&store, ContactsBy::List(list), 20).await;
    assert_eq!(
        listed,
        newest_first
            .iter()
            .rev()
            .step_by(3)
            .rev()
            .copied()
            .collect::<Vec<_>>()
    );
    let count = store
        .count_contacts(&tenant(), ContactsBy::List(list))
        .await
        .unwrap();
    assert_eq!((count.count, count.is_all), (50, true));
    let by_name = every(&store, ContactsBy::Name("customer 14"), 4).await;
    assert_eq!(by_name.len(), 11);
    // By the first word all are found, each once.
    assert_eq!(every(&store, ContactsBy::Name("cust"), 9).await.len(), 150);
    let mut by_number = every(&store, ContactsBy::Number("92300120001"), 4).await;
    assert_eq!(by_number.len(), 10);
    by_number.reverse();
    assert_eq!(by_number, newest_first[130..140]);
}

#[tokio::test]
async fn names_are_found_by_how_they_begin_and_each_contact_once() {
    let store = store().await;
    let contacts = [
        named(0, "Ali Khan", &[]),
        named(1, "Khan Alison Ali", &[]),
        named(2, "İbrahim", &[]),
        named(3, "STRASSE #1 100%", &[]),
        named(4, "أحمد علي", &[]),
        numbered(5),
    ];
    made(&store, &contacts).await;
    for (begins, expected) in [
        ("ali", &[0, 1][..]),
        ("ALI K", &[0]),
        ("khan", &[1, 0]),
        ("khan a", &[1]),
        ("alison", &[1]),
        ("ibra", &[2]),
        ("IBRAHIM", &[2]),
        ("straße", &[3]),
        ("#", &[3]),
        ("100%", &[3]),
        ("strasse #1 1", &[3]),
        ("احمد", &[4]),
        ("an", &[]),
    ] {
        let mut ids = found(&store, ContactsBy::Name(begins)).await;
        let mut wanted: Vec<Id> = expected.iter().map(|n| contacts[*n].id).collect();
        ids.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(ids, wanted, "{begins}");
    }
}

#[tokio::test]
async fn a_contact_with_two_numbers_is_found_once() {
    let store = store().await;
    let mut two = numbered(1);
    two.keys.push(key("923001299999"));
    two.keys.push(key("PK.923"));
    made(&store, &[two.clone(), numbered(2)]).await;
    let of = async |digits| every(&store, ContactsBy::Number(digits), 1).await;
    assert_eq!(of("923").await, [two.id, numbered(2).id]);
    assert_eq!(of("9230012999").await, [two.id]);
    assert!(of("1").await.is_empty());
}

#[tokio::test]
async fn tags_that_begin_alike_are_told_apart() {
    let store = store().await;
    let contacts = [
        named(1, "A", &["a"]),
        named(2, "B", &["a#0"]),
        named(3, "C", &["a b"]),
    ];
    made(&store, &contacts).await;
    for (contact, tag) in contacts.iter().zip(["A", "a#0", "A  B"]) {
        assert_eq!(
            found(&store, ContactsBy::Tag(tag)).await,
            [contact.id],
            "{tag}"
        );
    }
}

#[tokio::test]
async fn after_what_is_no_place_of_a_list_comes_nothing() {
    let store = store().await;
    made(&store, &[named(1, "Ali", &["vip"])]).await;
    for after in [
        "",
        "x",
        "zzz",
        "\u{10ffff}",
        "name:zz",
        "phone:0",
        "tag:vip#x",
    ] {
        for by in [
            ContactsBy::All,
            ContactsBy::Tag("vip"),
            ContactsBy::Name("ali"),
            ContactsBy::Number("92"),
        ] {
            let selection = ContactSelection {
                by,
                after: Some(after),
                limit: 10,
            };
            let page = store.contact_page(&tenant(), &selection).await.unwrap();
            assert!(
                page.contacts.is_empty() && page.next.is_none(),
                "{by:?} {after}"
            );
        }
    }
}
