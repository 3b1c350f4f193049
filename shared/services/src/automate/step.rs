//! The job: send an answer, and have the next one sent.

use std::time::Duration;

use futures::StreamExt as _;
use openwati_core::automation::{LATEST, Outcome, Rule};
use openwati_core::crash_point;
use openwati_core::message::written::{AskedAnswer, AskedMedia, AskedSource, AskedTemplate};
use openwati_core::message::{Content, Outgoing};
use openwati_store::automation::Settlement;
use openwati_store::queues::QueueName;

use super::job::{Purpose, StepJob, What};
use crate::Record;
use crate::admit::TENANT_SUSPENDED;
use crate::error::{Error, Waiting};
use crate::files::Source;
use crate::platform::Platform;
use crate::send::{
    self, MediaRequest, OPTED_OUT, Request, TemplateRequest, send_media_once, send_template_once,
};

/// Answers that are sent at the same time. Of a file, 5 MiB are in memory.
const PARALLEL: usize = 4;

/// Works a batch of answers. Answers the ids of the jobs that are to come again.
///
/// | step | crash afterwards |
/// | --- | --- |
/// | the rule is read as it is now | the job comes again |
/// | the answer is sent, as every send is | the job comes again and finds it there: whatever became of it, it is not sent again |
/// | the log says so | the same |
/// | the next answer is put on the queue | it is put there twice, and sent once: its id follows from the message and its place |
///
/// Whatever becomes of an answer, the next one follows, but where the customer, the tenant or the operator wants none.
pub async fn work(platform: &Platform, records: Vec<Record>) -> Vec<String> {
    crash_point!("automation-step.received");
    let worked = futures::stream::iter(records).map(|received| async move {
        let id = received.id.clone();
        // Sending takes many steps, and what waits for it is large: none of it is to lie on the stack.
        match Box::pin(one(platform, received)).await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(job = id, %error, source = ?std::error::Error::source(&error), "an automatic answer's job comes again");
                Some(id)
            }
        }
    });
    let failed = worked.buffer_unordered(PARALLEL);
    failed.filter_map(std::future::ready).collect().await
}

