//! People whom an issuer of OpenID Connect vouches for.
//!
//! The operator names the issuers. A token is an issuer's if one of the issuer's published keys verifies it, by an
//! algorithm of that key's own type: what the token says of algorithms and keys chooses among them and adds nothing. Who
//! may come in is asked of the team: an issuer only says who somebody is.

mod issuer;
mod keys;
mod published;
mod token;

use std::sync::Arc;

use openwati_core::email::EmailAddress;
use openwati_core::time::Moment;
use openwati_store::aws::Documents;

use crate::error::Error;

pub use issuer::BadIssuers;

use issuer::Issuer;
use published::Published;

/// The issuers whose tokens are taken, with their keys as they were published last. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Oidc(Arc<[Arc<Published>]>);

/// Somebody whom an issuer vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The issuer, by its claim `iss`.
    pub issuer: String,
    /// The issuer's own name for them, which stays.
    pub subject: String,
    /// Their address, if the issuer says that it is theirs.
    pub verified_email: Option<EmailAddress>,
}

impl Oidc {
    /// Reads issuers, a JSON array: `[{"issuer": "https://…", "audience": "…"}]`. `audience` may be several; `jwks_uri`
    /// is asked of the issuer where it is not given; `"emails_verified": true` says that the issuer lets nobody log in
    /// whose address it has not verified, for one whose tokens do not say it. An empty text is none.
    ///
    /// `allow_loopback` is for tests and a developer's own machine: issuers may be at `http://127.0.0.1` then.
    ///
    /// # Errors
    /// If it is anything else, or an address is not `https`.
    pub fn parse(
        text: &str,
        documents: &Documents,
        allow_loopback: bool,
    ) -> Result<Self, BadIssuers> {
        let issuers = Issuer::parse_all(text, allow_loopback)?;
        let published = issuers
            .into_iter()
            .map(|issuer| Arc::new(Published::new(issuer, documents.clone())));
        Ok(Self(published.collect()))
    }

    /// Whether tokens of this issuer are taken.
    pub fn knows(&self, issuer: &str) -> bool {
        self.find(issuer).is_some()
    }

    /// Whom a token is about, if it is good.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] if it is not, for whatever reason; [`Error::Unavailable`] if the issuer's keys are not
    /// known and cannot be read.
    pub async fn verify(&self, token: &str, now: Moment) -> Result<Identity, Error> {
        let issuer = openwati_core::session::unverified_issuer(token);
        let published = issuer.and_then(|issuer| self.find(&issuer));
        let published = published.ok_or(Error::Unauthorized)?;
        let header = token::Header::read(token).ok_or(Error::Unauthorized)?;
        let keys = published.keys(header.kid.as_deref(), now).await?;
        let key = keys.find(&header).ok_or(Error::Unauthorized)?;
        token::verify(token, key, published.issuer(), now).ok_or(Error::Unauthorized)
    }

    fn find(&self, issuer: &str) -> Option<&Arc<Published>> {
        self.0
            .iter()
            .find(|published| published.issuer().name == issuer)
    }
}
