//! Keys that come as messages: the body of an INFO.

use crate::base::key::Key;
use crate::sip::message::Message;

/// What we read in an INFO.
pub(crate) const ACCEPT: &str = "application/dtmf-relay, application/dtmf";

/// What an INFO says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Info {
    Key(Key),
    /// No body, or a signal that is no key.
    Nothing,
    /// A body of another kind.
    Foreign,
}

/// Reads an INFO.
pub(crate) fn read(request: &Message) -> Info {
    if request.body.is_empty() {
        return Info::Nothing;
    }
    let body = String::from_utf8_lossy(&request.body);
    let signal = match request.content_type().as_str() {
        "application/dtmf-relay" => body.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            name.trim().eq_ignore_ascii_case("signal").then(|| value.trim())
        }),
        "application/dtmf" => Some(body.trim()),
        _ => return Info::Foreign,
    };
    signal.and_then(key).map_or(Info::Nothing, Info::Key)
}

fn key(signal: &str) -> Option<Key> {
    let mut characters = signal.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) => Key::try_from(one.to_ascii_uppercase()).ok(),
        // Some senders give the event's number: 10 is the star, 11 the hash.
        _ => Key::from_event(signal.parse().ok()?),
    }
}
