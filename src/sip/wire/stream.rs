//! A stream of messages, cut by `Content-Length` (RFC 3261 §18.3, RFC 5626 §3.5.1).

use crate::base::limit;
use crate::sip::message::Message;
use crate::sip::wire::check::{check, refuse};
use crate::sip::wire::fault::Fault;
use crate::sip::wire::section::{Length, Section, empty_line};

/// Bytes of one connection that are becoming messages.
///
/// A bad message is skipped when its end is known; otherwise the stream must close.
#[derive(Debug, Default)]
pub struct Stream {
    buffer: Vec<u8>,
    state: State,
    pings: u32,
}

#[derive(Debug, Default)]
enum State {
    /// Looking for the empty line, from this byte on.
    #[default]
    Start,
    Head {
        searched: usize,
    },
    Body {
        section: Box<Section>,
        length: usize,
    },
    /// So many bytes of a body are beyond the limit and thrown away.
    Skip {
        bytes: usize,
    },
    Broken,
}

/// What one look at the buffer brought.
enum Step {
    On,
    Wait,
    Out(Box<Result<Message, Fault>>),
}

impl Step {
    fn out(message: Result<Message, Fault>) -> Self {
        Self::Out(Box::new(message))
    }
}

impl Stream {
    /// Takes bytes from the connection.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.must_close() {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The next message, or `None` until more bytes come.
    pub fn poll(&mut self) -> Option<Result<Message, Fault>> {
        loop {
            let step = match std::mem::take(&mut self.state) {
                State::Start => self.start(),
                State::Head { searched } => self.head(searched),
                State::Body { section, length } => self.body(section, length),
                State::Skip { bytes } => self.skip(bytes),
                State::Broken => {
                    self.state = State::Broken;
                    Step::Wait
                }
            };
            match step {
                Step::On => {}
                Step::Wait => return None,
                Step::Out(message) => return Some(*message),
            }
        }
    }

    /// Takes the number of keep-alives since the last call; each wants a CRLF back.
    pub fn take_pings(&mut self) -> u32 {
        std::mem::take(&mut self.pings)
    }

    /// Whether a message has begun and not ended.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        match self.state {
            State::Start | State::Head { .. } => !self.buffer.is_empty(),
            State::Body { .. } | State::Skip { .. } => true,
            State::Broken => false,
        }
    }

    /// Whether the next message's beginning can no longer be found.
    #[must_use]
    pub fn must_close(&self) -> bool {
        matches!(self.state, State::Broken)
    }

    fn strip_blank(&mut self) {
        loop {
            let blank = match self.buffer.as_slice() {
                [b'\r', b'\n', b'\r', b'\n', ..] => {
                    self.pings = self.pings.saturating_add(1);
                    4
                }
                [b'\r', b'\n'] | [b'\r', b'\n', b'\r'] => 0,
                [b'\r', b'\n', ..] => 2,
                [b'\n', ..] => 1,
                _ => 0,
            };
            if blank == 0 {
                return;
            }
            self.buffer.drain(..blank);
        }
    }

    fn start(&mut self) -> Step {
        self.strip_blank();
        // An empty buffer, or one that may become a keep-alive.
        if b"\r\n\r".starts_with(&self.buffer) {
            return Step::Wait;
        }
        self.state = State::Head { searched: 0 };
        Step::On
    }

    fn head(&mut self, searched: usize) -> Step {
        match empty_line(&self.buffer, searched) {
            Ok((head, body)) => self.section(head, body),
            Err(searched) if self.buffer.len() <= limit::SIP_STREAM_HEAD_BYTES_MAX => {
                self.state = State::Head { searched };
                Step::Wait
            }
            Err(_) => self.give_up(Fault::Drop("endless header section")),
        }
    }

    fn section(&mut self, head: usize, body: usize) -> Step {
        let section = Section::read(self.buffer.get(..head).unwrap_or_default());
        self.buffer.drain(..body);
        match section.content_length() {
            Length::Known(length) if length <= limit::SIP_STREAM_BODY_BYTES_MAX => {
                self.state = State::Body { section: Box::new(section), length };
                Step::On
            }
            Length::Known(length) if length <= limit::SIP_STREAM_SKIP_BYTES_MAX => {
                self.state = State::Skip { bytes: length };
                Step::out(Err(refuse(&section, 513, "Message Too Large")))
            }
            Length::Known(_) => self.give_up(refuse(&section, 513, "Message Too Large")),
            Length::Missing => {
                self.give_up(refuse(&section, 400, "Missing Content-Length On A Stream"))
            }
            Length::Broken => self.give_up(refuse(&section, 400, "Broken Content-Length")),
        }
    }

    fn body(&mut self, section: Box<Section>, length: usize) -> Step {
        if self.buffer.len() < length {
            self.state = State::Body { section, length };
            return Step::Wait;
        }
        Step::out(check(*section, self.buffer.drain(..length).collect()))
    }

    fn skip(&mut self, bytes: usize) -> Step {
        let here = bytes.min(self.buffer.len());
        self.buffer.drain(..here);
        if here < bytes {
            self.state = State::Skip { bytes: bytes - here };
            return Step::Wait;
        }
        Step::On
    }

    fn give_up(&mut self, fault: Fault) -> Step {
        self.buffer.clear();
        self.state = State::Broken;
        Step::out(Err(fault))
    }
}
