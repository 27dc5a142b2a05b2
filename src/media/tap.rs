//! Rings by which a leg's sound leaves its media worker, and live sound comes in.
//!
//! Both are bounded and never waited for. Either end may be dropped: the other one notices.

use std::fmt;
use std::sync::Arc;

use crossbeam::queue::ArrayQueue;

use crate::base::codec::Codec;
use crate::base::limit::{FEED_FRAMES_MAX, TAP_SLICES_MAX};
use crate::base::time::Moment;
use crate::media::FRAME_SAMPLES;
use crate::media::bridge::{Said, Utterance};
use crate::media::command::Mute;
use crate::media::playout::Frame;
use crate::rtp::packet::{Ssrc, Timestamp};

/// Who is heard on a tapped leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Voices {
    /// The one at the leg's other end.
    Own,
    /// The one across the bridge, as far as the leg is let hear her.
    Other,
}

/// At most 20 ms of what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// By whom.
    pub voice: Voices,
    /// When it came.
    pub at: Moment,
    /// Whose stream it is from.
    pub ssrc: Ssrc,
    /// Its first sample's time there.
    pub timestamp: Timestamp,
    /// The law of its bytes.
    pub codec: Codec,
    /// How many slices the ring had no room for so far.
    pub lost: u64,
    bytes: Frame,
    length: usize,
}

impl Slice {
    /// A piece of `sound`, cut to a frame.
    #[must_use]
    pub fn new(
        (voice, at): (Voices, Moment),
        (ssrc, timestamp): (Ssrc, Timestamp),
        codec: Codec,
        sound: &[u8],
    ) -> Self {
        let mut bytes = [0; FRAME_SAMPLES];
        for (byte, &said) in bytes.iter_mut().zip(sound) {
            *byte = said;
        }
        let length = sound.len().min(FRAME_SAMPLES);
        Self { voice, at, ssrc, timestamp, codec, lost: 0, bytes, length }
    }

    /// The sound.
    #[must_use]
    pub fn sound(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// The media worker's end of a tap.
pub struct Tap {
    ring: Arc<ArrayQueue<Slice>>,
    lost: u64,
}

/// The end of a tap where somebody listens.
pub struct Listener(Arc<ArrayQueue<Slice>>);

/// A tap and its listener.
#[must_use]
pub fn tap() -> (Tap, Listener) {
    let ring = Arc::new(ArrayQueue::new(TAP_SLICES_MAX));
    (Tap { ring: Arc::clone(&ring), lost: 0 }, Listener(ring))
}

impl Tap {
    /// Whether anybody listens.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        Arc::strong_count(&self.ring) > 1
    }

    /// Lets the listener have what was said: a longer packet in pieces, keys not at all. What the
    /// ring has no room for is counted.
    pub fn hear(&mut self, voice: Voices, now: Moment, said: &Said<'_>, mute: Mute) {
        let Utterance::Sound(codec) = said.what else { return };
        match mute {
            Mute::On => return,
            Mute::Off => {}
        }
        let mut timestamp = said.timestamp;
        for piece in said.payload.chunks(FRAME_SAMPLES) {
            let slice = Slice::new((voice, now), (said.ssrc, timestamp), codec, piece);
            if self.ring.push(Slice { lost: self.lost, ..slice }).is_err() {
                self.lost += 1;
            }
            timestamp = timestamp.plus(u32::try_from(piece.len()).unwrap_or(0));
        }
    }
}

impl Listener {
    /// The next slice, oldest first.
    #[must_use]
    pub fn next(&self) -> Option<Slice> {
        self.0.pop()
    }

    /// Whether the leg is gone. What it said before may still be there.
    #[must_use]
    pub fn is_over(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}

/// Live sound on its way to a leg, in frames of µ-law. Copies are one ring.
///
/// A leg plays it as a [`crate::media::Piece`], a frame each 20 ms, and silence where none is
/// there in time.
#[derive(Clone)]
pub struct Feed(Arc<ArrayQueue<Frame>>);

/// As many frames wait as may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("as many frames of live sound wait as may")]
pub struct FeedFull;

impl Feed {
    /// The law of its frames.
    pub const CODEC: Codec = Codec::Pcmu;

