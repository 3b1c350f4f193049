//! Which callback goes next: lanes keep the order of what is about one message.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
};

use crate::store::Callback;

/// Callbacks that wait, in lanes. Only the first of a lane may be on its way.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    waiting: HashMap<String, VecDeque<Callback>>,
    /// The lanes whose first callback waits for its time.
    due: BinaryHeap<Reverse<(i64, String)>>,
}

impl Lanes {
    /// Puts a callback behind the others of its lane.
    pub(crate) fn push(&mut self, callback: Callback) {
        let lane = self.waiting.entry(callback.lane.clone()).or_default();
        if lane.is_empty() {
            self.due
                .push(Reverse((callback.due_ms, callback.lane.clone())));
        }
        lane.push_back(callback);
    }

    /// When the next callback is due.
    pub(crate) fn next_due_ms(&self) -> Option<i64> {
        self.due.peek().map(|Reverse((due, _))| *due)
    }

    /// A callback that is due, whose lane then rests until it is settled.
    pub(crate) fn take(&mut self, now_ms: i64) -> Option<Callback> {
        if self.next_due_ms()? > now_ms {
            return None;
        }
        let Reverse((_, lane)) = self.due.pop()?;
        self.waiting.get(&lane)?.front().cloned()
    }

    /// The first callback of a lane is done with: the next one's turn.
    pub(crate) fn finish(&mut self, lane: &str) {
        let Some(waiting) = self.waiting.get_mut(lane) else {
            return;
        };
        waiting.pop_front();
        match waiting.front() {
            Some(next) => self.due.push(Reverse((next.due_ms, lane.to_owned()))),
            None => drop(self.waiting.remove(lane)),
        }
    }

    /// The first callback of a lane is tried again later.
    pub(crate) fn retry(&mut self, lane: &str, due_ms: i64) {
        if let Some(first) = self.waiting.get_mut(lane).and_then(VecDeque::front_mut) {
            first.due_ms = due_ms;
            first.attempts += 1;
            self.due.push(Reverse((due_ms, lane.to_owned())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callback(id: i64, lane: &str, due_ms: i64) -> Callback {
        Callback {
            id,
            lane: lane.into(),
            phone_number_id: "1".into(),
            kind: "status:sent".into(),
            body: bytes::Bytes::new(),
            created_ms: 0,
            due_ms,
            attempts: 0,
            delivers: None,
        }
    }

    #[test]
    fn a_lane_waits_for_its_first_and_others_do_not() {
        let mut lanes = Lanes::default();
        for callback in [
            callback(1, "a", 10),
            callback(2, "a", 20),
            callback(3, "b", 30),
        ] {
            lanes.push(callback);
        }
        assert!(lanes.take(9).is_none());
        assert_eq!(lanes.take(100).map(|callback| callback.id), Some(1));
        assert_eq!(lanes.take(100).map(|callback| callback.id), Some(3));
        assert!(lanes.take(100).is_none());
        lanes.retry("a", 200);
        assert!(lanes.take(100).is_none());
        assert_eq!(lanes.take(200).map(|callback| callback.attempts), Some(1));
        lanes.finish("a");
        assert_eq!(lanes.take(200).map(|callback| callback.id), Some(2));
        lanes.finish("a");
        lanes.finish("b");
        assert!(lanes.waiting.is_empty() && lanes.due.is_empty());
    }
}
