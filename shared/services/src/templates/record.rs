//! What Meta tells of a template, and what is kept of it.

use openwati_core::time::Moment;
use openwati_store::template::TemplateRecord;
use serde_json::{Map, Value};

/// What Meta told of a template, and when it was asked.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) language: String,
    status: String,
    reason: Option<String>,
    category: String,
    quality: Option<String>,
    rest: Value,
    at: Moment,
}

/// What is kept in attributes of its own.
const OWN: [&str; 7] = [
    "id",
    "name",
    "language",
    "status",
    "category",
    "quality_score",
    "rejected_reason",
];

impl Told {
    /// Reads what Meta tells; nothing where it does not say which template it is. `at` is when it was asked.
    pub(super) fn read(template: &Value, at: Moment) -> Option<Self> {
        let word = |name: &str| words(&template[name]);
        let quality = &template["quality_score"];
        let mut rest = template.clone();
        rest.as_object_mut()?
            .retain(|name, _| !OWN.contains(&name.as_str()));
        let names_hold = |text: &str| !text.is_empty() && !text.contains('#');
        Some(Self {
            id: word("id")?,
            name: word("name").filter(|name| names_hold(name))?,
            language: word("language").filter(|language| names_hold(language))?,
            status: word("status").unwrap_or_else(|| "PENDING".to_owned()),
            reason: reason(&template["rejected_reason"]),
            category: word("category").unwrap_or_else(|| "MARKETING".to_owned()),
            quality: words(&quality["score"]).or_else(|| words(quality)),
            rest,
            at,
        })
    }

    /// Where it is kept among the tenant's templates.
    pub(super) fn place(&self, waba_id: &str) -> String {
        format!("{}#{}#{waba_id}", self.name, self.language)
    }

    /// A template that was not known.
    pub(super) fn new_record(&self, waba_id: &str) -> TemplateRecord {
        TemplateRecord {
            name: self.name.clone(),
            language: self.language.clone(),
            waba_id: waba_id.to_owned(),
            template_id: Some(self.id.clone()),
            category: self.category.clone(),
            status: self.status.clone(),
            reason: self.reason.clone(),
            quality: self.quality.clone(),
            told: self.rest.to_string(),
            stale: false,
            status_at: self.at,
            category_at: self.at,
            quality_at: self.at,
            made: None,
            written_at: self.at,
            version: 0,
        }
    }

    /// A template that was known, as it is now; nothing where nothing is other. What was told later stays.
    pub(super) fn over(&self, known: &TemplateRecord, now: Moment) -> Option<TemplateRecord> {
        let mut next = known.clone();
        // A template that was deleted and made anew is another one: nothing that was told of the first holds.
        let is_same = known.template_id.as_ref() == Some(&self.id);
        let holds = |told_at: Moment| is_same && told_at > self.at;
        next.template_id = Some(self.id.clone());
        if !holds(known.status_at) {
            next.status.clone_from(&self.status);
            next.reason.clone_from(&self.reason);
        }
        if !holds(known.category_at) {
            next.category.clone_from(&self.category);
        }
        if !holds(known.quality_at) {
            next.quality.clone_from(&self.quality);
        }
        let told = serde_json::from_str(&known.told).unwrap_or_default();
        if essence(&told) != essence(&self.rest) {
            next.told = self.rest.to_string();
        }
        next.stale = false;
        if next == *known {
            return None;
        }
        for at in [
            &mut next.status_at,
            &mut next.category_at,
            &mut next.quality_at,
        ] {
            *at = match is_same {
                true => (*at).max(self.at),
                false => self.at,
            };
        }
        next.written_at = now;
        Some(next)
    }
}

/// What Meta told but for the addresses of samples, which are others each time.
fn essence(told: &Value) -> Value {
    match told {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| *name != "header_handle");
            kept.map(|(name, value)| (name.clone(), essence(value)))
                .collect::<Map<_, _>>()
                .into()
        }
        Value::Array(values) => values.iter().map(essence).collect(),
        other => other.clone(),
    }
}

/// A word of Meta's, or digits as it writes them in callbacks.
pub(super) fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Why a template has its status; Meta's `NONE` is nothing.
pub(super) fn reason(value: &Value) -> Option<String> {
    words(value).filter(|reason| reason != "NONE")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_seconds(seconds)
    }

    fn told(status: &str, seconds: i64) -> Told {
        let told = json!({"id": 7, "name": "hello", "language": "en", "status": status,
            "category": "UTILITY", "quality_score": {"score": "GREEN", "date": 1},
            "rejected_reason": "NONE", "components": [{"type": "BODY", "text": "Hi"},
            {"type": "HEADER", "example": {"header_handle": [format!("https://x/{seconds}")]}}]});
        Told::read(&told, at(seconds)).unwrap()
    }

    #[test]
    fn what_meta_tells_is_kept_apart() {
        let record = told("APPROVED", 1).new_record("215");
        assert_eq!(record.template_id.as_deref(), Some("7"));
        assert_eq!(record.quality.as_deref(), Some("GREEN"));
        assert_eq!(record.reason, None);
        let rest: Value = serde_json::from_str(&record.told).unwrap();
        assert_eq!(rest.as_object().unwrap().len(), 1);
        assert_eq!(record.place(), "hello#en#215");
    }

    #[test]
    fn what_says_not_which_template_it_is_is_none() {
        for broken in [
            json!({}),
            json!([]),
            json!({"id": "1", "name": "a"}),
            json!({"id": "1", "name": "a#b", "language": "en"}),
            json!({"id": "1", "name": "a", "language": ""}),
        ] {
            assert!(Told::read(&broken, at(1)).is_none(), "{broken}");
        }
    }

    #[test]
    fn other_addresses_of_the_same_sample_are_nothing_new() {
        let known = told("APPROVED", 1).new_record("215");
        assert!(told("APPROVED", 2).over(&known, at(3)).is_none());
        let next = told("PAUSED", 2).over(&known, at(3)).unwrap();
        assert_eq!((next.status.as_str(), next.status_at), ("PAUSED", at(2)));
    }

    #[test]
    fn what_was_told_after_meta_was_asked_stays_unless_the_template_is_another() {
        let mut known = told("APPROVED", 1).new_record("215");
        known.status_at = at(5);
        known.stale = true;
        let next = told("PENDING", 4).over(&known, at(6)).unwrap();
        assert_eq!(next.status, "APPROVED");
        assert_eq!((next.status_at, next.stale), (at(5), false));
        let mut other = told("PENDING", 4);
        other.id = "8".to_owned();
        let next = other.over(&known, at(6)).unwrap();
        assert_eq!((next.status.as_str(), next.status_at), ("PENDING", at(4)));
    }
}
