//! Who listens on a leg.

use crate::base::limit::LEG_TAPS_MAX;
use crate::base::time::Moment;
use crate::media::bridge::Said;
use crate::media::{Mute, Tap, Voices};

/// The taps of one leg.
#[derive(Debug, Default)]
pub(super) struct Taps(Vec<Tap>);

impl Taps {
    /// Lets one more listen; beyond [`LEG_TAPS_MAX`] its listener finds the tap over.
    pub(super) fn add(&mut self, tap: Tap) {
        self.look_after();
        if self.0.len() < LEG_TAPS_MAX {
            self.0.push(tap);
        }
    }

    /// Lets all listeners have what was said.
    pub(super) fn hear(&mut self, voice: Voices, now: Moment, said: &Said<'_>, mute: Mute) {
        for tap in &mut self.0 {
            tap.hear(voice, now, said, mute);
        }
    }

    /// Forgets those that nobody listens to.
    pub(super) fn look_after(&mut self) {
        self.0.retain(Tap::is_wanted);
    }
}
