//! Where randomness comes from.

use std::fmt;
use std::sync::Arc;

use rand::TryRng as _;

/// A source of random bytes: the system's generator, or a fixed one in a test.
#[derive(Clone)]
pub struct Entropy(Arc<Fill>);

/// Fills a buffer with random bytes.
type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl Entropy {
    /// The system's generator, fit for secrets.
    pub fn system() -> Self {
        Self::new(|bytes| {
            rand::rngs::SysRng
                .try_fill_bytes(bytes)
                .expect("the system's random generator answers, or nothing can be kept secret");
        })
    }

    /// A source that fills buffers by `fill`.
    pub fn new(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }

    /// `length` characters drawn evenly from `alphabet`.
    ///
    /// # Panics
    /// If the alphabet is empty or longer than 256 characters.
    pub fn text(&self, alphabet: &[u8], length: usize) -> String {
        assert!(
            (1..=256).contains(&alphabet.len()),
            "an alphabet has 1 to 256 characters"
        );
        // Bytes past the last whole multiple would favour the alphabet's beginning.
        let limit = 256 - 256 % alphabet.len();
        let mut text = String::with_capacity(length);
        while text.len() < length {
            for byte in self.bytes::<32>() {
                if usize::from(byte) < limit && text.len() < length {
                    text.push(char::from(alphabet[usize::from(byte) % alphabet.len()]));
                }
            }
        }
        text
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_draws_every_character_of_its_alphabet() {
        let text = Entropy::system().text(b"abc", 300);
        assert_eq!(text.len(), 300);
        for wanted in ['a', 'b', 'c'] {
            assert!(text.contains(wanted));
        }
    }
}
