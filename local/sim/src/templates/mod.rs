//! Templates: the catalogue of each account, its review, and what a send of one must bring.

mod catalogue;
mod change;
mod check;
mod fit;
mod news;
mod review;
mod seeds;
mod variables;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use catalogue::Catalogue;
pub(crate) use change::{Change, change};
pub(crate) use check::{ANY_TYPE, Definition, Rejection, language_is_known, name_is_right};
pub(crate) use fit::fit;
pub(crate) use news::News;
pub(crate) use review::review;
pub(crate) use seeds::SEEDS;

use crate::{base::Base, time::iso, uploads};

/// What Meta has decided on a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    Pending,
    Approved,
    Rejected,
    Paused,
    Disabled,
    InAppeal,
    /// It is gone; what is left of it keeps its name.
    Deleted,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Paused => "PAUSED",
            Self::Disabled => "DISABLED",
            Self::InAppeal => "IN_APPEAL",
            Self::Deleted => "DELETED",
        }
    }
}

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Category {
    Authentication,
    Marketing,
    Utility,
}

impl Category {
    pub(crate) const ALL: [Self; 3] = [Self::Authentication, Self::Marketing, Self::Utility];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "AUTHENTICATION",
            Self::Marketing => "MARKETING",
            Self::Utility => "UTILITY",
        }
    }

    pub(crate) fn named(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.as_str() == text)
    }
}

/// How customers have taken a template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Quality {
    Green,
    Yellow,
    Red,
    #[default]
    Unknown,
}

impl Quality {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Green => "GREEN",
            Self::Yellow => "YELLOW",
            Self::Red => "RED",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// A template in one language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) waba_id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) category: Category,
    pub(crate) previous_category: Option<Category>,
    pub(crate) status: Status,
    /// Whether its parameters have names; else they have numbers.
    pub(crate) named: bool,
    /// As Meta lists them.
    pub(crate) components: Vec<Value>,
    pub(crate) quality: Quality,
    pub(crate) quality_ms: i64,
    /// Why it was refused; `NONE` where it was not.
    pub(crate) rejected_reason: String,
    pub(crate) ttl_seconds: Option<i64>,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
    /// When it was edited while it was approved.
    pub(crate) edits_ms: Vec<i64>,
    /// Whether it was approved when it was deleted, which keeps its name for a while.
    pub(crate) was_approved: bool,
}

impl Template {
    /// A new one that waits for its review.
    pub(crate) fn new(
        waba_id: &str,
        name: &str,
        language: &str,
        definition: Definition,
        now_ms: i64,
    ) -> Self {
        Self {
            id: new_id(),
            waba_id: waba_id.to_owned(),
            name: name.to_owned(),
            language: language.to_owned(),
            category: definition.category,
            previous_category: None,
            status: Status::Pending,
            named: definition.named,
            components: definition.components,
            quality: Quality::Unknown,
            quality_ms: now_ms,
            rejected_reason: "NONE".into(),
            ttl_seconds: None,
            created_ms: now_ms,
            updated_ms: now_ms,
            edits_ms: Vec::new(),
            was_approved: false,
        }
    }

    pub(crate) fn is_deleted(&self) -> bool {
        self.status == Status::Deleted
    }

    /// All that Graph tells of it.
    pub(crate) fn describe(&self, base: &Base) -> Value {
        // Graph writes the zone of a moment without a colon.
        let moment = |ms| iso(ms).replace(".000Z", "+0000");
        json!({
            "id": self.id,
            "name": self.name,
            "parameter_format": if self.named { "NAMED" } else { "POSITIONAL" },
            "components": uploads::shown(&self.components, base),
            "language": self.language,
            "status": self.status.as_str(),
            "category": self.category.as_str(),
            "previous_category": self.previous_category.map(Category::as_str),
            "correct_category": null,
            "sub_category": null,
            "quality_score": {
                "score": self.quality.as_str(),
                "date": self.quality_ms / 1000,
            },
            "rejected_reason": self.rejected_reason,
            "last_updated_time": moment(self.updated_ms / 1000 * 1000),
            "message_send_ttl_seconds": self.ttl_seconds,
            "cta_url_link_tracking_opted_out": false,
            "degrees_of_freedom_spec": null,
            "library_template_name": null,
        })
    }

    /// Its component of a type, such as `HEADER`.
    pub(crate) fn component(&self, kind: &str) -> Option<&Value> {
        part(&self.components, kind)
    }
}

/// The component of a type.
pub(crate) fn part<'v>(components: &'v [Value], kind: &str) -> Option<&'v Value> {
    components
        .iter()
        .find(|component| component["type"] == kind)
}

/// A new id: 15 decimal digits, since callbacks have it as a JSON number.
fn new_id() -> String {
    let span = 900_000_000_000_000_u64;
    (100_000_000_000_000 + rand::random::<u64>() % span).to_string()
}
