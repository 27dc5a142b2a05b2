//! Caller and agent in talk: hold, mute, the agent's line lost and found, the end.

use std::time::Duration;

use crate::base::id::{AgentId, OfferId};
use crate::base::time::Moment;
use crate::call::ending::{Cause, Ending, Side};
use crate::call::event::{Fact, Line};
use crate::call::exchange::{AgentOrder, DeskNews, Mute, Output, Phone, PhoneNews, Playout};
use crate::call::machine::{Call, State};
use crate::call::queueing::millis;
use crate::flow;
use crate::routing;

/// One talk.
#[derive(Debug)]
pub(super) struct Talk {
    entry: routing::Entry,
    offer: OfferId,
    agent: AgentId,
    phone: Phone,
    since: Moment,
    audio: Audio,
    hold: Hold,
    held: Duration,
    mute: Mute,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audio {
    Up,
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    Off,
    On { since: Moment },
}

impl Talk {
    pub(super) const fn new(
        now: Moment,
        entry: routing::Entry,
        offer: OfferId,
        agent: AgentId,
        phone: Phone,
    ) -> Self {
        let (audio, hold, held, mute) = (Audio::Up, Hold::Off, Duration::ZERO, Mute::Off);
        Self { entry, offer, agent, phone, since: now, audio, hold, held, mute }
    }

    fn held_until(&self, now: Moment) -> Duration {
        match self.hold {
            Hold::Off => self.held,
            Hold::On { since } => self.held + now.since(since),
        }
    }

    pub(super) const fn entry(&self) -> &routing::Entry {
        &self.entry
    }

    pub(super) const fn offer(&self) -> OfferId {
        self.offer
    }

    pub(super) const fn agent(&self) -> &AgentId {
        &self.agent
    }

    pub(super) const fn phone(&self) -> &Phone {
        &self.phone
    }

    /// The kind of the agent's line.
    pub(super) const fn line(&self) -> Line {
        match self.phone {
            Phone::Desk => Line::Webrtc,
            Phone::Sip(_) => Line::Sip,
        }
    }

    /// The same talk, begun at `now`.
    pub(super) fn since(self, now: Moment) -> Self {
        Self { since: now, ..self }
    }

    pub(super) const fn note_audio(&mut self, order: AgentOrder) {
        match order {
            AgentOrder::AudioLost => self.audio = Audio::Lost,
            AgentOrder::AudioBack => self.audio = Audio::Up,
            AgentOrder::Hold
            | AgentOrder::Unhold
            | AgentOrder::Mute
            | AgentOrder::Unmute
            | AgentOrder::HangUp
            | AgentOrder::Gone => {}
        }
    }

    pub(super) fn is_heard(&self) -> bool {
        self.audio == Audio::Up && self.hold == Hold::Off
    }

    pub(super) fn bridge(&self) -> Output {
        let (offer, agent, phone) = (self.offer, self.agent.clone(), self.phone.clone());
        Output::Bridge { offer, agent, phone }
    }
}

impl Call {
    /// Hears the agent's SIP phone, ringing or in talk, or the line to somebody outside.
    pub(super) fn phone(&mut self, now: Moment, offer: OfferId, news: PhoneNews) {
        match &self.state {
            State::Waiting(_) => self.ring_news(offer, news),
            State::Talking(talk) if talk.offer == offer => match news {
                PhoneNews::Ended | PhoneNews::Refused(_) | PhoneNews::Denied(_) => self.part(now),
                // A retransmitted answer.
                PhoneNews::Answered => {}
            },
            State::Calling(talk) if talk.offer == offer => match news {
                PhoneNews::Ended | PhoneNews::Refused(_) | PhoneNews::Denied(_) => {
                    self.agent_while_calling(now, AgentOrder::HangUp);
                }
                PhoneNews::Answered => {}
            },
            State::Away(_) => self.outside_news(now, offer, news),
            // A phone that was dropped already tells of its end.
            State::Ringing
            | State::Answered
            | State::Walking
            | State::Talking(_)
            | State::Calling(_)
            | State::Closing(_)
            | State::Over => {}
        }
    }

    /// Does what the agent asks for. Outside a talk it means nothing: the talk has just ended.
    pub(super) fn agent(&mut self, now: Moment, order: AgentOrder) {
        if let State::Calling(_) = self.state {
            return self.agent_while_calling(now, order);
        }
        let State::Talking(_) = self.state else { return };
        match order {
            AgentOrder::Hold => self.hold(now),
            AgentOrder::Unhold => self.unhold(now),
            AgentOrder::Mute => self.mute(Mute::On),
            AgentOrder::Unmute => self.mute(Mute::Off),
            AgentOrder::HangUp => self.part(now),
            AgentOrder::AudioLost => self.audio(Audio::Lost),
            AgentOrder::AudioBack => self.audio(Audio::Up),
            AgentOrder::Gone => self.agent_gone(now),
        }
    }

    fn hold(&mut self, now: Moment) {
        let State::Talking(talk) = &mut self.state else { return };
        if talk.hold != Hold::Off {
            return;
        }
        let was_heard = talk.is_heard();
        talk.hold = Hold::On { since: now };
        let agent = talk.agent.clone();
        if was_heard {
            self.part_to_music();
        }
        self.tell(Fact::Held);
        self.ask(Output::Route(routing::Input::Hold { agent: agent.clone() }));
        self.ask(Output::Desk(agent, DeskNews::Held));
    }

