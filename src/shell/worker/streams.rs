//! A caller's talk with a program, as far as its worker has a hand in it.

use tokio::sync::mpsc;

use crate::base::id::CallId;
use crate::base::key::Key;
use crate::base::limit::STREAM_ORDERS_MAX;
use crate::base::time::Moment;
use crate::call::exchange::Input;
use crate::flow::ErrandId;
use crate::flow::run::StreamOrder;
use crate::media::{self, Command, Feed, Mode, Piece, PlayId};
use crate::shell::errand::Line;
use crate::shell::worker::Worker;

/// The program's speech as a playout: no number that a call gives.
const SPEECH: PlayId = PlayId(u64::MAX - 1);

/// A stream that goes on. It ends when its keys can no longer come.
#[derive(Debug)]
pub(super) struct Stream {
    errand: ErrandId,
    keys: mpsc::Sender<Key>,
}

impl Worker {
    /// Lets the caller hear a program, and be heard by it.
    pub(super) fn begin_stream(
        &mut self,
        now: Moment,
        id: CallId,
        errand: ErrandId,
        order: StreamOrder,
    ) {
        let (tap, listener) = media::tap();
        let feed = Feed::new();
        let (keys, pressed) = mpsc::channel(STREAM_ORDERS_MAX);
        self.order_caller_leg(id, |leg| Command::Tap { leg, tap });
        let pieces = vec![Piece::Live(feed.clone())];
        self.order_caller_leg(id, |leg| Command::Play {
            leg,
            play: SPEECH,
            pieces,
            mode: Mode::Once,
        });
        if let Some(visit) = self.visits.get_mut(&id) {
            visit.stream = Some(Stream { errand, keys });
        }
        let sender = self.sender(id, errand);
        let line = Line { begun: now, listener, feed, keys: pressed };
        self.parts.clerk.stream(sender, order, line);
    }

    /// The caller pressed a key: for the program, if there is one, and for the flow.
    pub(super) fn pressed(&mut self, now: Moment, id: CallId, key: Key) {
        if let Some(stream) = self.visits.get(&id).and_then(|visit| visit.stream.as_ref()) {
            // Nobody presses keys that fast, and a program that is gone needs none.
            let _ = stream.keys.try_send(key);
        }
        self.call(now, id, Input::Key(key));
    }

    /// A stream is over, if the errand is one.
    pub(super) fn end_stream(&mut self, id: CallId, errand: ErrandId) {
        let Some(visit) = self.visits.get_mut(&id) else { return };
        if visit.stream.take_if(|stream| stream.errand == errand).is_some() {
            self.order_caller_leg(id, |leg| Command::Stop { leg });
        }
    }
}
