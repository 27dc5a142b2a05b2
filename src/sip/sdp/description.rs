//! Reads a session description down to what a telephone call needs.

use std::net::{IpAddr, SocketAddr};

use crate::base::codec::Codec;
use crate::base::limit;
use crate::sip::sdp::SdpFault;

/// Which way the media goes, seen from the description's own side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    SendRecv,
    /// Only from the describing side.
    SendOnly,
    /// Only to the describing side.
    RecvOnly,
    /// Neither way.
    Inactive,
}

impl Direction {
    /// Whether the describing side sends.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the describing side receives.
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// What is left of our wish `self` beside the other side's `theirs`, seen from us.
    #[must_use]
    pub const fn beside(self, theirs: Self) -> Self {
        match (self.sends() && theirs.receives(), self.receives() && theirs.sends()) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// The attribute's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive]
            .into_iter()
            .find(|direction| direction.name() == name)
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
    /// The payload type of telephone events, if it takes them.
    pub telephone_event: Option<u8>,
    /// Milliseconds of audio a packet it asks for.
    pub ptime_ms: u8,
    /// Which way the audio goes, as it sees it.
    pub direction: Direction,
    /// Where it wants RTCP, when that is not the next port.
    pub rtcp: Option<SocketAddr>,
}

/// A description cut into its media.
#[derive(Debug)]
pub(crate) struct Description {
    /// The words of the first `t=` line.
    pub(crate) time: String,
    pub(crate) media: Vec<Media>,
}

/// One `m=` line with what belongs to it.
#[derive(Debug)]
pub(crate) struct Media {
    pub(crate) kind: String,
    pub(crate) port: u16,
    pub(crate) protocol: String,
    pub(crate) formats: Vec<String>,
    address: Option<IpAddr>,
    direction: Direction,
    maps: Vec<(u8, String)>,
    ptime_ms: u8,
    rtcp: Option<(u16, Option<IpAddr>)>,
}

const PTIME_MS: u8 = 20;

impl Description {
    /// Reads a description.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, SdpFault> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.lines().take(limit::SDP_LINES_MAX).map(str::trim_end).peekable();
        if lines.peek().is_none_or(|first| *first != "v=0") {
            return Err(SdpFault::Malformed);
        }
        let (mut address, mut direction) = (None, Direction::SendRecv);
        let mut description = Self { time: "0 0".to_owned(), media: Vec::new() };
        for line in lines {
            let Some((kind, value)) = line.split_once('=') else { continue };
            match (kind, description.media.last_mut()) {
                ("m", _) => {
                    let media = Media::parse(value, address, direction)?;
                    description.media.push(media);
                }
                ("c", None) => address = Some(connection(value)?),
                ("c", Some(media)) => media.address = Some(connection(value)?),
                ("t", None) if value.bytes().all(|b| b.is_ascii_digit() || b == b' ') => {
                    value.trim().clone_into(&mut description.time);
                }
                ("a", None) => direction = Direction::parse(value).unwrap_or(direction),
                ("a", Some(media)) => media.attribute(value),
                _ => {}
            }
        }
        match description.media.len() {
            1..=limit::SDP_MEDIA_MAX => Ok(description),
            _ => Err(SdpFault::Malformed),
        }
    }
}

impl Media {
    /// Whether this is audio over plain RTP that has not been turned off.
    pub(crate) fn is_plain_audio(&self) -> bool {
        self.kind == "audio" && self.port != 0 && self.protocol == "RTP/AVP"
    }

    /// The other side's end, in the first of `prefer` that it speaks.
    pub(crate) fn remote(&self, prefer: &[Codec]) -> Option<Remote> {
        let address = self.address?;
        let find = |codec: &Codec| {
            let wanted = codec.name();
            self.payload_types().find(|&kind| self.is_map(kind, wanted)).map(|kind| (*codec, kind))
        };
        let (codec, payload_type) = prefer.iter().find_map(find)?;
        // RFC 2543 put a call on hold by an address of zeros.
        let direction = match (address.is_unspecified(), self.direction.sends()) {
            (false, _) => self.direction,
            (true, true) => Direction::SendOnly,
            (true, false) => Direction::Inactive,
        };
        Some(Remote {
            address: SocketAddr::new(address, self.port),
            codec,
            payload_type,
            telephone_event: self
                .payload_types()
                .find(|&kind| self.is_map(kind, "telephone-event")),
            ptime_ms: self.ptime_ms,
            direction,
            rtcp: self.rtcp.map(|(port, at)| SocketAddr::new(at.unwrap_or(address), port)),
        })
    }

    fn payload_types(&self) -> impl Iterator<Item = u8> {
        self.formats.iter().filter_map(|format| format.parse().ok()).filter(|kind| *kind < 128)
    }

    fn is_map(&self, kind: u8, encoding: &str) -> bool {
        let mapped = self.maps.iter().rev().find(|(known, _)| *known == kind);
        let fixed = [Codec::Pcma, Codec::Pcmu].into_iter().find(|c| c.payload_type() == kind);
        match (mapped, fixed) {
            (Some((_, map)), _) => {
                let mut parts = map.split('/');
                let name = parts.next().unwrap_or_default().trim();
                let rate = parts.next().unwrap_or("8000").trim();
                name.eq_ignore_ascii_case(encoding) && rate == "8000"
            }
            (None, Some(codec)) => codec.name() == encoding,
            (None, None) => false,
        }
    }

    fn parse(value: &str, address: Option<IpAddr>, direction: Direction) -> Result<Self, SdpFault> {
        let mut words = value.split_ascii_whitespace();
        let (Some(kind), Some(port), Some(protocol)) = (words.next(), words.next(), words.next())
        else {
            return Err(SdpFault::Malformed);
        };
        let port = port.split('/').next().unwrap_or_default();
        Ok(Self {
            kind: kind.to_ascii_lowercase(),
            port: port.parse().map_err(|_| SdpFault::Malformed)?,
            protocol: protocol.to_ascii_uppercase(),
            formats: words.map(str::to_owned).collect(),
            address,
            direction,
            maps: Vec::new(),
            ptime_ms: PTIME_MS,
            rtcp: None,
        })
    }

    fn attribute(&mut self, value: &str) {
        let (name, value) = value.split_once(':').unwrap_or((value, ""));
        match name {
            "rtpmap" => {
                if let Some((kind, map)) = value.trim().split_once(' ')
                    && let Ok(kind) = kind.parse()
                {
                    self.maps.push((kind, map.trim().to_owned()));
                }
            }
            "ptime" => self.ptime_ms = value.trim().parse().unwrap_or(PTIME_MS).clamp(10, 200),
            "rtcp" => {
                let mut words = value.split_ascii_whitespace();
                let port = words.next().and_then(|port| port.parse().ok());
                let address = words.nth(2).and_then(|address| address.parse().ok());
                self.rtcp = port.filter(|port| *port != 0).map(|port| (port, address));
            }
            _ => self.direction = Direction::parse(name).unwrap_or(self.direction),
        }
    }
}

/// The address of a `c=` line. A name would need a look-up, and no carrier sends one.
fn connection(value: &str) -> Result<IpAddr, SdpFault> {
    let address = value.split_ascii_whitespace().nth(2).ok_or(SdpFault::Malformed)?;
    let address = address.split('/').next().unwrap_or_default();
    address.parse().map_err(|_| SdpFault::Malformed)
}
