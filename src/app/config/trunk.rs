//! A trunk: where it calls from, and how it is dialled through.

use std::str::FromStr;

use crate::app::config::settings::{Network, NotOfThisForm, Transport};
use crate::base::limit::{OUT_CALLS_MAX, OUT_PER_HOUR_MAX};

/// A peer that calls, or that is dialled through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trunk {
    /// Its name, in records and metrics.
    pub name: String,
    /// Where it calls from; none for one that is only dialled through.
    pub from: Vec<Network>,
    /// How it is dialled through; none for one that only calls.
    pub exit: Option<TrunkExit>,
}

/// How a trunk is dialled through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrunkExit {
    /// By what it is reached.
    pub transport: Transport,
    /// Its address, or its name for the system's resolver.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The number that is shown to whoever is called.
    pub caller_id: String,
    /// What the numbers begin with that may be dialled.
    pub prefixes: Vec<String>,
    /// Calls at once.
    pub calls_max: usize,
    /// Calls begun within any hour.
    pub per_hour_max: usize,
}

/// Every key of a trunk in the file.
pub(super) const KEYS: [&str; 7] =
    ["name", "from", "to", "caller_id", "prefixes", "calls_max", "per_hour_max"];

/// What a text of that key has to be, when it is not.
pub(super) fn fault(key: &str, text: &str) -> Option<&'static str> {
    let (is_right, wanted) = match key {
        "name" => (is_name(text), "a plain name of letters, digits, `.`, `_` and `-`"),
        "from" => (text.parse::<Network>().is_ok(), "an address or a network such as 192.0.2.0/24"),
        "to" => (
            place(text).is_some(),
            "`udp:` or `tcp:` with a host and a port, such as udp:192.0.2.9:5060",
        ),
        "caller_id" => (is_number(text), "a number such as +97148000000"),
        "prefixes" => (is_number(text), "what numbers begin with, such as +9714 or 04"),
        "calls_max" | "per_hour_max" => {
            (text.parse::<u32>().is_ok_and(|count| 0 < count), "a number from 1 up")
        }
        _ => (true, ""),
    };
    (!is_right).then_some(wanted)
}

fn is_name(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    !text.is_empty() && text.chars().all(is_plain)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}

fn place(text: &str) -> Option<(Transport, String, u16)> {
    let (transport, place) = text.split_once(':')?;
    let transport = match transport {
        "udp" => Transport::Udp,
        "tcp" => Transport::Tcp,
        _ => return None,
    };
    let (host, port) = place.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port != 0)?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-:".contains(letter);
    (!host.is_empty() && host.chars().all(is_plain)).then(|| (transport, host.to_owned(), port))
}

impl FromStr for Trunk {
    type Err = NotOfThisForm;

    /// Reads `name=from from to=udp:host:port caller_id=… prefixes=…,… calls_max=…`.
    fn from_str(text: &str) -> Result<Self, NotOfThisForm> {
        let (name, words) = text.split_once('=').ok_or(NotOfThisForm)?;
        let name = name.trim();
        if !is_name(name) {
            return Err(NotOfThisForm);
        }
        let (mut from, mut to, mut caller_id, mut prefixes) = (Vec::new(), None, None, Vec::new());
        let (mut calls_max, mut per_hour_max) = (OUT_CALLS_MAX, OUT_PER_HOUR_MAX);
        for word in words.split_whitespace() {
            let Some((key, value)) = word.split_once('=') else {
                from.push(word.parse()?);
                continue;
            };
            let texts = value.split(',').map(str::to_owned).collect::<Vec<_>>();
            if texts.iter().any(|text| fault(key, text).is_some()) {
                return Err(NotOfThisForm);
            }
            match key {
                "to" => to = place(value),
                "caller_id" => caller_id = Some(value.to_owned()),
                "prefixes" => prefixes = texts,
                "calls_max" => calls_max = value.parse().map_err(|_| NotOfThisForm)?,
                "per_hour_max" => per_hour_max = value.parse().map_err(|_| NotOfThisForm)?,
                _ => return Err(NotOfThisForm),
            }
        }
        let exit = match (to, caller_id, prefixes.is_empty()) {
            (None, None, true) => None,
            (Some((transport, host, port)), Some(caller_id), false) => Some(TrunkExit {
                transport,
                host,
                port,
                caller_id,
                prefixes,
                calls_max,
                per_hour_max,
            }),
            (Some(_) | None, Some(_) | None, _) => return Err(NotOfThisForm),
        };
        if from.is_empty() && exit.is_none() {
            return Err(NotOfThisForm);
        }
        Ok(Self { name: name.to_owned(), from, exit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trunk_is_dialled_through_where_it_says_how() {
        let text = "city=192.0.2.0/24 to=tcp:sbc.example.org:5060 caller_id=+97148000000 \
                    prefixes=+9714,04 calls_max=5 per_hour_max=60";
        let trunk: Trunk = text.parse().expect("a trunk");
        assert_eq!(trunk.from.len(), 1);
        let exit = trunk.exit.expect("a way out");
        assert_eq!(
            (exit.transport, exit.host.as_str(), exit.port),
            (Transport::Tcp, "sbc.example.org", 5060)
        );
        assert_eq!(exit.prefixes, ["+9714", "04"]);
        assert_eq!((exit.calls_max, exit.per_hour_max), (5, 60));
        let ipv6: Trunk =
            "a=to=udp:[2001:db8::9]:5060 caller_id=800 prefixes=04".parse().expect("a trunk");
        assert_eq!(
            (ipv6.from.len(), ipv6.exit.map(|exit| exit.host)),
            (0, Some("2001:db8::9".to_owned()))
        );
    }

    #[test]
    fn half_a_way_out_is_none() {
        for wrong in [
            "city=",
            "city=to=udp:192.0.2.9:5060",
            "city=to=udp:192.0.2.9:5060 caller_id=800",
            "city=to=192.0.2.9:5060 caller_id=800 prefixes=04",
            "city=to=udp:192.0.2.9 caller_id=800 prefixes=04",
            "city=192.0.2.9 prefixes=04",
            "city=192.0.2.9 prefix=04",
            "city=to=udp:192.0.2.9:5060 caller_id=me prefixes=04",
            "city=to=udp:192.0.2.9:5060 caller_id=800 prefixes=04 calls_max=0",
        ] {
            assert_eq!(wrong.parse::<Trunk>(), Err(NotOfThisForm), "{wrong}");
        }
    }
}
