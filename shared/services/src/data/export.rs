//! Writing a tenant's or a contact's data into the bucket: lines of JSON in numbered parts, each as large as fits into
//! memory, and a manifest in the end.

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::Entity;
use openwati_store::automation::RunRecord;
use openwati_store::blobs::export_key;
use openwati_store::contact::ContactRecord;
use openwati_store::data::{DataJobRecord, Place, Thing};
use openwati_store::message::{MediaState, MessageRecord};
use openwati_store::notice::NoticeRecord;
use serde_json::{Map, Value, json};

use super::erase_contact;
use super::show::Counts;
use super::shown::line;
use super::subject::Subject;
use super::walk::{BEGINNING, Sequence, Visitor};
use crate::error::Error;
use crate::media;
use crate::platform::Platform;

/// How long a part becomes before it is written, in bytes.
const FULL: usize = 3 << 20;

/// The largest content that an item did not hold and an export tells all the same, in bytes.
const LARGEST_WHOLE: usize = 4 << 20;

/// The name of what lists an export's parts.
pub(super) const MANIFEST: &str = "manifest.json";

/// What the parts are called.
pub(super) fn part_name(number: u32) -> String {
    format!("part-{number:05}.ndjson")
}

/// Where everything of a tenant lies that is told.
pub(super) fn of_tenant(subject: &Subject) -> Vec<Sequence> {
    let until = subject.until;
    vec![
        Sequence::one(Place::Tenant),
        Sequence::one(Place::Team),
        Sequence::one(Place::Keys),
        Sequence::one(Place::Endpoints),
        Sequence::one(Place::Templates),
        Sequence::one(Place::Automation),
        Sequence::one(Place::ContactLists),
        Sequence::contacts(Place::Contacts),
        Sequence::contacts(Place::Consents),
        Sequence::messages(BEGINNING, until),
        Sequence::notices(BEGINNING, until),
        Sequence::months(BEGINNING, until, 1, |month, _| Place::Audit(month)),
        Sequence::one(Place::ContactJobs),
        Sequence::one(Place::DataJobs),
    ]
}

/// Where everything of a contact lies.
pub(super) fn of_contact(subject: &Subject) -> Vec<Sequence> {
    let mut sequences = Vec::new();
    for contact in &subject.contacts {
        sequences.push(Sequence::one(Place::Contact(*contact)));
    }
    for peer in &subject.peers {
        let peer = peer.as_str().to_owned();
        sequences.push(Sequence::one(Place::Conversations(peer.clone())));
        sequences.push(Sequence::one(Place::Peer(peer)));
    }
    sequences.push(Sequence::notices(BEGINNING, subject.until));
    sequences
}

/// Writes what it meets into a part.
pub(super) struct Exporter<'a> {
    pub(super) platform: &'a Platform,
    pub(super) subject: &'a Subject,
    pub(super) part: Vec<u8>,
    /// How much it wrote, by kind.
    pub(super) counts: Counts,
}

impl Visitor for Exporter<'_> {
    async fn page(&mut self, _: &Place, things: Vec<Thing>) -> Result<(), Error> {
        let Some(entity) = things.first().map(|thing| thing.entity) else {
            return Ok(());
        };
        match entity {
            Entity::Message => self.messages(things).await,
            Entity::Contact => self.contacts(things).await,
            Entity::ConsentListItem => self.consents(things).await,
            Entity::Notice => self.notices(things).await,
            Entity::KeyListItem | Entity::KeyCount | Entity::KeyCopy => self.keys(things).await,
            _ => {
                for thing in &things {
                    self.tell(line(thing));
                }
                Ok(())
            }
        }
    }

    fn is_full(&self) -> bool {
        self.part.len() >= FULL
    }
}

