//! Removing a tenant: first its keys and its people, so that nobody acts for it any more; then its channels, so that
//! nothing comes in; then everything else; in the end itself.
//!
//! Meta is not asked to end its subscription: the token may serve other programs, and callbacks for a tenant that is not
//! there are answered like a bad signature.

use std::collections::BTreeSet;

use openwati_core::api_key::ApiKeyHash;
use openwati_core::crash_point;
use openwati_core::email::EmailAddress;
use openwati_core::message::Recipient;
use openwati_core::rate::DayWindow;
use openwati_store::Entity;
use openwati_store::blobs::tenant_prefixes;
use openwati_store::contact::ContactRecord;
use openwati_store::data::{Place, Thing};
use serde::Deserialize;
use tokio::time::Instant;

use super::messages::Messages;
use super::subject::Subject;
use super::walk::{BEGINNING, Sequence, Visitor};
use crate::error::Error;
use crate::platform::Platform;

/// Days back to which counts are kept, and a few more, because DynamoDB is late.
const COUNTED_DAYS: u32 = 100;

/// Where everything of a tenant lies, in the order in which it goes. Its days begin `anchor_minutes` after midnight; what
/// days with another begin counted goes two days later by itself.
///
/// The first time everything is walked through. Later it is about what was under way when it began, which is not old.
pub(super) fn sequences(subject: &Subject, anchor_minutes: u16, pass: u32) -> Vec<Sequence> {
    let from = match pass {
        0 => BEGINNING,
        _ => subject
            .until
            .minus(std::time::Duration::from_secs(400 * 86_400)),
    };
    // Until the month after, for what arrives while it is erased.
    let end = subject
        .until
        .plus(std::time::Duration::from_secs(40 * 86_400));
    let until = subject.until;
    let day = move |back: u32, anchor| {
        let back = std::time::Duration::from_secs(86_400 * u64::from(back));
        let later = until.plus(std::time::Duration::from_secs(2 * 86_400));
        DayWindow::at(later.minus(back), anchor).name()
    };
    let mut sequences = vec![
        Sequence::one(Place::Keys),
        Sequence::one(Place::Team),
        Sequence::one(Place::Tenant),
        Sequence::one(Place::TemplateSyncs),
        Sequence::one(Place::Templates),
        Sequence::one(Place::Automation),
        Sequence::messages(from, end),
        Sequence::files(Place::FileSources),
        Sequence::files(Place::Files),
        Sequence::contacts(Place::Contacts),
        Sequence::contacts(Place::ContactTerms),
        Sequence::contacts(Place::Aliases),
        Sequence::contacts(Place::Consents),
        Sequence::one(Place::ContactLists),
        Sequence::notices(from, end),
    ];
    for endpoint in &subject.endpoints {
        sequences.push(Sequence::deliveries(*endpoint, from, end));
    }
    sequences.extend([
        Sequence::one(Place::Endpoints),
        Sequence::one(Place::GoneEndpoints),
        Sequence::new(COUNTED_DAYS, move |back| {
            Place::OutboundQuota(day(back, anchor_minutes))
        }),
        Sequence::new(COUNTED_DAYS, move |back| Place::AiQuota(day(back, 0))),
        Sequence::new(COUNTED_DAYS, move |back| Place::Tally(day(back, 0))),
        Sequence::months(from, end, 1, |month, _| Place::CallbackLog(month)),
        Sequence::months(from, end, 1, |month, _| Place::Audit(month)),
        Sequence::one(Place::ContactJobs),
        Sequence::one(Place::DataJobs),
    ]);
    sequences
}

/// Removes what it meets.
pub(super) struct Eraser<'a> {
    pub(super) platform: &'a Platform,
    pub(super) subject: &'a Subject,
    /// How much it removed, by kind.
    pub(super) erased: super::show::Counts,
}

