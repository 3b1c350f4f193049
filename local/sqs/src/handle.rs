//! Receipt handles: which delivery of which message a caller speaks of.

use base64::{Engine, engine::general_purpose::URL_SAFE};

/// The first byte of every handle, so that a foreign string that happens to be base64 is refused.
const VERSION: u8 = 1;
const LENGTH: usize = 25;

/// One delivery of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReceiptHandle {
    /// The queue's row.
    pub(crate) queue: i64,
    /// The message's row.
    pub(crate) sequence: i64,
    /// The random number of this delivery.
    pub(crate) receipt: i64,
}

impl ReceiptHandle {
    pub(crate) fn encode(self) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        for part in [self.queue, self.sequence, self.receipt] {
            bytes.extend_from_slice(&part.to_be_bytes());
        }
        URL_SAFE.encode(bytes)
    }

    /// Nothing if this text is no handle of this server.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE.decode(text).ok()?;
        let (version, rest) = bytes.split_first()?;
        if *version != VERSION || bytes.len() != LENGTH {
            return None;
        }
        let mut parts = rest
            .chunks_exact(8)
            .filter_map(|part| part.try_into().ok().map(i64::from_be_bytes));
        Some(Self {
            queue: parts.next()?,
            sequence: parts.next()?,
            receipt: parts.next()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::ReceiptHandle;

    #[test]
    fn a_handle_survives_its_text() {
        let handle = ReceiptHandle {
            queue: 3,
            sequence: 70_000,
            receipt: -5,
        };
        assert_eq!(ReceiptHandle::decode(&handle.encode()), Some(handle));
    }

    #[test]
    fn foreign_text_is_no_handle() {
        for text in ["", "nonsense", "AQEB", "!!!!"] {
            assert_eq!(ReceiptHandle::decode(text), None, "{text}");
        }
    }
}
