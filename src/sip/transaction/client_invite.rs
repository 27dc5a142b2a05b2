//! Sends an INVITE and waits for its answers (RFC 3261 §17.1.1 with RFC 6026 §7.2).

use std::collections::VecDeque;
use std::time::Duration;

use crate::base::time::Moment;
use crate::base::timer::Timers;
use crate::sip::route::Transport;
use crate::sip::transaction::span::{PATIENCE, T1, stray_wait};

/// What can happen to it.
#[derive(Debug)]
pub(crate) enum Input {
    /// An answer below 200.
    Progressed,
    /// A 2xx; a fork may send several.
    Accepted,
    /// A final answer of 300 or more, and the ACK for it.
    Refused {
        /// The ACK.
        ack: Vec<u8>,
    },
    /// The line broke.
    Unreachable,
    /// The session no longer waits: a CANCEL brought no final answer.
    Abandon,
}

/// What it asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Send these bytes once more.
    SendAgain(Vec<u8>),
    /// Tell the session of the answer that was just handed in.
    Deliver,
    /// Tell the session that nobody answered.
    GiveUp,
    /// Forget the transaction.
    End,
}

/// What it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// Timer A: the INVITE is due once more.
    Repeat,
    /// Timer B: nobody answers.
    Unanswered,
    /// Timer D: the last copy of the refusal. Timer M: the last 2xx of a fork.
    Stray,
}

#[derive(Debug)]
enum State {
    Calling { request: Vec<u8>, pause: Duration },
    Proceeding,
    Accepted,
    Refused { ack: Vec<u8> },
    Over,
}

/// One INVITE that waits for its answers.
#[derive(Debug)]
pub(crate) struct ClientInvite {
    transport: Transport,
    state: State,
    timers: Timers<Timer>,
    outbox: VecDeque<Output>,
}

impl ClientInvite {
    pub(crate) fn new(now: Moment, transport: Transport, request: Vec<u8>) -> Self {
        let mut timers = Timers::default();
        match transport {
            Transport::Udp => timers.set(Timer::Repeat, now + T1),
            Transport::Tcp => {}
        }
        timers.set(Timer::Unanswered, now + PATIENCE);
        let outbox = VecDeque::from([Output::Send(request.clone())]);
        Self { transport, state: State::Calling { request, pause: T1 }, timers, outbox }
    }

    pub(crate) fn handle(&mut self, now: Moment, input: Input) {
        let state = std::mem::replace(&mut self.state, State::Over);
        self.state = match state {
            State::Calling { .. } | State::Proceeding => match input {
                Input::Progressed => {
                    self.timers = Timers::default();
                    self.outbox.push_back(Output::Deliver);
                    State::Proceeding
                }
                Input::Accepted => {
                    self.timers = Timers::default();
                    self.timers.set(Timer::Stray, now + PATIENCE);
                    self.outbox.push_back(Output::Deliver);
                    State::Accepted
                }
                Input::Refused { ack } => {
                    self.timers = Timers::default();
                    self.timers.set(Timer::Stray, now + stray_wait(self.transport, PATIENCE));
                    self.outbox.push_back(Output::Send(ack.clone()));
                    self.outbox.push_back(Output::Deliver);
                    State::Refused { ack }
                }
                Input::Unreachable => self.give_up(),
                Input::Abandon => self.end(),
            },
            State::Accepted => match input {
                Input::Accepted => {
                    self.outbox.push_back(Output::Deliver);
                    State::Accepted
                }
                // Another branch of the fork lost; the call stands.
                Input::Progressed | Input::Refused { .. } | Input::Unreachable | Input::Abandon => {
                    State::Accepted
                }
            },
            State::Refused { ack } => match input {
                Input::Refused { .. } => {
                    self.outbox.push_back(Output::SendAgain(ack.clone()));
                    State::Refused { ack }
                }
                Input::Progressed | Input::Accepted | Input::Unreachable | Input::Abandon => {
                    State::Refused { ack }
                }
            },
            State::Over => match input {
                Input::Progressed
                | Input::Accepted
                | Input::Refused { .. }
                | Input::Unreachable
                | Input::Abandon => State::Over,
            },
        };
    }

    pub(crate) fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                Timer::Repeat => self.repeat(now),
                Timer::Unanswered => self.state = self.give_up(),
                Timer::Stray => self.state = self.end(),
            }
        }
    }

    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outbox.pop_front()
    }

    pub(crate) fn poll_timeout(&self) -> Option<(Moment, Timer)> {
        self.timers.next()
    }

    /// Whether its final answer is there. What may still come are copies of it.
    pub(crate) const fn is_answered(&self) -> bool {
        match self.state {
            State::Calling { .. } | State::Proceeding => false,
            State::Accepted | State::Refused { .. } | State::Over => true,
        }
    }

    fn repeat(&mut self, now: Moment) {
        match &mut self.state {
            State::Calling { request, pause } => {
                // Timer A doubles without a ceiling, unlike timer E.
                *pause *= 2;
                self.timers.set(Timer::Repeat, now + *pause);
                self.outbox.push_back(Output::SendAgain(request.clone()));
            }
            State::Proceeding | State::Accepted | State::Refused { .. } | State::Over => {}
        }
    }

    fn give_up(&mut self) -> State {
        self.outbox.push_back(Output::GiveUp);
        self.end()
    }

    fn end(&mut self) -> State {
        self.timers = Timers::default();
        self.outbox.push_back(Output::End);
        State::Over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs(client: &mut ClientInvite) -> Vec<Output> {
        std::iter::from_fn(|| client.poll_output()).collect()
    }

    #[test]
    fn an_unanswered_invite_is_sent_seven_times_in_32_seconds() {
        let mut client = ClientInvite::new(Moment::START, Transport::Udp, b"INVITE".to_vec());
        while let Some((when, _)) = client.poll_timeout() {
            client.handle_timeout(when);
        }
        let sent = outputs(&mut client);
        assert_eq!(sent.len(), 9);
        assert_eq!(sent.get(7..), Some([Output::GiveUp, Output::End].as_slice()));
    }

    #[test]
    fn a_repeated_refusal_is_acknowledged_again_and_told_once() {
        let ack = || Input::Refused { ack: b"ACK".to_vec() };
        let mut client = ClientInvite::new(Moment::START, Transport::Udp, b"INVITE".to_vec());
        client.handle(Moment::START, ack());
        client.handle(Moment::START, ack());
        let expected = [
            Output::Send(b"INVITE".to_vec()),
            Output::Send(b"ACK".to_vec()),
            Output::Deliver,
            Output::SendAgain(b"ACK".to_vec()),
        ];
        assert_eq!(outputs(&mut client), expected);
    }

    #[test]
    fn every_2xx_of_a_fork_is_delivered_for_32_seconds() {
        let mut client = ClientInvite::new(Moment::START, Transport::Tcp, b"INVITE".to_vec());
        client.handle(Moment::START, Input::Progressed);
        client.handle(Moment::START, Input::Accepted);
        client.handle(Moment::START, Input::Accepted);
        assert_eq!(outputs(&mut client).len(), 4);
        client.handle_timeout(Moment::START + PATIENCE);
        assert_eq!(outputs(&mut client), [Output::End]);
    }
}
