//! Errands that go to other systems: one client for what flows ask, the carriers of messages, and
//! programs that callers talk with.

use std::sync::Arc;

use crate::flow::run::{
    HttpAnswer, HttpFault, HttpRequest, MessageFault, MessageOrder, StreamEnd, StreamOrder,
};
use crate::shell::clock::Clock;
use crate::shell::errand::Sender;
use crate::shell::errand::client;
use crate::shell::errand::email::{Email, EmailServer};
use crate::shell::errand::guard::{Guard, IsNamed, Target};
use crate::shell::errand::http::Http;
use crate::shell::errand::message::{Author, Messenger};
use crate::shell::errand::sms::{Sms, SmsGateway};
use crate::shell::errand::stream::{Line, Name, Streams};
use crate::telemetry::Meter;

/// Everything that goes out to other systems.
#[derive(Debug, Clone)]
pub struct Outward {
    http: Http,
    messages: Messenger,
    streams: Streams,
}

/// What it is made of.
pub struct Parts {
    /// The engine's clock.
    pub clock: Clock,
    /// Where it is counted.
    pub meter: Arc<Meter>,
    /// Whom flows may ask.
    pub allow: Vec<Target>,
    /// Which addresses that are not public may lie behind a name.
    pub is_named: IsNamed,
    /// The gateway of short messages.
    pub sms: Option<SmsGateway>,
    /// The mail server.
    pub email: Option<EmailServer>,
}

/// Why nothing can go out.
#[derive(Debug, thiserror::Error)]
pub enum OutwardFault {
    /// The gateway's token cannot be read.
    #[error("[sms] token: wanted a readable secret, found {0}")]
    Token(#[from] std::io::Error),
    /// The mail server cannot be used.
    #[error("[email]: {0}")]
    Email(String),
}

impl Outward {
    /// Makes everything ready; nothing is connected yet.
    ///
    /// # Errors
    ///
    /// A secret that cannot be read, or a mail server that cannot be used.
    pub fn new(parts: Parts) -> Result<Self, OutwardFault> {
        let Parts { clock, meter, allow, is_named, sms, email } = parts;
        let roots = client::roots();
        if roots.is_empty() && allow.iter().any(Target::is_encrypted) {
            tracing::warn!("the system trusts no certificates: nobody can be asked by https");
        }
        let sms = match sms {
            Some(gateway) => Some(Sms::new(gateway, &roots, clock, &meter)?),
            None => None,
        };
        let email = email.as_ref().map(Email::new).transpose();
        let email = email.map_err(|fault| OutwardFault::Email(fault.to_string()))?;
        let guard = Arc::new(Guard::new(allow, is_named));
        let streams = Streams::new(Arc::clone(&guard), &roots, clock, Arc::clone(&meter));
        let http = Http::new(guard, &roots, clock, Arc::clone(&meter));
        let messages = Messenger { sms, email, clock, meter, rates: Arc::default() };
        Ok(Self { http, messages, streams })
    }

    /// Asks another system for a flow.
    pub(super) async fn http(
        &self,
        sender: Sender,
        request: &HttpRequest,
    ) -> Result<HttpAnswer, HttpFault> {
        let (key, mut rng) = (key(&sender), sender.rng);
        self.http.ask(&key, request, &mut rng).await
    }

    /// Lets a caller talk with a program.
    pub(super) async fn stream(
        &self,
        sender: Sender,
        order: &StreamOrder,
        line: Line,
    ) -> StreamEnd {
        let name = Name { stream: key(&sender), call: sender.call.to_string() };
        self.streams.carry(name, order, line).await
    }

    /// Sends a message for a flow.
    pub(super) async fn message(
        &self,
        sender: Sender,
        order: &MessageOrder,
    ) -> Result<(), MessageFault> {
        let key = key(&sender);
        let Sender { call, citizen, mut rng, .. } = sender;
        let author = Author { key: &key, call, citizen: &citizen };
        self.messages.send(author, order, &mut rng).await
    }
}

/// What no other errand has: the other side can tell by it which attempts are one, and we which
/// call it was.
fn key(sender: &Sender) -> String {
    format!("{}-{}", sender.call, sender.errand.0)
}
