//! Reads a browser's offer down to what one line of audio needs, and says that again plainly.
//!
//! The library never sees what the browser wrote: it is given [`Offer::plain`], which holds only
//! checked values. That settles its matching of codecs, which looks at names and not at clock
//! rates and would answer Chromium's `telephone-event/48000` as if it were ours.

use std::fmt::Write;

use super::candidate::Candidate;
use super::fault::WebrtcFault;
use crate::base::codec::Codec;
use crate::base::limit::{WEBRTC_CANDIDATES_MAX, WEBRTC_OFFER_BYTES_MAX};

/// Our order: A-law is what the trunks of most of the world speak, and needs no transcoding there.
const ORDER: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];

/// What the browser asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    middle: String,
    fragment: String,
    password: String,
    fingerprint: String,
    setup: &'static str,
    direction: &'static str,
    codecs: Vec<Codec>,
    telephone_event: Option<u8>,
    source: Option<u32>,
    candidates: Vec<Candidate>,
}

impl Offer {
    /// # Errors
    ///
    /// Names the line, or what is missing.
    pub(super) fn parse(text: &str) -> Result<Self, WebrtcFault> {
        if WEBRTC_OFFER_BYTES_MAX < text.len() {
            let (found, max) = (text.len(), WEBRTC_OFFER_BYTES_MAX);
            return Err(WebrtcFault::OfferTooLong { found, max });
        }
        let mut draft = Draft::default();
        for (number, line) in (1..).zip(text.lines()) {
            draft.read(line.trim_end()).map_err(|wanted| WebrtcFault::OfferLine {
                line: number,
                wanted,
                found: line.chars().take(80).collect(),
            })?;
        }
        draft.finish()
    }

    /// The codec that we send: the first of ours that the browser speaks.
    pub(super) fn codec(&self) -> Codec {
        self.codecs.first().copied().unwrap_or(Codec::Pcma)
    }

    pub(super) fn codecs(&self) -> &[Codec] {
        &self.codecs
    }

    /// The payload type of RFC 4733 events at 8,000 Hz, when the browser has them.
    pub(super) fn telephone_event(&self) -> Option<u8> {
        self.telephone_event
    }

    /// True when both offers come from one `RTCPeerConnection`, before and after an ICE restart.
    pub(super) fn restarts(&self, earlier: &Self) -> bool {
        self.fingerprint == earlier.fingerprint && self.fragment != earlier.fragment
    }

    /// The same offer, reduced to one line of audio.
    pub(super) fn plain(&self) -> String {
        let mut formats = String::new();
        let mut maps = String::new();
        for codec in &self.codecs {
            let (number, name) = (codec.payload_type(), codec.name());
            let _ = write!(formats, " {number}");
            let _ = write!(maps, "a=rtpmap:{number} {name}/8000\r\n");
        }
        if let Some(number) = self.telephone_event {
            let _ = write!(formats, " {number}");
            let _ = write!(maps, "a=rtpmap:{number} telephone-event/8000\r\n");
        }
        if let Some(source) = self.source {
            let _ = write!(maps, "a=msid:browser microphone\r\na=ssrc:{source} cname:browser\r\n");
        }
        for candidate in &self.candidates {
            let _ = write!(maps, "a={}\r\n", candidate.line());
        }
        let Self { middle, fragment, password, fingerprint, setup, direction, .. } = self;
        format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {middle}\r\n\
             m=audio 9 UDP/TLS/RTP/SAVPF{formats}\r\nc=IN IP4 0.0.0.0\r\na=mid:{middle}\r\n\
             a=ice-ufrag:{fragment}\r\na=ice-pwd:{password}\r\na=ice-options:trickle\r\n\
             a=fingerprint:sha-256 {fingerprint}\r\na=setup:{setup}\r\na={direction}\r\n\
             a=rtcp-mux\r\n{maps}"
        )
    }
}

/// The offer as far as it has been read.
#[derive(Debug, Default)]
struct Draft {
    formats: Option<Vec<u8>>,
    maps: Vec<(u8, String)>,
    middle: Option<String>,
    fragment: Option<String>,
    password: Option<String>,
    fingerprint: Option<String>,
    setup: Option<&'static str>,
    direction: Option<&'static str>,
    source: Option<u32>,
    multiplexed: Option<()>,
    candidates: Vec<Candidate>,
}

