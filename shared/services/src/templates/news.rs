//! What Meta's callbacks tell of templates.

use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::template::TemplateRecord;
use serde_json::Value;

use super::job::{TemplateJob, enqueue};
use super::record::{reason, words};
use super::sync::{TRIES, busy};
use crate::error::Error;
use crate::platform::Platform;

/// What a callback tells of one template.
#[derive(Debug, Clone, PartialEq, Eq)]
struct News {
    name: String,
    language: String,
    id: Option<String>,
    change: Change,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Status {
        event: String,
        reason: Option<String>,
    },
    Quality(String),
    Category(String),
    Components,
}

impl News {
    /// Reads the value of a callback's field; nothing where it is about no template, or does not say about which.
    fn read(field: &str, value: &Value) -> Option<Self> {
        let word = |name: &str| words(&value[name]);
        let change = match field {
            "message_template_status_update" => Change::Status {
                event: word("event")?.to_ascii_uppercase(),
                reason: reason(&value["reason"]),
            },
            "message_template_quality_update" => Change::Quality(word("new_quality_score")?),
            // One that is only announced says what it will be in `correct_category`.
            "template_category_update" => Change::Category(word("new_category")?),
            "message_template_components_update" => Change::Components,
            _ => return None,
        };
        Some(Self {
            name: word("message_template_name")?,
            language: word("message_template_language")?,
            id: word("message_template_id"),
            change,
        })
    }
}

/// What follows for what is known of a template.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// It is as it was.
    Nothing,
    /// It is other.
    Changed(Box<TemplateRecord>),
    /// It is gone.
    Gone,
    /// Meta has to be asked.
    Ask,
}

impl Change {
    /// What is kept of this, told at `at`. Whatever is known from later stays.
    fn over(&self, known: &TemplateRecord, at: Moment) -> Next {
        let mut next = known.clone();
        match self {
            Self::Status { .. } if known.status_at > at => return Next::Nothing,
            Self::Status { event, reason } => {
                let status = match event.as_str() {
                    "DELETED" => return Next::Gone,
                    // Only a warning.
                    "FLAGGED" => return Next::Nothing,
                    "REINSTATED" | "UNFLAGGED" | "UNARCHIVED" => "APPROVED",
                    status => status,
                };
                status.clone_into(&mut next.status);
                next.reason.clone_from(reason);
                next.status_at = at;
            }
            Self::Quality(_) if known.quality_at > at => return Next::Nothing,
            Self::Quality(score) => {
                next.quality = Some(score.clone());
                next.quality_at = at;
            }
            Self::Category(_) if known.category_at > at => return Next::Nothing,
            Self::Category(category) => {
                next.category.clone_from(category);
                next.category_at = at;
            }
            Self::Components => next.stale = true,
        }
        match next == *known {
            true => Next::Nothing,
            false => Next::Changed(Box::new(next)),
        }
    }
}

/// Brings the catalogue up to date with a callback, if it is about a template. It may be told again, and late.
///
/// # Errors
/// If the store or the queue did not answer: the callback is to come again.
pub(crate) async fn hear(
    platform: &Platform,
    tenant: &TenantId,
    waba_id: &str,
    field: &str,
    told_at: Moment,
    value: &Value,
) -> Result<(), Error> {
    let Some(news) = News::read(field, value) else {
        return Ok(());
    };
    // Meta tells whole seconds: whatever it tells of one holds until the end of that second.
    let at = Moment::from_millis(told_at.seconds() * 1_000 + 999);
    let store = platform.store();
    for _ in 0..TRIES {
        let known = store.template(tenant, &news.name, &news.language, waba_id);
        let known = known.await?;
        let next = match &known {
            // One that was deleted before it was known is none.
            None if is_deletion(&news) => Next::Nothing,
            None => Next::Ask,
            // Told of another one that had the name before, or has it since.
            Some(known) if is_another(known, &news) => match is_deletion(&news) {
                true => Next::Nothing,
                false => Next::Ask,
            },
            Some(known) => news.change.over(known, at),
        };
        let asks = matches!(news.change, Change::Components) || next == Next::Ask;
        let done = match (next, known) {
            (Next::Changed(mut next), _) => {
                next.written_at = platform.now();
                store.put_template(tenant, &mut next).await?
            }
            (Next::Gone, Some(known)) => store.remove_template(tenant, &known).await?,
            _ => true,
        };
        if !done {
            continue;
        }
        if asks {
            enqueue(platform, &TemplateJob::named(tenant, waba_id, &news.name)).await?;
        }
        return Ok(());
    }
    Err(busy())
}

