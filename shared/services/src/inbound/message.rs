//! A message: kept, then answered, then told.

use std::time::Duration;

use openwati_core::conversation::Heard;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::incoming::{Act, Incoming};
use openwati_core::media::MediaKind;
use openwati_core::message::Recipient;
use openwati_core::time::{Moment, WHATSAPP_BEGAN};
use openwati_store::conversation::ConversationRecord;
use openwati_store::message::{self, ConversationChange, Direction, MediaRecord};

use super::value::ToldMessage;
use super::{Next, answer, contact, contended, event, notice};
use crate::automate::Around;
use crate::error::Error;
use crate::media::{self, MediaJob};
use crate::platform::Platform;

/// How far ahead of ours WhatsApp's clock is believed: a message of next year would stand before all others for a year.
const AHEAD: Duration = Duration::from_secs(60);

/// The longest text that is kept in an item whose message is too large for it, in characters.
const LONGEST_CUT: usize = 16 * 1024;

/// How often keeping begins anew because somebody changed the conversation.
const TRIES: usize = 8;

/// A message as it is to be kept.
pub(super) struct Draft {
    pub(super) told: ToldMessage,
    /// Its id, made of the time at which it was written.
    pub(super) id: Id,
    /// Whom it is with.
    peer: Recipient,
    /// When it was written.
    at: Moment,
    received_at: Moment,
    content: Incoming,
    /// The content as JSON.
    text: String,
    media: Option<MediaRecord>,
}

/// A message that is kept.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) id: Id,
    /// When it was kept first.
    pub(super) received_at: Moment,
    /// What was known of the customer then.
    pub(super) around: Around,
}

impl Draft {
    /// What is kept of a message in its item. One that is too large for it goes into the bucket whole.
    ///
    /// # Errors
    /// If the bucket did not take it.
    pub(super) async fn of(platform: &Platform, told: ToldMessage) -> Result<Self, Error> {
        let peer = told.arrived.party.peer();
        let peer = peer.ok_or_else(|| Error::Internal("a message is from nobody".into()))?;
        let arrived = &told.arrived;
        let latest = told.told_at.plus(AHEAD);
        let at = arrived
            .at
            .filter(|at| (WHATSAPP_BEGAN..=latest).contains(at));
        let at = at.unwrap_or(told.told_at);
        let delay = at.until(told.told_at);
        let cause = [told.tenant.as_str(), &arrived.wamid, told.direction.name()];
        // WhatsApp tells whole seconds; what was written within one stands in the order in which it came.
        let id = match at.millis() % 1000 {
            0 => Id::derived_in_second(at, delay, &cause),
            _ => Id::derived(at, &cause),
        };
        let (content, text) = content(platform, &told, id).await?;
        Ok(Self {
            media: media(&told),
            received_at: platform.now(),
            told,
            id,
            peer,
            at,
            content,
            text,
        })
    }

    /// As it is kept.
    pub(super) fn message(&self) -> message::ToldMessage<'_> {
        let told = &self.told;
        message::ToldMessage {
            id: self.id,
            direction: told.direction,
            channel: told.channel,
            peer: &self.peer,
            content: &self.text,
            wamid: &told.arrived.wamid,
            sent_at: self.at,
            received_at: (told.direction == Direction::In).then_some(self.received_at),
            media: self.media.as_ref(),
        }
    }

    /// What its conversation hears.
    pub(super) fn heard(&self) -> Heard<'_> {
        let arrived = &self.told.arrived;
        Heard {
            id: self.id,
            is_ours: self.told.direction == Direction::Out,
            tells: arrived.act == Act::Tells,
            opens_window: !matches!(arrived.act, Act::Moves(_) | Act::Notes),
            at: self.at,
            text: &self.content.text,
            profile: &arrived.profile,
        }
    }

    /// What is known of it once it is kept as it stands here.
    pub(super) fn kept(&self, around: Around) -> Kept {
        Kept {
            id: self.id,
            received_at: self.received_at,
            around,
        }
    }

    /// How many bytes its item has, about.
    pub(super) fn weight(&self) -> usize {
        self.text.len()
    }
}

