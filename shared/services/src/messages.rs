//! Looking messages up.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openwati_core::id::Id;
use openwati_core::incoming::Incoming;
use openwati_core::message::{Outgoing, Recipient};
use openwati_core::role::Role;
use openwati_core::state::MessageState;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::message::{
    AmendmentsRecord, Direction, MediaRecord, MediaState, MessageError, MessageRecord, Selection,
};
use serde::Deserialize;
use serde_json::Value;

use crate::admit::admit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::media::link_path;
use crate::platform::Platform;
use crate::reach;
use crate::send;

/// A message as it is shown.
#[derive(Debug, Clone)]
pub struct Message {
    /// Our id of it.
    pub id: Id,
    /// WhatsApp's id of it, once WhatsApp took it.
    pub wamid: Option<String>,
    /// Which way it went.
    pub direction: Direction,
    /// Whom it was with.
    pub peer: String,
    /// The channel it went over.
    pub channel: Id,
    /// What kind it is, in WhatsApp's word.
    pub kind: String,
    /// What a person reads of it, as it was edited last; nothing where it was taken back.
    pub text: String,
    /// The kind's own node of a message that came in, as WhatsApp wrote it.
    pub payload: Option<Value>,
    /// WhatsApp's id of the message that it answers.
    pub reply_to: Option<String>,
    /// Its file.
    pub media: Option<Media>,
    /// When its writer changed its words last.
    pub edited_at: Option<Moment>,
    /// When its writer took it back.
    pub revoked_at: Option<Moment>,
    /// The emojis on it.
    pub reactions: Vec<Reaction>,
    /// How far it came.
    pub state: MessageState,
    /// When it was made.
    pub created_at: Moment,
    /// When it came to the phone.
    pub delivered_at: Option<Moment>,
    /// When it was read.
    pub read_at: Option<Moment>,
    /// Why it failed, where it did.
    pub error: Option<MessageError>,
}

/// The file of a message.
#[derive(Debug, Clone)]
pub struct Media {
    /// What is known of it.
    pub record: MediaRecord,
    /// Our link to it without the API's own address, good for seven days; none where it will never be there.
    pub link_path: Option<String>,
}

/// An emoji on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// Who put it there: [`Direction::In`] is the customer.
    pub direction: Direction,
    /// The emoji.
    pub emoji: String,
    /// When.
    pub at: Moment,
}

/// Which messages a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those with this peer, as the caller wrote it.
    pub peer: Option<String>,
    /// Only those of this direction.
    pub direction: Option<Direction>,
    /// Only those made at this moment or later.
    pub since: Option<Moment>,
    /// Only those made before this moment.
    pub until: Option<Moment>,
    /// How many, at least 1.
    pub limit: usize,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// A page of a list.
#[derive(Debug)]
pub struct Page {
    /// Newest first. A page may be short although more follow.
    pub messages: Vec<Message>,
    /// What to give for the next page; none when there is nothing more.
    pub next_cursor: Option<String>,
}

/// The message with this id of ours (in either spelling) or of WhatsApp's.
///
/// # Errors
/// [`Error::NotFound`] where the tenant has none.
pub async fn find(platform: &Platform, caller: &Caller, id: &str) -> Result<Message, Error> {
    let (tenant, message) = tokio::join!(
        platform.store().tenant_with_channels(&caller.tenant),
        record(platform, &caller.tenant, id),
    );
    admit(caller, &tenant?.ok_or(Error::Unauthorized)?.tenant)?;
    let message = message?.ok_or(Error::NotFound { what: "message" })?;
    reach_message(platform, caller, &message).await?;
    let mut shown = show(platform, &caller.tenant, vec![message]).await?;
    shown.pop().ok_or(Error::NotFound { what: "message" })
}

