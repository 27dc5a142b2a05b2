//! Judges a message that has been cut out: what is mandatory, what agrees, what we can serve.

use crate::sip::message::{Headers, Message, Method, Name, Start};
use crate::sip::uri::{Address, Scheme, Uri};
use crate::sip::via::Via;
use crate::sip::wire::fault::{Fault, Refusal};
use crate::sip::wire::section::Section;

/// Headers that may stand only once (RFC 3261 §7.3.1).
const SINGLE: [Name; 7] = [
    Name::From,
    Name::To,
    Name::CallId,
    Name::CSeq,
    Name::MaxForwards,
    Name::ContentType,
    Name::ContentEncoding,
];

/// The highest `CSeq` number (RFC 3261 §8.1.1.5).
const CSEQ_MAX: u32 = 0x7FFF_FFFF;

type Complaint = (u16, &'static str);

/// A message, if it may be handled.
pub(crate) fn check(section: Section, body: Vec<u8>) -> Result<Message, Fault> {
    let start = start_line(&section.start);
    if start == Err(None) {
        return Err(Fault::Drop("not SIP"));
    }
    if let Some((code, reason)) = section.trouble {
        return Err(refuse(&section, code, reason));
    }
    let start = match start {
        Ok(start) => start,
        Err(complaint) => {
            let (code, reason) = complaint.unwrap_or((400, "Bad Request"));
            return Err(refuse(&section, code, reason));
        }
    };
    let message = match assemble(start, &section.headers, body) {
        Ok(message) => message,
        Err((code, reason)) => return Err(refuse(&section, code, reason)),
    };
    match &message.start {
        Start::Request { method, .. } => match service(*method, &message) {
            None => Ok(message),
            Some(refusal) => Err(Fault::Refuse(Box::new(refusal))),
        },
        Start::Response { .. } => Ok(message),
    }
}

/// The refusal of a request; a response or an ACK is never answered.
pub(crate) fn refuse(section: &Section, code: u16, reason: &'static str) -> Fault {
    let method = section.start.split(' ').next().map_or(Method::Unknown, Method::parse);
    if section.start.starts_with("SIP/") || method == Method::Ack {
        return Fault::Drop(reason);
    }
    if !section.start.contains("SIP/") {
        return Fault::Drop("not SIP");
    }
    // Without a way back and a name for the call there is nobody to tell.
    if section.headers.first(&Name::Via).is_none() || section.headers.first(&Name::CallId).is_none()
    {
        return Fault::Drop("no way back");
    }
    Fault::Refuse(Box::new(Refusal::new(code, reason, method, section.headers.clone())))
}

/// Reads the first line: `Err(None)` when it is no SIP at all.
fn start_line(line: &str) -> Result<Start, Option<Complaint>> {
    if let Some(status) = line.strip_prefix("SIP/2.0 ") {
        let (code, reason) = status.split_once(' ').unwrap_or((status, ""));
        let number = code.parse().ok().filter(|n| code.len() == 3 && (100..700).contains(n));
        return match number {
            Some(code) => Ok(Start::Response { code, reason: reason.trim().to_owned() }),
            None => Err(None),
        };
    }
    let mut parts = line.split(' ');
    let (Some(method), Some(uri), Some(version)) = (parts.next(), parts.next(), parts.next_back())
    else {
        return Err(None);
    };
    if !line.contains("SIP/") || method.is_empty() {
        return Err(None);
    }
    if parts.next().is_some() || uri.is_empty() {
        return Err(Some((400, "Spaces In Request Line")));
    }
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err(Some(match version.strip_prefix("SIP/") {
            Some(_) => (505, "Version Not Supported"),
            None => (400, "Broken Request Line"),
        }));
    }
    let token = |b: u8| b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&b);
    if !method.bytes().all(token) {
        return Err(Some((400, "Broken Method")));
    }
    let Some(uri) = Uri::parse(uri) else { return Err(Some((400, "Broken Request-URI"))) };
    Ok(Start::Request { method: Method::parse(method), uri })
}

