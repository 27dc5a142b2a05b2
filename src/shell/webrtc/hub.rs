//! All browser legs of one media worker on one UDP port.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::candidate::Candidate;
use super::datagram::Datagram;
use super::fault::WebrtcFault;
use super::identity::Identity;
use super::leg::{Arrival, Incoming, Leg, Proof, Sink, Wire};
use super::offer::Offer;
use crate::base::chance::Rng;
use crate::base::codec::Codec;
use crate::base::id::LegId;
use crate::base::limit::{
    WEBRTC_ADDRESSES_MAX, WEBRTC_BATCH_MAX, WEBRTC_DATAGRAM_BYTES_MAX, WEBRTC_LEGS_MAX,
};

/// A deadline that has passed already is kept this far off, so that one leg cannot hold the worker.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

/// The browser legs of one media worker.
///
/// A datagram finds its leg by the ICE user fragment it names or, when it names none, by the
/// address from which that leg's checks were proven to come. What finds no leg is dropped and
/// counted.
pub struct Hub {
    wire: Wire,
    local: SocketAddr,
    identity: Arc<Identity>,
    rng: Rng,
    legs: BTreeMap<LegId, Leg>,
    by_fragment: BTreeMap<String, LegId>,
    by_address: HashMap<SocketAddr, LegId>,
    agenda: BTreeSet<(Instant, LegId)>,
    buffer: Box<[u8; WEBRTC_DATAGRAM_BYTES_MAX]>,
    traffic: Traffic,
}

/// What the port has seen since it was bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Datagrams that found their leg.
    pub taken: u64,
    /// Datagrams dropped: from strangers, or of no protocol that belongs here.
    pub foreign: u64,
}

