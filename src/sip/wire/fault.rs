//! What is wrong with a message, and what may be answered.

use std::net::SocketAddr;

use crate::sip::message::{Draft, Headers, Method, Name};

/// A message that cannot be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A request to be refused.
    Refuse(Box<Refusal>),
    /// Nothing can be answered, or nothing may be: why.
    Drop(&'static str),
}

impl Fault {
    /// The faulty message's `Call-ID`, empty when it has none.
    #[must_use]
    pub fn call_id(&self) -> &str {
        match self {
            Self::Refuse(refusal) => refusal.headers.first(&Name::CallId).unwrap_or_default(),
            Self::Drop(_) => "",
        }
    }
}

/// All that is needed to refuse a faulty request without remembering it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status to answer with.
    pub code: u16,
    /// The words beside it.
    pub reason: &'static str,
    /// What the request asked for, as far as it can be told.
    pub method: Method,
    /// The header that says what would be welcome.
    pub advice: Option<(Name, String)>,
    headers: Headers,
}

impl Refusal {
    pub(crate) const fn new(
        code: u16,
        reason: &'static str,
        method: Method,
        headers: Headers,
    ) -> Self {
        Self { code, reason, method, advice: None, headers }
    }

    /// The answer to send to `source`.
    #[must_use]
    pub fn draft(&self, source: SocketAddr, tag: &str) -> Draft {
        let draft = Draft::answer(&self.headers, source, self.code, tag).worded(self.reason);
        match &self.advice {
            Some((name, value)) => draft.with(name.clone(), value),
            None => draft,
        }
    }

    /// What tells this request from others: the same for each retransmission.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let via = self.headers.first(&Name::Via).unwrap_or_default();
        let call_id = self.headers.first(&Name::CallId).unwrap_or_default();
        format!("{via} {call_id}")
    }
}
