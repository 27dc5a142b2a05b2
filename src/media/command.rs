//! What the control side may order of a media worker.

use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use crate::base::codec::Codec;
use crate::base::id::LegId;
use crate::media::clip::Clip;
use crate::media::tap::{Feed, Tap};
use crate::rtp::packet::{Sequence, Ssrc, Timestamp};
use crate::sip::sdp::Direction;

/// An order. One for a leg that the worker does not have does nothing.
#[derive(Debug)]
pub enum Command {
    /// Take an RTP leg in.
    Open(Box<Opening>),
    /// The other side's end of the audio, agreed on or agreed on anew.
    Remote {
        /// Which leg.
        leg: LegId,
        /// The other side.
        remote: Remote,
    },
    /// Play, in the place of what plays.
    Play {
        /// Which leg hears it.
        leg: LegId,
        /// The playout's number, told back in `Event::Played`.
        play: PlayId,
        /// What is played, joined without a gap.
        pieces: Vec<Piece>,
        /// Once, or until something else is ordered.
        mode: Mode,
    },
    /// Stop what plays. Nothing is told back.
    Stop {
        /// Which leg.
        leg: LegId,
    },
    /// Let two legs of this worker hear each other. Stops what plays on both, and leaves earlier
    /// bridges.
    Bridge {
        /// One leg.
        a: LegId,
        /// The other.
        b: LegId,
    },
    /// Part a leg from the one that it is bridged with.
    Unbridge {
        /// Either of the two.
        leg: LegId,
    },
    /// Whether the leg across the bridge hears what this one says.
    Mute {
        /// Which leg's speech.
        leg: LegId,
        /// On: silence is passed on in its place.
        mute: Mute,
    },
    /// Let somebody hear what the leg says, and what it hears across a bridge, until the tap's
    /// other end is dropped or the leg is gone.
    Tap {
        /// Which leg.
        leg: LegId,
        /// The worker's end.
        tap: Tap,
    },
    /// Let the leg go. Told back in `Event::Closed`, always.
    Close {
        /// Which leg.
        leg: LegId,
    },
    /// Answer a browser's offer, told back in `Event::Answer` or `Event::Failed`. For a leg that is
    /// there already the connection is replaced; what plays and what is bridged goes on.
    Webrtc {
        /// Which leg.
        leg: LegId,
        /// The browser's SDP.
        offer: String,
    },
    /// A candidate that the browser found after its offer.
    Candidate {
        /// Which leg.
        leg: LegId,
        /// The candidate's line.
        candidate: String,
    },
    /// Hand an RTP leg to another worker, which tells `Event::Moved`. Until then orders for the leg
    /// are lost; what plays goes on.
    Move {
        /// Which leg.
        leg: LegId,
        /// The other worker's index.
        to: usize,
    },
}

/// What a worker needs to take an RTP leg in.
#[derive(Debug)]
pub struct Opening {
    /// The leg's name.
    pub leg: LegId,
    /// Its bound, non-blocking RTP socket.
    pub rtp: OwnedFd,
    /// Its bound, non-blocking RTCP socket.
    pub rtcp: OwnedFd,
    /// The other side, when it is known already.
    pub remote: Option<Remote>,
    /// Who is at the other end.
    pub audience: Audience,
    /// The name of the stream that is sent.
    pub ssrc: Ssrc,
    /// Its first packet's number.
    pub sequence: Sequence,
    /// Its first packet's time.
    pub timestamp: Timestamp,
}

impl Opening {
    /// An opening whose stream takes its name and beginnings from `random` (RFC 3550 §5.1).
    #[must_use]
    pub fn new(
        leg: LegId,
        rtp: impl Into<OwnedFd>,
        rtcp: impl Into<OwnedFd>,
        remote: Option<Remote>,
        audience: Audience,
        random: u64,
    ) -> Self {
        let [a, b, c, d, e, f, g, h] = random.to_be_bytes();
        // The first number stays in the lower half: SRTP peers guess the wraps from it.
        let sequence = Sequence(u16::from_be_bytes([e & 0x7f, f]));
        let timestamp = Timestamp(u32::from_be_bytes([g, h, e, f]));
        let ssrc = Ssrc(u32::from_be_bytes([a, b, c, d]));
        let (rtp, rtcp) = (rtp.into(), rtcp.into());
        Self { leg, rtp, rtcp, remote, audience, ssrc, sequence, timestamp }
    }
}

/// The other side's end of the audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote {
    /// Where it wants the audio.
    pub address: SocketAddr,
    /// The codec agreed on.
    pub codec: Codec,
    /// The codec's payload type.
    pub payload_type: u8,
    /// The payload type of keys, if it takes them.
    pub telephone_event: Option<u8>,
    /// Which way the audio goes, as the other side sees it.
    pub direction: Direction,
    /// With NAT support: where the other side's SIP comes from. Its audio may come from there too,
    /// and audio goes back to where it came from. `None`: only `address` is listened to.
    pub also_from: Option<IpAddr>,
}

/// Who is at the other end of a leg. A key pressed on a bridge with an agent is told and not
/// passed across; between two others it is both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// One who telephones us, or is telephoned for one.
    Caller,
    /// One who answers for us.
    Agent,
}

/// The number of a playout, unique within its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlayId(pub u64);

/// A part of a playout.
#[derive(Debug, Clone)]
pub enum Piece {
    /// A sound.
    Clip(Arc<Clip>),
    /// A pause.
    Silence(Duration),
    /// Live sound. It has no end of its own, so it is the last piece that is heard.
    Live(Feed),
}

/// How often a playout is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// To its end.
    Once,
    /// Again and again.
    Loop,
}

/// Whether what a leg says is kept from the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mute {
    /// It is.
    On,
    /// It is not.
    Off,
}
