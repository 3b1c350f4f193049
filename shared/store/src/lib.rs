//! What is kept, and where: DynamoDB by entity, the queues and the bucket.
//!
//! This is the only place that knows keys and indexes. There is one table, `pk` and `sk`, with two indexes of keys
//! alone. Every key begins with the tenant, but for those of look-ups, which lead to a tenant (an API key, an e-mail address,
//! an issuer's subject, the list of tenants), and of counts of tries, which are nobody's. Every kind of item is named in
//! [`Entity`].
//!
//! | what | `pk` | `sk` | read by |
//! | --- | --- | --- | --- |
//! | API key | `key#<sha256>` | `key` | its hash: authentication and the minute's count in one conditional update |
//! | API key as its tenant sees it | `<tenant>#keys` | `<id>` | all of the tenant in one query, or its id |
//! | number of API keys | `<tenant>#keys` | `#count` | the transactions that make and remove one |
//! | text of a key, sealed for a day | `<tenant>#keys` | `#copy#<id>` | the key's id, where its creation is repeated |
//! | tenant in the list of all | `tenants` | `<tenant>` | all of them in one query |
//! | tenant | `<tenant>` | `tenant` | with its channels in one query |
//! | channel | `<tenant>` | `channel#<id>` | the same query, or its id |
//! | slots of a channel | `<tenant>#slots#<channel>` | `slots` | one conditional update a send |
//! | outbound messages of a day | `<tenant>#outbound#<day>` | `quota` | one conditional update a send |
//! | message | `<tenant>#messages#<year and month>#<shard>` | `<id>` | its id, which names the partition; by time over 8 shards |
//! | message by WhatsApp's id | `<tenant>#wamid#<wamid>` | `wamid` | the wamid |
//! | what was done to a message | `<tenant>#wamid#<wamid>` | `amendments` | the wamid, for a whole page of messages in one batch |
//! | contact | `<tenant>#contacts#<shard>` | `<id>` | its id; newest first over 8 shards, which works through a tenant's data walk through too |
//! | what a contact is found by | `<tenant>#contact-terms#<the contact's shard>` | `name:<word>#<contact>`, `full:<name>#<contact>`, `tag:<tag>#<contact>`, `list:<list>#<contact>` | the term, or how it begins, over 8 shards |
//! | alias of a contact | `<tenant>#aliases#<shard>` | `phone:<digits>`, `user:<bsuid>` | the number or id, all of a customer in one batch; how a number begins, over 8 shards |
//! | list of contacts | `<tenant>#contact-lists` | `<id>` | its id; all of the tenant in one query |
//! | number of lists of contacts | `<tenant>#contact-lists` | `#count` | the transactions that change one |
//! | what a peer said of being written to | `<tenant>#peer#<peer>` | `consent` | the peer, with the conversations in one query |
//! | peer who said so | `<tenant>#consents#<shard>` | `<peer>` | works through a tenant's data, over 8 shards |
//! | callback that is no message | `<tenant>#callbacks#<year and month>` | `<id>` | by time |
//! | message that has a file | `<tenant>#media#<sha256>` | `<message>` | the file, when a message of it goes |
//! | where a file that was sent came from | `<tenant>#file-sources#<shard>` | `<sha256 of where>` | the URL or upload; works through a tenant's data, over 8 shards |
//! | file that is sent | `<tenant>#files#<shard>` | `<sha256>` | its digest; works through a tenant's data, over 8 shards |
//! | conversation | `<tenant>#peer#<peer>` | `conversation#<channel>` | the peer, over all channels in one query |
//! | idempotency key | `<tenant>#idempotency#<sha256>` | `key` | the key |
//! | webhook endpoint | `<tenant>#endpoints` | `<id>` | all of the tenant in one query, or its id |
//! | delivery of an event | `<tenant>#deliveries#<endpoint>#<year and month>#<shard>` | `<id>` | its id and endpoint; by time over 8 shards |
//! | attempt at a delivery | `<tenant>#attempts#<endpoint>#<delivery>` | `<number>` | the delivery |
//! | number of endpoints | `<tenant>#endpoints` | `#count` | the transactions that make and remove one |
//! | somebody of a team | `<tenant>#team` | `<id>` | all of the tenant in one query, or their id: authentication and the minute's count in one conditional update |
//! | number of a team's people | `<tenant>#team` | `#count` | the transactions that change it |
//! | whose an e-mail address is | `email#<sha256>` | `email` | the address |
//! | who an issuer's subject is | `oidc#<sha256>` | `oidc` | the issuer and the subject |
//! | tries of an account or address | `limit#<kind>#<sha256>#<window>` | `limit` | one conditional update a try |
//! | what became of callbacks | `<tenant>#callback-log#<year and month>` | `<id>` | by time, newest first |
//! | act of the audit log | `<tenant>#audit#<year and month>` | `<id>` | by time |
//! | endpoint that was removed | `<tenant>#gone-endpoints` | `<id>` | works through a tenant's data |
//! | work through a tenant's data | `<tenant>#data-jobs` | `<id>` | its id; all of the tenant in one query |
//! | import or export of contacts | `<tenant>#contact-jobs` | `import#<id>`, `export#<id>` | its id; all of a kind in one query |
//! | template in one language | `<tenant>#templates` | `<name>#<language>#<WABA>` | its name, in all languages in one query; all of the tenant |
//! | how templates are kept in step | `<tenant>#template-syncs` | `<WABA>` | its account; all of the tenant in one query |
//! | how automations behave | `<tenant>#automation` | `settings` | with whoever writes, in one batch |
//! | rule | `<tenant>#automation` | `rule#<id>` | its id; all of the tenant in one query, where they changed |
//! | what was answered by itself | `<tenant>#automation-runs#<year and month>#<shard>` | `<id>` | its id, which follows from the message's; by time over 8 shards |
//! | the AI's answers of a day | `<tenant>#ai#<day>` | `quota` | one conditional update an answer |
//! | outbox item | `<tenant>#outbox#<id>` | `outbox` | its id |
//! | tally of a day | `<tenant>#tally#<day>` | `<what>` | the day |
//!
//! Index `peer` (`peer_key`, `sk`): the messages of a peer by time. Index `due` (`due_shard`, `due_at`): what has to be
//! looked at by a time: over 16 shards claimed messages while their outcome is open, outbox items, tenants that do not
//! keep their messages for ever, and accounts whose templates are read anew each hour; over 8 shards of
//! their own deliveries whose next step is far away.

pub mod alias;
pub mod api_key;
pub mod audit;
pub mod automation;
pub mod aws;
pub mod blobs;
pub mod callback_log;
pub mod channel;
pub mod consent;
pub mod contact;
pub mod contact_job;
pub mod contact_list;
pub mod conversation;
pub mod data;
pub mod delivery;
pub mod due;
pub mod endpoint;
pub mod entity;
pub mod error;
pub mod file;
pub mod idempotency;
pub mod limit;
pub mod message;
pub mod notice;
pub mod outbox;
pub mod queues;
pub mod quota;
pub mod slots;
pub mod tally;
pub mod template;
pub mod template_sync;
pub mod tenant;
pub mod user;

mod batch;
mod changes;
mod counter;
mod item;
mod keys;
mod on_use;
mod store;
mod transaction;

pub use blobs::Blobs;
pub use entity::Entity;
pub use error::StoreError;
pub use keys::{DELIVERY_SHARDS, MESSAGE_SHARDS};
pub use on_use::OnUse;
pub use queues::Queues;
pub use store::Store;
