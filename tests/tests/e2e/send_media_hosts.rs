//! Servers that do not hand files out as they should, and addresses that lead to no server.

use std::time::Duration;

use openwati_tests::{
    FileHost, HostedFile, Needs, Odd, OddHost, Running, SOON, Tenant, eventually, lacks, someone,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::Instant};

use crate::send_media::{came, send, the_one};
use crate::send_media_limits::{PDF, PNG, left_nothing, send_as, sized};

/// Sends a picture with this address, which is refused with this reason.
async fn fails(tenant: &Tenant, url: &str, reason: &str) {
    let refused = send_as(tenant, "image", url).await;
    let refused = refused.refused(400, "media_url_failed");
    let error = refused.error();
    assert!(error.contains(reason), "{url}: {error}");
    for internal in ["127.0.0.1", "169.254", "reqwest", "hyper", "/hidden"] {
        assert!(!error.contains(internal), "{url}: {error}");
    }
}

#[tokio::test]
async fn what_a_server_does_in_place_of_handing_a_file_out_is_said() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let odd = OddHost::start().await;
    let does = |path: &str, odd_one| odd.does(&format!("/hidden{path}"), odd_one);
    for status in [204, 206, 304, 401, 403, 404, 410, 429, 500, 503] {
        let answer = Odd::answer(status, &[("Content-Length", "0")], b"");
        let url = does(&format!("/{status}"), answer);
        fails(&tenant, &url, &format!("status {status}")).await;
    }
    let length = |length| [("Content-Length", length)];
    let chunked = [("Transfer-Encoding", "chunked")];
    let gzip = [("Content-Encoding", "gzip"), ("Content-Length", "20")];
    let broken = "the exchange broke off";
    for (path, answer, reason) in [
        ("/short", Odd::answer(200, &length("5000"), PNG), broken),
        (
            "/cut",
            Odd::answer(200, &chunked, b"ff\r\n\x89PNG\r\n\x1a\n"),
            broken,
        ),
        (
            "/odd",
            Odd::answer(200, &chunked, b"so\r\nmany\r\n"),
            broken,
        ),
        (
            "/nonsense",
            Odd::Says(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
            broken,
        ),
        ("/nothing", Odd::Says(Vec::new()), broken),
        (
            "/empty",
            Odd::answer(200, &length("0"), b""),
            "the file is empty",
        ),
        ("/closed", Odd::answer(200, &[], b""), "the file is empty"),
        (
            "/gzip",
            Odd::answer(
                200,
                &gzip,
                b"\x1f\x8b\x08\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\0\0",
            ),
            "compresses",
        ),
    ] {
        fails(&tenant, &does(path, answer), reason).await;
    }
    let host = FileHost::start().await;
    let plain = host.has("/hidden/plain", HostedFile::png("plain"));
    let plain = plain.replace("http://", "https://");
    fails(&tenant, &plain, "no TLS connection could be made").await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let url = format!("http://{address}/hidden");
    fails(&tenant, &url, "no connection could be made").await;
    fails(
        &tenant,
        "https://nowhere.invalid/hidden",
        "the file cannot be fetched",
    )
    .await;
    left_nothing(&platform, &tenant).await;
}

#[tokio::test]
async fn redirects_are_followed_to_a_file_and_to_nothing_else() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (host, odd) = (FileHost::start().await, OddHost::start().await);
    let to = |path: &str, target: &str| {
        odd.does(
            path,
            Odd::answer(302, &[("Location", target), ("Content-Length", "0")], b""),
        )
    };
    let file = host.has("/file.png", HostedFile::png("redirected"));
    to("/second", &file);
    send_as(&tenant, "image", &to("/first", "/second"))
        .await
        .ok();
    let sent = tenant.client.all(&[]).await.len();

    to("/a", "/b");
    fails(&tenant, &to("/b", "/a"), "too many redirects").await;
    for (path, target, reason) in [
        ("/disk", "file:///hidden/passwd", "https://"),
        (
            "/cloud",
            "http://169.254.169.254/hidden",
            "the redirect is refused",
        ),
        ("/secret", "http://me:secret@127.0.0.1/hidden", "user name"),
        ("/bad", "http://[", "does not say where"),
    ] {
        fails(&tenant, &to(path, target), reason).await;
    }
    let url = odd.does("/lost", Odd::answer(302, &[("Content-Length", "0")], b""));
    fails(&tenant, &url, "does not say where").await;
    assert_eq!((sent, tenant.client.all(&[]).await.len()), (1, 1));
}