impl Draft {
    /// The fault is what the line should have been.
    fn read(&mut self, line: &str) -> Result<(), &'static str> {
        if let Some(section) = line.strip_prefix("m=") {
            return self.read_section(section);
        }
        let Some(attribute) = line.strip_prefix("a=") else { return Ok(()) };
        let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
        match name {
            "mid" => set(&mut self.middle, value, 1..=16, "a mid of 1 to 16 letters")?,
            "ice-ufrag" => set(&mut self.fragment, value, 4..=256, "an ICE user fragment")?,
            "ice-pwd" => set(&mut self.password, value, 22..=256, "an ICE password")?,
            "fingerprint" => self.read_fingerprint(value)?,
            "setup" => self.setup = Some(read_setup(value)?),
            "sendrecv" => self.direction = Some("sendrecv"),
            "sendonly" => self.direction = Some("sendonly"),
            "recvonly" => self.direction = Some("recvonly"),
            "inactive" => self.direction = Some("inactive"),
            "rtcp-mux" => self.multiplexed = Some(()),
            "rtpmap" => self.read_map(value)?,
            "ssrc" => self.read_source(value)?,
            "candidate" => self.read_candidate(value)?,
            _ => {}
        }
        Ok(())
    }

    fn read_section(&mut self, section: &str) -> Result<(), &'static str> {
        const WANTED: &str = "one `audio` section on UDP/TLS/RTP/SAVPF and no other";
        let mut words = section.split_ascii_whitespace();
        let audio = words.next() == Some("audio");
        let open = words.next().and_then(|port| port.parse::<u16>().ok()).is_some();
        let secure = words.next() == Some("UDP/TLS/RTP/SAVPF");
        if !(audio && open && secure) || self.formats.is_some() {
            return Err(WANTED);
        }
        self.formats = Some(words.filter_map(|format| format.parse().ok()).collect());
        Ok(())
    }

    fn read_fingerprint(&mut self, value: &str) -> Result<(), &'static str> {
        let Some((method, digest)) = value.split_once(' ') else {
            return Err("a hash function and a fingerprint");
        };
        // Others may stand beside it (RFC 8122 §5); SHA-256 is the one every browser gives.
        if !method.eq_ignore_ascii_case("sha-256") {
            return Ok(());
        }
        let mut pairs = digest.split(':');
        let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
        if pairs.clone().count() != 32 || !pairs.all(is_pair) {
            return Err("32 pairs of hexadecimal digits");
        }
        if self.fingerprint.as_ref().is_some_and(|earlier| earlier != digest) {
            return Err("one certificate for the whole offer");
        }
        self.fingerprint = Some(digest.to_owned());
        Ok(())
    }

    fn read_map(&mut self, value: &str) -> Result<(), &'static str> {
        let (number, coding) = value.split_once(' ').ok_or("a payload type and its encoding")?;
        let number = number.parse::<u8>().map_err(|_| "a payload type")?;
        self.maps.push((number, coding.trim().to_ascii_lowercase()));
        Ok(())
    }

    fn read_source(&mut self, value: &str) -> Result<(), &'static str> {
        let number = value.split(' ').next().and_then(|number| number.parse().ok());
        let number = number.ok_or("an SSRC")?;
        self.source.get_or_insert(number);
        Ok(())
    }

    fn read_candidate(&mut self, value: &str) -> Result<(), &'static str> {
        let candidate = Candidate::parse(value).map_err(|_| "an ICE candidate")?;
        if self.candidates.len() < WEBRTC_CANDIDATES_MAX {
            self.candidates.extend(candidate);
        }
        Ok(())
    }

    fn finish(self) -> Result<Offer, WebrtcFault> {
        let formats = self.formats.ok_or(WebrtcFault::OfferLacks("audio section"))?;
        self.multiplexed.ok_or(WebrtcFault::OfferLacks("rtcp-mux"))?;
        let mapped = |number: u8| self.maps.iter().find(|(mapped, _)| *mapped == number);
        let speaks = |codec: Codec| {
            let number = codec.payload_type();
            let named = format!("{}/8000", codec.name().to_ascii_lowercase());
            // A static payload type needs no rtpmap (RFC 3551 §6).
            let agrees = |(_, coding): &(u8, String)| {
                *coding == named || coding.strip_suffix("/1") == Some(named.as_str())
            };
            formats.contains(&number) && mapped(number).is_none_or(agrees)
        };
        let codecs: Vec<_> = ORDER.into_iter().filter(|codec| speaks(*codec)).collect();
        if codecs.is_empty() {
            return Err(WebrtcFault::NoCommonCodec);
        }
        let is_event = |number: &u8| {
            (96..128).contains(number)
                && mapped(*number).is_some_and(|(_, coding)| coding == "telephone-event/8000")
        };
        Ok(Offer {
            middle: self.middle.ok_or(WebrtcFault::OfferLacks("mid"))?,
            fragment: self.fragment.ok_or(WebrtcFault::OfferLacks("ice-ufrag"))?,
            password: self.password.ok_or(WebrtcFault::OfferLacks("ice-pwd"))?,
            fingerprint: self.fingerprint.ok_or(WebrtcFault::OfferLacks("sha-256 fingerprint"))?,
            setup: self.setup.ok_or(WebrtcFault::OfferLacks("setup"))?,
            direction: self.direction.unwrap_or("sendrecv"),
            telephone_event: formats.iter().copied().find(is_event),
            codecs,
            source: self.source,
            candidates: self.candidates,
        })
    }
}

