//! Answers a request other than INVITE (RFC 3261 §17.2.2).

use std::collections::VecDeque;

use crate::base::time::Moment;
use crate::base::timer::Timers;
use crate::sip::route::Transport;
use crate::sip::transaction::span::{PATIENCE, stray_wait};

/// What can happen to it.
#[derive(Debug)]
pub(crate) enum Input {
    /// The request came again.
    Repeated,
    /// The final answer.
    Answer(Vec<u8>),
}

/// What it asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Send the answer.
    Send(Vec<u8>),
    /// Send the answer once more.
    SendAgain(Vec<u8>),
    /// Forget the transaction.
    End,
}

/// What it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// Timer J: the last copy of the request.
    Stray,
}

#[derive(Debug)]
enum State {
    Trying,
    Completed { answer: Vec<u8> },
    Over,
}

/// One request that is being answered.
#[derive(Debug)]
pub(crate) struct Server {
    transport: Transport,
    state: State,
    timers: Timers<Timer>,
    outbox: VecDeque<Output>,
}

impl Server {
    pub(crate) fn new(transport: Transport) -> Self {
        Self { transport, state: State::Trying, timers: Timers::default(), outbox: VecDeque::new() }
    }

    pub(crate) fn handle(&mut self, now: Moment, input: Input) {
        match &self.state {
            State::Trying => match input {
                // There is no answer yet to repeat.
                Input::Repeated => {}
                Input::Answer(answer) => {
                    self.outbox.push_back(Output::Send(answer.clone()));
                    self.state = State::Completed { answer };
                    self.timers.set(Timer::Stray, now + stray_wait(self.transport, PATIENCE));
                }
            },
            State::Completed { answer } => match input {
                Input::Repeated => self.outbox.push_back(Output::SendAgain(answer.clone())),
                // The first final answer stands.
                Input::Answer(_) => {}
            },
            State::Over => match input {
                Input::Repeated | Input::Answer(_) => {}
            },
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_request_gets_the_same_answer_until_32_seconds_have_passed() {
        let start = Moment::START;
        let mut server = Server::new(Transport::Udp);
        server.handle(start, Input::Repeated);
        assert_eq!(server.poll_output(), None);
        server.handle(start, Input::Answer(b"200".to_vec()));
        server.handle(start, Input::Answer(b"500".to_vec()));
        server.handle(start, Input::Repeated);
        assert_eq!(server.poll_output(), Some(Output::Send(b"200".to_vec())));
        assert_eq!(server.poll_output(), Some(Output::SendAgain(b"200".to_vec())));
        server.handle_timeout(start + PATIENCE);
        assert_eq!(server.poll_output(), Some(Output::End));
        assert_eq!(server.poll_timeout(), None);
    }

    #[test]
    fn a_stream_repeats_nothing_so_the_transaction_ends_at_once() {
        let mut server = Server::new(Transport::Tcp);
        server.handle(Moment::START, Input::Answer(b"200".to_vec()));
        server.handle_timeout(Moment::START);
        assert_eq!(server.poll_output(), Some(Output::Send(b"200".to_vec())));
        assert_eq!(server.poll_output(), Some(Output::End));
    }
}
