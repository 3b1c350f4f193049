//! Lists of contacts, and who wants to be written to.

use openwati_core::consent::{Consent, ConsentBy, ConsentScope, ConsentState};
use openwati_core::id::Id;
use openwati_core::time::Moment;
use openwati_store::Store;
use openwati_store::contact_list::{ContactListRecord, ListSaved};

use crate::contacts::key;
use crate::table::{NOW, store, tenant};

fn list(n: u8, name: &str) -> ContactListRecord {
    ContactListRecord {
        id: Id::from_bytes([n; 12]),
        name: name.to_owned(),
        created_at: NOW,
        version: 0,
    }
}

#[tokio::test]
async fn no_two_lists_have_the_same_name() {
    let store = store().await;
    let create = async |n, name| {
        let made = store.create_contact_list(&tenant(), &list(n, name)).await;
        made.unwrap()
    };
    let made = list(1, "Straße");
    assert_eq!(create(1, "Straße").await, ListSaved::Yes(made.clone()));
    assert_eq!(create(1, "Straße").await, ListSaved::Yes(made.clone()));
    assert_eq!(create(2, "STRASSE").await, ListSaved::NameTaken);
    let both = tokio::join!(create(3, "New"), create(4, "new"));
    let taken = [&both.0, &both.1]
        .into_iter()
        .filter(|one| **one == ListSaved::NameTaken);
    assert_eq!(taken.count(), 1);
    let lists = store.contact_lists(&tenant()).await.unwrap();
    assert_eq!(lists.len(), 2);
    assert_eq!(lists[1], made);

    let rename = async |n, name| {
        let id = Id::from_bytes([n; 12]);
        store
            .rename_contact_list(&tenant(), id, name)
            .await
            .unwrap()
    };
    assert_eq!(rename(1, "NEW").await, ListSaved::NameTaken);
    assert_eq!(rename(9, "x").await, ListSaved::Gone);
    let ListSaved::Yes(renamed) = rename(1, "strasse").await else {
        panic!("a list may be spelled otherwise");
    };
    assert_eq!(
        store.contact_list(&tenant(), renamed.id).await.unwrap(),
        Some(renamed)
    );
    let id = Id::from_bytes([1; 12]);
    assert!(store.delete_contact_list(&tenant(), id).await.unwrap());
    assert!(!store.delete_contact_list(&tenant(), id).await.unwrap());
    assert!(matches!(create(5, "Straße").await, ListSaved::Yes(_)));
}

async fn say(store: &Store, state: ConsentState, scope: ConsentScope, after: i64) -> bool {
    let consent = Consent {
        state,
        scope,
        by: ConsentBy::Word,
        at: Moment::from_seconds(NOW.seconds() + after),
    };
    let peer = key("923001234567");
    let set = store.set_consent(&tenant(), &peer, &consent).await;
    set.unwrap()
}

#[tokio::test]
async fn a_late_stop_does_not_undo_a_newer_start() {
    use ConsentScope::{All, Marketing};
    use ConsentState::{In, Out};

    let store = store().await;
    let peer = key("923001234567");
    let stands = async || store.peer(&tenant(), peer.as_str()).await.unwrap().consents;
    assert_eq!(stands().await, openwati_core::consent::Consents::default());
    assert!(say(&store, In, All, 20).await);
    assert!(!say(&store, Out, All, 10).await);
    assert!(!say(&store, In, All, 20).await);
    assert!(!stands().await.is_out());
    assert!(say(&store, Out, Marketing, 30).await);
    assert!(stands().await.refuses(true) && !stands().await.refuses(false));
    // Of one moment the customer's peace counts.
    assert!(say(&store, Out, All, 20).await);
    assert!(!say(&store, In, All, 20).await);
    assert!(stands().await.refuses(false));
    let channel = Id::from_bytes([7; 12]);
    let rest = store
        .rest_peer(&tenant(), peer.as_str(), channel, NOW, 1)
        .await;
    rest.unwrap();
    let known = store.peer(&tenant(), peer.as_str()).await.unwrap();
    assert_eq!(
        (known.conversations.len(), known.consents),
        (1, stands().await)
    );
    let other = key("923001234568");
    let all = store.consents(&tenant(), &[&peer, &other]).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[&peer], known.consents);
}
