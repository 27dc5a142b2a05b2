//! Sender and receiver reports, as far as loss and round-trip time need them. RFC 3550 §6.4.

use crate::base::time::Wall;
use crate::rtp::packet::{Ssrc, Timestamp};

/// The longest compound packet that [`write()`] makes.
pub const REPORT_BYTES_MAX: usize = 96;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const CANONICAL_NAME: u8 = 1;
const BLOCK_BYTES: usize = 24;

/// Seconds from 1900, where NTP counts from, to 1970.
const NTP_OFFSET_SECONDS: i64 = 2_208_988_800;

/// A wall-clock time as NTP writes it: seconds since 1900 in 32.32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ntp(pub u64);

impl Ntp {
    /// The NTP form of `wall`.
    #[must_use]
    pub fn from_wall(wall: Wall) -> Self {
        let millis = wall.0.saturating_add(NTP_OFFSET_SECONDS * 1_000);
        let millis = u64::try_from(millis).unwrap_or(0);
        let (seconds, rest) = (millis / 1_000, millis % 1_000);
        Self((seconds << 32) | ((rest << 32) / 1_000))
    }

    /// The middle 32 bits, in 65,536ths of a second: how reports tell times to one another.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "RFC 3550 takes the middle of the number")]
    pub const fn middle(self) -> u32 {
        (self.0 >> 16) as u32
    }
}

/// What a sender says of its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// When the report was made.
    pub ntp: Ntp,
    /// The same moment on the stream's own clock.
    pub timestamp: Timestamp,
    /// Packets sent.
    pub packets: u32,
    /// Payload bytes sent.
    pub bytes: u32,
}

/// What a receiver says of another's stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Whose stream.
    pub ssrc: Ssrc,
    /// The share lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Packets lost in all, at most 24 bits.
    pub lost: u32,
    /// The highest number received, the wraps above it.
    pub highest: u32,
    /// Jitter in samples.
    pub jitter: u32,
    /// [`Ntp::middle`] of the last sender report, 0 for none.
    pub last_report: u32,
    /// How long ago that came, in 65,536ths of a second.
    pub delay: u32,
}

impl Block {
    /// The round-trip time in 65,536ths of a second, when this block comes back at `now`.
    #[must_use]
    pub fn round_trip(&self, now: Ntp) -> Option<u32> {
        if self.last_report == 0 {
            return None;
        }
        let span = now.middle().wrapping_sub(self.last_report).wrapping_sub(self.delay);
        // A clock that was set in between gives a span of hours, or a negative one.
        (span < 60 << 16).then_some(span)
    }
}

/// One report of a compound packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// A sender speaks of its own stream.
    Sent {
        /// Who speaks.
        ssrc: Ssrc,
        /// What it says.
        sent: Sent,
    },
    /// Somebody speaks of another's stream.
    Received(Block),
    /// A sender ends.
    Goodbye(Ssrc),
}

/// Reads a compound packet and hands each report to `report`.
///
/// Any bytes may be given: what is cut short or unknown ends the reading or is passed over.
pub fn read(mut datagram: &[u8], mut report: impl FnMut(Report)) {
    while let Some((&[first, kind, l0, l1], rest)) = datagram.split_first_chunk::<4>() {
        let length = usize::from(u16::from_be_bytes([l0, l1])) * 4;
        let Some((body, after)) = rest.split_at_checked(length) else { return };
        if first >> 6 != 2 {
            return;
        }
        let blocks = usize::from(first & 0x1f);
        match kind {
            SENDER_REPORT => read_sender(body, blocks, &mut report),
            RECEIVER_REPORT => read_blocks(body.get(4..), blocks, &mut report),
            GOODBYE => {
                if let Some(&ssrc) = body.first_chunk::<4>() {
                    report(Report::Goodbye(Ssrc(u32::from_be_bytes(ssrc))));
                }
            }
            _ => {}
        }
        datagram = after;
    }
}

fn read_sender(body: &[u8], blocks: usize, report: &mut impl FnMut(Report)) {
    let Some((head, rest)) = body.split_first_chunk::<24>() else { return };
    let word = |at| word(head, at);
    let ntp = Ntp(u64::from(word(4)) << 32 | u64::from(word(8)));
    let timestamp = Timestamp(word(12));
    let sent = Sent { ntp, timestamp, packets: word(16), bytes: word(20) };
    report(Report::Sent { ssrc: Ssrc(word(0)), sent });
    read_blocks(Some(rest), blocks, report);
}

