//! Removing a contact, with everything that was said with them. Whoever writes again afterwards is a new contact.

use openwati_core::conversation::Summary;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::time::Moment;
use openwati_store::Entity;
use openwati_store::alias::AliasRecord;
use openwati_store::blobs::whole_key;
use openwati_store::data::{Place, Thing};
use openwati_store::notice::NoticeRecord;

use super::messages::Messages;
use super::subject::Subject;
use super::walk::{BEGINNING, Sequence, Visitor};
use crate::error::Error;
use crate::platform::Platform;

/// The largest callback that is looked through for a contact, in bytes. WhatsApp's are smaller.
const LARGEST_NOTICE: usize = 4 << 20;

/// Where everything of a contact lies: messages first, because what is cut finds the contact by its other items.
pub(super) fn sequences(subject: &Subject) -> Vec<Sequence> {
    let mut sequences = Vec::new();
    for peer in &subject.peers {
        sequences.push(Sequence::one(Place::Peer(peer.as_str().to_owned())));
    }
    for peer in &subject.peers {
        let conversations = Place::Conversations(peer.as_str().to_owned());
        sequences.push(Sequence::one(conversations));
        sequences.push(Sequence::one(Place::Alias(peer.clone())));
    }
    for contact in &subject.contacts {
        sequences.push(Sequence::one(Place::Contact(*contact)));
    }
    sequences.push(Sequence::notices(BEGINNING, subject.until));
    sequences
}

/// Removes what it meets of a contact.
pub(super) struct Eraser<'a> {
    pub(super) platform: &'a Platform,
    pub(super) subject: &'a Subject,
    /// How much it removed, by kind.
    pub(super) erased: super::show::Counts,
}

impl Visitor for Eraser<'_> {
    async fn page(&mut self, _: &Place, things: Vec<Thing>) -> Result<(), Error> {
        let mut left = things;
        while let Some(entity) = left.first().map(|thing| thing.entity) {
            let (these, others) = left.into_iter().partition(|thing| thing.entity == entity);
            left = others;
            self.forget(entity, these).await?;
        }
        crash_point!("data.page_erased");
        Ok(())
    }
}

