//! The spans of RFC 3261 §17, table 4.

use std::time::Duration;

use crate::sip::route::Transport;

/// An estimate of the way there and back.
pub(crate) const T1: Duration = Duration::from_millis(500);
/// The longest pause between two copies of a request, other than INVITE, or of an answer to INVITE.
pub(crate) const T2: Duration = Duration::from_secs(4);
/// How long a message may stay in the network.
pub(crate) const T4: Duration = Duration::from_secs(5);
/// 64 times T1: after this, nobody answers.
pub(crate) const PATIENCE: Duration = Duration::from_secs(32);

/// The pause after one of `pause`, by doubling up to T2.
pub(crate) fn next_pause(pause: Duration) -> Duration {
    (pause * 2).min(T2)
}

/// How long to wait for what UDP may still deliver: `span` there, nothing on a stream.
pub(crate) const fn stray_wait(transport: Transport, span: Duration) -> Duration {
    match transport {
        Transport::Udp => span,
        Transport::Tcp => Duration::ZERO,
    }
}
