//! The workers with real sockets on the loopback: what a phone hears, and what it does not.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use crate::audio::g711;
use crate::audio::tone::{Tone, share};
use crate::base::chance::Rng;
use crate::base::codec::Codec;
use crate::base::id::LegId;
use crate::base::key::Key;
use crate::media::{
    Audience, Clip, Command, Event, Figures, Mode, Mute, Opening, Piece, PlayId, Remote,
};
use crate::rtp::packet::{Header, Outgoing, Packet, Sequence, Ssrc, Timestamp};
use crate::rtp::telephone_event::Press;
use crate::shell::clock::Clock;
use crate::shell::media::{MediaHandle, MediaWorkers, Ports, Station};
use crate::sip::sdp::Direction;

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const PATIENCE: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_millis(100);

#[test]
fn every_frame_of_a_playout_arrives_in_order_and_its_end_is_told() {
    let rig = Rig::start(1);
    let clip = tone_clip(440.0, 4_000 + 37);
    let phones: Vec<Phone> = (0..20).map(|leg| rig.phone(LegId(leg), Codec::Pcma, 0)).collect();
    for phone in &phones {
        rig.play(0, phone.leg, 7, &clip, Mode::Once);
    }
    for phone in &phones {
        let heard: Vec<(Header, Vec<u8>)> = (0..26).map(|_| phone.hear().unwrap()).collect();
        for (turn, (header, payload)) in (0..).zip(&heard) {
            let first = heard[0].0;
            assert_eq!(header.sequence, first.sequence.plus(turn));
            assert_eq!(header.timestamp, first.timestamp.plus(u32::from(turn) * 160));
            assert_eq!((header.marker, payload.len()), (turn == 0, 160));
        }
        let sound: Vec<u8> = heard.into_iter().flat_map(|(_, payload)| payload).collect();
        assert_eq!(sound[..4_037], *clip.bytes(Codec::Pcma));
        assert!(sound[4_037..].iter().all(|&byte| byte == g711::silence(Codec::Pcma)));
    }
    for _ in &phones {
        assert!(matches!(rig.news(0), Event::Played { play: PlayId(7), .. }));
    }
    rig.stop();
}

#[test]
fn a_tone_crosses_the_bridge_from_law_to_law_and_silence_when_muted() {
    let rig = Rig::start(1);
    let caller = rig.phone(LegId(1), Codec::Pcma, 0);
    let agent = rig.phone(LegId(2), Codec::Pcmu, 0);
    rig.order(0, Command::Bridge { a: LegId(1), b: LegId(2) });
    rig.settle(0);
    let heard = crossed(&caller, &agent, 0);
    assert!(share(&decode(Codec::Pcmu, &heard), 1_000.0) > 0.98);
    let heard = crossed(&agent, &caller, 0);
    assert!(share(&decode(Codec::Pcma, &heard), 1_000.0) > 0.98);

    rig.order(0, Command::Mute { leg: LegId(1), mute: Mute::On });
    rig.settle(0);
    let heard = crossed(&caller, &agent, 20);
    assert!(heard.iter().all(|&byte| byte == g711::silence(Codec::Pcmu)));

    rig.order(0, Command::Unbridge { leg: LegId(2) });
    rig.settle(0);
    caller.say(40, 8, &[0; 160]);
    assert!(agent.hear_within(SHORT).is_none());
    rig.stop();
}

#[test]
fn a_key_is_told_once_and_the_agent_does_not_hear_it() {
    let rig = Rig::start(1);
    let caller = rig.phone(LegId(1), Codec::Pcma, 0);
    let agent = rig.agent(LegId(2), Codec::Pcma, 0);
    rig.order(0, Command::Bridge { a: LegId(1), b: LegId(2) });
    rig.settle(0);
    caller.say(0, 8, &[0xd5; 160]);
    assert!(matches!(rig.news(0), Event::Heard { leg: LegId(1), .. }));
    assert!(agent.hear().is_some());
    let key = Key::try_from('7').unwrap();
    let mut press = Press::new(key, Duration::from_millis(80));
    let mut sequence = 1;
    while let Some(told) = press.next_packet() {
        caller.send(sequence, 160, 101, &told.payload);
        sequence += 1;
    }
    assert!(matches!(rig.news(0), Event::Key { leg: LegId(1), key: told, .. } if told == key));
    assert!(agent.hear_within(SHORT).is_none());
    assert_eq!(rig.close(0, LegId(1)).key_repeats, 2);
    rig.stop();
}

