//! One browser's connection: the library's machine, our clock of frames, and our watch over it.

use std::net::{SocketAddr, UdpSocket};
use std::time::Instant;

use bytes::BytesMut;
use rtc::peer_connection::RTCPeerConnection;
use rtc::peer_connection::event::RTCPeerConnectionEvent;
use rtc::peer_connection::message::{RTCMessage, TaggedRTCMessage};
use rtc::peer_connection::state::RTCPeerConnectionState;
use rtc::peer_connection::transport::{
    RTCDtlsTransportState, RTCIceCandidateInit, RTCIceTransportState,
};
use rtc::rtp_transceiver::RTCRtpSenderId;
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};

use super::answer::{Answer, refused};
use super::candidate::Candidate;
use super::datagram::Datagram;
use super::fault::{Failure, WebrtcFault};
use super::identity::Identity;
use super::offer::Offer;
use super::speech::Speech;
use crate::base::chance::Rng;
use crate::base::codec::Codec;
use crate::base::id::LegId;
use crate::base::limit::{
    WEBRTC_CANDIDATES_MAX, WEBRTC_CONNECT_MAX, WEBRTC_LOST_AFTER, WEBRTC_SILENCE,
};

/// What a browser's leg brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// The path and the keys are there: what is sent is heard.
    Connected,
    /// One packet of audio, decrypted and not yet put in order.
    Audio {
        /// The codec of this packet; a browser may change between those of the answer.
        codec: Codec,
        /// RTP sequence number.
        sequence: u16,
        /// RTP timestamp, in samples.
        timestamp: u32,
        /// The first packet of a talk spurt.
        marker: bool,
        /// The samples, one byte each.
        payload: &'a [u8],
    },
    /// One packet of an RFC 4733 event: a key is several of these with one timestamp.
    TelephoneEvent {
        /// RTP sequence number.
        sequence: u16,
        /// RTP timestamp of the key's beginning.
        timestamp: u32,
        /// The first packet of the key.
        marker: bool,
        /// The event, its end bit, its volume and duration (RFC 4733 §2.3).
        payload: &'a [u8],
    },
    /// Nothing was heard for [`WEBRTC_SILENCE`], neither audio nor an ICE answer.
    Silent,
    /// Something was heard again after [`Incoming::Silent`].
    HeardAgain,
    /// The leg is gone, and not by a hang-up. The hub has forgotten it.
    Failed(Failure),
    /// The browser closed the connection. The hub has forgotten the leg.
    Closed,
}

/// Where what a leg brings goes.
pub(super) type Sink<'a> = &'a mut dyn FnMut(LegId, Incoming<'_>);

/// The socket that all legs share, and the address that browsers know it by.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) socket: UdpSocket,
    pub(super) advertised: SocketAddr,
}

impl Wire {
    fn send(&self, datagram: &[u8], to: SocketAddr) {
        // A full buffer or an unreachable peer is loss, which RTP, ICE and DTLS each expect.
        if let Err(error) = self.socket.send_to(datagram, to) {
            tracing::trace!(%to, %error, "datagram not sent");
        }
    }
}

/// How far a leg has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Connecting { until: Instant },
    Talking,
    Silent { lost: Instant },
    Over,
}

/// One browser's connection.
pub(super) struct Leg {
    id: LegId,
    connection: RTCPeerConnection,
    sender: RTCRtpSenderId,
    offer: Offer,
    fragment: String,
    speech: Speech,
    phase: Phase,
    heard: Instant,
    candidates: usize,
    /// Where the browser's checks came from, oldest first.
    pub(super) addresses: Vec<SocketAddr>,
    /// The deadline under which the hub has this leg in its agenda.
    pub(super) armed: Option<Instant>,
}

impl Leg {
    /// Answers `offer`. The text is the answer's SDP, complete with our candidate.
    pub(super) fn accept(
        now: Instant,
        id: LegId,
        offer: Offer,
        identity: &Identity,
        wire: &Wire,
        rng: &mut Rng,
    ) -> Result<(Self, String), WebrtcFault> {
        let speech = Speech::start(offer.codec(), rng);
        let answer = Answer::to(now, &offer, &speech, identity, wire.advertised)?;
        let leg = Self {
            id,
            connection: answer.connection,
            sender: answer.sender,
            offer,
            fragment: answer.fragment,
            speech,
            phase: Phase::Connecting { until: now + WEBRTC_CONNECT_MAX },
            heard: now,
            candidates: 0,
            addresses: Vec::new(),
            armed: None,
        };
        Ok((leg, answer.text))
    }

