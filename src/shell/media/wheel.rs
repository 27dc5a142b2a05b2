//! Twenty phases of a millisecond: which legs are due a frame, and when.
//!
//! A leg rides the wheel while something plays to it. Its first frame leaves at once, and it boards
//! where the second one is due, or soon after when many ride there already.

use std::time::Duration;

use crate::base::time::Moment;

/// Phases of a turn.
const PHASES: u64 = 20;
const PLACES: usize = 20;
const _: () = assert!(PHASES == PLACES as u64);
/// How many more than the mean may ride in one phase before the next one is taken.
const CROWD: usize = 2;
/// A wheel that is further behind than this, in milliseconds, leaves frames out.
const BEHIND_MAX: u64 = 100;

/// The wheel of one worker.
#[derive(Debug)]
pub(super) struct Wheel {
    phases: [Vec<usize>; PLACES],
    riders: usize,
    /// The next millisecond to be served.
    next: u64,
    skipped_ms: u64,
}

/// Where a leg boarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Boarding {
    /// The phase, for [`Wheel::leave`].
    pub(super) phase: usize,
    /// The wheel may come to the phase before this moment; it is not the leg's turn then.
    pub(super) not_before: Moment,
}

/// One phase that is due.
#[derive(Debug)]
pub(super) struct Turn {
    /// When it was due.
    pub(super) at: Moment,
    /// Who rides in it. The one who serves it strikes out who gets off.
    pub(super) riders: Vec<usize>,
    phase: usize,
    boarded: usize,
}

impl Wheel {
    pub(super) fn new() -> Self {
        let phases = std::array::from_fn(|_| Vec::with_capacity(64));
        Self { phases, riders: 0, next: 0, skipped_ms: 0 }
    }

    pub(super) const fn riders(&self) -> usize {
        self.riders
    }

    /// Milliseconds that were left out because the wheel was not turned in time.
    pub(super) const fn skipped_ms(&self) -> u64 {
        self.skipped_ms
    }

    /// Lets `rider` board for a frame at `due` or soon after.
    pub(super) fn board(&mut self, now: Moment, due: Moment, rider: usize) -> Boarding {
        if self.riders == 0 {
            self.next = millis(now) + 1;
        }
        let from = due.as_micros().div_ceil(1_000).max(self.next);
        let room = self.riders / self.phases.len() + CROWD;
        let mut ticks = from..from + PHASES;
        let tick = ticks.find(|tick| self.phase(*tick).len() < room).unwrap_or(from);
        let phase = phase(tick);
        if let Some(riders) = self.phases.get_mut(phase) {
            riders.push(rider);
        }
        self.riders += 1;
        Boarding { phase, not_before: Moment::from_micros(tick * 1_000) }
    }

    /// Lets `rider` get off.
    pub(super) fn leave(&mut self, phase: usize, rider: usize) {
        let Some(riders) = self.phases.get_mut(phase) else { return };
        if let Some(place) = riders.iter().position(|other| *other == rider) {
            riders.swap_remove(place);
            self.riders -= 1;
        }
    }

    /// The next phase that is due, if it is. It must be given back to [`Wheel::served`].
    pub(super) fn turn(&mut self, now: Moment) -> Option<Turn> {
        let present = millis(now);
        if self.riders > 0 && present.saturating_sub(self.next) > BEHIND_MAX {
            self.skipped_ms += present - self.next;
            self.next = present;
        }
        while self.next <= present && self.riders > 0 {
            let tick = self.next;
            self.next += 1;
            let phase = phase(tick);
            let riders = self.phases.get_mut(phase).map(std::mem::take).unwrap_or_default();
            if !riders.is_empty() {
                let (at, boarded) = (Moment::from_micros(tick * 1_000), riders.len());
                return Some(Turn { at, riders, phase, boarded });
            }
            self.put_back(phase, riders);
        }
        None
    }

    /// Takes a phase back, without those who got off.
    pub(super) fn served(&mut self, turn: Turn) {
        self.riders -= turn.boarded - turn.riders.len();
        self.put_back(turn.phase, turn.riders);
    }

    /// When [`Wheel::turn`] is next due.
    pub(super) fn next_due(&self) -> Option<Moment> {
        if self.riders == 0 {
            return None;
        }
        let mut ticks = self.next..self.next + PHASES;
        let tick = ticks.find(|tick| !self.phase(*tick).is_empty())?;
        Some(Moment::START + Duration::from_millis(tick))
    }

    fn phase(&self, tick: u64) -> &[usize] {
        self.phases.get(phase(tick)).map(Vec::as_slice).unwrap_or_default()
    }

    fn put_back(&mut self, phase: usize, riders: Vec<usize>) {
        if let Some(place) = self.phases.get_mut(phase) {
            *place = riders;
        }
    }
}

fn phase(tick: u64) -> usize {
    usize::try_from(tick % PHASES).unwrap_or(0)
}

const fn millis(moment: Moment) -> u64 {
    moment.as_micros() / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: u64) -> Moment {
        Moment::from_micros(micros)
    }

    /// Turns the wheel to `now` and tells which millisecond served whom.
    fn turns(wheel: &mut Wheel, now: u64) -> Vec<(u64, Vec<usize>)> {
        let mut served = Vec::new();
        while let Some(turn) = wheel.turn(at(now)) {
            served.push((millis(turn.at), turn.riders.clone()));
            wheel.served(turn);
        }
        served
    }

    #[test]
    fn a_frame_is_due_every_twenty_milliseconds() {
        let mut wheel = Wheel::new();
        let boarding = wheel.board(at(7_300), at(27_000), 4);
        assert_eq!(wheel.next_due(), Some(at(27_000)));
        assert_eq!(turns(&mut wheel, 26_999), []);
        assert_eq!(turns(&mut wheel, 27_000), [(27, vec![4])]);
        assert_eq!(turns(&mut wheel, 90_000), [(47, vec![4]), (67, vec![4]), (87, vec![4])]);
        wheel.leave(boarding.phase, 4);
        assert_eq!(wheel.next_due(), None);
        assert_eq!(turns(&mut wheel, 200_000), []);
    }

    #[test]
    fn a_crowd_is_spread_over_the_phases() {
        let mut wheel = Wheel::new();
        for rider in 0..400 {
            wheel.board(at(1_000), at(21_000), rider);
        }
        let fullest = wheel.phases.iter().map(Vec::len).max().unwrap();
        assert!(fullest <= 22, "{fullest}");
    }

    #[test]
    fn one_whose_turn_is_later_knows_from_when_on() {
        let mut wheel = Wheel::new();
        wheel.board(at(1_000), at(1_000), 1);
        let boarding = wheel.board(at(1_000), at(33_400), 2);
        assert_eq!(boarding.not_before, at(34_000));
        assert_eq!(turns(&mut wheel, 15_000), [(2, vec![1]), (14, vec![2])]);
    }

    #[test]
    fn a_wheel_that_stood_still_leaves_frames_out() {
        let mut wheel = Wheel::new();
        wheel.board(at(0), at(0), 1);
        assert_eq!(turns(&mut wheel, 5_021_000), [(5_021, vec![1])]);
        assert!(wheel.skipped_ms() > 4_900);
    }
}