#[test]
fn a_stranger_is_neither_heard_nor_sent_anything() {
    let rig = Rig::start(1);
    let caller = rig.phone(LegId(1), Codec::Pcma, 0);
    let agent = rig.agent(LegId(2), Codec::Pcma, 0);
    let stranger = UdpSocket::bind((LOCAL, 0)).unwrap();
    stranger.set_read_timeout(Some(SHORT)).unwrap();
    rig.order(0, Command::Bridge { a: LegId(1), b: LegId(2) });
    for sequence in 0..40 {
        let packet = packet(sequence, u32::from(sequence) * 160, 8, &[0; 160], 666);
        stranger.send_to(packet.bytes(), caller.engine).unwrap();
    }
    assert!(agent.hear_within(SHORT).is_none());
    rig.play(0, LegId(1), 1, &tone_clip(440.0, 1_600), Mode::Loop);
    for _ in 0..10 {
        assert!(caller.hear().is_some());
    }
    assert!(stranger.recv(&mut [0; 2_048]).is_err());
    let figures = rig.close(0, LegId(1));
    assert_eq!((figures.foreign, figures.received), (40, 0));
    rig.stop();
}

#[test]
fn a_leg_moves_to_another_worker_while_something_plays_to_it() {
    let rig = Rig::start(2);
    let caller = rig.phone(LegId(1), Codec::Pcma, 0);
    rig.play(0, LegId(1), 1, &tone_clip(440.0, 16_000), Mode::Loop);
    let (first, _) = caller.hear().unwrap();
    rig.order(0, Command::Move { leg: LegId(1), to: 1 });
    assert_eq!(rig.news(1), Event::Moved { leg: LegId(1) });
    for turn in 1..20 {
        let (header, _) = caller.hear().unwrap();
        assert_eq!((header.ssrc, header.sequence), (first.ssrc, first.sequence.plus(turn)));
        assert_eq!(header.timestamp, first.timestamp.plus(u32::from(turn) * 160));
    }
    assert!(rig.close(1, LegId(1)).sent >= 20);
    rig.stop();
}

#[test]
fn a_leg_that_is_not_there_is_closed_all_the_same() {
    let rig = Rig::start(1);
    assert_eq!(rig.close(0, LegId(9)), Figures::default());
    rig.order(0, Command::Webrtc { leg: LegId(9), offer: "v=0".to_owned() });
    assert!(matches!(rig.news(0), Event::Failed { leg: LegId(9), .. }));
    rig.order(0, Command::Move { leg: LegId(9), to: 4 });
    assert!(matches!(rig.news(0), Event::Failed { leg: LegId(9), .. }));
    rig.stop();
}

struct Rig {
    workers: MediaWorkers,
    ports: Ports,
    bells: Vec<Receiver<()>>,
}

impl Rig {
    fn start(workers: usize) -> Self {
        let (mut stations, mut bells) = (Vec::new(), Vec::new());
        for _ in 0..workers {
            let (ring, bell) = sync_channel(1);
            // A bell that rings already need not ring again.
            let waker = Arc::new(move || {
                let _ = ring.try_send(());
            });
            stations.push(Station { core: None, hub: None, waker });
            bells.push(bell);
        }
        let workers = MediaWorkers::start(Clock::start(), stations).unwrap();
        let seed = u64::from(std::process::id());
        let ports = Ports::new(LOCAL, &Ports::RANGE, &mut Rng::seeded(seed));
        Self { workers, ports, bells }
    }

    fn handle(&self, worker: usize) -> &MediaHandle {
        &self.workers.handles()[worker]
    }

    fn order(&self, worker: usize, command: Command) {
        self.handle(worker).send(command).unwrap();
    }

    /// Waits until the worker has done all that it was ordered.
    fn settle(&self, worker: usize) {
        self.order(worker, Command::Close { leg: LegId(u64::MAX) });
        while self.news(worker).leg() != LegId(u64::MAX) {}
    }

    fn news(&self, worker: usize) -> Event {
        loop {
            if let Some(event) = self.handle(worker).poll() {
                return event;
            }
            self.bells[worker].recv_timeout(PATIENCE).expect("there is news");
        }
    }

