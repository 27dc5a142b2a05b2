//! Pairs of ports for RTP and RTCP: an even one and the one after it.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;

use crossbeam::atomic::AtomicCell;

use crate::base::chance::Rng;
use crate::base::limit;

/// A bound pair. The ports are free again when the sockets are dropped.
#[derive(Debug)]
pub struct PortPair {
    /// The even port's socket.
    pub rtp: UdpSocket,
    /// The odd port's socket.
    pub rtcp: UdpSocket,
    port: u16,
}

impl PortPair {
    /// The RTP port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

/// Where pairs come from. The kernel knows which are taken; this only remembers where to look.
#[derive(Debug)]
pub struct Ports {
    address: IpAddr,
    first: u16,
    pairs: u32,
    /// The pair to try next. A port that was given back is tried last, so that packets for the
    /// leg that had it find nobody.
    next: AtomicCell<u32>,
}

impl Ports {
    /// The default range, below the ports that Linux gives to outgoing connections.
    pub const RANGE: RangeInclusive<u16> = 16_384..=32_767;

    /// The whole pairs within `range` on `address`, from a place that chance decides.
    #[must_use]
    pub fn new(address: IpAddr, range: &RangeInclusive<u16>, rng: &mut Rng) -> Self {
        let first = range.start().saturating_add(range.start() % 2);
        let pairs = (u32::from(*range.end()) + 1).saturating_sub(u32::from(first)) / 2;
        let start = u32::try_from(rng.below(u64::from(pairs))).unwrap_or(0);
        Self { address, first, pairs, next: AtomicCell::new(start) }
    }

    /// Binds a pair.
    ///
    /// # Errors
    ///
    /// When as many pairs as [`limit::RTP_PORT_TRIES_MAX`] were taken, or a socket cannot be made.
    pub fn take(&self) -> io::Result<PortPair> {
        for _ in 0..limit::RTP_PORT_TRIES_MAX {
            match self.bind(self.next_port()?) {
                Ok(pair) => return Ok(pair),
                Err(fault) if fault.kind() == io::ErrorKind::AddrInUse => {}
                Err(fault) => return Err(fault),
            }
        }
        Err(io::Error::new(io::ErrorKind::AddrInUse, "no pair of RTP ports is free"))
    }

    fn next_port(&self) -> io::Result<u16> {
        // Only a place to look: two who read the same one find the port taken, and look on.
        let turn = self.next.fetch_add(1).checked_rem(self.pairs);
        let offset = turn.and_then(|turn| u16::try_from(turn * 2).ok());
        let port = offset.and_then(|offset| self.first.checked_add(offset));
        port.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no RTP ports are given"))
    }

    fn bind(&self, port: u16) -> io::Result<PortPair> {
        let bound = |port| {
            let socket = UdpSocket::bind(SocketAddr::new(self.address, port))?;
            socket.set_nonblocking(true)?;
            Ok::<_, io::Error>(socket)
        };
        let rtp = bound(port)?;
        Ok(PortPair { rtp, rtcp: bound(port + 1)?, port })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    /// An address of this test's own: an engine that runs beside it takes no port there.
    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 77));

    #[test]
    fn a_pair_is_even_and_odd_and_a_taken_port_is_passed_over() {
        let ports = Ports::new(LOCAL, &(32_101..=32_105), &mut Rng::seeded(1));
        let (one, two) = (ports.take().unwrap(), ports.take().unwrap());
        let mut taken = [one.port(), two.port()];
        taken.sort_unstable();
        assert_eq!(taken, [32_102, 32_104]);
        assert_eq!(one.rtcp.local_addr().unwrap().port(), one.port() + 1);
        let fault = ports.take().unwrap_err();
        assert_eq!(fault.kind(), io::ErrorKind::AddrInUse);
        let free = one.port();
        drop(one);
        assert_eq!(ports.take().unwrap().port(), free);
    }

    #[test]
    fn a_range_without_a_pair_is_said_to_be_so() {
        let ports = Ports::new(LOCAL, &(32_107..=32_108), &mut Rng::seeded(1));
        assert_eq!(ports.take().unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
