//! Signalling without a socket: reading an INVITE, and whole calls through an endpoint.

mod clock;
mod figure;

use std::collections::VecDeque;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use hatif::base::chance::Rng;
use hatif::base::codec::Codec;
use hatif::base::time::Moment;
use hatif::sip::endpoint::{Endpoint, Input, Output, Settings};
use hatif::sip::route::{LineId, Route, Transport};
use hatif::sip::sdp::{self, Direction, Local};
use hatif::sip::session::{EndedBy, Event, Order, SessionId};
use hatif::sip::wire;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Calls between two looks at the clock.
const BATCH: u64 = 200;
/// A thousand calls a second keep the tables as full as a busy hour does.
const PACE: Duration = Duration::from_millis(1);
/// How long a call lasts.
const TALK: Duration = Duration::from_secs(1);

fn main() {
    let invite = Caller { number: 1 }.invite();
    let reads = clock::per_second(|| {
        for _ in 0..BATCH {
            let message = wire::datagram(black_box(invite.as_bytes()));
            black_box(message).expect("the INVITE is well formed");
        }
        BATCH
    });
    figure::tell("sip_invite_reads_per_second", reads, "1/s", "-");
    let mut exchange = Exchange::new();
    // Until the first transactions expire, the tables are not as full as they will be.
    for _ in 0..40_000 {
        exchange.call();
    }
    let calls = clock::per_second(|| {
        for _ in 0..BATCH {
            exchange.call();
        }
        BATCH
    });
    figure::tell("sip_endpoint_calls_per_second", calls, "1/s", ">=2000");
}

/// An endpoint with its owner, who answers everyone and hangs up after a while.
struct Exchange {
    endpoint: Endpoint,
    now: Moment,
    callers: u64,
    talking: VecDeque<(Moment, SessionId)>,
    ended: u64,
}

impl Exchange {
    fn new() -> Self {
        Self {
            endpoint: Endpoint::new(Settings::default(), Rng::seeded(1)),
            now: Moment::START,
            callers: 0,
            talking: VecDeque::new(),
            ended: 0,
        }
    }

    /// One more caller, and the end of the one whose time is over.
    fn call(&mut self) {
        self.now = self.now + PACE;
        self.callers += 1;
        self.receive(&Caller { number: self.callers }.invite());
        while let Some((_, session)) = self.talking.pop_front_if(|(until, _)| *until <= self.now) {
            self.order(session, Order::Bye);
        }
        while self.endpoint.poll_timeout().is_some_and(|at| at <= self.now) {
            self.endpoint.handle_timeout(self.now);
            self.drain();
        }
        let open = self.callers - self.ended;
        assert!(open <= 1_100, "calls come to their end: {open} are open");
    }

    fn receive(&mut self, text: &str) {
        let message = Box::new(wire::datagram(text.as_bytes()).expect("the peer speaks well"));
        self.endpoint.handle(self.now, Input::Received { route: route(), message });
        self.drain();
    }

    fn order(&mut self, session: SessionId, order: Order) {
        self.endpoint.handle(self.now, Input::Order { session, order });
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Send { bytes, .. } => self.telephone(&bytes),
                Output::Event { session, event } => self.event(session, event),
                Output::Note(note) => {
                    black_box(note);
                }
            }
        }
    }

    fn telephone(&mut self, bytes: &[u8]) {
        let text = str::from_utf8(bytes).expect("we write UTF-8");
        if let Some(reply) = reply(text) {
            self.receive(&reply);
        }
    }

    fn event(&mut self, session: SessionId, event: Event) {
        if let Event::Invited(invitation) = &event {
            let offer = invitation.offer.as_deref().expect("the caller offers");
            let local = Local {
                address: IpAddr::V4(Ipv4Addr::LOCALHOST),
                port: 20_000,
                direction: Direction::SendRecv,
                id: session.0,
                version: 1,
            };
            let (sdp, remote) = sdp::answer(offer, &local, &[Codec::Pcma]).expect("A-law is ours");
            black_box(remote);
            self.order(session, Order::Ring);
            self.order(session, Order::Answer { sdp });
        } else if let Event::Confirmed { .. } = event {
            self.talking.push_back((self.now + TALK, session));
        } else if let Event::Ended(by) = event {
            assert_eq!(by, EndedBy::Us, "every call ends by our BYE");
            self.ended += 1;
        }
    }
}

/// What the caller's telephone sends back.
fn reply(text: &str) -> Option<String> {
    let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    let (via, from, to) = (line("Via:"), line("From:"), line("To:"));
    let (call_id, cseq) = (line("Call-ID:"), line("CSeq:"));
    if text.starts_with("BYE ") {
        return Some(format!(
            "SIP/2.0 200 OK\r\n{via}\r\n{from}\r\n{to}\r\n{call_id}\r\n{cseq}\r\n\
             Content-Length: 0\r\n\r\n"
        ));
    }
    let accepted = text.starts_with("SIP/2.0 200 ") && cseq.ends_with("INVITE");
    let number = call_id.trim_start_matches("Call-ID: ").split('-').next()?;
    accepted.then(|| {
        format!(
            "ACK sip:hatif@192.0.2.1:5060 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 192.0.2.7:5060;rport;branch=z9hG4bK-{number}-ack\r\n\
             {from}\r\n{to}\r\n{call_id}\r\nCSeq: 1 ACK\r\nMax-Forwards: 70\r\n\
             Content-Length: 0\r\n\r\n"
        )
    })
}

/// A caller's telephone.
struct Caller {
    number: u64,
}

impl Caller {
    fn invite(&self) -> String {
        let (number, body) = (self.number, OFFER);
        format!(
            "INVITE sip:1000@192.0.2.1:5060 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 192.0.2.7:5060;rport;branch=z9hG4bK-{number}-1\r\n\
             From: \"Caller {number}\" <sip:+97150{number:07}@192.0.2.7>;tag=from-{number}\r\n\
             To: <sip:1000@192.0.2.1:5060>\r\n\
             Call-ID: {number}-bench@192.0.2.7\r\n\
             CSeq: 1 INVITE\r\n\
             Contact: <sip:+97150{number:07}@192.0.2.7:5060>\r\n\
             Max-Forwards: 70\r\n\
             Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO\r\n\
             Supported: timer\r\n\
             User-Agent: a telephone\r\n\
             Content-Type: application/sdp\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

const OFFER: &str = "v=0\r\no=caller 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n\
                     m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\n\
                     a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
                     a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

fn route() -> Route {
    Route {
        transport: Transport::Udp,
        line: LineId(1),
        local: ([192, 0, 2, 1], 5060).into(),
        remote: ([192, 0, 2, 7], 5060).into(),
    }
}
