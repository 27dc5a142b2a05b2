//! A SIP message taken apart, and one being written.

use std::net::SocketAddr;

use rsipstack::rsip::StatusCode;

use crate::sip::uri::{Address, Uri, split_list};
use crate::sip::via::{Via, stamp};
use crate::sip::wire::text;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Sets up a session.
    Invite,
    /// Confirms the final answer to an INVITE.
    Ack,
    /// Ends a session.
    Bye,
    /// Takes an INVITE back.
    Cancel,
    /// Asks what we can do.
    Options,
    /// Carries keys within a session (RFC 6086).
    Info,
    /// Changes a session (RFC 3311).
    Update,
    /// Asks the other side to call somebody else (RFC 3515). It is sent, never obeyed.
    Refer,
    /// Tells what became of it (RFC 3515, RFC 6665).
    Notify,
    /// One of the methods that are known and not served here.
    Unserved,
    /// A method nobody told us of.
    Unknown,
}

impl Method {
    /// The methods that are served, as `Allow` lists them.
    pub const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY";

    /// Reads a method; its case matters (RFC 3261 §7.1).
    #[must_use]
    pub fn parse(token: &str) -> Self {
        match token {
            "INVITE" => Self::Invite,
            "ACK" => Self::Ack,
            "BYE" => Self::Bye,
            "CANCEL" => Self::Cancel,
            "OPTIONS" => Self::Options,
            "INFO" => Self::Info,
            "UPDATE" => Self::Update,
            "REFER" => Self::Refer,
            "NOTIFY" => Self::Notify,
            "REGISTER" | "SUBSCRIBE" | "MESSAGE" | "PUBLISH" | "PRACK" => Self::Unserved,
            _ => Self::Unknown,
        }
    }

    /// The method's name on the wire, or a word for those that are not served.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Options => "OPTIONS",
            Self::Info => "INFO",
            Self::Update => "UPDATE",
            Self::Refer => "REFER",
            Self::Notify => "NOTIFY",
            Self::Unserved => "unserved",
            Self::Unknown => "unknown",
        }
    }
}

macro_rules! names {
    ($($variant:ident $text:literal $compact:literal,)*) => {
        /// A header's name.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Name {
            $(#[doc = $text] $variant,)*
            /// A header that this folder passes on and does not read.
            Other(String),
        }

        impl Name {
            /// Reads a header's full or compact name.
            #[must_use]
            pub fn parse(text: &str) -> Self {
                $(if text.eq_ignore_ascii_case($text) || text.eq_ignore_ascii_case($compact) {
                    return Self::$variant;
                })*
                Self::Other(text.to_owned())
            }

            /// The name as we write it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }
    };
}

// Where a header has no compact form, its full name stands a second time.
names! {
    Via "Via" "v",
    From "From" "f",
    To "To" "t",
    CallId "Call-ID" "i",
    CSeq "CSeq" "CSeq",
    Contact "Contact" "m",
    ContentLength "Content-Length" "l",
    ContentType "Content-Type" "c",
    ContentEncoding "Content-Encoding" "e",
    MaxForwards "Max-Forwards" "Max-Forwards",
    RecordRoute "Record-Route" "Record-Route",
    Route "Route" "Route",
    Require "Require" "Require",
    ProxyRequire "Proxy-Require" "Proxy-Require",
    Supported "Supported" "k",
    Unsupported "Unsupported" "Unsupported",
    Allow "Allow" "Allow",
    Accept "Accept" "Accept",
    AcceptEncoding "Accept-Encoding" "Accept-Encoding",
    RetryAfter "Retry-After" "Retry-After",
    Server "Server" "Server",
    UserAgent "User-Agent" "User-Agent",
    PAssertedIdentity "P-Asserted-Identity" "P-Asserted-Identity",
    Privacy "Privacy" "Privacy",
    Identity "Identity" "y",
    Event "Event" "o",
    SubscriptionState "Subscription-State" "Subscription-State",
    ReferTo "Refer-To" "r",
    ReferredBy "Referred-By" "b",
}

/// The headers of a message, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers(Vec<(Name, String)>);

impl Headers {
    /// Adds a header at the end.
    pub fn push(&mut self, name: Name, value: impl Into<String>) {
        self.0.push((name, value.into()));
    }

    /// The first header of this name.
    #[must_use]
    pub fn first(&self, name: &Name) -> Option<&str> {
        self.all(name).next()
    }

    /// Every header of this name.
    pub fn all<'a, 'b>(&'a self, name: &'b Name) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every element of every header of this name, split at its commas.
    #[must_use]
    pub fn list(&self, name: &Name) -> Vec<&str> {
        self.all(name).flat_map(split_list).collect()
    }

    /// How many headers there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    fn iter(&self) -> impl Iterator<Item = (&Name, &str)> {
        self.0.iter().map(|(name, value)| (name, value.as_str()))
    }
}

/// The first line of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// A request.
    Request {
        /// What it asks for.
        method: Method,
        /// Whom it asks.
        uri: Uri,
    },
    /// An answer.
    Response {
        /// The status, 100 to 699.
        code: u16,
        /// The words beside it.
        reason: String,
    },
}

/// A message that has passed every check of [`crate::sip::wire`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The first line.
    pub start: Start,
    /// All headers.
    pub headers: Headers,
    /// The body, empty when there is none.
    pub body: Vec<u8>,
    /// The top `Via`.
    pub via: Via,
    /// The number of `CSeq`.
    pub cseq: u32,
    /// The method of `CSeq`, which is the request's own or the answered request's.
    pub method: Method,
    /// `From`.
    pub from: Address,
    /// `To`.
    pub to: Address,
}

