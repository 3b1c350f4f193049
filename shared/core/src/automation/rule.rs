use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::{LONGEST_DELAY_SECONDS, MOST_ANSWERS};
use crate::fold::fold;
use crate::id::Id;
use crate::message::written::Wrong;
use crate::message::{Invalid, Problem, check};
use crate::time::Moment;

/// How a rule's keyword has to stand in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchType {
    /// It is the whole message.
    Exact,
    /// The message begins with it.
    StartsWith,
    /// It stands anywhere, also within a word.
    Contains,
}

impl MatchType {
    /// All of them, in the order in which rules are looked through.
    pub const ALL: [Self; 3] = [Self::Exact, Self::StartsWith, Self::Contains];

    /// The name in the API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::StartsWith => "starts_with",
            Self::Contains => "contains",
        }
    }

    /// The type of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn holds(self, text: &str, keyword: &str) -> bool {
        match self {
            Self::Exact => text == keyword,
            Self::StartsWith => text.starts_with(keyword),
            Self::Contains => text.contains(keyword),
        }
    }
}

/// A keyword and what it is answered with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: Id,
    /// The keyword, as it was written. It is compared [folded](fold).
    pub keyword: String,
    /// How it has to stand in a message.
    pub match_type: MatchType,
    /// The answers, sent one after another.
    pub answers: Vec<Answer>,
    /// How long one waits for the next, in seconds.
    pub step_delay_seconds: u16,
    /// Whether it answers.
    pub active: bool,
    /// Its place among the rules of its type: lower ones are looked at first.
    pub order: i32,
    /// When it was made.
    pub created_at: Moment,
    /// When it was changed.
    pub updated_at: Moment,
    /// How often it was written.
    pub version: u32,
}

/// Lengths of a keyword, in characters.
const KEYWORD: std::ops::RangeInclusive<usize> = 1..=200;

/// What a rule's answers may take in the store, in bytes.
const LARGEST_ANSWERS: usize = 64 * 1024;

impl Rule {
    /// Whether it can be used.
    ///
    /// # Errors
    /// The first field that breaks a rule, by its name in the API, and the limit.
    pub fn validate(&self) -> Result<(), Wrong> {
        self.frame()
            .map_err(|Invalid { field, problem }| Wrong::message(field, problem))?;
        for (i, answer) in self.answers.iter().enumerate() {
            let asked = answer.asked();
            asked.map_err(|wrong| wrong.under(format_args!("responses[{i}]")))?;
        }
        Ok(())
    }

    /// Whether all but its answers can be used.
    fn frame(&self) -> Result<(), Invalid> {
        check::length("keyword", &self.keyword, KEYWORD)?;
        let says = !fold(&self.keyword).is_empty();
        check::form("keyword", says, "of characters that can be seen")?;
        check::count("responses", self.answers.len(), 1..=MOST_ANSWERS)?;
        let size = serde_json::to_vec(&self.answers).map_or(usize::MAX, |json| json.len());
        let small = size <= LARGEST_ANSWERS;
        check::form("responses", small, "of at most 64 KiB together")?;
        if self.step_delay_seconds > LONGEST_DELAY_SECONDS {
            let max = i64::from(LONGEST_DELAY_SECONDS);
            let problem = Problem::Range { min: 0, max };
            return Err(Invalid::new("step_delay_seconds", problem));
        }
        Ok(())
    }
}

/// Puts rules into the order in which they are looked through: exact ones, those that a message starts with, those that it
/// contains; each by `order`, then the oldest first.
pub fn evaluation_order(rules: &mut [Rule]) {
    rules.sort_by_key(|rule| (rule.match_type, rule.order, rule.created_at, rule.id));
}

/// The rules of a tenant that answer, ready to be looked through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSet(Vec<Ready>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Ready {
    matched: Matched,
    match_type: MatchType,
    folded: String,
}

/// A rule that a message matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The rule.
    pub id: Id,
    /// Its keyword, as it was written.
    pub keyword: String,
    /// How long one of its answers waits for the next, in seconds.
    pub step_delay_seconds: u16,
}

impl RuleSet {
    /// Of these rules those that are active.
    pub fn new(mut rules: Vec<Rule>) -> Self {
        evaluation_order(&mut rules);
        let active = rules.into_iter().filter(|rule| rule.active);
        Self(
            active
                .map(|rule| Ready {
                    folded: fold(&rule.keyword),
                    match_type: rule.match_type,
                    matched: Matched {
                        id: rule.id,
                        keyword: rule.keyword,
                        step_delay_seconds: rule.step_delay_seconds,
                    },
                })
                .collect(),
        )
    }

    /// The first rule that a customer's text matches.
    pub fn first_match(&self, text: &str) -> Option<&Matched> {
        if self.0.is_empty() {
            return None;
        }
        let text = fold(text);
        let found = self
            .0
            .iter()
            .find(|rule| rule.match_type.holds(&text, &rule.folded));
        found.map(|rule| &rule.matched)
    }

    /// Whether no rule answers.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
