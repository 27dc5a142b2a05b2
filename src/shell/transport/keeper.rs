//! The one who knows all connections: accepts them, opens them, hands them bytes, forgets them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::base::limit;
use crate::shell::transport::{Door, tcp};
use crate::sip::route::{LineId, Route, Transport};

/// What others ask of the keeper.
#[derive(Debug)]
pub(super) enum Order {
    /// Send by this connection, or by one to the same address, or open one.
    Send { route: Route, bytes: Vec<u8> },
}

enum News {
    Accepted { stream: TcpStream, local: SocketAddr, remote: SocketAddr },
    Opened { line: LineId, stream: TcpStream },
    Failed { line: LineId },
}

#[derive(Debug)]
struct Connection {
    route: Route,
    outgoing: mpsc::Sender<Vec<u8>>,
    /// Held until the connection is open.
    waiting: Option<mpsc::Receiver<Vec<u8>>>,
}

/// All connections.
#[derive(Debug)]
pub(super) struct Keeper {
    listeners: Vec<TcpListener>,
    /// Our own listening port, which `Contact` and `Via` name on connections that we open.
    listening: Option<SocketAddr>,
    orders: mpsc::Receiver<Order>,
    by_line: BTreeMap<LineId, Connection>,
    by_remote: BTreeMap<SocketAddr, LineId>,
    next: LineId,
    door: Door,
}

impl Keeper {
    pub(super) fn new(
        listeners: Vec<TcpListener>,
        next: LineId,
        door: Door,
    ) -> (Self, mpsc::Sender<Order>) {
        let (sender, orders) = mpsc::channel(limit::SIP_KEEPER_QUEUE_MAX);
        let listening = listeners.first().and_then(|listener| listener.local_addr().ok());
        let (by_line, by_remote) = (BTreeMap::new(), BTreeMap::new());
        (Self { listeners, listening, orders, by_line, by_remote, next, door }, sender)
    }

    pub(super) const fn door(&self) -> &Door {
        &self.door
    }

    /// Keeps the connections for ever. All of them end with this future.
    pub(super) async fn run(mut self) {
        let (sender, mut news) = mpsc::channel(limit::SIP_CONNECTION_QUEUE_MAX);
        let mut doors = JoinSet::new();
        for listener in std::mem::take(&mut self.listeners) {
            doors.spawn(accept(listener, sender.clone()));
        }
        let mut lines: JoinSet<LineId> = JoinSet::new();
        let mut dials: JoinSet<News> = JoinSet::new();
        loop {
            tokio::select! {
                Some(order) = self.orders.recv() => match order {
                    Order::Send { route, bytes } => self.send(route, bytes, &mut dials),
                },
                Some(news) = news.recv() => self.hear(news, &mut lines),
                Some(Ok(news)) = dials.join_next() => self.hear(news, &mut lines),
                Some(Ok(line)) = lines.join_next() => self.forget(line),
            }
        }
    }

    fn send(&mut self, route: Route, bytes: Vec<u8>, dials: &mut JoinSet<News>) {
        let known = Some(route.line).filter(|line| self.by_line.contains_key(line));
        let known = known.or_else(|| self.by_remote.get(&route.remote).copied());
        let line = known.unwrap_or_else(|| self.dial(route, dials));
        let Some(connection) = self.by_line.get(&line) else { return self.door.tell(&route) };
        if connection.outgoing.try_send(bytes).is_err() {
            // The peer does not read. Without its sender the writer ends, at the latest when a
            // write takes too long.
            self.door.tell(&route);
            self.forget(line);
        }
    }

    fn dial(&mut self, route: Route, dials: &mut JoinSet<News>) -> LineId {
        if self.by_line.len() >= limit::SIP_CONNECTIONS_MAX {
            return LineId::ANY;
        }
        let line = self.take_line();
        let remote = route.remote;
        self.insert(Route { line, ..route });
        dials.spawn(async move {
            match tcp::connect(remote).await {
                Ok(stream) => News::Opened { line, stream },
                Err(_) => News::Failed { line },
            }
        });
        line
    }

    fn hear(&mut self, news: News, lines: &mut JoinSet<LineId>) {
        match news {
            News::Accepted { stream, local, remote } => {
                // Dropping the stream closes it.
                if self.by_line.len() < limit::SIP_CONNECTIONS_MAX {
                    let line = self.take_line();
                    self.insert(Route { transport: Transport::Tcp, line, local, remote });
                    self.start(line, stream, lines);
                }
            }
            News::Opened { line, stream } => {
                let local = stream.local_addr().ok();
                let connection = self.by_line.get_mut(&line);
                if let (Some(connection), Some(local)) = (connection, local) {
                    let port = self.listening.unwrap_or(local).port();
                    connection.route.local = SocketAddr::new(local.ip(), port);
                }
                self.start(line, stream, lines);
            }
            News::Failed { line } => self.forget(line),
        }
    }

    fn start(&mut self, line: LineId, stream: TcpStream, lines: &mut JoinSet<LineId>) {
        let Some(connection) = self.by_line.get_mut(&line) else { return };
        let Some(outgoing) = connection.waiting.take() else { return };
        let (route, door, pongs) =
            (connection.route, self.door.clone(), connection.outgoing.downgrade());
        lines.spawn(async move {
            Box::pin(tcp::serve(stream, route, door, pongs, outgoing)).await;
            line
        });
    }

    fn forget(&mut self, line: LineId) {
        let Some(connection) = self.by_line.remove(&line) else { return };
        if self.by_remote.get(&connection.route.remote) == Some(&line) {
            self.by_remote.remove(&connection.route.remote);
        }
        self.door.tell(&connection.route);
    }

    fn insert(&mut self, route: Route) {
        let (outgoing, waiting) = mpsc::channel(limit::SIP_CONNECTION_QUEUE_MAX);
        self.by_remote.insert(route.remote, route.line);
        let connection = Connection { route, outgoing, waiting: Some(waiting) };
        self.by_line.insert(route.line, connection);
    }

    const fn take_line(&mut self) -> LineId {
        let line = self.next;
        self.next = LineId(line.0 + 1);
        line
    }
}

async fn accept(listener: TcpListener, news: mpsc::Sender<News>) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                let Ok(local) = stream.local_addr() else { continue };
                if news.send(News::Accepted { stream, local, remote }).await.is_err() {
                    return;
                }
            }
            Err(_) => breathe().await,
        }
    }
}

/// Out of descriptors, most likely: others must get a turn to close theirs.
#[expect(
    clippy::disallowed_methods,
    reason = "the pause is between system calls, not in a machine"
)]
async fn breathe() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}