    fn unhold(&mut self, now: Moment) {
        let State::Talking(talk) = &mut self.state else { return };
        if talk.hold == Hold::Off {
            return;
        }
        talk.held = talk.held_until(now);
        talk.hold = Hold::Off;
        let agent = talk.agent.clone();
        self.rejoin();
        self.tell(Fact::Unheld);
        self.ask(Output::Route(routing::Input::Unhold { agent: agent.clone() }));
        self.ask(Output::Desk(agent, DeskNews::Unheld));
    }

    fn mute(&mut self, mute: Mute) {
        let State::Talking(talk) = &mut self.state else { return };
        talk.mute = mute;
        let agent = talk.agent.clone();
        self.ask(Output::MuteAgent(mute));
        self.ask(Output::Desk(agent, DeskNews::Muted(mute)));
    }

    fn audio(&mut self, audio: Audio) {
        let State::Talking(talk) = &mut self.state else { return };
        let was_heard = talk.is_heard();
        talk.audio = audio;
        if was_heard && audio == Audio::Lost {
            self.part_to_music();
        } else if !was_heard {
            self.rejoin();
        }
    }

    fn part_to_music(&mut self) {
        self.ask(Output::Unbridge);
        self.play_music();
    }

    /// Plays the queue's music to a caller who cannot hear the agent.
    fn play_music(&mut self) {
        let State::Talking(talk) = &self.state else { return };
        let music = self.bundle.queues.get(&talk.entry.queue).and_then(|of| of.music.clone());
        if let Some(music) = music {
            self.play(Playout::Music(music.to_string()));
        }
    }

    /// The talk of a call-back begins: with the agent, or with music until her audio is back.
    pub(super) fn begin_call_back(&mut self, talk: Talk) {
        let bridge = talk.is_heard().then(|| talk.bridge());
        self.state = State::Talking(talk);
        match bridge {
            Some(bridge) => self.ask(bridge),
            None => self.play_music(),
        }
    }

    fn rejoin(&mut self) {
        let State::Talking(talk) = &self.state else { return };
        if talk.is_heard() {
            let bridge = talk.bridge();
            self.stop();
            self.ask(bridge);
        }
    }

    /// The agent ends the talk; the caller goes on in the flow.
    fn part(&mut self, now: Moment) {
        if self.is_call_back() {
            return self.close(now, Ending { by: Side::Agent, cause: Cause::HungUp });
        }
        if let State::Talking(talk) = std::mem::replace(&mut self.state, State::Walking) {
            let talked = now.since(talk.since);
            let waited = Duration::from_millis(self.card.waited_ms);
            self.release(now, talk, Ending { by: Side::Agent, cause: Cause::HungUp });
            self.stop();
            let released = flow::QueueNews::Released { talk: talked, waited };
            self.run.handle(now, flow::Input::Queue(released));
        }
    }

    /// The agent's line is lost for good: the caller goes back to the head of the pool.
    pub(super) fn agent_gone(&mut self, now: Moment) {
        if self.is_call_back() {
            return self.close(now, Ending { by: Side::System, cause: Cause::Unreachable });
        }
        if let State::Talking(talk) = std::mem::replace(&mut self.state, State::Walking) {
            self.tell(Fact::AgentLost { agent: talk.agent.clone() });
            let entry = talk.entry.clone();
            self.release(now, talk, Ending { by: Side::System, cause: Cause::Unreachable });
            self.wait_again(now, entry);
            self.run.handle(now, flow::Input::Queue(flow::QueueNews::WaitAgain));
        }
    }

    /// Frees the agent.
    pub(super) fn release(&mut self, now: Moment, talk: Talk, ending: Ending) {
        let Ending { by, cause } = ending;
        let (span, held) = (now.since(talk.since), talk.held_until(now));
        let agent = talk.agent;
        self.ask(Output::Unbridge);
        self.end_talk_tape();
        // A desk's leg outlives the talk: the next caller is to hear her.
        if talk.mute == Mute::On {
            self.ask(Output::MuteAgent(Mute::Off));
        }
        self.tell(Fact::Released {
            agent: agent.clone(),
            by,
            talk_ms: millis(span),
            held_ms: millis(held),
        });
        if let Phone::Sip(_) = talk.phone {
            self.ask(Output::DropPhone(talk.offer));
        }
        self.free(agent, DeskNews::Ended { by, cause, talk: span });
    }

    /// Tells the desk first: once routing knows that she is free, the next call rings there.
    pub(super) fn free(&mut self, agent: AgentId, news: DeskNews) {
        self.ask(Output::Desk(agent.clone(), news));
        self.ask(Output::Route(routing::Input::Release { agent }));
    }
}

impl DeskNews {
    /// The agent answered a caller who was gone by then.
    #[must_use]
    pub const fn missed_the_caller() -> Self {
        Self::Ended { by: Side::Caller, cause: Cause::HungUp, talk: Duration::ZERO }
    }
}
