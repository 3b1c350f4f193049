//! Too much at once, or a moment's trouble at Meta.

use super::super::{
    Retry::{AfterSeconds, BackOff, Soon},
    row::Row,
};

pub(super) static ROWS: &[Row] = &[
    Row::of(1, "unknown fault at Meta", "WhatsApp had a problem of its own. It is tried again by itself; if it stays, look at Meta's status page.").retry(Soon { times: 3 }),
    Row::of(2, "service outage at Meta", "WhatsApp is out of service for the moment. It is tried again by itself.").retry(BackOff { first_seconds: 5, factor: 2 }),
    Row::of(131_000, "something went wrong at Meta", "WhatsApp could not send this message and gave no reason. It is tried again by itself.").retry(Soon { times: 3 }),
    Row::of(131_016, "service unavailable", "WhatsApp is out of service for the moment. It is tried again by itself.").retry(BackOff { first_seconds: 5, factor: 2 }),
    Row::of(4, "app call rate reached", "The app asks WhatsApp too much. Sending goes on more slowly by itself.").retry(BackOff { first_seconds: 60, factor: 2 }).slows_channel(),
    Row::of(613, "call rate reached", "WhatsApp was asked too much. Sending goes on more slowly by itself.").retry(BackOff { first_seconds: 60, factor: 2 }).slows_channel(),
    Row::of(80_007, "account call rate reached", "This business account asks WhatsApp too much. Sending goes on more slowly by itself.").retry(BackOff { first_seconds: 60, factor: 2 }).slows_channel(),
    Row::of(80_008, "management call rate reached", "Settings and templates of this business account were asked for too often. Wait some minutes.").retry(BackOff { first_seconds: 60, factor: 2 }),
    Row::of(130_429, "number throughput reached", "This number sends faster than WhatsApp allows it to. Sending goes on more slowly by itself.").retry(BackOff { first_seconds: 1, factor: 2 }).slows_channel(),
    Row::of(131_056, "recipient rate reached", "Too many messages went to this person in a short time. The next ones wait by themselves.").retry(BackOff { first_seconds: 1, factor: 4 }).slows_peer(),
    // More of the same would bring the number into worse trouble: a person looks first.
    Row::of(131_048, "limited for spam", "WhatsApp limits this number because too many people blocked or reported it. Stop mass messages and look at the number's quality in WhatsApp Manager.").needs_operator().slows_channel(),
    Row::of(131_057, "account in maintenance", "WhatsApp is upgrading this number, which takes up to a minute. It is tried again by itself.").retry(AfterSeconds(60)),
    Row::of(2_494_100, "number in maintenance", "WhatsApp is working on this number. It is tried again by itself.").retry(BackOff { first_seconds: 60, factor: 2 }),
];
