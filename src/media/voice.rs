//! What a leg is told: the side of a leg that is the same by whatever way its packets travel.

use crate::base::codec::Codec;
use crate::media::command::{Audience, Mode, Mute, Piece, PlayId};
use crate::media::playout::{Frame, Playout, Rest};

/// The talking side of a leg.
#[derive(Debug)]
pub struct Voice {
    playing: Option<(PlayId, Playout)>,
    mute: Mute,
    audience: Audience,
}

/// What a leg is told in the next 20 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    /// Nothing.
    Nothing,
    /// The frame.
    Frame,
    /// The frame, and it was this playout's last one.
    Last(PlayId),
}

impl Voice {
    /// A voice with nothing to say.
    #[must_use]
    pub const fn new(audience: Audience) -> Self {
        Self { playing: None, mute: Mute::Off, audience }
    }

    /// Plays, in the place of what plays.
    pub fn play(&mut self, play: PlayId, pieces: Vec<Piece>, mode: Mode) {
        self.playing = Some((play, Playout::new(pieces, mode)));
    }

    /// Stops what plays.
    pub fn stop(&mut self) {
        self.playing = None;
    }

    /// Whether something plays.
    #[must_use]
    pub const fn is_playing(&self) -> bool {
        self.playing.is_some()
    }

    /// Says whether what the leg says is kept from the other.
    pub const fn set_mute(&mut self, mute: Mute) {
        self.mute = mute;
    }

    /// Whether what the leg says is kept from the other.
    #[must_use]
    pub const fn mute(&self) -> Mute {
        self.mute
    }

    /// Who is at the other end.
    #[must_use]
    pub const fn audience(&self) -> Audience {
        self.audience
    }

    /// Writes the next 20 ms of what plays.
    pub fn speak(&mut self, codec: Codec, frame: &mut Frame) -> Spoken {
        let Some((play, playout)) = &mut self.playing else { return Spoken::Nothing };
        match playout.fill(codec, frame) {
            Rest::More => Spoken::Frame,
            Rest::Nothing => {
                let play = *play;
                self.playing = None;
                Spoken::Last(play)
            }
        }
    }
}
