use std::collections::HashSet;

use proptest::prelude::*;

use super::{Class, Retry, classify, table};

fn class(code: i64) -> &'static Class {
    classify(code, None, 400)
}

#[test]
fn every_row_of_the_table_is_found_by_its_code() {
    for row in table::rows() {
        let (code, subcode) = row.example();
        let found = classify(code, subcode, 400);
        assert!(
            std::ptr::eq(found, &row.class),
            "{code} {subcode:?} is hidden by {found:?}"
        );
    }
}

#[test]
fn meanings_are_unique_and_words_for_people_are_sentences() {
    let mut meanings = HashSet::new();
    for Class { meaning, plain, .. } in table::rows().map(|row| &row.class) {
        assert!(meanings.insert(*meaning), "{meaning} is there twice");
        assert!(
            plain.ends_with('.') && plain.starts_with(char::is_uppercase),
            "{plain}"
        );
        assert!(!plain.contains('#'), "{plain}");
    }
}

#[test]
fn a_token_that_no_longer_works_disconnects_the_number() {
    for code in [
        0, 102, 104, 190, 10, 200, 299, 33, 368, 131_031, 131_045, 133_010,
    ] {
        assert!(class(code).disconnects_channel, "{code}");
    }
    // These may be about one message, one recipient, one file or one kind of message.
    for code in [3, 100, 131_026, 131_030, 131_042, 131_047, 131_048, 132_001] {
        assert!(!class(code).disconnects_channel, "{code}");
    }
}

#[test]
fn throttling_slows_the_number_and_the_pair_limit_only_the_recipient() {
    for code in [4, 80_007, 130_429] {
        assert!(
            class(code).slows_channel && class(code).is_throttle(),
            "{code}"
        );
    }
    let pair = class(131_056);
    assert!(pair.slows_peer && !pair.slows_channel && pair.is_throttle());
    assert_eq!(
        pair.retry,
        Retry::BackOff {
            first_seconds: 1,
            factor: 4
        }
    );
    // More messages would make it worse, and waiting does not mend it.
    assert!(class(131_048).slows_channel && !class(131_048).is_throttle());
}

#[test]
fn opting_out_is_one_code() {
    let codes = table::rows()
        .filter(|row| row.class.opted_out)
        .map(|row| row.example().0);
    assert_eq!(codes.collect::<Vec<_>>(), [131_050]);
}

#[test]
fn an_unknown_object_is_told_from_other_bad_parameters_by_its_subcode() {
    assert_eq!(classify(100, Some(33), 400).meaning, "object unknown");
    assert_eq!(
        classify(100, Some(2_446_079), 400).meaning,
        "parameter invalid"
    );
    assert_eq!(classify(100, None, 400).meaning, "parameter invalid");
    assert_eq!(classify(190, Some(463), 401).meaning, "token expired");
}

#[test]
fn an_unknown_code_is_judged_by_the_status() {
    let by_status = |status| classify(987_654_321, None, status);
    assert!(by_status(429).is_throttle());
    assert!(by_status(401).needs_operator && by_status(403).needs_operator);
    assert!(by_status(500).is_retryable() && by_status(503).is_retryable());
    assert!(!by_status(400).is_retryable());
    assert!(!by_status(0).is_retryable());
}

proptest! {
    #[test]
    fn every_code_has_a_class_that_does_not_contradict_itself(
        code in prop_oneof![any::<i64>(), 0..1000_i64, 130_000..148_000_i64],
        subcode in any::<Option<i64>>(),
        status in any::<u16>(),
    ) {
        let class = classify(code, subcode, status);
        prop_assert!(!(class.is_retryable() && class.disconnects_channel));
        prop_assert!(!(class.is_retryable() && class.opted_out));
        prop_assert!(!class.disconnects_channel || class.needs_operator);
        if let Retry::Soon { times } = class.retry {
            prop_assert!(times > 0);
        }
        if let Retry::BackOff { first_seconds, factor } = class.retry {
            prop_assert!(first_seconds > 0 && factor > 1);
        }
    }
}
