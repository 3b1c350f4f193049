//! Which URLs may be asked for.

use std::net::IpAddr;

use openwati_core::address::AddressKind;
use url::{Host, Url};

use super::ports;

/// Longer URLs are refused: more than browsers and servers agree on.
const LONGEST_URL: usize = 2048;

/// DNS takes no longer names and labels: RFC 1035, 2.3.4.
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

/// The ends of names that mean something in one network only: RFC 6761, 6762, 8375, ICANN's `internal`, and what home
/// routers and offices made up.
const LOCAL: [&str; 9] = [
    "corp",
    "home",
    "home.arpa",
    "internal",
    "intranet",
    "lan",
    "local",
    "localdomain",
    "localhost",
];

/// Why a URL is refused before anything is asked. The text is for the person who gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// It is no URL, or has spaces in it.
    #[error("this is not a valid URL: it is absolute, and a space in it is written %20")]
    Syntax,
    /// It is longer than 2048 bytes.
    #[error("the URL is longer than {LONGEST_URL} characters")]
    TooLong,
    /// It is neither `https` nor, where private URLs are allowed, `http`.
    #[error("the URL must begin with https://")]
    Scheme,
    /// It holds a user's name or a password.
    #[error("the URL must not hold a user name or a password")]
    UserInfo,
    /// Its host can not be a name in DNS.
    #[error("the URL has no valid host name")]
    Host,
    /// Its host has a name that only means something in one network, like `localhost`.
    #[error("the URL must name a host of the public internet")]
    PrivateName,
    /// Its port belongs to another protocol.
    #[error("port {0} is not one for HTTP")]
    Port(u16),
    /// Its host is an address that nobody may be let to.
    #[error("the URL must lead to the public internet, and this address is {0}")]
    Address(AddressKind),
}

impl GuardError {
    /// A name for programs, which stays.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax => "url_invalid",
            Self::TooLong => "url_too_long",
            Self::Scheme => "url_scheme_refused",
            Self::UserInfo => "url_user_info_refused",
            Self::Host => "url_host_invalid",
            Self::PrivateName => "url_host_refused",
            Self::Port(_) => "url_port_refused",
            Self::Address(_) => "url_address_refused",
        }
    }
}

/// How far users may reach.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) allow_private: bool,
}

impl Policy {
    /// Reads a URL as a user wrote it.
    pub(super) fn parse(self, text: &str) -> Result<Url, GuardError> {
        let text = text.trim();
        if text.len() > LONGEST_URL {
            return Err(GuardError::TooLong);
        }
        // The parser leaves tabs and line feeds out, and the user would store something else than they see.
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(GuardError::Syntax);
        }
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::EmptyHost | url::ParseError::IdnaError => GuardError::Host,
            _ => GuardError::Syntax,
        })?;
        self.admit_url(url)
    }

    /// The URL as it is asked for, if it may be.
    pub(super) fn admit_url(self, mut url: Url) -> Result<Url, GuardError> {
        match url.scheme() {
            "https" => {}
            "http" if self.allow_private => {}
            _ => return Err(GuardError::Scheme),
        }
        if url.as_str().len() > LONGEST_URL {
            return Err(GuardError::TooLong);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(GuardError::UserInfo);
        }
        if let Some(port) = url.port().filter(|port| ports::is_bad(*port)) {
            return Err(GuardError::Port(port));
        }
        let rooted = match url.host() {
            None => return Err(GuardError::Host),
            Some(Host::Ipv4(address)) => self.admit_written(address.into()).map(|()| None)?,
            Some(Host::Ipv6(address)) => self.admit_written(address.into()).map(|()| None)?,
            Some(Host::Domain(name)) => {
                let bare = name.strip_suffix('.');
                self.admit_name(bare.unwrap_or(name))?;
                bare.map(str::to_owned)
            }
        };
        // `example.com.` is `example.com`, but certificates and connections know one spelling.
        if let Some(name) = rooted {
            url.set_host(Some(&name)).map_err(|_| GuardError::Host)?;
        }
        // It is never sent.
        if url.fragment().is_some() {
            url.set_fragment(None);
        }
        Ok(url)
    }

    /// Whether a connection to the address may be made; what kind it is if not.
    pub(super) fn admit_address(self, address: IpAddr) -> Result<(), AddressKind> {
        let kind = AddressKind::of(address);
        let admitted = match self.allow_private {
            true => kind.is_public_or_private(),
            false => kind.is_public(),
        };
        admitted.then_some(()).ok_or(kind)
    }

    fn admit_written(self, address: IpAddr) -> Result<(), GuardError> {
        self.admit_address(address).map_err(GuardError::Address)
    }

    fn admit_name(self, name: &str) -> Result<(), GuardError> {
        let mut labels = name.split('.');
        if name.len() > LONGEST_NAME
            || labels.any(|label| label.is_empty() || label.len() > LONGEST_LABEL)
        {
            return Err(GuardError::Host);
        }
        if !self.allow_private && is_local(name) {
            return Err(GuardError::PrivateName);
        }
        Ok(())
    }
}

fn is_local(name: &str) -> bool {
    let below = |end: &str| {
        name.strip_suffix(end)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !name.contains('.') || LOCAL.into_iter().any(below)
}
