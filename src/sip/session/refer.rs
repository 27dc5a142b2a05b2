//! The other side is asked to call somebody else, and tells what became of it (RFC 3515, RFC 7647).

use crate::sip::message::{Message, Method, Name};
use crate::sip::session::connect::branch;
use crate::sip::session::event::Event;
use crate::sip::session::machine::{Ask, Output, Pending, Session};
use crate::sip::uri::Uri;

/// Whether the other side has a REFER of ours to tell about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Referring {
    No,
    /// It is asked, or at work.
    Under,
}

/// What a NOTIFY says of the other side's call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// It rings.
    Progress,
    Final(u16),
}

impl Session {
    pub(super) fn refer(&mut self, to: &Uri, by: &Uri) {
        if !self.is_established() || self.referring == Referring::Under {
            return self.tell(Event::ReferRefused { code: 491 });
        }
        let branch = branch(&mut self.rng);
        let draft = self
            .dialog
            .request(Method::Refer, &branch, &self.settings)
            .with(Name::ReferTo, format!("<{}>", to.as_str()))
            .with(Name::ReferredBy, format!("<{}>", by.as_str()));
        let (ask, method, route) = (Ask::Refer, Method::Refer, self.dialog.hop());
        self.referring = Referring::Under;
        self.outbox.push_back(Output::Ask { ask, method, branch, route, draft });
    }

    pub(super) fn refer_answered(&mut self, response: &Message) {
        match response.code() {
            // 202 says no more than 200 does (RFC 7647 §4): the NOTIFY is to come.
            Some(100..300) | None => {}
            Some(code) => self.refer_refused(code),
        }
    }

    pub(super) fn refer_refused(&mut self, code: u16) {
        if self.referring == Referring::Under {
            self.referring = Referring::No;
            self.tell(Event::ReferRefused { code });
        }
    }

    pub(super) fn notified(&mut self, notify: &Pending) {
        let headers = &notify.request.headers;
        let package = headers.first(&Name::Event).unwrap_or_default();
        if !head(package).eq_ignore_ascii_case("refer") {
            return self.refuse(notify, 489);
        }
        match self.referring {
            Referring::No => self.refuse(notify, 481),
            Referring::Under => {
                let state = headers.first(&Name::SubscriptionState).unwrap_or_default();
                let is_last = head(state).eq_ignore_ascii_case("terminated");
                let told = fragment(&notify.request.body);
                self.grant(notify);
                match (told, is_last) {
                    (Some(Told::Final(code)), _) => self.referred(code),
                    // Whoever stops telling before the end has not done it.
                    (Some(Told::Progress) | None, true) => self.referred(408),
                    (Some(Told::Progress) | None, false) => {}
                }
            }
        }
    }

    fn referred(&mut self, code: u16) {
        if self.referring == Referring::Under {
            self.referring = Referring::No;
            self.tell(Event::Referred { code });
        }
    }
}

/// What stands before a header's parameters.
fn head(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim()
}

/// Reads the status line of a `message/sipfrag` (RFC 3420).
fn fragment(body: &[u8]) -> Option<Told> {
    let text = String::from_utf8_lossy(body);
    let mut words = text.lines().next()?.split_ascii_whitespace();
    words.next().filter(|version| version.eq_ignore_ascii_case("SIP/2.0"))?;
    match words.next()?.parse().ok()? {
        100..200 => Some(Told::Progress),
        code @ 200..700 => Some(Told::Final(code)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_progress_or_an_end() {
        let check = |body: &str, wanted| assert_eq!(fragment(body.as_bytes()), wanted, "{body:?}");
        check("SIP/2.0 100 Trying\r\n", Some(Told::Progress));
        check("SIP/2.0 200 OK", Some(Told::Final(200)));
        check("sip/2.0 486\r\nX: 1\r\n", Some(Told::Final(486)));
        check("SIP/2.0 4860 No", None);
        check("INVITE sip:a@b SIP/2.0", None);
        check("", None);
        check("\u{fffd}", None);
    }
}
