//! The sockets themselves, on the loopback.
#![expect(clippy::disallowed_types, reason = "a peer's datagram socket")]

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::time::timeout;

use super::*;

const PATIENCE: Duration = Duration::from_secs(5);
const OPTIONS: &str = "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKx\r\n\
    From: <sip:b@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

struct House {
    transports: Transports,
    arrivals: mpsc::Receiver<Received>,
    stop: watch::Sender<bool>,
    readers: tokio::task::JoinHandle<()>,
}

#[expect(clippy::disallowed_methods, reason = "the test owns the task and ends it")]
async fn open() -> House {
    let (sender, arrivals) = mpsc::channel(64);
    let deliver: Deliver = Arc::new(move |received| sender.try_send(received).expect("room"));
    let local = "127.0.0.1:0".parse().expect("an address");
    let binds = [(Transport::Udp, local), (Transport::Tcp, local)];
    let (transports, readers) = Transports::open(&binds, deliver).await.expect("free ports");
    let (stop, stopped) = watch::channel(false);
    House { transports, arrivals, stop, readers: tokio::spawn(readers.run(stopped)) }
}

impl House {
    fn address(&self, wanted: Transport) -> SocketAddr {
        let found = self.transports.addresses().iter().find(|(kind, _)| *kind == wanted);
        found.expect("both are open").1
    }

    async fn arrival(&mut self) -> Received {
        timeout(PATIENCE, self.arrivals.recv()).await.expect("in time").expect("open")
    }

    async fn route(&mut self) -> Route {
        match self.arrival().await {
            Received::Message { route, message } => {
                assert_eq!(message.call_id(), "c");
                route
            }
            Received::Faulty { .. } | Received::Unreachable { .. } => panic!("a message"),
        }
    }
}

async fn read(stream: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let read = timeout(PATIENCE, stream.read_exact(&mut bytes)).await.expect("in time");
    read.expect("open");
    bytes
}

#[tokio::test]
async fn a_datagram_is_answered_where_it_came_from() {
    let mut house = open().await;
    let peer = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let target = house.address(Transport::Udp);
    peer.send_to(OPTIONS.as_bytes(), target).await.expect("sent");
    let route = house.route().await;
    assert_eq!((route.local, route.remote), (target, peer.local_addr().expect("bound")));
    house.transports.send(&route, b"answer".to_vec());
    let mut buffer = [0; 64];
    let received = timeout(PATIENCE, peer.recv(&mut buffer)).await.expect("in time");
    assert_eq!(&buffer[..received.expect("an answer")], b"answer");
}

#[tokio::test]
async fn a_stream_carries_messages_keep_alives_and_answers_and_tells_its_end() {
    let mut house = open().await;
    let mut peer = TcpStream::connect(house.address(Transport::Tcp)).await.expect("open");
    let (first, second) = OPTIONS.split_at(100);
    peer.write_all(b"\r\n\r\n").await.expect("sent");
    assert_eq!(read(&mut peer, 2).await, b"\r\n");
    peer.write_all(first.as_bytes()).await.expect("sent");
    peer.write_all(second.as_bytes()).await.expect("sent");
    let route = house.route().await;
    house.transports.send(&route, b"answer".to_vec());
    assert_eq!(read(&mut peer, 6).await, b"answer");
    drop(peer);
    let Received::Unreachable { line, .. } = house.arrival().await else { panic!("its end") };
    assert_eq!(line, route.line);
}

#[tokio::test]
async fn a_stream_whose_framing_is_lost_gets_its_refusal_and_is_closed() {
    let mut house = open().await;
    let mut peer = TcpStream::connect(house.address(Transport::Tcp)).await.expect("open");
    let broken = OPTIONS.replace("Content-Length: 0", "Content-Length: -1");
    peer.write_all(broken.as_bytes()).await.expect("sent");
    let Received::Faulty { route, .. } = house.arrival().await else { panic!("a fault") };
    house.transports.send(&route, b"refusal".to_vec());
    let mut all = Vec::new();
    timeout(PATIENCE, peer.read_to_end(&mut all)).await.expect("in time").expect("closed");
    assert_eq!(all, b"refusal");
}

#[tokio::test]
async fn a_connection_is_opened_once_and_used_again() {
    let mut house = open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let remote = listener.local_addr().expect("bound");
    let local = house.address(Transport::Tcp);
    let route = Route { transport: Transport::Tcp, line: LineId::ANY, local, remote };
    house.transports.send(&route, b"one".to_vec());
    house.transports.send(&route, b"two".to_vec());
    let (mut peer, _) = listener.accept().await.expect("a connection");
    assert_eq!(read(&mut peer, 6).await, b"onetwo");
    peer.write_all(OPTIONS.as_bytes()).await.expect("sent");
    assert_eq!(house.route().await.local, local);
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable() {
    let mut house = open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let remote = listener.local_addr().expect("bound");
    drop(listener);
    let local = house.address(Transport::Tcp);
    let route = Route { transport: Transport::Tcp, line: LineId::ANY, local, remote };
    house.transports.send(&route, b"one".to_vec());
    let Received::Unreachable { remote: who, .. } = house.arrival().await else { panic!("news") };
    assert_eq!(who, remote);
}

#[tokio::test]
async fn a_taken_address_is_named_in_the_error() {
    let house = open().await;
    for transport in [Transport::Udp, Transport::Tcp] {
        let address = house.address(transport);
        let failed = Transports::open(&[(transport, address)], Arc::new(|_| {})).await;
        let words = failed.expect_err("taken").to_string();
        assert!(words.contains(&address.to_string()) && words.contains("in use"), "{words}");
    }
}

#[tokio::test]
async fn told_to_stop_the_readers_end() {
    let house = open().await;
    house.stop.send(true).expect("they listen");
    timeout(PATIENCE, house.readers).await.expect("in time").expect("no panic");
}
