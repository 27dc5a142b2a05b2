//! What becomes of an answer, and of a request of ours that gets none.

use std::net::SocketAddr;

use crate::base::time::Moment;
use crate::sip::endpoint::tables::Asking;
use crate::sip::endpoint::{Endpoint, Note, Side, Wake};
use crate::sip::message::{Message, Method, Name};
use crate::sip::route::{LineId, Transport};
use crate::sip::session::machine::{Input as SessionInput, Silence};
use crate::sip::transaction::client;
use crate::sip::transaction::client_invite::{Input, Output};

impl Endpoint {
    pub(super) fn response(&mut self, now: Moment, response: Message) {
        let (method, code) = (response.method, response.code().unwrap_or_default());
        let found = self.clients.find(&response);
        let Some((id, entry)) = found.and_then(|id| Some((id, self.clients.get_mut(id)?))) else {
            return self.note(Note::Stray { method });
        };
        match &mut entry.machine {
            Asking::Invite(machine) => {
                let input = match code {
                    0..200 => Input::Progressed,
                    200..300 => Input::Accepted,
                    _ => {
                        let to = response.headers.first(&Name::To).unwrap_or_default();
                        Input::Refused { ack: entry.draft.companion(Method::Ack, to).bytes() }
                    }
                };
                machine.handle(now, input);
            }
            Asking::Other(machine) => machine.handle(
                now,
                if code < 200 { client::Input::Progressed } else { client::Input::Answered },
            ),
        }
        self.note(Note::ResponseReceived { method, code });
        self.drain_client(now, id, Some(response));
    }

    pub(super) fn unreachable(
        &mut self,
        now: Moment,
        transport: Transport,
        line: LineId,
        remote: SocketAddr,
    ) {
        for id in self.clients.on_line(transport, line, remote) {
            if let Some(entry) = self.clients.get_mut(id) {
                entry.silence = Silence::Unreachable;
                match &mut entry.machine {
                    Asking::Invite(machine) => machine.handle(now, Input::Unreachable),
                    Asking::Other(machine) => machine.handle(now, client::Input::Unreachable),
                }
            }
            self.drain_client(now, id, None);
        }
    }

    /// Does what a request of ours asks for. `response` is the answer it has just been handed.
    pub(super) fn drain_client(&mut self, now: Moment, id: u64, mut response: Option<Message>) {
        let (mut news, mut ended) = (Vec::new(), None);
        while let Some(entry) = self.clients.get_mut(id) {
            let (route, session, ask) = (entry.route, entry.session, entry.ask);
            let Some(output) = entry.poll_output() else { break };
            match output {
                Output::Send(bytes) => self.send(route, bytes),
                Output::SendAgain(bytes) => self.send_again(Side::Ours, route, bytes),
                Output::Deliver => {
                    let answered = response.take();
                    let answered =
                        answered.map(|response| SessionInput::Answered { ask, response });
                    news.extend(answered.map(|input| (session, input)));
                }
                Output::GiveUp => {
                    let silence = entry.silence;
                    news.push((session, SessionInput::Unanswered { ask, silence }));
                }
                Output::End => {
                    self.clients.remove(id);
                    self.sessions.answered(session);
                    ended = Some(session);
                }
            }
        }
        let deadline = self.clients.get_mut(id).and_then(|entry| entry.poll_timeout());
        self.agenda.set(Wake::Client(id), deadline);
        for (session, input) in news {
            self.feed(now, session, input);
        }
        // With its last request the session itself may go.
        if let Some(session) = ended {
            self.settle(session);
        }
    }
}
