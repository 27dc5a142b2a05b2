//! The ticket's word: waiting, offered, connected or left, and an epoch.

use crate::routing::roster::agent::AgentSlot;
use crate::routing::roster::atomic::{AtomicU64, Ordering};
use crate::routing::ticket::Departure;

/// A ticket's place in the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketSlot(pub(in crate::routing) u16);

impl TicketSlot {
    /// The place as an index.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Where a ticket stands. `Connected` and `Left` are for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketState {
    /// No ticket has the slot.
    Vacant,
    /// In line.
    Waiting,
    /// Leased to that agent.
    Offered(AgentSlot),
    /// That agent has the caller.
    Connected(AgentSlot),
    /// The caller is gone.
    Left(Departure),
    /// The ticket was taken out by its longest wait.
    Overflowed,
}

/// A slot and which of its tenants is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketHandle {
    pub(super) slot: TicketSlot,
    tenant: u32,
}

/// What a ticket's word said at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketReading {
    /// What it said.
    pub state: TicketState,
    /// Counts the tickets that have had the slot.
    tenant: u32,
    /// Counts the changes of this one.
    turn: u32,
}

const AGENT_SHIFT: u32 = 8;
const TENANT_SHIFT: u32 = 24;
const TURN_SHIFT: u32 = 44;
const EPOCH_MASK: u32 = (1 << 20) - 1;

impl TicketReading {
    fn pack(self) -> u64 {
        let (code, agent) = match self.state {
            TicketState::Vacant => (0, 0),
            TicketState::Waiting => (1, 0),
            TicketState::Offered(agent) => (2, agent.0),
            TicketState::Connected(agent) => (3, agent.0),
            TicketState::Left(Departure::CallerLeft) => (4, 0),
            TicketState::Left(Departure::Exit) => (5, 0),
            TicketState::Left(Departure::Callback) => (6, 0),
            TicketState::Overflowed => (7, 0),
        };
        code | u64::from(agent) << AGENT_SHIFT
            | u64::from(self.tenant) << TENANT_SHIFT
            | u64::from(self.turn) << TURN_SHIFT
    }

    fn unpack(word: u64) -> Self {
        let agent = AgentSlot(u16::try_from(word >> AGENT_SHIFT & 0xffff).expect("sixteen bits"));
        let state = match word & 0b111 {
            0 => TicketState::Vacant,
            1 => TicketState::Waiting,
            2 => TicketState::Offered(agent),
            3 => TicketState::Connected(agent),
            4 => TicketState::Left(Departure::CallerLeft),
            5 => TicketState::Left(Departure::Exit),
            6 => TicketState::Left(Departure::Callback),
            _ => TicketState::Overflowed,
        };
        let epoch =
            |shift: u32| u32::try_from(word >> shift & u64::from(EPOCH_MASK)).expect("twenty bits");
        Self { state, tenant: epoch(TENANT_SHIFT), turn: epoch(TURN_SHIFT) }
    }

    /// Whether it speaks of the ticket that `handle` means.
    pub(super) fn is_of(self, handle: TicketHandle) -> bool {
        self.tenant == handle.tenant
    }
}

/// One ticket's shared word.
#[derive(Debug)]
pub(super) struct TicketWord(AtomicU64);

impl TicketWord {
    pub(super) fn new() -> Self {
        let empty = TicketReading { state: TicketState::Vacant, tenant: 0, turn: 0 };
        Self(AtomicU64::new(empty.pack()))
    }

    pub(super) fn read(&self) -> TicketReading {
        // Acquire pairs with the AcqRel swap below: who sees `Offered` sees the agent's word as it
        // was reserved before.
        TicketReading::unpack(self.0.load(Ordering::Acquire))
    }

    pub(super) fn swap(
        &self,
        seen: TicketReading,
        state: TicketState,
    ) -> Result<TicketReading, TicketReading> {
        let next = TicketReading { state, turn: (seen.turn + 1) & EPOCH_MASK, ..seen };
        self.exchange(seen, next)
    }

    /// A new ticket takes the slot. Only the owner calls this, on a slot that it holds vacant.
    pub(super) fn open(&self, slot: TicketSlot) -> TicketHandle {
        let mut seen = self.read();
        loop {
            let tenant = (seen.tenant + 1) & EPOCH_MASK;
            let next = TicketReading { state: TicketState::Waiting, tenant, turn: 0 };
            match self.exchange(seen, next) {
                Ok(_) => return TicketHandle { slot, tenant },
                Err(present) => seen = present,
            }
        }
    }

    fn exchange(
        &self,
        seen: TicketReading,
        next: TicketReading,
    ) -> Result<TicketReading, TicketReading> {
        // AcqRel: a worker's `Left` and the owner's `Connected` meet here. The winner publishes
        // what it did before (pairs with the load in `read`), and sees what the one before it did
        // (pairs with that one's swap). The failure load is Acquire so that the loser sees too.
        let swapped =
            self.0.compare_exchange(seen.pack(), next.pack(), Ordering::AcqRel, Ordering::Acquire);
        match swapped {
            Ok(_) => Ok(next),
            Err(word) => Err(TicketReading::unpack(word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hang_up_and_an_answer_settle_in_one_way() {
        let word = TicketWord::new();
        word.open(TicketSlot(0));
        let agent = AgentSlot(3);
        let offered = word.swap(word.read(), TicketState::Offered(agent)).expect("alone");
        let left = word.swap(offered, TicketState::Left(Departure::CallerLeft)).expect("first");
        assert_eq!(word.swap(offered, TicketState::Connected(agent)), Err(left));
    }

    #[test]
    fn a_word_keeps_all_that_is_put_into_it() {
        let agent = AgentSlot(16_383);
        let states = [
            TicketState::Vacant,
            TicketState::Waiting,
            TicketState::Offered(agent),
            TicketState::Connected(agent),
            TicketState::Left(Departure::CallerLeft),
            TicketState::Left(Departure::Exit),
            TicketState::Left(Departure::Callback),
            TicketState::Overflowed,
        ];
        for state in states {
            let reading = TicketReading { state, tenant: EPOCH_MASK, turn: EPOCH_MASK };
            assert_eq!(TicketReading::unpack(reading.pack()), reading);
        }
    }
}
