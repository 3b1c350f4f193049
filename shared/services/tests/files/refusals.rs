//! Files that cannot be had, or cannot be sent.

use openwati_core::media::MediaKind::{Document, Image, Sticker};
use openwati_services::files::{Refused, Source, Trouble};

use crate::world::{How, PNG, Page, World};

const MIB: usize = 1024 * 1024;

fn refused(result: Result<openwati_services::files::Brought, Trouble>) -> Refused {
    match result {
        Err(Trouble::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

fn padded(length: usize) -> Vec<u8> {
    let mut bytes = PNG.to_vec();
    bytes.resize(length, 0);
    bytes
}

#[tokio::test]
async fn a_file_may_be_as_large_as_whatsapp_takes_and_no_byte_more() {
    let world = World::start().await;
    for how in [How::Whole, How::Pieces] {
        world
            .host
            .put("/fits", Page::file(padded(5 * MIB)).come(how));
        let page = Page::file(padded(5 * MIB + 1)).come(how);
        world.host.put("/large", page);
        assert_eq!(world.bring("/fits", Image).await.unwrap().size, 5 << 20);
        let refused = refused(world.bring("/large", Image).await);
        assert_eq!((refused.code, refused.stays), ("media_too_large", true));
        assert_eq!(
            refused.reason,
            "the file is larger than the 5242880 bytes that WhatsApp takes of an image"
        );
    }
    world
        .host
        .put("/endless", Page::file(PNG).come(How::Endless));
    for kind in [Image, Sticker, Document] {
        let endless = world.bring("/endless", kind).await;
        assert!(endless.is_err(), "{kind}");
    }
    assert_eq!(
        refused(world.bring("/endless", Image).await).code,
        "media_too_large"
    );
}

#[tokio::test]
async fn a_file_is_what_its_bytes_say() {
    let world = World::start().await;
    let script = Page::file("#!/bin/sh\nexit\n").header("content-type", "image/png");
    world.host.put("/a.png", script);
    for kind in [Image, Document] {
        let refused = refused(world.bring("/a.png", kind).await);
        assert_eq!(
            (refused.code, refused.stays),
            ("unsupported_media_type", true)
        );
        assert!(
            refused.reason.contains("text/x-shellscript"),
            "{}",
            refused.reason
        );
    }
    // A large file is not read to its end to find out.
    let page = Page::file("#!/bin/sh\n").come(How::Endless);
    world.host.put("/endless.png", page);
    let refused = refused(world.bring("/endless.png", Document).await);
    assert_eq!(refused.code, "media_too_large");
}

#[tokio::test]
async fn a_host_that_hands_out_no_file_is_told_of() {
    let world = World::start().await;
    let away = Page::status(302).header("location", "/round");
    world.host.put("/round", away);
    world.host.put("/gone", Page::status(410));
    world.host.put("/busy", Page::status(503));
    world.host.put("/page", Page::file("<!DOCTYPE html><html>"));
    world.host.put("/empty", Page::file(""));
    world
        .host
        .put("/short", Page::file(PNG).header("content-length", "100"));
    world.host.put(
        "/zipped",
        Page::file(PNG).header("content-encoding", "gzip"),
    );
    world.host.put("/same", Page::status(304));
    for (path, code, stays, reason) in [
        ("/round", "media_url_failed", true, "too many redirects"),
        ("/nothing", "media_url_failed", true, "status 404"),
        ("/gone", "media_url_failed", true, "status 410"),
        ("/busy", "media_url_failed", false, "status 503"),
        ("/same", "media_url_failed", true, "status 304"),
        ("/page", "unsupported_media_type", true, "text/html"),
        ("/zipped", "media_url_failed", true, "compresses"),
    ] {
        let refused = refused(world.bring(path, Image).await);
        assert_eq!((refused.code, refused.stays), (code, stays), "{path}");
        assert!(
            refused.reason.contains(reason),
            "{path}: {}",
            refused.reason
        );
        assert!(
            !refused.reason.contains("127.0.0.1"),
            "{path}: {}",
            refused.reason
        );
    }
    let empty = refused(world.bring("/empty", Document).await);
    assert_eq!(empty.reason, "the file is empty");
}

#[tokio::test]
async fn a_url_that_nobody_may_be_let_to_is_refused_before_it_is_asked() {
    let world = World::start().await;
    for url in [
        "",
        "ftp://example.com/",
        "http://169.254.169.254/",
        "http://a:b@example.com/",
    ] {
        let error = Source::url(&world.platform, url).unwrap_err();
        let text = format!("{error:?}");
        assert!(text.contains("media_url_failed"), "{text}");
    }
    let source = Source::url(&world.platform, "http://127.0.0.1/?secret").unwrap();
    assert!(!format!("{source:?}").contains("secret"));
}
