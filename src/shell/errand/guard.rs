//! Whom the engine may ask: targets that the configuration names, and no address behind a name
//! that belongs to the house unless the configuration says so.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

use url::{Host, Url};

/// Scheme, host and port of systems that may be asked: `https://api.example.gov`,
/// `https://*.example.gov`, `http://127.0.0.1:8081`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    text: String,
    scheme: Scheme,
    host: Pattern,
    port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    /// This very address.
    Address(IpAddr),
    /// This very name.
    Name(String),
    /// Every name that ends in a dot and this one.
    Below(String),
}

/// The text is no target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("wanted a target such as https://api.example.gov or https://*.example.gov:8443")]
pub struct NoTarget;

/// Whether the configuration names an address that is not of the public Internet.
pub type IsNamed = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// The targets of one client.
pub struct Guard {
    targets: Vec<Target>,
    is_named: IsNamed,
}

/// Why somebody may not be asked. No path and no query is told: they may hold what is private.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The address cannot be read, or says more than where.
    #[error("an address that is no plain http or https")]
    Unreadable,
    /// The configuration does not name the target.
    #[error("{0}, which `[http] allow` does not name")]
    Target(String),
    /// The name leads to an address that nobody outside has.
    #[error("{host} at {address}, {kind}, which `[http] private` does not name")]
    Address {
        /// The name.
        host: String,
        /// What it leads to.
        address: IpAddr,
        /// What kind of address that is.
        kind: &'static str,
    },
    /// A redirect leads from `https` to `http`.
    #[error("a redirect from https to {0}")]
    Downgrade(String),
    /// A redirect of a POST would turn it into something else.
    #[error("a redirect of a POST by {0}")]
    Changed(u16),
    /// One redirect led to the next for too long.
    #[error("more redirects than are followed")]
    Circle,
}

impl FromStr for Target {
    type Err = NoTarget;

    fn from_str(text: &str) -> Result<Self, NoTarget> {
        let (scheme, rest) = text.split_once("://").ok_or(NoTarget)?;
        let (below, rest) = match rest.strip_prefix("*.") {
            Some(rest) => (Below::Yes, rest),
            None => (Below::No, rest),
        };
        let url = Url::parse(&format!("{scheme}://{rest}")).map_err(|_| NoTarget)?;
        let (scheme, port) = place(&url).ok_or(NoTarget)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(NoTarget);
        }
        let host = match (url.host().ok_or(NoTarget)?, below) {
            (Host::Domain(name), _) if !is_name(name) => return Err(NoTarget),
            (Host::Domain(name), Below::No) => Pattern::Name(name.to_owned()),
            // A whole top domain belongs to nobody whom one could trust.
            (Host::Domain(name), Below::Yes) if name.contains('.') => {
                Pattern::Below(name.to_owned())
            }
            (Host::Ipv4(address), Below::No) => Pattern::Address(address.into()),
            (Host::Ipv6(address), Below::No) => Pattern::Address(address.into()),
            (Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_), Below::Yes) => return Err(NoTarget),
        };
        Ok(Self { text: text.trim_end_matches('/').to_owned(), scheme, host, port })
    }
}

/// Whether a target stands for all names below it.
#[derive(Clone, Copy)]
enum Below {
    Yes,
    No,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Target {
    /// Whether it can be asked only over TLS.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// The target of one address, whose path and query are left out.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        url.origin().ascii_serialization().parse().ok()
    }

    fn has(&self, url: &Url) -> bool {
        let Some((scheme, port)) = place(url) else { return false };
        let host = match (&self.host, url.host()) {
            (Pattern::Address(IpAddr::V4(ours)), Some(Host::Ipv4(theirs))) => *ours == theirs,
            (Pattern::Address(IpAddr::V6(ours)), Some(Host::Ipv6(theirs))) => *ours == theirs,
            (Pattern::Name(ours), Some(Host::Domain(theirs))) => ours == theirs,
            (Pattern::Below(ours), Some(Host::Domain(theirs))) => {
                theirs.strip_suffix(ours).is_some_and(|rest| rest.ends_with('.'))
            }
            (
                Pattern::Address(_) | Pattern::Name(_) | Pattern::Below(_),
                Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) | None,
            ) => false,
        };
        host && (scheme, port) == (self.scheme, self.port)
    }
}

fn is_name(host: &str) -> bool {
    host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Scheme and port of an address that says nothing of a user.
fn place(url: &Url) -> Option<(Scheme, u16)> {
    let scheme = match url.scheme() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return None,
    };
    let is_plain = url.username().is_empty() && url.password().is_none();
    url.port_or_known_default().filter(|_| is_plain).map(|port| (scheme, port))
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("targets", &self.targets).finish_non_exhaustive()
    }
}

impl Guard {
    /// A guard who lets these through, at public addresses or those that `is_named` names.
    #[must_use]
    pub const fn new(targets: Vec<Target>, is_named: IsNamed) -> Self {
        Self { targets, is_named }
    }

    /// Every target.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The first target that has the address, by its index.
    ///
    /// # Errors
    ///
    /// Why it may not be asked.
    pub fn admit(&self, url: &Url) -> Result<usize, Refusal> {
        place(url).ok_or(Refusal::Unreadable)?;
        let found = self.targets.iter().position(|target| target.has(url));
        found.ok_or_else(|| Refusal::Target(url.origin().ascii_serialization()))
    }