    fn close(&self, worker: usize, leg: LegId) -> Figures {
        self.order(worker, Command::Close { leg });
        loop {
            if let Event::Closed { leg: closed, figures } = self.news(worker) {
                assert_eq!(closed, leg);
                return figures;
            }
        }
    }

    fn play(&self, worker: usize, leg: LegId, play: u64, clip: &Arc<Clip>, mode: Mode) {
        let pieces = vec![Piece::Clip(Arc::clone(clip))];
        self.order(worker, Command::Play { leg, play: PlayId(play), pieces, mode });
    }

    fn phone(&self, leg: LegId, codec: Codec, worker: usize) -> Phone {
        self.open(leg, codec, worker, Audience::Caller)
    }

    fn agent(&self, leg: LegId, codec: Codec, worker: usize) -> Phone {
        self.open(leg, codec, worker, Audience::Agent)
    }

    fn open(&self, leg: LegId, codec: Codec, worker: usize, audience: Audience) -> Phone {
        let socket = UdpSocket::bind((LOCAL, 0)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let pair = self.ports.take().unwrap();
        let engine = SocketAddr::new(LOCAL, pair.port());
        let remote = Remote {
            address: socket.local_addr().unwrap(),
            codec,
            payload_type: codec.payload_type(),
            telephone_event: Some(101),
            direction: Direction::SendRecv,
            also_from: Some(LOCAL),
        };
        let opening = Opening::new(leg, pair.rtp, pair.rtcp, Some(remote), audience, leg.0 + 5);
        self.order(worker, Command::Open(Box::new(opening)));
        Phone { leg, codec, socket, engine }
    }

    fn stop(self) {
        self.workers.stop();
    }
}

struct Phone {
    leg: LegId,
    codec: Codec,
    socket: UdpSocket,
    engine: SocketAddr,
}

impl Phone {
    fn say(&self, sequence: u16, payload_type: u8, payload: &[u8]) {
        self.send(sequence, u32::from(sequence) * 160, payload_type, payload);
    }

    fn send(&self, sequence: u16, timestamp: u32, payload_type: u8, payload: &[u8]) {
        let ssrc = u32::try_from(self.leg.0).unwrap() + 100;
        let packet = packet(sequence, timestamp, payload_type, payload, ssrc);
        self.socket.send_to(packet.bytes(), self.engine).unwrap();
    }

    fn hear(&self) -> Option<(Header, Vec<u8>)> {
        let mut buffer = [0; 2_048];
        let (length, from) = self.socket.recv_from(&mut buffer).ok()?;
        assert_eq!(from, self.engine);
        let packet = Packet::read(&buffer[..length]).unwrap();
        Some((packet.header, packet.payload.to_vec()))
    }

    fn hear_within(&self, span: Duration) -> Option<(Header, Vec<u8>)> {
        self.socket.set_read_timeout(Some(span)).unwrap();
        let heard = self.hear();
        self.socket.set_read_timeout(Some(PATIENCE)).unwrap();
        heard
    }
}

fn packet(sequence: u16, timestamp: u32, payload_type: u8, payload: &[u8], ssrc: u32) -> Outgoing {
    let mut packet = Outgoing::new();
    let header = Header {
        marker: false,
        payload_type,
        sequence: Sequence(sequence),
        timestamp: Timestamp(timestamp),
        ssrc: Ssrc(ssrc),
    };
    packet.write(&header, payload.len()).copy_from_slice(payload);
    packet
}

/// Says 20 frames of a 1 kHz tone on one side, and returns what is heard on the other.
fn crossed(from: &Phone, to: &Phone, first: u16) -> Vec<u8> {
    let mut tone = Tone::new(1_000.0, 10_000).map(|sample| g711::encode(from.codec, sample));
    let mut heard = Vec::new();
    for sequence in first..first + 20 {
        let frame: Vec<u8> = tone.by_ref().take(160).collect();
        from.say(sequence, from.codec.payload_type(), &frame);
        let (header, payload) = to.hear().expect("what is said is heard");
        assert_eq!(header.payload_type, to.codec.payload_type());
        heard.extend(payload);
    }
    heard
}

fn decode(codec: Codec, bytes: &[u8]) -> Vec<i16> {
    bytes.iter().map(|&byte| g711::decode(codec, byte)).collect()
}

fn tone_clip(hertz: f64, samples: usize) -> Arc<Clip> {
    Arc::new(Clip::new(&Tone::new(hertz, 8_000).take(samples).collect::<Vec<i16>>()))
}
