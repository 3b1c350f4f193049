//! One hash of several texts.

use sha2::{Digest as _, Sha256};

/// The SHA-256 of `parts`, each with its length before it: `ab` and `c` are not `a` and `bc`.
pub fn of_parts<P: AsRef<[u8]>>(parts: &[P]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        let length = u64::try_from(part.len()).expect("a length fits 64 bits");
        hasher.update(length.to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// The same as 64 hex digits in lower case.
pub fn hex_of_parts<P: AsRef<[u8]>>(parts: &[P]) -> String {
    hex::encode(of_parts(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_part_ends_and_the_next_begins_counts() {
        assert_eq!(of_parts(&["a", "bc"]), of_parts(&["a", "bc"]));
        assert_ne!(of_parts(&["a", "bc"]), of_parts(&["ab", "c"]));
        assert_ne!(of_parts(&["a", "bc"]), of_parts(&["abc"]));
        assert_ne!(of_parts(&["a", ""]), of_parts(&["a"]));
        assert_eq!(hex_of_parts(&["a"]).len(), 64);
    }
}
