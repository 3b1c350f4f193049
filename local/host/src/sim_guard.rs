//! Who may use the simulated WhatsApp: programs of this machine, and pages that it serves itself.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, HeaderValue, Uri, header};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a request may reach the simulator. The peer has to be of this machine, and so has the name that it was called
/// by: a page of elsewhere can make its own name point here (DNS rebinding). A page of elsewhere that calls this machine
/// by its right name is known by its `Origin`.
pub(crate) fn allows(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let from_here = match headers.get(header::ORIGIN) {
        None => true,
        Some(origin) => {
            let origin = origin
                .to_str()
                .ok()
                .and_then(|origin| origin.parse::<Uri>().ok());
            origin
                .and_then(|origin| origin.host().map(is_loopback))
                .unwrap_or(false)
        }
    };
    let cross_site = headers.get(FETCH_SITE) == Some(&HeaderValue::from_static("cross-site"));
    peer.ip().to_canonical().is_loopback()
        && is_called_by_own_name(headers)
        && from_here
        && !cross_site
}

/// Whether the name that a request was sent to is one of this machine's own.
pub(crate) fn is_called_by_own_name(headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    host.is_some_and(|host| is_loopback(without_port(host)))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    let address = address.parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(peer: &str, headers: &[(&'static str, &str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        });
        allows(peer.parse().unwrap(), &headers.collect())
    }

    #[test]
    fn programs_of_this_machine_may() {
        for host in [
            "127.0.0.1:3000",
            "localhost:3000",
            "LOCALHOST",
            "[::1]:3000",
            "127.8.8.8",
        ] {
            assert!(ask("127.0.0.1:5000", &[("host", host)]), "{host}");
        }
        assert!(ask("[::ffff:127.0.0.1]:5000", &[("host", "localhost")]));
        assert!(ask(
            "[::1]:5000",
            &[("host", "localhost"), ("origin", "http://localhost:3000")]
        ));
    }

    #[test]
    fn names_and_peers_and_pages_of_elsewhere_may_not() {
        for host in [
            "evil.example:3000",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "10.0.0.1",
            "",
        ] {
            assert!(!ask("127.0.0.1:5000", &[("host", host)]), "{host}");
        }
        assert!(!ask("127.0.0.1:5000", &[]));
        assert!(!ask("192.168.1.7:5000", &[("host", "localhost")]));
        for origin in ["https://evil.example", "null"] {
            let headers = [("host", "localhost"), ("origin", origin)];
            assert!(!ask("127.0.0.1:5000", &headers), "{origin}");
        }
        let headers = [("host", "localhost"), ("sec-fetch-site", "cross-site")];
        assert!(!ask("127.0.0.1:5000", &headers));
    }
}
