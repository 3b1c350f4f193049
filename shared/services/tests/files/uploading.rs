//! Files go up to WhatsApp once, and come from people's own uploads.

use std::time::Duration;

use futures::future::join_all;
use openwati_core::id::Id;
use openwati_core::media::MediaKind::{Document, Image};
use openwati_core::message::MediaSource;
use openwati_services::files::{self, Given, Later, Source, Trouble};
use openwati_store::blobs::upload_key;

use crate::table::tenant;
use crate::world::{PNG, Page, World, channel};

const UPLOADS: &str = "/v23.0/106540352242922/media";

fn id(number: u32) -> Given {
    Given::Id(format!("media-{number}"))
}

#[tokio::test]
async fn a_hundred_who_send_one_file_upload_it_once() {
    let world = World::start().await;
    world.host.put("/a.png", Page::file(PNG));
    let file = world.bring("/a.png", Image).await.unwrap();
    let all = join_all((0..100).map(|_| world.give(&file))).await;
    for given in all {
        assert_eq!(given.unwrap(), id(1));
    }
    assert_eq!(world.graph.asked(), [UPLOADS]);
    // Another URL with the same bytes is the same file.
    world.host.put("/b.png", Page::file(PNG));
    let same = world.bring("/b.png", Image).await.unwrap();
    assert_eq!(world.give(&same).await.unwrap(), id(1));
    assert_eq!(world.graph.asked().len(), 1);
}

#[tokio::test]
async fn an_id_is_a_numbers_own_and_lives_for_29_days() {
    let world = World::start().await;
    world
        .host
        .put("/a.png", Page::file(PNG).header("etag", "\"1\""));
    let file = world.bring("/a.png", Image).await.unwrap();
    assert_eq!(world.give(&file).await.unwrap(), id(1));
    world
        .graph
        .put("/v23.0/7/media", Page::file(r#"{"id":"media-{number}"}"#));
    let other = world.give_by(&channel("7"), &file).await;
    assert_eq!(other.unwrap(), id(2));
    world.pass(Duration::from_hours(28 * 24));
    let file = world.bring("/a.png", Image).await.unwrap();
    assert_eq!(world.give(&file).await.unwrap(), id(1));
    world.pass(Duration::from_hours(24));
    let file = world.bring("/a.png", Image).await.unwrap();
    assert_eq!(world.give(&file).await.unwrap(), id(3));
}

#[tokio::test]
async fn an_id_that_whatsapp_has_forgotten_is_asked_for_anew() {
    let world = World::start().await;
    world.host.put("/a.png", Page::file(PNG));
    let file = world.bring("/a.png", Image).await.unwrap();
    assert_eq!(world.give(&file).await.unwrap(), id(1));
    let (channel, tenant) = (channel("106540352242922"), tenant());
    for forgotten in ["media-1", "media-1"] {
        let forget = files::forget_id(&world.platform, &tenant, &channel, &file, forgotten);
        forget.await.unwrap();
        let file = world.bring("/a.png", Image).await.unwrap();
        assert_eq!(world.give(&file).await.unwrap(), id(2));
    }
}

#[tokio::test]
async fn a_file_above_16_mib_is_a_link() {
    let world = World::start().await;
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.resize(16 * 1024 * 1024, 0);
    world.host.put("/fits.pdf", Page::file(bytes.clone()));
    let file = world.bring("/fits.pdf", Document).await.unwrap();
    assert_eq!(world.give(&file).await.unwrap(), id(1));
    bytes.push(0);
    world.host.put("/large.pdf", Page::file(bytes.clone()));
    let file = world.bring("/large.pdf", Document).await.unwrap();
    let given = world.give(&file).await.unwrap();
    let MediaSource::Link(link) = given.source() else {
        panic!("{given:?}");
    };
    assert!(!format!("{given:?}").contains("http"));
    assert!(link.contains("X-Amz-Expires=3600"), "{link}");
    let fetched = reqwest::get(link).await.unwrap();
    assert_eq!(fetched.headers()["content-type"], "application/pdf");
    assert_eq!(fetched.bytes().await.unwrap(), bytes);
    assert_eq!(world.graph.asked().len(), 1);
}

#[tokio::test]
async fn what_whatsapp_says_of_an_upload_is_told_and_others_may_try() {
    let world = World::start().await;
    world.host.put("/a.png", Page::file(PNG));
    let file = world.bring("/a.png", Image).await.unwrap();
    let error = |code: u32| {
        let body = format!(
            r##"{{"error":{{"message":"(#{code}) No","type":"OAuthException","code":{code},"fbtrace_id":"A"}}}}"##
        );
        let mut page = Page::file(body).header("retry-after", "7");
        page.status = 400;
        page
    };
    world.graph.put(UPLOADS, error(131_053));
    let refused = world.give(&file).await.unwrap_err();
    assert!(matches!(refused, Trouble::WhatsApp(error) if error.code == 131_053));
    world.graph.put(UPLOADS, error(130_429));
    let later = world.give(&file).await.unwrap_err();
    assert!(
        matches!(&later, Trouble::Later(Later::Provider { retry_after: Some(wait), .. }) if wait.as_secs() == 7),
        "{later:?}"
    );
    world.graph.put(UPLOADS, Page::status(502));
    let later = world.give(&file).await.unwrap_err();
    assert!(matches!(later, Trouble::Later(Later::Provider { .. })));
    world
        .graph
        .put(UPLOADS, Page::file(r#"{"id":"media-{number}"}"#));
    assert_eq!(world.give(&file).await.unwrap(), id(4));
}

#[tokio::test]
async fn what_somebody_uploaded_is_sent_as_it_was_when_it_was_first_used() {
    let world = World::start().await;
    let upload = Id::from_bytes([5; 12]);
    let source = Source::Upload(upload);
    let bring = || files::bring(&world.platform, world.wanted(&source, Image));
    let Err(Trouble::Refused(missing)) = bring().await else {
        panic!("there is nothing");
    };
    assert_eq!(missing.code, "upload_not_found");
    let key = upload_key(&tenant(), upload);
    let put = world.blobs.put_media(&key, "image/png", PNG.to_vec());
    put.await.unwrap();
    let file = bring().await.unwrap();
    assert_eq!(world.stored(&file).await, PNG);
    world.pass(Duration::from_hours(72));
    world.blobs.remove(vec![key]).await.unwrap();
    assert_eq!(bring().await.unwrap().sha256, file.sha256);
    let said = serde_json::to_value(&source).unwrap();
    assert_eq!(serde_json::from_value::<Source>(said).unwrap(), source);
}
