//! A dialog: who talks with whom, and by which way (RFC 3261 §12).

use std::net::{IpAddr, SocketAddr};

use crate::sip::message::{Draft, Message, Method, Name};
use crate::sip::route::{LineId, Route, Transport};
use crate::sip::session::order::Connect;
use crate::sip::settings::Settings;
use crate::sip::uri::{Address, Scheme, Uri, quote};

/// The port of a SIP address that names none.
const PORT: u16 = 5060;

/// One dialog, from its first message on.
#[derive(Debug, Clone)]
pub(crate) struct Dialog {
    pub(crate) call_id: String,
    /// Our tag.
    pub(crate) local_tag: String,
    /// Their tag; empty until an answer brings it.
    pub(crate) remote_tag: String,
    /// The highest number of their requests.
    pub(crate) remote_cseq: u32,
    /// The way the dialog began.
    pub(crate) route: Route,
    local: String,
    remote: String,
    local_cseq: u32,
    target: Uri,
    routes: Vec<String>,
    /// The peer's own address is of no use, so requests go where its request came from.
    symmetric: bool,
}

impl Dialog {
    /// The dialog that `invite` opens; `None` when its `Contact` or a route cannot be read.
    pub(crate) fn listen(invite: &Message, route: Route, local_tag: String) -> Option<Self> {
        let headers = &invite.headers;
        let contacts = headers.list(&Name::Contact);
        let contact = Address::parse(contacts.first()?)?;
        if contact.uri.scheme == Scheme::Other {
            return None;
        }
        Some(Self {
            call_id: invite.call_id().to_owned(),
            local: format!("{};tag={local_tag}", headers.first(&Name::To)?),
            remote: headers.first(&Name::From)?.to_owned(),
            remote_tag: invite.from.tag().unwrap_or_default().to_owned(),
            local_tag,
            remote_cseq: invite.cseq,
            local_cseq: 0,
            target: contact.uri,
            routes: headers.list(&Name::RecordRoute).into_iter().map(str::to_owned).collect(),
            symmetric: is_translated(invite, &route),
            route,
        })
    }

    /// The dialog that an INVITE of ours will open.
    pub(crate) fn connect(connect: &Connect, call_id: String, local_tag: String) -> Self {
        let display = match connect.from_display.as_str() {
            "" => String::new(),
            display => format!("{} ", quote(display)),
        };
        Self {
            call_id,
            local: format!("{display}<{}>;tag={local_tag}", connect.from.as_str()),
            remote: format!("<{}>", connect.target.as_str()),
            remote_tag: String::new(),
            local_tag,
            remote_cseq: 0,
            local_cseq: 0,
            target: connect.target.clone(),
            routes: Vec::new(),
            symmetric: true,
            route: connect.route,
        }
    }

    /// Whether `request` belongs here; a tag that is not ours or theirs does not (§12.2.2).
    pub(crate) fn owns(&self, request: &Message) -> bool {
        request.call_id() == self.call_id
            && request.to.tag() == Some(&self.local_tag)
            && request.from.tag().unwrap_or_default() == self.remote_tag
    }

    /// Takes the other side's tag from an answer to our INVITE.
    pub(crate) fn hear(&mut self, response: &Message) {
        if let (Some(tag), Some(to)) = (response.to.tag(), response.headers.first(&Name::To)) {
            tag.clone_into(&mut self.remote_tag);
            to.clone_into(&mut self.remote);
        }
    }

    /// Takes tag, target and route set from the 2xx to our INVITE (§12.1.2).
    pub(crate) fn confirm(&mut self, response: &Message) {
        self.hear(response);
        let routes = response.headers.list(&Name::RecordRoute);
        self.routes = routes.into_iter().rev().map(str::to_owned).collect();
        self.retarget(response);
    }

    /// Takes the other side's new address from a request or a 2xx that may change it (§12.2).
    pub(crate) fn retarget(&mut self, message: &Message) {
        let contacts = message.headers.list(&Name::Contact);
        let contact = contacts.first().and_then(|contact| Address::parse(contact));
        if let Some(contact) = contact.filter(|contact| contact.uri.scheme != Scheme::Other) {
            self.target = contact.uri;
            if message.code().is_some() {
                self.symmetric = false;
            }
        }
    }

    /// A new request of ours.
    pub(crate) fn request(&mut self, method: Method, branch: &str, settings: &Settings) -> Draft {
        self.local_cseq += 1;
        self.draft(method, self.local_cseq, branch, settings)
    }

    /// The ACK to the 2xx that answered our INVITE number `cseq`.
    pub(crate) fn ack(&self, cseq: u32, branch: &str, settings: &Settings) -> Draft {
        self.draft(Method::Ack, cseq, branch, settings)
    }

    /// Where our requests go: the first route or the target, when it names an address.
    pub(crate) fn hop(&self) -> Route {
        if self.symmetric && self.routes.is_empty() {
            return self.route;
        }
        let first = self.routes.first().and_then(|route| Address::parse(route));
        let uri = first.map_or_else(|| self.target.clone(), |address| address.uri);
        let Ok(host) = uri.host.parse::<IpAddr>() else { return self.route };
        let named = uri.param("transport").and_then(|p| p.value.as_deref()).unwrap_or_default();
        let transport = match named.to_ascii_lowercase().as_str() {
            "tcp" => Transport::Tcp,
            "udp" => Transport::Udp,
            _ => self.route.transport,
        };
        let same_peer = transport == Transport::Udp || host == self.route.remote.ip();
        let line = match transport == self.route.transport && same_peer {
            true => self.route.line,
            false => LineId::ANY,
        };
        let remote = SocketAddr::new(host, uri.port.unwrap_or(PORT));
        Route { transport, line, local: self.route.local, remote }
    }

    fn draft(&self, method: Method, cseq: u32, branch: &str, settings: &Settings) -> Draft {
        let mut routes = self.routes.clone();
        let mut uri = self.target.as_str().to_owned();
        let first = routes.first().and_then(|route| Address::parse(route));
        // A strict router wants its own address in the first line (§12.2.1.1).
        if let Some(strict) = first.filter(|address| address.uri.param("lr").is_none()) {
            routes.remove(0);
            routes.push(format!("<{uri}>"));
            strict.uri.as_str().clone_into(&mut uri);
        }
        let hop = self.hop();
        let mut draft = Draft::request(method, &uri)
            .with(Name::Via, settings.via(&hop, branch))
            .with(Name::MaxForwards, "70");
        for route in routes {
            draft = draft.with(Name::Route, route);
        }
        draft
            .with(Name::From, &self.local)
            .with(Name::To, &self.remote)
            .with(Name::CallId, &self.call_id)
            .with(Name::CSeq, format!("{cseq} {}", method.name()))
            .with(Name::Contact, settings.contact(&hop))
            .with(Name::UserAgent, &settings.user_agent)
    }
}

/// Whether the sender itself, not a proxy, wrote an address that its request did not come from.
fn is_translated(request: &Message, source: &Route) -> bool {
    if request.headers.list(&Name::Via).len() > 1 {
        return false;
    }
    let via = &request.via;
    let host_differs = via.host.parse::<IpAddr>().is_ok_and(|host| host != source.remote.ip());
    let port_differs = via.port.unwrap_or(PORT) != source.remote.port();
    match source.transport {
        Transport::Udp => host_differs || (via.rport && port_differs),
        Transport::Tcp => host_differs,
    }
}