    /// An empty ring.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(ArrayQueue::new(FEED_FRAMES_MAX)))
    }

    /// Adds a frame.
    ///
    /// # Errors
    ///
    /// When [`FEED_FRAMES_MAX`] wait.
    pub fn push(&self, frame: Frame) -> Result<(), FeedFull> {
        self.0.push(frame).map_err(|_| FeedFull)
    }

    /// How many frames wait to be played.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.len()
    }

    /// Forgets what waits to be played.
    pub fn clear(&self) {
        for _ in 0..self.0.len() {
            // What is popped here is what was to be forgotten.
            let _ = self.0.pop();
        }
    }

    /// The next frame to play.
    #[must_use]
    pub fn take(&self) -> Option<Frame> {
        self.0.pop()
    }
}

impl Default for Feed {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tap({} slices wait, {} lost)", self.ring.len(), self.lost)
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listener({} slices wait)", self.0.len())
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Feed({} frames wait)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rtp::packet::Sequence;

    fn said(timestamp: u32, payload: &[u8]) -> Said<'_> {
        Said {
            ssrc: Ssrc(1),
            sequence: Sequence(0),
            timestamp: Timestamp(timestamp),
            marker: false,
            what: Utterance::Sound(Codec::Pcma),
            payload,
        }
    }

    #[test]
    fn a_long_packet_is_heard_in_pieces_of_a_frame() {
        let (mut tap, listener) = tap();
        let sound: Vec<u8> = (0..=239).collect();
        tap.hear(Voices::Own, Moment::START, &said(1_000, &sound), Mute::Off);
        let pieces: Vec<Slice> = std::iter::from_fn(|| listener.next()).collect();
        let places: Vec<_> = pieces.iter().map(|piece| (piece.timestamp.0, piece.length)).collect();
        assert_eq!(places, [(1_000, 160), (1_160, 80)]);
        let heard: Vec<u8> = pieces.iter().flat_map(|piece| piece.sound().to_vec()).collect();
        assert_eq!(heard, sound);
    }

    #[test]
    fn keys_and_what_is_muted_are_not_heard() {
        let (mut tap, listener) = tap();
        tap.hear(Voices::Own, Moment::START, &said(0, &[1; 160]), Mute::On);
        let key = Said { what: Utterance::Key, ..said(0, &[5, 0x8a, 1, 64]) };
        tap.hear(Voices::Own, Moment::START, &key, Mute::Off);
        assert_eq!(listener.next(), None);
    }

    #[test]
    fn what_a_full_ring_loses_is_counted() {
        let (mut tap, listener) = tap();
        for _ in 0..TAP_SLICES_MAX + 3 {
            tap.hear(Voices::Own, Moment::START, &said(0, &[1; 160]), Mute::Off);
        }
        while listener.next().is_some() {}
        tap.hear(Voices::Own, Moment::START, &said(0, &[1; 160]), Mute::Off);
        assert_eq!(listener.next().map(|slice| slice.lost), Some(3));
    }

    #[test]
    fn each_end_notices_that_the_other_is_gone() {
        let (tap_a, listener) = tap();
        assert!(tap_a.is_wanted() && !listener.is_over());
        drop(tap_a);
        assert!(listener.is_over());
        let (tap_b, listener) = tap();
        drop(listener);
        assert!(!tap_b.is_wanted());
    }

    #[test]
    fn neither_ring_allocates_for_a_frame() {
        let ((mut tap, listener), feed) = (tap(), Feed::new());
        let sound = [7; 160];
        let counted = allocation_counter::measure(|| {
            for _ in 0..TAP_SLICES_MAX + 9 {
                tap.hear(Voices::Own, Moment::START, &said(0, &sound), Mute::Off);
                let _ = feed.push(sound);
                let _ = feed.take();
            }
            while listener.next().is_some() {}
        });
        assert_eq!(counted.count_total, 0);
    }

    #[test]
    fn a_feed_gives_its_frames_in_order_and_forgets_on_demand() {
        let feed = Feed::new();
        for byte in 0..3 {
            assert_eq!(feed.push([byte; 160]), Ok(()));
        }
        assert_eq!(feed.take(), Some([0; 160]));
        feed.clear();
        assert_eq!((feed.waiting(), feed.take()), (0, None));
    }
}
