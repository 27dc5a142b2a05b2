//! The shortest replay: happenings are dropped as long as something still goes wrong.

use std::panic;

use crate::sim::pair;
use crate::sim::world::{Ground, Happening};

/// Replays at most.
const TRIES: u32 = 5_000;

/// As few of the happenings as still go wrong, and why they do.
pub(crate) fn shortest(
    ground: &Ground,
    mut happenings: Vec<Happening>,
    mut why: String,
) -> (Vec<Happening>, String) {
    // Each try may panic, and only the last one is told.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let mut tries = 0;
    let mut size = happenings.len().div_ceil(2);
    while 0 < size {
        let mut at = 0;
        let mut has_dropped = false;
        while at < happenings.len() && tries < TRIES {
            tries += 1;
            let mut fewer = happenings.clone();
            fewer.drain(at..(at + size).min(happenings.len()));
            match pair::play(ground, &fewer) {
                Ok(_) => at += size,
                Err(still) => {
                    (happenings, why) = (fewer, still);
                    has_dropped = true;
                }
            }
        }
        if !(has_dropped && size == 1 && tries < TRIES) {
            size /= 2;
        }
    }
    panic::set_hook(hook);
    (happenings, why)
}
