//! The endpoint as its peers and its owner see it, on told time.

use std::time::Duration;

use super::*;
use crate::sip::session::EndedBy;
use crate::sip::uri::Uri;
use crate::sip::wire::datagram;

mod calls;
mod hostile;
mod own_calls;
mod refers;

const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";

/// An endpoint, a clock, and what has come out so far.
struct World {
    endpoint: Endpoint,
    now: Moment,
    route: Route,
    sent: Vec<String>,
    routes: Vec<Route>,
    events: Vec<Event>,
    notes: Vec<Note>,
    session: SessionId,
}

impl World {
    fn new(transport: Transport) -> Self {
        let route = Route {
            transport,
            line: LineId(1),
            local: "192.0.2.1:5060".parse().expect("an address"),
            remote: "192.0.2.7:5060".parse().expect("an address"),
        };
        let settings = Settings { call_id_suffix: "-w0".to_owned(), ..Settings::default() };
        Self {
            endpoint: Endpoint::new(settings, Rng::seeded(1)),
            now: Moment::START,
            route,
            sent: Vec::new(),
            routes: Vec::new(),
            events: Vec::new(),
            notes: Vec::new(),
            session: SessionId(0),
        }
    }

    fn collect(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Send { route, bytes } => {
                    self.routes.push(route);
                    self.sent.push(String::from_utf8_lossy(&bytes).into_owned());
                }
                Output::Event { session, event } => {
                    self.session = session;
                    self.events.push(event);
                }
                Output::Note(note) => self.notes.push(note),
            }
        }
    }

    fn input(&mut self, input: Input) {
        self.endpoint.handle(self.now, input);
        self.collect();
    }

    fn hear(&mut self, text: &str) {
        let (route, before) = (self.route, self.sent.len());
        match datagram(text.as_bytes()) {
            Ok(message) => self.input(Input::Received { route, message: Box::new(message) }),
            Err(fault) => self.input(Input::Faulty { route, fault }),
        }
        for text in self.sent.iter().skip(before) {
            rsipstack::rsip::SipMessage::try_from(text.as_str())
                .expect("what we write, others can read");
        }
    }

    fn order(&mut self, order: Order) {
        let session = self.session;
        self.input(Input::Order { session, order });
    }

    /// Lets time pass, deadline by deadline.
    fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(at) = self.endpoint.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.endpoint.handle_timeout(self.now);
            self.collect();
        }
        self.now = end;
    }

    /// The first lines of what was sent since the last look; `INVITE` and the like for requests.
    fn lines(&mut self) -> Vec<String> {
        let first = |text: &String| {
            let line = text.lines().next().unwrap_or_default();
            let word = line.split(' ').next().unwrap_or_default();
            match line.strip_prefix("SIP/2.0 ") {
                Some(status) => format!("{} {}", &status[..3], header(text, "CSeq").1),
                None => word.to_owned(),
            }
        };
        std::mem::take(&mut self.sent).iter().map(first).collect()
    }

    fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// After all has ended and time has passed, nothing is left.
    fn assert_empty(&mut self) {
        self.pass(Duration::from_secs(70));
        assert_eq!(self.endpoint.counts(), Counts::default());
        assert_eq!(self.endpoint.poll_timeout(), None);
    }
}

/// A header's value, and for a `CSeq` its method.
fn header<'a>(text: &'a str, name: &str) -> (&'a str, &'a str) {
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    let value = line.unwrap_or_default();
    (value, value.split(' ').nth(1).unwrap_or_default())
}

fn tag_of(text: &str, name: &str) -> String {
    header(text, name).0.split(";tag=").nth(1).unwrap_or_default().to_owned()
}

/// A request of the caller's.
fn caller(method: &str, cseq: u32, branch: &str, to_tag: &str, body: &str) -> String {
    let to_tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "{method} sip:800@192.0.2.1 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK{branch};rport\r\n\
         From: \"Ali\" <sip:ali@192.0.2.7>;tag=theirs\r\nTo: <sip:800@192.0.2.1>{to_tag}\r\n\
         Call-ID: one@192.0.2.7\r\nCSeq: {cseq} {method}\r\nMax-Forwards: 70\r\n\
         Contact: <sip:ali@192.0.2.7:5060>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// An answer of the one we called, with `tag` in `To`.
fn answer_to(request: &str, code: u16, tag: &str, body: &str) -> String {
    let tag = if tag.is_empty() || header(request, "To").0.contains(";tag=") {
        String::new()
    } else {
        format!(";tag={tag}")
    };
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "SIP/2.0 {code} Some Words\r\nVia: {}\r\nFrom: {}\r\nTo: {}{tag}\r\nCall-ID: {}\r\n\
         CSeq: {}\r\nContact: <sip:agent@192.0.2.7:5060>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
        header(request, "Via").0,
        header(request, "From").0,
        header(request, "To").0,
        header(request, "Call-ID").0,
        header(request, "CSeq").0,
        body.len()
    )
}

/// An answered call; gives our tag.
fn answered_call(world: &mut World) -> String {
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    world.order(Order::Answer { sdp: b"v=0".to_vec() });
    let tag = tag_of(world.sent.last().expect("a 200"), "To");
    world.hear(&caller("ACK", 1, "b", &tag, ""));
    world.lines();
    world.events();
    tag
}

fn connect(world: &mut World) -> String {
    let session = world.endpoint.reserve();
    let uri = |text| Uri::parse(text).expect("a URI");
    let connect = Connect {
        target: uri("sip:agent@192.0.2.7"),
        from_display: "Land Department".to_owned(),
        from: uri("sip:800@192.0.2.1"),
        route: world.route,
        sdp: OFFER.as_bytes().to_vec(),
        headers: vec![("X-Language".to_owned(), "ar\r\nX-Evil: 1".to_owned())],
    };
    world.input(Input::Connect { session, connect: Box::new(connect) });
    world.session = session;
    world.sent.last().expect("an INVITE").clone()
}
