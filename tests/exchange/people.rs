//! Callers, agents at their desks, and agents' phones: what they do is left to chance.

use std::collections::BTreeMap;
use std::time::Duration;

use hatif::base::id::{AgentId, CallId, OfferId};
use hatif::base::key::Key;
use hatif::base::time::Moment;
use hatif::call::ending::Cause;
use hatif::call::exchange::{Input, Phone, PhoneNews};
use hatif::desk::protocol::{Order, WantedDuty};
use hatif::desk::{AudioNews, Farewell, SocketId};
use hatif::routing::{self, Duty, DutyOrder};

use crate::simulator::mail::{Deed, Happening, Seat, ToPool, ToWorker, Wire};
use crate::simulator::shift::Shift;

/// An agent's browser.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) socket: Option<SocketId>,
    /// It is there, and does nothing.
    is_frozen: bool,
    /// When its agent opens it again, and whether she opens its audio anew.
    back: Option<(Moment, Audio)>,
    /// Since when no socket of it is known to the engine.
    pub(crate) gone_since: Option<Moment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audio {
    Anew,
    Still,
}

/// One browser's connection at the hub.
#[derive(Debug)]
pub(crate) struct Connection {
    generation: u64,
    pub(crate) is_up: bool,
}

/// Who calls, and where.
pub(crate) type Callers = BTreeMap<CallId, usize>;

impl Shift {
    /// A caller has dialled: what is to come of it.
    pub(crate) fn comes(&mut self, worker: usize, call: CallId) {
        self.callers.insert(call, worker);
        let stays = Duration::from_millis(match self.chance.below(4) {
            0 => self.chance.below(15_000),
            _ => 5_000 + self.chance.below(190_000),
        });
        self.mail.at(self.now + stays, Happening::Caller(call, Deed::HangsUp));
        let first = self.soon(9_000);
        self.mail.at(first, Happening::Caller(call, Deed::Presses));
    }

    pub(crate) fn goes(&mut self, call: CallId) {
        self.callers.remove(&call);
    }

    /// A caller does something; who is gone does nothing.
    pub(crate) fn caller(&mut self, call: CallId, deed: Deed) {
        let Some(worker) = self.callers.get(&call).copied() else { return };
        let (wire, input, again) = match deed {
            Deed::Acknowledges => (Wire::Caller(call), Input::Confirmed, 6),
            Deed::HangsUp => (Wire::Caller(call), Input::CallerLeft(Cause::HungUp), 5),
            Deed::GivesUpOnAck => (Wire::Caller(call), Input::CallerLeft(Cause::NoAck), 0),
            Deed::Presses => {
                let next = self.soon(7_000);
                self.mail.at(next, Happening::Caller(call, Deed::Presses));
                (Wire::Media(worker), Input::Key(self.key()), 0)
            }
        };
        if 0 < again && self.chance.below(again) == 0 {
            let later = self.soon(3_000);
            let twice = match deed {
                Deed::Acknowledges => Input::Confirmed,
                Deed::HangsUp | Deed::GivesUpOnAck | Deed::Presses => {
                    Input::CallerLeft(Cause::HungUp)
                }
            };
            let arrives = Happening::ArrivesAtWorker(worker, ToWorker::Caller(call, twice));
            self.mail.at(later, arrives);
        }
        let at = self.soon(200);
        let arrives = Happening::ArrivesAtWorker(worker, ToWorker::Caller(call, input));
        self.mail.send(wire, at, arrives);
    }

    fn key(&mut self) -> Key {
        let key = match self.chance.below(24) {
            0..=7 => '1',
            8..=10 => '2',
            11 => '3',
            12 | 13 => '4',
            14 | 15 => '5',
            16 => '6',
            17 | 18 => '7',
            19..=21 => '8',
            22 => '9',
            _ => '#',
        };
        Key::try_from(key).expect("a key of the telephone")
    }

    /// A playout ends; now and then one is heard of that was replaced.
    pub(crate) fn plays_out(&mut self, call: CallId, play: u64) {
        let Some(worker) = self.callers.get(&call).copied() else { return };
        let plays = self.floor.leg(call).is_some_and(|leg| leg.playing == Some(play));
        if plays || self.chance.below(8) == 0 {
            if plays {
                self.floor.stop(call);
            }
            let at = self.soon(30);
            let played = ToWorker::Caller(call, Input::Played(play));
            let arrives = Happening::ArrivesAtWorker(worker, played);
            self.mail.send(Wire::Media(worker), at, arrives);
        }
    }

