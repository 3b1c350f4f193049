//! What may be stored as a URL.

use openwati_core::address::AddressKind;
use proptest::prelude::*;

use super::host::{Names, client};
use crate::guarded::GuardError;

#[track_caller]
fn refused(allow_private: bool, url: &str) -> GuardError {
    let client = client(allow_private, &Names::default());
    client.check_url(url).expect_err(url)
}

#[track_caller]
fn taken(allow_private: bool, url: &str) -> String {
    let client = client(allow_private, &Names::default());
    match client.check_url(url) {
        Ok(url) => url.into(),
        Err(error) => panic!("{url}: {error}"),
    }
}

#[test]
fn public_hosts_are_taken() {
    for url in [
        "https://example.com/",
        "https://hooks.example.com:8443/wati?token=a%20b",
        "https://xn--mnchen-3ya.example/",
        "https://my_host.example.com/",
        "https://1.1.1.1/",
        "https://[2606:4700:4700::1111]/",
        "https://localhost.example.com/",
        "https://internal.example.com/",
        "https://not.locals/",
    ] {
        assert_eq!(taken(false, url), url);
    }
}

#[test]
fn urls_come_back_in_their_usual_spelling() {
    for (url, usual) in [
        (" HTTPS://Example.COM/a#fragment\n", "https://example.com/a"),
        ("https://example.com./", "https://example.com/"),
        ("https://example.com:443", "https://example.com/"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example/"),
        ("https://0x08.8.2056", "https://8.8.8.8/"),
    ] {
        assert_eq!(taken(false, url), usual);
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (url, error, code) in [
        ("example.com", GuardError::Syntax, "url_invalid"),
        ("https://exa mple.com/", GuardError::Syntax, "url_invalid"),
        ("https://exa\tmple.com/", GuardError::Syntax, "url_invalid"),
        (
            "https://a.example:99999/",
            GuardError::Syntax,
            "url_invalid",
        ),
        ("https://1.2.3.256/", GuardError::Syntax, "url_invalid"),
        (
            "http://example.com/",
            GuardError::Scheme,
            "url_scheme_refused",
        ),
        (
            "ftp://example.com/",
            GuardError::Scheme,
            "url_scheme_refused",
        ),
        (
            "file:///etc/passwd",
            GuardError::Scheme,
            "url_scheme_refused",
        ),
        (
            "gopher://example.com/",
            GuardError::Scheme,
            "url_scheme_refused",
        ),
        (
            "data:text/plain,a",
            GuardError::Scheme,
            "url_scheme_refused",
        ),
        (
            "https://user@a.example/",
            GuardError::UserInfo,
            "url_user_info_refused",
        ),
        (
            "https://:pw@a.example/",
            GuardError::UserInfo,
            "url_user_info_refused",
        ),
        ("https://", GuardError::Host, "url_host_invalid"),
        ("https://a..example/", GuardError::Host, "url_host_invalid"),
        ("https://a.example../", GuardError::Host, "url_host_invalid"),
        (
            "https://intranet/",
            GuardError::PrivateName,
            "url_host_refused",
        ),
        (
            "https://example/",
            GuardError::PrivateName,
            "url_host_refused",
        ),
        (
            "https://example./",
            GuardError::PrivateName,
            "url_host_refused",
        ),
        (
            "https://LocalHost/",
            GuardError::PrivateName,
            "url_host_refused",
        ),
        (
            "https://a.localhost/",
            GuardError::PrivateName,
            "url_host_refused",
        ),
        (
            "https://printer.local/",
            GuardError::PrivateName,
            "url_host_refused",
        ),
        (
            "https://printer.local./",
            GuardError::PrivateName,
            "url_host_refused",
        ),
        (
            "https://metadata.google.internal/",
            GuardError::PrivateName,
            "url_host_refused",
        ),
        (
            "https://nas.home.arpa/",
            GuardError::PrivateName,
            "url_host_refused",
        ),
        (
            "https://a.example:25/",
            GuardError::Port(25),
            "url_port_refused",
        ),
        (
            "https://a.example:0/",
            GuardError::Port(0),
            "url_port_refused",
        ),
    ] {
        let found = refused(false, url);
        assert_eq!((found, found.code()), (error, code), "{url}");
    }
    let long = format!("https://example.com/{}", "a".repeat(2048));
    assert_eq!(refused(false, &long), GuardError::TooLong);
    let label = format!("https://{}.example/", "a".repeat(64));
    assert_eq!(refused(false, &label), GuardError::Host);
}

#[test]
fn addresses_are_known_in_all_their_spellings() {
    use AddressKind::{Embedded, LinkLocal, Loopback, Private, Reserved, Shared, Unspecified};
    for (host, kind) in [
        ("127.0.0.1", Loopback),
        ("127.0.0.1.", Loopback),
        ("127.1", Loopback),
        ("127.0.1", Loopback),
        ("2130706433", Loopback),
        ("0x7f000001", Loopback),
        ("0x7f.0.0.0x1", Loopback),
        ("0177.0.0.01", Loopback),
        ("017700000001", Loopback),
        ("１２７.0.0.1", Loopback),
        ("127。0。0。1", Loopback),
        ("%31%32%37.0.0.1", Loopback),
        ("[::1]", Loopback),
        ("[0:0:0:0:0:0:0:1]", Loopback),
        ("0", Unspecified),
        ("0.0.0.0", Unspecified),
        ("[::]", Unspecified),
        ("10.0.0.1", Private),
        ("192.168.1.1", Private),
        ("172.16.0.1", Private),
        ("[fd00:ec2::254]", Reserved),
        ("[fec0::1]", Private),
        ("169.254.169.254", LinkLocal),
        ("2852039166", LinkLocal),
        ("0xa9fea9fe", LinkLocal),
        ("[fe80::1]", LinkLocal),
        ("100.64.0.1", Shared),
        ("255.255.255.255", Reserved),
        ("[::ffff:127.0.0.1]", Embedded),
        ("[::ffff:7f00:1]", Embedded),
        ("[::127.0.0.1]", Embedded),
        ("[2002:7f00:1::]", Embedded),
        ("[64:ff9b::7f00:1]", Embedded),
        ("[64:ff9b:1::a00:1]", Embedded),
    ] {
        let url = format!("https://{host}/");
        let found = refused(false, &url);
        assert_eq!(found, GuardError::Address(kind), "{url}");
        assert_eq!(found.code(), "url_address_refused");
    }
}

#[test]
fn a_machine_of_ones_own_may_be_named() {
    for url in [
        "http://localhost:3000/hook",
        "http://127.0.0.1:8080/",
        "http://[::1]/",
        "http://192.168.0.7/",
        "https://printer.local/",
        "http://receiver:9000/",
        "http://example.com/",
    ] {
        assert_eq!(taken(true, url), url);
    }
}

#[test]
fn nobody_may_name_what_hands_out_credentials() {
    for url in [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://0.0.0.0:8080/",
        "http://[::ffff:127.0.0.1]:8080/",
        "http://224.0.0.1/",
    ] {
        assert!(
            matches!(refused(true, url), GuardError::Address(_)),
            "{url}"
        );
    }
    let secret = refused(true, "http://root:secret@localhost/").to_string();
    assert!(!secret.contains("root"), "{secret}");
}

proptest! {
    #[test]
    fn what_is_taken_is_taken_again_as_it_is(text in "(https://)?[a-z0-9.\\[\\]:@%/?#-]{1,40}") {
        let client = client(false, &Names::default());
        if let Ok(url) = client.check_url(&text) {
            prop_assert_eq!(url.scheme(), "https");
            let again = client.check_url(url.as_str());
            prop_assert_eq!(again, Ok(url));
        }
    }

    #[test]
    fn no_spelling_of_an_address_is_better_than_another(bits: u32) {
        let client = client(false, &Names::default());
        let [a, b, c, d] = bits.to_be_bytes();
        let plain = client.check_url(&format!("https://{a}.{b}.{c}.{d}/"));
        for spelling in [
            format!("{bits}"),
            format!("0x{bits:x}"),
            format!("0{bits:o}"),
            format!("{a}.{}", bits & 0x00ff_ffff),
            format!("{a}.{b}.{}", bits & 0xffff),
            format!("0x{a:x}.0{b:o}.{c}.{d}"),
        ] {
            prop_assert_eq!(&client.check_url(&format!("https://{spelling}/")), &plain);
        }
    }
}
