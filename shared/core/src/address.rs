//! Which IP addresses belong to the public internet.
//!
//! A URL that a user gives may lead to any public host and to nothing else: not to this machine, not to its
//! neighbours, and not to what hands out the machine's credentials. The ranges are those of IANA's special-purpose
//! address registries (RFC 6890 and its successors), read strictly: IPv4 is public unless a row below says otherwise,
//! IPv6 only inside of the unicast space that IANA hands out, `2000::/3`, less the rows below.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use ipnet::{Ipv4Net, Ipv6Net};

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressKind {
    /// A host of the public internet.
    Public,
    /// This machine.
    Loopback,
    /// A host of a private network: RFC 1918, and IPv6's unique local and site-local addresses, less those at which
    /// clouds answer with credentials.
    Private,
    /// A host behind a carrier's translator, or of an overlay network: RFC 6598.
    Shared,
    /// A neighbour on the wire, and `169.254.169.254`, where clouds answer with credentials.
    LinkLocal,
    /// What stands for no address or for "this network". Linux takes `0.0.0.0` for this machine.
    Unspecified,
    /// A group of hosts, or all of them.
    Multicast,
    /// A range for examples or for measurements, which nobody routes.
    Documentation,
    /// An IPv6 address that carries an IPv4 one, or a tunnel to it: mapped, compatible, translated, NAT64, 6to4, Teredo.
    /// Where it leads is for a gateway to say, so that all are refused, whatever they carry.
    Embedded,
    /// Kept for protocols, clouds' own services, credentials among them, or a later day.
    Reserved,
}

impl AddressKind {
    /// What the address is for.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }

    /// Whether users may be let to it from everywhere.
    pub fn is_public(self) -> bool {
        self == Self::Public
    }

    /// Whether users may be let to it on a machine of their own: public, or this machine and its private networks.
    /// Nobody has a server of their own at the other kinds, and among those is a cloud's door to its credentials.
    pub fn is_public_or_private(self) -> bool {
        matches!(
            self,
            Self::Public | Self::Loopback | Self::Private | Self::Shared
        )
    }

    /// A word for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::Shared => "shared (CGNAT)",
            Self::LinkLocal => "link-local",
            Self::Unspecified => "unspecified",
            Self::Multicast => "multicast",
            Self::Documentation => "documentation",
            Self::Embedded => "IPv4-in-IPv6",
            Self::Reserved => "reserved",
        }
    }
}

impl fmt::Display for AddressKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

fn of_v4(address: Ipv4Addr) -> AddressKind {
    V4.iter()
        .find(|(net, _)| net.contains(&address))
        .map_or(AddressKind::Public, |(_, kind)| *kind)
}

fn of_v6(address: Ipv6Addr) -> AddressKind {
    let otherwise = if UNICAST.contains(&address) {
        AddressKind::Public
    } else {
        AddressKind::Reserved
    };
    V6.iter()
        .find(|(net, _)| net.contains(&address))
        .map_or(otherwise, |(_, kind)| *kind)
}

/// What of IPv4 is not public. The first range that holds an address counts.
const V4: &[(Ipv4Net, AddressKind)] = &[
    (v4([0, 0, 0, 0], 8), AddressKind::Unspecified),
    (v4([10, 0, 0, 0], 8), AddressKind::Private),
    // Alibaba Cloud's metadata, among carriers' addresses.
    (v4([100, 100, 100, 200], 32), AddressKind::Reserved),
    (v4([100, 64, 0, 0], 10), AddressKind::Shared),
    (v4([127, 0, 0, 0], 8), AddressKind::Loopback),
    // Azure's channel between a machine and its host, with a public address.
    (v4([168, 63, 129, 16], 32), AddressKind::Reserved),
    (v4([169, 254, 0, 0], 16), AddressKind::LinkLocal),
    (v4([172, 16, 0, 0], 12), AddressKind::Private),
    // Protocols: DS-Lite, NAT64 discovery, and Oracle's metadata.
    (v4([192, 0, 0, 0], 24), AddressKind::Reserved),
    (v4([192, 0, 2, 0], 24), AddressKind::Documentation),
    // 6to4 relays, given up by RFC 7526.
    (v4([192, 88, 99, 0], 24), AddressKind::Reserved),
    (v4([192, 168, 0, 0], 16), AddressKind::Private),
    (v4([198, 18, 0, 0], 15), AddressKind::Documentation),
    (v4([198, 51, 100, 0], 24), AddressKind::Documentation),
    (v4([203, 0, 113, 0], 24), AddressKind::Documentation),
    (v4([224, 0, 0, 0], 4), AddressKind::Multicast),
    // And the broadcast to everybody at its end.
    (v4([240, 0, 0, 0], 4), AddressKind::Reserved),
];

