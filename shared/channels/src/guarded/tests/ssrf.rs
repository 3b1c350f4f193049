//! That nothing is sent to where nobody may be let.

use std::net::IpAddr;

use openwati_core::address::AddressKind;

use super::host::{ANY, Host, LOOPBACK, Names, OK, PUBLIC, Untouched, client, get, post, private};
use crate::guarded::FetchError;

/// Spellings of an address at which this machine listens, for a client without a guard.
const SPELLINGS: [&str; 10] = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "0",
    "0.0.0.0",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
];

fn addresses(addresses: &[&str]) -> Vec<IpAddr> {
    let parse = |address: &&str| address.parse().unwrap();
    addresses.iter().map(parse).collect()
}

#[tokio::test]
async fn no_spelling_of_an_address_gets_through() {
    let host = Untouched::start();
    let guarded = client(false, &Names::default());
    for spelling in SPELLINGS {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{spelling}:{}/", host.port());
            let class = if scheme == "http" {
                "url_refused"
            } else {
                "address_refused"
            };
            assert_eq!(post(&guarded, &url).await.unwrap_err().class(), class);
            assert_eq!(get(&guarded, &url).await.unwrap_err().class(), class);
            assert!(!host.was_touched(), "{url}");
        }
    }
}

#[tokio::test]
async fn without_a_guard_they_all_get_through() {
    let naive = reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .build()
        .unwrap();
    let host = Host::answering(OK).await;
    for (count, spelling) in SPELLINGS.into_iter().enumerate() {
        let url = host.named("http", spelling);
        let request = naive.get(&url).header("connection", "close");
        request.send().await.expect(&url);
        assert_eq!(host.requests().len(), count + 1, "{url}");
    }
}

#[tokio::test]
async fn no_name_leads_to_what_is_not_public() {
    let host = Untouched::start();
    for address in [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.168.0.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        let names = Names::new([&addresses(&[address])]);
        let guarded = client(false, &names);
        let url = format!("https://rebound.example:{}/?secret", host.port());
        let error = post(&guarded, &url).await.unwrap_err();
        let kind = AddressKind::of(address.parse().unwrap());
        assert_eq!(error, FetchError::AddressRefused(kind), "{address}");
        assert_eq!(error.class(), "address_refused");
        let said = error.to_string();
        assert!(
            !said.contains(address) && !said.contains("secret"),
            "{said}"
        );
        assert_eq!(names.asked(), 1);
        assert!(!host.was_touched(), "{address}");
    }
}

#[tokio::test]
async fn one_address_that_is_not_public_spoils_a_name() {
    let host = Untouched::start();
    for mixed in [[PUBLIC, LOOPBACK], [LOOPBACK, PUBLIC]] {
        let guarded = client(false, &Names::new([&mixed]));
        let url = format!("https://mixed.example:{}/", host.port());
        let error = post(&guarded, &url).await.unwrap_err();
        assert_eq!(error, FetchError::AddressRefused(AddressKind::Loopback));
        assert!(!host.was_touched());
    }
}

#[tokio::test]
async fn a_name_that_changes_its_meaning_gains_nothing() {
    // With private URLs allowed, loopback is a good address and "any", which leads to the same listener, is not.
    let host = Host::start(|mut caller| async move {
        caller.hear().await;
        caller
            .say("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            .await;
    })
    .await;
    let names = Names::new([&[LOOPBACK], &[ANY]]);
    let guarded = client(true, &names);
    let url = host.named("http", "rebinding.example");
    assert_eq!(post(&guarded, &url).await.unwrap().status, 200);
    assert_eq!(names.asked(), 1, "what was checked is what was connected");
    let error = post(&guarded, &url).await.unwrap_err();
    assert_eq!(error, FetchError::AddressRefused(AddressKind::Unspecified));
    assert_eq!((names.asked(), host.connections()), (2, 1));
}

#[tokio::test]
async fn a_kept_connection_stays_where_it_was_checked() {
    let host = Host::answering(OK).await;
    let names = Names::new([&[LOOPBACK], &[ANY]]);
    let guarded = client(true, &names);
    let url = host.named("http", "rebinding.example");
    for _ in 0..3 {
        assert_eq!(post(&guarded, &url).await.unwrap().status, 200);
    }
    assert_eq!((names.asked(), host.connections()), (1, 1));
}

#[tokio::test]
async fn names_that_lead_nowhere() {
    let nowhere: [&[IpAddr]; 1] = [&[]];
    for names in [Names::default(), Names::new(nowhere)] {
        let guarded = client(false, &names);
        let error = post(&guarded, "https://missing.example/").await;
        assert_eq!(error.unwrap_err(), FetchError::Dns);
    }
}

#[tokio::test]
async fn a_machine_of_ones_own_is_reached_by_any_of_its_names() {
    let host = Host::answering(OK).await;
    let guarded = client(true, &Names::new([&[LOOPBACK]]));
    for name in ["localhost", "receiver", "printer.local"] {
        let url = host.named("http", name);
        assert_eq!(post(&guarded, &url).await.unwrap().status, 200);
    }
    let url = host.url();
    assert_eq!(post(&private(), &url).await.unwrap().status, 200);
}