fn set(
    place: &mut Option<String>,
    value: &str,
    length: std::ops::RangeInclusive<usize>,
    wanted: &'static str,
) -> Result<(), &'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    let fits = length.contains(&value.len()) && value.bytes().all(is_plain);
    if !fits || place.as_ref().is_some_and(|earlier| earlier != value) {
        return Err(wanted);
    }
    *place = Some(value.to_owned());
    Ok(())
}

fn read_setup(value: &str) -> Result<&'static str, &'static str> {
    match value {
        "actpass" => Ok("actpass"),
        "passive" => Ok("passive"),
        // We are the DTLS client always: a browser's first flight may need two datagrams.
        _ => Err("`setup:actpass`"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As Chromium writes it, in what matters.
    const CHROMIUM: &str = "v=0\r\no=- 5713917231 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
        a=group:BUNDLE 0\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS 9f1c\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\n\
        a=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:EEtu\r\na=ice-pwd:bqNYqWZUKQQXC4GTXyLkb+/w\r\n\
        a=ice-options:trickle\r\na=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:\
        EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\na=setup:actpass\r\na=mid:0\r\n\
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=sendrecv\r\n\
        a=msid:9f1c 77aa\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:111 opus/48000/2\r\n\
        a=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
        a=rtpmap:63 red/48000/2\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\n\
        a=rtpmap:8 PCMA/8000\r\na=rtpmap:13 CN/8000\r\na=rtpmap:110 telephone-event/48000\r\n\
        a=rtpmap:126 telephone-event/8000\r\na=ssrc:2231627014 cname:Lm\r\n\
        a=ssrc:2231627014 msid:9f1c 77aa\r\n";

    fn check(text: &str, expected: &str) {
        let fault = Offer::parse(text).expect_err("a fault");
        assert_eq!(fault.to_string(), expected);
    }

    #[test]
    fn chromium_is_offered_back_a_law_first_and_keys_at_its_clock_rate() {
        let offer = Offer::parse(CHROMIUM).expect("a good offer");
        assert_eq!(offer.codecs(), [Codec::Pcma, Codec::Pcmu]);
        assert_eq!(offer.telephone_event(), Some(126));
        let plain = offer.plain();
        assert!(plain.contains("m=audio 9 UDP/TLS/RTP/SAVPF 8 0 126\r\n"), "{plain}");
        assert!(!plain.contains("48000"), "{plain}");
        assert_eq!(Offer::parse(&plain), Ok(offer));
    }

    #[test]
    fn without_keys_at_8000_none_are_taken() {
        let offer = Offer::parse(&CHROMIUM.replace("a=rtpmap:126 telephone-event/8000\r\n", ""));
        assert_eq!(offer.map(|offer| offer.telephone_event()), Ok(None));
    }

    #[test]
    fn an_ice_restart_is_told_from_the_same_offer_sent_twice() {
        let offer = Offer::parse(CHROMIUM).expect("a good offer");
        let restart = CHROMIUM.replace("a=ice-ufrag:EEtu", "a=ice-ufrag:other");
        let restart = Offer::parse(&restart).expect("a good offer");
        assert!(restart.restarts(&offer));
        assert!(!offer.restarts(&offer.clone()));
    }

    #[test]
    fn a_fault_says_what_was_wanted_and_where() {
        check("", "the offer has no audio section");
        check(&CHROMIUM.replace("a=rtcp-mux\r\n", ""), "the offer has no rtcp-mux");
        check(
            &CHROMIUM.replace("SAVPF 111 63 9 0 8", "SAVPF 111 63 9"),
            "the offer has neither PCMA nor PCMU",
        );
        check(
            &CHROMIUM.replace("a=setup:actpass", "a=setup:active"),
            "line 15 of the offer: wanted `setup:actpass`, found `a=setup:active`",
        );
        check(
            &format!("{CHROMIUM}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"),
            "line 34 of the offer: wanted one `audio` section on UDP/TLS/RTP/SAVPF and no other, \
             found `m=video 9 UDP/TLS/RTP/SAVPF 96`",
        );
        check(
            &"a".repeat(WEBRTC_OFFER_BYTES_MAX + 1),
            "wanted an offer of at most 16384 bytes, found 16385",
        );
    }

    proptest! {
        #[test]
        fn a_damaged_offer_is_a_value(at in 0..CHROMIUM.len(), with in any::<char>()) {
            let mut text: Vec<char> = CHROMIUM.chars().collect();
            text[at] = with;
            let text: String = text.into_iter().collect();
            if let Ok(offer) = Offer::parse(&text) {
                prop_assert_eq!(Offer::parse(&offer.plain()), Ok(offer));
            }
        }
    }
}
