//! Listening, and every connection until the stop.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::base::limit::{
    HTTP_CONNECTIONS_MAX, HTTP_HEAD_BYTES_MAX, HTTP_HEAD_PATIENCE, HTTP_STOP_PATIENCE,
};
use crate::shell::http::parts::HttpParts;
use crate::shell::http::router::router;

/// How long listening rests when the system refuses a connection, as it does out of descriptors.
const REFUSED_REST: Duration = Duration::from_millis(100);

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// The listening socket and what answers there.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    router: Router,
}

/// Takes the address, and says which it is when `bind` left the port open.
///
/// Nothing is answered before [`Server::run`].
///
/// # Errors
///
/// When the address cannot be had.
pub async fn serve(bind: SocketAddr, parts: HttpParts) -> io::Result<(SocketAddr, Server)> {
    let listener = TcpListener::bind(bind).await?;
    Ok((listener.local_addr()?, Server { listener, router: router(parts) }))
}

impl Server {
    /// Answers until `stop`, and then until what was being answered is done, or patience ends.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, router } = self;
        let mut stop = pin!(stop);
        let (stopping, is_stopping) = watch::channel(false);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) if connections.len() < HTTP_CONNECTIONS_MAX => {
                        let router = router.clone();
                        connections.spawn(carry(stream, peer, router, is_stopping.clone()));
                    }
                    Ok((_, peer)) => tracing::warn!(%peer, "too many HTTP connections: refused"),
                    Err(why) => {
                        tracing::warn!(%why, "an HTTP connection could not be accepted");
                        rest().await;
                    }
                }
            }
        }
        drop(listener);
        stopping.send_replace(true);
        let all = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(HTTP_STOP_PATIENCE, all).await.is_err() {
            tracing::warn!(left = connections.len(), "HTTP requests cut off at the stop");
        }
        connections.shutdown().await;
    }
}

async fn rest() {
    drop(tokio::time::timeout(REFUSED_REST, std::future::pending::<()>()).await);
}

async fn carry(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut is_stopping: watch::Receiver<bool>,
) {
    let service = TowerToHyperService::new(router.layer(Extension(Peer(peer))));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HTTP_HEAD_PATIENCE)
        .max_buf_size(HTTP_HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let stop = async { drop(is_stopping.wait_for(|stopping| *stopping).await) };
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(why) = ended {
        tracing::debug!(%peer, %why, "an HTTP connection broke");
    }
}