fn is_deletion(news: &News) -> bool {
    matches!(&news.change, Change::Status { event, .. } if event == "DELETED")
}

fn is_another(known: &TemplateRecord, news: &News) -> bool {
    match (&known.template_id, &news.id) {
        (Some(known), Some(told)) => known != told,
        // It is being made, and nobody knows yet as what.
        (None, _) => true,
        (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::record::Told;
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_seconds(seconds)
    }

    fn known() -> TemplateRecord {
        let told = json!({"id": 7, "name": "hello", "language": "en", "status": "PENDING",
            "category": "UTILITY"});
        Told::read(&told, at(10)).unwrap().new_record("215")
    }

    fn news(field: &str, mut value: Value) -> News {
        value["message_template_id"] = json!(7);
        value["message_template_name"] = json!("hello");
        value["message_template_language"] = json!("en");
        News::read(field, &value).unwrap()
    }

    fn status(event: &str) -> Change {
        let value = json!({"event": event, "reason": "NONE"});
        news("message_template_status_update", value).change
    }

    #[test]
    fn a_status_that_is_older_undoes_nothing() {
        let Next::Changed(approved) = status("APPROVED").over(&known(), at(20)) else {
            panic!("it is other");
        };
        assert_eq!(
            (approved.status.as_str(), &approved.reason),
            ("APPROVED", &None)
        );
        assert_eq!(status("REJECTED").over(&approved, at(15)), Next::Nothing);
        assert_eq!(status("APPROVED").over(&approved, at(20)), Next::Nothing);
        let paused = status("PAUSED").over(&approved, at(30));
        assert!(matches!(paused, Next::Changed(next) if next.status == "PAUSED"));
        assert_eq!(status("FLAGGED").over(&approved, at(30)), Next::Nothing);
        assert_eq!(status("DELETED").over(&approved, at(30)), Next::Gone);
        let again = status("REINSTATED").over(&known(), at(30));
        assert!(matches!(again, Next::Changed(next) if next.status == "APPROVED"));
    }

    #[test]
    fn each_aspect_has_its_own_time() {
        let quality = news(
            "message_template_quality_update",
            json!({"previous_quality_score": "GREEN", "new_quality_score": "RED"}),
        );
        let category = news(
            "template_category_update",
            json!({"previous_category": "UTILITY", "new_category": "MARKETING"}),
        );
        let Next::Changed(next) = quality.change.over(&known(), at(30)) else {
            panic!("it is other");
        };
        let Next::Changed(next) = category.change.over(&next, at(20)) else {
            panic!("it is other");
        };
        assert_eq!(next.quality.as_deref(), Some("RED"));
        assert_eq!(
            (next.category.as_str(), next.category_at),
            ("MARKETING", at(20))
        );
        assert_eq!(next.status_at, at(10));
    }

    #[test]
    fn new_components_are_asked_for() {
        let components = news("message_template_components_update", json!({}));
        let next = components.change.over(&known(), at(20));
        assert!(matches!(next, Next::Changed(next) if next.stale));
    }

    #[test]
    fn other_callbacks_are_about_no_template() {
        assert_eq!(News::read("account_update", &json!({"event": "X"})), None);
        let nameless = json!({"event": "APPROVED"});
        assert_eq!(
            News::read("message_template_status_update", &nameless),
            None
        );
    }
}
