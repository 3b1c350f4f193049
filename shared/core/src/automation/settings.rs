use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::hours::WorkingHours;
use super::words;
use crate::message::{Invalid, Problem, check, limits};

/// How a tenant's automations behave. It is stored, and shown in the API, as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The AI.
    pub ai: AiSettings,
    /// The words to opt out with.
    pub opt_out: Words,
    /// The words to opt in again with.
    pub opt_in: Words,
    /// When somebody is there.
    pub working_hours: WorkingHours,
    /// For how many minutes chatbot, AI and away message are quiet after a person answered; 0 is not at all.
    pub human_pause_minutes: u16,
}

/// How the AI answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AiSettings {
    /// Whether it does.
    pub enabled: bool,
    /// How the business speaks, and what the AI has to know of it.
    pub system_prompt: String,
    /// The language that it answers in where the customer's is not sure, by its code: `en`.
    pub fallback_language: String,
}

/// Words that say one thing, each as a whole message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Words {
    /// The tenant's own, which may be none at all; where it has not said, those of [`words`](super::words).
    pub words: Option<Vec<String>>,
    /// What whoever says one is told, once; nothing where there is none.
    pub reply: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ai: AiSettings::default(),
            opt_out: Words::default(),
            opt_in: Words::default(),
            working_hours: WorkingHours::default(),
            human_pause_minutes: 30,
        }
    }
}

impl Default for AiSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            system_prompt: String::new(),
            fallback_language: "en".to_owned(),
        }
    }
}

/// The longest system prompt, in characters.
const PROMPT: RangeInclusive<usize> = 0..=8_000;

/// How long a pause after a person's answer may be: a day.
const LONGEST_PAUSE_MINUTES: u16 = 1_440;

/// Words of a list, and the length of one in characters.
const WORDS: RangeInclusive<usize> = 0..=100;
const WORD: RangeInclusive<usize> = 1..=64;

impl Settings {
    /// Whether they can be used.
    ///
    /// # Errors
    /// The first field that breaks a rule, and the limit.
    pub fn validate(&self) -> Result<(), Invalid> {
        self.ai.validate()?;
        self.opt_out.validate("opt_out")?;
        self.opt_in.validate("opt_in")?;
        self.working_hours.validate("working_hours")?;
        if self.human_pause_minutes > LONGEST_PAUSE_MINUTES {
            let max = i64::from(LONGEST_PAUSE_MINUTES);
            let problem = Problem::Range { min: 0, max };
            return Err(Invalid::new("human_pause_minutes", problem));
        }
        Ok(())
    }
}

impl AiSettings {
    /// Whether they can be used.
    ///
    /// # Errors
    /// The first field that breaks a rule, and the limit.
    pub fn validate(&self) -> Result<(), Invalid> {
        check::length("system_prompt", &self.system_prompt, PROMPT)?;
        let fits = is_language(&self.fallback_language);
        let expected = "a language's code, like en or pt-BR";
        check::form("fallback_language", fits, expected)
    }
}

impl Words {
    fn validate(&self, at: &str) -> Result<(), Invalid> {
        let own = self.words.as_deref().unwrap_or_default();
        check::count(format_args!("{at}.words"), own.len(), WORDS)?;
        for (i, word) in own.iter().enumerate() {
            let field = format!("{at}.words[{i}]");
            check::length(&field, word, WORD)?;
            let says = !words::bare(word).is_empty();
            check::form(field, says, "of letters or digits")?;
        }
        let reply = self.reply.as_deref();
        check::optional_length(format_args!("{at}.reply"), reply, limits::TEXT_BODY)
    }
}

/// Whether this is written like a language tag: two or three letters, then subtags.
fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && code.len() <= 35
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}
