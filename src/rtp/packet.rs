//! One RTP packet: read in place, written into a fixed buffer. RFC 3550 §5.1.

use crate::base::limit;

/// The length of a header without contributing sources and without an extension.
pub const HEADER_BYTES: usize = 12;
/// The longest packet that is sent.
pub const PACKET_BYTES_MAX: usize = HEADER_BYTES + limit::RTP_PAYLOAD_MAX;

const VERSION: u8 = 2;

/// Who sends a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Ssrc(pub u32);

/// A packet's place in its stream, modulo 65,536.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Sequence(pub u16);

impl Sequence {
    /// The place `count` further on.
    #[must_use]
    pub const fn plus(self, count: u16) -> Self {
        Self(self.0.wrapping_add(count))
    }

    /// How far this place lies after `earlier`; negative when it lies before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i16 {
        self.0.wrapping_sub(earlier.0).cast_signed()
    }
}

/// A sample's place in its stream, modulo 2³².
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Timestamp(pub u32);

impl Timestamp {
    /// The place `samples` further on.
    #[must_use]
    pub const fn plus(self, samples: u32) -> Self {
        Self(self.0.wrapping_add(samples))
    }

    /// How many samples this place lies after `earlier`; negative when it lies before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i32 {
        self.0.wrapping_sub(earlier.0).cast_signed()
    }
}

/// What a packet says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The first packet after a pause, or the first of a key.
    pub marker: bool,
    /// What the payload is, as the SDP numbered it; 0 to 127.
    pub payload_type: u8,
    /// The packet's number.
    pub sequence: Sequence,
    /// When its first sample was taken.
    pub timestamp: Timestamp,
    /// Whose stream this is.
    pub ssrc: Ssrc,
}

/// A packet as it came, not copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Its header, without contributing sources and extension.
    pub header: Header,
    /// Its payload, without padding.
    pub payload: &'a [u8],
}

/// Why bytes are no RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PacketFault {
    /// The header, or a part that it announces, is cut short.
    #[error("cut short")]
    Short,
    /// The version is not 2.
    #[error("wanted version 2, found {0}")]
    Version(u8),
    /// The payload type is one of RTCP's.
    #[error("an RTCP packet")]
    Rtcp,
}

impl<'a> Packet<'a> {
    /// Reads a datagram.
    ///
    /// # Errors
    ///
    /// Says why the bytes are no RTP packet. Any bytes may be given.
    pub fn read(datagram: &'a [u8]) -> Result<Self, PacketFault> {
        let (&[first, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3], mut rest) =
            datagram.split_first_chunk::<HEADER_BYTES>().ok_or(PacketFault::Short)?;
        if first >> 6 != VERSION {
            return Err(PacketFault::Version(first >> 6));
        }
        if is_rtcp(datagram) {
            return Err(PacketFault::Rtcp);
        }
        let sources = usize::from(first & 0x0f) * 4;
        rest = rest.get(sources..).ok_or(PacketFault::Short)?;
        if first & 0x10 != 0 {
            rest = skip_extension(rest)?;
        }
        if first & 0x20 != 0 {
            rest = strip_padding(rest)?;
        }
        let header = Header {
            marker: second & 0x80 != 0,
            payload_type: second & 0x7f,
            sequence: Sequence(u16::from_be_bytes([s0, s1])),
            timestamp: Timestamp(u32::from_be_bytes([t0, t1, t2, t3])),
            ssrc: Ssrc(u32::from_be_bytes([c0, c1, c2, c3])),
        };
        Ok(Self { header, payload: rest })
    }
}

/// Whether a datagram on a port shared with RTP is RTCP (RFC 5761 §4).
#[must_use]
pub fn is_rtcp(datagram: &[u8]) -> bool {
    matches!(datagram, [first, 192..=223, ..] if first >> 6 == VERSION)
}

fn skip_extension(rest: &[u8]) -> Result<&[u8], PacketFault> {
    let (&[_, _, w0, w1], rest) = rest.split_first_chunk::<4>().ok_or(PacketFault::Short)?;
    let words = usize::from(u16::from_be_bytes([w0, w1]));
    rest.get(words * 4..).ok_or(PacketFault::Short)
}

fn strip_padding(rest: &[u8]) -> Result<&[u8], PacketFault> {
    let padding = usize::from(rest.last().copied().ok_or(PacketFault::Short)?);
    if padding == 0 {
        return Err(PacketFault::Short);
    }
    let end = rest.len().checked_sub(padding).ok_or(PacketFault::Short)?;
    rest.get(..end).ok_or(PacketFault::Short)
}

