//! A list of sounds, handed out frame by frame, joined without a gap.

use std::time::Duration;

use crate::audio::g711;
use crate::base::codec::Codec;
use crate::base::limit;
use crate::media::FRAME_SAMPLES;
use crate::media::command::{Mode, Piece};
use crate::media::tap::Feed;

/// 20 ms of G.711.
pub type Frame = [u8; FRAME_SAMPLES];

/// What is left to be said after a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// More.
    More,
    /// Nothing: the frame was the last one, filled up with silence, or all of it is silence.
    Nothing,
}

/// A place in a list of sounds.
#[derive(Debug, Clone)]
pub struct Playout {
    pieces: Vec<Piece>,
    mode: Mode,
    piece: usize,
    sample: usize,
}

impl Playout {
    /// The beginning of `pieces`. Empty ones are left out; beyond the limit nothing is played.
    #[must_use]
    pub fn new(mut pieces: Vec<Piece>, mode: Mode) -> Self {
        pieces.truncate(limit::PLAY_PIECES_MAX);
        pieces.retain(|piece| piece.samples() > 0);
        Self { pieces, mode, piece: 0, sample: 0 }
    }

    /// Writes the next 20 ms for `codec`.
    pub fn fill(&mut self, codec: Codec, frame: &mut Frame) -> Rest {
        let mut room: &mut [u8] = frame;
        // Each turn fills at least one sample, because no piece is empty.
        while !room.is_empty() {
            let Some(piece) = self.pieces.get(self.piece) else { break };
            let taken = piece.copy(codec, self.sample, room);
            self.advance(taken, piece.samples());
            let (_, rest) = room.split_at_mut(taken.min(room.len()));
            room = rest;
        }
        room.fill(g711::silence(codec));
        if self.piece < self.pieces.len() { Rest::More } else { Rest::Nothing }
    }

    fn advance(&mut self, taken: usize, length: usize) {
        self.sample += taken;
        if self.sample < length {
            return;
        }
        self.sample = 0;
        self.piece += 1;
        if self.piece == self.pieces.len() && self.mode == Mode::Loop {
            self.piece = 0;
        }
    }
}

impl Piece {
    fn samples(&self) -> usize {
        match self {
            Self::Clip(clip) => clip.samples(),
            Self::Silence(span) => samples(*span),
            Self::Live(_) => usize::MAX,
        }
    }

    /// Copies from `start` as much as there is or fits, and says how much that was.
    fn copy(&self, codec: Codec, start: usize, room: &mut [u8]) -> usize {
        let count = room.len().min(self.samples().saturating_sub(start));
        let Some(room) = room.get_mut(..count) else { return 0 };
        match self {
            Self::Clip(clip) => {
                if let Some(bytes) = clip.bytes(codec).get(start..start + count) {
                    room.copy_from_slice(bytes);
                }
            }
            Self::Silence(_) => room.fill(g711::silence(codec)),
            Self::Live(feed) => live(feed, codec, room),
        }
        count
    }
}

/// A frame of live sound, or silence: where none is there, and where only a part of a frame is left.
fn live(feed: &Feed, codec: Codec, room: &mut [u8]) {
    match feed.take().filter(|frame| frame.len() == room.len()) {
        Some(frame) => {
            room.copy_from_slice(&frame);
            if codec != Feed::CODEC {
                g711::convert(Feed::CODEC, room);
            }
        }
        None => room.fill(g711::silence(codec)),
    }
}

fn samples(span: Duration) -> usize {
    usize::try_from(span.as_micros() / 125).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::media::clip::Clip;

    fn clip(sample: i16, count: usize) -> Piece {
        Piece::Clip(Arc::new(Clip::new(&vec![sample; count])))
    }

    fn check(pieces: Vec<Piece>, mode: Mode, frames: usize, expected: &[(i16, usize)]) {
        let wanted: Vec<u8> = expected
            .iter()
            .flat_map(|&(sample, count)| vec![g711::encode(Codec::Pcmu, sample); count])
            .collect();
        let mut playout = Playout::new(pieces, mode);
        let mut heard = Vec::new();
        for _ in 0..frames {
            let mut frame = [0; FRAME_SAMPLES];
            let rest = playout.fill(Codec::Pcmu, &mut frame);
            heard.extend(frame);
            if rest == Rest::Nothing {
                break;
            }
        }
        assert_eq!(heard, wanted);
    }

    #[test]
    fn pieces_are_joined_within_a_frame_and_the_end_is_filled_up() {
        let pieces = vec![clip(1_000, 100), clip(-2_000, 1), clip(3_000, 70)];
        let expected = [(1_000, 100), (-2_000, 1), (3_000, 70), (0, 149)];
        check(pieces, Mode::Once, 9, &expected);
    }

    #[test]
    fn a_piece_that_ends_with_a_frame_adds_no_frame() {
        check(vec![clip(500, 320)], Mode::Once, 9, &[(500, 320)]);
    }

    #[test]
    fn a_loop_is_joined_without_a_gap() {
        let pieces = vec![clip(1_000, 50), Piece::Silence(Duration::from_millis(5))];
        let turn = [(1_000, 50), (0, 40)];
        let expected: Vec<_> = turn.repeat(4).into_iter().take(7).chain([(0, 0)]).collect();
        let total: usize = expected.iter().map(|(_, count)| count).sum();
        assert_eq!(total, 320);
        check(pieces, Mode::Loop, 2, &expected);
    }

    #[test]
    fn live_sound_is_played_as_it_comes_and_is_silence_between() {
        let feed = Feed::new();
        let mut playout = Playout::new(vec![Piece::Live(feed.clone())], Mode::Once);
        let mut frame = [0; FRAME_SAMPLES];
        feed.push([g711::encode(Codec::Pcmu, 2_000); FRAME_SAMPLES]).expect("it is empty");
        for (codec, sample) in [(Codec::Pcma, 2_000_i16), (Codec::Pcma, 0), (Codec::Pcmu, 0)] {
            assert_eq!(playout.fill(codec, &mut frame), Rest::More);
            let heard = g711::decode(codec, frame[159]);
            assert!((heard - sample).abs() < 100, "{heard}");
        }
    }

    #[test]
    fn nothing_to_play_ends_at_once() {
        for mode in [Mode::Once, Mode::Loop] {
            check(vec![clip(9, 0), Piece::Silence(Duration::ZERO)], mode, 9, &[(0, 160)]);
        }
    }
}
