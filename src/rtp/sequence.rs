//! What became of a stream's packets: order, loss, repeats, jitter. RFC 3550 §6.4.1, §A.1, §A.3, §A.8.

use crate::base::time::Moment;
use crate::rtp::packet::{Sequence, Timestamp};

/// A leap forward of this many packets is a new stream of numbers (RFC 3550 §A.1, `MAX_DROPOUT`).
const LEAP_MAX: i16 = 3_000;
/// How far back a late packet is told from a repeated one: the bits of a window but for its first.
const LOOK_BACK: i16 = -63;

/// How one packet stands to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The next one, or a later one.
    Newer,
    /// One that was missing; the stream has moved past it.
    Late,
    /// One that was here before.
    Repeated,
    /// Far from all others; the packet after it tells whether the numbers begin anew.
    Astray,
    /// The second of a new run of numbers: counting begins anew.
    Restarted,
}

/// The counts of one incoming stream.
#[derive(Debug, Clone, Default)]
pub struct Reception {
    run: Option<Run>,
    earlier: Totals,
    jitter_sixteenths: u32,
    transit: Option<u32>,
    reported: Totals,
}

/// What was counted, whether numbers began anew in between or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Packets that should have come.
    pub expected: u64,
    /// Different packets that came.
    pub received: u64,
    /// Packets that came out of order.
    pub late: u64,
    /// Packets that came more than once.
    pub repeated: u64,
}

impl Totals {
    /// Packets that never came.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.expected.saturating_sub(self.received)
    }
}

/// A stretch of one sender's numbers.
#[derive(Debug, Clone, Copy)]
struct Run {
    highest: Sequence,
    /// Bit n stands for the packet `highest - n`.
    window: u64,
    astray: Option<Sequence>,
    wraps: u16,
    totals: Totals,
}

impl Reception {
    /// Counts the packet numbered `sequence`.
    pub fn count(&mut self, sequence: Sequence) -> Arrival {
        let Some(run) = &mut self.run else {
            self.run = Some(Run::starting(sequence));
            return Arrival::Newer;
        };
        let arrival = run.count(sequence);
        if arrival == Arrival::Restarted {
            self.restart();
            self.run = Some(Run::starting(sequence));
        }
        arrival
    }

    /// Lets the numbers begin anew, as after a change of the sender; the totals go on.
    pub fn restart(&mut self) {
        self.earlier = self.totals();
        self.run = None;
        self.transit = None;
    }

    /// Notes that the sample at `timestamp` came at `now`.
    ///
    /// Only for audio: the packets of a key all bear the time of its beginning.
    pub fn note_transit(&mut self, now: Moment, timestamp: Timestamp) {
        let transit = samples_at(now).wrapping_sub(timestamp.0);
        if let Some(before) = self.transit.replace(transit) {
            let change = transit.wrapping_sub(before).cast_signed().unsigned_abs();
            // A change this great is a step of the sender's clock and no jitter.
            if change < 8_000 {
                let decay = (self.jitter_sixteenths + 8) >> 4;
                self.jitter_sixteenths = self.jitter_sixteenths + change - decay;
            }
        }
    }

    /// All counts so far.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let run = self.run.map_or_else(Totals::default, |run| run.totals);
        Totals {
            expected: self.earlier.expected + run.expected,
            received: self.earlier.received + run.received,
            late: self.earlier.late + run.late,
            repeated: self.earlier.repeated + run.repeated,
        }
    }

    /// The mean deviation of the packets' spacing, in samples.
    #[must_use]
    pub const fn jitter_samples(&self) -> u32 {
        self.jitter_sixteenths >> 4
    }

    /// The highest number so far, the wraps above it.
    #[must_use]
    pub fn highest(&self) -> u32 {
        self.run.map_or(0, |run| u32::from(run.wraps) << 16 | u32::from(run.highest.0))
    }

    /// The share of packets lost since this was asked last, in 256ths.
    pub fn take_fraction_lost(&mut self) -> u8 {
        let totals = self.totals();
        let expected = totals.expected.saturating_sub(self.reported.expected);
        let received = totals.received.saturating_sub(self.reported.received);
        self.reported = totals;
        let lost = expected.saturating_sub(received);
        let share = (lost * 256).checked_div(expected).unwrap_or(0);
        u8::try_from(share).unwrap_or(u8::MAX)
    }
}

