//! What is heard of a leg besides its sound: keys, and silence where there should be none.

use std::collections::VecDeque;

use crate::base::key::Key;
use crate::base::limit;
use crate::base::time::Moment;
use crate::rtp::packet::Timestamp;
use crate::rtp::telephone_event::{self, Event, Listener};

/// What came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// A packet of sound.
    Sound {
        /// When its first sample was taken.
        timestamp: Timestamp,
    },
    /// A packet that told of a key.
    Key {
        /// When the key was pressed.
        timestamp: Timestamp,
        /// Whether the packet was marked as the key's first.
        marker: bool,
        /// What it told.
        event: Event,
    },
    /// A packet of neither: it says that the other side is there.
    Sign,
}

/// What the ear tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarNews {
    /// A key was pressed and let go.
    Key(Key),
    /// Nothing has come for too long.
    Silent,
    /// Something came after [`EarNews::Silent`].
    HeardAgain,
}

/// What the ear waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// The end of a key may be lost.
    KeyEnd,
    /// The next packet is due.
    Packet,
}

/// Whether packets are to be expected, and came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watch {
    /// The other side is not to send.
    Resting,
    /// The last sign of the other side, or the beginning of the wait for one.
    Expecting { since: Moment },
    /// None came for too long, and this has been told.
    Silent,
}

/// The hearing of one leg.
#[derive(Debug)]
pub struct Ear {
    listener: Listener,
    watch: Watch,
    outbox: VecDeque<EarNews>,
}

impl Ear {
    /// An ear that expects nothing yet.
    #[must_use]
    pub fn new() -> Self {
        let (listener, outbox) = (Listener::new(), VecDeque::new());
        Self { listener, watch: Watch::Resting, outbox }
    }

    /// The other side is to send from `now` on.
    pub fn expect(&mut self, now: Moment) {
        if self.watch == Watch::Resting {
            self.watch = Watch::Expecting { since: now };
        }
    }

    /// The other side is not to send: it holds, or only listens.
    pub fn rest(&mut self) {
        self.watch = Watch::Resting;
    }

    /// Another sender speaks on the leg.
    pub fn sender_changed(&mut self, now: Moment) {
        self.listener.handle(now, telephone_event::Input::SenderChanged);
        self.take_keys();
    }

    /// Takes note of a packet.
    pub fn handle(&mut self, now: Moment, heard: Heard) {
        self.watch = match self.watch {
            Watch::Resting => Watch::Resting,
            Watch::Expecting { .. } => Watch::Expecting { since: now },
            Watch::Silent => {
                self.outbox.push_back(EarNews::HeardAgain);
                Watch::Expecting { since: now }
            }
        };
        match heard {
            Heard::Sound { timestamp } => {
                self.listener.handle(now, telephone_event::Input::Audio { timestamp });
            }
            Heard::Key { timestamp, marker, event } => {
                let input = telephone_event::Input::Event { timestamp, marker, event };
                self.listener.handle(now, input);
            }
            Heard::Sign => {}
        }
        self.take_keys();
    }

    /// Tells the ear that time has passed.
    pub fn handle_timeout(&mut self, now: Moment) {
        self.listener.handle_timeout(now);
        self.take_keys();
        if let Watch::Expecting { since } = self.watch
            && limit::SILENCE_AFTER <= now.since(since)
        {
            self.watch = Watch::Silent;
            self.outbox.push_back(EarNews::Silent);
        }
    }

    /// The next news.
    pub fn poll_output(&mut self) -> Option<EarNews> {
        self.outbox.pop_front()
    }

    /// When to call [`Ear::handle_timeout`] next, and what for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Moment, Timer)> {
        let key = self.listener.poll_timeout().map(|(at, _)| (at, Timer::KeyEnd));
        let packet = match self.watch {
            Watch::Expecting { since } => Some((since + limit::SILENCE_AFTER, Timer::Packet)),
            Watch::Resting | Watch::Silent => None,
        };
        key.into_iter().chain(packet).min()
    }

    /// Packets that told of a key which had ended already.
    #[must_use]
    pub const fn key_repeats(&self) -> u64 {
        self.listener.repeats()
    }

    fn take_keys(&mut self) {
        while let Some(key) = self.listener.poll_output() {
            self.outbox.push_back(EarNews::Key(key));
        }
    }
}

impl Default for Ear {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: Heard = Heard::Sound { timestamp: Timestamp(0) };

    fn at(millis: u64) -> Moment {
        Moment::from_micros(millis * 1_000)
    }

    fn news(ear: &mut Ear) -> Vec<EarNews> {
        std::iter::from_fn(|| ear.poll_output()).collect()
    }

    #[test]
    fn silence_is_told_once_and_so_is_its_end() {
        let mut ear = Ear::new();
        ear.expect(at(0));
        ear.handle(at(1_000), SOUND);
        assert_eq!(ear.poll_timeout(), Some((at(4_000), Timer::Packet)));
        ear.handle_timeout(at(3_999));
        assert_eq!(news(&mut ear), []);
        ear.handle_timeout(at(4_000));
        ear.handle_timeout(at(9_000));
        assert_eq!(news(&mut ear), [EarNews::Silent]);
        assert_eq!(ear.poll_timeout(), None);
        ear.handle(at(9_500), SOUND);
        assert_eq!(news(&mut ear), [EarNews::HeardAgain]);
    }

    #[test]
    fn one_who_is_not_to_send_is_never_silent() {
        let mut ear = Ear::new();
        ear.handle_timeout(at(60_000));
        ear.expect(at(60_000));
        ear.rest();
        ear.handle_timeout(at(90_000));
        assert_eq!(news(&mut ear), []);
    }

    #[test]
    fn a_key_is_told_when_it_ends() {
        let mut ear = Ear::new();
        for ended in [false, true, true] {
            let event = Event { code: 4, ended, duration: 320 };
            ear.handle(at(0), Heard::Key { timestamp: Timestamp(7), marker: false, event });
        }
        assert_eq!(news(&mut ear), [EarNews::Key(Key::from_event(4).unwrap())]);
    }
}
