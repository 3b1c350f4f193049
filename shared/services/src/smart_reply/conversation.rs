//! What was said before the message that is to be answered, as a person would read it.

use openwati_core::message::Kind;
use openwati_core::smart_reply::{Speaker, TURNS, Turn};
use openwati_core::state::MessageState;
use openwati_core::time::Moment;
use openwati_store::message::{Direction, MessageRecord, Selection};

use super::job::SmartReplyJob;
use crate::error::Error;
use crate::messages::{self, words};
use crate::platform::Platform;

/// Messages that are read for the few that are said: the customer may have written to other channels too, and some say
/// nothing.
const READ: usize = 4 * TURNS;

/// The end of the conversation, oldest first, with the message itself as its last.
///
/// # Errors
/// If the store did not answer.
pub(super) async fn conversation(
    platform: &Platform,
    job: &SmartReplyJob,
    message: MessageRecord,
) -> Result<Vec<Turn>, Error> {
    let store = platform.store();
    let peers = messages::peers(platform, &job.tenant, job.peer.clone()).await?;
    let selection = Selection {
        peers: Some(peers),
        direction: None,
        since: Moment::from_millis(0),
        before: job.message,
        limit: READ,
    };
    let page = store.messages(&job.tenant, &selection).await?;
    let mut said = vec![message];
    said.extend(
        page.messages
            .into_iter()
            .filter(|said| said.channel == job.channel && said.id != job.message && was_read(said)),
    );
    let wamids: Vec<&str> = said
        .iter()
        .filter_map(|said| said.wamid.as_deref())
        .collect();
    let amendments = store.amendments(&job.tenant, &wamids).await?;
    let turns = said.iter().rev().map(|said| {
        let amended = said
            .wamid
            .as_deref()
            .and_then(|wamid| amendments.get(wamid));
        let words = words(said, amended)?;
        let text = match words.kind == Kind::Reaction.to_string() {
            true => String::new(),
            false => words.text,
        };
        Ok(Turn {
            speaker: match said.direction {
                Direction::In => Speaker::Customer,
                Direction::Out => Speaker::Business,
            },
            text,
        })
    });
    turns.collect()
}

/// Whether the customer can have read it, or wrote it.
fn was_read(said: &MessageRecord) -> bool {
    said.direction == Direction::In || said.stages().state() != MessageState::Failed
}
