//! What follows from a customer's message by itself: decided, written down once, and begun.

use openwati_core::automation::words::Which;
use openwati_core::automation::{Decision, Outcome, Situation, decide, run_id};
use openwati_core::consent::{Consent, ConsentBy, ConsentScope, ConsentState, Consents, Stated};
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::automation::{AutomationRecord, Counted, RunRecord};
use openwati_store::conversation::ConversationRecord;

use super::consent;
use super::job::{BEHIND, Purpose, StepJob, What};
use super::remembered::rules;
use super::step::enqueue;
use crate::error::Error;
use crate::platform::Platform;
use crate::smart_reply;

/// A customer's message that is kept, and what was known of the customer then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Received<'a> {
    /// Whose customer it is.
    pub(crate) tenant: &'a TenantId,
    /// The channel it came over.
    pub(crate) channel: Id,
    /// Our id of it, of the moment at which the customer wrote it.
    pub(crate) message: Id,
    /// When it was kept first.
    pub(crate) received_at: Moment,
    /// What the customer wrote or tapped, if that has words.
    pub(crate) text: Option<&'a str>,
    /// What stands beside it.
    pub(crate) around: &'a Around,
}

/// What decides beside a message itself, as it was read to keep it.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    /// The peer under which the customer's conversations lie.
    pub(crate) peer: Recipient,
    /// The conversation.
    pub(crate) conversation: ConversationRecord,
    /// What the customer wants of the business.
    pub(crate) consents: Consents,
    /// How the tenant's automations behave.
    pub(crate) automation: AutomationRecord,
}

/// Decides who answers a message, and has it answered. It may be asked again after a death at any point: the message has
/// one entry of the log, and what that says holds.
///
/// | step | once because |
/// | --- | --- |
/// | what the customer wants of the business | an older word never undoes a newer one |
/// | the hour's count of the conversation | by the id of the entry |
/// | the entry of the log | put if there is none; its id follows from the message |
/// | the job that sends the answer | the answer's id follows from the message |
///
/// Says whether the customer spoke of being written to at all.
///
/// # Errors
/// If the store or a queue did not answer.
pub(crate) async fn begin(platform: &Platform, received: &Received<'_>) -> Result<bool, Error> {
    let decision = decided(platform, received).await?;
    if !matches!(decision, Decision::OptOut { .. } | Decision::OptIn { .. }) {
        heard_in(platform, received).await?;
    }
    let around = received.around;
    let entry = |outcome| entry(received, outcome, platform.now());
    match decision {
        Decision::OptOut { reply } => {
            say(platform, received, ConsentState::Out).await?;
            confirm(platform, received, reply, Outcome::OptedOut).await?;
            return Ok(true);
        }
        Decision::OptIn { reply } => {
            say(platform, received, ConsentState::In).await?;
            confirm(platform, received, reply, Outcome::OptedIn).await?;
            return Ok(true);
        }
        Decision::Rule(matched) => {
            let entry = RunRecord {
                rule: Some(matched.id),
                keyword: Some(matched.keyword),
                step_delay_seconds: matched.step_delay_seconds,
                ..entry(Outcome::Keyword)
            };
            let entry = written_down(platform, received, entry).await?;
            start(platform, received, &entry, None).await?;
        }
        Decision::Ai => {
            // Its entry is put by who asks the AI, and only if nothing else has answered by then.
            let job = smart_reply::SmartReplyJob {
                tenant: received.tenant.clone(),
                channel: received.channel,
                peer: around.peer.clone(),
                message: received.message,
                at: first(received),
            };
            smart_reply::enqueue(platform, &job).await?;
            crash_point!("inbound.answer_enqueued");
        }
        Decision::Away {
            message,
            closed_since,
        } => {
            let (run, store) = (run(received), platform.store());
            let peer = around.peer.as_str();
            let is_first = store
                .note_away(received.tenant, peer, received.channel, closed_since, run)
                .await?;
            crash_point!("inbound.away_noted");
            if is_first {
                let entry = written_down(platform, received, entry(Outcome::Away)).await?;
                start(platform, received, &entry, Some((Purpose::Away, message))).await?;
            }
        }
        Decision::Nobody(quiet) => {
            if let Some(outcome) = quiet.outcome() {
                put(platform, received, ended(entry(outcome))).await?;
            }
        }
        // Nobody talks with one by now.
        Decision::Chatbot(_) => {}
    }
    Ok(false)
}

/// An entry that nothing follows.
fn ended(entry: RunRecord) -> RunRecord {
    RunRecord {
        settled: true,
        ..entry
    }
}

async fn decided(platform: &Platform, received: &Received<'_>) -> Result<Decision, Error> {
    let Around {
        conversation,
        automation,
        ..
    } = received.around;
    let rules = rules(platform, received.tenant, automation).await?;
    let (now, own) = (platform.now(), run(received));
    Ok(decide(&Situation {
        settings: &automation.settings,
        rules: &rules,
        text: received.text,
        written_at: received.message.moment(),
        now,
        // An earlier try may have died after it did the following for this very message.
        opted_out: opted_out_before(received),
        automatic_last_hour: conversation.automatic_before(now, own),
        away_since: conversation.away_before(own),
        paused_until: conversation.paused_until,
        ai_available: platform.has_ai(),
        chatbot: None,
    }))
}

