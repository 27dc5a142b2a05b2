//! The SIP sockets: bytes from the network to whoever owns the call, and back.

mod keeper;
mod tcp;
mod udp;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::shell::transport::keeper::Keeper;
use crate::shell::transport::udp::Udp;
use crate::sip::route::{LineId, Route, Transport};
use crate::sip::wire::{Fault, Message};

/// One thing that came from the network.
#[derive(Debug)]
pub enum Received {
    /// A message.
    Message {
        /// The way it came.
        route: Route,
        /// The message.
        message: Box<Message>,
    },
    /// Something that is no message.
    Faulty {
        /// The way it came.
        route: Route,
        /// What is wrong with it.
        fault: Fault,
    },
    /// A connection broke or could not be opened, or nobody listens at the address.
    Unreachable {
        /// What would have carried the bytes.
        transport: Transport,
        /// The line that broke, or [`LineId::ANY`].
        line: LineId,
        /// Who cannot be reached.
        remote: SocketAddr,
    },
}

/// Takes what came. It must not wait: when the worker's queue is full it drops and counts.
pub type Deliver = Arc<dyn Fn(Received) + Send + Sync>;

/// A listening address that cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {transport:?} {address}: {source}")]
pub struct BindError {
    /// The transport.
    pub transport: Transport,
    /// The address.
    pub address: SocketAddr,
    /// What the system says, such as "address in use".
    pub source: std::io::Error,
}

/// Sends bytes by any of the sockets. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Transports {
    udp: Arc<[Udp]>,
    orders: mpsc::Sender<keeper::Order>,
    door: Door,
    addresses: Arc<[(Transport, SocketAddr)]>,
}

/// The part of [`Transports`] that reads; it runs until it is told to stop.
#[derive(Debug)]
pub struct Readers {
    udp: Arc<[Udp]>,
    keeper: Keeper,
}

impl Transports {
    /// Opens every address of `binds`; nothing is read before [`Readers::run`].
    ///
    /// # Errors
    ///
    /// The first address that cannot be had.
    pub async fn open(
        binds: &[(Transport, SocketAddr)],
        deliver: Deliver,
    ) -> Result<(Self, Readers), BindError> {
        let door = Door(deliver);
        let (mut udp, mut listeners, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
        for (line, &(transport, address)) in (1..).zip(binds) {
            let failed = |source| BindError { transport, address, source };
            let bound = match transport {
                Transport::Udp => {
                    let socket = Udp::bind(LineId(line), address).await.map_err(failed)?;
                    let bound = socket.address();
                    udp.push(socket);
                    bound
                }
                Transport::Tcp => {
                    let listener = tcp::listen(address).map_err(failed)?;
                    let bound = listener.local_addr().map_err(failed)?;
                    listeners.push(listener);
                    bound
                }
            };
            addresses.push((transport, bound));
        }
        let first = LineId(u64::try_from(binds.len()).unwrap_or(u64::MAX) + 1);
        let (keeper, orders) = Keeper::new(listeners, first, door.clone());
        let udp: Arc<[Udp]> = udp.into();
        let readers = Readers { udp: Arc::clone(&udp), keeper };
        Ok((Self { udp, orders, door, addresses: addresses.into() }, readers))
    }

    /// The addresses in the order they were asked for, with the ports the system has chosen.
    #[must_use]
    pub fn addresses(&self) -> &[(Transport, SocketAddr)] {
        &self.addresses
    }

    /// Sends `bytes` without waiting. What cannot be sent comes back as
    /// [`Received::Unreachable`]; a datagram that finds the buffer full is lost like any other.
    pub fn send(&self, route: &Route, bytes: Vec<u8>) {
        match route.transport {
            Transport::Udp => {
                let same_family = |udp: &&Udp| udp.address().is_ipv4() == route.remote.is_ipv4();
                let own = self.udp.iter().find(|udp| udp.line() == route.line);
                match own.or_else(|| self.udp.iter().find(same_family)) {
                    Some(udp) if udp.send(route.remote, &bytes).is_ok() => {}
                    Some(_) | None => self.door.tell(route),
                }
            }
            Transport::Tcp => {
                let order = keeper::Order::Send { route: *route, bytes };
                if self.orders.try_send(order).is_err() {
                    self.door.tell(route);
                }
            }
        }
    }
}

impl Readers {
    /// Reads all sockets until `stop` turns true or its sender is gone.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut tasks = tokio::task::JoinSet::new();
        for at in 0..self.udp.len() {
            tasks.spawn(read(Arc::clone(&self.udp), at, self.keeper.door().clone()));
        }
        tasks.spawn(self.keeper.run());
        // An error means that nobody is left who could stop us later.
        let _ = stop.wait_for(|stop| *stop).await;
        tasks.shutdown().await;
    }
}

async fn read(sockets: Arc<[Udp]>, at: usize, door: Door) {
    let socket = sockets.get(at).expect("every position up to the length has a socket");
    socket.read(&door).await;
}

/// The callback, with a name in debug output.
#[derive(Clone)]
struct Door(Deliver);

impl Door {
    fn tell(&self, route: &Route) {
        let (transport, line, remote) = (route.transport, route.line, route.remote);
        (self.0)(Received::Unreachable { transport, line, remote });
    }

    fn give(&self, route: Route, message: Result<Message, Fault>) {
        (self.0)(match message {
            Ok(message) => Received::Message { route, message: Box::new(message) },
            Err(fault) => Received::Faulty { route, fault },
        });
    }
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Deliver")
    }
}

#[cfg(test)]
mod tests;
