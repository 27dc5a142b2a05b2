//! What an endpoint says of itself.

use std::net::{IpAddr, SocketAddr};

use crate::sip::message::{Draft, Method, Name};
use crate::sip::route::{Route, Transport};

/// What an endpoint says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `User-Agent` and `Server`.
    pub user_agent: String,
    /// Ends the `Call-ID` of our own calls, so that their answers find this worker.
    pub call_id_suffix: String,
    /// The user of our `Contact`.
    pub contact_user: String,
    /// The address that others see, when it is not the socket's own.
    pub public_address: Option<IpAddr>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: "Hatif".to_owned(),
            call_id_suffix: String::new(),
            contact_user: "hatif".to_owned(),
            public_address: None,
        }
    }
}

impl Settings {
    /// Our address as messages over `route` write it.
    pub(crate) fn address(&self, route: &Route) -> SocketAddr {
        SocketAddr::new(self.public_address.unwrap_or_else(|| route.local.ip()), route.local.port())
    }

    /// Where in-dialog requests over `route` reach us.
    pub(crate) fn contact(&self, route: &Route) -> String {
        let transport = match route.transport {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
        };
        format!("<sip:{}@{}{transport}>", self.contact_user, self.address(route))
    }

    /// `Via` for a request over `route`.
    pub(crate) fn via(&self, route: &Route, branch: &str) -> String {
        let transport = route.transport.name();
        format!("SIP/2.0/{transport} {};rport;branch={branch}", self.address(route))
    }

    /// Adds what we can do to the answer to an OPTIONS.
    pub(crate) fn capable(&self, draft: Draft) -> Draft {
        let kinds = "application/sdp, application/dtmf-relay, application/dtmf";
        draft
            .with(Name::Allow, Method::ALLOW)
            .with(Name::Accept, kinds)
            .with(Name::AcceptEncoding, "identity")
            .with(Name::Supported, "")
            .with(Name::Server, &self.user_agent)
    }
}
