//! The end of a message that the AI was to answer.

use openwati_core::automation::{Outcome, run_id};
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::rate::DayWindow;
use openwati_store::automation::{RunRecord, Settlement};

use super::job::SmartReplyJob;
use crate::error::Error;
use crate::platform::Platform;

/// How a try ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// As the log says it.
    pub(super) outcome: Outcome,
    /// Why there is no answer, or what is special about it, with a stable name.
    pub(super) reason: Option<&'static str>,
    /// The answer.
    pub(super) answer: Option<Id>,
    /// The model that said something.
    pub(super) model: Option<String>,
    /// The customer's language, where it was beyond doubt.
    pub(super) language: Option<&'static str>,
    /// The tokens that the AI counted.
    pub(super) tokens: Option<u32>,
    /// The place that the try held, where nobody was answered for it.
    pub(super) returned: Option<DayWindow>,
}

impl Ended {
    /// It ended before anything was reserved, or with an answer.
    pub(super) fn with(outcome: Outcome, reason: Option<&'static str>) -> Self {
        Self {
            outcome,
            reason,
            answer: None,
            model: None,
            language: None,
            tokens: None,
            returned: None,
        }
    }

    /// The AI's answer is on its way, or was.
    pub(super) fn answered(answer: Id, reason: Option<&'static str>) -> Self {
        Self {
            answer: Some(answer),
            ..Self::with(Outcome::Ai, reason)
        }
    }
}

/// Writes down how a try ended, and gives back the place for which nobody was answered.
///
/// # Errors
/// If the store did not answer. The job may be worked again.
pub(super) async fn end(
    platform: &Platform,
    job: &SmartReplyJob,
    run: Id,
    ended: &Ended,
) -> Result<(), Error> {
    tracing::info!(
        tenant = %job.tenant, message = %job.message, outcome = ended.outcome.name(), reason = ended.reason,
        "what the AI was to answer has ended"
    );
    let settlement = Settlement {
        outcome: ended.outcome,
        reason: ended.reason,
        answer: ended.answer,
        model: ended.model.as_deref(),
        language: ended.language,
        tokens: ended.tokens,
    };
    let store = platform.store();
    store
        .settle_automation_run(&job.tenant, run, &settlement)
        .await?;
    crash_point!("smart-reply.settled");
    if let Some(day) = ended.returned {
        give_back(platform, job, day).await;
    }
    Ok(())
}

/// Gives a place back. A failure costs it until its day ends.
pub(super) async fn give_back(platform: &Platform, job: &SmartReplyJob, day: DayWindow) {
    if let Err(error) = platform.store().return_ai(&job.tenant, day).await {
        tracing::warn!(tenant = %job.tenant, message = %job.message, %error, "a place of the AI was not given back");
    }
    crash_point!("smart-reply.place_returned");
}

/// Writes down that the AI did not answer the message of a job that ended in the dead-letter queue.
///
/// # Errors
/// If the store did not answer. The same may be asked for again.
pub async fn settle(platform: &Platform, body: &str) -> Result<(), Error> {
    let job: SmartReplyJob = match serde_json::from_str(body) {
        Ok(job) => job,
        Err(error) => {
            tracing::error!(%error, "a job for the AI that cannot be read is given up");
            return Ok(());
        }
    };
    let store = platform.store();
    let run = run_id(&job.tenant, job.message);
    let now = platform.now();
    let record = RunRecord::new(job.message, job.channel, &job.peer, Outcome::Ai, now);
    let there = store.put_automation_run(&job.tenant, run, &record).await?;
    if there.is_some_and(|there| there.outcome != Outcome::Ai) {
        // Something else answered it.
        return Ok(());
    }
    let ended = match store.message(&job.tenant, job.answer()).await? {
        Some(_) => Ended::answered(job.answer(), None),
        None => Ended::with(Outcome::AiFailed, Some("not_worked")),
    };
    end(platform, &job, run, &ended).await
}