impl Exporter<'_> {
    fn tell(&mut self, line: Option<Map<String, Value>>) {
        let Some(line) = line else { return };
        if let Some(kind) = line.get("type").and_then(Value::as_str) {
            self.counts.add(kind, 1);
        }
        self.part
            .extend(Value::Object(line).to_string().into_bytes());
        self.part.push(b'\n');
    }

    /// Messages with what was done to them and what answered them by itself, and where their files are.
    async fn messages(&mut self, things: Vec<Thing>) -> Result<(), Error> {
        let (store, tenant) = (self.platform.store(), &self.subject.tenant);
        let wamids: Vec<&str> = things
            .iter()
            .filter_map(|thing| thing.text("wamid"))
            .collect();
        let incoming = things
            .iter()
            .filter(|thing| thing.text("direction") == Some("in"));
        let incoming: Vec<Id> = incoming.filter_map(Thing::id).collect();
        let (mut amendments, mut runs) = tokio::try_join!(
            store.amendments(tenant, &wamids),
            store.automation_runs(tenant, &incoming),
        )?;
        for thing in &things {
            if !self.subject.reaches(thing.id()) {
                continue;
            }
            let record: MessageRecord = thing.record()?;
            let amended = record.wamid.as_deref().and_then(|w| amendments.remove(w));
            let Some(mut line) = line(thing) else {
                continue;
            };
            if let Some(amended) = amended {
                line.insert(
                    "amendments".to_owned(),
                    json!({
                        "text": amended.text,
                        "editedBy": amended.edited_by.map(Id::uuid),
                        "revokedBy": amended.revoked_by.map(Id::uuid),
                        "customersEmoji": amended.emoji_in,
                        "ownEmoji": amended.emoji_out,
                    }),
                );
            }
            if let Some(run) = runs.remove(&record.id) {
                line.insert("automation".to_owned(), answered(&run));
            }
            if let Some(file) = file(self.platform, tenant, &record)? {
                line.insert("media".to_owned(), file);
            }
            if let Some(name) = whole_name(&line) {
                let whole = self.whole(&name).await?;
                line.insert("whole".to_owned(), whole);
            }
            self.tell(Some(line));
        }
        Ok(())
    }

    /// Contacts: of a tenant each with the conversations.
    async fn contacts(&mut self, things: Vec<Thing>) -> Result<(), Error> {
        let of_contact = !self.subject.peers.is_empty();
        for thing in &things {
            self.tell(line(thing));
            let record: ContactRecord = thing.record()?;
            if of_contact || record.merged_into.is_some() {
                continue;
            }
            self.of_peer(record.peer.as_str(), Entity::Conversation)
                .await?;
        }
        Ok(())
    }

    /// What peers said of being written to.
    async fn consents(&mut self, things: Vec<Thing>) -> Result<(), Error> {
        for thing in &things {
            self.of_peer(thing.sk(), Entity::Consent).await?;
        }
        Ok(())
    }

    /// What lies beside a peer's conversations, of one kind.
    async fn of_peer(&mut self, peer: &str, entity: Entity) -> Result<(), Error> {
        let (store, tenant) = (self.platform.store(), &self.subject.tenant);
        let place = Place::Conversations(peer.to_owned());
        for thing in store.walk_whole(tenant, &place).await? {
            if thing.entity == entity {
                self.tell(line(&thing));
            }
        }
        Ok(())
    }

    /// Callbacks: of a contact those that name them.
    async fn notices(&mut self, things: Vec<Thing>) -> Result<(), Error> {
        let of_contact = !self.subject.peers.is_empty();
        for thing in &things {
            let record: NoticeRecord = thing.record()?;
            let names = erase_contact::names(self.platform, self.subject, &record);
            if of_contact && !names.await? {
                continue;
            }
            let Some(mut line) = line(thing) else {
                continue;
            };
            if let Some(name) = &record.whole {
                let whole = self.whole(name).await?;
                line.insert("value".to_owned(), whole);
            }
            self.tell(Some(line));
        }
        Ok(())
    }

    /// Keys with what they may, which stands where they lead.
    async fn keys(&mut self, things: Vec<Thing>) -> Result<(), Error> {
        let store = self.platform.store();
        for thing in &things {
            let Some(mut line) = line(thing) else {
                continue;
            };
            if let Some(id) = thing.id()
                && let Some(key) = store.api_key(&self.subject.tenant, id).await?
            {
                line.insert("name".to_owned(), key.record.name.into());
                line.insert("scopes".to_owned(), key.record.scopes.into());
                line.insert("role".to_owned(), key.record.role.name().into());
                line.insert("enabled".to_owned(), key.record.enabled.into());
                line.insert("perMinute".to_owned(), key.record.per_minute.into());
                let expires = key.record.expires_at.map(|at| at.iso());
                line.insert("expires_at".to_owned(), expires.into());
            }
            self.tell(Some(line));
        }
        Ok(())
    }

    /// What no item held.
    async fn whole(&self, name: &str) -> Result<Value, Error> {
        let whole = self.platform.blobs()?.whole(name, LARGEST_WHOLE).await?;
        let value = whole.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Ok(value.unwrap_or(Value::Null))
    }

    /// Writes the part, if there is anything in it.
    pub(super) async fn write(
        &mut self,
        tenant: &TenantId,
        job: &mut DataJobRecord,
    ) -> Result<(), Error> {
        if self.part.is_empty() {
            return Ok(());
        }
        // Cut before its record tells of it, it is written again under the same name.
        let key = export_key(tenant, job.id, &part_name(job.parts + 1));
        let part = std::mem::take(&mut self.part);
        let blobs = self.platform.blobs()?;
        blobs.put_export(&key, "application/x-ndjson", part).await?;
        crash_point!("data.part_written");
        job.parts += 1;
        Ok(())
    }
}

