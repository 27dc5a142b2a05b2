//! Sends a request other than INVITE and waits for its answer (RFC 3261 §17.1.2).

use std::collections::VecDeque;
use std::time::Duration;

use crate::base::time::Moment;
use crate::base::timer::Timers;
use crate::sip::route::Transport;
use crate::sip::transaction::span::{PATIENCE, T1, T2, T4, next_pause, stray_wait};

/// What can happen to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// An answer below 200.
    Progressed,
    /// A final answer.
    Answered,
    /// The line broke.
    Unreachable,
}

/// What it asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Send the request.
    Send(Vec<u8>),
    /// Send the request once more.
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
    /// Timer E: the request is due once more.
    Repeat,
    /// Timer F: nobody answers.
    Unanswered,
    /// Timer K: the last copy of the answer.
    Stray,
}

#[derive(Debug)]
enum State {
    Trying { request: Vec<u8>, pause: Duration },
    Proceeding { request: Vec<u8> },
    Completed,
    Over,
}

/// One request that waits for its answer.
#[derive(Debug)]
pub(crate) struct Client {
    transport: Transport,
    state: State,
    timers: Timers<Timer>,
    outbox: VecDeque<Output>,
}

impl Client {
    pub(crate) fn new(now: Moment, transport: Transport, request: Vec<u8>) -> Self {
        let mut timers = Timers::default();
        match transport {
            Transport::Udp => timers.set(Timer::Repeat, now + T1),
            Transport::Tcp => {}
        }
        timers.set(Timer::Unanswered, now + PATIENCE);
        let outbox = VecDeque::from([Output::Send(request.clone())]);
        Self { transport, state: State::Trying { request, pause: T1 }, timers, outbox }
    }

    pub(crate) fn handle(&mut self, now: Moment, input: Input) {
        let state = std::mem::replace(&mut self.state, State::Over);
        self.state = match state {
            State::Trying { request, .. } | State::Proceeding { request } => match input {
                Input::Progressed => {
                    self.outbox.push_back(Output::Deliver);
                    State::Proceeding { request }
                }
                Input::Answered => {
                    self.outbox.push_back(Output::Deliver);
                    self.timers = Timers::default();
                    self.timers.set(Timer::Stray, now + stray_wait(self.transport, T4));
                    State::Completed
                }
                Input::Unreachable => self.give_up(),
            },
            // A copy of the answer, or a line that breaks too late to matter.
            State::Completed => match input {
                Input::Progressed | Input::Answered | Input::Unreachable => State::Completed,
            },
            State::Over => match input {
                Input::Progressed | Input::Answered | Input::Unreachable => State::Over,
            },
        };
    }

    pub(crate) fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                Timer::Repeat => self.repeat(now),
                Timer::Unanswered => self.state = self.give_up(),
                Timer::Stray => {
                    self.state = State::Over;
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

    /// Whether its final answer is there. What may still come are copies of it.
    pub(crate) const fn is_answered(&self) -> bool {
        match self.state {
            State::Trying { .. } | State::Proceeding { .. } => false,
            State::Completed | State::Over => true,
        }
    }

    fn repeat(&mut self, now: Moment) {
        let again = match &mut self.state {
            State::Trying { request, pause } => {
                *pause = next_pause(*pause);
                Some((request, *pause))
            }
            State::Proceeding { request } => Some((request, T2)),
            State::Completed | State::Over => None,
        };
        if let Some((request, pause)) = again {
            self.outbox.push_back(Output::SendAgain(request.clone()));
            self.timers.set(Timer::Repeat, now + pause);
        }
    }

    fn give_up(&mut self) -> State {
        self.timers = Timers::default();
        self.outbox.push_back(Output::GiveUp);
        self.outbox.push_back(Output::End);
        State::Over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs(client: &mut Client) -> Vec<Output> {
        std::iter::from_fn(|| client.poll_output()).collect()
    }

    #[test]
    fn an_unanswered_request_is_sent_eleven_times_in_32_seconds() {
        let mut client = Client::new(Moment::START, Transport::Udp, b"BYE".to_vec());
        let mut last = Moment::START;
        while let Some((when, _)) = client.poll_timeout() {
            client.handle_timeout(when);
            last = when;
        }
        let sent = outputs(&mut client);
        assert_eq!(last, Moment::START + PATIENCE);
        assert_eq!(sent.len(), 13);
        assert_eq!(sent.last(), Some(&Output::End));
    }

    #[test]
    fn one_answer_is_delivered_once() {
        let mut client = Client::new(Moment::START, Transport::Udp, b"BYE".to_vec());
        client.handle(Moment::START, Input::Answered);
        client.handle(Moment::START, Input::Answered);
        assert_eq!(outputs(&mut client), [Output::Send(b"BYE".to_vec()), Output::Deliver]);
        client.handle_timeout(Moment::START + T4);
        assert_eq!(outputs(&mut client), [Output::End]);
    }
}
