//! The `Via` header: the way back (RFC 3261 §20.42, RFC 3581).

use std::net::SocketAddr;

use crate::sip::uri::{host_and_port, split_params};

/// One element of a `Via`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// The transport's name in upper case.
    pub transport: String,
    /// The host that sent the message, by its own word.
    pub host: String,
    /// The port it wants answers on.
    pub port: Option<u16>,
    /// The transaction's name; `None` when the sender gave none.
    pub branch: Option<String>,
    /// The sender wants the answer on the port it sent from.
    pub rport: bool,
}

/// What the branch of an RFC 3261 sender starts with.
pub const COOKIE: &str = "z9hG4bK";

impl Via {
    /// Reads one element; `None` when it breaks the grammar.
    #[must_use]
    pub fn parse(element: &str) -> Option<Self> {
        let (protocol, rest) = element.split_once('/')?;
        let (version, rest) = rest.split_once('/')?;
        if !protocol.trim().eq_ignore_ascii_case("SIP") || version.trim() != "2.0" {
            return None;
        }
        let (transport, rest) = rest.trim_start().split_once(char::is_whitespace)?;
        let token = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if transport.is_empty() || !transport.chars().all(token) {
            return None;
        }
        let (sent_by, params) = rest.split_once(';').unwrap_or((rest, ""));
        let sent_by: String = sent_by.chars().filter(|c| !c.is_whitespace()).collect();
        let (host, port) = host_and_port(&sent_by)?;
        let params = split_params(params)?;
        let param = |name: &str| params.iter().find(|param| param.name == name);
        Some(Self {
            transport: transport.to_ascii_uppercase(),
            host,
            port,
            branch: param("branch").and_then(|p| p.value.clone()).filter(|b| !b.is_empty()),
            rport: param("rport").is_some(),
        })
    }

    /// Whether the sender names its transactions by branch, as RFC 3261 has it.
    #[must_use]
    pub fn has_cookie(&self) -> bool {
        self.branch.as_deref().is_some_and(|b| b.len() > COOKIE.len() && b.starts_with(COOKIE))
    }
}

/// The top element as an answer must carry it: with where the request really came from.
pub(crate) fn stamp(element: &str, from: SocketAddr) -> String {
    let mut parts = element.split(';');
    let mut stamped = parts.next().unwrap_or_default().trim_end().to_owned();
    let mut wants_port = false;
    for part in parts {
        let name = part.split('=').next().unwrap_or_default().trim().to_ascii_lowercase();
        match name.as_str() {
            "received" => {}
            "rport" => wants_port = true,
            _ => {
                stamped.push(';');
                stamped.push_str(part.trim());
            }
        }
    }
    let host = Via::parse(element).map(|via| via.host);
    if wants_port || host != Some(from.ip().to_string()) {
        stamped.push_str(&format!(";received={}", from.ip()));
    }
    if wants_port {
        stamped.push_str(&format!(";rport={}", from.port()));
    }
    stamped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_around_the_slashes_and_the_port_are_legal() {
        let via =
            Via::parse("SIP  / 2.0 / UDP  192.0.2.2 : 5070 ; branch=390skdjuw").expect("legal");
        assert_eq!(
            (via.transport.as_str(), via.host.as_str(), via.port),
            ("UDP", "192.0.2.2", Some(5070))
        );
        assert!(!via.has_cookie());
        assert!(Via::parse("SIP/7.0/UDP h;branch=z9hG4bKx").is_none());
        assert!(Via::parse("SIP/2.0/UDP").is_none());
    }

    #[test]
    fn an_answer_says_where_the_request_came_from() {
        let from: SocketAddr = "203.0.113.9:6123".parse().expect("an address");
        assert_eq!(
            stamp("SIP/2.0/UDP 10.0.0.1:5060;rport;branch=z9hG4bKa", from),
            "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKa;received=203.0.113.9;rport=6123"
        );
        assert_eq!(
            stamp("SIP/2.0/UDP 203.0.113.9:6123;branch=z9hG4bKa", from),
            "SIP/2.0/UDP 203.0.113.9:6123;branch=z9hG4bKa"
        );
    }
}
