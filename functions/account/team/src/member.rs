//! Somebody of the team, and links, as the API shows them.

use openwati_core::secret::Secret;
use openwati_services::accounts::Person;
use openwati_services::team;
use openwati_web::user::User;
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody of the team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneUser {
    user: User,
}

impl From<Person> for OneUser {
    fn from(person: Person) -> Self {
        Self {
            user: person.into(),
        }
    }
}

/// A link that lets somebody in. It is shown once: hand it over by a way that you trust.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Link {
    /// Where it leads; the token stands behind `#token=`.
    #[schema(value_type = String)]
    url: Secret<String>,
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<team::Link> for Link {
    fn from(link: team::Link) -> Self {
        Self {
            url: link.url,
            expires_at: link.expires_at.iso(),
        }
    }
}

/// Somebody who was invited.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitedUser {
    user: User,
    /// What lets them in; `null` where the installation mails it.
    #[schema(required)]
    invitation: Option<Link>,
}

impl From<team::Invited> for InvitedUser {
    fn from(invited: team::Invited) -> Self {
        Self {
            user: invited.person.into(),
            invitation: invited.link.map(Link::from),
        }
    }
}