/// Does what follows from a message that is kept: has it answered, and says what is to be told, and whether the customer
/// spoke of being written to at all.
pub(super) async fn follow(
    platform: &Platform,
    draft: Draft,
    kept: Kept,
) -> Result<(Next, Result<bool, Error>), Error> {
    crash_point!("inbound.stored");
    let Draft {
        told,
        peer,
        content,
        ..
    } = draft;
    if let Act::Amends { target, amendment } = &told.arrived.act {
        // By the id that it was kept under: told again, it is no later than it was.
        platform
            .store()
            .amend_message(&told.tenant, target, told.direction, amendment, kept.id)
            .await?;
        crash_point!("inbound.amended");
    }
    let answered = match told.direction {
        Direction::In => answer::answer(platform, &told, &kept).await,
        Direction::Out => answer::pause(platform, &told, &kept).await.map(|()| false),
    };
    crash_point!("inbound.answered");
    let next = match (&told.arrived.file, told.direction) {
        (Some(_), _) => {
            let job = MediaJob::new(told.tenant, kept.id, kept.received_at);
            Next::Download(media::job(&job, 0)?)
        }
        (None, Direction::In) => {
            let wamid = &told.arrived.wamid;
            let event = event::of(kept.id, told.channel, peer.as_str(), wamid, content);
            Next::Tell(Box::new(event))
        }
        // What the business wrote by WhatsApp's own app, it knows.
        (None, Direction::Out) => Next::Nothing,
    };
    Ok((next, answered))
}

/// Keeps a message once, with all that it changes. None for the echo of a message that was sent through the platform.
pub(super) async fn keep(platform: &Platform, draft: &Draft) -> Result<Option<Kept>, Error> {
    let told = &draft.told;
    let (store, tenant, arrived) = (platform.store(), &told.tenant, &told.arrived);
    let (message, heard) = (draft.message(), draft.heard());
    for _ in 0..TRIES {
        let known = contact::know(platform, tenant, told.channel, draft.id, arrived).await?;
        let before = known.conversation.as_ref();
        let here = before.filter(|before| before.moved_to.is_none());
        let mut after = here
            .cloned()
            .unwrap_or_else(|| ConversationRecord::new(told.channel));
        if after.summary.renamed_by(&heard) && !known.is_new {
            store
                .rename_contact(tenant, known.alias.contact, &arrived.profile, draft.id)
                .await?;
            crash_point!("inbound.contact_renamed");
        }
        after.summary.hear(&heard);
        let around = known.around(told.channel);
        let change = ConversationChange {
            alias: &known.alias,
            key: &known.key,
            before,
            after: &after,
        };
        if store.receive_message(tenant, &message, &change).await? {
            return Ok(Some(draft.kept(around)));
        }
        // It is there already, or the conversation has changed.
        if let Some(id) = store.message_id_of_wamid(tenant, &arrived.wamid).await?
            && let Some(message) = store.message(tenant, id).await?
        {
            let is_same = message.direction == told.direction;
            let received_at = message.stages().delivered_at.unwrap_or(draft.received_at);
            return Ok(is_same.then_some(Kept {
                id,
                received_at,
                around,
            }));
        }
    }
    Err(contended("keeping a message that came in"))
}

/// What is kept of a message in its item, also as JSON. One that is too large for it goes into the bucket whole.
async fn content(
    platform: &Platform,
    told: &ToldMessage,
    id: Id,
) -> Result<(Incoming, String), Error> {
    let json = |content: &Incoming| {
        serde_json::to_string(content).map_err(|error| Error::Internal(error.into()))
    };
    let content = &told.arrived.content;
    let text = json(content)?;
    if text.len() <= notice::LARGEST {
        return Ok((content.clone(), text));
    }
    let name = format!("{}/{id}", told.tenant);
    let bytes = told.raw.to_string().into_bytes();
    platform.blobs()?.put_whole(&name, bytes).await?;
    let cut: String = content.text.chars().take(LONGEST_CUT).collect();
    let content = Incoming {
        kind: content.kind.clone(),
        text: cut,
        payload: None,
        reply_to: content.reply_to.clone(),
        forwarded: content.forwarded,
        more: openwati_core::message::Object::new(),
        business: content.business.clone(),
        whole: Some(name),
    };
    let text = json(&content)?;
    Ok((content, text))
}

fn media(told: &ToldMessage) -> Option<MediaRecord> {
    let file = told.arrived.file.as_ref()?;
    Some(MediaRecord::pending(
        MediaKind::named(&told.arrived.content.kind)?,
        &file.provider_id,
        &file.mime_type,
        file.sha256.as_deref(),
        file.name.as_deref(),
    ))
}
