//! The SIP phones of a rehearsed call, all on one socket: the caller's, the agent's, and that of
//! somebody outside.
#![expect(clippy::disallowed_types, reason = "a rehearsal's phones have sockets of their own")]

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crate::base::chance::Rng;
use crate::base::limit::SIP_DATAGRAM_BYTES_MAX;
use crate::shell::clock::Clock;
use crate::shell::post::call_id_suffix;
use crate::sip::endpoint::{Endpoint, Input, Output, Settings};
use crate::sip::route::{LineId, Route, Transport};
use crate::sip::session::{Connect, Event, Order, SessionId};
use crate::sip::uri::Uri;
use crate::sip::wire;

/// SIP phones on one socket.
#[derive(Debug)]
pub struct Phone {
    clock: Clock,
    socket: UdpSocket,
    local: SocketAddr,
    remote: SocketAddr,
    endpoint: Endpoint,
    news: VecDeque<(SessionId, Event)>,
}

impl Phone {
    /// Phones that call `remote`; with our own engine there, worker `owner` has their calls.
    ///
    /// # Errors
    ///
    /// When there is no socket to be had.
    pub fn open(clock: Clock, remote: SocketAddr, owner: usize, rng: &mut Rng) -> io::Result<Self> {
        let any: IpAddr = match remote {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        // Connecting a datagram socket sends nothing, and tells by which address it would go.
        let probe = UdpSocket::bind((any, 0))?;
        probe.connect(remote)?;
        let socket = UdpSocket::bind((probe.local_addr()?.ip(), 0))?;
        socket.set_nonblocking(true)?;
        let local = socket.local_addr()?;
        let user_agent = "Hatif rehearsal".to_owned();
        let call_id_suffix = call_id_suffix(owner);
        let settings = Settings { user_agent, call_id_suffix, ..Settings::default() };
        let endpoint = Endpoint::new(settings, Rng::seeded(rng.bits()));
        Ok(Self { clock, socket, local, remote, endpoint, news: VecDeque::new() })
    }

    /// Where the phones are.
    #[must_use]
    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    /// Calls `target`.
    pub(super) fn call(&mut self, target: Uri, from: Uri, sdp: Vec<u8>) -> SessionId {
        let session = self.endpoint.reserve();
        let route = Route {
            transport: Transport::Udp,
            line: LineId::ANY,
            local: self.local,
            remote: self.remote,
        };
        let (from_display, headers) = (String::new(), Vec::new());
        let connect = Box::new(Connect { target, from_display, from, route, sdp, headers });
        self.handle(Input::Connect { session, connect });
        session
    }

    /// Orders something of a session.
    pub(super) fn order(&mut self, session: SessionId, order: Order) {
        self.handle(Input::Order { session, order });
    }

    /// Takes what came, and does what is due.
    pub(super) fn turn(&mut self) {
        let mut bytes = [0; SIP_DATAGRAM_BYTES_MAX];
        while let Ok((length, remote)) = self.socket.recv_from(&mut bytes) {
            let (transport, line, local) = (Transport::Udp, LineId::ANY, self.local);
            let route = Route { transport, line, local, remote };
            self.handle(match wire::datagram(bytes.get(..length).unwrap_or_default()) {
                Ok(message) => Input::Received { route, message: Box::new(message) },
                Err(fault) => Input::Faulty { route, fault },
            });
        }
        self.endpoint.handle_timeout(self.clock.now());
        self.drain();
    }

    /// The next thing that happened.
    pub(super) fn news(&mut self) -> Option<(SessionId, Event)> {
        self.news.pop_front()
    }

    fn handle(&mut self, input: Input) {
        self.endpoint.handle(self.clock.now(), input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                // A datagram that is lost is sent again by the transaction.
                Output::Send { route, bytes } => {
                    let _ = self.socket.send_to(&bytes, route.remote);
                }
                Output::Event { session, event } => self.news.push_back((session, event)),
                Output::Note(_) => {}
            }
        }
    }
}