/// The message with this id of ours (in either spelling) or of WhatsApp's, as it is kept.
///
/// # Errors
/// If the store did not answer.
pub(crate) async fn record(
    platform: &Platform,
    tenant: &TenantId,
    id: &str,
) -> Result<Option<MessageRecord>, Error> {
    let store = platform.store();
    let id = match id.parse() {
        Ok(id) => Some(id),
        Err(_) => store.message_id_of_wamid(tenant, id).await?,
    };
    match id {
        Some(id) => Ok(store.message(tenant, id).await?),
        None => Ok(None),
    }
}

/// A page of the tenant's messages, newest first.
///
/// # Errors
/// A cursor that is none of ours, or a peer that is none.
pub async fn list(platform: &Platform, caller: &Caller, filter: Filter) -> Result<Page, Error> {
    let store = platform.store();
    let tenant = store.tenant_with_channels(&caller.tenant).await?;
    let tenant = tenant.ok_or(Error::Unauthorized)?.tenant;
    admit(caller, &tenant)?;
    let country = tenant.default_country.as_deref();
    let peers = match &filter.peer {
        Some(peer) => {
            let peer = send::parse_recipient("peer", peer, country)?;
            let peers = peers(platform, &caller.tenant, peer).await?;
            reach::peers(platform, caller, &peers).await?;
            Some(peers)
        }
        None => {
            reach::everybody(caller)?;
            None
        }
    };
    let end = filter.until.unwrap_or_else(|| later(platform.now()));
    let mut before = Id::first_at(end);
    if let Some(cursor) = &filter.cursor {
        before = before.min(parse_cursor(cursor)?);
    }
    let limit = filter.limit.max(1);
    // A tenant's list is read month by month, and ends where the tenant began; a peer's ends by itself.
    let oldest = match peers {
        Some(_) => Moment::from_millis(0),
        None => tenant.created_at.minus(SLACK),
    };
    let selection = Selection {
        peers,
        direction: filter.direction,
        since: filter.since.map_or(oldest, |since| since.max(oldest)),
        before,
        // One more than shown tells whether anything follows.
        limit: limit + 1,
    };
    let mut page = store.messages(&caller.tenant, &selection).await?;
    if page.messages.len() > limit {
        page.messages.truncate(limit);
        page.next_before = page.messages.last().map(|message| message.id);
    }
    Ok(Page {
        messages: show(platform, &caller.tenant, page.messages).await?,
        next_cursor: page.next_before.map(cursor),
    })
}

/// Whether a message is the caller's to see.
///
/// # Errors
/// [`Error::Forbidden`] for an agent, of a message of somebody else's conversation.
pub(crate) async fn reach_message(
    platform: &Platform,
    caller: &Caller,
    message: &MessageRecord,
) -> Result<(), Error> {
    if caller.role > Role::Agent {
        return Ok(());
    }
    let peer = Recipient::parse_peer(&message.peer);
    let known_by = match peer {
        Some(peer) => peers(platform, &caller.tenant, peer).await?,
        None => Vec::new(),
    };
    reach::peers(platform, caller, &known_by).await
}

/// By how much the time of a message may be off: machines' clocks differ, and WhatsApp tells whole seconds.
const SLACK: Duration = Duration::from_secs(60);

/// A moment that lies behind every message that is made now on any machine.
fn later(now: Moment) -> Moment {
    now.plus(SLACK)
}

fn cursor(before: Id) -> String {
    URL_SAFE_NO_PAD.encode(before.bytes())
}

fn parse_cursor(text: &str) -> Result<Id, Error> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    let bytes = bytes.ok_or_else(|| {
        Error::invalid(
            "invalid_cursor",
            "cursor: is not one that a list answered with",
        )
    })?;
    Ok(Id::from_bytes(bytes))
}

/// Everything that the customer whom `peer` leads to is known by: their messages lie under any of it.
pub(crate) async fn peers(
    platform: &Platform,
    tenant: &TenantId,
    peer: Recipient,
) -> Result<Vec<Recipient>, Error> {
    let store = platform.store();
    let Some(alias) = store.alias(tenant, &peer).await? else {
        return Ok(vec![peer]);
    };
    let contact = store.contact(tenant, alias.contact).await?;
    // None where it was united with another in this moment: what was asked for is right all the same.
    let mut peers = contact.map(|contact| contact.keys).unwrap_or_default();
    if !peers.contains(&peer) {
        peers.push(peer);
    }
    Ok(peers)
}

