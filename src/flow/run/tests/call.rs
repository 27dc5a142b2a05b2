//! A call to the small bundle, and what it has said so far.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::Timestamp;

use crate::base::chance::Rng;
use crate::base::id::{AgentId, CallId};
use crate::base::key::Key;
use crate::base::time::{Epoch, Moment, Wall};
use crate::flow::expression::World;
use crate::flow::load;
use crate::flow::model::Language;
use crate::flow::run::tests::errands::FLOWS;
use crate::flow::run::tests::small::{FILES, MORE, OFFICE};
use crate::flow::run::{
    Caller, Enqueue, Input, News, Output, Overflow, Play, PlayId, QueueNews, Run,
};

/// The small bundle, read once.
static WORLD: LazyLock<Arc<World>> = LazyLock::new(|| {
    let office = ("queues/office.queue.yaml", OFFICE);
    let files: BTreeMap<String, String> = FILES
        .into_iter()
        .chain(MORE)
        .chain([office])
        .chain(FLOWS)
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    let bundle = load(&files, None).unwrap_or_else(|faults| panic!("{}", faults.to_text()));
    let settings = BTreeMap::from([("token".to_owned(), "secret".to_owned())]);
    Arc::new(World::new(bundle, &settings))
});

/// A call to the small bundle.
pub(super) struct Call {
    pub(super) run: Run,
    pub(super) seen: Vec<Output>,
    pub(super) last_play: PlayId,
    now: Moment,
}

impl Call {
    pub(super) fn before(number: &str, at: &str) -> Self {
        let world = Arc::clone(&WORLD);
        let flow = world.bundle().answers(number).expect("a known number");
        let wall = Wall(at.parse::<Timestamp>().expect("a time").as_millisecond());
        let id = CallId::new(wall, &mut Rng::seeded(1));
        let caller = Caller { id, from: "+1".into(), to: number.into(), trunk: "test".into() };
        let run = Run::new(Epoch(wall), world, flow, &caller);
        Self { run, now: Moment::START, seen: Vec::new(), last_play: PlayId(0) }
    }

    pub(super) fn at(number: &str, at: &str) -> Self {
        let mut call = Self::before(number, at);
        call.tell(Input::Start);
        call
    }

    pub(super) fn to(number: &str) -> Self {
        Self::at(number, "2026-09-21T10:00:00+04:00")
    }

    pub(super) fn at_pick() -> Self {
        let mut call = Self::to("1");
        let hello = call.play();
        call.played(hello.id);
        call.play();
        call
    }

    pub(super) fn waiting() -> Self {
        let mut call = Self::at_pick();
        for typed in ['1', '1', '2', '#'] {
            call.key(typed);
        }
        assert_eq!(call.wish().queue.as_str(), "care");
        call
    }

    pub(super) fn tell(&mut self, input: Input) {
        self.run.handle(self.now, input);
    }

    pub(super) fn key(&mut self, typed: char) {
        self.tell(Input::Key(key(typed)));
    }

    pub(super) fn played(&mut self, id: PlayId) {
        self.tell(Input::Played(id));
    }

    pub(super) fn queue(&mut self, news: QueueNews) {
        self.tell(Input::Queue(news));
    }

    pub(super) fn answered(&mut self) {
        self.queue(QueueNews::Answered { agent: AgentId::from("maryam") });
    }

    pub(super) fn released(&mut self, talk: u64) {
        let talk = Duration::from_secs(talk);
        self.queue(QueueNews::Released { talk, waited: Duration::from_secs(4) });
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
        self.run.handle_timeout(self.now);
    }

    pub(super) fn outputs(&mut self) -> Vec<Output> {
        let new: Vec<Output> = std::iter::from_fn(|| self.run.poll_output()).collect();
        self.seen.extend(new.iter().cloned());
        new
    }

    /// The last thing that is played.
    pub(super) fn play(&mut self) -> Play {
        self.outputs();
        let plays = self.seen.iter().rev();
        let play = plays
            .filter_map(|output| if let Output::Play(play) = output { Some(play) } else { None });
        let play = play.clone().next().expect("something plays").clone();
        self.last_play = play.id;
        play
    }

    pub(super) fn plays_of_prompts(&mut self) -> Vec<String> {
        self.outputs();
        let since = self.seen.iter().skip_while(
            |output| !matches!(output, Output::Play(play) if play.prompt.as_deref() == Some("hello")),
        );
        since
            .skip(1)
            .filter_map(
                |output| {
                    if let Output::Play(play) = output { play.prompt.as_deref() } else { None }
                },
            )
            .map(str::to_owned)
            .collect()
    }

    pub(super) fn news(&mut self) -> Vec<News> {
        self.outputs();
        let news = self.seen.iter();
        news.filter_map(
            |output| if let Output::News(news) = output { Some(news.clone()) } else { None },
        )
        .collect()
    }

    pub(super) fn outcomes(&mut self) -> Vec<String> {
        let outcome = |news| {
            if let News::Outcome { outcome, .. } = news { Some(outcome.to_string()) } else { None }
        };
        self.news().into_iter().filter_map(outcome).collect()
    }

    pub(super) fn wish(&mut self) -> Enqueue {
        self.outputs();
        let wish =
            self.seen.iter().rev().find_map(|output| {
                if let Output::Enqueue(wish) = output { Some(wish) } else { None }
            });
        (**wish.expect("the caller waits")).clone()
    }

    pub(super) fn last_two(&mut self) -> [Output; 2] {
        self.outputs();
        let from = self.seen.len() - 2;
        [self.seen[from].clone(), self.seen[from + 1].clone()]
    }

    /// Something that may happen in any order.
    pub(super) fn at_random(&mut self, rng: &mut Rng) {
        let queue = |news| Input::Queue(news);
        let input = match rng.below(13) {
            0..=3 => Input::Key(key(
                ['0', '1', '2', '9', '#', '*'][usize::try_from(rng.below(6)).expect("small")]
            )),
            4 | 5 => Input::Played(self.play_or_none()),
            6 => queue(QueueNews::Answered { agent: AgentId::from("maryam") }),
            7 => queue(QueueNews::Released {
                talk: Duration::from_secs(rng.below(60)),
                waited: Duration::from_secs(3),
            }),
            8 => queue(QueueNews::WaitAgain),
            9 => queue(QueueNews::Ended(
                [Overflow::Full, Overflow::Timeout, Overflow::Exit]
                    [usize::try_from(rng.below(3)).expect("small")],
            )),
            10 => queue(QueueNews::Place { position: 2, expected: None }),
            _ => {
                self.wait(rng.below(40));
                return;
            }
        };
        self.tell(input);
    }

    /// The play that sounds at last, by what has been seen.
    pub(super) fn last_play(&self) -> PlayId {
        let mut plays = self.seen.iter().rev().filter_map(|output| {
            if let Output::Play(play) = output { Some(play.id) } else { None }
        });
        plays.next().unwrap_or_default()
    }

    fn play_or_none(&mut self) -> PlayId {
        self.outputs();
        self.last_play()
    }
}

pub(super) fn key(character: char) -> Key {
    Key::try_from(character).expect("a key")
}

pub(super) fn pressed(flow: &str, node: &str, keys: &str, english: Option<&str>) -> News {
    let label = english.map(|english| {
        [(Language::Arabic, "الكهرباء".into()), (Language::English, english.into())].into()
    });
    News::Pressed { flow: flow.into(), node: node.into(), keys: keys.into(), label }
}
