//! Which addresses requests may go to. Models are written by people who are not trusted with the server's network.
//!
//! **Invariant:** an address is checked in the form it is connected to: names are resolved once, by the resolver the
//! client connects with, and address notations are normalised by the URL parser before they are checked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses requests may go to.
#[derive(Debug, Clone, Default)]
pub struct EgressPolicy {
    /// Development mode: the machine itself may be reached as well.
    pub allow_loopback: bool,
    /// Private networks that may be reached. Link-local and metadata addresses stay denied.
    pub allowed: Vec<Cidr>,
}

/// A network, such as `10.1.0.0/16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    address: IpAddr,
    prefix: u8,
}

impl std::str::FromStr for Cidr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a network; write for example 10.1.0.0/16");
        let (address, prefix) = text.trim().split_once('/').ok_or_else(wrong)?;
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let prefix: u8 = prefix.parse().map_err(|_| wrong())?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        if prefix > bits { Err(wrong()) } else { Ok(Self { address, prefix }) }
    }
}

impl Cidr {
    fn contains(self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                u32::from(a) & mask == u32::from(b) & mask
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                u128::from(a) & mask == u128::from(b) & mask
            }
            _ => false,
        }
    }
}

/// A request was not sent because of where it would have gone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "requests to {target} are denied: {reason}; if this is intended, an administrator can allow the network"
)]
pub struct EgressDenied {
    /// Host or address.
    pub target: String,
    /// Which kind of address it is.
    pub reason: &'static str,
}

impl EgressPolicy {
    /// Denies everything that is not on the public internet.
    pub fn strict() -> Self {
        Self::default()
    }

    /// Allows the machine itself as well.
    pub fn development() -> Self {
        Self { allow_loopback: true, ..Self::default() }
    }

    /// Checks an address; `host` is only shown.
    ///
    /// # Errors
    /// [`EgressDenied`] when it may not be connected to.
    pub fn check(&self, host: &str, ip: IpAddr) -> Result<(), EgressDenied> {
        let ip = unwrap(ip);
        let denied = |reason| {
            let target = if host == ip.to_string() { host.to_owned() } else { format!("{host} ({ip})") };
            Err(EgressDenied { target, reason })
        };
        match classify(ip) {
            Class::Public => Ok(()),
            Class::Loopback if self.allow_loopback => Ok(()),
            Class::Loopback => denied("it is the machine itself"),
            Class::Private if self.allowed.iter().any(|network| network.contains(ip)) => Ok(()),
            Class::Private => denied("it is in a private network"),
            Class::LinkLocal => denied("it is a link-local or metadata address"),
            Class::Special => denied("it is a reserved address"),
        }
    }
}

enum Class {
    Public,
    Loopback,
    Private,
    LinkLocal,
    Special,
}

fn classify(ip: IpAddr) -> Class {
    match ip {
        IpAddr::V4(ip) => classify_v4(ip),
        IpAddr::V6(ip) => classify_v6(ip),
    }
}

fn classify_v4(ip: Ipv4Addr) -> Class {
    match ip.octets() {
        [127, ..] => Class::Loopback,
        [169, 254, ..] | [168, 63, 129, 16] => Class::LinkLocal,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Class::Private,
        [0, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Class::Special,
        [224..=255, ..] => Class::Special,
        _ => Class::Public,
    }
}

fn classify_v6(ip: Ipv6Addr) -> Class {
    if ip.is_loopback() {
        return Class::Loopback;
    }
    match ip.segments() {
        // The metadata service of AWS; the rest of fc00::/7 is private.
        [0xFD00, 0x0EC2, 0, 0, 0, 0, 0, 0x0254] => Class::LinkLocal,
        [0xFC00..=0xFDFF, ..] => Class::Private,
        [0xFE80..=0xFEBF, ..] => Class::LinkLocal,
        // Site-local, multicast, unspecified, discard, Teredo and other protocol assignments, documentation,
        // local NAT64, SRv6.
        [0xFEC0..=0xFFFF, ..] | [0, ..] | [0x0100, ..] => Class::Special,
        [0x2001, 0..=0x01FF, ..] | [0x2001, 0x0DB8, ..] | [0x3FFF, 0..=0x0FFF, ..] | [0x5F00, ..] => {
            Class::Special
        }
        [0x64, 0xFF9B, ..] => Class::Special,
        [0x2000..=0x3FFF, ..] => Class::Public,
        _ => Class::Special,
    }
}

/// The IPv4 address inside an IPv6 address that stands for one, so that it cannot hide there.
fn unwrap(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else { return ip };
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match v6.segments() {
        // Mapped, translated (SIIT) and NAT64.
        [0, 0, 0, 0, 0, 0xFFFF, high, low]
        | [0, 0, 0, 0, 0xFFFF, 0, high, low]
        | [0x64, 0xFF9B, 0, 0, 0, 0, high, low] => embedded(high, low),
        // Compatible; `::` and `::1` are addresses of their own.
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => embedded(high, low),
        // 6to4.
        [0x2002, high, low, ..] => embedded(high, low),
        _ => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(policy: &EgressPolicy, ip: &str) -> bool {
        policy.check("host", ip.parse().expect("address")).is_ok()
    }

    #[test]
    fn only_the_public_internet_is_reached() {
        let strict = EgressPolicy::strict();
        for ip in [
            "1.1.1.1",
            "93.184.216.34",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2a00:1450:4001::8a",
            "::ffff:1.1.1.1",
        ] {
            assert!(allowed(&strict, ip), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "127.255.255.255",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "168.63.129.16",
            "192.0.0.192",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "100::1",
            "4000::1",
        ] {
            assert!(!allowed(&strict, ip), "{ip}");
        }
    }

    #[test]
    fn development_adds_the_machine_itself_and_nothing_else() {
        let development = EgressPolicy::development();
        for ip in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert!(allowed(&development, ip), "{ip}");
        }
        for ip in ["10.0.0.1", "169.254.169.254", "fe80::1", "0.0.0.0"] {
            assert!(!allowed(&development, ip), "{ip}");
        }
    }

    #[test]
    fn private_networks_can_be_allowed_and_metadata_cannot() {
        let allow = |network: &str| EgressPolicy {
            allow_loopback: false,
            allowed: vec![network.parse().expect("network")],
        };
        assert!(allowed(&allow("10.1.0.0/16"), "10.1.2.3") && !allowed(&allow("10.1.0.0/16"), "10.2.2.3"));
        assert!(allowed(&allow("fc00::/7"), "fd12::1") && !allowed(&allow("fc00::/7"), "fd00:ec2::254"));
        assert!(
            !allowed(&allow("0.0.0.0/0"), "169.254.169.254") && !allowed(&allow("0.0.0.0/0"), "127.0.0.1")
        );
        for wrong in ["10.0.0.0", "10.0.0.0/33", "x/8", "::/129"] {
            assert!(wrong.parse::<Cidr>().is_err(), "{wrong}");
        }
    }
}