/// The id of the message's entry in the log.
fn run(received: &Received<'_>) -> Id {
    run_id(received.tenant, received.message)
}

/// The message's entry in the log.
fn entry(received: &Received<'_>, outcome: Outcome, now: Moment) -> RunRecord {
    let peer = &received.around.peer;
    RunRecord::new(received.message, received.channel, peer, outcome, now)
}

/// Whether the customer had opted out before they wrote this.
fn opted_out_before(received: &Received<'_>) -> bool {
    let consents = received.around.consents;
    let by_this =
        |stated: &Stated| stated.by == ConsentBy::Word && stated.at == received.message.moment();
    match consents.all.filter(by_this) {
        Some(stated) => stated.state == ConsentState::In,
        None => consents.is_out(),
    }
}

/// Keeps that the customer said a word to opt in with who had not opted out: it is answered like any other text, and an
/// older word to opt out with may still come.
async fn heard_in(platform: &Platform, received: &Received<'_>) -> Result<(), Error> {
    let Around {
        peer, automation, ..
    } = received.around;
    let own = automation.settings.opt_in.words.as_deref();
    let Some(true) = received.text.map(|text| Which::In.is_said(text, own)) else {
        return Ok(());
    };
    let consent = Consent {
        state: ConsentState::In,
        scope: ConsentScope::All,
        by: ConsentBy::Word,
        // Not of the moment of a word that is confirmed: a job that is worked again is to tell them apart.
        at: received.message.moment().minus(BEHIND),
    };
    consent::state(platform, received.tenant, peer, &consent).await?;
    Ok(())
}

/// Keeps what the customer said by a word.
async fn say(
    platform: &Platform,
    received: &Received<'_>,
    state: ConsentState,
) -> Result<(), Error> {
    let consent = Consent {
        state,
        scope: ConsentScope::All,
        by: ConsentBy::Word,
        at: received.message.moment(),
    };
    consent::state(platform, received.tenant, &received.around.peer, &consent).await?;
    Ok(())
}

/// Writes a word down, and has it confirmed where there is something to say.
async fn confirm(
    platform: &Platform,
    received: &Received<'_>,
    reply: Option<String>,
    outcome: Outcome,
) -> Result<(), Error> {
    let entry = entry(received, outcome, platform.now());
    match reply {
        Some(reply) => {
            let entry = written_down(platform, received, entry).await?;
            start(
                platform,
                received,
                &entry,
                Some((Purpose::Confirmation, reply)),
            )
            .await
        }
        None => put(platform, received, ended(entry)).await.map(drop),
    }
}

/// Counts an answer in its conversation and writes it down. Answers what holds: what an earlier try wrote down, or that the
/// conversation has had enough.
async fn written_down(
    platform: &Platform,
    received: &Received<'_>,
    mut entry: RunRecord,
) -> Result<RunRecord, Error> {
    let (tenant, peer) = (received.tenant, received.around.peer.as_str());
    let (channel, now) = (received.channel, platform.now());
    let counted = platform
        .store()
        .count_automatic(tenant, peer, channel, run(received), now)
        .await?;
    crash_point!("inbound.answer_counted");
    if counted == Counted::TooMany {
        tracing::warn!(%tenant, message = %received.message, "a conversation has had its automatic answers of the hour");
        entry.outcome = Outcome::Braked;
        entry = ended(entry);
    }
    put(platform, received, entry).await
}

async fn put(
    platform: &Platform,
    received: &Received<'_>,
    entry: RunRecord,
) -> Result<RunRecord, Error> {
    let there = platform
        .store()
        .put_automation_run(received.tenant, run(received), &entry)
        .await?;
    crash_point!("inbound.answer_written_down");
    Ok(there.unwrap_or(entry))
}

/// Has the first answer sent of what was written down.
async fn start(
    platform: &Platform,
    received: &Received<'_>,
    entry: &RunRecord,
    fixed: Option<(Purpose, String)>,
) -> Result<(), Error> {
    if entry.settled {
        return Ok(());
    }
    let what = match (entry.outcome, entry.rule, fixed) {
        (Outcome::Keyword, Some(rule), _) => What::Rule {
            rule,
            step: 0,
            delay_seconds: entry.step_delay_seconds,
        },
        (Outcome::OptedOut | Outcome::OptedIn | Outcome::Away, _, Some((purpose, text))) => {
            What::Fixed { purpose, text }
        }
        _ => return Ok(()),
    };
    let job = StepJob {
        tenant: received.tenant.clone(),
        channel: received.channel,
        peer: received.around.peer.clone(),
        message: received.message,
        run: run(received),
        at: first(received),
        what,
        left_seconds: 0,
        put_off_seconds: 0,
    };
    enqueue(platform, job).await?;
    crash_point!("inbound.answer_enqueued");
    Ok(())
}

/// When the first answer is due: behind the message.
fn first(received: &Received<'_>) -> Moment {
    received
        .received_at
        .max(received.message.moment().plus(BEHIND))
}
