//! One talk of a caller with a program, without its socket: what each side says, and how it ends.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::base::key::Key;
use crate::base::limit::STREAM_FAULTS_MAX;
use crate::base::time::Moment;
use crate::flow::run::StreamEnd;
use crate::media::{FRAME_SAMPLES, Frame, Sound};
use crate::shell::errand::stream::speech::Speech;
use crate::shell::errand::stream::wire::{self, Name, Said, Wish, Writer};
use crate::telemetry::StreamResult;

/// How a talk ended, for the figures and for the flow.
pub(super) type End = (StreamResult, StreamEnd);

/// A talk.
#[derive(Debug)]
pub(super) struct Talk {
    writer: Writer,
    speech: Speech,
    stage: Stage,
    faults: u32,
    lost_bytes: usize,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
enum Stage {
    /// Both may speak.
    On,
    /// The program has ended it; what it said before is still heard.
    LastWords(End),
    /// Nothing more will come.
    Over,
}

/// What a talk is told.
#[derive(Debug)]
pub(super) enum Input<'a> {
    /// 20 ms of the caller.
    Heard(&'a Sound),
    /// The caller pressed a key.
    Key(Key),
    /// A text of the program.
    Said(&'a str),
    /// Something of the program that is no text.
    Noise,
    /// The program closed the connection in good order, with this reason.
    Closed(&'a str),
    /// The connection broke.
    Broke(&'static str),
    /// The caller left, or the flow waits no longer.
    Left,
    /// It is as long as it may be.
    TimeOver,
    /// 20 ms have passed; so many frames wait at the leg.
    Turn {
        /// How many.
        at_leg: usize,
    },
}

/// What is to be done.
#[derive(Debug, PartialEq)]
pub(super) enum Output {
    /// Tell the program.
    Send(String),
    /// Let the caller hear this, after what waits at the leg.
    Play(Frame),
    /// Forget what waits at the leg.
    Forget,
    /// It is over.
    End(End),
}

impl Talk {
    /// A talk that begins, the connection being there.
    pub(super) fn new(name: Name, parameters: &[(Arc<str>, String)]) -> Self {
        let mut writer = Writer::new(name);
        let hello = [Writer::connected(), writer.start(parameters)];
        let outputs = hello.into_iter().map(Output::Send).collect();
        let (speech, stage) = (Speech::new(), Stage::On);
        Self { writer, speech, stage, faults: 0, lost_bytes: 0, outputs }
    }

    /// Moves it on.
    pub(super) fn handle(&mut self, now: Moment, input: Input<'_>) {
        match self.stage {
            Stage::On => self.on(now, input),
            Stage::LastWords(_) => self.last_words(now, &input),
            Stage::Over => {}
        }
    }

    /// What is to be done next.
    pub(super) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Frames of the program that found no room.
    pub(super) const fn lost(&self) -> u64 {
        self.lost_bytes.div_ceil(FRAME_SAMPLES) as u64
    }

    fn on(&mut self, now: Moment, input: Input<'_>) {
        match input {
            Input::Heard(sound) => {
                let text = self.writer.media(sound);
                self.send(text);
            }
            Input::Key(key) => {
                let text = self.writer.key(key);
                self.send(text);
            }
            Input::Said(text) => match wire::read(text) {
                Ok(said) => self.said(now, said),
                Err(_) => self.fault(),
            },
            Input::Noise => self.fault(),
            Input::Closed(reason) => {
                self.stage = Stage::LastWords(end_of(Wish::of(reason), None));
            }
            Input::Broke(why) => self.broke(why),
            Input::Left => self.stop(StreamResult::Left),
            Input::TimeOver => self.stop(StreamResult::TimeOver),
            Input::Turn { at_leg } => {
                while let Some(name) = self.speech.passed(at_leg) {
                    self.tell_mark(&name);
                }
                self.play(now, at_leg);
            }
        }
    }

    fn said(&mut self, now: Moment, said: Said) {
        match said {
            Said::Media(sound) => self.lost_bytes += self.speech.say(now, &sound),
            Said::Mark(name) => self.speech.mark(name),
            Said::Clear => {
                self.outputs.push_back(Output::Forget);
                for name in self.speech.clear() {
                    self.tell_mark(&name);
                }
            }
            Said::Stop(wish, words) => {
                let text = self.writer.stop();
                self.send(text);
                self.stage = Stage::LastWords(end_of(wish, words));
            }
            Said::Other => {}
        }
    }

    /// The program is told nothing more, and what it says means nothing.
    fn last_words(&mut self, now: Moment, input: &Input<'_>) {
        match *input {
            Input::Turn { at_leg } => {
                let at_leg = self.play(now, at_leg);
                if self.speech.is_over(at_leg) {
                    self.end();
                }
            }
            Input::Left | Input::TimeOver => self.end(),
            Input::Heard(_)
            | Input::Key(_)
            | Input::Said(_)
            | Input::Noise
            | Input::Closed(_)
            | Input::Broke(_) => {}
        }
    }

    /// Fills up what waits at the leg, and says how much that is then.
    fn play(&mut self, now: Moment, mut at_leg: usize) -> usize {
        while let Some(frame) = self.speech.next(now, at_leg) {
            self.outputs.push_back(Output::Play(frame));
            at_leg += 1;
        }
        at_leg
    }

    fn tell_mark(&mut self, name: &str) {
        let text = self.writer.mark(name);
        self.send(text);
    }

    fn send(&mut self, text: String) {
        self.outputs.push_back(Output::Send(text));
    }

    /// Something that cannot be understood is passed over, until it is too much.
    fn fault(&mut self) {
        self.faults += 1;
        if self.faults > STREAM_FAULTS_MAX {
            self.broke("messages that are none");
        }
    }

    fn broke(&mut self, why: &'static str) {
        self.stage = Stage::LastWords((StreamResult::Broken, StreamEnd::Failed(why.to_owned())));
        self.end();
    }

    /// We end it.
    fn stop(&mut self, result: StreamResult) {
        let text = self.writer.stop();
        self.send(text);
        self.stage = Stage::LastWords((result, StreamEnd::Closed(None)));
        self.end();
    }

    fn end(&mut self) {
        if let Stage::LastWords(end) = std::mem::replace(&mut self.stage, Stage::Over) {
            self.outputs.push_back(Output::End(end));
        }
    }
}

fn end_of(wish: Wish, words: crate::flow::run::StreamWords) -> End {
    match wish {
        Wish::Next => (StreamResult::Closed, StreamEnd::Closed(words)),
        Wish::Done => (StreamResult::Done, StreamEnd::Done(words)),
        Wish::Agent => (StreamResult::Agent, StreamEnd::Agent(words)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn at(turn: u64) -> Moment {
        Moment::from_micros(turn * 20_000)
    }

    fn talk() -> Talk {
        let name = Name { stream: "call-1".to_owned(), call: "call".to_owned() };
        let mut talk = Talk::new(name, &[("who".into(), "me".to_owned())]);
        assert_eq!(told(&mut talk), ["connected", "start"]);
        talk
    }

    /// What was asked for, in short: events by name, `play`, `forget`, ends by their result.
    fn told(talk: &mut Talk) -> Vec<String> {
        let short = |output| match output {
            Output::Send(text) => {
                let message: Value = serde_json::from_str(&text).expect("JSON");
                let event = message["event"].as_str().expect("an event");
                match message["mark"]["name"].as_str() {
                    Some(name) => format!("mark {name}"),
                    None => event.to_owned(),
                }
            }
            Output::Play(frame) => format!("play {}", frame[0]),
            Output::Forget => "forget".to_owned(),
            Output::End((result, end)) => format!("{} {end:?}", result.label()),
        };
        std::iter::from_fn(|| talk.poll_output()).map(short).collect()
    }

    fn check(talk: &mut Talk, turn: u64, input: Input<'_>, wanted: &[&str]) {
        talk.handle(at(turn), input);
        assert_eq!(told(talk), wanted);
    }

    /// 60 ms of one byte, 1.
    const MEDIA: &str = r#"{"event":"media","media":{"payload":"AQEB"}}"#;

    fn media() -> String {
        MEDIA.replace("AQEB", &"AQEB".repeat(160))
    }

    #[test]
    fn each_side_is_heard_and_a_mark_comes_back_when_it_is_passed() {
        let mut talk = talk();
        check(&mut talk, 0, Input::Heard(&[0; FRAME_SAMPLES]), &["media"]);
        check(&mut talk, 0, Input::Key(Key::try_from('5').expect("a key")), &["dtmf"]);
        check(&mut talk, 0, Input::Said(&media()), &[]);
        check(&mut talk, 0, Input::Said(r#"{"event":"mark","mark":{"name":"m"}}"#), &[]);
        check(&mut talk, 1, Input::Turn { at_leg: 0 }, &["play 1", "play 1", "play 1"]);
        check(&mut talk, 2, Input::Turn { at_leg: 2 }, &[]);
        check(&mut talk, 4, Input::Turn { at_leg: 0 }, &["mark m"]);
    }

    #[test]
    fn clear_empties_the_leg_at_once_and_gives_the_marks_back() {
        let mut talk = talk();
        talk.handle(at(0), Input::Said(&media()));
        talk.handle(at(0), Input::Said(r#"{"event":"mark","mark":{"name":"m"}}"#));
        check(&mut talk, 0, Input::Said(r#"{"event":"clear"}"#), &["forget", "mark m"]);
        check(&mut talk, 1, Input::Turn { at_leg: 0 }, &[]);
    }

    #[test]
    fn a_program_that_stops_is_heard_to_its_last_word() {
        let mut talk = talk();
        talk.handle(at(0), Input::Said(&media()));
        let stop = r#"{"event":"stop","stop":{"wants":"agent","body":{"a":1}}}"#;
        check(&mut talk, 0, Input::Said(stop), &["stop"]);
        check(&mut talk, 1, Input::Heard(&[0; FRAME_SAMPLES]), &[]);
        check(&mut talk, 1, Input::Broke("it is gone"), &[]);
        check(&mut talk, 1, Input::Turn { at_leg: 0 }, &["play 1", "play 1", "play 1"]);
        check(&mut talk, 3, Input::Turn { at_leg: 1 }, &[]);
        talk.handle(at(4), Input::Turn { at_leg: 0 });
        let words = Some(Arc::from(&br#"{"a":1}"#[..]));
        let end = Output::End((StreamResult::Agent, StreamEnd::Agent(words)));
        assert_eq!(talk.poll_output(), Some(end));
        check(&mut talk, 5, Input::Turn { at_leg: 0 }, &[]);
    }

    #[test]
    fn a_connection_that_is_closed_says_how_it_ends() {
        for (reason, wanted) in [
            ("", "closed Closed(None)"),
            ("done", "done Done(None)"),
            ("agent", "agent Agent(None)"),
        ] {
            let mut talk = talk();
            check(&mut talk, 0, Input::Closed(reason), &[]);
            check(&mut talk, 1, Input::Turn { at_leg: 0 }, &[wanted]);
        }
        let mut broken = talk();
        check(&mut broken, 0, Input::Broke("gone"), &["broken Failed(\"gone\")"]);
    }

    #[test]
    fn a_caller_who_leaves_and_a_time_that_is_over_stop_the_program() {
        let mut left = talk();
        check(&mut left, 0, Input::Left, &["stop", "left Closed(None)"]);
        let mut over = talk();
        check(&mut over, 0, Input::TimeOver, &["stop", "time_over Closed(None)"]);
        let mut last = talk();
        last.handle(at(0), Input::Said(&media()));
        last.handle(at(0), Input::Closed("done"));
        check(&mut last, 1, Input::TimeOver, &["done Done(None)"]);
    }

    #[test]
    fn nonsense_is_passed_over_and_too_much_of_it_is_not() {
        let mut talk = talk();
        for _ in 0..STREAM_FAULTS_MAX {
            check(&mut talk, 0, Input::Said("{}"), &[]);
        }
        let wanted = "broken Failed(\"messages that are none\")";
        check(&mut talk, 0, Input::Noise, &[wanted]);
    }
}