    /// An agent's phone rings.
    pub(crate) fn rings(&mut self, worker: usize, call: CallId, offer: OfferId, session: u64) {
        let first = self.soon(6_000);
        let mut news = Vec::new();
        match self.chance.below(20) {
            0..=11 => {
                news.push((first, PhoneNews::Answered));
                let ends = first + Duration::from_millis(2_000 + self.chance.below(60_000));
                news.push((ends, PhoneNews::Ended));
            }
            12 | 13 => {
                let ends = first + Duration::from_millis(self.chance.below(60));
                news.extend([(first, PhoneNews::Answered), (ends, PhoneNews::Ended)]);
            }
            14 | 15 => news.push((first, PhoneNews::Refused(486))),
            16 => news.push((first, PhoneNews::Refused(404))),
            17 => news.push((self.now + Duration::from_secs(20), PhoneNews::Refused(408))),
            _ => {}
        }
        for (at, news) in news {
            let message = ToWorker::Phone { call, offer, session, news };
            self.mail.send(Wire::Phone(session), at, Happening::ArrivesAtWorker(worker, message));
        }
    }

    /// An agent looks at her desk, and does what she feels like.
    pub(crate) fn looks(&mut self, agent: &AgentId) {
        if self.is_closed {
            return;
        }
        let next = self.soon(4_000);
        self.mail.at(next, Happening::Looks(agent.clone()));
        let member = &self.pool.members[agent];
        if let Phone::Sip(_) = member.phone {
            return self.supervises(agent);
        }
        let page = &self.pages[agent];
        match (page.socket, page.back) {
            (_, Some((at, audio))) if at <= self.now => self.opens_page(agent, audio),
            (_, Some(_)) => {}
            (None, None) => self.opens_page(agent, Audio::Anew),
            (Some(socket), None) => self.works(agent, socket),
        }
    }

    /// Somebody sees to it that agents at phones are on duty.
    fn supervises(&mut self, agent: &AgentId) {
        let duty = self.pool.group.standing(agent).expect("she is employed").duty;
        let orders = match (duty, self.chance.below(12)) {
            (Duty::Missed | Duty::Away | Duty::Offline, 0..=4) => {
                vec![DutyOrder::SignIn, DutyOrder::GoAvailable]
            }
            (_, 5) if self.chance.below(6) == 0 => vec![DutyOrder::GoAway { reason: None }],
            (_, 6) if self.chance.below(10) == 0 => vec![DutyOrder::SignOut],
            _ => Vec::new(),
        };
        for order in orders {
            let at = self.soon(100);
            let input = routing::Input::Order { agent: agent.clone(), order };
            let arrives = Happening::ArrivesAtPool(ToPool::Route(input));
            self.mail.send(Wire::Office, at, arrives);
        }
    }

    fn opens_page(&mut self, agent: &AgentId, audio: Audio) {
        self.sockets += 1;
        let socket = SocketId(self.sockets);
        let page = self.pages.get_mut(agent).expect("every agent has a page");
        page.socket = Some(socket);
        page.back = None;
        page.is_frozen = false;
        page.gone_since = None;
        self.by_page(socket, ToPool::Hello(socket, agent.clone()));
        if audio == Audio::Anew {
            self.says(socket, Order::AudioOffer { id: self.sockets, sdp: String::new() });
        }
    }

    fn works(&mut self, agent: &AgentId, socket: SocketId) {
        if self.chance.below(14) == 0 {
            return self.breaks(agent, socket);
        }
        let Some(shown) = self.pool.members[agent].shown.clone() else { return };
        let dice = self.chance.below(20);
        if let Some(offer) = shown.offer {
            match dice {
                0..=12 => self.says(socket, Order::Accept { offer: offer.offer.clone() }),
                13 | 14 => self.says(socket, Order::Decline { offer: offer.offer.clone() }),
                _ => {}
            }
            if dice < 2 {
                self.says(socket, Order::Accept { offer: offer.offer });
            }
        } else if let Some(call) = shown.call {
            match dice {
                0 | 1 => self.says(socket, Order::Hangup),
                2 | 3 => self.says(socket, Order::Hold { on: call.stage != "held" }),
                4 | 5 => self.says(socket, Order::Mute { on: !call.muted }),
                6 => self.wants(socket, WantedDuty::Away),
                7 => self.wants(socket, WantedDuty::Available),
                _ => {}
            }
        } else {
            match (shown.duty, dice) {
                (Duty::WrapUp, 0..=5) => self.says(socket, Order::WrapUpEnd),
                (Duty::Available, 0) => self.wants(socket, WantedDuty::Away),
                (Duty::Available, 1) => self.wants(socket, WantedDuty::Offline),
                (Duty::Away | Duty::Missed | Duty::Offline, 0..=11) => {
                    self.wants(socket, WantedDuty::Available);
                }
                _ => {}
            }
        }
    }