impl Hub {
    /// Binds the port. Browsers are told `public`, or else the bound address, or else (bound to
    /// every address) the one from which this machine reaches others.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound.
    pub fn bind(
        address: SocketAddr,
        public: Option<IpAddr>,
        identity: Arc<Identity>,
        rng: Rng,
    ) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        socket.set_nonblocking(true)?;
        let local = socket.local_addr()?;
        let known = public.or_else(|| Some(local.ip()).filter(|bound| !bound.is_unspecified()));
        let advertised = SocketAddr::new(known.unwrap_or_else(|| outward(local)), local.port());
        Ok(Self {
            wire: Wire { socket, advertised },
            local,
            identity,
            rng,
            legs: BTreeMap::new(),
            by_fragment: BTreeMap::new(),
            by_address: HashMap::new(),
            agenda: BTreeSet::new(),
            buffer: Box::new([0; WEBRTC_DATAGRAM_BYTES_MAX]),
            traffic: Traffic::default(),
        })
    }

    /// The bound address, with its port when `bind` was given port 0.
    #[must_use]
    pub fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// The socket, to wait on for reading.
    #[must_use]
    pub fn socket(&self) -> BorrowedFd<'_> {
        self.wire.socket.as_fd()
    }

    /// How many legs there are, connected or about to be.
    #[must_use]
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// What the port has seen.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// The codec that [`Hub::send`] wants for this leg.
    #[must_use]
    pub fn codec(&self, leg: LegId) -> Option<Codec> {
        self.legs.get(&leg).map(Leg::codec)
    }

    /// Answers a browser's offer; the text is the answer's SDP, complete with our candidate. A leg
    /// of that name is replaced, without an [`Incoming`], once the new offer has been accepted.
    ///
    /// # Errors
    ///
    /// When the offer is no offer of one line of G.711, when the same `RTCPeerConnection` has been
    /// answered before with another ICE user fragment, or when there are
    /// [`WEBRTC_LEGS_MAX`] legs.
    pub fn accept(&mut self, now: Instant, leg: LegId, offer: &str) -> Result<String, WebrtcFault> {
        let offer = Offer::parse(offer)?;
        let earlier = self.legs.get(&leg);
        if earlier.is_some_and(|earlier| offer.restarts(earlier.offer())) {
            return Err(WebrtcFault::Renegotiation(leg));
        }
        if earlier.is_none() && WEBRTC_LEGS_MAX <= self.legs.len() {
            return Err(WebrtcFault::Full(self.legs.len()));
        }
        let (accepted, answer) =
            Leg::accept(now, leg, offer, &self.identity, &self.wire, &mut self.rng)?;
        self.close(leg);
        self.by_fragment.insert(accepted.fragment().to_owned(), leg);
        self.legs.insert(leg, accepted);
        self.arm(now, leg);
        Ok(answer)
    }

    /// Takes a candidate that the browser trickled. One that hides behind an mDNS name, or is of
    /// no use otherwise, is passed over: the browser's own checks teach us its address.
    ///
    /// # Errors
    ///
    /// When the leg is unknown, or the text no candidate.
    pub fn candidate(
        &mut self,
        now: Instant,
        leg: LegId,
        candidate: &str,
    ) -> Result<(), WebrtcFault> {
        let known = self.legs.get_mut(&leg).ok_or(WebrtcFault::NoSuchLeg(leg))?;
        if let Some(candidate) = Candidate::parse(candidate)? {
            known.add(&candidate)?;
            self.arm(now, leg);
        }
        Ok(())
    }

    /// Drains the socket, at most [`WEBRTC_BATCH_MAX`] datagrams. The socket is to be waited on by
    /// level: what is left over wakes the worker again.
    pub fn receive(&mut self, now: Instant, sink: &mut impl FnMut(LegId, Incoming<'_>)) {
        for _ in 0..WEBRTC_BATCH_MAX {
            match self.wire.socket.recv_from(&mut self.buffer[..]) {
                Ok((length, from)) => self.take(now, length, from, sink),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // An ICMP error of an earlier datagram, or a signal: the next one may be well.
                Err(error) => tracing::trace!(%error, "datagram not received"),
            }
        }
    }

    /// Sends one frame of 20 ms in the leg's [`Hub::codec`]. Before the leg is connected, and when
    /// it is unknown, the frame is dropped; the leg's clock goes on.
    pub fn send(&mut self, now: Instant, leg: LegId, frame: &[u8]) {
        if let Some(known) = self.legs.get_mut(&leg) {
            known.send(now, frame, &self.wire);
        }
    }

    /// Lets `frames` of 20 ms pass in silence: the timestamps stay on the clock, and the frame
    /// that follows is marked as the start of a talk spurt (RFC 3551 §4.1).
    pub fn skip(&mut self, leg: LegId, frames: u32) {
        if let Some(known) = self.legs.get_mut(&leg) {
            known.skip(frames);
        }
    }

    /// Does what is due by `now`. Early or twice does nothing.
    pub fn handle_timeout(&mut self, now: Instant, sink: &mut impl FnMut(LegId, Incoming<'_>)) {
        while let Some((at, leg)) = self.agenda.first().copied() {
            if now < at {
                return;
            }
            self.agenda.remove(&(at, leg));
            if let Some(known) = self.legs.get_mut(&leg) {
                known.armed = None;
                known.handle_timeout(now, &self.wire, sink);
                self.settle(now, leg);
            }
        }
    }

    /// When [`Hub::handle_timeout`] is due; never, without legs.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.agenda.first().map(|(at, _)| *at)
    }

    /// Hangs up: the browser is told at once, and the leg is forgotten. An unknown leg is no fault.
    pub fn close(&mut self, leg: LegId) {
        if let Some(known) = self.legs.get_mut(&leg) {
            known.close(&self.wire);
            self.forget(leg);
        }
    }

    fn take(&mut self, now: Instant, length: usize, from: SocketAddr, sink: Sink<'_>) {
        // A datagram that fills the buffer may have been cut.
        let whole = length < self.buffer.len();
        let bytes = self.buffer.get(..length).filter(|_| whole).unwrap_or_default();
        let kind = Datagram::sort(bytes);
        let found = match kind {
            Datagram::Check { fragment } => std::str::from_utf8(fragment)
                .ok()
                .and_then(|fragment| self.by_fragment.get(fragment).copied()),
            Datagram::CheckAnswered | Datagram::Handshake | Datagram::Media => {
                self.by_address.get(&from).copied()
            }
            Datagram::Foreign => None,
        };
        let Some((leg, known)) =
            found.and_then(|leg| self.legs.get_mut(&leg).map(|known| (leg, known)))
        else {
            self.traffic.foreign += 1;
            tracing::trace!(%from, length, "datagram from a stranger dropped");
            return;
        };
        self.traffic.taken += 1;
        let media = kind == Datagram::Media;
        let proof = known.receive(now, &Arrival { kind, bytes, from }, &self.wire, sink);
        if proof == Proof::Answered {
            self.learn(leg, from);
        }
        // Audio moves no deadline; the watch over silence looks when it is due.
        if !media {
            self.settle(now, leg);
        }
    }

    /// The address now belongs to this leg; the leg's oldest one gives way when it has too many.
    fn learn(&mut self, leg: LegId, from: SocketAddr) {
        let earlier = self.by_address.insert(from, leg);
        if earlier == Some(leg) {
            return;
        }
        if let Some(loser) = earlier.and_then(|loser| self.legs.get_mut(&loser)) {
            loser.addresses.retain(|address| *address != from);
        }
        let Some(known) = self.legs.get_mut(&leg) else { return };
        known.addresses.push(from);
        if WEBRTC_ADDRESSES_MAX < known.addresses.len() {
            let oldest = known.addresses.remove(0);
            self.by_address.remove(&oldest);
        }
    }

    fn settle(&mut self, now: Instant, leg: LegId) {
        if self.legs.get(&leg).is_some_and(Leg::is_over) {
            self.close(leg);
        } else {
            self.arm(now, leg);
        }
    }

    fn arm(&mut self, now: Instant, leg: LegId) {
        let Some(known) = self.legs.get_mut(&leg) else { return };
        let deadline = known.deadline().map(|at| at.max(now + SHORTEST_WAIT));
        if deadline == known.armed {
            return;
        }
        if let Some(earlier) = known.armed {
            self.agenda.remove(&(earlier, leg));
        }
        known.armed = deadline;
        self.agenda.extend(deadline.map(|at| (at, leg)));
    }

    fn forget(&mut self, leg: LegId) {
        let Some(known) = self.legs.remove(&leg) else { return };
        self.by_fragment.remove(known.fragment());
        for address in &known.addresses {
            self.by_address.remove(address);
        }
        if let Some(at) = known.armed {
            self.agenda.remove(&(at, leg));
        }
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub")
            .field("local", &self.local)
            .field("legs", &self.legs.len())
            .field("traffic", &self.traffic)
            .finish_non_exhaustive()
    }
}