    /// Lets a name's address through.
    ///
    /// An address that a target has in place of a name is not asked for here: it is named.
    ///
    /// # Errors
    ///
    /// Why it may not be asked.
    pub fn admit_address(&self, host: &str, address: IpAddr) -> Result<(), Refusal> {
        let Some(kind) = not_public(address) else { return Ok(()) };
        // RFC 6761 §6.3: this name says nothing but that it is this machine.
        let is_this_machine = host == "localhost" && address.is_loopback();
        if is_this_machine || (self.is_named)(address) {
            return Ok(());
        }
        Err(Refusal::Address { host: host.to_owned(), address, kind })
    }
}

/// What kind of address it is, when it is not one of the public Internet.
fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => not_public_v4(address),
        IpAddr::V6(address) => not_public_v6(address),
    }
}

/// RFC 6890 and its registry.
const fn not_public_v4(address: Ipv4Addr) -> Option<&'static str> {
    match address.octets() {
        [0, ..] => Some("an unspecified address"),
        [127, ..] => Some("a loopback address"),
        [169, 254, ..] => Some("a link-local address"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => {
            Some("a private address")
        }
        [224..=239, ..] => Some("a multicast address"),
        [192, 0, 0, _]
        | [192, 0, 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _]
        | [240..=255, ..] => Some("a reserved address"),
        _ => None,
    }
}

fn not_public_v6(address: Ipv6Addr) -> Option<&'static str> {
    let [first, second, ..] = address.segments();
    if address.is_unspecified() {
        return Some("an unspecified address");
    }
    if address.is_loopback() {
        return Some("a loopback address");
    }
    if let Some(inner) = carried(address) {
        return not_public_v4(inner);
    }
    match (first, second) {
        (0xfe80..=0xfebf, _) => Some("a link-local address"),
        (0xfc00..=0xfdff, _) | (0xfec0..=0xfeff, _) => Some("a private address"),
        (0xff00..=0xffff, _) => Some("a multicast address"),
        // Protocols' own, Teredo among them; examples.
        (0x2001, 0x0000..=0x01ff | 0x0db8) | (0x3ff0..=0x3fff, _) => Some("a reserved address"),
        (0x2000..=0x3fff, _) => None,
        _ => Some("a reserved address"),
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped (RFC 4291 §2.5.5.2), translated
/// (RFC 6052 §2.1), 6to4 (RFC 3056 §2).
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(of(high, low))
        }
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allow: &[&str], named: &'static [&'static str]) -> Guard {
        let targets = allow.iter().map(|text| text.parse().expect("a target")).collect();
        Guard::new(targets, Arc::new(|address| named.contains(&&*address.to_string())))
    }

    fn admits(guard: &Guard, url: &str) -> bool {
        guard.admit(&Url::parse(url).expect("an address")).is_ok()
    }

    #[test]
    fn only_what_is_named_may_be_asked() {
        let guard = guard(
            &[
                "https://api.example.gov",
                "https://*.moi.example.gov:8443",
                "http://127.0.0.1:8081",
                "http://[fd00::1]",
            ],
            &[],
        );
        for good in [
            "https://api.example.gov/cases/1?all=1",
            "https://API.example.gov:443/",
            "https://a.moi.example.gov:8443/",
            "https://a.b.moi.example.gov:8443/",
            "http://127.0.0.1:8081/x",
            "http://0x7f.1:8081/x",
            "http://[fd00::1]/",
        ] {
            assert!(admits(&guard, good), "{good}");
        }
        for bad in [
            "http://api.example.gov/",
            "https://api.example.gov:8443/",
            "https://api.example.gov.evil.example/",
            "https://evil-moi.example.gov:8443/",
            "https://moi.example.gov:8443/",
            "https://user@api.example.gov/",
            "https://api.example.gov@evil.example/",
            "http://127.0.0.1/",
            "http://127.0.0.2:8081/",
            "http://[::ffff:127.0.0.1]:8081/",
            "http://localhost:8081/",
            "ftp://api.example.gov/",
            "file:///etc/passwd",
        ] {
            assert!(!admits(&guard, bad), "{bad}");
        }
    }

    #[test]
    fn a_target_says_where_and_nothing_else() {
        for wrong in [
            "api.example.gov",
            "https://*.gov",
            "https://*",
            "https://*.10.0.0.1",
            "https://api.example.gov/cases",
            "https://api.example.gov/?a",
            "https://user:secret@api.example.gov",
            "wss://api.example.gov",
            "https://",
            "",
        ] {
            assert_eq!(wrong.parse::<Target>(), Err(NoTarget), "{wrong}");
        }
    }

    #[test]
    fn a_name_leads_to_public_addresses_only() {
        let guard = guard(&["https://api.example.gov"], &[]);
        for good in ["8.8.8.8", "100.128.0.1", "172.32.0.1", "2a00::1", "64:ff9b::808:808"] {
            let address = good.parse().expect("an address");
            assert_eq!(guard.admit_address("api.example.gov", address), Ok(()), "{good}");
        }
        for bad in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            let address = bad.parse().expect("an address");
            assert!(guard.admit_address("api.example.gov", address).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_named_network_may_lie_behind_a_name() {
        let guard = guard(&["https://api.example.gov"], &["10.0.0.1"]);
        let admits = |host: &str, address: &str| {
            guard.admit_address(host, address.parse().expect("an address")).is_ok()
        };
        assert!(admits("api.example.gov", "10.0.0.1"));
        assert!(!admits("api.example.gov", "10.0.0.2"));
        assert!(admits("localhost", "127.0.0.1"));
        assert!(admits("localhost", "::1"));
        assert!(!admits("localhost", "10.0.0.2"));
    }
}
