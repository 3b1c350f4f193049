//! What a tenant keeps no longer: messages with everything that hangs on them, conversations in which nothing was said
//! since, and callbacks. Contacts stay.

use std::collections::BTreeSet;
use std::time::Duration;

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::blobs::whole_key;
use openwati_store::conversation::ConversationRecord;
use openwati_store::data::{DataJobKind, EVERY, Place, Thing};
use openwati_store::due::Due;
use openwati_store::notice::NoticeRecord;
use serde_json::json;

use super::ask::{begin_job, endpoints};
use super::messages::Messages;
use super::subject::Subject;
use super::walk::{Sequence, Visitor};
use crate::audit;
use crate::error::Error;
use crate::platform::Platform;

/// How far before its tenant a message may lie: WhatsApp tells of what was written before.
const BEFORE_THE_TENANT: Duration = Duration::from_secs(365 * 86_400);

/// Begins the day's work of a tenant that is due, once a day however often it is found. Says whether there was one.
pub(crate) async fn begin(platform: &Platform, tenant: &TenantId) -> Result<bool, Error> {
    let store = platform.store();
    let now = platform.now();
    let days = store.tenant(tenant).await?.and_then(|t| t.retention_days);
    let due = Due::Retention(tenant.clone());
    let Some(days) = days else {
        return Ok(false);
    };
    let until = now.minus(Duration::from_secs(u64::from(days) * 86_400));
    let mut subject = Subject::of_tenant(tenant.clone(), until);
    subject.endpoints = endpoints(platform, tenant).await?;
    let day = Id::first_at(openwati_core::time::Moment::from_seconds(
        now.seconds().div_euclid(86_400) * 86_400,
    ));
    let id = Id::derived(day.moment(), &[tenant.as_str(), "retention"]);
    let act = audit::by(
        platform,
        "timers",
        "retention.begun",
        id,
        json!({"days": days}),
    );
    begin_job(
        platform,
        tenant,
        id,
        DataJobKind::Retention,
        "timers",
        &subject,
        &act,
    )
    .await?;
    crash_point!("data.retention_begun");
    store.postpone(&due, now.plus(EVERY)).await?;
    Ok(true)
}

/// Where what is old lies.
pub(super) async fn sequences(
    platform: &Platform,
    subject: &Subject,
) -> Result<Vec<Sequence>, Error> {
    let tenant = platform.store().tenant(&subject.tenant).await?;
    let from = tenant.map_or(subject.until, |tenant| tenant.created_at);
    let from = from.minus(BEFORE_THE_TENANT).min(subject.until);
    Ok(vec![
        Sequence::messages(from, subject.until),
        Sequence::notices(from, subject.until),
    ])
}

/// Removes what is old of what it meets.
pub(super) struct Remover<'a> {
    pub(super) platform: &'a Platform,
    pub(super) subject: &'a Subject,
    /// How much it removed, by kind.
    pub(super) erased: super::show::Counts,
}

impl Visitor for Remover<'_> {
    async fn page(&mut self, place: &Place, mut things: Vec<Thing>) -> Result<(), Error> {
        things.retain(|thing| self.subject.reaches(thing.id()));
        if things.is_empty() {
            return Ok(());
        }
        match place {
            Place::Notices(_) => self.notices(&things).await?,
            _ => self.messages(&things).await?,
        }
        crash_point!("data.page_erased");
        Ok(())
    }
}

impl Remover<'_> {
    async fn messages(&mut self, things: &[Thing]) -> Result<(), Error> {
        let (store, tenant) = (self.platform.store(), &self.subject.tenant);
        let peers: BTreeSet<&str> = things.iter().filter_map(|t| t.text("peer")).collect();
        for peer in peers {
            for conversation in store.conversations(tenant, peer).await? {
                self.conversation(peer, &conversation).await?;
            }
        }
        let messages = Messages {
            platform: self.platform,
            tenant,
            endpoints: &self.subject.endpoints,
            with_files: true,
        };
        messages.forget(things).await?;
        self.erased.add("messages", things.len());
        Ok(())
    }

    /// A conversation goes where its last message does, unless something is said in it in this moment.
    async fn conversation(
        &mut self,
        peer: &str,
        conversation: &ConversationRecord,
    ) -> Result<(), Error> {
        let last = conversation.summary.last_message;
        let is_old = last.is_some() && self.subject.reaches(last);
        let rests = conversation.rest_until > Some(self.platform.now());
        if !is_old || rests {
            return Ok(());
        }
        let store = self.platform.store();
        let forgotten = store.forget_conversation(&self.subject.tenant, peer, conversation);
        self.erased
            .add("conversations", usize::from(forgotten.await?));
        Ok(())
    }

    async fn notices(&mut self, things: &[Thing]) -> Result<(), Error> {
        let mut objects = Vec::new();
        for thing in things {
            let notice: NoticeRecord = thing.record()?;
            objects.extend(notice.whole.as_deref().map(whole_key));
        }
        self.platform.blobs()?.remove(objects).await?;
        self.platform.store().forget(things).await?;
        self.erased.add("notices", things.len());
        Ok(())
    }
}