/// Writes what lists the parts, when all are there.
pub(super) async fn finish(
    platform: &Platform,
    subject: &Subject,
    job: &DataJobRecord,
) -> Result<(), Error> {
    let parts: Vec<String> = (1..=job.parts).map(part_name).collect();
    let manifest = json!({
        "format": 1,
        "tenant": subject.tenant,
        "contacts": subject.contacts.iter().map(|id| id.uuid()).collect::<Vec<_>>(),
        "askedAt": job.created_at.iso(),
        "counts": job.counts,
        "parts": parts,
    });
    let key = export_key(&subject.tenant, job.id, MANIFEST);
    let body = manifest.to_string().into_bytes();
    let blobs = platform.blobs()?;
    Ok(blobs.put_export(&key, "application/json", body).await?)
}

/// What is told of how a message was answered by itself.
fn answered(run: &RunRecord) -> Value {
    let answers: Vec<String> = run.answers.iter().map(|id| id.uuid()).collect();
    json!({
        "outcome": run.outcome,
        "rule": run.rule.map(Id::uuid),
        "keyword": run.keyword,
        "answers": answers,
        "reason": run.reason,
        "model": run.model,
        "language": run.language,
        "at": run.at.iso(),
    })
}

/// What is told of a message's file.
fn file(
    platform: &Platform,
    tenant: &TenantId,
    record: &MessageRecord,
) -> Result<Option<Value>, Error> {
    let Some(file) = &record.media else {
        return Ok(None);
    };
    let link = match file.state {
        MediaState::Stored => Some(media::link(
            platform,
            tenant,
            record.id,
            file.link_generation,
        )?),
        _ => None,
    };
    Ok(Some(json!({
        "kind": file.kind,
        "mimeType": file.mime_type,
        "fileName": file.file_name,
        "size": file.size,
        "path": file.key,
        "link": link,
        "reason": file.reason,
    })))
}

fn whole_name(line: &Map<String, Value>) -> Option<String> {
    let whole = line.get("content")?.get("whole")?.as_str()?;
    Some(whole.to_owned())
}
