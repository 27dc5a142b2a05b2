//! Whose packets a leg listens to, and where it sends its own.
//!
//! The negotiated address is always right, and settles the matter. With NAT support two more may
//! be: the address from which the other side's SIP comes, when its SDP names another one, at once;
//! and another port of the address that the SDP names, only if it has sent an unbroken stream for
//! as long as [`PATIENCE`] while the negotiated port said nothing. So a stranger who guesses our
//! port before the caller has spoken gets no packet of the caller's.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::base::time::Moment;
use crate::rtp::packet::Ssrc;

/// How long an unexpected port must send alone before it is believed.
const PATIENCE: Duration = Duration::from_secs(2);
/// A stream with a longer gap than this is broken.
const GAP_MAX: Duration = Duration::from_millis(500);

/// What a packet's source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The one listened to.
    Known,
    /// The one listened to from here on.
    First,
    /// Somebody else: the packet is dropped.
    Foreign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nobody has been heard.
    Waiting,
    /// A port that was not agreed on sends.
    Doubting { from: SocketAddr, ssrc: Ssrc, since: Moment, last: Moment },
    /// A port that was not agreed on is believed, until the negotiated one speaks.
    Lent { from: SocketAddr },
    /// The other side has been found.
    Settled { from: SocketAddr },
}

/// The addresses of one leg.
#[derive(Debug, Clone)]
pub(super) struct Latch {
    negotiated: SocketAddr,
    also_from: Option<IpAddr>,
    state: State,
}

impl Latch {
    /// Nobody has been heard; `negotiated` is the SDP's address, and `also_from` where the SIP
    /// comes from if NAT is to be supported.
    #[must_use]
    pub(super) const fn new(negotiated: SocketAddr, also_from: Option<IpAddr>) -> Self {
        Self { negotiated, also_from, state: State::Waiting }
    }

    /// Takes what was agreed on anew. If the addresses are the same, so is what was found.
    pub(super) fn renegotiate(&mut self, negotiated: SocketAddr, also_from: Option<IpAddr>) {
        if (self.negotiated, self.also_from) != (negotiated, also_from) {
            *self = Self::new(negotiated, also_from);
        }
    }

    /// Judges a packet that is RTP and of a payload type that was agreed on.
    pub(super) fn admit(&mut self, now: Moment, from: SocketAddr, ssrc: Ssrc) -> Source {
        let expected = from == self.negotiated || self.is_behind_nat(from);
        match self.state {
            State::Settled { from: known } if known == from => Source::Known,
            State::Settled { .. } => Source::Foreign,
            State::Lent { from: known } if known == from => Source::Known,
            State::Waiting | State::Doubting { .. } | State::Lent { .. } if expected => {
                self.state = State::Settled { from };
                Source::First
            }
            State::Lent { .. } => Source::Foreign,
            State::Waiting => {
                self.doubt(now, from, ssrc);
                Source::Foreign
            }
            State::Doubting { from: doubted, ssrc: other, since, last } => {
                if (doubted, other) != (from, ssrc) || GAP_MAX < now.since(last) {
                    self.doubt(now, from, ssrc);
                    return Source::Foreign;
                }
                if now.since(since) < PATIENCE {
                    self.state = State::Doubting { from, ssrc, since, last: now };
                    return Source::Foreign;
                }
                self.state = State::Lent { from };
                Source::First
            }
        }
    }

    /// Where to send, if anywhere: an address of zeros is the hold of RFC 2543.
    #[must_use]
    pub(super) fn destination(&self) -> Option<SocketAddr> {
        let address = match self.state {
            State::Waiting | State::Doubting { .. } => self.negotiated,
            State::Lent { from } | State::Settled { from } => from,
        };
        let somewhere = !address.ip().is_unspecified() && address.port() != 0;
        somewhere.then_some(address)
    }

    /// The other side's address, once nothing but a new agreement can change it.
    #[must_use]
    pub(super) const fn settled(&self) -> Option<SocketAddr> {
        match self.state {
            State::Settled { from } => Some(from),
            State::Waiting | State::Doubting { .. } | State::Lent { .. } => None,
        }
    }

    fn is_behind_nat(&self, from: SocketAddr) -> bool {
        self.also_from.is_some_and(|ip| from.ip() == ip && ip != self.negotiated.ip())
    }

