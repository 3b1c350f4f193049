//! One file for many.

use std::collections::BTreeSet;

use futures::{StreamExt as _, future::join_all, stream};
use openwati_tests::{
    Client, FileHost, HostedFile, Needs, Running, SOON, Simulated, Tenant, eventually, lacks,
    someone,
};
use serde_json::{Value, json};

use crate::media::files;
use crate::send_media::{send, the_one};

/// How many send at the same time.
const AT_A_TIME: usize = 16;

/// WhatsApp's ids of the files that a tenant's number uploaded, as far back as the simulated WhatsApp remembers.
async fn uploads(whatsapp: &Simulated, tenant: &Tenant) -> BTreeSet<String> {
    let calls = whatsapp.get("/requests?limit=1000").await;
    let path = format!("/{}/media", tenant.channel().phone_number_id);
    let uploads = calls.as_array().unwrap().iter().filter(|call| {
        let called = call["path"].as_str().unwrap();
        call["method"] == "POST" && called.ends_with(&path)
    });
    let ids = uploads.map(|call| call["response"]["id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// The file's id in the one message that a phone shows.
async fn id_at(whatsapp: &Simulated, customer: &str, kind: &str) -> String {
    let shown = the_one(&whatsapp.phone(customer)).await;
    shown["raw"][kind]["id"].as_str().unwrap().to_owned()
}

async fn kept(platform: &Running, tenant: &Tenant) -> Vec<String> {
    let bucket = &platform.ready().aws.bucket;
    files(&platform.aws(), bucket, tenant.id.as_str()).await
}

fn document(to: &str, url: &str) -> Value {
    json!({"to": to, "type": "document", "url": url, "fileName": "offer.pdf"})
}

fn pdf(end: &str) -> HostedFile {
    let bytes = format!("%PDF-1.7\n{end}");
    HostedFile::new("application/pdf", bytes.into_bytes())
}

#[tokio::test]
async fn a_file_for_a_thousand_is_fetched_kept_and_uploaded_once_and_each_gets_it_once() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = Running::start(|_| ()).await;
    let tenant = platform.tenant().make().await;
    let client = tenant.key().per_minute(100_000).make().await;
    let host = FileHost::start().await;
    let url = host.has("/offer.pdf", pdf("a thousand").etag("\"v1\""));
    let customers: Vec<String> = std::iter::repeat_with(someone).take(1_000).collect();
    let whatsapp = platform.whatsapp();
    let mut uploaded = BTreeSet::new();
    for some in customers.chunks(250) {
        let sends = stream::iter(some).map(|to| send_to(&client, to, &url));
        sends.buffer_unordered(AT_A_TIME).collect::<Vec<()>>().await;
        // It remembers a thousand calls, and more than these are made.
        uploaded.extend(uploads(&whatsapp, &tenant).await);
    }
    let asked = host.asked("/offer.pdf");
    let whole = asked
        .iter()
        .filter(|asked| !asked.contains_key("if-none-match"));
    assert_eq!(whole.count(), 1, "{asked:?}");
    assert_eq!(kept(&platform, &tenant).await.len(), 1);
    assert_eq!(uploaded.len(), 1, "{uploaded:?}");
    let shown = stream::iter(&customers).map(|to| id_at(&whatsapp, to, "document"));
    let shown: BTreeSet<String> = shown.buffer_unordered(AT_A_TIME).collect().await;
    assert_eq!(shown, uploaded);
    assert_eq!(tenant.places_taken().await, 1_000);
    platform.stop().await;
}

async fn send_to(client: &Client, to: &str, url: &str) {
    send(client, &document(to, url)).await.ok();
}

#[tokio::test]
async fn twenty_who_want_a_file_that_nobody_has_yet_wait_for_one_of_them() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let url = host.has("/offer.pdf", pdf("twenty"));
    let customers: Vec<String> = std::iter::repeat_with(someone).take(20).collect();
    host.holds(true);
    let sends = customers.iter().map(|to| send_to(&tenant.client, to, &url));
    let ((), _) = tokio::join!(
        async {
            eventually("one asks for it", SOON, || async {
                (!host.asked("/offer.pdf").is_empty()).then_some(())
            })
            .await;
            host.holds(false);
        },
        join_all(sends),
    );
    assert_eq!(host.asked("/offer.pdf").len(), 1);
    assert_eq!(kept(&platform, &tenant).await.len(), 1);
    let whatsapp = platform.whatsapp();
    let mut shown = BTreeSet::new();
    for to in &customers {
        shown.insert(id_at(&whatsapp, to, "document").await);
    }
    assert_eq!(shown.len(), 1, "it was uploaded once: {shown:?}");
}

#[tokio::test]
async fn a_file_at_two_addresses_is_kept_and_uploaded_once() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let whatsapp = platform.whatsapp();
    let mut shown = BTreeSet::new();
    for path in ["/offer.pdf", "/copy/of/offer.pdf"] {
        let (to, url) = (someone(), host.has(path, pdf("two")));
        send_to(&tenant.client, &to, &url).await;
        shown.insert(id_at(&whatsapp, &to, "document").await);
        assert_eq!(host.asked(path).len(), 1);
    }
    assert_eq!(kept(&platform, &tenant).await.len(), 1);
    assert_eq!(shown.len(), 1, "it was uploaded once: {shown:?}");

    // To another tenant it is another file.
    let other = platform.tenant().make().await;
    let to = someone();
    send_to(&other.client, &to, &host.has("/offer.pdf", pdf("two"))).await;
    assert!(!shown.contains(&id_at(&whatsapp, &to, "document").await));
    assert_eq!(kept(&platform, &other).await.len(), 1);
}
