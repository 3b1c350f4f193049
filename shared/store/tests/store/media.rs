//! Files, in a real S3 server and in the messages that they belong to.

use std::time::Duration;

use openwati_store::Blobs;
use openwati_store::blobs::{Asked, Found, Handout, PART, content_key};

use crate::bucket::blobs;
use crate::table::tenant;

fn handout(asked: Asked) -> Handout<'static> {
    Handout {
        asked,
        mime_type: "image/png",
        disposition: "inline; filename=\"a.png\"",
        life: Duration::from_secs(300),
    }
}

async fn fetch(blobs: &Blobs, key: &str) -> reqwest::Response {
    let link = blobs.media_link(key, handout(Asked::Get)).await.unwrap();
    reqwest::get(link).await.unwrap()
}

#[tokio::test]
async fn a_small_file_is_found_and_handed_out() {
    let (blobs, _folder) = blobs().await;
    let key = content_key(&tenant(), "abc");
    assert_eq!(key, "1234567890/media/abc");
    assert_eq!(blobs.media(&key).await.unwrap(), None);
    for _ in 0..2 {
        let put = blobs.put_media(&key, "image/png", b"png".to_vec());
        put.await.unwrap();
    }
    let found = Found {
        mime_type: "image/png".to_owned(),
        size: 3,
    };
    assert_eq!(blobs.media(&key).await.unwrap(), Some(found));
    let fetched = fetch(&blobs, &key).await;
    assert_eq!(fetched.status(), 200);
    for (name, value) in [
        ("content-type", "image/png"),
        ("content-disposition", "inline; filename=\"a.png\""),
        ("cache-control", "private, no-store"),
    ] {
        assert_eq!(fetched.headers()[name], value);
    }
    assert_eq!(fetched.bytes().await.unwrap(), "png");
    let link = blobs.media_link(&key, handout(Asked::Head)).await.unwrap();
    let asked = reqwest::Client::new().head(link).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    assert_eq!(asked.headers()["content-length"], "3");
}

#[tokio::test]
async fn a_large_file_is_there_when_it_is_complete() {
    let (blobs, _folder) = blobs().await;
    let key = content_key(&tenant(), "abc");
    let mut upload = blobs.begin_media(&key, "video/mp4").await.unwrap();
    upload.part(vec![1; PART]).await.unwrap();
    upload.part(vec![2; 10]).await.unwrap();
    assert_eq!(blobs.media(&key).await.unwrap(), None);
    upload.complete().await.unwrap();
    let fetched = fetch(&blobs, &key).await.bytes().await.unwrap();
    assert_eq!(fetched.len(), PART + 10);
    assert_eq!(&fetched[PART - 1..=PART], [1, 2]);
}

#[tokio::test]
async fn a_file_that_is_given_up_is_not_there() {
    let (blobs, _folder) = blobs().await;
    let key = content_key(&tenant(), "abc");
    let mut upload = blobs.begin_media(&key, "video/mp4").await.unwrap();
    upload.part(vec![1; PART]).await.unwrap();
    upload.abort().await;
    assert_eq!(blobs.media(&key).await.unwrap(), None);
}
