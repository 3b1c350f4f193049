//! Files that are sent: who brings them, who uploads them, and where they lie.

use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::time::Moment;
use openwati_store::Store;
use openwati_store::blobs::{content_key, upload_key, waiting_key};
use openwati_store::due::Due;
use openwati_store::file::{
    FileOrigin, FileSourceId, FileSourceRecord, ProviderKey, ProviderLease, SourceLease, UNUSED,
};

use crate::bucket::blobs;
use crate::table::{NOW, store, tenant};

const LEASE: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_secs(60);

fn id(number: u8) -> Id {
    Id::from_bytes([number; 12])
}

fn source() -> FileSourceId {
    FileSourceId::url("https://example.com/a.png?secret")
}

fn sha256() -> String {
    "ab".repeat(32)
}

fn origin(etag: Option<&str>) -> FileOrigin {
    FileOrigin {
        sha256: sha256(),
        said: Some("image/png".to_owned()),
        etag: etag.map(ToOwned::to_owned),
        last_modified: None,
        fresh_until: NOW.plus(MINUTE),
    }
}

async fn lease(store: &Store, bringer: u8, now: Moment) -> SourceLease {
    let until = now.plus(LEASE);
    let (tenant, source) = (tenant(), source());
    let leased = store.lease_file_source(&tenant, &source, id(bringer), now, until);
    leased.await.unwrap()
}

async fn brought(store: &Store, bringer: u8, origin: &FileOrigin) {
    let (tenant, source) = (tenant(), source());
    let kept = store.file_brought(&tenant, &source, id(bringer), origin, NOW);
    kept.await.unwrap();
}

async fn known(store: &Store) -> FileSourceRecord {
    let found = store.file_source(&tenant(), &source()).await.unwrap();
    found.unwrap()
}

#[tokio::test]
async fn one_at_a_time_brings_a_file() {
    let store = store().await;
    assert_eq!(store.file_source(&tenant(), &source()).await.unwrap(), None);
    assert!(
        matches!(lease(&store, 1, NOW).await, SourceLease::Mine(known) if known.origin.is_none())
    );
    // Asked again after a lost answer it is the same.
    assert!(matches!(lease(&store, 1, NOW).await, SourceLease::Mine(_)));
    assert!(matches!(
        lease(&store, 2, NOW).await,
        SourceLease::Theirs(_)
    ));
    brought(&store, 1, &origin(Some("\"a\""))).await;
    assert_eq!(
        known(&store).await,
        FileSourceRecord {
            origin: Some(origin(Some("\"a\""))),
            bringing_until: None,
        }
    );
    assert!(
        matches!(lease(&store, 2, NOW).await, SourceLease::Mine(known) if known.origin == Some(origin(Some("\"a\""))))
    );
}

#[tokio::test]
async fn what_a_file_is_no_longer_marked_with_is_forgotten() {
    let store = store().await;
    for etag in [Some("\"a\""), None] {
        lease(&store, 1, NOW).await;
        brought(&store, 1, &origin(etag)).await;
        assert_eq!(known(&store).await.origin, Some(origin(etag)));
    }
}

#[tokio::test]
async fn a_lease_lapses_or_is_given_back_and_who_comes_too_late_changes_nothing() {
    let store = store().await;
    lease(&store, 1, NOW).await;
    let later = NOW.plus(LEASE);
    assert!(matches!(
        lease(&store, 2, later).await,
        SourceLease::Mine(_)
    ));
    brought(&store, 1, &origin(None)).await;
    let (tenant, source) = (tenant(), source());
    let release = |bringer| store.release_file_source(&tenant, &source, id(bringer));
    release(1).await.unwrap();
    assert_eq!(known(&store).await.origin, None);
    assert!(matches!(
        lease(&store, 3, later).await,
        SourceLease::Theirs(_)
    ));
    release(2).await.unwrap();
    assert!(matches!(
        lease(&store, 3, later).await,
        SourceLease::Mine(_)
    ));
}

#[tokio::test]
async fn urls_and_uploads_are_told_apart() {
    assert_ne!(FileSourceId::url("a"), FileSourceId::url("b"));
    assert_ne!(
        FileSourceId::upload(id(1)),
        FileSourceId::url(&id(1).to_string())
    );
}

#[tokio::test]
async fn a_file_is_written_down_before_it_is_stored_and_looked_at_in_a_day() {
    let (store, tenant, sha256) = (store().await, tenant(), sha256());
    assert_eq!(store.file(&tenant, &sha256).await.unwrap(), None);
    let put = store.put_file(&tenant, &sha256, 7, Some("image/png"), NOW);
    let file = put.await.unwrap();
    assert_eq!((file.sha256.as_str(), file.size), (sha256.as_str(), 7));
    assert_eq!(file.found.as_deref(), Some("image/png"));
    assert!(!file.stored && file.ids.is_empty());
    assert!(store.file_stored(&tenant, &sha256).await.unwrap());
    // Brought again it is still there.
    let again = store.put_file(&tenant, &sha256, 7, Some("image/png"), NOW);
    assert!(again.await.unwrap().stored);
    let due = async |at| store.due(at, 10).await.unwrap();
    assert_eq!(due(NOW.plus(UNUSED)).await, []);
    let a_day_later = NOW.plus(UNUSED).plus(MINUTE);
    let expected = Due::File(tenant.clone(), sha256.clone());
    assert_eq!(due(a_day_later).await, [expected]);
    store.keep_file(&tenant, &sha256).await.unwrap();
    assert_eq!(due(a_day_later).await, []);
    store.forget_file(&tenant, &sha256).await.unwrap();
    assert_eq!(store.file(&tenant, &sha256).await.unwrap(), None);
    assert!(!store.file_stored(&tenant, &sha256).await.unwrap());
    store.keep_file(&tenant, &sha256).await.unwrap();
    assert_eq!(store.file(&tenant, &sha256).await.unwrap(), None);
}

