//! The agent's word: duty, pending flags, the ticket's slot and an epoch, all seen together.

use serde::{Deserialize, Serialize};

use crate::routing::roster::atomic::{AtomicU64, Ordering};
use crate::routing::roster::tickets::TicketSlot;

/// What an agent is doing.
///
/// On duty is who is signed in and not `Offline`, `Away` or `Missed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Signed out.
    Offline,
    /// Free to take a call.
    Available,
    /// Claimed for a ticket, not rung yet.
    Reserved,
    /// Being offered a call.
    Ringing,
    /// In talk.
    Talking,
    /// In talk, with the caller on hold.
    Held,
    /// Finishing up after a call.
    WrapUp,
    /// Signed in, and not taking calls by her own choice.
    Away,
    /// Taken off the line because offers went unanswered; only she ends it.
    Missed,
}

impl Duty {
    /// Every duty.
    pub const ALL: [Self; 9] = [
        Self::Offline,
        Self::Available,
        Self::Reserved,
        Self::Ringing,
        Self::Talking,
        Self::Held,
        Self::WrapUp,
        Self::Away,
        Self::Missed,
    ];

    /// Whether she counts as staff: signed in and not `Away` or `Missed`.
    #[must_use]
    pub const fn is_on_duty(self) -> bool {
        match self {
            Self::Available
            | Self::Reserved
            | Self::Ringing
            | Self::Talking
            | Self::Held
            | Self::WrapUp => true,
            Self::Offline | Self::Away | Self::Missed => false,
        }
    }

    const fn code(self) -> u64 {
        match self {
            Self::Offline => 0,
            Self::Available => 1,
            Self::Reserved => 2,
            Self::Ringing => 3,
            Self::Talking => 4,
            Self::Held => 5,
            Self::WrapUp => 6,
            Self::Away => 7,
            Self::Missed => 8,
        }
    }

    fn from_code(code: u64) -> Self {
        let found = Self::ALL.into_iter().find(|duty| duty.code() == code);
        found.expect("only `pack` writes a word")
    }
}

/// The duty that takes hold when the agent is next released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// She wants to go away.
    Away,
    /// She wants to sign out.
    Offline,
}

/// An agent's place in the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentSlot(pub(in crate::routing) u16);

impl AgentSlot {
    /// The place as an index.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What an agent's word says, but for its epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentState {
    /// What she is doing.
    pub duty: Duty,
    /// What takes hold at the next release.
    pub pending: Option<Pending>,
    /// The ticket that she is reserved for, rung for or talking to.
    pub ticket: Option<TicketSlot>,
}

/// What an agent's word said at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentReading {
    /// What it said.
    pub state: AgentState,
    epoch: u32,
}

const DUTY_BITS: u32 = 4;
const AWAY_FLAG: u64 = 1 << 4;
const OFFLINE_FLAG: u64 = 1 << 5;
const TICKET_SHIFT: u32 = 8;
const NO_TICKET: u16 = u16::MAX;
const EPOCH_SHIFT: u32 = 32;

impl AgentReading {
    fn pack(self) -> u64 {
        let pending = match self.state.pending {
            None => 0,
            Some(Pending::Away) => AWAY_FLAG,
            Some(Pending::Offline) => OFFLINE_FLAG,
        };
        let ticket = self.state.ticket.map_or(NO_TICKET, |slot| slot.0);
        self.state.duty.code()
            | pending
            | u64::from(ticket) << TICKET_SHIFT
            | u64::from(self.epoch) << EPOCH_SHIFT
    }

    fn unpack(word: u64) -> Self {
        let pending = if word & OFFLINE_FLAG != 0 {
            Some(Pending::Offline)
        } else if word & AWAY_FLAG != 0 {
            Some(Pending::Away)
        } else {
            None
        };
        let ticket = u16::try_from(word >> TICKET_SHIFT & 0xffff).expect("sixteen bits");
        Self {
            state: AgentState {
                duty: Duty::from_code(word & ((1 << DUTY_BITS) - 1)),
                pending,
                ticket: (ticket != NO_TICKET).then_some(TicketSlot(ticket)),
            },
            epoch: u32::try_from(word >> EPOCH_SHIFT).expect("thirty-two bits"),
        }
    }
}

/// One agent's shared word.
#[derive(Debug)]
pub(super) struct AgentWord(AtomicU64);

impl AgentWord {
    pub(super) fn new() -> Self {
        let state = AgentState { duty: Duty::Offline, pending: None, ticket: None };
        Self(AtomicU64::new(AgentReading { state, epoch: 0 }.pack()))
    }

    pub(super) fn read(&self) -> AgentReading {
        // Acquire pairs with the AcqRel swap below: who sees a ticket's slot in the word also
        // sees that ticket's word as it was opened before.
        AgentReading::unpack(self.0.load(Ordering::Acquire))
    }

    pub(super) fn swap(
        &self,
        seen: AgentReading,
        next: AgentState,
    ) -> Result<AgentReading, AgentReading> {
        let next = AgentReading { state: next, epoch: seen.epoch.wrapping_add(1) };
        // AcqRel: the winner sees all that the previous holder wrote (pairs with that holder's
        // swap), and publishes its own writes to the next reader (pairs with the load in `read`).
        // The failure load is Acquire for the same reason as `read`.
        let swapped =
            self.0.compare_exchange(seen.pack(), next.pack(), Ordering::AcqRel, Ordering::Acquire);
        match swapped {
            Ok(_) => Ok(next),
            Err(word) => Err(AgentReading::unpack(word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_claims_wins_and_the_loser_is_told() {
        let word = AgentWord::new();
        let offline = word.read();
        let free = AgentState { duty: Duty::Available, ..offline.state };
        let seen = word.swap(offline, free).expect("nobody else is here");
        let claimed =
            AgentState { duty: Duty::Reserved, pending: None, ticket: Some(TicketSlot(7)) };
        let won = word.swap(seen, claimed).expect("the first claim wins");
        assert_eq!(word.swap(seen, claimed), Err(won));
        assert_eq!(word.read(), won);
    }

    #[test]
    fn two_visits_to_the_same_state_differ() {
        let word = AgentWord::new();
        let first = word.read();
        let away = AgentState { duty: Duty::Away, ..first.state };
        let second = word.swap(first, away).expect("alone");
        let third = word.swap(second, first.state).expect("alone");
        assert_eq!(third.state, first.state);
        assert!(word.swap(first, away).is_err());
    }

    #[test]
    fn a_word_keeps_all_that_is_put_into_it() {
        let pendings = [None, Some(Pending::Away), Some(Pending::Offline)];
        let cases = Duty::ALL.into_iter().flat_map(|duty| pendings.map(|pending| (duty, pending)));
        for (duty, pending) in cases {
            for ticket in [None, Some(TicketSlot(0)), Some(TicketSlot(32_767))] {
                let state = AgentState { duty, pending, ticket };
                let reading = AgentReading { state, epoch: u32::MAX };
                assert_eq!(AgentReading::unpack(reading.pack()), reading);
            }
        }
    }
}
