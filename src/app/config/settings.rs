//! The configuration as the rest of the program reads it: every value can be used as it is.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::app::config::outward::{HttpSettings, Setting};
use crate::app::config::trunk::Trunk;
use crate::shell::errand::email::EmailServer;
use crate::shell::errand::sms::SmsGateway;
use crate::shell::store::StoreUrl;
use crate::telemetry::log::Format;

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `[sip]`
    pub sip: SipSettings,
    /// `[dial]`
    pub dial: DialSettings,
    /// `[rtp]`
    pub rtp: RtpSettings,
    /// `[web]`
    pub web: WebSettings,
    /// `[webrtc]`
    pub webrtc: WebrtcSettings,
    /// `[bundle]`
    pub bundle: BundleSettings,
    /// `[sounds]`
    pub sounds: SoundsSettings,
    /// `[store]`
    pub store: StoreSettings,
    /// `[recording]`
    pub recording: RecordingSettings,
    /// `[engine]`
    pub engine: EngineSettings,
    /// `[http]`
    pub http: HttpSettings,
    /// `[sms]`; `None` when there is no gateway.
    pub sms: Option<SmsGateway>,
    /// `[email]`; `None` when there is no mail server.
    pub email: Option<EmailServer>,
    /// `[env]`: the settings of the bundle, by name.
    pub env: BTreeMap<String, Setting>,
    /// `[log]`
    pub log: LogSettings,
}

/// Telephony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipSettings {
    /// Where SIP is heard; at least one.
    pub bind: Vec<SipBind>,
    /// The address that peers reach this engine by.
    pub public_address: Option<IpAddr>,
    /// Who may call, and who is dialled through; with nobody who may call, everybody may.
    pub trunks: Vec<Trunk>,
    /// How long a call rings before the answer.
    pub ring: Duration,
}

/// Calls out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialSettings {
    /// The country code of national numbers.
    pub country: Option<String>,
    /// The hosts that may be called by a SIP address.
    pub sip_hosts: Vec<String>,
}

/// One place where SIP is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SipBind {
    /// By what.
    pub transport: Transport,
    /// Where.
    pub address: SocketAddr,
}

/// What carries SIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream.
    Tcp,
}

/// An address, or all addresses that begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Audio of SIP calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtpSettings {
    /// The address of audio.
    pub bind: IpAddr,
    /// The ports of audio.
    pub ports: Ports,
    /// The address of audio, as it is offered.
    pub public_address: Option<IpAddr>,
}

/// A range of ports, both ends included, with room for at least one pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// The first.
    pub first: u16,
    /// The last.
    pub last: u16,
}

/// Pages, API and metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSettings {
    /// Where they are served.
    pub bind: SocketAddr,
    /// How browsers reach them.
    pub public_url: Option<String>,
    /// Whether there is a test caller.
    pub test_caller: bool,
}

/// Audio of browsers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebrtcSettings {
    /// The one port.
    pub bind: SocketAddr,
    /// Its address, as it is offered.
    pub public_address: Option<IpAddr>,
}

/// Flows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleSettings {
    /// Their folder.
    pub path: PathBuf,
    /// Whether a change is loaded at once.
    pub watch: bool,
    /// The folder of earlier versions.
    pub kept: PathBuf,
}

/// Recorded prompts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundsSettings {
    /// Their folder.
    pub path: PathBuf,
}

/// Records and agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// Where they are kept.
    pub url: StoreUrl,
}

/// Recordings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingSettings {
    /// Their folder.
    pub path: PathBuf,
    /// Whether calls are recorded where a flow says so.
    pub enabled: bool,
}

/// The engine's own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineSettings {
    /// Tasks that own calls; `None` is one for each processor.
    pub workers: Option<usize>,
    /// Threads that carry audio; `None` is one for each processor.
    pub media_workers: Option<usize>,
}

/// Log lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// What is logged.
    pub level: String,
    /// How a line is written.
    pub format: Format,
}

/// The text is not what it should be; who reads it says what that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not of this form")]
pub struct NotOfThisForm;

impl Network {
    /// Whether the address is of this network. An IPv4 address that came by IPv6 counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let differ = ours.to_bits() ^ theirs.to_bits();
                differ.leading_zeros() >= u32::from(self.prefix)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let differ = ours.to_bits() ^ theirs.to_bits();
                differ.leading_zeros() >= u32::from(self.prefix)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl FromStr for Network {
    type Err = NotOfThisForm;

    fn from_str(text: &str) -> Result<Self, NotOfThisForm> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotOfThisForm)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| NotOfThisForm)?,
            None => longest,
        };
        if prefix > longest { Err(NotOfThisForm) } else { Ok(Self { address, prefix }) }
    }
}

impl FromStr for SipBind {
    type Err = NotOfThisForm;

    fn from_str(text: &str) -> Result<Self, NotOfThisForm> {
        let (transport, address) = text.split_once(':').ok_or(NotOfThisForm)?;
        let transport = match transport {
            "udp" => Transport::Udp,
            "tcp" => Transport::Tcp,
            _ => return Err(NotOfThisForm),
        };
        let address = address.parse().map_err(|_| NotOfThisForm)?;
        Ok(Self { transport, address })
    }
}

impl FromStr for Ports {
    type Err = NotOfThisForm;

    fn from_str(text: &str) -> Result<Self, NotOfThisForm> {
        let (first, last) = text.split_once('-').ok_or(NotOfThisForm)?;
        let port = |text: &str| text.trim().parse::<u16>().map_err(|_| NotOfThisForm);
        let ports = Self { first: port(first)?, last: port(last)? };
        // A call takes an even port and the odd one above it.
        let has_a_pair = ports.first.next_multiple_of(2) < ports.last;
        if ports.first >= 1024 && ports.first < ports.last && has_a_pair {
            Ok(ports)
        } else {
            Err(NotOfThisForm)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_what_begins_alike() {
        let network = |text: &str| text.parse::<Network>().expect("a network");
        let has = |text: &str, address: &str| {
            network(text).contains(address.parse().expect("an address"))
        };
        assert!(has("192.0.2.0/24", "192.0.2.200"));
        assert!(has("192.0.2.0/24", "::ffff:192.0.2.200"));
        assert!(!has("192.0.2.0/24", "192.0.3.1"));
        assert!(has("192.0.2.7", "192.0.2.7"));
        assert!(!has("192.0.2.7", "192.0.2.8"));
        assert!(has("0.0.0.0/0", "203.0.113.9"));
        assert!(has("2001:db8::/32", "2001:db8:1::1"));
        assert!(!has("2001:db8::/32", "192.0.2.1"));
        for wrong in ["192.0.2.0/33", "192.0.2", "carrier.example", "::/129", ""] {
            assert_eq!(wrong.parse::<Network>(), Err(NotOfThisForm), "{wrong}");
        }
    }

    #[test]
    fn ports_have_room_for_a_pair() {
        assert_eq!("16384-32767".parse(), Ok(Ports { first: 16_384, last: 32_767 }));
        for wrong in ["16384", "32767-16384", "80-90", "16385-16386", "16384-70000"] {
            assert_eq!(wrong.parse::<Ports>(), Err(NotOfThisForm), "{wrong}");
        }
    }
}
