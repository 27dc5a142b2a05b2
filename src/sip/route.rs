//! Where a message came from and where its answer goes.

use std::net::SocketAddr;

/// What carries a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// One message a datagram, repeated until it is answered.
    Udp,
    /// A stream that keeps its promises or breaks.
    Tcp,
}

impl Transport {
    /// The transport's name in a `Via`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }
}

/// One listening socket or one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LineId(pub u64);

impl LineId {
    /// No line yet: the transport finds or opens one to the remote address.
    pub const ANY: Self = Self(0);
}

/// Where bytes came from and where they go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Route {
    /// What carries the bytes.
    pub transport: Transport,
    /// Which socket or connection carries them.
    pub line: LineId,
    /// Our address, as the other side may write to it.
    pub local: SocketAddr,
    /// The other side's address.
    pub remote: SocketAddr,
}
