use openwati_core::role::Role;
use openwati_core::scope::{Access, Area};

/// What an endpoint asks of its caller, as a type, so that it is settled before the body is read.
pub trait Permission: Send + Sync {
    /// What the endpoint touches.
    const AREA: Area;
    /// Whether it changes something there.
    const ACCESS: Access;
    /// The least role that may, where that is not the area's alone to say.
    const LEAST: Role = Role::Agent;
    /// Whether an agent may too, as far as it is about the own conversations, which the use case looks after.
    const OWN: bool = false;
}

/// Looking messages up.
#[derive(Debug, Clone, Copy)]
pub enum ReadMessages {}

/// Sending messages.
#[derive(Debug, Clone, Copy)]
pub enum WriteMessages {}

/// Looking webhooks and their deliveries up.
#[derive(Debug, Clone, Copy)]
pub enum ReadWebhooks {}

/// Changing webhooks, and sending events again.
#[derive(Debug, Clone, Copy)]
pub enum WriteWebhooks {}

impl Permission for ReadWebhooks {
    const AREA: Area = Area::Webhooks;
    const ACCESS: Access = Access::Read;
}

impl Permission for WriteWebhooks {
    const AREA: Area = Area::Webhooks;
    const ACCESS: Access = Access::Write;
}

impl Permission for ReadMessages {
    const AREA: Area = Area::Messages;
    const ACCESS: Access = Access::Read;
}

impl Permission for WriteMessages {
    const AREA: Area = Area::Messages;
    const ACCESS: Access = Access::Write;
}

/// Looking at templates.
#[derive(Debug, Clone, Copy)]
pub enum ReadTemplates {}

/// Making, changing and deleting templates.
#[derive(Debug, Clone, Copy)]
pub enum WriteTemplates {}

impl Permission for ReadTemplates {
    const AREA: Area = Area::Templates;
    const ACCESS: Access = Access::Read;
}

impl Permission for WriteTemplates {
    const AREA: Area = Area::Templates;
    const ACCESS: Access = Access::Write;
}

/// Looking at contacts and their lists.
#[derive(Debug, Clone, Copy)]
pub enum ReadContacts {}

/// Making, changing and deleting contacts and their lists.
#[derive(Debug, Clone, Copy)]
pub enum WriteContacts {}

/// Looking at one contact, of an agent's own conversation too.
#[derive(Debug, Clone, Copy)]
pub enum ReadOwnContact {}

/// Changing one contact, of an agent's own conversation too.
#[derive(Debug, Clone, Copy)]
pub enum WriteOwnContact {}

impl Permission for ReadContacts {
    const AREA: Area = Area::Contacts;
    const ACCESS: Access = Access::Read;
}

impl Permission for WriteContacts {
    const AREA: Area = Area::Contacts;
    const ACCESS: Access = Access::Write;
}

impl Permission for ReadOwnContact {
    const AREA: Area = Area::Contacts;
    const ACCESS: Access = Access::Read;
    const OWN: bool = true;
}

impl Permission for WriteOwnContact {
    const AREA: Area = Area::Contacts;
    const ACCESS: Access = Access::Write;
    const OWN: bool = true;
}

/// Looking at auto-reply rules, their settings and their log.
#[derive(Debug, Clone, Copy)]
pub enum ReadRules {}

/// Making, changing and deleting auto-reply rules, and changing their settings.
#[derive(Debug, Clone, Copy)]
pub enum WriteRules {}

impl Permission for ReadRules {
    const AREA: Area = Area::Rules;
    const ACCESS: Access = Access::Read;
}

impl Permission for WriteRules {
    const AREA: Area = Area::Rules;
    const ACCESS: Access = Access::Write;
}

/// Looking at keys, channels, people, the plan and the settings.
#[derive(Debug, Clone, Copy)]
pub enum ReadAccount {}

/// Changing keys, channels, people and settings.
#[derive(Debug, Clone, Copy)]
pub enum WriteAccount {}

impl Permission for ReadAccount {
    const AREA: Area = Area::Account;
    const ACCESS: Access = Access::Read;
}

impl Permission for WriteAccount {
    const AREA: Area = Area::Account;
    const ACCESS: Access = Access::Write;
}

/// Looking at all tenants of the installation.
#[derive(Debug, Clone, Copy)]
pub enum ReadTenants {}

/// Changing any tenant of the installation.
#[derive(Debug, Clone, Copy)]
pub enum WriteTenants {}

impl Permission for ReadTenants {
    const AREA: Area = Area::Account;
    const ACCESS: Access = Access::Read;
    const LEAST: Role = Role::SuperAdmin;
}

impl Permission for WriteTenants {
    const AREA: Area = Area::Account;
    const ACCESS: Access = Access::Write;
    const LEAST: Role = Role::SuperAdmin;
}
