//! Looking messages up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openwati_core::id::Id;
use openwati_core::message::{Kind, Outgoing};
use openwati_core::state::MessageState;
use openwati_core::time::Moment;
use openwati_store::message::{Direction, MessageError, MessageRecord, Selection};

use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;
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
    /// What kind it is.
    pub kind: Kind,
    /// What a person reads of it.
    pub text: String,
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
    let store = platform.store();
    let message = async {
        let id = match id.parse() {
            Ok(id) => Some(id),
            Err(_) => store.message_id_of_wamid(&caller.tenant, id).await?,
        };
        match id {
            Some(id) => store.message(&caller.tenant, id).await,
            None => Ok(None),
        }
    };
    let (tenant, message) = tokio::join!(store.tenant_with_channels(&caller.tenant), message);
    caller.pass(&tenant?.ok_or(Error::Unauthorized)?.tenant.plan)?;
    show(message?.ok_or(Error::NotFound { what: "message" })?)
}

/// A page of the tenant's messages, newest first.
///
/// # Errors
/// A cursor that is none of ours, or a peer that is none.
pub async fn list(platform: &Platform, caller: &Caller, filter: Filter) -> Result<Page, Error> {
    let store = platform.store();
    let tenant = store.tenant_with_channels(&caller.tenant).await?;
    let tenant = tenant.ok_or(Error::Unauthorized)?.tenant;
    caller.pass(&tenant.plan)?;
    let country = tenant.default_country.as_deref();
    let peer = match &filter.peer {
        Some(peer) => {
            let parsed = send::parse_recipient("peer", peer, country)?;
            Some(parsed.as_str().to_owned())
        }
        None => None,
    };
    let end = filter.until.unwrap_or_else(|| later(platform.now()));
    let mut before = Id::first_at(end);
    if let Some(cursor) = &filter.cursor {
        before = before.min(parse_cursor(cursor)?);
    }
    let limit = filter.limit.max(1);
    let selection = Selection {
        peer,
        direction: filter.direction,
        since: filter
            .since
            .unwrap_or(tenant.created_at)
            .max(tenant.created_at),
        before,
        // One more than shown tells whether anything follows.
        limit: limit + 1,
    };
    let mut page = store.messages(&caller.tenant, &selection).await?;
    if page.messages.len() > limit {
        page.messages.truncate(limit);
        page.next_before = page.messages.last().map(|message| message.id);
    }
    let messages = page
        .messages
        .into_iter()
        .map(show)
        .collect::<Result<_, _>>()?;
    Ok(Page {
        messages,
        next_cursor: page.next_before.map(cursor),
    })
}

/// A moment that lies behind every message that is made now on any machine.
fn later(now: Moment) -> Moment {
    now.plus(std::time::Duration::from_secs(60))
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

fn show(record: MessageRecord) -> Result<Message, Error> {
    let content: Outgoing =
        serde_json::from_str(&record.content).map_err(|error| Error::Internal(Box::new(error)))?;
    let stages = record.stages();
    let state = stages.state();
    Ok(Message {
        id: record.id,
        wamid: record.wamid,
        direction: record.direction,
        peer: record.peer,
        channel: record.channel,
        kind: content.kind(),
        text: content.preview(),
        state,
        created_at: record.id.moment(),
        // Read implies delivered: where only the reading was reported, that is when it was there at the latest.
        delivered_at: stages.delivered_at.or(stages.read_at),
        read_at: stages.read_at,
        error: record.error.filter(|_| state == MessageState::Failed),
    })
}
