//! From a name to the addresses that a connection may go to.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use futures::future::BoxFuture;
use openwati_core::address::AddressKind;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::policy::Policy;

/// Who knows the addresses of a name.
pub(super) trait Lookup: Send + Sync {
    /// All addresses of a name.
    fn addresses(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The system's resolver.
pub(super) struct SystemLookup;

impl Lookup for SystemLookup {
    fn addresses(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let host = (name.to_owned(), 0);
        Box::pin(async move {
            let found = tokio::net::lookup_host(host).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Looks a name up once and hands on what was checked, or nothing.
pub(super) struct CheckedLookup {
    pub(super) policy: Policy,
    pub(super) lookup: Arc<dyn Lookup>,
}

/// A name that leads, also or only, to where nobody may be let.
#[derive(Debug, thiserror::Error)]
#[error("a {0} address")]
pub(super) struct Refused(pub(super) AddressKind);

impl Resolve for CheckedLookup {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy;
        let found = self.lookup.addresses(name.as_str());
        Box::pin(async move {
            let addresses = found.await?;
            if addresses.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            for address in &addresses {
                policy.admit_address(*address).map_err(Refused)?;
            }
            // The port 0 stands for that of the URL.
            let addresses = addresses.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
