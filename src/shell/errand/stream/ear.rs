//! What a program hears of the caller: a frame each 20 ms, silence where nothing comes.

use crate::base::limit::STREAM_EAR_PATIENCE;
use crate::base::time::Moment;
use crate::media::{Listener, Sound, Timeline};

/// The caller's sound, evenly.
pub(super) struct Ear {
    listener: Listener,
    line: Timeline,
    start: Moment,
    /// What the ring had lost before the start.
    before: Option<u64>,
    lost: u64,
}

impl Ear {
    /// Hears what comes from `start` on.
    pub(super) fn new(listener: Listener, start: Moment) -> Self {
        let line = Timeline::new(start, STREAM_EAR_PATIENCE);
        Self { listener, line, start, before: None, lost: 0 }
    }

    /// The next frame whose time has come.
    pub(super) fn next(&mut self, now: Moment) -> Option<Sound> {
        while let Some(slice) = self.listener.next() {
            if slice.at >= self.start {
                let before = *self.before.get_or_insert(slice.lost);
                self.lost = slice.lost.saturating_sub(before);
            }
            self.line.place(&slice);
        }
        self.line.next(now).map(|both| both.own)
    }

    /// Whether the leg is gone.
    pub(super) fn is_over(&self) -> bool {
        self.listener.is_over()
    }

    /// Frames that found the ring full.
    pub(super) const fn lost(&self) -> u64 {
        self.lost
    }
}