/// Messages as they are shown, with what was done to them since.
async fn show(
    platform: &Platform,
    tenant: &TenantId,
    records: Vec<MessageRecord>,
) -> Result<Vec<Message>, Error> {
    let wamids: Vec<&str> = records
        .iter()
        .filter_map(|record| record.wamid.as_deref())
        .collect();
    let mut amendments = platform.store().amendments(tenant, &wamids).await?;
    let records = records.into_iter().map(|record| {
        let wamid = record.wamid.as_deref();
        let amended = wamid.and_then(|wamid| amendments.remove(wamid));
        show_one(platform, tenant, record, amended.unwrap_or_default())
    });
    records.collect()
}

/// The content of a message: of one that was sent through the platform, or of one that WhatsApp told of.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Outgoing(Box<Outgoing>),
    Incoming(Box<Incoming>),
}

/// What a message says.
pub(crate) struct Words {
    /// What kind it is, in WhatsApp's word.
    pub(crate) kind: String,
    /// What a person reads of it, as it was edited last; nothing where it was taken back.
    pub(crate) text: String,
    payload: Option<Value>,
    reply_to: Option<String>,
}

/// Reads what a message says, with what was done to it since.
///
/// # Errors
/// If its content cannot be read.
pub(crate) fn words(
    record: &MessageRecord,
    amended: Option<&AmendmentsRecord>,
) -> Result<Words, Error> {
    let content: Content =
        serde_json::from_str(&record.content).map_err(|error| Error::Internal(Box::new(error)))?;
    let mut words = match content {
        Content::Outgoing(content) => Words {
            kind: content.kind().to_string(),
            text: content.preview(),
            payload: None,
            reply_to: content.reply_to,
        },
        Content::Incoming(content) => Words {
            kind: content.kind,
            text: content.text,
            payload: content.payload,
            reply_to: content.reply_to,
        },
    };
    if let Some(amended) = amended {
        if amended.revoked_by.is_some() {
            (words.text, words.payload) = (String::new(), None);
        } else if let Some(text) = &amended.text {
            words.text.clone_from(text);
        }
    }
    Ok(words)
}

fn show_one(
    platform: &Platform,
    tenant: &TenantId,
    record: MessageRecord,
    amended: AmendmentsRecord,
) -> Result<Message, Error> {
    let words = words(&record, Some(&amended))?;
    let stages = record.stages();
    let state = stages.state();
    let is_revoked = amended.revoked_by.is_some();
    let media = record.media.filter(|_| !is_revoked).map(|media| {
        let id = record.id;
        let link_path = match media.state {
            MediaState::Failed => None,
            _ => Some(link_path(platform, tenant, id, media.link_generation)?),
        };
        let record = media;
        Ok::<_, Error>(Media { record, link_path })
    });
    let reactions = [
        (Direction::In, amended.emoji_in, amended.reacted_in),
        (Direction::Out, amended.emoji_out, amended.reacted_out),
    ];
    let reactions = reactions.into_iter().filter_map(|(direction, emoji, by)| {
        Some(Reaction {
            direction,
            emoji: emoji?,
            at: by?.moment(),
        })
    });
    Ok(Message {
        id: record.id,
        wamid: record.wamid,
        direction: record.direction,
        peer: record.peer,
        channel: record.channel,
        kind: words.kind,
        text: words.text,
        payload: words.payload,
        reply_to: words.reply_to,
        media: media.transpose()?,
        edited_at: amended.edited_by.map(Id::moment),
        revoked_at: amended.revoked_by.map(Id::moment),
        reactions: reactions.collect(),
        state,
        created_at: record.id.moment(),
        // Read implies delivered: where only the reading was reported, that is when it was there at the latest.
        delivered_at: stages.delivered_at.or(stages.read_at),
        read_at: stages.read_at,
        error: record.error.filter(|_| state == MessageState::Failed),
    })
}