#[tokio::test]
async fn an_address_that_is_none_or_leads_where_nobody_may_go_is_refused() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let file = host.has("/file.png", HostedFile::png("unasked"));
    let long = format!("{file}?{}", "x".repeat(2049 - file.len() - 1));
    let known = file.replace("http://", "http://me:secret@");
    for (url, reason) in [
        ("ftp://example.com/file.png", "https://"),
        ("file:///hidden/passwd", "https://"),
        ("data:image/png;base64,iVBORw0KGgo=", "https://"),
        ("//example.com/file.png", "not a valid URL"),
        ("picture.png", "not a valid URL"),
        ("https://exa mple.com/file.png", "not a valid URL"),
        ("https://example.com:25/file.png", "port 25"),
        ("http://169.254.169.254/hidden", "public internet"),
        (&known, "user name or a password"),
        (&long, "2048"),
    ] {
        fails(&tenant, url, reason).await;
    }
    for body in [
        json!({}),
        json!({"url": file, "uploadId": "x"}),
        json!({"url": ""}),
    ] {
        let mut body = body;
        body["to"] = json!(someone());
        body["type"] = json!("image");
        let refused = send(&tenant.client, &body).await;
        refused.refused(400, "invalid_message");
    }
    assert_eq!(host.asked("/file.png").len(), 0);
    left_nothing(&platform, &tenant).await;
    let longest = &long[..2048];
    send_as(&tenant, "image", longest).await.ok();
}

#[tokio::test]
async fn private_networks_are_nobodys_business_where_they_are_not_let_in() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = Running::start(|options| options.allow_private_urls = Some(false)).await;
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let file = host.has("/hidden", HostedFile::png("private"));
    fails(&tenant, &file, "https://").await;
    let secure = file.replace("http://", "https://");
    let mapped = secure.replace("127.0.0.1", "[::ffff:127.0.0.1]");
    let number = secure.replace("127.0.0.1", "2130706433");
    for url in [
        secure.as_str(),
        &mapped,
        &number,
        "https://localhost/hidden",
        "https://printer.local/hidden",
        "https://10.0.0.1/hidden",
        "https://[fd00::1]/hidden",
    ] {
        fails(&tenant, url, "the public internet").await;
    }
    assert_eq!(host.asked("/hidden").len(), 0);
    left_nothing(&platform, &tenant).await;
    platform.stop().await;
}

#[tokio::test]
async fn an_address_is_asked_for_as_browsers_spell_it() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let spelled = "/b%C3%BCro/a%20%2F%26b%F0%9F%98%80.pdf";
    let file = HostedFile::new("application/pdf", sized(PDF, 20));
    let url = host.has(spelled, file);
    let written = url.replace("%C3%BC", "ü").replace("%F0%9F%98%80", "😀");
    let to = someone();
    let url = format!("{written}?q=ü%26#page");
    let body = json!({"to": to, "type": "document", "url": url});
    send(&tenant.client, &body).await.ok();
    assert_eq!(host.asked(spelled).len(), 1);
    let shown = the_one(&platform.whatsapp().phone(&to)).await;
    assert_eq!(shown["raw"]["document"]["filename"], "a &b😀.pdf");
}

#[tokio::test]
async fn a_server_that_keeps_one_waiting_is_left_within_the_time_that_a_caller_has() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let odd = OddHost::start().await;
    let stalled = odd.does("/hidden/stalled", Odd::Silent);
    let head = Odd::GoesOn(
        b"HTTP/1.1 200 OK\r\nX: ".to_vec(),
        Duration::from_secs(1),
        b"y".to_vec(),
    );
    let head = odd.does("/hidden/head", head);
    let slow = odd.does(
        "/hidden/slow",
        Odd::slow(&[("Content-Length", "5000")], PNG),
    );
    let began = Instant::now();
    tokio::join!(
        fails(&tenant, &stalled, "no answer in time"),
        fails(&tenant, &head, "no answer in time"),
        fails(&tenant, &slow, "too slowly"),
    );
    assert!(began.elapsed() < Duration::from_secs(20));
    left_nothing(&platform, &tenant).await;
}

#[tokio::test]
async fn a_message_whose_file_takes_longer_than_its_caller_waits_fails_if_the_file_never_comes() {
    if lacks(Needs::OwnPlatform) || lacks(Needs::FastQueues) {
        return;
    }
    let platform = Running::start(|options| {
        options.function_timeout = Some(Duration::from_secs(3));
        options.speed = 600.0;
    })
    .await;
    let tenant = platform.tenant().make().await;
    let odd = OddHost::start().await;
    let stalled = odd.does("/stalled", Odd::Silent);
    let slow = odd.does("/slow", Odd::slow(&[("Content-Length", "5000")], PNG));
    let taken = async |url: &str| {
        let to = someone();
        let body = json!({"to": to, "type": "image", "url": url});
        let taken = send(&tenant.client, &body).await;
        assert_eq!(
            (taken.status, taken.body["status"].as_str()),
            (202, Some("accepted"))
        );
        let failed = tenant.client.reaches(taken.id(), "failed").await;
        assert_eq!(failed["error"]["name"], "media_url_failed");
        assert_eq!(failed["error"]["title"], "the file did not come in time");
        eventually("nobody waits for the file", SOON, || async {
            let message = tenant.client.message(taken.id()).await.ok();
            (message.body["message"]["media"]["status"] == "failed").then_some(())
        })
        .await;
        let came: Vec<Value> = came(&platform.whatsapp().phone(&to)).await;
        assert_eq!(came, [Value::Null; 0]);
    };
    tokio::join!(taken(&stalled), taken(&slow));
    eventually("the places are given back", SOON, || async {
        (tenant.places_taken().await == 0).then_some(())
    })
    .await;
    platform.stop().await;
}
