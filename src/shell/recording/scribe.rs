//! The scribe: the thread that writes every recording.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::audio::wav::Channels;
use crate::base::id::CallId;
use crate::base::limit::{SCRIBE_BOX_MAX, SCRIBE_EVERY};
use crate::base::time::Moment;
use crate::call::exchange::Input;
use crate::flow::Reply;
use crate::flow::model::Consent;
use crate::flow::run::VoicemailEnd;
use crate::shell::clock::Clock;
use crate::shell::post::{Post, ToWorker};
use crate::shell::recording::archive::Archive;
use crate::shell::recording::file::Growing;
use crate::shell::recording::order::{Asker, Beginning, Kind, Order, Scribe};
use crate::shell::recording::sound::BEEP;
use crate::shell::recording::tape::{Tape, Turn};
use crate::shell::store::{NewRecording, RecordingEnd, RecordingKind};
use crate::telemetry::Meter;

/// How often the free space of the disk is looked at.
const SPACE_EVERY: Duration = Duration::from_secs(10);

/// The thread, to be waited for.
#[derive(Debug)]
pub struct ScribeThread {
    scribe: Scribe,
    thread: JoinHandle<()>,
}

/// Starts the scribe, who writes below `folder`.
///
/// # Errors
///
/// When the system refuses a thread.
pub fn start(
    folder: PathBuf,
    clock: Clock,
    post: Post,
    archive: Archive,
    meter: Arc<Meter>,
) -> io::Result<(Scribe, ScribeThread)> {
    let (orders, inbox) = sync_channel(SCRIBE_BOX_MAX);
    let scribe = Scribe { orders };
    let desk =
        Desk { folder, clock, post, archive, meter, tapes: Vec::new(), next_look: Moment::START };
    let thread = std::thread::Builder::new().name("scribe".to_owned());
    let thread = thread.spawn(move || desk.run(&inbox))?;
    Ok((scribe.clone(), ScribeThread { scribe, thread }))
}

impl ScribeThread {
    /// Ends every recording, and waits until all is written.
    pub fn stop(self) {
        // The box is full only for a moment: the scribe empties it each turn.
        if self.scribe.orders.send(Order::Stop).is_err() {
            tracing::error!("the scribe was gone before the stop");
        }
        if self.thread.join().is_err() {
            tracing::error!("the scribe ended by a panic");
        }
    }
}

/// Where the scribe sits.
struct Desk {
    folder: PathBuf,
    clock: Clock,
    post: Post,
    archive: Archive,
    meter: Arc<Meter>,
    tapes: Vec<Tape>,
    next_look: Moment,
}