#[tokio::test]
async fn one_at_a_time_uploads_a_file_for_a_number_and_its_id_is_used_while_it_lives() {
    let (store, tenant, sha256) = (store().await, tenant(), sha256());
    let key = ProviderKey::new("106540352242922", "image/png");
    let lease = async |uploader, now: Moment| {
        let until = now.plus(LEASE);
        let leased = store.lease_provider_id(&tenant, &sha256, &key, id(uploader), now, until);
        leased.await.unwrap()
    };
    assert_eq!(lease(1, NOW).await, ProviderLease::Gone);
    let put = store.put_file(&tenant, &sha256, 7, None, NOW);
    put.await.unwrap();
    assert_eq!(lease(1, NOW).await, ProviderLease::Mine);
    assert_eq!(lease(2, NOW).await, ProviderLease::Theirs);
    let release = store.release_provider_id(&tenant, &sha256, &key, id(2));
    release.await.unwrap();
    assert_eq!(lease(2, NOW).await, ProviderLease::Theirs);
    let release = store.release_provider_id(&tenant, &sha256, &key, id(1));
    release.await.unwrap();
    assert_eq!(lease(2, NOW).await, ProviderLease::Mine);
    assert_eq!(lease(3, NOW.plus(LEASE)).await, ProviderLease::Mine);
    let ends = NOW.plus(MINUTE);
    let given = store.provider_id_given(&tenant, &sha256, &key, "77", ends);
    given.await.unwrap();
    assert_eq!(lease(4, NOW).await, ProviderLease::Known("77".into()));
    let file = store.file(&tenant, &sha256).await.unwrap().unwrap();
    assert_eq!(file.ids[key.as_str()].usable(NOW), Some("77"));
    assert_eq!(file.ids[key.as_str()].usable(ends), None);
    let other = store.forget_provider_id(&tenant, &sha256, &key, "78");
    other.await.unwrap();
    assert_eq!(lease(4, NOW).await, ProviderLease::Known("77".into()));
    let forget = store.forget_provider_id(&tenant, &sha256, &key, "77");
    forget.await.unwrap();
    assert_eq!(lease(4, NOW).await, ProviderLease::Mine);
    let given = store.provider_id_given(&tenant, &sha256, &key, "79", ends);
    given.await.unwrap();
    assert_eq!(lease(5, ends).await, ProviderLease::Mine);
    let another = ProviderKey::new("106540352242922", "image/jpeg");
    let leased = store.lease_provider_id(&tenant, &sha256, &another, id(6), NOW, ends);
    assert_eq!(leased.await.unwrap(), ProviderLease::Mine);
}

#[tokio::test]
async fn only_what_was_said_of_an_upload_may_be_put_by_its_link() {
    let (blobs, _folder) = blobs().await;
    let key = upload_key(&tenant(), id(1));
    let link = blobs.upload_link(&key, "image/png", 3, MINUTE).await;
    let link = link.unwrap();
    let put = async |mime_type: &'static str, body: &'static str| {
        let put = reqwest::Client::new().put(&link);
        let put = put.header("content-type", mime_type).body(body);
        put.send().await.unwrap().status()
    };
    assert_eq!(put("image/gif", "png").await, 403);
    assert_eq!(put("image/png", "longer").await, 403);
    assert_eq!(blobs.media(&key).await.unwrap(), None);
    assert_eq!(put("image/png", "png").await, 200);
    let mut opened = blobs.open(&key).await.unwrap().unwrap();
    assert_eq!(opened.mime_type.as_deref(), Some("image/png"));
    assert_eq!(opened.size, 3);
    assert_eq!(opened.chunk().await.unwrap().unwrap(), "png");
    assert_eq!(opened.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_file_is_copied_as_it_was_read_or_not_at_all() {
    let (blobs, _folder) = blobs().await;
    let from = waiting_key(&tenant(), id(1));
    let to = content_key(&tenant(), &sha256());
    assert!(blobs.open(&from).await.unwrap().is_none());
    assert!(!blobs.copy(&from, &to, "image/png", None).await.unwrap());
    let put = blobs.put_media(&from, "text/plain", b"one".to_vec());
    put.await.unwrap();
    let etag = blobs.open(&from).await.unwrap().unwrap().etag;
    let put = blobs.put_media(&from, "text/plain", b"another".to_vec());
    put.await.unwrap();
    let copied = blobs.copy(&from, &to, "image/png", etag.as_deref()).await;
    assert!(!copied.unwrap());
    assert_eq!(blobs.media(&to).await.unwrap(), None);
    let etag = blobs.open(&from).await.unwrap().unwrap().etag;
    let copied = blobs.copy(&from, &to, "image/png", etag.as_deref()).await;
    assert!(copied.unwrap());
    let found = blobs.media(&to).await.unwrap().unwrap();
    assert_eq!((found.mime_type.as_str(), found.size), ("image/png", 7));
}
