//! The job: ask the AI, and send what it says.

use futures::StreamExt as _;
use openwati_channels::chat::{Chat, ChatAnswer, ChatMessage, Role};
use openwati_core::automation::{LATEST, Outcome, run_id};
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::language::Language;
use openwati_core::message::Outgoing;
use openwati_core::rate::DayWindow;
use openwati_core::smart_reply::{Prompt, Speaker, shortened};
use openwati_core::state::MessageState;
use openwati_store::automation::{Counted, Leased, RunRecord};
use openwati_store::message::MessageRecord;
use tokio::time::{Instant, sleep};

use super::conversation::conversation;
use super::job::SmartReplyJob;
use super::settle::{Ended, end, give_back};
use crate::Record;
use crate::admit::TENANT_SUSPENDED;
use crate::error::{Error, Waiting};
use crate::platform::Platform;
use crate::send::{self, OPTED_OUT, Request};

/// Messages that are worked at the same time: a whole batch, because most of it is waiting for the AI.
const PARALLEL: usize = 8;

/// Works a batch of messages for the AI. Answers the ids of the jobs that are to come again: those during which the store
/// did not answer. The AI is asked once, and what it does not answer then nobody answers.
pub async fn work(platform: &Platform, records: Vec<Record>) -> Vec<String> {
    crash_point!("smart-reply.received");
    let started = Instant::now();
    let worked = futures::stream::iter(records).map(|received| async move {
        match one(platform, &received, started).await {
            Ok(true) => None,
            Ok(false) => Some(received.id),
            Err(error) => {
                tracing::warn!(job = received.id, %error, source = ?std::error::Error::source(&error), "a job for the AI comes again");
                Some(received.id)
            }
        }
    });
    let failed = worked.buffer_unordered(PARALLEL);
    failed.filter_map(std::future::ready).collect().await
}

/// Works one. Says whether it is done; it is not where somebody else is at it, who may die.
async fn one(platform: &Platform, received: &Record, started: Instant) -> Result<bool, Error> {
    // What cannot be read goes to the dead-letter queue, where the alarm is.
    let job: SmartReplyJob =
        serde_json::from_str(&received.body).map_err(|error| Error::Internal(Box::new(error)))?;
    let run = match begin(platform, &job).await? {
        Claim::Mine(run) => run,
        Claim::Over => return Ok(true),
        Claim::Held => return Ok(false),
    };
    crash_point!("smart-reply.begun");
    let attempt = Attempt {
        platform,
        job: &job,
        run,
        started,
    };
    let ended = attempt.make().await?;
    end(platform, &job, run, &ended).await?;
    Ok(true)
}

/// Whose a message is to answer.
enum Claim {
    /// Ours, with this entry of the log.
    Mine(Id),
    /// Somebody else's, for as long as their lease lasts.
    Held,
    /// Nobody's any more.
    Over,
}

async fn begin(platform: &Platform, job: &SmartReplyJob) -> Result<Claim, Error> {
    let (store, now) = (platform.store(), platform.now());
    let lease_until = platform.lease_until(now);
    let run = run_id(&job.tenant, job.message);
    let record = RunRecord {
        lease_until: Some(lease_until),
        ..RunRecord::new(job.message, job.channel, &job.peer, Outcome::Ai, now)
    };
    match store.put_automation_run(&job.tenant, run, &record).await? {
        None => return Ok(Claim::Mine(run)),
        Some(there) if there.settled || there.outcome != Outcome::Ai => return Ok(Claim::Over),
        Some(_) => {}
    }
    let leased = store.lease_automation_run(&job.tenant, run, now, lease_until);
    Ok(match leased.await? {
        Leased::Yes(_) => Claim::Mine(run),
        Leased::Held(_) => Claim::Held,
        Leased::Settled(_) | Leased::Gone => Claim::Over,
    })
}

/// One try for one message.
struct Attempt<'a> {
    platform: &'a Platform,
    job: &'a SmartReplyJob,
    run: Id,
    started: Instant,
}

/// What the AI is asked, and on whose account.
struct Question<'a> {
    chat: &'a Chat,
    prompt: Prompt,
    replies_per_day: Option<u32>,
}

