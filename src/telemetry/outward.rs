//! What is told of questions and messages to other systems.

use std::time::Duration;

use crate::telemetry::catalogue::Metric;
use crate::telemetry::meter::{Meter, number};

/// How a question to another system ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// An answer with this status.
    Status(u16),
    /// Nothing in time.
    Timeout,
    /// No connection.
    Connect,
    /// Nobody was asked: the target is not allowed.
    Refused,
    /// A body that was too long, or broke off.
    Body,
}

impl Outcome {
    const fn label(self) -> &'static str {
        match self {
            Self::Status(..200) => "1xx",
            Self::Status(200..300) => "2xx",
            Self::Status(300..400) => "3xx",
            Self::Status(400..500) => "4xx",
            Self::Status(500..) => "5xx",
            Self::Timeout => "timeout",
            Self::Connect => "connect",
            Self::Refused => "refused",
            Self::Body => "body",
        }
    }
}

/// How a talk with a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamResult {
    /// The program closed it.
    Closed,
    /// The program said that the caller is served.
    Done,
    /// The program wants a human being for the caller.
    Agent,
    /// The caller left.
    Left,
    /// It was as long as it may be.
    TimeOver,
    /// Nobody was asked: the target is not allowed, or there are too many streams.
    Refused,
    /// No connection.
    Connect,
    /// It broke.
    Broken,
}

impl StreamResult {
    /// The word of metrics and logs.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Done => "done",
            Self::Agent => "agent",
            Self::Left => "left",
            Self::TimeOver => "time_over",
            Self::Refused => "refused",
            Self::Connect => "connect",
            Self::Broken => "broken",
        }
    }
}

impl Meter {
    /// A talk with a program ended. The target is one that the configuration names, or `other`.
    pub fn stream(&self, target: &str, result: StreamResult) {
        self.count(Metric::FlowStream, &[target, result.label()]);
    }

    /// How many callers talk with a program.
    pub fn streams(&self, open: usize) {
        self.set(Metric::FlowStreams, &[], number(open));
    }

    /// Frames that a stream had no room for, from the `caller` or the `program`.
    pub fn stream_lost(&self, from: &'static str, frames: u64) {
        self.count_by(Metric::FlowStreamLost, &[from], frames);
    }

    /// A question ended. The target is one that the configuration names, or `other`.
    pub fn http(&self, target: &str, outcome: Outcome, took: Duration) {
        self.count(Metric::FlowHttp, &[target, outcome.label()]);
        self.measure(Metric::FlowHttpSeconds, &[target], took);
    }

    /// A message ended as `sent` or `failed`.
    pub fn message(&self, channel: &str, result: &'static str) {
        self.count(Metric::MessageSent, &[channel, result]);
    }
}