fn read_blocks(bytes: Option<&[u8]>, count: usize, report: &mut impl FnMut(Report)) {
    let blocks = bytes.unwrap_or_default().chunks_exact(BLOCK_BYTES).take(count);
    for block in blocks {
        let losses = word(block, 4);
        report(Report::Received(Block {
            ssrc: Ssrc(word(block, 0)),
            fraction_lost: losses.to_be_bytes()[0],
            lost: losses & 0x00ff_ffff,
            highest: word(block, 8),
            jitter: word(block, 12),
            last_report: word(block, 16),
            delay: word(block, 20),
        }));
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map_or(0, u32::from_be_bytes)
}

/// Writes a compound packet of `ssrc`: a report and the canonical name (RFC 3550 §6.1).
pub fn write<'a>(
    buffer: &'a mut [u8; REPORT_BYTES_MAX],
    ssrc: Ssrc,
    sent: Option<&Sent>,
    block: Option<&Block>,
) -> &'a [u8] {
    let mut pen = Pen { buffer, at: 0 };
    let count = u8::from(block.is_some());
    let block_words = u16::from(count) * 6;
    match sent {
        Some(sent) => {
            pen.head(count, SENDER_REPORT, 6 + block_words);
            pen.word(ssrc.0);
            pen.bytes(&sent.ntp.0.to_be_bytes());
            pen.word(sent.timestamp.0);
            pen.word(sent.packets);
            pen.word(sent.bytes);
        }
        None => {
            pen.head(count, RECEIVER_REPORT, 1 + block_words);
            pen.word(ssrc.0);
        }
    }
    if let Some(block) = block {
        pen.word(block.ssrc.0);
        pen.word(u32::from(block.fraction_lost) << 24 | block.lost.min(0x007f_ffff));
        pen.word(block.highest);
        pen.word(block.jitter);
        pen.word(block.last_report);
        pen.word(block.delay);
    }
    pen.head(1, SOURCE_DESCRIPTION, 4);
    pen.word(ssrc.0);
    pen.bytes(&[CANONICAL_NAME, 8]);
    pen.bytes(&hexadecimal(ssrc.0));
    pen.bytes(&[0, 0]);
    pen.written()
}

fn hexadecimal(value: u32) -> [u8; 8] {
    let mut shift = 32;
    [(); 8].map(|()| {
        shift -= 4;
        let digit = value >> shift & 0x0f;
        char::from_digit(digit, 16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(b'0')
    })
}

struct Pen<'a> {
    buffer: &'a mut [u8; REPORT_BYTES_MAX],
    at: usize,
}

impl<'a> Pen<'a> {
    fn head(&mut self, count: u8, kind: u8, words: u16) {
        let [w0, w1] = words.to_be_bytes();
        self.bytes(&[0x80 | count, kind, w0, w1]);
    }

    fn word(&mut self, word: u32) {
        self.bytes(&word.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let end = self.at + bytes.len();
        let room = self.buffer.get_mut(self.at..end);
        debug_assert!(room.is_some(), "the longest report fits");
        if let Some(room) = room {
            room.copy_from_slice(bytes);
            self.at = end;
        }
    }

    fn written(self) -> &'a [u8] {
        self.buffer.get(..self.at).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;

    const SENT: Sent = Sent {
        ntp: Ntp(0x1122_3344_5566_7788),
        timestamp: Timestamp(160),
        packets: 50,
        bytes: 8_000,
    };
    const BLOCK: Block = Block {
        ssrc: Ssrc(9),
        fraction_lost: 12,
        lost: 345,
        highest: 0x0001_0002,
        jitter: 17,
        last_report: 0x3344_5566,
        delay: 65_536,
    };

    fn check(sent: Option<&Sent>, block: Option<&Block>, expected: &[Report]) {
        let mut buffer = [0; REPORT_BYTES_MAX];
        let bytes = write(&mut buffer, Ssrc(7), sent, block);
        assert_eq!(bytes.len() % 4, 0);
        let mut reports = Vec::new();
        read(bytes, |report| reports.push(report));
        assert_eq!(reports, expected);
    }

    #[test]
    fn what_is_written_reads_back() {
        let sent = Report::Sent { ssrc: Ssrc(7), sent: SENT };
        check(Some(&SENT), Some(&BLOCK), &[sent, Report::Received(BLOCK)]);
        check(Some(&SENT), None, &[sent]);
        check(None, Some(&BLOCK), &[Report::Received(BLOCK)]);
        check(None, None, &[]);
    }

    #[test]
    fn the_round_trip_is_what_neither_side_waited() {
        let second = |seconds: u64| Ntp(seconds << 32);
        let block = Block { last_report: second(100).middle(), ..BLOCK };
        assert_eq!(block.round_trip(second(103)), Some(2 << 16));
        assert_eq!(block.round_trip(second(100)), None);
        assert_eq!(Block { last_report: 0, ..block }.round_trip(second(103)), None);
    }

    #[test]
    fn wall_time_is_written_as_ntp() {
        assert_eq!(Ntp::from_wall(Wall(500)).0, (2_208_988_800 << 32) | 0x8000_0000);
    }

    #[test]
    fn any_bytes_may_be_given() {
        let mut rng = Rng::seeded(11);
        for _ in 0..20_000 {
            let length = usize::try_from(rng.below(80)).unwrap();
            let mut bytes: Vec<u8> = (0..length).map(|_| rng.bits().to_le_bytes()[0]).collect();
            if let [first, kind, high, low, ..] = bytes.as_mut_slice() {
                (*first, *kind, *high, *low) = (*first | 0x80, 200 + *kind % 4, 0, *low % 16);
            }
            read(&bytes, |_| {});
        }
    }
}