    fn doubt(&mut self, now: Moment, from: SocketAddr, ssrc: Ssrc) {
        // The address that both SDP and SIP name, or the SDP's own when they differ.
        let plausible = self.also_from.is_some() && from.ip() == self.negotiated.ip();
        self.state = if plausible {
            State::Doubting { from, ssrc, since: now, last: now }
        } else {
            State::Waiting
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = "192.0.2.7:4000";

    fn latch(also_from: Option<&str>) -> Latch {
        Latch::new(PHONE.parse().unwrap(), also_from.map(|ip| ip.parse().unwrap()))
    }

    fn admit(latch: &mut Latch, millis: u64, from: &str) -> Source {
        latch.admit(Moment::from_micros(millis * 1_000), from.parse().unwrap(), Ssrc(1))
    }

    fn check_destination(latch: &Latch, expected: &str) {
        assert_eq!(latch.destination(), Some(expected.parse().unwrap()));
    }

    #[test]
    fn without_nat_support_only_the_negotiated_address_is_heard() {
        let mut latch = latch(None);
        for millis in 0..9_000 {
            assert_eq!(admit(&mut latch, millis, "192.0.2.7:4001"), Source::Foreign);
        }
        check_destination(&latch, PHONE);
        assert_eq!(admit(&mut latch, 9_000, PHONE), Source::First);
        assert_eq!(admit(&mut latch, 9_001, PHONE), Source::Known);
    }

    #[test]
    fn behind_nat_the_address_of_the_sip_is_found_at_once() {
        let mut latch = latch(Some("198.51.100.1"));
        assert_eq!(admit(&mut latch, 0, "203.0.113.9:4000"), Source::Foreign);
        assert_eq!(admit(&mut latch, 1, "198.51.100.1:61000"), Source::First);
        assert_eq!(admit(&mut latch, 2, "198.51.100.1:61001"), Source::Foreign);
        check_destination(&latch, "198.51.100.1:61000");
        assert!(latch.settled().is_some());
    }

    #[test]
    fn a_stranger_who_speaks_first_is_not_sent_anything() {
        let mut latch = latch(Some("192.0.2.7"));
        for turn in 0..75 {
            assert_eq!(admit(&mut latch, turn * 20, "192.0.2.7:5555"), Source::Foreign);
            check_destination(&latch, PHONE);
        }
        assert_eq!(admit(&mut latch, 1_600, PHONE), Source::First);
        assert_eq!(admit(&mut latch, 9_000, "192.0.2.7:5555"), Source::Foreign);
    }

    #[test]
    fn another_port_is_believed_in_time_and_gives_way_to_the_negotiated_one() {
        let mut latch = latch(Some("192.0.2.7"));
        for turn in 0..100 {
            assert_eq!(admit(&mut latch, turn * 20, "192.0.2.7:5555"), Source::Foreign);
        }
        assert_eq!(admit(&mut latch, 2_000, "192.0.2.7:5555"), Source::First);
        check_destination(&latch, "192.0.2.7:5555");
        assert_eq!(latch.settled(), None);
        assert_eq!(admit(&mut latch, 2_020, PHONE), Source::First);
        assert_eq!(admit(&mut latch, 2_040, "192.0.2.7:5555"), Source::Foreign);
    }

    #[test]
    fn a_broken_stream_is_not_believed() {
        let mut latch = latch(Some("192.0.2.7"));
        for turn in 0..20 {
            assert_eq!(admit(&mut latch, turn * 600, "192.0.2.7:5555"), Source::Foreign);
        }
    }

    #[test]
    fn only_another_address_begins_the_search_anew() {
        let mut latch = latch(Some("198.51.100.1"));
        admit(&mut latch, 0, "198.51.100.1:61000");
        latch.renegotiate(PHONE.parse().unwrap(), Some("198.51.100.1".parse().unwrap()));
        check_destination(&latch, "198.51.100.1:61000");
        latch.renegotiate("192.0.2.8:4000".parse().unwrap(), None);
        check_destination(&latch, "192.0.2.8:4000");
        assert_eq!(admit(&mut latch, 1, "198.51.100.1:61000"), Source::Foreign);
    }

    #[test]
    fn an_address_of_zeros_is_sent_nothing() {
        let latch = Latch::new("0.0.0.0:4000".parse().unwrap(), None);
        assert_eq!(latch.destination(), None);
    }
}
