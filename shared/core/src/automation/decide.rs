use super::outcome::Outcome;
use super::rule::{Matched, RuleSet};
use super::settings::Settings;
use super::words::Which;
use super::{BRAKE, LATEST};
use crate::id::Id;
use crate::time::Moment;

/// A customer's message, and everything that decides who answers it.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// How the tenant's automations behave.
    pub settings: &'a Settings,
    /// Its rules.
    pub rules: &'a RuleSet,
    /// What the customer wrote or tapped; none of what has no words, like a sticker.
    pub text: Option<&'a str>,
    /// When the customer wrote it.
    pub written_at: Moment,
    /// What the clock shows.
    pub now: Moment,
    /// Whether the customer has opted out, of whatever.
    pub opted_out: bool,
    /// Until when the conversation is a person's.
    pub paused_until: Option<Moment>,
    /// The automatic answers that the conversation had in the last hour.
    pub automatic_last_hour: usize,
    /// The beginning of the closed time in which the customer was told so last.
    pub away_since: Option<Moment>,
    /// Whether this installation has an AI.
    pub ai_available: bool,
    /// The chatbot that the customer is talking with.
    pub chatbot: Option<Id>,
}

/// Who answers a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The customer opts out, and is told once, where there is something to tell.
    OptOut {
        /// What.
        reply: Option<String>,
    },
    /// The customer opts in again, and is told once, where there is something to tell.
    OptIn {
        /// What.
        reply: Option<String>,
    },
    /// The chatbot goes on.
    Chatbot(Id),
    /// A rule.
    Rule(Matched),
    /// The AI.
    Ai,
    /// The customer is told that nobody is there.
    Away {
        /// In these words.
        message: String,
        /// Since when nobody is.
        closed_since: Moment,
    },
    /// Nobody does.
    Nobody(Quiet),
}

/// Why nobody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quiet {
    /// There is nothing that would.
    NothingApplies,
    /// It was written too long ago.
    TooOld,
    /// The customer has opted out.
    OptedOut,
    /// A person is answering.
    Paused,
    /// The conversation has had its automatic answers of the hour.
    Braked,
}

impl Quiet {
    /// What the log shows of it, where it shows anything: not of what nobody would have answered, nor of what a person
    /// answers.
    pub const fn outcome(self) -> Option<Outcome> {
        match self {
            Self::OptedOut => Some(Outcome::Suppressed),
            Self::Braked => Some(Outcome::Braked),
            Self::NothingApplies | Self::TooOld | Self::Paused => None,
        }
    }
}

/// Who answers a message: the first that applies of a word to opt out or in with, the chatbot, a rule, the AI, the away
/// message.
///
/// A word counts however old it is, and whoever is answering. Who has opted out is answered by nothing, but that they are
/// told once that it worked. A word to opt in with says so only where the customer has opted out; else it is a text like any
/// other: `start` may well be a rule's keyword.
pub fn decide(situation: &Situation<'_>) -> Decision {
    if let Some(decision) = consent(situation) {
        return decision;
    }
    let decision = answer(situation);
    if matches!(decision, Decision::Nobody(_)) {
        return decision;
    }
    match quiet(situation) {
        Some(quiet) => Decision::Nobody(quiet),
        None => decision,
    }
}

/// What stops whatever would answer.
fn quiet(situation: &Situation<'_>) -> Option<Quiet> {
    if situation.written_at.until(situation.now) > LATEST {
        return Some(Quiet::TooOld);
    }
    if situation.opted_out {
        return Some(Quiet::OptedOut);
    }
    (situation.automatic_last_hour >= BRAKE).then_some(Quiet::Braked)
}

fn consent(situation: &Situation<'_>) -> Option<Decision> {
    let text = situation.text?;
    let settings = situation.settings;
    let says =
        |which: Which, own: Option<&Vec<String>>| which.is_said(text, own.map(Vec::as_slice));
    let told = |reply: &Option<String>| {
        let tells = situation.written_at.until(situation.now) <= LATEST
            && situation.automatic_last_hour < BRAKE;
        reply.clone().filter(|_| tells)
    };
    if says(Which::Out, settings.opt_out.words.as_ref()) {
        let reply = told(&settings.opt_out.reply).filter(|_| !situation.opted_out);
        return Some(Decision::OptOut { reply });
    }
    if situation.opted_out && says(Which::In, settings.opt_in.words.as_ref()) {
        let reply = told(&settings.opt_in.reply);
        return Some(Decision::OptIn { reply });
    }
    None
}

/// Who would answer, if nothing stops them all.
fn answer(situation: &Situation<'_>) -> Decision {
    let paused = situation.paused_until > Some(situation.now);
    if let Some(chatbot) = situation.chatbot.filter(|_| !paused) {
        return Decision::Chatbot(chatbot);
    }
    let matched = situation
        .text
        .and_then(|text| situation.rules.first_match(text));
    if let Some(matched) = matched {
        return Decision::Rule(matched.clone());
    }
    let by_itself = ai(situation).or_else(|| away(situation));
    match by_itself {
        Some(_) if paused => Decision::Nobody(Quiet::Paused),
        Some(decision) => decision,
        None => Decision::Nobody(Quiet::NothingApplies),
    }
}

fn ai(situation: &Situation<'_>) -> Option<Decision> {
    let says = situation.text.is_some_and(|text| !text.trim().is_empty());
    let applies = says && situation.ai_available && situation.settings.ai.enabled;
    applies.then_some(Decision::Ai)
}

fn away(situation: &Situation<'_>) -> Option<Decision> {
    let hours = &situation.settings.working_hours;
    let message = hours.away_message.as_ref()?;
    let closed_since = hours.closed_since(situation.written_at)?;
    let is_new = situation.away_since < Some(closed_since);
    is_new.then(|| Decision::Away {
        message: message.clone(),
        closed_since,
    })
}