/// What leads to somebody of a team.
#[derive(Deserialize)]
struct Person {
    email: EmailAddress,
    #[serde(default)]
    oidc: Vec<String>,
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
    /// Removes things of one kind with what they lead to: that first, so that a cut leaves nothing that is not found.
    async fn forget(&mut self, entity: Entity, things: Vec<Thing>) -> Result<(), Error> {
        let (store, tenant) = (self.platform.store(), &self.subject.tenant);
        match entity {
            // It goes in the end: until then it says that there is something to erase.
            Entity::Tenant => return Ok(()),
            Entity::Message => {
                self.forget_messages(&things).await?;
                self.erased.add("messages", things.len());
                return Ok(());
            }
            Entity::KeyListItem => {
                for thing in &things {
                    if let Some(hash) = thing.json("hash") {
                        let hash: ApiKeyHash = read(hash)?;
                        store.forget_api_key(&hash).await?;
                    }
                }
                crash_point!("data.keys_dead");
                self.erased.add("keys", things.len());
            }
            Entity::User => {
                let people = things.iter().map(|thing| Ok(thing.record()?));
                let people: Vec<Person> = people.collect::<Result<_, Error>>()?;
                let (emails, oidc): (Vec<_>, Vec<_>) =
                    people.into_iter().map(|p| (p.email, p.oidc)).unzip();
                store.forget_people(tenant, &emails, &oidc.concat()).await?;
                self.erased.add("people", things.len());
            }
            Entity::Channel => {
                let channels = things.iter().filter_map(|thing| thing.text("id"));
                let ids = channels.filter_map(|id| id.parse().ok());
                let slots: Vec<Place> = ids.map(Place::Slots).collect();
                store.forget_places(tenant, &slots).await?;
                self.erased.add("channels", things.len());
            }
            Entity::Contact => {
                let contacts = things.iter().map(|thing| Ok(thing.record()?));
                let contacts: Vec<ContactRecord> = contacts.collect::<Result<_, Error>>()?;
                let places = contacts.iter().flat_map(beside);
                store
                    .forget_places(tenant, &places.collect::<Vec<_>>())
                    .await?;
                self.erased.add("contacts", things.len());
            }
            Entity::ConsentListItem => {
                let peers = things.iter().map(|thing| thing.sk().to_owned());
                let places: Vec<Place> = peers.map(Place::Conversations).collect();
                store.forget_places(tenant, &places).await?;
                self.erased.add("consents", things.len());
            }
            Entity::Delivery => {
                let attempts = things.iter().filter_map(|thing| {
                    let endpoint = thing.partition_part(2)?.parse().ok()?;
                    Some(Place::Attempts(endpoint, thing.id()?))
                });
                let attempts: Vec<Place> = attempts.collect();
                store.forget_places(tenant, &attempts).await?;
                self.erased.add("deliveries", things.len());
            }
            Entity::Notice => self.erased.add("notices", things.len()),
            Entity::Endpoint => self.erased.add("webhooks", things.len()),
            Entity::Audit => self.erased.add("audit", things.len()),
            Entity::Template => self.erased.add("templates", things.len()),
            Entity::Rule => self.erased.add("rules", things.len()),
            Entity::ContactTerm
            | Entity::Alias
            | Entity::ContactList
            | Entity::ContactListCount
            | Entity::KeyCount
            | Entity::KeyCopy
            | Entity::UserCount
            | Entity::EndpointCount
            | Entity::GoneEndpoint
            | Entity::FileSource
            | Entity::File
            | Entity::OutboundQuota
            | Entity::Tally
            | Entity::CallbackLog
            | Entity::DataJob
            | Entity::ContactJob
            | Entity::TemplateSync
            | Entity::Automation
            | Entity::AiQuota => {}
            // They are removed with what leads to them, or go by themselves; the tests of `reach` say which.
            Entity::ApiKey
            | Entity::EmailLookup
            | Entity::OidcLookup
            | Entity::Slots
            | Entity::Wamid
            | Entity::Amendments
            | Entity::AutomationRun
            | Entity::MediaUse
            | Entity::Conversation
            | Entity::Consent
            | Entity::Attempt
            | Entity::TenantListItem
            | Entity::Idempotency
            | Entity::Outbox
            | Entity::Limit => return Ok(()),
        }
        Ok(store.forget(&things).await?)
    }

    async fn forget_messages(&self, things: &[Thing]) -> Result<(), Error> {
        let (store, tenant) = (self.platform.store(), &self.subject.tenant);
        let peers: BTreeSet<&str> = things
            .iter()
            .filter_map(|thing| thing.text("peer"))
            .collect();
        let peers: Vec<Place> = peers
            .into_iter()
            .map(|peer| Place::Conversations(peer.to_owned()))
            .collect();
        store.forget_places(tenant, &peers).await?;
        let messages = Messages {
            platform: self.platform,
            tenant,
            endpoints: &[],
            with_files: false,
        };
        messages.forget(things).await
    }
}

/// Where a contact's conversations lie. Those of one who turned out to be another are that one's.
fn beside(record: &ContactRecord) -> Vec<Place> {
    let keys: BTreeSet<&Recipient> = match record.merged_into {
        Some(_) => BTreeSet::new(),
        None => record.keys.iter().chain([&record.peer]).collect(),
    };
    let keys = keys.into_iter().map(|key| key.as_str().to_owned());
    keys.map(Place::Conversations).collect()
}

/// Removes the tenant's objects until there are none. Says whether that is so.
pub(super) async fn objects(
    platform: &Platform,
    subject: &Subject,
    deadline: Instant,
    erased: &mut super::show::Counts,
) -> Result<bool, Error> {
    for prefix in tenant_prefixes(&subject.tenant) {
        loop {
            match platform.blobs()?.remove_some(&prefix).await? {
                0 => break,
                some => erased.add("files", some),
            }
            crash_point!("data.objects_erased");
            if Instant::now() >= deadline {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Removes the tenant itself, when nothing of it is left.
pub(super) async fn finish(platform: &Platform, subject: &Subject) -> Result<(), Error> {
    let (store, tenant) = (platform.store(), &subject.tenant);
    store.forget_tenant_list_item(tenant).await?;
    crash_point!("data.tenant_unlisted");
    store.forget_places(tenant, &[Place::Tenant]).await?;
    Ok(())
}

fn read<T: for<'a> Deserialize<'a>>(value: serde_json::Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|error| Error::Internal(Box::new(error)))
}
