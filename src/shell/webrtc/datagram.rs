//! Tells the protocols of the one port apart, before anything is believed.

/// The fixed value that every STUN message carries (RFC 8489 §5).
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const STUN_HEADER: usize = 20;
const USERNAME: [u8; 2] = [0x00, 0x06];
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const BINDING_INDICATION: [u8; 2] = [0x00, 0x11];
const BINDING_SUCCESS: [u8; 2] = [0x01, 0x01];
const DTLS_HEADER: usize = 13;
const RTP_HEADER: usize = 12;

/// What a datagram claims to be (RFC 7983 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Datagram<'a> {
    /// An ICE check. The fragment is ours: the part of USERNAME before the colon (RFC 8445 §7.2.2).
    Check { fragment: &'a [u8] },
    /// The answer to a check of ours, or an indication.
    CheckAnswered,
    /// A DTLS record.
    Handshake,
    /// SRTP or SRTCP.
    Media,
    /// Nothing that belongs here.
    Foreign,
}

impl<'a> Datagram<'a> {
    /// Reads only as far as it must; any bytes will do.
    pub(super) fn sort(bytes: &'a [u8]) -> Self {
        match bytes.first() {
            Some(0..=3) => sort_stun(bytes).unwrap_or(Self::Foreign),
            Some(20..=63) if DTLS_HEADER <= bytes.len() => Self::Handshake,
            Some(128..=191) if RTP_HEADER <= bytes.len() => Self::Media,
            Some(_) | None => Self::Foreign,
        }
    }
}

fn sort_stun(bytes: &[u8]) -> Option<Datagram<'_>> {
    let length = usize::from(u16::from_be_bytes(pair(bytes, 2)?));
    let cookie = bytes.get(4..8)?;
    let attributes = bytes.get(STUN_HEADER..)?;
    if cookie != MAGIC_COOKIE || attributes.len() != length {
        return None;
    }
    match pair(bytes, 0)? {
        BINDING_REQUEST => local_fragment(attributes).map(|fragment| Datagram::Check { fragment }),
        BINDING_INDICATION | BINDING_SUCCESS => Some(Datagram::CheckAnswered),
        _ => None,
    }
}

fn local_fragment(attributes: &[u8]) -> Option<&[u8]> {
    let mut rest = attributes;
    loop {
        let kind = pair(rest, 0)?;
        let length = usize::from(u16::from_be_bytes(pair(rest, 2)?));
        let value = rest.get(4..4 + length)?;
        if kind == USERNAME {
            return value.split(|byte| *byte == b':').next();
        }
        rest = rest.get(4 + length.next_multiple_of(4)..)?;
    }
}

fn pair(bytes: &[u8], at: usize) -> Option<[u8; 2]> {
    bytes.get(at..at + 2)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stun(kind: [u8; 2], attributes: &[u8]) -> Vec<u8> {
        let length = u16::try_from(attributes.len()).expect("a short message").to_be_bytes();
        [&kind[..], &length, &MAGIC_COOKIE, &[7; 12], attributes].concat()
    }

    #[test]
    fn a_check_names_our_fragment() {
        let attributes = [&[0x80, 0x22, 0, 3, 1, 2, 3, 0][..], &[0, 6, 0, 9], b"ours:them\0\0\0"];
        let message = stun(BINDING_REQUEST, &attributes.concat());
        assert_eq!(Datagram::sort(&message), Datagram::Check { fragment: b"ours" });
    }

    #[test]
    fn a_check_without_a_username_is_foreign() {
        assert_eq!(Datagram::sort(&stun(BINDING_REQUEST, &[])), Datagram::Foreign);
        let cut = stun(BINDING_REQUEST, &[0, 6, 0, 200, 1]);
        assert_eq!(Datagram::sort(&cut), Datagram::Foreign);
    }

    #[test]
    fn each_protocol_is_known_by_its_first_byte() {
        assert_eq!(Datagram::sort(&stun(BINDING_SUCCESS, &[])), Datagram::CheckAnswered);
        assert_eq!(Datagram::sort(&[22; 13]), Datagram::Handshake);
        assert_eq!(Datagram::sort(&[128; 12]), Datagram::Media);
        assert_eq!(Datagram::sort(&[128; 11]), Datagram::Foreign);
        assert_eq!(Datagram::sort(b"INVITE sip:800@hatif SIP/2.0"), Datagram::Foreign);
        assert_eq!(Datagram::sort(&[]), Datagram::Foreign);
    }

    proptest! {
        #[test]
        fn any_attributes_are_read_without_harm(attributes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Datagram::sort(&stun(BINDING_REQUEST, &attributes));
            let _ = Datagram::sort(&attributes);
        }
    }
}