/// What a try came to.
enum Tried {
    /// The message is there: sent, or not any more to be sent.
    There,
    /// It cannot be sent, and the next one may.
    Failed(&'static str),
    /// Nothing can be sent for now.
    NotNow(Duration),
    /// This one and all that follow are not wanted.
    Over(Outcome, &'static str),
}

async fn one(platform: &Platform, received: Record) -> Result<(), Error> {
    // What cannot be read goes to the dead-letter queue, where the alarm is.
    let job: StepJob =
        serde_json::from_str(&received.body).map_err(|error| Error::Internal(Box::new(error)))?;
    if job.left_seconds > 0 {
        enqueue(platform, job).await?;
        crash_point!("automation-step.put_off");
        return Ok(());
    }
    let store = platform.store();
    let tenant = &job.tenant;
    let (run, rule) = tokio::join!(store.automation_run(tenant, job.run), rule(platform, &job));
    let (Some(run), rule) = (run?.filter(|run| !run.settled), rule?) else {
        tracing::info!(%tenant, message = %job.message, "an automatic answer is not wanted any more");
        return Ok(());
    };
    if job.at.until(platform.now()) > LATEST {
        // The queue was held up, and whoever wrote has gone on.
        return end(platform, &job, Outcome::Stopped, "too_late").await;
    }
    let (answer, is_last) = match (&job.what, &rule) {
        (What::Fixed { text, .. }, _) => (Ok(AskedAnswer::Text(text.clone())), true),
        (What::Rule { step, .. }, Some(rule)) if rule.active => {
            let step = usize::from(*step);
            let Some(answer) = rule.answers.get(step) else {
                return end(platform, &job, Outcome::Stopped, "rule_changed").await;
            };
            (answer.asked(), step + 1 == rule.answers.len())
        }
        (What::Rule { .. }, Some(_)) => {
            return end(platform, &job, Outcome::Stopped, "rule_inactive").await;
        }
        (What::Rule { .. }, None) => {
            return end(platform, &job, Outcome::Stopped, "rule_deleted").await;
        }
    };
    // An earlier try may have died before the next one was on its way.
    let is_made = run.step.is_some_and(|made| made >= job.step());
    let tried = match answer {
        _ if is_made => Tried::There,
        Ok(answer) => of_result(Box::pin(send(platform, &job, answer)).await)?,
        Err(wrong) => {
            tracing::error!(%tenant, message = %job.message, %wrong, "a rule's answer can not be read any more");
            Tried::Failed("invalid_rule")
        }
    };
    crash_point!("automation-step.sent");
    let reason = match tried {
        Tried::There => None,
        Tried::Failed(reason) => Some(reason),
        Tried::Over(outcome, reason) => return end(platform, &job, outcome, reason).await,
        Tried::NotNow(wait) => match job.put_off(wait, platform.pace()) {
            Some(later) => {
                tracing::info!(%tenant, message = %job.message, "an automatic answer is put off");
                enqueue(platform, later).await?;
                crash_point!("automation-step.put_off");
                return Ok(());
            }
            None => Some("busy"),
        },
    };
    if let Some(reason) = reason {
        tracing::warn!(%tenant, message = %job.message, reason, "an automatic answer was not sent");
    }
    if !is_made {
        // Once: what was not sent is not to become an answer by being looked at again.
        let answer = reason.is_none().then(|| job.answer());
        store
            .step_automation_run(tenant, job.run, job.step(), answer, reason)
            .await?;
    }
    crash_point!("automation-step.logged");
    match job.next(platform.pace()).filter(|_| !is_last) {
        Some(next) => {
            enqueue(platform, next).await?;
            crash_point!("automation-step.enqueued");
        }
        None => {
            let whole = Settlement::of(run.outcome);
            store.settle_automation_run(tenant, job.run, &whole).await?;
            crash_point!("automation-step.ended");
        }
    }
    Ok(())
}

/// The rule of a job, as it is now.
async fn rule(platform: &Platform, job: &StepJob) -> Result<Option<Rule>, Error> {
    match job.what {
        What::Rule { rule, .. } => Ok(platform.store().rule(&job.tenant, rule).await?),
        What::Fixed { .. } => Ok(None),
    }
}

/// Ends a run before its last answer.
async fn end(
    platform: &Platform,
    job: &StepJob,
    outcome: Outcome,
    reason: &'static str,
) -> Result<(), Error> {
    tracing::info!(tenant = %job.tenant, message = %job.message, ?outcome, reason, "automatic answers have ended");
    platform
        .store()
        .end_automation_run(&job.tenant, job.run, outcome, reason)
        .await?;
    crash_point!("automation-step.ended");
    Ok(())
}

/// Puts an answer on its queue.
pub(super) async fn enqueue(platform: &Platform, job: StepJob) -> Result<(), Error> {
    let queues = platform.queues()?;
    queues
        .send(QueueName::AutomationStep, vec![job.queued()?])
        .await?;
    Ok(())
}

/// Sends an answer, once.
async fn send(platform: &Platform, job: &StepJob, answer: AskedAnswer) -> Result<(), Error> {
    let (tenant, peer, id) = (&job.tenant, &job.peer, job.answer());
    let plain = |message: Outgoing| Request {
        to: peer.as_str().to_owned(),
        message,
        channel: Some(job.channel),
        idempotency: None,
    };
    match answer {
        AskedAnswer::Text(text) => {
            let request = plain(Outgoing::text(text));
            match job.what {
                What::Fixed {
                    purpose: Purpose::Confirmation,
                    ..
                } => Box::pin(send::confirm_once(platform, tenant, peer, request, id)).await?,
                _ => Box::pin(send::send_once(platform, tenant, peer, request, id)).await?,
            };
        }
        AskedAnswer::Interactive(interactive) => {
            let request = plain(Content::Interactive { interactive }.into());
            Box::pin(send::send_once(platform, tenant, peer, request, id)).await?;
        }
        AskedAnswer::Template(template) => {
            let wanted = template_request(template, job);
            Box::pin(send_template_once(platform, tenant, peer, wanted, id)).await?;
        }
        AskedAnswer::Media(media) => {
            let wanted = media_request(platform, media, job)?;
            Box::pin(send_media_once(platform, tenant, peer, wanted, id)).await?;
        }
    }
    Ok(())
}

fn template_request(asked: AskedTemplate, job: &StepJob) -> TemplateRequest {
    let AskedTemplate {
        name,
        language,
        given,
    } = asked;
    TemplateRequest {
        to: job.peer.as_str().to_owned(),
        name,
        language,
        given,
        channel: Some(job.channel),
        idempotency: None,
    }
}

fn media_request(
    platform: &Platform,
    asked: AskedMedia,
    job: &StepJob,
) -> Result<MediaRequest, Error> {
    Ok(MediaRequest {
        to: job.peer.as_str().to_owned(),
        kind: asked.kind,
        source: match asked.source {
            AskedSource::Url(url) => Source::url(platform, &url)?,
            AskedSource::Upload(id) => Source::Upload(id),
        },
        mime_type: asked.mime_type,
        caption: asked.caption,
        file_name: asked.file_name,
        voice: asked.voice,
        channel: Some(job.channel),
        idempotency: None,
    })
}

/// What the result of a send means for the answers that follow. An error is one after which the job comes again.
fn of_result(sent: Result<(), Error>) -> Result<Tried, Error> {
    let error = match sent {
        Ok(()) => return Ok(Tried::There),
        Err(error) => error,
    };
    tracing::debug!(%error, source = ?std::error::Error::source(&error), "an automatic answer was refused");
    Ok(match error {
        Error::Unprocessable { code, .. } if code == OPTED_OUT => {
            Tried::Over(Outcome::Suppressed, OPTED_OUT)
        }
        Error::Forbidden { code, .. } if code == TENANT_SUSPENDED => {
            Tried::Over(Outcome::Stopped, TENANT_SUSPENDED)
        }
        // The tenant is gone.
        Error::Unauthorized => Tried::Over(Outcome::Stopped, "tenant_gone"),
        Error::Busy {
            retry_after,
            what: Waiting::Number | Waiting::Customer,
        } => Tried::NotNow(retry_after),
        Error::MetaBusy { retry_after } => Tried::NotNow(retry_after),
        Error::MetaUnreachable => Tried::NotNow(META_ANSWERS_AGAIN),
        // These are of messages that are there, with what became of them.
        Error::Busy { .. }
        | Error::Unreachable { .. }
        | Error::WhatsAppRefused { .. }
        | Error::OutcomeUnknown { .. } => Tried::There,
        Error::CapReached { .. } => Tried::Failed("plan_cap_reached"),
        Error::WindowClosed => Tried::Failed("window_closed"),
        Error::NoDevice { .. } | Error::NotFound { .. } => Tried::Failed("no_device"),
        Error::FileRefused { code, .. }
        | Error::Unprocessable { code, .. }
        | Error::Invalid { code, .. }
        | Error::Forbidden { code, .. } => Tried::Failed(code),
        Error::MetaRefused { .. } => Tried::Failed("template_not_found"),
        error => return Err(error),
    })
}

/// How long an answer waits that needs Meta's word.
const META_ANSWERS_AGAIN: Duration = Duration::from_secs(10);
