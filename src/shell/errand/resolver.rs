//! Names to addresses, under the guard's eyes: whoever is connected to was judged by address, so
//! that a name cannot lead elsewhere between the question and the connection.

use std::error::Error;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

use crate::shell::errand::guard::Guard;

/// The system's resolver, with a guard at its door.
#[derive(Debug, Clone)]
pub(super) struct Resolver(pub(super) Arc<Guard>);

/// Where a name leads, without what the guard refuses.
///
/// # Errors
///
/// When it leads nowhere, or the guard refuses all of it: then the fault is a
/// [`Refusal`](crate::shell::errand::guard::Refusal).
pub(super) async fn addresses(
    guard: &Guard,
    name: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, Fault> {
    let (mut good, mut refused) = (Vec::new(), None);
    for address in tokio::net::lookup_host((name, port)).await? {
        match guard.admit_address(name, address.ip()) {
            Ok(()) => good.push(address),
            Err(refusal) => refused = Some(refusal),
        }
    }
    match refused {
        Some(refusal) if good.is_empty() => Err(refusal.into()),
        Some(_) | None => Ok(good),
    }
}

pub(super) type Fault = Box<dyn Error + Send + Sync>;
type Found = Pin<Box<dyn Future<Output = Result<std::vec::IntoIter<SocketAddr>, Fault>> + Send>>;

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Fault;
    type Future = Found;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Found {
        let guard = Arc::clone(&self.0);
        Box::pin(async move { Ok(addresses(&guard, name.as_str(), 0).await?.into_iter()) })
    }
}
