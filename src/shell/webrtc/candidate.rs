//! The addresses a browser says it can be reached at.

use std::net::IpAddr;

use super::fault::WebrtcFault;

/// Where a browser may be reached, as an `a=candidate` line says it (RFC 8839 §5.1).
///
/// It is a hint only: a browser's own checks teach us its address in any case, so what cannot be
/// used is left out without a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    foundation: String,
    priority: u32,
    address: IpAddr,
    port: u16,
}

impl Candidate {
    /// Reads what `RTCIceCandidate.candidate` or an SDP line holds. `None` is a candidate that is
    /// well formed and of no use: a name instead of an address (mDNS), TCP, a second component,
    /// the empty one that ends the list, or an address that no browser elsewhere has.
    ///
    /// # Errors
    ///
    /// [`WebrtcFault::NotACandidate`].
    pub(super) fn parse(text: &str) -> Result<Option<Self>, WebrtcFault> {
        let text = text.trim();
        let line = text.strip_prefix("a=").unwrap_or(text);
        let line = line.strip_prefix("candidate:").unwrap_or(line);
        if line.is_empty() {
            return Ok(None);
        }
        Self::parse_words(line)
            .ok_or_else(|| WebrtcFault::NotACandidate(line.chars().take(80).collect()))
    }

    fn parse_words(line: &str) -> Option<Option<Self>> {
        let mut words = line.split_ascii_whitespace();
        let foundation = words.next().filter(|word| is_foundation(word))?;
        let component = words.next()?.parse::<u16>().ok()?;
        let transport = words.next()?;
        let priority = words.next()?.parse::<u32>().ok()?;
        let address = words.next()?;
        let port = words.next()?.parse::<u16>().ok()?;
        let named = words.next()? == "typ" && words.next().is_some();
        if !named {
            return None;
        }
        let Ok(address) = address.parse::<IpAddr>() else { return Some(None) };
        let usable = component == 1
            && transport.eq_ignore_ascii_case("udp")
            && port != 0
            && !(address.is_unspecified() || address.is_multicast() || address.is_loopback());
        let candidate = Self { foundation: foundation.to_owned(), priority, address, port };
        Some(usable.then_some(candidate))
    }

    /// The line without its type: how the browser learnt the address makes no difference to us.
    pub(super) fn line(&self) -> String {
        let Self { foundation, priority, address, port } = self;
        format!("candidate:{foundation} 1 udp {priority} {address} {port} typ host")
    }
}

fn is_foundation(word: &str) -> bool {
    let is_ice = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    word.len() <= 32 && word.bytes().all(is_ice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let read = Candidate::parse(text).expect("well formed");
        assert_eq!(read.map(|candidate| candidate.line()).as_deref(), expected);
    }

    #[test]
    fn an_address_is_kept_and_its_origin_forgotten() {
        check(
            "candidate:842163049 1 udp 1677729535 198.51.100.7 46154 typ srflx raddr 0.0.0.0 \
             rport 0 generation 0 ufrag EEtu network-cost 999",
            Some("candidate:842163049 1 udp 1677729535 198.51.100.7 46154 typ host"),
        );
    }

    #[test]
    fn a_hidden_name_tcp_and_the_end_of_the_list_are_left_out() {
        check("candidate:1 1 udp 2113937151 4e7a-81.local 50704 typ host generation 0", None);
        check("candidate:1 1 tcp 1518280447 192.0.2.4 9 typ host tcptype active", None);
        check("candidate:1 2 udp 2113937151 192.0.2.4 50704 typ host", None);
        check("candidate:1 1 udp 2113937151 127.0.0.1 5060 typ host", None);
        check("", None);
    }

    #[test]
    fn what_is_no_candidate_is_a_fault() {
        for text in ["candidate:1 1 udp", "candidate:\u{7f} 1 udp 1 192.0.2.4 5 typ host", "x y z"]
        {
            assert!(matches!(Candidate::parse(text), Err(WebrtcFault::NotACandidate(_))), "{text}");
        }
    }
}
