//! The endpoint's notes about the traffic, as telemetry counts them.

use crate::shell::worker::Worker;
use crate::sip::endpoint::{Note, Side};
use crate::telemetry::{Rejection, Rerun, SipFact, Way};

impl Worker {
    pub(super) fn note(&self, note: &Note) {
        let trunk = "";
        self.parts.meter.sip(match *note {
            Note::RequestReceived { method } => {
                SipFact::Request { method: method.name(), way: Way::In, trunk }
            }
            Note::RequestSent { method } => {
                SipFact::Request { method: method.name(), way: Way::Out, trunk }
            }
            Note::ResponseReceived { method, code } | Note::ResponseSent { method, code } => {
                SipFact::Response { method: method.name(), code, trunk }
            }
            Note::Retransmission { side: Side::Ours } => SipFact::Retransmission(Rerun::Ours),
            Note::Retransmission { side: Side::Theirs } => SipFact::Retransmission(Rerun::Theirs),
            Note::ParseError { .. } | Note::Stray { .. } => SipFact::ParseError,
            Note::Full => SipFact::Rejected(Rejection::Capacity),
        });
    }
}