/// A packet on its way out: a fixed buffer, used again and again.
#[derive(Debug, Clone)]
pub struct Outgoing {
    bytes: [u8; PACKET_BYTES_MAX],
    length: usize,
}

impl Outgoing {
    /// An empty buffer.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; PACKET_BYTES_MAX], length: 0 }
    }

    /// Writes `header` and hands out room for a payload of `length` bytes, cut to the limit.
    pub fn write(&mut self, header: &Header, length: usize) -> &mut [u8] {
        let length = length.min(limit::RTP_PAYLOAD_MAX);
        self.length = HEADER_BYTES + length;
        let [s0, s1] = header.sequence.0.to_be_bytes();
        let [t0, t1, t2, t3] = header.timestamp.0.to_be_bytes();
        let [c0, c1, c2, c3] = header.ssrc.0.to_be_bytes();
        let marker = u8::from(header.marker) << 7;
        let second = marker | (header.payload_type & 0x7f);
        let (head, payload) = self.bytes.split_at_mut(HEADER_BYTES);
        head.copy_from_slice(&[VERSION << 6, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3]);
        payload.get_mut(..length).unwrap_or_default()
    }

    /// The packet as written last.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Default for Outgoing {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;

    const HEADER: Header = Header {
        marker: true,
        payload_type: 8,
        sequence: Sequence(0xfffe),
        timestamp: Timestamp(0x0102_0304),
        ssrc: Ssrc(0xdead_beef),
    };

    #[test]
    fn what_is_written_reads_back() {
        let mut packet = Outgoing::new();
        packet.write(&HEADER, 160).fill(0xd5);
        let read = Packet::read(packet.bytes()).unwrap();
        assert_eq!(read, Packet { header: HEADER, payload: &[0xd5; 160] });
    }

    #[test]
    fn sources_extension_and_padding_are_set_aside() {
        let mut bytes = vec![0b1011_0010, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        bytes.extend([9; 8]);
        bytes.extend([0xbe, 0xde, 0, 1, 7, 7, 7, 7]);
        bytes.extend([1, 2, 3, 0, 0, 3]);
        assert_eq!(Packet::read(&bytes).unwrap().payload, [1, 2, 3]);
    }

    #[test]
    fn what_is_cut_short_or_foreign_is_refused() {
        let mut packet = Outgoing::new();
        packet.write(&HEADER, 0);
        let whole = packet.bytes().to_vec();
        assert_eq!(Packet::read(&whole[..11]), Err(PacketFault::Short));
        check_first_byte(&whole, 0x40, Err(PacketFault::Version(1)));
        check_first_byte(&whole, 0x81, Err(PacketFault::Short));
        check_first_byte(&whole, 0x90, Err(PacketFault::Short));
        check_first_byte(&whole, 0xa0, Err(PacketFault::Short));
        assert_eq!(
            Packet::read(&[0x80, 200, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0]),
            Err(PacketFault::Rtcp)
        );
    }

    #[test]
    fn any_bytes_may_be_given() {
        let mut rng = Rng::seeded(7);
        for _ in 0..20_000 {
            let length = usize::try_from(rng.below(64)).unwrap();
            let mut bytes: Vec<u8> = (0..length).map(|_| rng.bits().to_le_bytes()[0]).collect();
            if let Some(first) = bytes.first_mut() {
                *first = *first & 0x3f | 0x80;
            }
            if let Ok(packet) = Packet::read(&bytes) {
                assert!(packet.payload.len() + HEADER_BYTES <= bytes.len());
            }
        }
    }

    #[test]
    fn places_are_compared_across_the_wrap() {
        assert_eq!(Sequence(2).since(Sequence(0xffff)), 3);
        assert_eq!(Sequence(0xffff).since(Sequence(2)), -3);
        assert_eq!(Timestamp(80).since(Timestamp(u32::MAX - 79)), 160);
        assert_eq!(Sequence(0xffff).plus(2), Sequence(1));
    }

    fn check_first_byte(packet: &[u8], first: u8, expected: Result<Packet<'_>, PacketFault>) {
        let mut bytes = packet.to_vec();
        bytes[0] = first;
        assert_eq!(Packet::read(&bytes), expected, "{first:#x}");
    }
}
