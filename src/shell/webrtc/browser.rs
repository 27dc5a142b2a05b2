//! A browser for the tests: offers one line of audio and talks to the hub over loopback.
//!
//! Time is told to both sides; loopback delivers before the next step.
#![expect(clippy::disallowed_methods, reason = "a test stands on the real clock's epoch ")]

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use rtc::ice::mdns::MulticastDnsMode;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::MediaEngine;
use rtc::peer_connection::configuration::setting_engine::SettingEngineBuilder;
use rtc::peer_connection::message::{RTCMessage, TaggedRTCMessage};
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::transport::RTCIceCandidateInit;
use rtc::peer_connection::{RTCPeerConnection, RTCPeerConnectionBuilder};
use rtc::rtcp::raw_packet::RawPacket;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RtpCodecKind,
};
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};

use super::{Failure, Hub, Identity, Incoming};
use crate::base::chance::Rng;
use crate::base::id::LegId;

/// Frames are 20 ms apart; a step is one frame.
pub(super) const STEP: Duration = Duration::from_millis(20);
const SSRC: u32 = 77;

/// What the hub told, without its borrowings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    Connected,
    Audio(Vec<u8>),
    Event(Vec<u8>),
    Silent,
    HeardAgain,
    Failed(Failure),
    Closed,
}

/// A hub, its browsers, and the time they all share.
pub(super) struct Stage {
    pub(super) hub: Hub,
    pub(super) now: Instant,
    pub(super) browsers: Vec<Browser>,
    pub(super) told: Vec<(LegId, Told)>,
}

impl Stage {
    pub(super) fn new() -> Self {
        let identity = Arc::new(Identity::generate().unwrap());
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let hub = Hub::bind(address, None, identity, Rng::seeded(1)).unwrap();
        Self { hub, now: Instant::now(), browsers: Vec::new(), told: Vec::new() }
    }

    /// A browser whose offer was accepted as `leg`; its place in `browsers`.
    pub(super) fn join(&mut self, leg: LegId) -> usize {
        let mut browser = Browser::open(self.now);
        let answer = self.hub.accept(self.now, leg, &browser.offer).unwrap();
        browser.accept(self.now, answer);
        self.browsers.push(browser);
        self.browsers.len() - 1
    }

    /// Lets `time` pass, a frame at a time.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += STEP;
            for _ in 0..3 {
                self.browsers.iter_mut().for_each(|browser| browser.step(self.now));
                self.hear();
            }
        }
    }

    /// The hub's turn.
    pub(super) fn hear(&mut self) {
        let told = &mut self.told;
        let mut sink = |leg, incoming: Incoming<'_>| told.push((leg, owned(incoming)));
        self.hub.handle_timeout(self.now, &mut sink);
        self.hub.receive(self.now, &mut sink);
    }

    /// Joins and waits for the connection.
    pub(super) fn connect(&mut self, leg: LegId) -> usize {
        let browser = self.join(leg);
        self.pass(Duration::from_secs(2));
        assert!(self.told.contains(&(leg, Told::Connected)), "{:?}", self.told);
        self.told.clear();
        browser
    }
}

fn owned(incoming: Incoming<'_>) -> Told {
    match incoming {
        Incoming::Connected => Told::Connected,
        Incoming::Audio { payload, .. } => Told::Audio(payload.to_vec()),
        Incoming::TelephoneEvent { payload, .. } => Told::Event(payload.to_vec()),
        Incoming::Silent => Told::Silent,
        Incoming::HeardAgain => Told::HeardAgain,
        Incoming::Failed(failure) => Told::Failed(failure),
        Incoming::Closed => Told::Closed,
    }
}

/// The far side of one leg.
pub(super) struct Browser {
    connection: RTCPeerConnection,
    socket: UdpSocket,
    pub(super) offer: String,
    pub(super) heard: Vec<rtc::rtp::Packet>,
    sequence: u16,
    timestamp: u32,
    /// A browser that was killed: nothing is read or sent.
    pub(super) dead: bool,
    /// What was sent last, to be sent again in pieces by a hostile test.
    pub(super) sent: Vec<Vec<u8>>,
}

