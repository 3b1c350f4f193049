//! Somebody of a team as the API shows them.

use openwati_services::accounts::Person;
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody of a team.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "email": "ada@example.com",
    "name": "Ada",
    "role": "manager",
    "state": "active",
    "invitedUntil": null,
    "lastSeenAt": "2026-06-10T12:34:00Z",
    "createdAt": "2026-06-10T12:00:00Z",
}))]
pub struct User {
    #[schema(format = "uuid")]
    id: String,
    /// The address that they log in with, in lower case.
    email: String,
    /// What they are called.
    name: String,
    /// What they may do.
    #[schema(value_type = UserRole)]
    role: &'static str,
    /// Whether they may come in.
    #[schema(value_type = UserState)]
    state: &'static str,
    /// When their invitation ends; `null` for who has come.
    #[schema(required, format = DateTime)]
    invited_until: Option<String>,
    /// When they last logged in or had their tokens renewed, in a session that lasts.
    #[schema(required, format = DateTime)]
    last_seen_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum UserRole {
    /// Answers the conversations that are assigned to them.
    Agent,
    /// All conversations, campaigns, contacts, rules, templates and figures.
    Manager,
    /// That, and the account's set-up.
    Admin,
    /// That, and the installation's tenants.
    SuperAdmin,
}

/// Whether somebody may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum UserState {
    /// They were invited and have not come yet.
    Invited,
    /// They may.
    Active,
    /// They may not, until an Admin lets them again.
    Disabled,
}

impl From<Person> for User {
    fn from(person: Person) -> Self {
        Self {
            id: person.id.uuid(),
            email: person.email,
            name: person.name,
            role: person.role.name(),
            state: person.state.name(),
            invited_until: person.invited_until.map(|at| at.iso()),
            last_seen_at: person.last_seen_at.map(|at| at.iso()),
            created_at: person.created_at.iso(),
        }
    }
}