fn assemble(start: Start, headers: &Headers, body: Vec<u8>) -> Result<Message, Complaint> {
    for name in &SINGLE {
        if headers.all(name).nth(1).is_some() {
            return Err((400, "Header More Than Once"));
        }
    }
    let vias = headers.list(&Name::Via);
    let via = vias.first().and_then(|top| Via::parse(top)).ok_or((400, "Broken Via"))?;
    let call_id = headers.first(&Name::CallId).unwrap_or_default();
    if call_id.is_empty() || call_id.contains(char::is_whitespace) {
        return Err((400, "Broken Call-ID"));
    }
    let from = address(headers, &Name::From).ok_or((400, "Broken From"))?;
    let to = address(headers, &Name::To).ok_or((400, "Broken To"))?;
    let (cseq, method) = cseq(headers).ok_or((400, "Broken CSeq"))?;
    if let Start::Request { method: asked, .. } = &start {
        // Two unknown methods need not be the same; both are refused by name later.
        if *asked != method {
            return Err((400, "CSeq Of Another Method"));
        }
    }
    let hops = headers.first(&Name::MaxForwards);
    if hops.is_some_and(|hops| hops.parse::<u8>().is_err()) {
        return Err((400, "Broken Max-Forwards"));
    }
    Ok(Message { start, headers: headers.clone(), body, via, cseq, method, from, to })
}

fn address(headers: &Headers, name: &Name) -> Option<Address> {
    headers.first(name).and_then(Address::parse)
}

fn cseq(headers: &Headers) -> Option<(u32, Method)> {
    let mut words = headers.first(&Name::CSeq)?.split_ascii_whitespace();
    let (number, method) = (words.next()?, words.next()?);
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    let number = number.parse().ok().filter(|n| digits && *n <= CSEQ_MAX)?;
    words.next().is_none().then(|| (number, Method::parse(method)))
}

/// What we do not serve, with what we would.
fn service(method: Method, message: &Message) -> Option<Refusal> {
    let refusal = |code, reason, advice| {
        let mut refusal = Refusal::new(code, reason, method, message.headers.clone());
        refusal.advice = advice;
        Some(refusal)
    };
    let allow = || Some((Name::Allow, Method::ALLOW.to_owned()));
    let headers = &message.headers;
    match method {
        Method::Ack => return None,
        Method::Refer | Method::Unserved => return refusal(405, "Method Not Allowed", allow()),
        Method::Unknown => return refusal(501, "Not Implemented", allow()),
        Method::Invite
        | Method::Bye
        | Method::Cancel
        | Method::Options
        | Method::Info
        | Method::Update
        | Method::Notify => {}
    }
    let served = match &message.start {
        Start::Request { uri, .. } => uri.scheme != Scheme::Other,
        Start::Response { .. } => true,
    };
    if !served {
        return refusal(416, "Unsupported URI Scheme", None);
    }
    // A CANCEL is handled hop by hop and requires nothing (RFC 3261 §8.2.2.3).
    let required = headers.list(&Name::Require).join(", ");
    if method != Method::Cancel && !required.is_empty() {
        return refusal(420, "Bad Extension", Some((Name::Unsupported, required)));
    }
    let encoding = headers.first(&Name::ContentEncoding).unwrap_or("identity");
    if !encoding.eq_ignore_ascii_case("identity") {
        let advice = Some((Name::AcceptEncoding, "identity".to_owned()));
        return refusal(415, "Unsupported Content-Encoding", advice);
    }
    if method == Method::Invite && !accepts_sdp(headers) {
        return refusal(406, "Not Acceptable", Some((Name::Accept, "application/sdp".to_owned())));
    }
    None
}

fn accepts_sdp(headers: &Headers) -> bool {
    let fits = |range: &str| {
        let kind = range.split(';').next().unwrap_or_default().trim();
        ["application/sdp", "application/*", "*/*"].iter().any(|k| kind.eq_ignore_ascii_case(k))
    };
    headers.first(&Name::Accept).is_none() || headers.list(&Name::Accept).into_iter().any(fits)
}