impl Browser {
    pub(super) fn open(now: Instant) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let mut engine = MediaEngine::default();
        let names = [(8, "audio/PCMA"), (0, "audio/PCMU"), (126, "audio/telephone-event")];
        let codecs = names.map(|(payload_type, name)| {
            let rtp_codec = narrow_band(name);
            RTCRtpCodecParameters { rtp_codec, payload_type }
        });
        for codec in &codecs {
            engine.register_codec(codec.clone(), RtpCodecKind::Audio).unwrap();
        }
        let settings =
            SettingEngineBuilder::new().with_multicast_dns_mode(MulticastDnsMode::Disabled);
        let mut connection = RTCPeerConnectionBuilder::new()
            .with_setting_engine(settings.build())
            .with_media_engine(engine)
            .build(now)
            .unwrap();
        let coding = RTCRtpCodingParameters { ssrc: Some(SSRC), ..Default::default() };
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: coding,
            codec: narrow_band("audio/PCMA"),
            ..Default::default()
        };
        let track = MediaStreamTrack::new(
            "stream".to_owned(),
            "track".to_owned(),
            "label".to_owned(),
            RtpCodecKind::Audio,
            vec![encoding],
        );
        connection.add_track(track).unwrap();
        let transceiver = connection.get_transceivers().next().unwrap();
        let mut transceiver = connection.rtp_transceiver(transceiver).unwrap();
        transceiver.set_codec_preferences(codecs.to_vec()).unwrap();
        let offer = connection.create_offer(None).unwrap();
        let text = offer.sdp.clone();
        connection.set_local_description(now, offer).unwrap();
        let address = socket.local_addr().unwrap();
        let candidate =
            format!("candidate:1 1 udp 2130706431 {} {} typ host", address.ip(), address.port());
        let candidate = RTCIceCandidateInit { candidate, ..Default::default() };
        connection.add_local_candidate(candidate).unwrap();
        Self {
            connection,
            socket,
            offer: text,
            heard: Vec::new(),
            sequence: 0,
            timestamp: 0,
            dead: false,
            sent: Vec::new(),
        }
    }

    pub(super) fn accept(&mut self, now: Instant, answer: String) {
        let answer = RTCSessionDescription::answer(answer).unwrap();
        self.connection.set_remote_description(now, answer).unwrap();
    }

    pub(super) fn say(&mut self, now: Instant, payload_type: u8, payload: &[u8]) {
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(160);
        let header = rtc::rtp::Header {
            version: 2,
            payload_type,
            sequence_number: self.sequence,
            timestamp: self.timestamp,
            ssrc: SSRC,
            ..Default::default()
        };
        let packet = rtc::rtp::Packet { header, payload: Bytes::copy_from_slice(payload) };
        let message = RTCMessage::RtpPacket(String::new(), packet);
        self.connection.handle_write(TaggedRTCMessage { now, message }).unwrap();
        self.flush();
    }

    /// An RTCP packet of any type and content.
    pub(super) fn report(&mut self, now: Instant, kind: u8, count: u8, body: &[u8]) {
        let words = u16::try_from(body.len() / 4).unwrap().to_be_bytes();
        let head = [0x80 | (count & 0x1f), kind, words[0], words[1]];
        let raw = Bytes::from([&head[..], body].concat());
        let packet: Box<dyn rtc::rtcp::Packet> = Box::new(RawPacket(raw));
        let message = RTCMessage::RtcpPacket(String::new(), vec![packet]);
        self.connection.handle_write(TaggedRTCMessage { now, message }).unwrap();
        self.flush();
    }

    pub(super) fn close(&mut self) {
        self.connection.close().unwrap();
        self.flush();
        self.dead = true;
    }

    /// Bytes that come from this browser's address and not from its connection.
    pub(super) fn send_raw(&self, bytes: &[u8], to: SocketAddr) {
        self.socket.send_to(bytes, to).unwrap();
    }

    fn step(&mut self, now: Instant) {
        if self.dead {
            return;
        }
        let mut buffer = [0; 2_000];
        while let Ok((length, peer_addr)) = self.socket.recv_from(&mut buffer) {
            let local_addr = self.socket.local_addr().unwrap();
            let message = BytesMut::from(&buffer[..length]);
            let transport_protocol = TransportProtocol::UDP;
            let transport =
                TransportContext { local_addr, peer_addr, transport_protocol, ecn: None };
            let _ = self.connection.handle_read(TaggedBytesMut { now, transport, message });
        }
        if self.connection.poll_timeout().is_some_and(|at| at <= now) {
            let _ = self.connection.handle_timeout(now);
        }
        while self.connection.poll_event().is_some() {}
        while let Some(message) = self.connection.poll_read() {
            if let RTCMessage::RtpPacket(_, packet) = message.message {
                self.heard.push(packet);
            }
        }
        self.flush();
    }

    fn flush(&mut self) {
        while let Some(datagram) = self.connection.poll_write() {
            self.socket.send_to(&datagram.message, datagram.transport.peer_addr).unwrap();
            if self.sent.len() < 64 {
                self.sent.push(datagram.message.to_vec());
            }
        }
    }
}

fn narrow_band(mime_type: &str) -> RTCRtpCodec {
    RTCRtpCodec { mime_type: mime_type.to_owned(), clock_rate: 8_000, ..Default::default() }
}
