//! Files that WhatsApp does not take, and what goes with them.

use http::Method;
use openwati_tests::{
    Answer, FileHost, HostedFile, Odd, OddHost, Running, SOON, Tenant, eventually, someone,
};
use serde_json::json;

use crate::media::files;
use crate::send_media::{bytes_at, send, the_one};

const MIB: usize = 1024 * 1024;

/// More than lies between two programs of one machine: what one wrote and the other never read.
const BETWEEN: u64 = 24 << 20;

pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const MP4: &[u8] = b"\0\0\0\x18ftypisom\0\0\0\0isommp41";
const MP3: &[u8] = b"ID3\x04\0\0\0\0\0\0";
pub(crate) const PDF: &[u8] = b"%PDF-1.7\n";
const SCRIPT: &[u8] = b"#!/bin/sh\nrm -rf ~\n";
const HTML: &[u8] = b"<!DOCTYPE html><html><body>Sign in</body></html>";

/// A file of this size that begins like this.
pub(crate) fn sized(begin: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = begin.to_vec();
    bytes.resize(size, 0);
    bytes
}

/// Sends the file at an address to somebody.
pub(crate) async fn send_as(tenant: &Tenant, kind: &str, url: &str) -> Answer {
    let body = json!({"to": someone(), "type": kind, "url": url});
    send(&tenant.client, &body).await
}

/// What was refused left nothing behind.
pub(crate) async fn left_nothing(platform: &Running, tenant: &Tenant) {
    assert_eq!(tenant.client.all(&[]).await.len(), 0);
    assert_eq!(tenant.places_taken().await, 0);
    let bucket = &platform.ready().aws.bucket;
    let kept = files(&platform.aws(), bucket, tenant.id.as_str()).await;
    assert_eq!(kept, [""; 0]);
}

#[tokio::test]
async fn a_picture_may_have_five_mebibytes_and_not_one_byte_more() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (host, odd) = (FileHost::start().await, OddHost::start().await);
    let long = sized(PNG, 5 * MIB + 1);
    let chunked = [
        format!("{:x}\r\n", long.len()).as_bytes(),
        &long,
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    let coding = [("Transfer-Encoding", "chunked")];
    for url in [
        host.has("/long.png", HostedFile::new("image/png", long.clone())),
        odd.does("/chunked.png", Odd::answer(200, &coding, &chunked)),
        odd.does("/closed.png", Odd::answer(200, &[], &long)),
    ] {
        let refused = send_as(&tenant, "image", &url).await;
        let refused = refused.refused(413, "media_too_large");
        assert!(refused.error().contains("5242880"), "{}", refused.text);
    }
    left_nothing(&platform, &tenant).await;

    let file = HostedFile::new("image/png", sized(PNG, 5 * MIB));
    let to = someone();
    let url = host.has("/largest.png", file.clone());
    let body = json!({"to": to, "type": "image", "url": url});
    send(&tenant.client, &body).await.ok();
    let shown = the_one(&platform.whatsapp().phone(&to)).await;
    assert!(bytes_at(&shown["media_url"]).await == file.bytes);
}

#[tokio::test]
async fn a_file_that_is_said_to_be_too_large_is_not_read() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let odd = OddHost::start().await;
    for (kind, begin, most) in [
        ("image", PNG, 5 * MIB),
        ("video", MP4, 16 * MIB),
        ("audio", MP3, 16 * MIB),
        ("document", PDF, 100 * MIB),
        ("sticker", b"RIFF".as_slice(), 500 * 1024),
    ] {
        let length = (most + 1).to_string();
        let path = format!("/{kind}");
        let url = odd.does(&path, Odd::endless(&[("Content-Length", &length)], begin));
        let refused = send_as(&tenant, kind, &url).await;
        let refused = refused.refused(413, "media_too_large");
        let error = refused.error();
        assert!(
            error.contains(&most.to_string()) && error.contains(kind),
            "{error}"
        );
        let sent = eventually("nobody listens", SOON, || async { odd.sent(&path).pop() }).await;
        assert!(sent < BETWEEN, "{kind}: {sent}");
    }
    left_nothing(&platform, &tenant).await;
}

#[tokio::test]
async fn a_file_without_an_end_is_left_at_the_limit() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let odd = OddHost::start().await;
    for (kind, begin, most) in [("image", PNG, 5 * MIB), ("video", MP4, 16 * MIB)] {
        let path = format!("/{kind}");
        let url = odd.does(&path, Odd::endless(&[], begin));
        let refused = send_as(&tenant, kind, &url).await;
        refused.refused(413, "media_too_large");
        let sent = eventually("nobody listens", SOON, || async { odd.sent(&path).pop() }).await;
        let most = u64::try_from(most).unwrap();
        assert!((most..most + BETWEEN).contains(&sent), "{kind}: {sent}");
    }
    left_nothing(&platform, &tenant).await;
}