    /// Our ICE user fragment, by which the browser's checks find this leg.
    pub(super) fn fragment(&self) -> &str {
        &self.fragment
    }

    pub(super) fn offer(&self) -> &Offer {
        &self.offer
    }

    pub(super) fn codec(&self) -> Codec {
        self.speech.codec
    }

    pub(super) fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// The next moment at which [`Leg::handle_timeout`] has something to do.
    pub(super) fn deadline(&mut self) -> Option<Instant> {
        let watch = match self.phase {
            Phase::Connecting { until } => until,
            Phase::Talking => self.heard + WEBRTC_SILENCE,
            Phase::Silent { lost } => lost,
            Phase::Over => return None,
        };
        Some(self.connection.poll_timeout().map_or(watch, |theirs| theirs.min(watch)))
    }

    /// Adds a trickled candidate; beyond [`WEBRTC_CANDIDATES_MAX`] they are left out.
    pub(super) fn add(&mut self, candidate: &Candidate) -> Result<(), WebrtcFault> {
        if WEBRTC_CANDIDATES_MAX <= self.candidates {
            return Ok(());
        }
        self.candidates += 1;
        let candidate = RTCIceCandidateInit { candidate: candidate.line(), ..Default::default() };
        self.connection.add_remote_candidate(candidate).map_err(refused("adding a candidate"))
    }

    /// Takes a datagram that was meant for this leg.
    pub(super) fn receive(
        &mut self,
        now: Instant,
        datagram: &Arrival<'_>,
        wire: &Wire,
        sink: Sink<'_>,
    ) -> Proof {
        let message = TaggedBytesMut {
            now,
            transport: TransportContext {
                local_addr: wire.advertised,
                peer_addr: datagram.from,
                transport_protocol: TransportProtocol::UDP,
                ecn: None,
            },
            message: BytesMut::from(datagram.bytes),
        };
        if let Err(error) = self.connection.handle_read(message) {
            tracing::trace!(leg = %self.id, from = %datagram.from, %error, "datagram refused");
        }
        match datagram.kind {
            Datagram::Media => self.hear(now, sink),
            Datagram::Check { .. } => {
                // The library answers a check only when its integrity holds.
                if self.flush(wire, Some(datagram.from)) != 0 {
                    self.notice_life(now, sink);
                    self.notice_events(now, sink);
                    self.flush(wire, None);
                    return Proof::Answered;
                }
            }
            Datagram::CheckAnswered => {
                self.notice_life(now, sink);
                self.notice_events(now, sink);
                self.flush(wire, None);
            }
            Datagram::Handshake => {
                self.notice_events(now, sink);
                self.flush(wire, None);
                self.notice_close(sink);
            }
            Datagram::Foreign => {}
        }
        Proof::None
    }

    /// Sends one frame of [`Leg::codec`], if there is someone to hear it; the clock goes on.
    pub(super) fn send(&mut self, now: Instant, frame: &[u8], wire: &Wire) {
        match self.phase {
            Phase::Talking | Phase::Silent { .. } => {}
            Phase::Connecting { .. } | Phase::Over => return self.speech.skip(1),
        }
        let packet = self.speech.say(frame);
        let message = RTCMessage::RtpPacket(String::new(), packet);
        if let Err(error) = self.connection.handle_write(TaggedRTCMessage { now, message }) {
            tracing::trace!(leg = %self.id, %error, "frame not sent");
        }
        self.flush(wire, None);
    }

    /// Lets `frames` pass unsaid.
    pub(super) fn skip(&mut self, frames: u32) {
        self.speech.skip(frames);
    }

    /// Does what is due: ICE checks, retransmissions, and the watch over silence.
    pub(super) fn handle_timeout(&mut self, now: Instant, wire: &Wire, sink: Sink<'_>) {
        if let Err(error) = self.connection.handle_timeout(now) {
            tracing::debug!(leg = %self.id, %error, "the connection gave up");
            self.end(Incoming::Failed(Failure::Refused), sink);
        }
        self.notice_events(now, sink);
        self.flush(wire, None);
        match self.phase {
            Phase::Connecting { until } if until <= now => {
                let failure = self.missing();
                self.end(Incoming::Failed(failure), sink);
            }
            Phase::Talking if self.heard + WEBRTC_SILENCE <= now => {
                self.phase = Phase::Silent { lost: self.heard + WEBRTC_LOST_AFTER };
                sink(self.id, Incoming::Silent);
            }
            Phase::Silent { lost } if lost <= now => {
                self.end(Incoming::Failed(Failure::Lost), sink);
            }
            Phase::Connecting { .. } | Phase::Talking | Phase::Silent { .. } | Phase::Over => {}
        }
    }

