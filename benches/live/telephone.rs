//! What a caller's telephone writes, and what it reads out of what comes back.

use std::net::SocketAddr;

/// What came from the engine.
pub(crate) enum Heard {
    /// The call is accepted.
    Accepted {
        /// Which call.
        call: usize,
        /// Its dialog.
        dialog: Dialog,
        /// The engine's port for its sound.
        sound: u16,
    },
    /// The call is refused.
    Refused {
        /// Which call.
        call: usize,
    },
    /// The engine hangs up, or says that it heard us hang up.
    Over {
        /// Which call.
        call: usize,
        /// What is answered.
        answer: Option<String>,
    },
    /// Something on the way there.
    Nothing,
}

/// What an accepted call is told by.
#[derive(Debug, Clone)]
pub(crate) struct Dialog {
    to: String,
    target: String,
}

/// Asks for a number; the sound is heard on a port of the same host.
pub(crate) fn invite(call: usize, number: &str, us: SocketAddr, sound: u16) -> String {
    let (host, port) = (us.ip(), us.port());
    let body = format!(
        "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n\
         m=audio {sound} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n"
    );
    format!(
        "INVITE sip:{number}@{host} SIP/2.0\r\n\
         Via: SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK-{call}-invite\r\n\
         From: <sip:caller@{host}>;tag={call}\r\nTo: <sip:{number}@{host}>\r\n\
         Call-ID: {call}@{host}:{port}\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n\
         Contact: <sip:caller@{host}:{port}>\r\nContent-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

impl Dialog {
    /// Says that the acceptance was heard.
    pub(crate) fn ack(&self, call: usize, us: SocketAddr) -> String {
        self.request("ACK", 1, call, us)
    }

    /// Hangs up.
    pub(crate) fn bye(&self, call: usize, us: SocketAddr) -> String {
        self.request("BYE", 2, call, us)
    }

    fn request(&self, method: &str, cseq: u32, call: usize, us: SocketAddr) -> String {
        let (host, port, Self { to, target }) = (us.ip(), us.port(), self);
        format!(
            "{method} {target} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK-{call}-{method}\r\n\
             From: <sip:caller@{host}>;tag={call}\r\nTo: {to}\r\n\
             Call-ID: {call}@{host}:{port}\r\nCSeq: {cseq} {method}\r\nMax-Forwards: 70\r\n\
             Content-Length: 0\r\n\r\n"
        )
    }
}

/// Reads a message of the engine's.
pub(crate) fn read(text: &str) -> Heard {
    let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let call = header("Call-ID:").and_then(|id| id.split('@').next()?.parse().ok());
    let (Some(call), Some(cseq)) = (call, header("CSeq:")) else { return Heard::Nothing };
    if text.starts_with("BYE ") {
        return Heard::Over { call, answer: Some(agree(text)) };
    }
    if cseq.ends_with("BYE") {
        return Heard::Over { call, answer: None };
    }
    let code = text.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3)?.parse::<u16>().ok());
    match code {
        Some(200) if cseq.ends_with("INVITE") => {
            let target = header("Contact:").and_then(|contact| contact.split(['<', '>']).nth(1));
            let sound = header("m=audio ").and_then(|media| media.split(' ').next()?.parse().ok());
            let (Some(to), Some(target), Some(sound)) = (header("To:"), target, sound) else {
                return Heard::Refused { call };
            };
            let dialog = Dialog { to: to.to_owned(), target: target.to_owned() };
            Heard::Accepted { call, dialog, sound }
        }
        Some(300..) => Heard::Refused { call },
        Some(_) | None => Heard::Nothing,
    }
}

/// The 200 to a request.
fn agree(request: &str) -> String {
    let copied = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
    let lines = request.lines().filter(|line| copied.iter().any(|name| line.starts_with(name)));
    let lines: String = lines.map(|line| format!("{line}\r\n")).collect();
    format!("SIP/2.0 200 OK\r\n{lines}Content-Length: 0\r\n\r\n")
}
