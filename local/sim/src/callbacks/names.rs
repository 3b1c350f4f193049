//! Where the names in callbacks' addresses lead.

use std::iter;
use std::net::{Ipv4Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

/// The system's resolver; but names below `localhost` are this machine (RFC 6761, section 6.3), which not every system
/// knows. Emulators of AWS give APIs such names.
#[derive(Debug)]
pub(super) struct Names;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let name = name.as_str();
            if is_local(name) {
                let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                return Ok(Box::new(iter::once(here)) as Addrs);
            }
            // The client puts the address's port in the place of this one.
            let found: Vec<SocketAddr> = lookup_host((name, 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn is_local(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let top = name.rsplit_once('.').map(|(_, top)| top);
    top.is_some_and(|top| top.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_below_localhost_are_this_machine() {
        assert!(is_local("a1b2.execute-api.localhost"));
        assert!(is_local("api.LOCALHOST."));
        for elsewhere in [
            "localhost",
            "localhost.example",
            "notlocalhost",
            "127.0.0.1",
        ] {
            assert!(!is_local(elsewhere), "{elsewhere}");
        }
    }
}
