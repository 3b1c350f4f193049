use openwati_channels::cloud_api::{CallError, DownloadError, GraphError, Refusal};
use openwati_core::media::{MediaKind, WrongType};
use openwati_store::StoreError;

/// Why a file is not in the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// In words for people.
    pub(super) reason: String,
    lasting: Lasting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lasting {
    /// It may go well in a moment, or once somebody has done something about it.
    Passing,
    /// It may have been an accident, but not many times in a row.
    Doubtful,
    /// It will always be so.
    ForGood,
}

/// How often the bytes of a file may be wrong before they are believed to be.
const MOST_DOUBTS: u32 = 4;

/// Meta's codes for what does not exist (any more), and for a customer's file that cannot be had.
const UNKNOWN_OBJECT: i64 = 100;
const CANNOT_BE_HAD: i64 = 131_052;

impl Trouble {
    pub(super) fn passing(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let lasting = Lasting::Passing;
        Self { reason, lasting }
    }

    pub(super) fn doubtful(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let lasting = Lasting::Doubtful;
        Self { reason, lasting }
    }

    pub(super) fn for_good(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let lasting = Lasting::ForGood;
        Self { reason, lasting }
    }

    pub(super) fn too_large(kind: MediaKind) -> Self {
        let limit = kind.largest();
        Self::for_good(format!(
            "the file of the {kind} is larger than {limit} bytes"
        ))
    }

    /// Whether another try is in vain, after `tries` that were.
    pub(super) fn is_for_good(&self, tries: u32) -> bool {
        match self.lasting {
            Lasting::Passing => false,
            Lasting::Doubtful => tries >= MOST_DOUBTS,
            Lasting::ForGood => true,
        }
    }

    pub(super) fn of_download(error: &DownloadError, kind: MediaKind) -> Self {
        match error {
            DownloadError::TooLarge { .. } => Self::too_large(kind),
            // The next look-up gives another address, and somebody may give the channel another token.
            error => Self::passing(error.to_string()),
        }
    }
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        match &error {
            CallError::Refused(Refusal::Graph(graph)) if is_gone(graph) => {
                Self::for_good("WhatsApp does not have the file (any more)")
            }
            _ => Self::passing(error.to_string()),
        }
    }
}

fn is_gone(error: &GraphError) -> bool {
    matches!(error.code, UNKNOWN_OBJECT | CANNOT_BE_HAD)
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::passing(error.to_string())
    }
}

impl From<WrongType> for Trouble {
    fn from(error: WrongType) -> Self {
        Self::for_good(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_so_is_given_up_at_once() {
        assert!(!Trouble::passing("").is_for_good(u32::MAX));
        assert!(Trouble::for_good("").is_for_good(0));
        assert!(!Trouble::doubtful("").is_for_good(3));
        assert!(Trouble::doubtful("").is_for_good(4));
        let kind = MediaKind::Image;
        let large = Trouble::of_download(&DownloadError::TooLarge { limit: 1 }, kind);
        assert!(large.is_for_good(0));
        for error in [
            DownloadError::ForeignAddress,
            DownloadError::MalformedToken,
            DownloadError::Status(404),
            DownloadError::TimedOut,
            DownloadError::BrokenOff,
        ] {
            assert!(
                !Trouble::of_download(&error, kind).is_for_good(100),
                "{error}"
            );
        }
    }
}