/// The address from which this machine would reach a far one. Connecting a datagram socket sends
/// nothing; the far addresses are reserved for documentation (RFC 5737, RFC 3849).
fn outward(local: SocketAddr) -> IpAddr {
    let (any, far): (IpAddr, IpAddr) = match local.ip() {
        IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        IpAddr::V6(_) => {
            let far = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
            (Ipv6Addr::UNSPECIFIED.into(), far.into())
        }
    };
    let loopback = match local.ip() {
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    let reached = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((far, 9))?;
        socket.local_addr()
    });
    reached.map_or(loopback, |address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::super::Failure;
    use super::super::browser::{Browser, STEP, Stage, Told};
    use super::*;
    use crate::base::limit::{WEBRTC_CONNECT_MAX, WEBRTC_LOST_AFTER, WEBRTC_SILENCE};

    const LEG: LegId = LegId(1);
    const ROUNDS: u64 = 2_000;

    #[test]
    fn audio_goes_both_ways_on_the_legs_own_clock() {
        let mut stage = Stage::new();
        let browser = stage.connect(LEG);
        for number in 0..10 {
            if number == 5 {
                stage.hub.skip(LEG, 3);
            }
            stage.hub.send(stage.now, LEG, &[number; 160]);
            stage.browsers[browser].say(stage.now, 8, &[number + 100; 160]);
            stage.pass(STEP);
        }
        let said: Vec<_> = (0..10).map(|n| (LEG, Told::Audio(vec![n + 100; 160]))).collect();
        assert_eq!(stage.told, said);

        let heard = &stage.browsers[browser].heard;
        let first = heard[0].header.clone();
        assert_eq!(stage.hub.codec(LEG), Some(Codec::Pcma));
        for (number, packet) in (0_u16..).zip(heard) {
            let late = if number < 5 { 0 } else { 3 * 160 };
            let timestamp = first.timestamp.wrapping_add(u32::from(number) * 160 + late);
            assert_eq!(packet.header.payload_type, 8);
            assert_eq!(packet.header.sequence_number, first.sequence_number.wrapping_add(number));
            assert_eq!(packet.header.timestamp, timestamp);
            assert_eq!(packet.header.marker, number == 5 || number == 0);
            assert_eq!(packet.payload[..], [u8::try_from(number).unwrap(); 160]);
        }
        assert_eq!(heard.len(), 10);
    }

    #[test]
    fn keys_arrive_as_telephone_events_and_the_other_law_as_itself() {
        let mut stage = Stage::new();
        let browser = stage.connect(LEG);
        stage.browsers[browser].say(stage.now, 126, &[5, 10, 0, 160]);
        stage.browsers[browser].say(stage.now, 0, &[1; 160]);
        stage.pass(STEP);
        let told = vec![(LEG, Told::Event(vec![5, 10, 0, 160])), (LEG, Told::Audio(vec![1; 160]))];
        assert_eq!(stage.told, told);
    }

    #[test]
    fn the_answer_holds_our_candidate_and_only_what_was_agreed() {
        let mut stage = Stage::new();
        let offer = Browser::open(stage.now).offer;
        let offer = format!("{offer}a=rtpmap:110 telephone-event/48000\r\n")
            .replace("SAVPF 8 0 126", "SAVPF 0 8 110 126");
        let answer = stage.hub.accept(stage.now, LEG, &offer).unwrap();
        let port = stage.hub.local_address().port();
        for line in [
            "m=audio 9 UDP/TLS/RTP/SAVPF 8 0 126\r\n".to_owned(),
            format!(" 127.0.0.1 {port} typ host\r\n"),
            "a=rtpmap:126 telephone-event/8000\r\n".to_owned(),
            "a=setup:active\r\n".to_owned(),
            "a=rtcp-mux\r\n".to_owned(),
            "a=sendrecv\r\n".to_owned(),
        ] {
            assert!(answer.contains(&line), "{line} is not in {answer}");
        }
        assert!(!answer.contains("48000"), "{answer}");
        assert!(!answer.contains("ice-lite"), "{answer}");
    }

    #[test]
    fn a_killed_browser_is_silent_and_then_lost() {
        let mut stage = Stage::new();
        let browser = stage.connect(LEG);
        stage.browsers[browser].say(stage.now, 8, &[1; 160]);
        stage.pass(STEP);
        stage.told.clear();
        stage.browsers[browser].dead = true;
        stage.pass(WEBRTC_SILENCE + STEP);
        assert_eq!(stage.told, [(LEG, Told::Silent)]);
        stage.pass(WEBRTC_LOST_AFTER);
        assert_eq!(stage.told[1..], [(LEG, Told::Failed(Failure::Lost))]);
        assert_eq!((stage.hub.legs(), stage.hub.poll_timeout()), (0, None));
    }

    #[test]
    fn a_browser_that_comes_back_is_heard_again() {
        let mut stage = Stage::new();
        let browser = stage.connect(LEG);
        stage.browsers[browser].dead = true;
        stage.pass(Duration::from_secs(6));
        stage.browsers[browser].dead = false;
        stage.pass(Duration::from_secs(2));
        assert_eq!(stage.told, [(LEG, Told::Silent), (LEG, Told::HeardAgain)]);
        stage.browsers[browser].say(stage.now, 8, &[9; 160]);
        stage.pass(STEP);
        assert_eq!(stage.told[2..], [(LEG, Told::Audio(vec![9; 160]))]);
    }

    #[test]
    fn a_muted_browser_that_answers_is_not_silent() {
        let mut stage = Stage::new();
        stage.connect(LEG);
        stage.pass(Duration::from_secs(30));
        assert_eq!(stage.told, []);
    }

    #[test]
    fn a_browser_that_hangs_up_is_told_at_once() {
        let mut stage = Stage::new();
        let browser = stage.connect(LEG);
        stage.browsers[browser].close();
        stage.pass(STEP);
        assert_eq!(stage.told, [(LEG, Told::Closed)]);
        assert_eq!(stage.hub.legs(), 0);
    }

    #[test]
    fn a_leg_that_never_connects_fails_on_time() {
        let mut stage = Stage::new();
        let browser = stage.join(LEG);
        stage.browsers[browser].dead = true;
        stage.pass(WEBRTC_CONNECT_MAX - STEP);
        assert_eq!(stage.told, []);
        stage.pass(2 * STEP);
        assert_eq!(stage.told, [(LEG, Told::Failed(Failure::NoPath))]);
    }

    #[test]
    fn a_browser_with_another_certificate_never_connects() {
        let mut stage = Stage::new();
        let mut browser = Browser::open(stage.now);
        let (before, digest) = browser.offer.split_once("a=fingerprint:sha-256 ").unwrap();
        let other = if digest.starts_with("00") { "11" } else { "00" };
        let offer = format!("{before}a=fingerprint:sha-256 {other}{}", &digest[2..]);
        let answer = stage.hub.accept(stage.now, LEG, &offer).unwrap();
        browser.accept(stage.now, answer);
        stage.browsers.push(browser);
        stage.pass(WEBRTC_CONNECT_MAX + STEP);
        assert_eq!(stage.told, [(LEG, Told::Failed(Failure::NoHandshake))]);
    }

    /// Well encrypted nonsense, as only a browser that is connected can send it.
    #[test]
    fn no_bytes_from_a_connected_browser_harm_the_hub() {
        let mut stage = Stage::new();
        let browser = stage.connect(LEG);
        let mut rng = Rng::seeded(8);
        let mut heard = 0;
        for _ in 0..ROUNDS {
            let mut noise = noise(&mut rng, 240);
            noise.truncate(noise.len() / 4 * 4);
            stage.browsers[browser].say(stage.now, byte(&mut rng) & 0x7f, &noise);
            let (kind, count) = (200 + byte(&mut rng) % 8, byte(&mut rng));
            stage.browsers[browser].report(stage.now, kind, count, &noise);
            stage.pass(STEP);
            let gone = |(_, told): &(LegId, Told)| matches!(told, Told::Failed(_) | Told::Closed);
            assert!(!stage.told.iter().any(gone), "{:?}", stage.told);
            heard += stage.told.drain(..).count();
        }
        // Three of 128 payload types were agreed on.
        assert!(ROUNDS / 64 < heard as u64, "{heard}");
        stage.browsers[browser].say(stage.now, 8, &[4; 160]);
        stage.pass(STEP);
        assert!(stage.told.contains(&(LEG, Told::Audio(vec![4; 160]))), "{:?}", stage.told);
    }

    #[test]
    fn a_second_offer_replaces_the_connection() {
        let mut stage = Stage::new();
        let old = stage.connect(LEG);
        let new = stage.connect(LEG);
        assert_eq!(stage.hub.legs(), 1);
        stage.browsers[new].say(stage.now, 8, &[2; 160]);
        stage.browsers[old].dead = true;
        stage.pass(STEP);
        assert_eq!(stage.told, [(LEG, Told::Audio(vec![2; 160]))]);
    }

    #[test]
    fn an_offer_that_cannot_be_taken_leaves_the_leg_alone() {
        let mut stage = Stage::new();
        let browser = stage.connect(LEG);
        assert!(stage.hub.accept(stage.now, LEG, "v=0").is_err());
        let own = &stage.browsers[browser].offer;
        let (before, after) = own.split_once("a=ice-ufrag:").unwrap();
        let restart = format!("{before}a=ice-ufrag:x{after}");
        let fault = stage.hub.accept(stage.now, LEG, &restart);
        assert_eq!(fault, Err(WebrtcFault::Renegotiation(LEG)));
        stage.browsers[browser].say(stage.now, 8, &[3; 160]);
        stage.pass(STEP);
        assert_eq!(stage.told, [(LEG, Told::Audio(vec![3; 160]))]);
    }

    #[test]
    fn twenty_legs_share_the_port_and_keep_apart() {
        let mut stage = Stage::new();
        for number in 0..20 {
            stage.join(LegId(number));
        }
        stage.pass(Duration::from_secs(2));
        stage.told.clear();
        for (number, browser) in (0_u8..).zip(&mut stage.browsers) {
            browser.say(stage.now, 8, &[number; 160]);
            stage.hub.send(stage.now, LegId(number.into()), &[number; 160]);
        }
        stage.pass(STEP);
        let expected: Vec<_> =
            (0_u8..20).map(|n| (LegId(n.into()), Told::Audio(vec![n; 160]))).collect();
        assert_eq!(stage.told, expected);
        for (number, browser) in (0_u8..).zip(&stage.browsers) {
            assert_eq!(browser.heard.len(), 1);
            assert_eq!(browser.heard[0].payload[..], [number; 160]);
        }
    }

    #[test]
    fn a_hidden_candidate_is_passed_over_and_a_wrong_one_is_a_fault() {
        let mut stage = Stage::new();
        stage.join(LEG);
        let hidden = "candidate:1 1 udp 2113937151 4e7a-81.local 50704 typ host";
        let seen = "candidate:1 1 udp 2113937151 192.0.2.4 50704 typ host";
        assert_eq!(stage.hub.candidate(stage.now, LEG, hidden), Ok(()));
        assert_eq!(stage.hub.candidate(stage.now, LEG, seen), Ok(()));
        let wrong = stage.hub.candidate(stage.now, LEG, "nonsense");
        assert_eq!(wrong, Err(WebrtcFault::NotACandidate("nonsense".to_owned())));
        let nobody = stage.hub.candidate(stage.now, LegId(9), seen);
        assert_eq!(nobody, Err(WebrtcFault::NoSuchLeg(LegId(9))));
    }

    #[test]
    fn an_alert_that_is_not_encrypted_closes_nothing() {
        let mut stage = Stage::new();
        let browser = stage.connect(LEG);
        for alert in [[1, 0], [2, 40]] {
            let record = [&[21, 254, 253, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2][..], &alert].concat();
            stage.browsers[browser].send_raw(&record, stage.hub.local_address());
            stage.pass(STEP);
        }
        stage.browsers[browser].say(stage.now, 8, &[5; 160]);
        stage.pass(STEP);
        assert_eq!(stage.told, [(LEG, Told::Audio(vec![5; 160]))]);
    }

    /// Bytes of every kind, from strangers and from a browser's own address.
    #[test]
    fn no_bytes_from_outside_harm_the_hub() {
        let mut stage = Stage::new();
        let browser = stage.connect(LEG);
        let mut rng = Rng::seeded(7);
        let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
        let hub = stage.hub.local_address();
        let genuine = stage.browsers[browser].sent.clone();
        for _ in 0..ROUNDS {
            let mut noise = noise(&mut rng, 200);
            if let Some(first) = noise.first_mut() {
                *first = [0, 1, 20, 22, 63, 128, 144, 191][below(&mut rng, 8)];
            }
            let mut damaged = genuine[below(&mut rng, genuine.len())].clone();
            let at = below(&mut rng, damaged.len());
            damaged[at] ^= byte(&mut rng);
            if below(&mut rng, 4) == 0 {
                damaged.truncate(at);
            }
            stranger.send_to(&noise, hub).unwrap();
            stranger.send_to(&damaged, hub).unwrap();
            stage.browsers[browser].send_raw(&noise, hub);
            stage.browsers[browser].send_raw(&damaged, hub);
            stage.hear();
        }
        assert_eq!(stage.told, []);
        assert!(ROUNDS < stage.hub.traffic().foreign);
        stage.pass(Duration::from_secs(2));
        stage.told.clear();
        stage.browsers[browser].say(stage.now, 8, &[4; 160]);
        stage.pass(STEP);
        assert_eq!(stage.told, [(LEG, Told::Audio(vec![4; 160]))]);
    }

    #[test]
    fn a_full_hub_refuses_and_a_known_leg_may_still_come_again() {
        let mut stage = Stage::new();
        let offer = Browser::open(stage.now).offer;
        for number in 0..WEBRTC_LEGS_MAX {
            stage.hub.accept(stage.now, LegId(number as u64), &offer).unwrap();
        }
        let fault = stage.hub.accept(stage.now, LegId(u64::MAX), &offer);
        assert_eq!(fault, Err(WebrtcFault::Full(WEBRTC_LEGS_MAX)));
        assert!(stage.hub.accept(stage.now, LegId(3), &offer).is_ok());
    }

    fn below(rng: &mut Rng, end: usize) -> usize {
        usize::try_from(rng.below(end as u64)).unwrap()
    }

    fn byte(rng: &mut Rng) -> u8 {
        rng.bits().to_be_bytes()[0]
    }

    fn noise(rng: &mut Rng, length_max: usize) -> Vec<u8> {
        let length = below(rng, length_max);
        (0..length).map(|_| byte(rng)).collect()
    }
}