impl Attempt<'_> {
    async fn make(&self) -> Result<Ended, Error> {
        let (platform, tenant) = (self.platform, &self.job.tenant);
        let question = match self.judge().await? {
            Ok(question) => question,
            Err(ended) => return Ok(ended),
        };
        let day = DayWindow::at(platform.now(), 0);
        let reserved = platform
            .store()
            .reserve_ai(tenant, day, question.replies_per_day);
        if !reserved.await? {
            return Ok(Ended::with(Outcome::QuotaExceeded, None));
        }
        crash_point!("smart-reply.place_reserved");
        match self.ask(&question).await {
            Ok(mut ended) => {
                ended.returned = ended.answer.is_none().then_some(day);
                ended.language = question.prompt.language.map(Language::code);
                Ok(ended)
            }
            Err(error) => {
                // The next try reserves its own.
                give_back(platform, self.job, day).await;
                Err(error)
            }
        }
    }

    /// Whether the AI is to answer at all, as things stand, and what it is asked.
    async fn judge(&self) -> Result<Result<Question<'_>, Ended>, Error> {
        let (store, tenant) = (self.platform.store(), &self.job.tenant);
        let over = |outcome, reason| Ok(Err(Ended::with(outcome, Some(reason))));
        let (found, settings, message, answer) = tokio::join!(
            store.tenant_with_channels(tenant),
            store.automation(tenant),
            store.message(tenant, self.job.message),
            store.message(tenant, self.job.answer()),
        );
        if let Some(answer) = answer? {
            return Ok(Err(there(&answer)));
        }
        let Some(found) = found? else {
            return over(Outcome::Stopped, "tenant_gone");
        };
        if found.tenant.suspended_at.is_some() {
            return over(Outcome::Stopped, TENANT_SUSPENDED);
        }
        let settings = settings?.settings;
        let Some(chat) = self.platform.ai()?.filter(|_| settings.ai.enabled) else {
            return over(Outcome::Stopped, "ai_off");
        };
        let Some(message) = message? else {
            return over(Outcome::Stopped, "message_gone");
        };
        if let Some(ended) = self.unwanted().await? {
            return Ok(Err(ended));
        }
        let conversation = conversation(self.platform, self.job, message).await?;
        let Some(prompt) = Prompt::new(&settings.ai, &conversation) else {
            return over(Outcome::Stopped, "no_words");
        };
        Ok(Ok(Question {
            chat,
            prompt,
            replies_per_day: found.tenant.plan.ai_replies_per_day,
        }))
    }

    /// How it ends where no answer is wanted any more.
    async fn unwanted(&self) -> Result<Option<Ended>, Error> {
        let (job, now) = (self.job, self.platform.now());
        if job.message.moment().until(now) > LATEST {
            return Ok(Some(Ended::with(Outcome::Stopped, Some("too_late"))));
        }
        let store = self.platform.store();
        let peer = store.peer(&job.tenant, job.peer.as_str()).await?;
        if peer.consents.is_out() {
            return Ok(Some(Ended::with(Outcome::Suppressed, Some(OPTED_OUT))));
        }
        let mut own = peer.conversations.iter();
        let own = own.find(|conversation| conversation.channel == job.channel);
        let paused_until = own.and_then(|conversation| conversation.paused_until);
        let is_paused = paused_until.is_some_and(|until| until > now);
        Ok(is_paused.then(|| Ended::with(Outcome::Stopped, Some("paused"))))
    }

    /// Asks, and sends what is answered.
    async fn ask(&self, question: &Question<'_>) -> Result<Ended, Error> {
        let failed = |reason| Ok(Ended::with(Outcome::AiFailed, Some(reason)));
        let answer = match question.chat.complete(&said(&question.prompt)).await {
            Ok(answer) => answer,
            Err(failure) => {
                tracing::warn!(
                    tenant = %self.job.tenant, message = %self.job.message, error = %failure,
                    "the AI did not answer"
                );
                return failed(failure.code());
            }
        };
        crash_point!("smart-reply.answered");
        let ChatAnswer {
            text,
            model,
            tokens,
        } = answer;
        let text = shortened(&text);
        let mut ended = if text.is_empty() {
            failed("empty")?
        } else if let Some(ended) = self.unwanted().await? {
            // A person may have been faster, or the customer wants no answer any more.
            ended
        } else {
            self.send(text).await?
        };
        ended.model = Some(model.unwrap_or_else(|| question.chat.model().to_owned()));
        ended.tokens = tokens.and_then(|tokens| u32::try_from(tokens).ok());
        Ok(ended)
    }

    /// Sends an answer, unless the conversation has had enough of them.
    async fn send(&self, text: String) -> Result<Ended, Error> {
        let (platform, job) = (self.platform, self.job);
        let peer = job.peer.as_str();
        let counted = platform.store().count_automatic(
            &job.tenant,
            peer,
            job.channel,
            self.run,
            platform.now(),
        );
        if counted.await? == Counted::TooMany {
            return Ok(Ended::with(Outcome::Braked, None));
        }
        crash_point!("smart-reply.counted");
        let request = Request {
            to: peer.to_owned(),
            message: Outgoing::text(text),
            channel: Some(job.channel),
            idempotency: None,
        };
        // What is left is for WhatsApp's answer and for keeping it.
        let until = self.started + platform.function_timeout() / 2;
        loop {
            let (request, id) = (request.clone(), job.answer());
            let sent = send::send_once(platform, &job.tenant, &job.peer, request, id).await;
            match sent {
                Err(Error::Busy {
                    retry_after,
                    what: Waiting::Number | Waiting::Customer,
                }) if Instant::now() + retry_after < until => sleep(retry_after).await,
                sent => {
                    crash_point!("smart-reply.sent");
                    return of_result(sent.map(drop), id);
                }
            }
        }
    }
}

