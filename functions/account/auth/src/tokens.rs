//! What somebody gets who has come in.

use openwati_core::secret::Secret;
use openwati_services::accounts;
use openwati_web::error_responses;
use openwati_web::user::User;
use serde::Serialize;
use utoipa::ToSchema;

/// What somebody works with from now on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tokens {
    /// Goes with every request, as `Authorization: Bearer …`.
    #[schema(value_type = String)]
    access_token: Secret<String>,
    /// How it goes with a request.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds that the access token is good.
    #[schema(example = 900)]
    expires_in: u64,
    /// Gets the next two, once, within 30 days.
    #[schema(value_type = String)]
    refresh_token: Secret<String>,
    user: User,
    /// The id of their tenant.
    #[schema(example = "1234567890")]
    tenant_id: String,
}

impl From<accounts::Tokens> for Tokens {
    fn from(tokens: accounts::Tokens) -> Self {
        Self {
            access_token: tokens.access,
            token_type: "Bearer",
            expires_in: tokens.expires_in.as_secs(),
            refresh_token: tokens.refresh,
            user: tokens.person.into(),
            tenant_id: tokens.tenant.to_string(),
        }
    }
}

/// That it is done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Done {
    #[schema(example = true)]
    ok: bool,
}

impl Done {
    pub(crate) const YES: Self = Self { ok: true };
}

error_responses! {
    /// What every operation without a key may answer.
    OpenErrors {
        "413": "The body is too large." ["payload_too_large"],
        "429": "There were too many tries from this address or of this account; `Retry-After` says when the next one may be." ["too_many_tries"],
        "500": "A fault of ours." ["internal"],
        "503": "The service is busy: try again." ["unavailable"],
    }
}
