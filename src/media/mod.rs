//! What a leg says and hears, frame by frame: playouts, keys, silence, bridges. No sockets here.

pub mod bridge;
mod clip;
mod command;
mod ear;
mod event;
mod latch;
mod leg;
mod playout;
mod stream;
pub mod tap;
pub mod timeline;
mod tune;
mod voice;
pub mod voicing;

pub use clip::Clip;
pub use command::{Audience, Command, Mode, Mute, Opening, Piece, PlayId, Remote};
pub use ear::{Ear, EarNews, Heard, Timer};
pub use event::{Event, Figures};
pub use leg::RtpLeg;
pub use playout::{Frame, Playout, Rest};
pub use tap::{Feed, FeedFull, Listener, Slice, Tap, Voices, tap};
pub use timeline::{Moments, Sound, Timeline};
pub use tune::{Ending, Hearing, Listening, Tunes};
pub use voice::{Spoken, Voice};

/// Samples of one frame, and its bytes in G.711.
pub const FRAME_SAMPLES: usize = 160;
/// How long a frame lasts.
pub const FRAME_SPAN: std::time::Duration = std::time::Duration::from_millis(20);
