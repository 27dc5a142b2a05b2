//! The audio path between two sockets: frames a second of one core, and allocations per frame.

mod clock;
mod figure;

use std::fs::File;
use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use allocation_counter::measure;
use hatif::base::codec::Codec;
use hatif::base::id::LegId;
use hatif::base::time::Moment;
use hatif::media::bridge::{Said, Utterance};
use hatif::media::{
    Audience, Clip, FRAME_SPAN, Mode, Mute, Opening, Piece, PlayId, Remote, RtpLeg, Voices, tap,
};
use hatif::rtp::packet::{Header, Outgoing, Sequence, Ssrc, Timestamp};
use hatif::rtp::rtcp::Ntp;
use hatif::sip::sdp::Direction;

/// Legs that take turns, so that they do not all live in the nearest cache.
const LEGS: u16 = 500;
/// Turns between two looks at the clock.
const TURNS: u64 = 10;
/// 2,500 calls at 50 frames a second, the aim for a whole core, kernel and all.
const PLAYING_AIM: &str = ">=125000";

fn main() {
    tell("media_playout", PLAYING_AIM, playout());
    tell("media_receive", PLAYING_AIM, receive());
    tell("media_receive_tapped", PLAYING_AIM, receive_tapped());
    tell("media_bridge_same_law", "-", bridge(Codec::Pcma));
    tell("media_bridge_two_laws", "-", bridge(Codec::Pcmu));
}

/// Measures `turn`, which moves every leg on by one frame.
fn tell(name: &str, aim: &str, mut turn: impl FnMut()) {
    let mut turns = || {
        for _ in 0..TURNS {
            turn();
        }
        TURNS * u64::from(LEGS)
    };
    let rate = clock::per_second(&mut turns);
    figure::tell(&format!("{name}_frames_per_second"), rate, "1/s", aim);
    let mut frames = 0;
    let counted = measure(|| frames = turns());
    let allocations = figure::count(counted.count_total) / figure::count(frames);
    figure::tell(&format!("{name}_allocations_per_frame"), allocations, "1", "<=0");
}

/// A looped prompt to packets.
fn playout() -> impl FnMut() {
    let (mut legs, mut now, mut packet) = (legs(Codec::Pcma), Moment::START, Outgoing::new());
    let samples: Vec<i16> = (0..8_111).map(|at| (at * 37 % 20_011) - 10_000).collect();
    let clip = Arc::new(Clip::new(&samples));
    for leg in &mut legs {
        leg.play(now, PlayId(1), vec![Piece::Clip(Arc::clone(&clip))], Mode::Loop);
    }
    move || {
        now = now + FRAME_SPAN;
        for leg in &mut legs {
            let to = leg.speak(now, &mut packet);
            assert!(to.is_some(), "a leg that plays has a packet to send");
            black_box(packet.bytes());
        }
    }
}

/// Packets from the network to accepted speech.
fn receive() -> impl FnMut() {
    let (mut legs, mut clock) = (legs(Codec::Pcma), Clock::new());
    move || {
        clock.tick();
        for (leg, from) in legs.iter_mut().zip(addresses()) {
            let said = leg.receive(clock.now, || Ntp(0), from, clock.packet.bytes());
            assert!(said.is_some(), "what the negotiated sender says is heard");
            black_box(said);
            while let Some(event) = leg.poll_output() {
                black_box(event);
            }
        }
    }
}

/// Packets from the network to accepted speech, and on to a listener who keeps up.
fn receive_tapped() -> impl FnMut() {
    let (mut legs, mut clock, (mut tap, listener)) = (legs(Codec::Pcma), Clock::new(), tap());
    move || {
        clock.tick();
        for (leg, from) in legs.iter_mut().zip(addresses()) {
            let said = leg.receive(clock.now, || Ntp(0), from, clock.packet.bytes());
            let said = said.expect("what the negotiated sender says is heard");
            tap.hear(Voices::Own, clock.now, &said, Mute::Off);
            black_box(listener.next());
            while let Some(event) = leg.poll_output() {
                black_box(event);
            }
        }
    }
}

/// What one leg says, as the packet that another one is sent.
fn bridge(to: Codec) -> impl FnMut() {
    let (mut legs, mut clock, mut packet) = (legs(to), Clock::new(), Outgoing::new());
    let sound = [0x5a; 160];
    move || {
        clock.tick();
        let Header { marker, sequence, timestamp, ssrc, .. } = clock.header;
        let what = Utterance::Sound(Codec::Pcma);
        let said = Said { ssrc, sequence, timestamp, marker, what, payload: &sound };
        for leg in &mut legs {
            let to = leg.relay(clock.now, &said, (Mute::Off, Audience::Agent), &mut packet);
            assert!(to.is_some(), "what is said across a bridge has a packet");
            black_box(packet.bytes());
        }
    }
}

/// A sender of one packet each 20 ms.
struct Clock {
    now: Moment,
    header: Header,
    packet: Outgoing,
}

impl Clock {
    fn new() -> Self {
        let (sequence, timestamp, ssrc) = (Sequence(0), Timestamp(0), Ssrc(7));
        let header = Header { marker: false, payload_type: 8, sequence, timestamp, ssrc };
        Self { now: Moment::START, header, packet: Outgoing::new() }
    }

    fn tick(&mut self) {
        self.now = self.now + FRAME_SPAN;
        self.header.sequence = self.header.sequence.plus(1);
        self.header.timestamp = self.header.timestamp.plus(160);
        self.packet.write(&self.header, 160).fill(0x5a);
    }
}

fn legs(codec: Codec) -> Vec<RtpLeg> {
    let leg = |(number, address): (u64, SocketAddr)| {
        let socket = || File::open("/dev/null").expect("every system has it");
        let remote = Remote {
            address,
            codec,
            payload_type: codec.payload_type(),
            telephone_event: Some(101),
            direction: Direction::SendRecv,
            also_from: None,
        };
        let (name, audience) = (LegId(number), Audience::Caller);
        let opening = Opening::new(name, socket(), socket(), Some(remote), audience, number);
        RtpLeg::new(Moment::START + Duration::from_millis(number % 20), &opening)
    };
    (1..).zip(addresses()).map(leg).collect()
}

fn addresses() -> impl Iterator<Item = SocketAddr> {
    (0..LEGS).map(|leg| SocketAddr::from(([192, 0, 2, 7], 20_000 + 2 * leg)))
}
