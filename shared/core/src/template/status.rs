/// What Meta says of a template's use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It may be sent.
    Approved,
    /// Meta has not judged it yet.
    Pending,
    /// Meta refused it.
    Rejected,
    /// Withheld for a while, because customers do not like it.
    Paused,
    /// Withheld for good.
    Disabled,
    /// A rejection is being judged again.
    InAppeal,
    /// It is being deleted; what was sent is still being delivered.
    PendingDeletion,
    /// It is gone.
    Deleted,
    /// The account has too many templates.
    LimitExceeded,
    /// Set aside.
    Archived,
    /// One that came later, as Meta writes it.
    Other(String),
}

impl Status {
    /// Whether a template with this status can be edited; an approved one once a day and ten times in 30 days, which Meta
    /// counts.
    pub fn is_editable(&self) -> bool {
        matches!(self, Self::Approved | Self::Rejected | Self::Paused)
    }
}

impl From<&str> for Status {
    fn from(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "APPROVED" => Self::Approved,
            "PENDING" => Self::Pending,
            "REJECTED" => Self::Rejected,
            "PAUSED" => Self::Paused,
            "DISABLED" => Self::Disabled,
            "IN_APPEAL" => Self::InAppeal,
            "PENDING_DELETION" => Self::PendingDeletion,
            "DELETED" => Self::Deleted,
            "LIMIT_EXCEEDED" => Self::LimitExceeded,
            "ARCHIVED" => Self::Archived,
            _ => Self::Other(text.to_owned()),
        }
    }
}
