//! SIP by streams: one task a connection.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::base::limit;
use crate::shell::transport::Door;
use crate::sip::route::Route;
use crate::sip::wire::Stream;

/// Connections that wait to be accepted.
const BACKLOG: u32 = 1_024;

/// Bytes read at once.
const READ_BYTES: usize = 8 * 1024;

/// Opens a listening socket; a port that another process holds is an error, one that is only
/// remembered from our own last run is not.
pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4()?,
        SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Opens a connection.
pub(super) async fn connect(remote: SocketAddr) -> io::Result<TcpStream> {
    let patience = Duration::from_secs(limit::SIP_CONNECT_SECONDS_MAX);
    timeout(patience, TcpStream::connect(remote)).await.map_err(io::Error::from)?
}

/// Reads and writes one connection until either side ends it.
pub(super) async fn serve(
    stream: TcpStream,
    route: Route,
    door: Door,
    pongs: mpsc::WeakSender<Vec<u8>>,
    outgoing: mpsc::Receiver<Vec<u8>>,
) {
    // Without delay answers leave at once; a socket that refuses is only slower.
    let _ = stream.set_nodelay(true);
    let (reading, writing) = stream.into_split();
    let mut writer = std::pin::pin!(write(writing, outgoing));
    tokio::select! {
        () = read(reading, route, &door, &pongs) => {}
        () = &mut writer => return,
    }
    // What was still to be said, such as a refusal, goes out before the connection ends.
    let _ = timeout(Duration::from_secs(1), writer).await;
}

async fn read(
    mut half: OwnedReadHalf,
    route: Route,
    door: &Door,
    pongs: &mpsc::WeakSender<Vec<u8>>,
) {
    let mut stream = Stream::default();
    let mut patience = Duration::from_secs(limit::SIP_MESSAGE_SECONDS_MAX);
    while timeout(patience, next(&mut half, &mut stream, route, door, pongs)).await == Ok(true) {
        patience = Duration::from_secs(match stream.is_partial() {
            true => limit::SIP_MESSAGE_SECONDS_MAX,
            false => limit::SIP_IDLE_SECONDS_MAX,
        });
    }
}

/// Reads until at least one message or keep-alive has come, or a message has begun; `false` when
/// the connection is at its end.
async fn next(
    half: &mut OwnedReadHalf,
    stream: &mut Stream,
    route: Route,
    door: &Door,
    pongs: &mpsc::WeakSender<Vec<u8>>,
) -> bool {
    let mut buffer = vec![0; READ_BYTES];
    let began_partial = stream.is_partial();
    loop {
        let length = match half.read(&mut buffer).await {
            Ok(0) | Err(_) => return false,
            Ok(length) => length,
        };
        stream.push(buffer.get(..length).unwrap_or_default());
        let mut whole = false;
        while let Some(message) = stream.poll() {
            whole = true;
            door.give(route, message);
        }
        for _ in 0..stream.take_pings() {
            whole = true;
            // A peer that pings and does not read gets no more pongs.
            let _ = pongs.upgrade().map(|pongs| pongs.try_send(b"\r\n".to_vec()));
        }
        if stream.must_close() {
            return false;
        }
        if whole || !began_partial {
            return true;
        }
    }
}

async fn write(mut half: OwnedWriteHalf, mut outgoing: mpsc::Receiver<Vec<u8>>) {
    while let Some(bytes) = outgoing.recv().await {
        let patience = Duration::from_secs(limit::SIP_MESSAGE_SECONDS_MAX);
        match timeout(patience, half.write_all(&bytes)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
}
