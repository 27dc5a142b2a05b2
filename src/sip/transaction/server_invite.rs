//! Answers an INVITE (RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1).

use std::collections::VecDeque;
use std::time::Duration;

use crate::base::time::Moment;
use crate::base::timer::Timers;
use crate::sip::route::Transport;
use crate::sip::transaction::span::{PATIENCE, T1, T4, next_pause, stray_wait};

/// What can happen to it.
#[derive(Debug)]
pub(crate) enum Input {
    /// The INVITE came again.
    Repeated,
    /// An answer below 200.
    Progress(Vec<u8>),
    /// A 2xx. From here on the session repeats it, not the transaction.
    Accept(Vec<u8>),
    /// A final answer of 300 or more.
    Refuse(Vec<u8>),
    /// The ACK to a final answer of 300 or more.
    Acked,
}

/// What it asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Send this answer.
    Send(Vec<u8>),
    /// Send this answer once more.
    SendAgain(Vec<u8>),
    /// Forget the transaction.
    End,
}

/// What it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// Timer G: the refusal is due once more.
    Repeat,
    /// Timer H: nobody has acknowledged the refusal.
    Unacked,
    /// Timer I: the last copy of the ACK. Timer L: the last copy of the INVITE.
    Stray,
}

#[derive(Debug)]
enum State {
    Proceeding { latest: Option<Vec<u8>> },
    Accepted,
    Refused { answer: Vec<u8>, pause: Duration },
    Confirmed,
    Over,
}

/// One INVITE that is being answered.
#[derive(Debug)]
pub(crate) struct ServerInvite {
    transport: Transport,
    state: State,
    timers: Timers<Timer>,
    outbox: VecDeque<Output>,
}

impl ServerInvite {
    pub(crate) fn new(transport: Transport) -> Self {
        Self {
            transport,
            state: State::Proceeding { latest: None },
            timers: Timers::default(),
            outbox: VecDeque::new(),
        }
    }

    pub(crate) fn handle(&mut self, now: Moment, input: Input) {
        let state = std::mem::replace(&mut self.state, State::Over);
        self.state = match state {
            State::Proceeding { latest } => self.proceeding(now, latest, input),
            // The session repeats the 2xx by its own clock, and a second answer comes too late.
            State::Accepted => match input {
                Input::Repeated
                | Input::Progress(_)
                | Input::Accept(_)
                | Input::Refuse(_)
                | Input::Acked => State::Accepted,
            },
            State::Refused { answer, pause } => match input {
                Input::Repeated => {
                    self.outbox.push_back(Output::SendAgain(answer.clone()));
                    State::Refused { answer, pause }
                }
                Input::Acked => {
                    self.timers.clear(Timer::Repeat);
                    self.timers.clear(Timer::Unacked);
                    self.timers.set(Timer::Stray, now + stray_wait(self.transport, T4));
                    State::Confirmed
                }
                // The first final answer stands.
                Input::Progress(_) | Input::Accept(_) | Input::Refuse(_) => {
                    State::Refused { answer, pause }
                }
            },
            State::Confirmed => match input {
                Input::Repeated
                | Input::Progress(_)
                | Input::Accept(_)
                | Input::Refuse(_)
                | Input::Acked => State::Confirmed,
            },
            State::Over => match input {
                Input::Repeated
                | Input::Progress(_)
                | Input::Accept(_)
                | Input::Refuse(_)
                | Input::Acked => State::Over,
            },
        };
    }

    fn proceeding(&mut self, now: Moment, latest: Option<Vec<u8>>, input: Input) -> State {
        match input {
            Input::Repeated => {
                self.outbox.extend(latest.clone().map(Output::SendAgain));
                State::Proceeding { latest }
            }
            Input::Progress(answer) => {
                self.outbox.push_back(Output::Send(answer.clone()));
                State::Proceeding { latest: Some(answer) }
            }
            Input::Accept(answer) => {
                self.outbox.push_back(Output::Send(answer));
                self.timers.set(Timer::Stray, now + PATIENCE);
                State::Accepted
            }
            Input::Refuse(answer) => {
                self.outbox.push_back(Output::Send(answer.clone()));
                match self.transport {
                    Transport::Udp => self.timers.set(Timer::Repeat, now + T1),
                    Transport::Tcp => {}
                }
                self.timers.set(Timer::Unacked, now + PATIENCE);
                State::Refused { answer, pause: T1 }
            }
            // An ACK to a provisional answer means nothing.
            Input::Acked => State::Proceeding { latest },
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                Timer::Repeat => self.repeat(now),
                Timer::Unacked | Timer::Stray => {
                    self.state = State::Over;
                    self.timers = Timers::default();
                    self.outbox.push_back(Output::End);
                }
            }
        }
    }

    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outbox.pop_front()
    }

    pub(crate) fn poll_timeout(&self) -> Option<(Moment, Timer)> {
        self.timers.next()
    }

    fn repeat(&mut self, now: Moment) {
        match &mut self.state {
            State::Refused { answer, pause } => {
                *pause = next_pause(*pause);
                self.timers.set(Timer::Repeat, now + *pause);
                self.outbox.push_back(Output::SendAgain(answer.clone()));
            }
            State::Proceeding { .. } | State::Accepted | State::Confirmed | State::Over => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Moment {
        Moment::from_micros(millis * 1_000)
    }

    fn outputs(server: &mut ServerInvite) -> Vec<Output> {
        std::iter::from_fn(|| server.poll_output()).collect()
    }

    #[test]
    fn a_refusal_is_repeated_ever_more_slowly_until_it_is_acknowledged() {
        let mut server = ServerInvite::new(Transport::Udp);
        server.handle(at(0), Input::Refuse(b"486".to_vec()));
        let mut sent = Vec::new();
        while let Some((when, Timer::Repeat)) = server.poll_timeout() {
            server.handle_timeout(when);
            sent.push(when.as_micros() / 1_000);
            if sent.len() == 5 {
                break;
            }
        }
        assert_eq!(sent, [500, 1_500, 3_500, 7_500, 11_500]);
        server.handle(at(12_000), Input::Acked);
        server.handle(at(12_000), Input::Repeated);
        assert_eq!(outputs(&mut server).len(), 6);
        server.handle_timeout(at(17_000));
        assert_eq!(outputs(&mut server), [Output::End]);
    }

    #[test]
    fn a_refusal_nobody_acknowledges_ends_after_32_seconds() {
        let mut server = ServerInvite::new(Transport::Tcp);
        server.handle(at(0), Input::Refuse(b"486".to_vec()));
        server.handle_timeout(at(32_000));
        assert_eq!(outputs(&mut server), [Output::Send(b"486".to_vec()), Output::End]);
    }

    #[test]
    fn an_accepted_invite_absorbs_copies_and_later_refusals() {
        let mut server = ServerInvite::new(Transport::Udp);
        server.handle(at(0), Input::Progress(b"180".to_vec()));
        server.handle(at(0), Input::Repeated);
        server.handle(at(0), Input::Accept(b"200".to_vec()));
        server.handle(at(0), Input::Repeated);
        server.handle(at(0), Input::Refuse(b"487".to_vec()));
        let sent = [
            Output::Send(b"180".to_vec()),
            Output::SendAgain(b"180".to_vec()),
            Output::Send(b"200".to_vec()),
        ];
        assert_eq!(outputs(&mut server), sent);
        server.handle_timeout(at(32_000));
        assert_eq!(outputs(&mut server), [Output::End]);
        assert_eq!(server.poll_timeout(), None);
    }
}
