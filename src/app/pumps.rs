//! The tasks that carry a media worker's news, and its figures, to those whom they concern.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::app::engine::Common;
use crate::base::limit::METER_EVERY;
use crate::shell::media::{LATENESS_BOUNDS_US, MediaHandle, Pacing};
use crate::shell::post::Post;
use crate::shell::tasks;
use crate::telemetry::Meter;

/// Starts a pump for each media worker, and the one for the figures.
pub(super) fn start(
    common: &Common<'_>,
    media: &Arc<[MediaHandle]>,
    bells: Vec<Arc<Notify>>,
) -> Vec<JoinHandle<()>> {
    let pumps = media.iter().zip(bells).map(|(handle, bell)| {
        tasks::spawn("media pump", pump(handle.clone(), bell, common.post.clone()))
    });
    let meter = keep_meter(Arc::clone(&common.meter), Arc::clone(media));
    pumps.chain([tasks::spawn("meter", meter)]).collect()
}

pub(super) async fn pump(media: MediaHandle, bell: Arc<Notify>, post: Post) {
    loop {
        bell.notified().await;
        while let Some(event) = media.poll() {
            post.media(event);
        }
    }
}

/// Keeps the figures that nobody tells: how punctual the media workers are.
async fn keep_meter(meter: Arc<Meter>, media: Arc<[MediaHandle]>) {
    let mut every = tokio::time::interval(METER_EVERY);
    let mut before = vec![Pacing::default(); media.len()];
    loop {
        every.tick().await;
        meter.upkeep();
        for (handle, before) in media.iter().zip(&mut before) {
            let Some(pacing) = handle.take_pacing() else { continue };
            let classes = pacing.late.iter().zip(before.late).zip(LATENESS_BOUNDS_US);
            for ((late, before), bound_us) in classes {
                meter.media_lateness(bound_us, late.saturating_sub(before));
            }
            *before = pacing;
        }
    }
}