    /// Says good-bye: the DTLS alert that lets the browser close at once (RFC 5246 §7.2.1).
    pub(super) fn close(&mut self, wire: &Wire) {
        self.phase = Phase::Over;
        if let Err(error) = self.connection.close() {
            tracing::debug!(leg = %self.id, %error, "the connection did not close cleanly");
        }
        self.flush(wire, None);
    }

    /// Sends what the library has ready; the count is of datagrams to `whom`.
    fn flush(&mut self, wire: &Wire, whom: Option<SocketAddr>) -> usize {
        let mut count = 0;
        while let Some(datagram) = self.connection.poll_write() {
            let to = datagram.transport.peer_addr;
            wire.send(&datagram.message, to);
            count += usize::from(whom == Some(to));
        }
        count
    }

    fn hear(&mut self, now: Instant, sink: Sink<'_>) {
        while let Some(message) = self.connection.poll_read() {
            let RTCMessage::RtpPacket(_, packet) = message.message else { continue };
            self.notice_life(now, sink);
            let header = &packet.header;
            let (sequence, timestamp) = (header.sequence_number, header.timestamp);
            let (marker, payload) = (header.marker, &packet.payload[..]);
            let of_type = |codec: &&Codec| codec.payload_type() == header.payload_type;
            if let Some(codec) = self.offer.codecs().iter().find(of_type).copied() {
                let audio = Incoming::Audio { codec, sequence, timestamp, marker, payload };
                sink(self.id, audio);
            } else if self.offer.telephone_event() == Some(header.payload_type) {
                let event = Incoming::TelephoneEvent { sequence, timestamp, marker, payload };
                sink(self.id, event);
            }
        }
    }

    fn notice_life(&mut self, now: Instant, sink: Sink<'_>) {
        self.heard = now;
        if matches!(self.phase, Phase::Silent { .. }) {
            self.phase = Phase::Talking;
            sink(self.id, Incoming::HeardAgain);
        }
    }

    fn notice_events(&mut self, now: Instant, sink: Sink<'_>) {
        while let Some(event) = self.connection.poll_event() {
            let RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) = event else {
                continue;
            };
            let connecting = matches!(self.phase, Phase::Connecting { .. });
            if state == RTCPeerConnectionState::Connected && connecting {
                self.phase = Phase::Talking;
                self.heard = now;
                sink(self.id, Incoming::Connected);
            } else if state == RTCPeerConnectionState::Failed {
                self.end(Incoming::Failed(Failure::Refused), sink);
            }
        }
    }

    /// What a leg that did not connect in time was waiting for.
    fn missing(&mut self) -> Failure {
        let sender = self.connection.rtp_sender(self.sender);
        let path = sender
            .and_then(|sender| {
                sender.transport().map(|transport| transport.ice_transport().state())
            })
            .is_some_and(|state| state == RTCIceTransportState::Connected);
        if path { Failure::NoHandshake } else { Failure::NoPath }
    }

    /// The library tells a close only to its transport: the connection's state stays as it was.
    fn notice_close(&mut self, sink: Sink<'_>) {
        let sender = self.connection.rtp_sender(self.sender);
        let closed = sender
            .and_then(|sender| sender.transport().map(|transport| transport.state()))
            .is_some_and(|state| state == RTCDtlsTransportState::Closed);
        if closed {
            self.end(Incoming::Closed, sink);
        }
    }

    fn end(&mut self, how: Incoming<'_>, sink: Sink<'_>) {
        if !self.is_over() {
            self.phase = Phase::Over;
            sink(self.id, how);
        }
    }
}

/// A datagram, sorted.
#[derive(Debug)]
pub(super) struct Arrival<'a> {
    pub(super) kind: Datagram<'a>,
    pub(super) bytes: &'a [u8],
    pub(super) from: SocketAddr,
}

/// Whether a datagram proved that its sender holds the leg's ICE password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    Answered,
    None,
}
