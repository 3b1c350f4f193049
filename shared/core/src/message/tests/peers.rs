use proptest::prelude::*;

use crate::{
    message::{Bsuid, Recipient},
    phone::PhoneNumber,
};

#[test]
fn ids_have_their_documented_form() {
    let longest = format!("US.{}", "a".repeat(128));
    for good in [
        "US.1349120865",
        "GB.ENT.11815799212886844830",
        "PK.a",
        "US.ENT",
        &longest,
    ] {
        assert_eq!(Bsuid::parse(good).unwrap().as_str(), good);
    }
    let too_long = format!("US.ENT.{}", "1".repeat(129));
    for bad in [
        "",
        "US",
        "US.",
        "us.1",
        "USA.1",
        "U.1",
        "US.1.2",
        "US.ENT.",
        "US.ENT.ENT.1",
        "US.1 ",
        "US.é",
        "ÄÖ.1",
        "US-1",
        &too_long,
    ] {
        assert_eq!(Bsuid::parse(bad), None, "{bad}");
    }
}

#[test]
fn a_peer_is_digits_or_an_id() {
    let phone = Recipient::parse_peer("923001234567").unwrap();
    assert_eq!(
        phone,
        Recipient::Phone(PhoneNumber::from_digits("923001234567").unwrap())
    );
    assert!(matches!(
        Recipient::parse_peer("US.42"),
        Some(Recipient::UserId(_))
    ));
    for bad in ["", "+923001234567", "92 300 1234567", "hello", "US.", "1"] {
        assert_eq!(Recipient::parse_peer(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn a_peer_is_read_as_it_was_written(
        peer in prop_oneof!["[1-9][0-9]{6,14}", "[A-Z]{2}\\.(ENT\\.)?[0-9A-Za-z]{1,128}"],
    ) {
        let recipient = Recipient::parse_peer(&peer).unwrap();
        prop_assert_eq!(recipient.to_string(), peer.clone());
        let stored = serde_json::to_value(&recipient).unwrap();
        prop_assert_eq!(&stored, &peer);
        prop_assert_eq!(serde_json::from_value::<Recipient>(stored).unwrap(), recipient);
    }

    #[test]
    fn any_text_is_a_peer_or_none(text in ".{0,20}") {
        if let Some(recipient) = Recipient::parse_peer(&text) {
            prop_assert_eq!(recipient.as_str(), text);
        }
    }
}