impl Message {
    /// The `Call-ID`, by which workers share the messages.
    #[must_use]
    pub fn call_id(&self) -> &str {
        self.headers.first(&Name::CallId).unwrap_or_default()
    }

    /// The status of an answer, `None` for a request.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        match &self.start {
            Start::Response { code, .. } => Some(*code),
            Start::Request { .. } => None,
        }
    }

    /// The body as SDP: `Ok(None)` without a body, `Err` when the body is something else.
    pub(crate) fn sdp(&self) -> Result<Option<Vec<u8>>, ForeignBody> {
        if self.body.is_empty() {
            return Ok(None);
        }
        let kind = self.content_type();
        if kind.is_empty() || kind == "application/sdp" {
            return Ok(Some(self.body.clone()));
        }
        Err(ForeignBody)
    }

    /// The content type in lower case, without its parameters.
    pub(crate) fn content_type(&self) -> String {
        let value = self.headers.first(&Name::ContentType).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// The body is not SDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ForeignBody;

/// A message being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    start: String,
    /// The headers, without `Content-Length`.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl Draft {
    /// A request without headers.
    #[must_use]
    pub fn request(method: Method, uri: &str) -> Self {
        let start = format!("{} {uri} SIP/2.0", method.name());
        Self { start, headers: Headers::default(), body: Vec::new() }
    }

    /// An answer to the request that had `headers` and came from `source` (RFC 3261 §8.2.6).
    ///
    /// `tag` becomes the tag of `To`, unless the request had one.
    #[must_use]
    pub fn answer(headers: &Headers, source: SocketAddr, code: u16, tag: &str) -> Self {
        let status = StatusCode::from(code);
        let start = format!("SIP/2.0 {code} {}", status.text());
        let mut answer = Self { start, headers: Headers::default(), body: Vec::new() };
        for (position, element) in headers.list(&Name::Via).into_iter().enumerate() {
            let element = if position == 0 { stamp(element, source) } else { element.to_owned() };
            answer.headers.push(Name::Via, element);
        }
        for name in [Name::From, Name::To, Name::CallId, Name::CSeq] {
            let Some(value) = headers.first(&name) else { continue };
            let untagged = Address::parse(value).is_none_or(|address| address.tag().is_none());
            if name == Name::To && code > 100 && untagged {
                answer.headers.push(name, format!("{value};tag={tag}"));
            } else {
                answer.headers.push(name, value);
            }
        }
        answer
    }

    /// The ACK or CANCEL that goes with this INVITE, hop for hop (RFC 3261 §9.1, §17.1.1.3).
    pub(crate) fn companion(&self, method: Method, to: &str) -> Self {
        let uri = self.start.split(' ').nth(1).unwrap_or_default();
        let mut companion = Self::request(method, uri);
        for (name, value) in self.headers.iter() {
            match name {
                Name::Via | Name::Route | Name::From | Name::CallId | Name::MaxForwards => {
                    companion.headers.push(name.clone(), value);
                }
                Name::To => companion.headers.push(Name::To, to),
                Name::CSeq => {
                    let number = value.split(' ').next().unwrap_or_default();
                    companion.headers.push(Name::CSeq, format!("{number} {}", method.name()));
                }
                Name::Contact
                | Name::ContentLength
                | Name::ContentType
                | Name::ContentEncoding
                | Name::RecordRoute
                | Name::Require
                | Name::ProxyRequire
                | Name::Supported
                | Name::Unsupported
                | Name::Allow
                | Name::Accept
                | Name::AcceptEncoding
                | Name::RetryAfter
                | Name::Server
                | Name::UserAgent
                | Name::PAssertedIdentity
                | Name::Privacy
                | Name::Identity
                | Name::Event
                | Name::SubscriptionState
                | Name::ReferTo
                | Name::ReferredBy
                | Name::Other(_) => {}
            }
        }
        companion
    }

    /// The branch of the top `Via`.
    pub(crate) fn branch(&self) -> String {
        let via = self.headers.first(&Name::Via).and_then(Via::parse);
        via.and_then(|via| via.branch).unwrap_or_default()
    }

    /// The same draft with other words beside its status.
    #[must_use]
    pub fn worded(mut self, reason: &str) -> Self {
        let words: String = reason.chars().filter(|c| !c.is_control()).collect();
        let status = self.start.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" ");
        self.start = format!("{status} {words}");
        self
    }

    /// The same draft with one more header; bytes that would end the line are left out.
    #[must_use]
    pub fn with(mut self, name: Name, value: impl AsRef<str>) -> Self {
        let value: String = value.as_ref().chars().filter(|c| !c.is_control()).collect();
        self.headers.push(name, value);
        self
    }

    /// The same draft with a body.
    #[must_use]
    pub fn carrying(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.headers.push(Name::ContentType, content_type);
        self.body = body;
        self
    }

    /// The message as it goes on the wire.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512 + self.body.len());
        text::write(&self.start, &mut bytes);
        bytes.extend_from_slice(b"\r\n");
        for (name, value) in self.headers.iter() {
            text::write(name.as_str(), &mut bytes);
            bytes.extend_from_slice(b": ");
            text::write(value, &mut bytes);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", self.body.len()).as_bytes());
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
