//! Our side of the description: an offer, or the answer to one (RFC 3264).

use std::fmt::Write;
use std::net::IpAddr;

use crate::base::codec::Codec;
use crate::sip::sdp::SdpFault;
use crate::sip::sdp::description::{Description, Direction, Remote};

/// Our end of the audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// The address the other side sends to.
    pub address: IpAddr,
    /// The RTP port.
    pub port: u16,
    /// Which way we want the audio to go, seen from us.
    pub direction: Direction,
    /// The session's number: the same for the whole dialog.
    pub id: u64,
    /// Grows with each description of the dialog that differs from the last.
    pub version: u64,
}

/// The payload type of telephone events in our own offers.
const TELEPHONE_EVENT: u8 = 101;

/// Answers an offer: the first plain audio that both sides speak, all else refused.
///
/// # Errors
///
/// The offer is malformed, or has no audio that we speak.
pub fn answer(
    offer: &[u8],
    local: &Local,
    prefer: &[Codec],
) -> Result<(Vec<u8>, Remote), SdpFault> {
    let offer = Description::parse(offer)?;
    let mut media = offer.media.iter().enumerate().filter(|(_, media)| media.is_plain_audio());
    let (chosen, remote) = media
        .find_map(|(at, media)| Some((at, media.remote(prefer)?)))
        .ok_or(SdpFault::NoCommonCodec)?;
    let mut text = head(local, &offer.time);
    for (at, media) in offer.media.iter().enumerate() {
        if at == chosen {
            let codecs = [(remote.codec, remote.payload_type)];
            let direction = local.direction.beside(remote.direction);
            audio(&mut text, local.port, &codecs, remote.telephone_event, direction);
        } else {
            let formats = media.formats.join(" ");
            line(&mut text, format_args!("m={} 0 {} {formats}", media.kind, media.protocol));
        }
    }
    Ok((text.into_bytes(), remote))
}

/// Offers the audio in all of `codecs`, the best first, with telephone events.
#[must_use]
pub fn offer(local: &Local, codecs: &[Codec]) -> Vec<u8> {
    let mut text = head(local, "0 0");
    let codecs: Vec<_> = codecs.iter().map(|codec| (*codec, codec.payload_type())).collect();
    audio(&mut text, local.port, &codecs, Some(TELEPHONE_EVENT), local.direction);
    text.into_bytes()
}

/// Reads the answer to an offer of ours.
///
/// # Errors
///
/// The answer is malformed, or turns the audio down.
pub fn accept(answer: &[u8]) -> Result<Remote, SdpFault> {
    let answer = Description::parse(answer)?;
    let audio = answer.media.iter().find(|media| media.is_plain_audio());
    let audio = audio.ok_or(SdpFault::NoCommonCodec)?;
    // The answerer's order decides (RFC 3264 §6.1): its first format is the one in use.
    let first = |codec: &Codec| {
        let kind = audio.formats.first().and_then(|format| format.parse::<u8>().ok());
        audio.remote(&[*codec]).is_some_and(|remote| Some(remote.payload_type) == kind)
    };
    let both = [Codec::Pcma, Codec::Pcmu];
    let codec = both.into_iter().find(first);
    let prefer = codec.map_or_else(|| both.to_vec(), |codec| vec![codec]);
    audio.remote(&prefer).ok_or(SdpFault::NoCommonCodec)
}

fn head(local: &Local, time: &str) -> String {
    let (address, family) = (local.address, family(local.address));
    let mut text = String::with_capacity(384);
    line(&mut text, format_args!("v=0"));
    line(&mut text, format_args!("o=hatif {} {} IN {family} {address}", local.id, local.version));
    line(&mut text, format_args!("s=-"));
    line(&mut text, format_args!("c=IN {family} {address}"));
    line(&mut text, format_args!("t={time}"));
    text
}

fn audio(
    text: &mut String,
    port: u16,
    codecs: &[(Codec, u8)],
    telephone_event: Option<u8>,
    direction: Direction,
) {
    let kinds = codecs.iter().map(|(_, kind)| *kind).chain(telephone_event);
    let formats: Vec<String> = kinds.map(|kind| kind.to_string()).collect();
    line(text, format_args!("m=audio {port} RTP/AVP {}", formats.join(" ")));
    for (codec, kind) in codecs {
        line(text, format_args!("a=rtpmap:{kind} {}/8000", codec.name()));
    }
    if let Some(kind) = telephone_event {
        line(text, format_args!("a=rtpmap:{kind} telephone-event/8000"));
        line(text, format_args!("a=fmtp:{kind} 0-15"));
    }
    line(text, format_args!("a=ptime:20"));
    line(text, format_args!("a={}", direction.name()));
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.write_fmt(line).expect("writing to a string cannot fail");
    text.push_str("\r\n");
}

