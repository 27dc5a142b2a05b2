//! SIP by datagrams.
#![expect(clippy::disallowed_types, reason = "the SIP datagram socket lives here")]

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::UdpSocket;

use crate::base::limit;
use crate::shell::transport::Door;
use crate::sip::route::{LineId, Route, Transport};
use crate::sip::wire;

/// One listening socket.
#[derive(Debug)]
pub(super) struct Udp {
    line: LineId,
    socket: UdpSocket,
    address: SocketAddr,
    /// Our address towards the world, when the socket listens on all of them.
    outward: IpAddr,
}

impl Udp {
    pub(super) async fn bind(line: LineId, address: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address).await?;
        for set in [
            rustix::net::sockopt::set_socket_recv_buffer_size,
            rustix::net::sockopt::set_socket_send_buffer_size,
        ] {
            // The system may grant less; a smaller buffer only drops earlier in a burst.
            let _ = set(&socket, limit::SIP_SOCKET_BUFFER_BYTES);
        }
        let address = socket.local_addr()?;
        let outward = outward(address).await;
        Ok(Self { line, socket, address, outward })
    }

    pub(super) const fn line(&self) -> LineId {
        self.line
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Reads datagrams for ever.
    pub(super) async fn read(&self, door: &Door) {
        let mut buffer = vec![0; limit::SIP_DATAGRAM_BYTES_MAX];
        loop {
            // An error here is about a datagram sent earlier, to somebody who is gone.
            let Ok((length, remote)) = self.socket.recv_from(&mut buffer).await else {
                tokio::task::yield_now().await;
                continue;
            };
            let local = local_for(self.address, self.outward, remote);
            let route = Route { transport: Transport::Udp, line: self.line, local, remote };
            door.give(route, wire::datagram(buffer.get(..length).unwrap_or_default()));
        }
    }

    /// Sends one datagram, or loses it when the buffer is full.
    pub(super) fn send(&self, remote: SocketAddr, bytes: &[u8]) -> io::Result<()> {
        match self.socket.try_send_to(bytes, remote) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            // What an earlier datagram met; this one has not been tried.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                self.socket.try_send_to(bytes, remote).map(|_| ())
            }
            Err(error) => Err(error),
        }
    }
}

/// The address that a peer at `remote` can write to.
pub(super) fn local_for(bound: SocketAddr, outward: IpAddr, remote: SocketAddr) -> SocketAddr {
    if !bound.ip().is_unspecified() {
        return bound;
    }
    let ip = match remote.ip() {
        IpAddr::V4(ip) if ip.is_loopback() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_loopback() => Ipv6Addr::LOCALHOST.into(),
        IpAddr::V4(_) | IpAddr::V6(_) => outward,
    };
    SocketAddr::new(ip, bound.port())
}

/// The address the system would send from. Connecting a datagram socket sends nothing; the
/// addresses are those kept for documentation.
async fn outward(bound: SocketAddr) -> IpAddr {
    let (any, far): (SocketAddr, SocketAddr) = match bound {
        SocketAddr::V4(_) => {
            ((Ipv4Addr::UNSPECIFIED, 0).into(), (Ipv4Addr::new(192, 0, 2, 1), 9).into())
        }
        SocketAddr::V6(_) => {
            let far = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
            ((Ipv6Addr::UNSPECIFIED, 0).into(), (far, 9).into())
        }
    };
    if !bound.ip().is_unspecified() {
        return bound.ip();
    }
    let Ok(probe) = UdpSocket::bind(any).await else { return bound.ip() };
    match probe.connect(far).await.and_then(|()| probe.local_addr()) {
        Ok(address) => address.ip(),
        Err(_) => bound.ip(),
    }
}