/// The unicast space of the internet: RFC 4291, 2.4.
const UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// What of IPv6 has a kind of its own. The first range that holds an address counts.
const V6: &[(Ipv6Net, AddressKind)] = &[
    (v6([0; 8], 128), AddressKind::Unspecified),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), AddressKind::Loopback),
    // Compatible with IPv4, given up by RFC 4291.
    (v6([0; 8], 96), AddressKind::Embedded),
    // Mapped: the system connects by IPv4.
    (v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96), AddressKind::Embedded),
    // Translated: RFC 2765.
    (v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96), AddressKind::Embedded),
    // NAT64, and its addresses for a network's own use: RFC 6052 and 8215.
    (
        v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96),
        AddressKind::Embedded,
    ),
    (
        v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48),
        AddressKind::Embedded,
    ),
    // Addresses whose packets are thrown away, and dummies: RFC 6666 and 9780.
    (v6([0x100, 0, 0, 0, 0, 0, 0, 0], 63), AddressKind::Reserved),
    // Teredo.
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), AddressKind::Embedded),
    // The rest of what protocols have: benchmarks, ORCHID, AMT and others.
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), AddressKind::Reserved),
    (
        v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
        AddressKind::Documentation,
    ),
    // 6to4.
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), AddressKind::Embedded),
    // RFC 9637.
    (
        v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
        AddressKind::Documentation,
    ),
    // EC2's services for its machines, with its metadata at `fd00:ec2::254`, among private addresses.
    (
        v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0], 32),
        AddressKind::Reserved,
    ),
    // Google Cloud's, with its metadata at `fd20:ce::254`.
    (
        v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0], 32),
        AddressKind::Reserved,
    ),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), AddressKind::Private),
    (
        v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10),
        AddressKind::LinkLocal,
    ),
    // Site-local, given up by RFC 3879 and still in use.
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), AddressKind::Private),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), AddressKind::Multicast),
];

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c, d, e, f, g, h]: [u16; 8], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(address: &str) -> AddressKind {
        AddressKind::of(address.parse().unwrap())
    }

    #[test]
    fn hosts_of_the_internet_are_public() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:db7:ffff::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700:4700::1111",
            "2a00:1450:4001:80b::200e",
        ] {
            assert_eq!(kind(address), AddressKind::Public, "{address}");
        }
    }

    #[test]
    fn what_is_not_public_has_its_kind() {
        use AddressKind::{
            Documentation, Embedded, LinkLocal, Loopback, Multicast, Private, Reserved, Shared,
            Unspecified,
        };
        for (address, expected) in [
            ("0.0.0.0", Unspecified),
            ("0.1.2.3", Unspecified),
            ("10.0.0.0", Private),
            ("10.255.255.255", Private),
            ("100.64.0.0", Shared),
            ("100.100.100.199", Shared),
            ("100.100.100.200", Reserved),
            ("100.100.100.201", Shared),
            ("100.127.255.255", Shared),
            ("127.0.0.1", Loopback),
            ("127.255.255.254", Loopback),
            ("168.63.129.16", Reserved),
            ("169.254.0.1", LinkLocal),
            ("169.254.169.254", LinkLocal),
            ("169.254.170.2", LinkLocal),
            ("172.16.0.0", Private),
            ("172.31.255.255", Private),
            ("192.0.0.192", Reserved),
            ("192.0.2.1", Documentation),
            ("192.88.99.1", Reserved),
            ("192.168.0.1", Private),
            ("198.18.0.1", Documentation),
            ("198.19.255.255", Documentation),
            ("198.51.100.1", Documentation),
            ("203.0.113.1", Documentation),
            ("224.0.0.1", Multicast),
            ("239.255.255.255", Multicast),
            ("240.0.0.1", Reserved),
            ("255.255.255.255", Reserved),
            ("::", Unspecified),
            ("::1", Loopback),
            ("::2", Embedded),
            ("::127.0.0.1", Embedded),
            ("::ffff:8.8.8.8", Embedded),
            ("::ffff:127.0.0.1", Embedded),
            ("::ffff:0:127.0.0.1", Embedded),
            ("64:ff9b::8.8.8.8", Embedded),
            ("64:ff9b::169.254.169.254", Embedded),
            ("64:ff9b:1::10.0.0.1", Embedded),
            ("100::1", Reserved),
            ("2001::1", Embedded),
            ("2001:2::1", Reserved),
            ("2001:20::1", Reserved),
            ("2001:db8::1", Documentation),
            ("2002:7f00:1::1", Embedded),
            ("2002:808:808::1", Embedded),
            ("3fff::1", Documentation),
            ("4000::1", Reserved),
            ("5f00::1", Reserved),
            ("fc00::1", Private),
            ("fd00:ec1:ffff::1", Private),
            ("fd00:ec2::23", Reserved),
            ("fd00:ec2::254", Reserved),
            ("fd00:ec3::1", Private),
            ("fd20:ce::254", Reserved),
            ("fd20:cf::254", Private),
            ("fdff::1", Private),
            ("fe80::1", LinkLocal),
            ("fe80::a9fe:a9fe", LinkLocal),
            ("fec0::1", Private),
            ("ff02::1", Multicast),
        ] {
            assert_eq!(kind(address), expected, "{address}");
        }
    }

    #[test]
    fn a_machine_of_ones_own_reaches_its_networks_and_no_credentials() {
        for address in [
            "127.0.0.1",
            "::1",
            "192.168.0.1",
            "100.64.0.1",
            "fd00::1",
            "1.1.1.1",
        ] {
            assert!(kind(address).is_public_or_private(), "{address}");
        }
        for address in [
            "169.254.169.254",
            "100.100.100.200",
            "192.0.0.192",
            "fd00:ec2::254",
            "fd20:ce::254",
            "0.0.0.0",
            "::ffff:127.0.0.1",
            "224.0.0.1",
        ] {
            assert!(!kind(address).is_public_or_private(), "{address}");
        }
    }

    fn embedded(a: Ipv4Addr) -> [Ipv6Addr; 5] {
        let [high, low] = [(a.to_bits() >> 16) as u16, a.to_bits() as u16];
        [
            a.to_ipv6_mapped(),
            Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
            Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
        ]
    }

    proptest! {
        #[test]
        fn no_ipv4_address_is_reached_through_ipv6(bits: u32) {
            for address in embedded(Ipv4Addr::from_bits(bits)) {
                let kind = AddressKind::of(address.into());
                prop_assert_eq!(kind, AddressKind::Embedded);
                prop_assert!(!kind.is_public_or_private());
            }
        }

        #[test]
        fn whatever_the_standard_library_sets_apart_is_not_public(bits: u32) {
            let address = Ipv4Addr::from_bits(bits);
            let apart = address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_broadcast()
                || address.is_documentation()
                || address.is_multicast()
                || address.is_unspecified();
            prop_assert!(!apart || !AddressKind::of(address.into()).is_public());
        }

        #[test]
        fn public_ipv6_is_global_unicast(bits: u128) {
            let address = Ipv6Addr::from_bits(bits);
            if AddressKind::of(address.into()).is_public() {
                prop_assert_eq!(bits >> 125, 1);
                prop_assert!(!address.is_unique_local());
                prop_assert!(!address.is_unicast_link_local());
                prop_assert!(!address.is_multicast());
            }
        }

        #[test]
        fn the_edges_of_each_range_are_in_it(row in 0..V4.len()) {
            let (net, kind) = V4[row];
            prop_assert_eq!(of_v4(net.network()), kind);
            prop_assert_eq!(of_v4(net.broadcast()), kind);
        }
    }
}