const fn family(address: IpAddr) -> &'static str {
    match address {
        IpAddr::V4(_) => "IP4",
        IpAddr::V6(_) => "IP6",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];

    fn local() -> Local {
        let address = "192.0.2.1".parse().expect("an address");
        Local { address, port: 20_000, direction: Direction::SendRecv, id: 7, version: 1 }
    }

    fn check(media: &str, expected: Result<(Codec, u8, Option<u8>, &str), SdpFault>) {
        let text =
            format!("v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n{media}");
        let answered = answer(text.as_bytes(), &local(), &BOTH);
        let seen = answered.as_ref().map_err(|fault| *fault).map(|(sdp, remote)| {
            let sdp = std::str::from_utf8(sdp).expect("we write text");
            let direction = sdp.lines().filter_map(|l| l.strip_prefix("a=")).next_back();
            (remote.codec, remote.payload_type, remote.telephone_event, direction.unwrap_or(""))
        });
        assert_eq!(seen, expected, "{media}");
    }

    #[test]
    fn the_first_audio_that_both_speak_is_answered() {
        let a = Codec::Pcma;
        check(
            "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n",
            Ok((a, 8, Some(101), "sendrecv")),
        );
        check(
            "m=audio 4000 RTP/AVP 96 97\na=rtpmap:96 opus/48000/2\na=rtpmap:97 pcma/8000\n",
            Ok((a, 97, None, "sendrecv")),
        );
        check("m=audio 4000 RTP/AVP 0\r\n", Ok((Codec::Pcmu, 0, None, "sendrecv")));
        check(
            "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/48000\r\n",
            Ok((a, 8, None, "sendrecv")),
        );
        check(
            "m=audio 4000 RTP/SAVP 8\r\nm=audio 4002 RTP/AVP 8\r\n",
            Ok((a, 8, None, "sendrecv")),
        );
    }

    #[test]
    fn hold_is_answered_with_the_matching_direction() {
        let a = Codec::Pcma;
        check("m=audio 4000 RTP/AVP 8\r\na=sendonly\r\n", Ok((a, 8, None, "recvonly")));
        check("m=audio 4000 RTP/AVP 8\r\na=recvonly\r\n", Ok((a, 8, None, "sendonly")));
        check("m=audio 4000 RTP/AVP 8\r\na=inactive\r\n", Ok((a, 8, None, "inactive")));
        check("m=audio 4000 RTP/AVP 8\r\nc=IN IP4 0.0.0.0\r\n", Ok((a, 8, None, "recvonly")));
        check(
            "m=audio 4000 RTP/AVP 8\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n",
            Ok((a, 8, None, "inactive")),
        );
    }

    #[test]
    fn what_cannot_be_spoken_is_refused() {
        check("m=audio 4000 RTP/AVP 18\r\n", Err(SdpFault::NoCommonCodec));
        check("m=audio 4000 RTP/SAVP 8\r\n", Err(SdpFault::NoCommonCodec));
        check("m=audio 0 RTP/AVP 8\r\n", Err(SdpFault::NoCommonCodec));
        check("m=audio 4000 RTP/AVP 8\r\na=rtpmap:8 G729/8000\r\n", Err(SdpFault::NoCommonCodec));
        check("m=video 4000 RTP/AVP 31\r\n", Err(SdpFault::NoCommonCodec));
        check("m=audio 99999 RTP/AVP 8\r\n", Err(SdpFault::Malformed));
        check("m=audio\r\n", Err(SdpFault::Malformed));
        check("m=audio 4000 RTP/AVP 8\r\nc=IN IP4 example.com\r\n", Err(SdpFault::Malformed));
        check("", Err(SdpFault::Malformed));
        check(&"m=audio 1 RTP/AVP 8\r\n".repeat(17), Err(SdpFault::Malformed));
    }

    #[test]
    fn every_media_line_of_the_offer_has_its_line_in_the_answer() {
        let offer = b"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=3 4\r\n\
            m=video 5000 RTP/AVP 31 34\r\nm=audio 4000 RTP/AVP 0 96\r\na=rtpmap:96 telephone-event/8000\r\n\
            a=ptime:30\r\na=rtcp:4010 IN IP4 198.51.100.8\r\n";
        let (sdp, remote) = answer(offer, &local(), &BOTH).expect("a common codec");
        let expected = "v=0\r\no=hatif 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=3 4\r\n\
            m=video 0 RTP/AVP 31 34\r\nm=audio 20000 RTP/AVP 0 96\r\na=rtpmap:0 PCMU/8000\r\n\
            a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\na=ptime:20\r\na=sendrecv\r\n";
        assert_eq!(String::from_utf8_lossy(&sdp), expected);
        assert_eq!(remote.ptime_ms, 30);
        assert_eq!(remote.rtcp, "198.51.100.8:4010".parse().ok());
    }

    #[test]
    fn our_offer_is_accepted_by_ourselves_in_the_answerers_codec() {
        let ours = offer(&local(), &BOTH);
        let (answered, _) = answer(&ours, &local(), &[Codec::Pcmu]).expect("both codecs offered");
        let remote = accept(&answered).expect("a plain answer");
        assert_eq!((remote.codec, remote.telephone_event), (Codec::Pcmu, Some(TELEPHONE_EVENT)));
        assert_eq!(accept(b"v=0\r\nm=audio 0 RTP/AVP 8\r\n"), Err(SdpFault::NoCommonCodec));
    }
}
