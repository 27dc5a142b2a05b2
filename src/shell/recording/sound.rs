//! The tone after which a caller speaks.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crate::audio::tone::Tone;
use crate::media::Clip;

/// How long it lasts.
pub(super) const BEEP: Duration = Duration::from_millis(400);
const HERTZ: f64 = 1_000.0;
const PEAK: i16 = 8_000;
const SAMPLES: usize = 3_200;

/// The tone, encoded once.
#[must_use]
pub fn beep() -> Arc<Clip> {
    static CLIP: LazyLock<Arc<Clip>> = LazyLock::new(|| {
        Arc::new(Clip::new(&Tone::new(HERTZ, PEAK).take(SAMPLES).collect::<Vec<i16>>()))
    });
    Arc::clone(&CLIP)
}
