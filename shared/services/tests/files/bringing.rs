//! Files come into the bucket once.

use std::time::Duration;

use futures::future::join_all;
use openwati_core::id::Id;
use openwati_core::media::MediaKind::{Document, Image};
use openwati_services::files::{Later, Trouble, bring};
use openwati_services::timers;
use openwati_store::blobs::PART;
use openwati_store::file::UNUSED;
use openwati_store::message::NewMessage;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::table::tenant;
use crate::world::{How, PNG, Page, World};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_hundred_who_send_one_url_ask_for_it_once() {
    let world = World::start().await;
    world.host.put("/a.png", Page::file(PNG));
    let all = join_all((0..100).map(|_| world.bring("/a.png", Image))).await;
    for brought in all {
        let brought = brought.unwrap();
        assert_eq!(brought.sha256, hex::encode(Sha256::digest(PNG)));
        assert_eq!(
            (brought.mime_type.as_str(), brought.size),
            ("image/png", 16)
        );
    }
    assert_eq!(world.host.asked(), ["/a.png"]);
}

#[tokio::test]
async fn a_host_is_asked_again_when_its_answer_holds_no_longer() {
    let world = World::start().await;
    let marked = Page::file(PNG)
        .header("etag", "\"v1\"")
        .header("cache-control", "max-age=600");
    world.host.put("/a.png", marked.clone());
    let first = world.bring("/a.png", Image).await.unwrap();
    world.pass(9 * MINUTE);
    world.bring("/a.png", Image).await.unwrap();
    assert_eq!(world.host.asked().len(), 1);
    world.pass(2 * MINUTE);
    let same = world.bring("/a.png", Image).await.unwrap();
    assert_eq!(same.sha256, first.sha256);
    assert_eq!(world.host.asked(), ["/a.png", "/a.png if changed"]);
    // It holds again.
    world.pass(9 * MINUTE);
    world.bring("/a.png", Image).await.unwrap();
    assert_eq!(world.host.asked().len(), 2);
    world.pass(2 * MINUTE);
    let changed = Page::file([PNG, b"more"].concat()).header("etag", "\"v2\"");
    world.host.put("/a.png", changed);
    let other = world.bring("/a.png", Image).await.unwrap();
    assert_ne!(other.sha256, first.sha256);
    assert_eq!(world.stored(&other).await, [PNG, b"more"].concat());
    assert_eq!(world.host.asked().len(), 3);
}

#[tokio::test]
async fn a_file_without_marks_comes_again_after_a_minute() {
    let world = World::start().await;
    world.host.put("/a.png", Page::file(PNG));
    for _ in 0..2 {
        world.bring("/a.png", Image).await.unwrap();
        world.bring("/a.png", Image).await.unwrap();
        world.pass(MINUTE);
    }
    assert_eq!(world.host.asked(), ["/a.png", "/a.png"]);
}

#[tokio::test]
async fn a_large_file_lies_where_its_digest_says() {
    let world = World::start().await;
    let bytes = [b"%PDF-1.7\n".as_slice(), &vec![7; 2 * PART]].concat();
    let page = Page::file(bytes.clone()).header("content-type", "application/pdf");
    world.host.put("/whole.pdf", page.clone());
    world.host.put("/pieces.pdf", page.come(How::Pieces));
    for path in ["/whole.pdf", "/pieces.pdf"] {
        let file = world.bring(path, Document).await.unwrap();
        let sha256 = hex::encode(Sha256::digest(&bytes));
        assert_eq!(file.key, format!("1234567890/media/{sha256}"));
        assert_eq!(file.size, bytes.len() as u64);
        assert_eq!(file.mime_type, "application/pdf");
        assert_eq!(world.stored(&file).await, bytes);
    }
    assert_eq!(world.blobs.remove_some("uploads/").await.unwrap(), 0);
}

#[tokio::test]
async fn the_same_url_is_judged_anew_for_each_kind() {
    let world = World::start().await;
    let page = Page::file("a,b\n").header("content-type", "text/csv; charset=utf-8");
    world.host.put("/a.csv", page);
    let document = world.bring("/a.csv", Document).await.unwrap();
    assert_eq!(document.mime_type, "text/csv");
    let image = world.bring("/a.csv", Image).await.unwrap_err();
    assert!(matches!(image, Trouble::Refused(refused) if refused.code == "unsupported_media_type"));
    assert_eq!(world.host.asked().len(), 1);
}

#[tokio::test]
async fn who_has_no_patience_comes_again_while_somebody_else_is_at_it() {
    let world = World::start().await;
    world.host.put("/a.png", Page::file(PNG).come(How::Stuck));
    let source = world.at("/a.png");
    let mut first = world.wanted(&source, Image);
    first.deadline = Instant::now() + Duration::from_secs(3);
    let mut second = first;
    second.patience = Duration::ZERO;
    let other = async {
        while world.host.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        bring(&world.platform, second).await
    };
    let (first, second) = tokio::join!(bring(&world.platform, first), other);
    assert!(
        matches!(first, Err(Trouble::Later(Later::TimeUp))),
        "{first:?}"
    );
    assert!(
        matches!(second, Err(Trouble::Later(Later::SomebodyElse))),
        "{second:?}"
    );
    // Whoever ran out of time holds it no longer.
    world.host.put("/a.png", Page::file(PNG));
    world.bring("/a.png", Image).await.unwrap();
}

#[tokio::test]
async fn a_file_that_no_message_has_goes_after_a_day_though_one_was_about_to_have_it() {
    let world = World::start().await;
    world.host.put("/used.png", Page::file(PNG));
    world
        .host
        .put("/unused.png", Page::file([PNG, b"!"].concat()));
    let used = world.bring("/used.png", Image).await.unwrap();
    let unused = world.bring("/unused.png", Image).await.unwrap();
    let store = world.platform.store();
    let [sent, never_made] = [[9; 12], [8; 12]].map(Id::from_bytes);
    let message = NewMessage {
        id: sent,
        channel: Id::from_bytes([1; 12]),
        peer: "15550001111",
        content: "{}",
        media: None,
    };
    let lease_until = world.platform.now().plus(UNUSED * 2);
    let claimed = store.claim_message(&tenant(), message, lease_until).await;
    assert!(claimed.unwrap());
    // The second one's sender died before its message was made.
    for (file, message) in [(&used, sent), (&unused, never_made)] {
        let kept = store.use_media(&tenant(), &file.key, message).await;
        kept.unwrap();
    }
    world.pass(UNUSED + MINUTE);
    let report = timers::run(&world.platform).await.unwrap();
    assert_eq!(report.settled, 1);
    assert!(world.blobs.media(&unused.key).await.unwrap().is_none());
    assert!(world.blobs.media(&used.key).await.unwrap().is_some());
    assert_eq!(store.file(&tenant(), &unused.sha256).await.unwrap(), None);
    // It is brought anew.
    let again = world.bring("/unused.png", Image).await.unwrap();
    assert_eq!(world.stored(&again).await, [PNG, b"!"].concat());
}