    /// Something happens to the browser, its network or its agent.
    fn breaks(&mut self, agent: &AgentId, socket: SocketId) {
        let millis = Duration::from_millis;
        let (farewell, away, audio) = match self.chance.below(7) {
            // A reload.
            0 => (Some(Farewell::Said), 300 + self.chance.below(3_000), Audio::Anew),
            // A closed tab.
            1 => (Some(Farewell::Said), 3_000 + self.chance.below(80_000), Audio::Anew),
            // A killed browser.
            2 => (Some(Farewell::Unsaid), 1_000 + self.chance.below(60_000), Audio::Anew),
            // The socket alone.
            3 => (Some(Farewell::Unsaid), 300 + self.chance.below(12_000), Audio::Still),
            // A machine that sleeps: its socket says nothing any more.
            4 => (None, 8_000 + self.chance.below(60_000), Audio::Anew),
            // A second tab.
            5 => return self.opens_page(agent, Audio::Anew),
            // The audio alone.
            _ => {
                let span = millis(500 + self.chance.below(9_000));
                self.audio_later(agent, Duration::ZERO, AudioNews::Lost);
                return self.audio_later(agent, span, AudioNews::Up);
            }
        };
        let page = self.pages.get_mut(agent).expect("every agent has a page");
        page.back = Some((self.now + millis(away), audio));
        page.is_frozen = true;
        if let Some(farewell) = farewell {
            page.socket = None;
            page.gone_since = Some(self.now);
            self.by_page(socket, ToPool::Lost(socket, farewell));
        }
        if audio == Audio::Anew {
            self.audio_later(agent, millis(2_500), AudioNews::Lost);
            self.audio_later(agent, millis(20_000), AudioNews::Failed(String::new()));
        }
    }

    /// Everybody goes home: the pages are closed.
    pub(crate) fn goes_home(&mut self) {
        self.is_closed = true;
        self.post_pool(ToPool::NoCallBacks);
        let pages: Vec<_> =
            self.pages.iter().map(|(agent, page)| (agent.clone(), page.socket)).collect();
        for (agent, socket) in pages {
            let page = self.pages.get_mut(&agent).expect("every agent has a page");
            page.socket = None;
            page.gone_since = Some(self.now);
            if let Some(socket) = socket {
                self.by_page(socket, ToPool::Lost(socket, Farewell::Said));
            }
            self.audio_later(&agent, Duration::from_millis(2_500), AudioNews::Lost);
        }
    }

    pub(crate) fn is_pinged(&mut self, agent: &AgentId, socket: SocketId, t: u64) {
        let page = &self.pages[agent];
        if page.socket == Some(socket) && !page.is_frozen {
            self.says(socket, Order::Pong { t });
        }
    }

    /// The engine closes a socket; the page hears of it and the socket is gone.
    pub(crate) fn closes_socket(&mut self, agent: &AgentId, socket: SocketId) {
        let page = self.pages.get_mut(agent).expect("every agent has a page");
        if page.socket == Some(socket) {
            page.socket = None;
            page.gone_since = Some(self.now);
        }
        self.by_page(socket, ToPool::Lost(socket, Farewell::Said));
    }

    /// The hub answers a browser's offer, and connects if the browser is there.
    pub(crate) fn opens_audio(&mut self, agent: &AgentId, leg: u64) {
        self.floor.open_agent(Seat::Desk(leg));
        self.generations += 1;
        let generation = self.generations;
        self.hub.insert(leg, Connection { generation, is_up: false });
        let answer = AudioNews::Answer(String::new());
        self.mail.at(self.now, Happening::Hub { leg, generation, news: answer });
        let is_there = !self.pages[agent].is_frozen && self.chance.below(20) != 0;
        let (at, news) = match is_there {
            true => (self.soon(1_500), AudioNews::Up),
            false => (self.now + Duration::from_secs(15), AudioNews::Failed(String::new())),
        };
        self.mail.at(at, Happening::Hub { leg, generation, news });
    }

    /// What a connection does by itself, if it is still that connection.
    pub(crate) fn hub(&mut self, leg: u64, generation: u64, news: AudioNews) {
        let connection = self.hub.get_mut(&leg).filter(|of| of.generation == generation);
        let Some(connection) = connection else { return };
        match news {
            AudioNews::Up => connection.is_up = true,
            AudioNews::Lost | AudioNews::Failed(_) => connection.is_up = false,
            AudioNews::Answer(_) => {}
        }
        let at = self.soon(20);
        let arrives = Happening::ArrivesAtPool(ToPool::Media(leg, news));
        self.mail.send(Wire::HubMedia, at, arrives);
    }

    fn audio_later(&mut self, agent: &AgentId, span: Duration, news: AudioNews) {
        let leg = self.pool.members[agent].seat;
        if let Some((leg, connection)) = leg.and_then(|leg| Some((leg, self.hub.get(&leg)?))) {
            let generation = connection.generation;
            self.mail.at(self.now + span, Happening::Hub { leg, generation, news });
        }
    }

    fn wants(&mut self, socket: SocketId, to: WantedDuty) {
        self.says(socket, Order::Duty { to, reason: None });
    }

    fn says(&mut self, socket: SocketId, order: Order) {
        self.by_page(socket, ToPool::Said(socket, order));
    }

    fn by_page(&mut self, socket: SocketId, message: ToPool) {
        let span = if self.chance.below(10) == 0 { 2_000 } else { 100 };
        let at = self.soon(span);
        self.mail.send(Wire::Page(socket), at, Happening::ArrivesAtPool(message));
    }
}
