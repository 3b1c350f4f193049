//! Every kind of item that the table holds.
//!
//! A key is made of one, so that nothing can be kept that is not named here; and what exports and erases a tenant's data
//! decides for each of them, so that a new one cannot be forgotten there.

macro_rules! entities {
    ($($(#[$about:meta])* $name:ident,)*) => {
        /// A kind of item.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Entity {
            $($(#[$about])* $name,)*
        }

        impl Entity {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

entities! {
    /// What an API key's hash leads to: its tenant, its rights, its minute.
    ApiKey,
    /// A tenant.
    Tenant,
    /// A number that a tenant sends and receives by.
    Channel,
    /// The slots that a channel hands out.
    Slots,
    /// The outbound messages of a day.
    OutboundQuota,
    /// A message.
    Message,
    /// The message that WhatsApp knows by an id of its own.
    Wamid,
    /// What was done to a message.
    Amendments,
    /// A contact.
    Contact,
    /// A word, a tag or a list by which a contact is found.
    ContactTerm,
    /// A number or an id that leads to a contact.
    Alias,
    /// A list of contacts.
    ContactList,
    /// How many of them there are.
    ContactListCount,
    /// Whether a customer wants to be written to.
    Consent,
    /// A customer in the list of all who said so.
    ConsentListItem,
    /// That a message has a file which others may have too.
    MediaUse,
    /// Where a file that was sent came from, and whether it is still the same there.
    FileSource,
    /// A file that is sent, and WhatsApp's ids of it.
    File,
    /// A callback of WhatsApp's that is no message.
    Notice,
    /// The talk with one peer over one channel.
    Conversation,
    /// An idempotency key.
    Idempotency,
    /// A webhook endpoint.
    Endpoint,
    /// How many of them there are.
    EndpointCount,
    /// An endpoint that was removed while deliveries to it may still be kept.
    GoneEndpoint,
    /// An event on its way to an endpoint.
    Delivery,
    /// One attempt at a delivery.
    Attempt,
    /// A job that follows from a change of state.
    Outbox,
    /// A count of a day.
    Tally,
    /// A person of a tenant's team.
    User,
    /// How many of them there are.
    UserCount,
    /// Whose an e-mail address is.
    EmailLookup,
    /// Who a subject of an OIDC issuer is.
    OidcLookup,
    /// An API key as its tenant sees it.
    KeyListItem,
    /// How many of them there are.
    KeyCount,
    /// A key's text, sealed, while its creation may be repeated.
    KeyCopy,
    /// An act, by whom and when.
    Audit,
    /// The tries of an account or an address, counted.
    Limit,
    /// A tenant in the list of all.
    TenantListItem,
    /// An export, an erasure or another work through a tenant's data.
    DataJob,
    /// An import or an export of contacts.
    ContactJob,
    /// A callback of WhatsApp's, taken or refused.
    CallbackLog,
    /// A template in one language, as Meta has it.
    Template,
    /// How an account's templates are kept in step with Meta.
    TemplateSync,
    /// How a tenant's automations behave.
    Automation,
    /// A keyword and what it is answered with.
    Rule,
    /// What was done about a customer's message by itself.
    AutomationRun,
    /// The AI's answers of a day.
    AiQuota,
}
