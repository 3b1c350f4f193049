//! What takes minutes or days, at a clock that the tests hold.

use std::collections::BTreeMap;

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Memory, Queue, Received, Receiving, Sending, Work, schema};
use crate::{Durability, attributes::QueueAttributes, clock::SECOND};

/// Any time will do.
const NOW: i64 = 1_750_000_000_000;
const DAY: i64 = 86_400 * SECOND;

struct Bench {
    connection: Connection,
    memory: Memory,
    now: i64,
    _folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            connection: schema::open(&folder.path().join("queues.sqlite"), Durability::Process)
                .unwrap(),
            memory: Memory::default(),
            now: NOW,
            _folder: folder,
        }
    }

    fn work(&mut self) -> Work<'_> {
        Work {
            connection: &self.connection,
            now: self.now,
            memory: &mut self.memory,
        }
    }

    fn queue(&mut self, name: &str, attributes: &[(&str, &str)]) -> Queue {
        let pairs = attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut attributes = QueueAttributes::default();
        attributes.set(pairs.collect::<BTreeMap<_, _>>()).unwrap();
        let mut work = self.work();
        work.create_queue(name, &attributes).unwrap();
        work.queue(name).unwrap()
    }

    fn send(&mut self, queue: &Queue, id: Option<&str>) -> String {
        self.send_in(queue, "g", id)
    }

    fn send_in(&mut self, queue: &Queue, group: &str, id: Option<&str>) -> String {
        let message = Sending {
            body: "x".to_owned(),
            group_id: Some(group.to_owned()),
            deduplication_id: id.map(str::to_owned),
            ..Sending::default()
        };
        self.work().send(queue, &message).unwrap().message_id
    }

    fn receive_groups(&mut self, queue: &Queue) -> Vec<String> {
        let received = self.receive(queue, 30).messages;
        received.into_iter().filter_map(|m| m.group_id).collect()
    }

    fn receive(&mut self, queue: &Queue, visibility_seconds: i64) -> Received {
        let wanted = Receiving {
            limit: 10,
            visibility_seconds: Some(visibility_seconds),
            duplicates: 0.0,
        };
        let arn = |name: &str| format!("arn:{name}");
        self.work().receive(queue.clone(), wanted, arn).unwrap()
    }
}

#[test]
fn a_message_older_than_its_queue_keeps_is_dropped() {
    let mut bench = Bench::new();
    let queue = bench.queue("q", &[("MessageRetentionPeriod", "60")]);
    bench.send(&queue, None);
    bench.now = NOW + 59 * SECOND;
    assert_eq!(bench.work().counts(&queue).unwrap().ready, 1);
    bench.now = NOW + 60 * SECOND;
    assert!(bench.receive(&queue, 30).messages.is_empty());
    let kept: i64 = bench
        .connection
        .query_row("SELECT COUNT(*) FROM contents", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 0, "nothing of it is left on file");
}

#[test]
fn a_deduplication_id_is_free_again_after_five_minutes() {
    let mut bench = Bench::new();
    let queue = bench.queue("q.fifo", &[("FifoQueue", "true")]);
    let first = bench.send(&queue, Some("d"));
    bench.now = NOW + 5 * 60 * SECOND - 1;
    assert_eq!(bench.send(&queue, Some("d")), first);
    bench.now = NOW + 5 * 60 * SECOND;
    assert_ne!(bench.send(&queue, Some("d")), first);
}

#[test]
fn a_message_ages_on_in_a_standard_dead_letter_queue() {
    let mut bench = Bench::new();
    let dead = bench.queue("dead", &[]);
    let policy = r#"{"deadLetterTargetArn":"arn:aws:sqs:r:1:dead","maxReceiveCount":1}"#;
    let queue = bench.queue("q", &[("RedrivePolicy", policy)]);
    bench.send(&queue, None);
    bench.receive(&queue, 0);
    bench.now = NOW + 3 * DAY;
    assert!(bench.receive(&queue, 0).messages.is_empty());
    let message = bench.receive(&dead, 0).messages.remove(0);
    assert_eq!(message.sent_at, NOW);
    assert_eq!(message.source.as_deref(), Some("arn:q"));
    bench.now = NOW + 4 * DAY;
    assert!(bench.receive(&dead, 0).messages.is_empty());
}

#[test]
fn a_message_in_flight_tells_when_it_comes_back() {
    let mut bench = Bench::new();
    let queue = bench.queue("q", &[]);
    bench.send(&queue, None);
    let received = bench.receive(&queue, 30);
    assert_eq!(received.next_at, Some(NOW + 30 * SECOND));
    bench.now = NOW + 30 * SECOND;
    let again = bench.receive(&queue, 30).messages.remove(0);
    assert_eq!(again.receive_count, 2);
    assert_eq!(again.first_received_at, NOW);
}

#[test]
fn a_message_that_is_hidden_again_and_again_comes_back_within_twelve_hours() {
    let mut bench = Bench::new();
    let queue = bench.queue("q", &[]);
    bench.send(&queue, None);
    let handle = bench.receive(&queue, 43_000).messages[0].handle.encode();
    bench.now = NOW + 1_000 * SECOND;
    let mut work = bench.work();
    assert!(work.change_visibility(&queue, &handle, 42_201).is_err());
    work.change_visibility(&queue, &handle, 42_200).unwrap();
}

#[test]
fn the_turns_of_groups_survive_a_restart() {
    let mut bench = Bench::new();
    let queue = bench.queue("q", &[]);
    for _ in 0..30 {
        bench.send(&queue, None);
    }
    bench.receive(&queue, 30);
    bench.memory = Memory::default();
    let other = Sending {
        body: "other".to_owned(),
        group_id: Some("other".to_owned()),
        ..Sending::default()
    };
    bench.work().send(&queue, &other).unwrap();
    let received = bench.receive(&queue, 30);
    assert!(received.messages.iter().any(|found| found.body == "other"));
}

#[test]
fn a_receiver_of_a_fifo_queue_with_few_groups_leaves_the_others_to_other_receivers() {
    let mut bench = Bench::new();
    let queue = bench.queue("q.fifo", &[("FifoQueue", "true")]);
    for number in 0..12 {
        for group in ["a", "b", "c"] {
            bench.send_in(&queue, group, Some(&format!("{group}{number}")));
        }
    }
    assert_eq!(bench.receive_groups(&queue), ["a"; 10]);
    assert_eq!(bench.receive_groups(&queue), ["b"; 10]);
    assert_eq!(bench.receive_groups(&queue), ["c"; 10]);
    assert!(bench.receive_groups(&queue).is_empty());
}

#[test]
fn a_receiver_of_a_fifo_queue_with_many_groups_gets_one_message_of_each() {
    let mut bench = Bench::new();
    let queue = bench.queue("q.fifo", &[("FifoQueue", "true")]);
    for number in 0..3 {
        for group in 0..15 {
            bench.send_in(
                &queue,
                &group.to_string(),
                Some(&format!("{group}-{number}")),
            );
        }
    }
    let first = bench.receive_groups(&queue);
    let expected: Vec<String> = (0..10).map(|group| group.to_string()).collect();
    assert_eq!(first, expected);
    // Of the five that are left: all of the first, and what the others have.
    let second = bench.receive_groups(&queue);
    assert_eq!(
        second,
        ["10", "10", "10", "11", "11", "11", "12", "12", "12", "13"]
    );
}
