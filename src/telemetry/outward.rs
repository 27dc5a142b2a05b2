//! What is told of questions and messages to other systems.

use std::time::Duration;

use crate::telemetry::catalogue::Metric;
use crate::telemetry::meter::Meter;

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

impl Meter {
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
