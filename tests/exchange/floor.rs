//! The audio, reduced to who hears whom: legs, bridges and playouts.

use std::collections::BTreeMap;

use hatif::base::id::CallId;

use crate::simulator::mail::Seat;

/// What a caller's leg carries.
#[derive(Debug, Default)]
pub(crate) struct Leg {
    pub(crate) peer: Option<Seat>,
    pub(crate) playing: Option<u64>,
}

/// Who hears whom.
#[derive(Debug, Default)]
pub(crate) struct Floor {
    callers: BTreeMap<CallId, Leg>,
    /// The agents' legs that are there, with whom they are joined, and whether they are muted.
    agents: BTreeMap<Seat, (Option<CallId>, bool)>,
}

impl Floor {
    pub(crate) fn open(&mut self, call: CallId) {
        self.callers.insert(call, Leg::default());
    }

    pub(crate) fn close(&mut self, call: CallId) {
        self.unbridge(call);
        self.callers.remove(&call);
    }

    pub(crate) fn open_agent(&mut self, seat: Seat) {
        self.agents.entry(seat).or_insert((None, false));
    }

    pub(crate) fn close_agent(&mut self, seat: Seat) {
        if let Some((Some(call), _)) = self.agents.remove(&seat)
            && let Some(leg) = self.callers.get_mut(&call)
        {
            leg.peer = None;
        }
    }

    pub(crate) fn leg(&self, call: CallId) -> Option<&Leg> {
        self.callers.get(&call)
    }

    pub(crate) fn has(&self, seat: Seat) -> bool {
        self.agents.contains_key(&seat)
    }

    pub(crate) fn is_muted(&self, seat: Seat) -> bool {
        self.agents.get(&seat).is_some_and(|(_, muted)| *muted)
    }

    /// Joins the two, if both are there.
    pub(crate) fn bridge(&mut self, call: CallId, seat: Seat) {
        let (Some(leg), Some((peer, _))) =
            (self.callers.get_mut(&call), self.agents.get_mut(&seat))
        else {
            return;
        };
        assert!(peer.is_none_or(|other| other == call), "{seat:?} is joined with {peer:?} already");
        assert!(leg.peer.is_none_or(|other| other == seat), "{call} is joined with {:?}", leg.peer);
        *peer = Some(call);
        leg.peer = Some(seat);
        leg.playing = None;
    }

    pub(crate) fn unbridge(&mut self, call: CallId) {
        let peer = self.callers.get_mut(&call).and_then(|leg| leg.peer.take());
        if let Some((joined, _)) = peer.and_then(|seat| self.agents.get_mut(&seat)) {
            *joined = None;
        }
    }

    pub(crate) fn play(&mut self, call: CallId, play: u64) {
        if let Some(leg) = self.callers.get_mut(&call) {
            leg.playing = Some(play);
        }
    }

    pub(crate) fn stop(&mut self, call: CallId) {
        if let Some(leg) = self.callers.get_mut(&call) {
            leg.playing = None;
        }
    }

    pub(crate) fn mute(&mut self, seat: Seat, is_muted: Muted) {
        if let Some((_, muted)) = self.agents.get_mut(&seat) {
            *muted = is_muted == Muted::Yes;
        }
    }

    /// Both sides of every bridge know of it.
    pub(crate) fn check(&self) {
        for (call, leg) in &self.callers {
            if let Some(seat) = leg.peer {
                let other = self.agents.get(&seat).and_then(|(peer, _)| *peer);
                assert_eq!(other, Some(*call), "the bridge of {call} has one side");
            }
        }
        for (seat, (peer, _)) in &self.agents {
            if let Some(call) = peer {
                let other = self.callers.get(call).and_then(|leg| leg.peer);
                assert_eq!(other, Some(*seat), "the bridge of {seat:?} has one side");
            }
        }
    }

    /// No leg is left over.
    pub(crate) fn check_empty(&self) {
        assert!(self.callers.is_empty(), "legs of callers are left: {:?}", self.callers);
        let joined = self.agents.values().any(|(peer, _)| peer.is_some());
        assert!(!joined, "agents are still joined: {:?}", self.agents);
        let phones = self.agents.keys().any(|seat| matches!(seat, Seat::Phone(_)));
        assert!(!phones, "phones are left: {:?}", self.agents);
    }
}

/// Whether an agent's leg is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Muted {
    Yes,
    No,
}
