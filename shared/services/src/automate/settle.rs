//! Answers whose job could not be worked, however often it was tried.

use openwati_core::automation::Outcome;

use super::job::{StepJob, What};
use crate::error::Error;
use crate::platform::Platform;

/// Ends the run of a job that ended in the dead-letter queue: this answer and those behind it are not sent.
///
/// # Errors
/// If the store did not answer. The same may be asked for again.
pub async fn settle(platform: &Platform, body: &str) -> Result<(), Error> {
    let job: StepJob = match serde_json::from_str(body) {
        Ok(job) => job,
        Err(error) => {
            tracing::error!(%error, "an automatic answer's job that cannot be read is given up");
            return Ok(());
        }
    };
    let store = platform.store();
    let Some(run) = store.automation_run(&job.tenant, job.run).await? else {
        return Ok(());
    };
    if run.settled {
        return Ok(());
    }
    let outcome = match job.what {
        What::Rule { .. } => Outcome::Stopped,
        What::Fixed { .. } => run.outcome,
    };
    tracing::warn!(tenant = %job.tenant, message = %job.message, "automatic answers whose job could not be worked are given up");
    store
        .end_automation_run(&job.tenant, job.run, outcome, "not_worked")
        .await?;
    Ok(())
}