/// What an answer that is there already means: an earlier try died behind it.
fn there(answer: &MessageRecord) -> Ended {
    match answer.stages().state() {
        MessageState::Failed => Ended::with(Outcome::AiFailed, Some(NOT_SENT)),
        _ => Ended::answered(answer.id, None),
    }
}

/// WhatsApp did not take the answer.
const NOT_SENT: &str = "not_sent";

/// What the result of a send means for the log. An error is one after which the job comes again.
fn of_result(sent: Result<(), Error>, answer: Id) -> Result<Ended, Error> {
    let error = match sent {
        Ok(()) => return Ok(Ended::answered(answer, None)),
        Err(error) => error,
    };
    tracing::debug!(%error, source = ?std::error::Error::source(&error), "the AI's answer was refused");
    let failed = |reason| Ended::with(Outcome::AiFailed, Some(reason));
    Ok(match error {
        Error::OutcomeUnknown { .. } => Ended::answered(answer, Some("outcome_unknown")),
        Error::Busy {
            what: Waiting::Number | Waiting::Customer,
            ..
        } => failed("number_busy"),
        Error::Busy { .. } | Error::Unreachable { .. } | Error::WhatsAppRefused { .. } => {
            failed(NOT_SENT)
        }
        Error::Unprocessable { code, .. } if code == OPTED_OUT => {
            Ended::with(Outcome::Suppressed, Some(OPTED_OUT))
        }
        Error::Forbidden { code, .. } if code == TENANT_SUSPENDED => {
            Ended::with(Outcome::Stopped, Some(TENANT_SUSPENDED))
        }
        Error::Unauthorized => Ended::with(Outcome::Stopped, Some("tenant_gone")),
        Error::CapReached { .. } => failed("plan_cap_reached"),
        Error::WindowClosed => failed("window_closed"),
        Error::NoDevice { .. } | Error::NotFound { .. } => failed("no_device"),
        Error::Unprocessable { code, .. }
        | Error::Invalid { code, .. }
        | Error::Forbidden { code, .. } => failed(code),
        error => return Err(error),
    })
}

/// The prompt as the AI takes it: what the customer wrote is never more than a user's message.
fn said(prompt: &Prompt) -> Vec<ChatMessage> {
    let system = ChatMessage::new(Role::System, prompt.system.clone());
    let turns = prompt.turns.iter().map(|turn| {
        let role = match turn.speaker {
            Speaker::Customer => Role::User,
            Speaker::Business => Role::Assistant,
        };
        ChatMessage::new(role, turn.text.clone())
    });
    std::iter::once(system).chain(turns).collect()
}
