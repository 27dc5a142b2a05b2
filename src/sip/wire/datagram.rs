//! One datagram, one message (RFC 3261 §18.3).

use crate::base::limit;
use crate::sip::message::Message;
use crate::sip::wire::check::{check, refuse};
use crate::sip::wire::fault::Fault;
use crate::sip::wire::section::{Length, Section, empty_line};

/// Reads the message in one datagram.
///
/// # Errors
///
/// Says how to refuse what is there, or that it must be dropped.
pub fn datagram(bytes: &[u8]) -> Result<Message, Fault> {
    if bytes.len() > limit::SIP_DATAGRAM_BYTES_MAX {
        return Err(Fault::Drop("datagram beyond its limit"));
    }
    let blank = bytes.iter().take_while(|b| b"\r\n\0 ".contains(b)).count();
    let bytes = bytes.get(blank..).unwrap_or_default();
    // A method or a version starts with a letter; STUN and keep-alives do not.
    if !bytes.first().is_some_and(u8::is_ascii_graphic) {
        return Err(Fault::Drop("no message"));
    }
    let Ok((head, body)) = empty_line(bytes, 0) else {
        return Err(refuse(&Section::read(bytes), 400, "Header Section Without End"));
    };
    let section = Section::read(bytes.get(..head).unwrap_or_default());
    let body = bytes.get(body..).unwrap_or_default();
    match section.content_length() {
        Length::Missing => check(section, body.to_vec()),
        Length::Broken => Err(refuse(&section, 400, "Broken Content-Length")),
        Length::Known(length) => match body.get(..length) {
            Some(body) => check(section, body.to_vec()),
            None => Err(refuse(&section, 400, "Body Shorter Than Content-Length")),
        },
    }
}