impl Eraser<'_> {
    async fn forget(&mut self, entity: Entity, things: Vec<Thing>) -> Result<(), Error> {
        match entity {
            Entity::Message => self.messages(things).await,
            Entity::Conversation => self.conversations(things).await,
            Entity::Consent => self.consents(things).await,
            Entity::Alias => self.aliases(things).await,
            Entity::Contact => self.contacts(things).await,
            Entity::Notice => self.notices(things).await,
            // What leads to messages or contacts, or hangs on them, goes with them.
            Entity::Wamid
            | Entity::Amendments
            | Entity::AutomationRun
            | Entity::MediaUse
            | Entity::ContactTerm
            | Entity::ConsentListItem
            | Entity::Delivery
            | Entity::Attempt => Ok(()),
            // Nothing of it is about one contact; a file goes with the last message that has it.
            Entity::ApiKey
            | Entity::FileSource
            | Entity::File
            | Entity::Tenant
            | Entity::Channel
            | Entity::Slots
            | Entity::OutboundQuota
            | Entity::ContactList
            | Entity::ContactListCount
            | Entity::Idempotency
            | Entity::Endpoint
            | Entity::EndpointCount
            | Entity::GoneEndpoint
            | Entity::Outbox
            | Entity::Tally
            | Entity::User
            | Entity::UserCount
            | Entity::EmailLookup
            | Entity::OidcLookup
            | Entity::KeyListItem
            | Entity::KeyCount
            | Entity::KeyCopy
            | Entity::Audit
            | Entity::Limit
            | Entity::TenantListItem
            | Entity::DataJob
            | Entity::CallbackLog
            | Entity::Template
            | Entity::TemplateSync
            | Entity::Automation
            | Entity::Rule
            | Entity::AiQuota
            | Entity::ContactJob => Ok(()),
        }
    }

    async fn messages(&mut self, mut things: Vec<Thing>) -> Result<(), Error> {
        things.retain(|thing| self.subject.reaches(thing.id()));
        let messages = Messages {
            platform: self.platform,
            tenant: &self.subject.tenant,
            endpoints: &self.subject.endpoints,
            with_files: true,
        };
        messages.forget(&things).await?;
        self.erased.add("messages", things.len());
        Ok(())
    }

    /// A conversation in which something was said since is the new contact's.
    async fn conversations(&mut self, mut things: Vec<Thing>) -> Result<(), Error> {
        things.retain(|thing| {
            let summary = thing.record::<Summary>().unwrap_or_default();
            self.subject.reaches(summary.last_message)
        });
        self.platform.store().forget(&things).await?;
        self.erased.add("conversations", things.len());
        Ok(())
    }

    async fn aliases(&mut self, mut things: Vec<Thing>) -> Result<(), Error> {
        // A contact that was made meanwhile of what was written before is this one all the same.
        let contact = |thing: &Thing| thing.record::<AliasRecord>().ok().map(|a| a.contact);
        things.retain(|thing| self.subject.reaches(contact(thing)));
        let contacts: Vec<Id> = things.iter().filter_map(contact).collect();
        self.forget_contacts(&contacts).await?;
        Ok(self.platform.store().forget(&things).await?)
    }

    async fn contacts(&mut self, things: Vec<Thing>) -> Result<(), Error> {
        let ids = things.iter().filter_map(|thing| thing.text("id"));
        let ids: Vec<Id> = ids.filter_map(|id| id.parse().ok()).collect();
        self.forget_contacts(&ids).await
    }

    async fn forget_contacts(&mut self, contacts: &[Id]) -> Result<(), Error> {
        let (store, tenant) = (self.platform.store(), &self.subject.tenant);
        let mut erased = 0;
        for contact in contacts {
            erased += usize::from(store.delete_contact(tenant, *contact).await?);
            crash_point!("data.contact_erased");
        }
        self.erased.add("contacts", erased);
        Ok(())
    }

    /// What was said since stands for the new contact.
    async fn consents(&mut self, mut things: Vec<Thing>) -> Result<(), Error> {
        let since = |thing: &Thing, name| {
            let at = thing.json(name).and_then(|at| at.as_i64());
            at.is_some_and(|at| Moment::from_millis(at) >= self.subject.until)
        };
        things.retain(|thing| !since(thing, "all_at") && !since(thing, "marketing_at"));
        let store = self.platform.store();
        let peers: Vec<&Recipient> = self
            .subject
            .peers
            .iter()
            .filter(|peer| {
                things
                    .iter()
                    .any(|thing| thing.text("peer") == Some(peer.as_str()))
            })
            .collect();
        // First, because nothing leads to them without what they list.
        store
            .forget_consent_list_items(&self.subject.tenant, &peers)
            .await?;
        store.forget(&things).await?;
        self.erased.add("consents", things.len());
        Ok(())
    }

    async fn notices(&mut self, things: Vec<Thing>) -> Result<(), Error> {
        let mut naming = Vec::new();
        let mut objects = Vec::new();
        for thing in things {
            let notice: NoticeRecord = thing.record()?;
            if !self.subject.reaches(thing.id())
                || !names(self.platform, self.subject, &notice).await?
            {
                continue;
            }
            objects.extend(notice.whole.as_deref().map(whole_key));
            naming.push(thing);
        }
        if naming.is_empty() {
            return Ok(());
        }
        self.platform.blobs()?.remove(objects).await?;
        self.platform.store().forget(&naming).await?;
        self.erased.add("notices", naming.len());
        Ok(())
    }
}

/// Whether a callback names the contact.
pub(super) async fn names(
    platform: &Platform,
    subject: &Subject,
    notice: &NoticeRecord,
) -> Result<bool, Error> {
    if let Some(value) = &notice.value {
        return Ok(subject.is_named_in(value));
    }
    let Some(name) = &notice.whole else {
        return Ok(false);
    };
    let whole = platform.blobs()?.whole(name, LARGEST_NOTICE).await?;
    let text = whole.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok(text.is_some_and(|text| subject.is_named_in(&text)))
}