impl Desk {
    fn run(mut self, inbox: &Receiver<Order>) {
        let mut next_turn = self.clock.now();
        loop {
            let wait = next_turn.since(self.clock.now());
            match inbox.recv_timeout(wait) {
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(order) => {
                    self.obey(order);
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            let now = self.clock.now();
            next_turn = now + SCRIBE_EVERY;
            self.turn(now);
            self.look_at_the_disk(now);
        }
        let now = self.clock.now();
        for tape in std::mem::take(&mut self.tapes) {
            self.end(tape, now);
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Begin(beginning) => self.begin(*beginning),
            Order::Hush { id, at, hush } => {
                if let Some(tape) = self.tapes.iter_mut().find(|tape| tape.id == id) {
                    tape.hush(at, hush);
                }
            }
            Order::End { id, at } => {
                // It may have ended by itself.
                if let Some(index) = self.tapes.iter().position(|tape| tape.id == id) {
                    let tape = self.tapes.swap_remove(index);
                    self.end(tape, at);
                }
            }
            Order::Stop => {}
        }
        self.meter.recordings(self.tapes.len());
    }

    fn begin(&mut self, beginning: Beginning) {
        let Beginning { id, call, at, listener, kind } = beginning;
        let began = self.clock.epoch().wall(at);
        let (ending, channels) = match &kind {
            Kind::Call { .. } => ("", Channels::Stereo),
            Kind::Message { .. } => ("-message", Channels::Mono),
        };
        let file = match Growing::begin(&self.folder, (call, ending), began, channels) {
            Ok(file) => file,
            Err(fault) => {
                self.failed(call, &fault);
                if let Kind::Message { asker, .. } = kind {
                    self.reply(asker, VoicemailEnd::Empty);
                }
                return;
            }
        };
        let name = (id, call);
        let row = NewRecording {
            id,
            call,
            kind: match &kind {
                Kind::Call { consent, .. } => RecordingKind::Call { consent: word(*consent) },
                Kind::Message { order, .. } => RecordingKind::Message { case: order.case.clone() },
            },
            file: file.name.clone(),
            started: began,
        };
        let tape = match kind {
            Kind::Call { hush, .. } => Tape::of_call(name, at, listener, file, hush),
            Kind::Message { order, asker } => {
                Tape::of_message(name, at + BEEP, listener, file, (order, asker))
            }
        };
        self.archive.began(row);
        self.tapes.push(tape);
    }

    fn turn(&mut self, now: Moment) {
        let mut index = 0;
        while let Some(tape) = self.tapes.get_mut(index) {
            match tape.turn(now) {
                Ok(Turn::More) => index += 1,
                Ok(Turn::Over) => {
                    let tape = self.tapes.swap_remove(index);
                    self.end(tape, now);
                }
                Err(fault) => {
                    let tape = self.tapes.swap_remove(index);
                    self.broke(tape, &fault);
                }
            }
        }
        self.meter.recordings(self.tapes.len());
    }

    fn end(&self, tape: Tape, at: Moment) {
        let (id, call, asker) = (tape.id, tape.call, tape.asker());
        let (name, lost) = (tape.name().clone(), tape.lost());
        self.meter.recording_lost(lost);
        let finished = match tape.end(at) {
            Ok(finished) => finished,
            Err(fault) => {
                self.failed(call, &fault);
                self.archive.broke(id, name);
                if let Some(asker) = asker {
                    self.reply(asker, VoicemailEnd::Empty);
                }
                return;
            }
        };
        let kept = finished.message.is_none_or(|(_, end)| end == VoicemailEnd::Kept);
        if kept {
            let ended = self.clock.epoch().wall(at);
            let (length, silences) = (finished.length, finished.silences);
            self.archive.ended(name, RecordingEnd { id, ended, length, silences, sha256: None });
        } else {
            self.archive.dropped(id);
        }
        tracing::info!(%call, recording = %id, length = ?finished.length, lost, kept, "recorded");
        if let Some((asker, end)) = finished.message {
            self.reply(asker, end);
        }
    }

    /// A tape that cannot be written further: what is there stays, and the call goes on.
    fn broke(&self, tape: Tape, fault: &io::Error) {
        let (id, name, asker) = (tape.id, tape.name().clone(), tape.asker());
        self.failed(tape.call, fault);
        // The file is closed before the archive mends it.
        drop(tape);
        self.archive.broke(id, name);
        if let Some(asker) = asker {
            self.reply(asker, VoicemailEnd::Empty);
        }
    }

    fn failed(&self, call: CallId, fault: &io::Error) {
        tracing::warn!(%call, %fault, folder = %self.folder.display(), "a recording failed");
        self.meter.recording_failed("disk");
    }

    fn reply(&self, asker: Asker, end: VoicemailEnd) {
        let input = Box::new(Input::Errand(asker.errand, Reply::Voicemail(end)));
        self.post.worker(asker.worker, ToWorker::Call { call: asker.call, input, desk: None });
    }

    fn look_at_the_disk(&mut self, now: Moment) {
        if now < self.next_look {
            return;
        }
        self.next_look = now + SPACE_EVERY;
        // The folder is made with the first recording.
        let there = self.folder.ancestors().find(|folder| folder.exists());
        if let Some(Ok(space)) = there.map(rustix::fs::statvfs) {
            self.meter.recording_space(space.f_bavail.saturating_mul(space.f_frsize));
        }
    }
}

fn word(consent: Consent) -> String {
    match consent {
        Consent::Announced => "announced".to_owned(),
        Consent::Given => "given".to_owned(),
    }
}
