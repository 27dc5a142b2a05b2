//! What one leg says, on its way to another: passed through, or turned from law to law.

use crate::audio::g711;
use crate::base::codec::Codec;
use crate::media::FRAME_SAMPLES;
use crate::media::command::{Audience, Mute};
use crate::media::playout::Frame;
use crate::rtp::packet::{Sequence, Ssrc, Timestamp};

/// One packet of what a leg says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    /// Whose stream it is from.
    pub ssrc: Ssrc,
    /// Its number there.
    pub sequence: Sequence,
    /// Its time there.
    pub timestamp: Timestamp,
    /// Whether it is marked as a beginning.
    pub marker: bool,
    /// What the payload is.
    pub what: Utterance,
    /// The payload, not empty and no longer than `limit::RTP_PAYLOAD_MAX`.
    pub payload: &'a [u8],
}

/// What a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Utterance {
    /// Sound.
    Sound(Codec),
    /// A report of a key.
    Key,
}

/// Whether a key that `from` pressed is passed on to `to`: not when one of them is an agent, for
/// whom keys are orders to us.
#[must_use]
pub fn passes_keys(from: Audience, to: Audience) -> bool {
    from == Audience::Caller && to == Audience::Caller
}

/// Writes `sound` into `room`, which is as long, as `to` hears it: silence when muted.
pub fn carry(sound: &[u8], from: Codec, to: Codec, mute: Mute, room: &mut [u8]) {
    match mute {
        Mute::On => room.fill(g711::silence(to)),
        Mute::Off => {
            for (byte, &said) in room.iter_mut().zip(sound) {
                *byte = said;
            }
            if from != to {
                g711::convert(from, room);
            }
        }
    }
}

/// Cuts packets of any length into frames, for a way that takes nothing else.
#[derive(Debug, Clone)]
pub struct Cutter {
    frame: Frame,
    filled: usize,
}

impl Cutter {
    /// Nothing kept.
    #[must_use]
    pub const fn new() -> Self {
        Self { frame: [0; FRAME_SAMPLES], filled: 0 }
    }

    /// Adds `sound` and hands each frame that is whole to `whole`.
    pub fn push(&mut self, mut sound: &[u8], mut whole: impl FnMut(&mut Frame)) {
        while !sound.is_empty() {
            let room = self.frame.get_mut(self.filled..).unwrap_or_default();
            let count = room.len().min(sound.len());
            let (taken, rest) = sound.split_at(count);
            for (byte, &said) in room.iter_mut().zip(taken) {
                *byte = said;
            }
            self.filled += count;
            sound = rest;
            if self.filled == FRAME_SAMPLES {
                self.filled = 0;
                whole(&mut self.frame);
            }
        }
    }

    /// Forgets what has not become a frame.
    pub const fn clear(&mut self) {
        self.filled = 0;
    }
}

impl Default for Cutter {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_law_passes_unchanged_and_the_other_is_converted() {
        let said: Vec<u8> = (0..=255).collect();
        let mut heard = vec![0; 256];
        carry(&said, Codec::Pcma, Codec::Pcma, Mute::Off, &mut heard);
        assert_eq!(heard, said);
        carry(&said, Codec::Pcma, Codec::Pcmu, Mute::Off, &mut heard);
        for (&said, &heard) in said.iter().zip(&heard) {
            let error = g711::decode(Codec::Pcma, said) - g711::decode(Codec::Pcmu, heard);
            assert!(error.abs() <= 512);
        }
    }

    #[test]
    fn a_muted_leg_is_heard_as_silence() {
        let mut heard = [0; 160];
        carry(&[7; 160], Codec::Pcma, Codec::Pcmu, Mute::On, &mut heard);
        assert_eq!(heard, [0xff; 160]);
    }

    #[test]
    fn keys_stay_on_our_side_of_an_agent() {
        assert!(!passes_keys(Audience::Caller, Audience::Agent));
        assert!(!passes_keys(Audience::Agent, Audience::Caller));
        assert!(passes_keys(Audience::Caller, Audience::Caller));
    }

    #[test]
    fn packets_of_any_length_become_frames() {
        for length in [1, 80, 160, 240, 480] {
            let sound: Vec<u8> = (0..=250).cycle().take(960).collect();
            let (mut cutter, mut heard) = (Cutter::new(), Vec::new());
            for packet in sound.chunks(length) {
                cutter.push(packet, |frame| heard.extend_from_slice(frame));
            }
            assert_eq!(heard, sound, "{length}");
        }
    }
}