#[tokio::test]
async fn a_file_is_what_its_bytes_are() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    for (number, (kind, said, bytes, stated, found)) in [
        ("image", "image/png", SCRIPT, None, "text/x-shellscript"),
        ("image", "text/html", HTML, None, "text/html"),
        ("image", "image/png", HTML, Some("image/png"), "text/html"),
        ("image", "image/png", b"nothing", None, "of no known type"),
        ("image", "image/png", MP4, None, "video/mp4"),
        ("video", "video/mp4", PDF, None, "application/pdf"),
        ("audio", "audio/mpeg", PNG, None, "image/png"),
        ("sticker", "image/webp", PNG, None, "image/png"),
        (
            "document",
            "application/pdf",
            PNG,
            Some("application/pdf"),
            "image/png",
        ),
        ("document", "application/pdf", PNG, None, "image/png"),
        ("document", "image/png", SCRIPT, None, "text/x-shellscript"),
    ]
    .into_iter()
    .enumerate()
    {
        let url = host.has(&format!("/{number}.png"), HostedFile::new(said, bytes));
        let body = json!({"to": someone(), "type": kind, "url": url, "mimetype": stated});
        let refused = send(&tenant.client, &body).await;
        let refused = refused.refused(415, "unsupported_media_type");
        assert!(
            refused.error().contains(found),
            "{number}: {}",
            refused.text
        );
    }
    left_nothing(&platform, &tenant).await;
}

#[tokio::test]
async fn captions_and_names_go_as_they_are_up_to_their_length() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let pdf = host.has("/a.pdf", HostedFile::new("application/pdf", sized(PDF, 30)));
    let mp3 = host.has("/a.mp3", HostedFile::new("audio/mpeg", sized(MP3, 30)));
    let long = |count| "ü".repeat(count);
    for (field, body) in [
        (
            "caption",
            json!({"type": "document", "url": pdf, "caption": long(1025)}),
        ),
        (
            "caption",
            json!({"type": "audio", "url": mp3, "caption": "Listen"}),
        ),
        (
            "fileName",
            json!({"type": "document", "url": pdf, "fileName": long(300)}),
        ),
    ] {
        let mut body = body;
        body["to"] = json!(someone());
        let refused = send(&tenant.client, &body).await;
        let refused = refused.refused(400, "invalid_message");
        assert!(refused.error().starts_with(field), "{}", refused.text);
    }
    assert_eq!(host.asked("/a.pdf").len() + host.asked("/a.mp3").len(), 0);

    for name in ["../Rechnung \"März\" 'a\\b' 😀\u{202e}.pdf", &long(240)] {
        let to = someone();
        let caption = long(1024);
        let body =
            json!({"to": to, "type": "document", "url": pdf, "fileName": name, "caption": caption});
        let sent = send(&tenant.client, &body).await.ok();
        let shown = the_one(&platform.whatsapp().phone(&to)).await;
        assert_eq!(shown["raw"]["document"]["filename"], name);
        assert_eq!(shown["raw"]["document"]["caption"], caption);
        let message = tenant.client.message(sent.id()).await.ok().body["message"].take();
        assert_eq!(message["media"]["file_name"], name);
    }
}

/// Asks for a place for so many bytes of this type, and puts these there. Answers the id.
async fn uploaded(tenant: &Tenant, mime_type: &str, bytes: Vec<u8>) -> String {
    let new = json!({"mimetype": mime_type, "size": bytes.len()});
    let path = "/api/public/v1/uploads";
    let made = tenant.client.call_with(Method::POST, path, &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let put = reqwest::Client::new().put(made.str("url"));
    let put = put.header("content-type", mime_type).body(bytes);
    assert_eq!(put.send().await.unwrap().status(), 200);
    made.str("uploadId").to_owned()
}

#[tokio::test]
async fn what_was_uploaded_is_judged_like_any_file() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    for (kind, mime_type, bytes, status, code, says) in [
        (
            "image",
            "image/png",
            SCRIPT.to_vec(),
            415,
            "unsupported_media_type",
            "text/x-shellscript",
        ),
        (
            "image",
            "application/pdf",
            PDF.to_vec(),
            415,
            "unsupported_media_type",
            "application/pdf",
        ),
        (
            "document",
            "application/pdf",
            PNG.to_vec(),
            415,
            "unsupported_media_type",
            "image/png",
        ),
        (
            "image",
            "image/png",
            sized(PNG, 5 * MIB + 1),
            413,
            "media_too_large",
            "5242880",
        ),
    ] {
        let upload = uploaded(&tenant, mime_type, bytes).await;
        let body = json!({"to": someone(), "type": kind, "uploadId": upload});
        let refused = send(&tenant.client, &body).await.refused(status, code);
        assert!(refused.error().contains(says), "{}", refused.text);
    }
    left_nothing(&platform, &tenant).await;
}
