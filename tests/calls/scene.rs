//! One call on told time, with everybody around it played by a script.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hatif::base::chance::Rng;
use hatif::base::id::{AgentId, CallId, OfferId, TicketId};
use hatif::base::key::Key;
use hatif::base::time::{Epoch, Moment, Wall};
use hatif::call::Call;
use hatif::call::card::Card;
use hatif::call::dial::Denial;
use hatif::call::ending::Cause;
use hatif::call::event::{AudioFigures, CallEvent, Fact, Line, OfferResult, VERSION};
use hatif::call::exchange::{AgentOrder, Input, Output, Phone, PhoneNews, Playout, Routed};
use hatif::call::machine::Arrival;
use hatif::flow::run::CallbackFault;
use hatif::flow::{ErrandId, Mode, Reply, World};
use hatif::record::Ledger;
use hatif::routing::{self, Overflow};

use crate::words::{self, Heard};

/// How long every prompt is.
const PROMPT: Duration = Duration::from_secs(3);

/// A call and what surrounds it.
pub(crate) struct Scene {
    world: Arc<World>,
    epoch: Epoch,
    now: Moment,
    rng: Rng,
    call: Option<Call>,
    /// The prompt that plays, and when it ends.
    playing: Option<(Moment, u64)>,
    last_play: u64,
    ticket: Option<TicketId>,
    entered: Moment,
    /// The last offer to each agent.
    offers: BTreeMap<String, OfferId>,
    rung: Option<OfferId>,
    errand: Option<ErrandId>,
    booked: Option<(routing::Entry, Card)>,
    ledger: Ledger,
    heard: Heard,
}

