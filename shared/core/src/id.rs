//! The id of everything but tenants: 96 bits that sort by time.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::digest;
use crate::entropy::Entropy;
use crate::time::Moment;

/// 96 bits: 32 of seconds since the epoch, 16 of the second's fraction, 48 random.
///
/// Ids sort by the time at which they were made. The Wati dialects show the 24 hex digits; WATI Pro shows a UUID
/// (version 8, RFC 9562) that carries the same bits and a checksum in what is left, so that a made-up UUID is no id.
/// [`FromStr`] takes both.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 12]);

/// The text is neither 24 hex digits nor a UUID with our checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this platform")]
pub struct NotAnId;

/// The largest fraction whose moment, which is rounded up, is still in its second.
const LAST_IN_SECOND: u16 = 65_470;

impl Id {
    /// A new id for something that came to be at `now`.
    pub fn new(now: Moment, entropy: &Entropy) -> Self {
        let seconds = u32::try_from(now.seconds().clamp(0, i64::from(u32::MAX)))
            .expect("clamped to the range of u32");
        let fraction = now.millis().rem_euclid(1000) * 65_536 / 1000;
        let fraction =
            u16::try_from(fraction).expect("less than a second is less than 65,536 parts");
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&seconds.to_be_bytes());
        bytes[4..6].copy_from_slice(&fraction.to_be_bytes());
        bytes[6..].copy_from_slice(&entropy.bytes::<6>());
        Self(bytes)
    }

    /// The id of what follows from a cause: the same whenever and wherever it is made from the same moment and parts, so
    /// that an effect which is made again is known to be there.
    pub fn derived(at: Moment, parts: &[&str]) -> Self {
        let digest = digest::of_parts(parts);
        Self::new(
            at,
            &Entropy::new(move |bytes| bytes.copy_from_slice(&digest[..bytes.len()])),
        )
    }

    /// The same for what is known to the second alone, and was heard of `delay` later: of what happened in the same second
    /// that which was heard of first sorts first, as far as it was heard of within a minute.
    pub fn derived_in_second(second: Moment, delay: Duration, parts: &[&str]) -> Self {
        let mut bytes = Self::derived(Moment::from_seconds(second.seconds()), parts).0;
        let order =
            u16::try_from(delay.as_millis()).map_or(LAST_IN_SECOND, |n| n.min(LAST_IN_SECOND));
        bytes[4..6].copy_from_slice(&order.to_be_bytes());
        Self(bytes)
    }

    /// The id with exactly these bits.
    pub const fn from_bytes(bytes: [u8; 12]) -> Self {
        Self(bytes)
    }

    /// The id's bits.
    pub const fn bytes(self) -> [u8; 12] {
        self.0
    }

    /// When the id was made, to 1/65,536 of a second.
    pub fn moment(self) -> Moment {
        let b = self.0;
        let seconds = i64::from(u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
        let fraction = i64::from(u16::from_be_bytes([b[4], b[5]]));
        // Rounded up, as the fraction was rounded down: an id made from a moment gives that moment back.
        Moment::from_millis(seconds * 1000 + (fraction * 1000 + 65_535) / 65_536)
    }

    /// The lowest id that can have been made at `moment` or later: where a list by time begins.
    pub fn first_at(moment: Moment) -> Self {
        Self::new(moment, &Entropy::new(|bytes| bytes.fill(0)))
    }

    /// The last byte, which spreads ids evenly over shards.
    pub const fn spread(self) -> u8 {
        self.0[11]
    }

    /// The 24 hex digits in lower case.
    pub fn hex(self) -> String {
        hex::encode(self.0)
    }

    /// The UUID (version 8) in lower case with hyphens.
    pub fn uuid(self) -> String {
        let h = hex::encode(self.to_uuid_bytes());
        format!(
            "{}-{}-{}-{}-{}",
            &h[..8],
            &h[8..12],
            &h[12..16],
            &h[16..20],
            &h[20..]
        )
    }

    fn to_uuid_bytes(self) -> [u8; 16] {
        // 48 bits of time | version 8 | 12 bits | variant 0b10 | 36 bits | 26 bits of checksum.
        let random = u64::from(u16::from_be_bytes([self.0[6], self.0[7]])) << 32
            | u64::from(u32::from_be_bytes([
                self.0[8], self.0[9], self.0[10], self.0[11],
            ]));
        let middle = 0x8000 | u16::try_from(random >> 36).expect("48 bits less 36 are 12");
        let low = 0b10 << 62 | (random & ((1 << 36) - 1)) << 26 | u64::from(self.checksum());
        let mut uuid = [0; 16];
        uuid[..6].copy_from_slice(&self.0[..6]);
        uuid[6..8].copy_from_slice(&middle.to_be_bytes());
        uuid[8..].copy_from_slice(&low.to_be_bytes());
        uuid
    }

    fn from_uuid_bytes(uuid: [u8; 16]) -> Option<Self> {
        let middle = u64::from(u16::from_be_bytes([uuid[6], uuid[7]]));
        let low = u64::from_be_bytes(uuid[8..].try_into().expect("half of 16 bytes are 8"));
        let random = (middle & 0xfff) << 36 | (low >> 26) & ((1 << 36) - 1);
        let mut bytes = [0; 12];
        bytes[..6].copy_from_slice(&uuid[..6]);
        bytes[6..].copy_from_slice(&random.to_be_bytes()[2..]);
        let id = Self(bytes);
        (id.to_uuid_bytes() == uuid).then_some(id)
    }

    fn checksum(self) -> u32 {
        let digest = Sha256::digest(self.0);
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) >> 6
    }
}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() == 24 {
            let mut bytes = [0; 12];
            hex::decode_to_slice(text, &mut bytes).map_err(|_| NotAnId)?;
            return Ok(Self(bytes));
        }
        let t = text.as_bytes();
        let hyphens = [8, 13, 18, 23];
        if t.len() != 36 || hyphens.iter().any(|&at| t[at] != b'-') {
            return Err(NotAnId);
        }
        let digits: String = text.chars().filter(|&c| c != '-').collect();
        let mut uuid = [0; 16];
        hex::decode_to_slice(digits, &mut uuid).map_err(|_| NotAnId)?;
        Self::from_uuid_bytes(uuid).ok_or(NotAnId)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.hex())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hex())
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_survives_both_of_its_spellings(bytes: [u8; 12]) {
            let id = Id(bytes);
            prop_assert_eq!(id.hex().parse(), Ok(id));
            prop_assert_eq!(id.uuid().parse(), Ok(id));
            prop_assert_eq!(id.uuid().to_uppercase().parse(), Ok(id));
            prop_assert_eq!(&id.uuid()[14..15], "8");
        }

        #[test]
        fn ids_sort_by_time(first in 0_i64..4_000_000_000_000, later in 1_i64..1_000_000) {
            let entropy = Entropy::system();
            let a = Id::new(Moment::from_millis(first), &entropy);
            let b = Id::new(Moment::from_millis(first + later), &entropy);
            prop_assert!(a < b);
            prop_assert!(a.hex() < b.hex());
            prop_assert!(a.uuid() < b.uuid());
            prop_assert_eq!(a.moment(), Moment::from_millis(first));
            prop_assert!(Id::first_at(Moment::from_millis(first)) <= a);
        }

        #[test]
        fn text_that_is_no_id_is_refused(text in "\\PC{0,40}") {
            if let Ok(id) = text.parse::<Id>() {
                let lower = text.to_lowercase();
                prop_assert!(id.hex() == lower || id.uuid() == lower);
            }
        }
    }

    #[test]
    fn a_derived_id_follows_from_its_moment_and_its_parts() {
        let at = Moment::from_seconds(1_790_000_000);
        let id = Id::derived(at, &["a", "bc"]);
        assert_eq!(id, Id::derived(at, &["a", "bc"]));
        assert_eq!(id.moment(), at);
        assert_ne!(id, Id::derived(at, &["ab", "c"]));
        assert_ne!(
            id,
            Id::derived(Moment::from_seconds(1_790_000_001), &["a", "bc"])
        );
    }

    #[test]
    fn of_one_second_what_was_heard_of_first_sorts_first() {
        let second = Moment::from_seconds(1_790_000_000);
        let heard = |delay, wamid| {
            Id::derived_in_second(second, Duration::from_millis(delay), &["tenant", wamid])
        };
        let ids = [
            heard(0, "a"),
            heard(1, "b"),
            heard(40_000, "c"),
            heard(90_000, "d"),
        ];
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(
            ids.iter()
                .all(|id| id.moment().seconds() == second.seconds())
        );
        assert_eq!(heard(100_000, "d"), heard(70_000, "d"));
        assert!(ids[3] < Id::first_at(Moment::from_seconds(1_790_000_001)));
    }

    #[test]
    fn a_uuid_of_others_is_no_id() {
        for other in [
            "9b7c6f1e-0d6a-4a58-9d0b-0a7a0c1f2e3d",
            "00000000-0000-8000-8000-000000000000",
            "",
            "ü",
        ] {
            assert_eq!(other.parse::<Id>(), Err(NotAnId));
        }
    }
}
