//! A worker's side of the media workers' rings.

use std::net::SocketAddr;

use crate::base::id::{CallId, LegId};
use crate::base::time::Moment;
use crate::call::event::AudioFigures;
use crate::call::exchange::Input;
use crate::media::{self, Audience, Command, Event, Figures, Opening};
use crate::shell::media::{MediaHandle, PortPair};
use crate::shell::post::Seat;
use crate::shell::worker::Worker;
use crate::shell::worker::visit::Visit;
use crate::sip::sdp;

impl Visit {
    /// The media worker where the caller's leg is, or will be in a moment.
    pub(super) fn media(&self) -> usize {
        self.moving.as_ref().map_or(self.seat.media, |moving| moving.to)
    }
}

impl Worker {
    pub(super) fn media_of(&self, seat: Seat) -> &MediaHandle {
        self.parts.media.get(seat.media).expect("a seat is at a media worker that runs")
    }

    pub(super) fn next_media(&mut self) -> usize {
        self.next_media = (self.next_media + 1) % self.parts.media.len();
        self.next_media
    }

    /// Orders something of a leg. A full ring is the worker's own fault and is said aloud.
    pub(super) fn order_leg(&self, seat: Seat, command: Command) {
        if self.media_of(seat).send(command).is_err() {
            tracing::error!(leg = %seat.leg, "a media worker's ring is full");
        }
    }

    /// Orders something of the caller's leg, or keeps the order until the leg has arrived.
    pub(super) fn order_caller_leg(&mut self, id: CallId, order: impl FnOnce(LegId) -> Command) {
        let Some(visit) = self.visits.get_mut(&id) else { return };
        let seat = visit.seat;
        let command = order(seat.leg);
        match &mut visit.moving {
            Some(moving) => moving.then.push(command),
            None => self.order_leg(seat, command),
        }
    }

    /// Hears a media worker.
    pub(super) fn media(&mut self, now: Moment, event: Event) {
        let Some(&id) = self.by_leg.get(&event.leg()) else { return };
        let is_caller = self.visits.get(&id).is_some_and(|visit| visit.seat.leg == event.leg());
        if !is_caller {
            return self.agent_leg(now, id, &event);
        }
        match event {
            Event::Key { key, .. } => self.pressed(now, id, key),
            Event::Played { play, .. } => self.call(now, id, Input::Played(play.0)),
            Event::Closed { figures, .. } => {
                self.call(now, id, Input::Closed(audio_figures(&figures)));
            }
            Event::Moved { .. } => self.moved(id),
            Event::Answer { sdp, .. } => self.browser_answer(id, &sdp),
            Event::Connected { .. } => self.call(now, id, Input::Confirmed),
            Event::Failed { .. } => {
                self.call(now, id, Input::CallerLeft(crate::call::ending::Cause::Unreachable));
            }
            Event::Silent { .. } => self.parts.meter.no_audio("caller"),
            Event::Heard { .. } | Event::HeardAgain { .. } => {}
        }
    }

    /// The audio of an agent's SIP phone.
    fn agent_leg(&self, _now: Moment, _call: CallId, event: &Event) {
        if let Event::Silent { .. } = event {
            self.parts.meter.no_audio("agent");
        }
    }

    fn moved(&mut self, id: CallId) {
        let Some(visit) = self.visits.get_mut(&id) else { return };
        let Some(moving) = visit.moving.take() else { return };
        visit.seat.media = moving.to;
        let seat = visit.seat;
        for command in moving.then {
            self.order_leg(seat, command);
        }
    }

    /// What a media worker needs to open a leg.
    pub(super) fn opening(
        &mut self,
        leg: LegId,
        pair: PortPair,
        remote: Option<media::Remote>,
        audience: Audience,
    ) -> Opening {
        Opening::new(leg, pair.rtp, pair.rtcp, remote, audience, self.rng.bits())
    }

    /// The peer's side of the audio, as media wants it.
    pub(super) fn remote(of: &sdp::Remote, source: Option<SocketAddr>) -> media::Remote {
        media::Remote {
            address: of.address,
            codec: of.codec,
            payload_type: of.payload_type,
            telephone_event: of.telephone_event,
            direction: of.direction,
            also_from: source.map(|source| source.ip()),
        }
    }
}

const fn audio_figures(of: &Figures) -> AudioFigures {
    AudioFigures {
        received: of.received,
        sent: of.sent,
        lost: of.lost,
        foreign: of.foreign,
        jitter_us: of.jitter_us,
    }
}