impl Run {
    const fn starting(first: Sequence) -> Self {
        let totals = Totals { expected: 1, received: 1, late: 0, repeated: 0 };
        Self { highest: first, window: 1, astray: None, wraps: 0, totals }
    }

    fn count(&mut self, sequence: Sequence) -> Arrival {
        let ahead = sequence.since(self.highest);
        match ahead {
            1..=LEAP_MAX => self.advance(sequence, ahead.unsigned_abs()),
            LOOK_BACK..=0 => self.look_back(u32::from(ahead.unsigned_abs())),
            _ if self.astray == Some(sequence) => Arrival::Restarted,
            _ => {
                self.astray = Some(sequence.plus(1));
                Arrival::Astray
            }
        }
    }

    fn advance(&mut self, sequence: Sequence, ahead: u16) -> Arrival {
        self.window = self.window.checked_shl(u32::from(ahead)).unwrap_or(0) | 1;
        if sequence.0 < self.highest.0 {
            self.wraps = self.wraps.wrapping_add(1);
        }
        self.highest = sequence;
        self.astray = None;
        self.totals.expected += u64::from(ahead);
        self.totals.received += 1;
        Arrival::Newer
    }

    fn look_back(&mut self, behind: u32) -> Arrival {
        debug_assert!(behind <= u32::from(LOOK_BACK.unsigned_abs()));
        let place = 1_u64 << behind;
        if self.window & place != 0 {
            self.totals.repeated += 1;
            return Arrival::Repeated;
        }
        self.window |= place;
        self.totals.received += 1;
        self.totals.late += 1;
        // A packet from before the first one adds to what came, and so to what was to come.
        self.totals.expected = self.totals.expected.max(self.totals.received);
        Arrival::Late
    }
}

/// The engine's clock in samples, modulo 2³².
#[expect(clippy::cast_possible_truncation, reason = "RTP time is modulo 2³²")]
fn samples_at(now: Moment) -> u32 {
    (now.as_micros() / 125) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn check(numbers: &[u16], expected: Totals) {
        let mut reception = Reception::default();
        for &number in numbers {
            reception.count(Sequence(number));
        }
        assert_eq!(reception.totals(), expected, "{numbers:?}");
    }

    fn totals(expected: u64, received: u64, late: u64, repeated: u64) -> Totals {
        Totals { expected, received, late, repeated }
    }

    #[test]
    fn loss_order_and_repeats_are_counted_across_the_wrap() {
        check(&[65_534, 65_535, 0, 1], totals(4, 4, 0, 0));
        check(&[65_534, 1], totals(4, 2, 0, 0));
        check(&[10, 12, 11, 13], totals(4, 4, 1, 0));
        check(&[10, 11, 11, 10, 12], totals(3, 3, 0, 2));
        check(&[10, 9], totals(2, 2, 1, 0));
    }

    #[test]
    fn one_packet_astray_is_passed_over_and_two_begin_anew() {
        check(&[10, 30_000, 11], totals(2, 2, 0, 0));
        check(&[10, 11, 30_000, 30_001, 30_002], totals(4, 4, 0, 0));
    }

    #[test]
    fn even_spacing_has_no_jitter_and_uneven_spacing_has() {
        assert_eq!(jitter_with(|_| 0), 0);
        let wobbling = jitter_with(|turn| u64::from(turn % 2) * 2_000);
        assert!((14..=16).contains(&wobbling), "{wobbling}");
    }

    #[test]
    fn the_fraction_is_that_of_the_interval() {
        let mut reception = Reception::default();
        for number in [0, 1, 2, 3] {
            reception.count(Sequence(number));
        }
        assert_eq!(reception.take_fraction_lost(), 0);
        reception.count(Sequence(7));
        assert_eq!(reception.take_fraction_lost(), 192);
        assert_eq!(reception.take_fraction_lost(), 0);
    }

    fn jitter_with(delay_micros: impl Fn(u32) -> u64) -> u32 {
        let mut reception = Reception::default();
        for turn in 0..500 {
            let sent = Moment::START + Duration::from_millis(u64::from(turn) * 20);
            let now = sent + Duration::from_micros(delay_micros(turn));
            reception.note_transit(now, Timestamp(turn * 160));
        }
        reception.jitter_samples()
    }
}
