//! One end of a call's audio: a packet each 20 ms, with keys or sound in it, and what comes back.
#![expect(clippy::disallowed_types, reason = "a rehearsal's phones have sockets of their own")]

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use crate::audio::g711;
use crate::base::chance::Rng;
use crate::base::codec::Codec;
use crate::base::key::Key;
use crate::base::time::Moment;
use crate::media::{FRAME_SAMPLES, Frame};
use crate::rtp::packet::{Header, Outgoing, PACKET_BYTES_MAX, Packet, Sequence, Ssrc, Timestamp};
use crate::rtp::telephone_event::{Press, Told};
use crate::sip::sdp::{self, Direction, SdpFault};

/// The one codec of a rehearsal: what is heard is compared byte by byte.
pub(super) const CODEC: Codec = Codec::Pcma;
/// The samples of a packet.
const SAMPLES: u32 = 160;
const _: () = assert!(SAMPLES as usize == FRAME_SAMPLES);
/// How long a key is held.
const KEY_HELD: Duration = Duration::from_millis(100);
/// What the telephone events are called when the other side does not say.
const TELEPHONE_EVENT: u8 = 101;

/// One end of a call's audio.
#[derive(Debug)]
pub(super) struct Line {
    socket: UdpSocket,
    address: SocketAddr,
    remote: Option<sdp::Remote>,
    sequence: Sequence,
    timestamp: Timestamp,
    ssrc: Ssrc,
    keys: VecDeque<Key>,
    pressing: Option<(Press, Timestamp)>,
    /// What is said for ever; silence when there is nothing.
    voice: Arc<[Frame]>,
    said: usize,
    packet: Outgoing,
}

impl Line {
    /// A line at `address` that says `voice` again and again.
    ///
    /// # Errors
    ///
    /// When there is no socket to be had.
    pub(super) fn open(address: IpAddr, voice: Arc<[Frame]>, rng: &mut Rng) -> io::Result<Self> {
        let socket = UdpSocket::bind((address, 0))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let [sequence, _] = halves(rng.bits());
        let [timestamp, ssrc] = words(rng.bits());
        Ok(Self {
            socket,
            address,
            remote: None,
            sequence: Sequence(sequence),
            timestamp: Timestamp(timestamp),
            ssrc: Ssrc(ssrc),
            keys: VecDeque::new(),
            pressing: None,
            voice,
            said: 0,
            packet: Outgoing::new(),
        })
    }

    /// The offer of this line.
    pub(super) fn offer(&self) -> Vec<u8> {
        sdp::offer(&self.local(), &[CODEC])
    }

    /// The answer to an offer; from then on it is spoken to.
    ///
    /// # Errors
    ///
    /// When the offer has no audio that is spoken here.
    pub(super) fn answer(&mut self, offer: &[u8]) -> Result<Vec<u8>, SdpFault> {
        let (answer, remote) = sdp::answer(offer, &self.local(), &[CODEC])?;
        self.remote = Some(remote);
        Ok(answer)
    }

    /// Takes the answer to our offer.
    ///
    /// # Errors
    ///
    /// When the answer has no audio that is spoken here.
    pub(super) fn agree(&mut self, answer: &[u8]) -> Result<(), SdpFault> {
        self.remote = Some(sdp::accept(answer)?);
        Ok(())
    }

    fn local(&self) -> sdp::Local {
        let (address, port) = (self.address.ip(), self.address.port());
        let (id, version) = (u64::from(port), Moment::START.as_micros());
        sdp::Local { address, port, direction: Direction::SendRecv, id, version }
    }

    /// Presses a key after those that are being pressed.
    pub(super) fn press(&mut self, key: Key) {
        self.keys.push_back(key);
    }

    /// Whether a key is being pressed.
    pub(super) fn is_pressing(&self) -> bool {
        self.pressing.is_some() || !self.keys.is_empty()
    }

    /// Sends the next 20 ms.
    pub(super) fn say(&mut self) {
        let Some(remote) = self.remote else { return };
        if self.pressing.is_none()
            && let Some(key) = self.keys.pop_front()
        {
            self.pressing = Some((Press::new(key, KEY_HELD), self.timestamp));
        }
        let told = match &mut self.pressing {
            Some((press, began)) => press.next_packet().map(|told| (told, *began)),
            None => None,
        };
        let header = |payload_type, timestamp, marker| Header {
            marker,
            payload_type,
            sequence: self.sequence,
            timestamp,
            ssrc: self.ssrc,
        };
        match told {
            Some((Told { marker, payload }, began)) => {
                let kind = remote.telephone_event.unwrap_or(TELEPHONE_EVENT);
                self.send(remote.address, &header(kind, began, marker), &payload);
            }
            None => {
                self.pressing = None;
                let frame = self.voice.get(self.said).copied();
                self.said = (self.said + 1).checked_rem(self.voice.len()).unwrap_or(0);
                let frame = frame.unwrap_or([g711::silence(CODEC); FRAME_SAMPLES]);
                let header = header(remote.payload_type, self.timestamp, false);
                self.send(remote.address, &header, &frame);
            }
        }
        self.sequence = self.sequence.plus(1);
        self.timestamp = self.timestamp.plus(SAMPLES);
    }

    fn send(&mut self, to: SocketAddr, header: &Header, payload: &[u8]) {
        self.packet.write(header, payload.len()).copy_from_slice(payload);
        // A packet that is lost is lost, here as on any way.
        let _ = self.socket.send_to(self.packet.bytes(), to);
    }

    /// Hands over the frames that have come, in order.
    pub(super) fn hear(&mut self, mut heard: impl FnMut(&[u8])) {
        let kind = self.remote.map(|remote| remote.payload_type);
        let mut bytes = [0; 2 * PACKET_BYTES_MAX];
        while let Ok((length, _)) = self.socket.recv_from(&mut bytes) {
            let packet = bytes.get(..length).and_then(|bytes| Packet::read(bytes).ok());
            let sound = packet.filter(|packet| Some(packet.header.payload_type) == kind);
            if let Some(packet) = sound {
                heard(packet.payload);
            }
        }
    }
}

/// A voice that no sound of a bundle has: a second of noise.
pub(super) fn noise(seed: u64) -> Arc<[Frame]> {
    let mut rng = Rng::seeded(seed);
    let mut frame =
        || std::array::from_fn(|_| rng.bits().to_le_bytes().first().copied().unwrap_or(0));
    (0..50).map(|_| frame()).collect()
}

fn halves(bits: u64) -> [u16; 2] {
    let [a, b, c, d, ..] = bits.to_le_bytes();
    [u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])]
}

fn words(bits: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = bits.to_le_bytes();
    [u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h])]
}