impl Scene {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self {
            world,
            epoch: Epoch(Wall(1_790_000_000_000)),
            now: Moment::START,
            rng: Rng::seeded(1),
            call: None,
            playing: None,
            last_play: 0,
            ticket: None,
            entered: Moment::START,
            offers: BTreeMap::new(),
            rung: None,
            errand: None,
            booked: None,
            ledger: Ledger::default(),
            heard: Heard::Ringing,
        }
    }

    /// Does what one line of the script orders; gives what we do about it, a list per moment.
    pub(crate) fn order(&mut self, page: &str, line: &str) -> Vec<Vec<String>> {
        let (who, what) = line.split_once(' ').unwrap_or((line, ""));
        let what = what.trim();
        let asked = || format!("{page}: `{who}` cannot `{what}`");
        match who {
            "caller" => {
                if let Some(span) = what.strip_prefix("waits ") {
                    return self.pass(seconds(span));
                }
                self.caller(what).unwrap_or_else(|| panic!("{}", asked()));
            }
            "routing" => {
                let news = self.routing(what).unwrap_or_else(|| panic!("{}", asked()));
                self.tell(Input::Routed(news));
            }
            "citizen" => {
                let news = phone(what).unwrap_or_else(|| panic!("{}", asked()));
                self.tell(Input::Citizen(news));
            }
            "pool" => {
                let reply = match what {
                    "keeps the call-back" => Ok(()),
                    "has no call-back" => Err(CallbackFault::Closed),
                    _ => panic!("{}", asked()),
                };
                let errand = self.errand.expect("a call-back that was asked for");
                self.tell(Input::Errand(errand, Reply::Callback(reply)));
            }
            "engine" if what == "calls back" => self.call_back(),
            "phone" => {
                let offer = self.rung.expect("a phone that was rung");
                let news = phone(what).unwrap_or_else(|| panic!("{}", asked()));
                self.tell(Input::Phone(offer, news));
            }
            "agent" => {
                let order = agent(what).unwrap_or_else(|| panic!("{}", asked()));
                self.tell(Input::Agent(order));
            }
            "leg" if what == "closes" => self.tell(Input::Closed(AudioFigures::default())),
            "engine" if what == "drains" => self.tell(Input::End(Cause::Draining)),
            _ => panic!("{}", asked()),
        }
        let said = self.said();
        if said.is_empty() { Vec::new() } else { vec![said] }
    }

    fn caller(&mut self, what: &str) -> Option<()> {
        if let Some(dialled) = what.strip_prefix("dials ") {
            return self.dial(dialled);
        }
        if let Some(keys) = what.strip_prefix("presses ") {
            for key in keys.chars() {
                self.tell(Input::Key(Key::try_from(key).ok()?));
            }
            return Some(());
        }
        let input = match what {
            "is connected" => Input::Confirmed,
            "hangs up" => Input::CallerLeft(Cause::HungUp),
            "cancels" => Input::CallerLeft(Cause::Cancelled),
            "never acknowledges" => Input::CallerLeft(Cause::NoAck),
            "is unreachable" => Input::CallerLeft(Cause::Unreachable),
            "heard the last prompt again" => Input::Played(self.last_play),
            _ => return None,
        };
        self.tell(input);
        Some(())
    }

    fn dial(&mut self, dialled: &str) -> Option<()> {
        let (number, ring) = dialled.split_once(" and hears ringing for ").unwrap_or((dialled, ""));
        let ring = if ring.is_empty() { Duration::ZERO } else { seconds(ring) };
        let flow = self.world.bundle().answers(number)?;
        let arrival = Arrival {
            id: CallId::new(self.epoch.wall(self.now), &mut self.rng),
            from: "+971501234567".to_owned(),
            to: number.to_owned(),
            trunk: "carrier".to_owned(),
            line: Line::Sip,
            ring,
        };
        let (world, rng) = (Arc::clone(&self.world), Rng::seeded(2));
        self.call = Some(Call::new(self.now, self.epoch, world, flow, arrival, rng));
        Some(())
    }

    /// The call-back that was booked is about to be offered.
    fn call_back(&mut self) {
        let (entry, card) = self.booked.clone().expect("a call-back that was asked for");
        let id = CallId::new(self.epoch.wall(self.now), &mut self.rng);
        let (entry, card) = (routing::Entry { call: id, ..entry }, Card { call: id, ..card });
        (self.ticket, self.entered, self.heard) = (Some(entry.ticket), self.now, Heard::Answered);
        let flow = self.world.bundle().answers("900").expect("a number of the bundle");
        let (world, rng) = (Arc::clone(&self.world), Rng::seeded(3));
        let call = Call::calling_back(self.now, self.epoch, world, flow, (entry, card), rng);
        self.call = Some(call);
    }

    fn routing(&mut self, what: &str) -> Option<Routed> {
        let (verb, rest) = what.split_once(' ')?;
        let ticket = self.ticket?;
        match verb {
            "offers" => {
                let (name, phone) = match rest.strip_suffix(" by phone") {
                    Some(name) => (name, Phone::Sip(format!("sip:{name}@10.0.0.5"))),
                    None => (rest, Phone::Desk),
                };
                let offer = OfferId::new(self.epoch.wall(self.now), &mut self.rng);
                self.offers.insert(name.to_owned(), offer);
                Some(Routed::Offered { ticket, offer, agent: name.into(), phone })
            }
            "withdraws" => {
                let (name, why) = rest.split_once(": ")?;
                let result = match why {
                    "missed" => OfferResult::Missed,
                    "declined" => OfferResult::Declined,
                    "unreachable" => OfferResult::Unreachable,
                    _ => return None,
                };
                Some(Routed::Withdrawn { offer: *self.offers.get(name)?, result })
            }
            "connects" => {
                let (offer, agent) = (*self.offers.get(rest)?, AgentId::from(rest));
                Some(Routed::Connect { offer, agent, waited: self.now.since(self.entered) })
            }
            "overflows:" => {
                let outcome = match rest {
                    "full" => Overflow::Full,
                    "nobody on duty" => Overflow::NoAgents,
                    "timeout" => Overflow::Timeout,
                    _ => return None,
                };
                Some(Routed::Overflow { ticket, outcome })
            }
            "tells" => {
                let place = rest.strip_prefix("place ")?;
                let (place, wait) = place.split_once(", wait ").unwrap_or((place, ""));
                let expected = (!wait.is_empty()).then(|| (seconds(wait), seconds(wait)));
                Some(Routed::Place { ticket, position: place.parse().ok()?, expected })
            }
            _ => None,
        }
    }

    fn tell(&mut self, input: Input) {
        let call = self.call.as_mut().expect("a call that was dialled");
        call.handle(self.now, input);
    }

    /// Lets time pass, stopping wherever something is due.
    fn pass(&mut self, span: Duration) -> Vec<Vec<String>> {
        let (start, end) = (self.now, self.now + span);
        let mut said = Vec::new();
        while let Some(at) = self.due().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            let played = self.playing.take_if(|(ends, _)| *ends <= self.now);
            let call = self.call.as_mut().expect("a call that was dialled");
            match played {
                Some((_, play)) => call.handle(self.now, Input::Played(play)),
                None => call.handle_timeout(self.now),
            }
            let mut line = self.said();
            let after = self.now.since(start).as_millis();
            if !line.is_empty() && self.now < end {
                line.insert(0, format!("after {}.{}s", after / 1_000, after / 100 % 10));
            }
            // What is due and says nothing must at least be over.
            said.extend((!line.is_empty()).then_some(line));
        }
        self.now = end;
        said
    }

    fn due(&self) -> Option<Moment> {
        let call = self.call.as_ref().and_then(|call| call.poll_timeout());
        let ends = self.playing.map(|(ends, _)| ends);
        call.map(|(at, _)| at).into_iter().chain(ends).min()
    }

    /// What the call asks for, in the words of the lexicon.
    fn said(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        while let Some(output) = self.call.as_mut().and_then(Call::poll_output) {
            self.follow(&output);
            if let Output::Event(fact) = &output
                && let Some(record) = self.record(fact)
            {
                said.push(record);
            }
            said.extend(words::of(&output, self.heard));
        }
        said
    }

    /// Keeps what the rest of the script refers to.
    fn follow(&mut self, output: &Output) {
        match output {
            Output::Answer => self.heard = Heard::Answered,
            Output::Play { play, what } => {
                let once = matches!(what, Playout::Flow(wish) if wish.mode == Mode::Once);
                self.playing = once.then_some((self.now + PROMPT, *play));
                self.last_play = *play;
            }
            Output::Stop | Output::HangUp(_) => self.playing = None,
            Output::Enter { entry, .. } => {
                self.ticket = Some(entry.ticket);
                self.entered = self.now;
            }
            Output::Dial { offer, .. }
            | Output::DialOut { line: offer, .. }
            | Output::Refer { line: offer, .. } => {
                self.rung = Some(*offer);
            }
            Output::CallBack(errand, booking) => {
                self.errand = Some(*errand);
                self.booked = Some((booking.entry.clone(), booking.card.clone()));
            }
            Output::Ring
            | Output::Route(_)
            | Output::Call { .. }
            | Output::CalledBack(_)
            | Output::JoinOutside(_)
            | Output::DropPhone(_)
            | Output::Bridge { .. }
            | Output::Unbridge
            | Output::MuteAgent(_)
            | Output::Desk(..)
            | Output::Event(_)
            | Output::Complain(_)
            | Output::Errand(..)
            | Output::Recall(_)
            | Output::Record(_)
            | Output::Lapsed
            | Output::Over => {}
        }
    }

    fn record(&mut self, fact: &Fact) -> Option<String> {
        let call = self.call.as_ref()?.id();
        let at = self.epoch.wall(self.now);
        let event = CallEvent { version: VERSION, call, at, fact: fact.clone() };
        self.ledger.handle(event).map(|record| words::of_record(&record))
    }
}

fn phone(what: &str) -> Option<PhoneNews> {
    match what {
        "answers" => Some(PhoneNews::Answered),
        "ends" => Some(PhoneNews::Ended),
        "is denied" => Some(PhoneNews::Denied(Denial::Prefix)),
        _ => what.strip_prefix("refuses ")?.parse().ok().map(PhoneNews::Refused),
    }
}

fn agent(what: &str) -> Option<AgentOrder> {
    Some(match what {
        "holds" => AgentOrder::Hold,
        "takes the caller back" => AgentOrder::Unhold,
        "mutes" => AgentOrder::Mute,
        "unmutes" => AgentOrder::Unmute,
        "hangs up" => AgentOrder::HangUp,
        "loses her audio" => AgentOrder::AudioLost,
        "has her audio back" => AgentOrder::AudioBack,
        "is gone" => AgentOrder::Gone,
        _ => return None,
    })
}

fn seconds(text: &str) -> Duration {
    let number = text.strip_suffix('s').and_then(|number| number.parse().ok());
    Duration::from_secs(number.unwrap_or_else(|| panic!("`{text}` is no span such as 5s")))
}
