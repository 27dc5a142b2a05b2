//! The messages of a stream, read and written.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::audio::g711;
use crate::base::codec::Codec;
use crate::base::key::Key;
use crate::flow::run::StreamWords;
use crate::media::{FRAME_SAMPLES, FRAME_SPAN, Feed, Sound};

/// Who the other side is told that we are.
const ACCOUNT: &str = "hatif";

/// Base64 as anybody writes it, filled up or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a stream is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::shell::errand) struct Name {
    /// It alone.
    pub(in crate::shell::errand) stream: String,
    /// Its call.
    pub(in crate::shell::errand) call: String,
}

/// What a program says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// Sound, in µ-law.
    Media(Vec<u8>),
    /// A name to be told back when what was said before it has been heard.
    Mark(String),
    /// What waits to be heard is to be forgotten.
    Clear,
    /// It is over.
    Stop(Wish, StreamWords),
    /// Something that we do not know, such as what is said to others.
    Other,
}

/// What a program wants for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Wish {
    /// Whatever comes next.
    #[default]
    Next,
    /// Nothing more: the caller is served.
    Done,
    /// A human being.
    Agent,
}

impl Wish {
    /// The wish of a word that stands alone; any other word is none.
    pub(super) fn of(word: &str) -> Self {
        match word.trim() {
            "done" => Self::Done,
            "agent" => Self::Agent,
            _ => Self::Next,
        }
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    media: Option<Media<'a>>,
    mark: Option<Mark>,
    stop: Option<Stop>,
}

#[derive(Deserialize)]
struct Media<'a> {
    #[serde(borrow)]
    payload: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Mark {
    name: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Stop {
    wants: Wish,
    body: Option<Value>,
}

/// A message is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("wanted a message of a media stream, found something else")]
pub(super) struct Unreadable;

/// Reads a message of a program.
pub(super) fn read(text: &str) -> Result<Said, Unreadable> {
    let message: Envelope<'_> = serde_json::from_str(text).map_err(|_| Unreadable)?;
    Ok(match &*message.event {
        "media" => {
            let media = message.media.ok_or(Unreadable)?;
            Said::Media(BASE64.decode(&*media.payload).map_err(|_| Unreadable)?)
        }
        "mark" => Said::Mark(message.mark.ok_or(Unreadable)?.name),
        "clear" => Said::Clear,
        "stop" => {
            let Stop { wants, body } = message.stop.unwrap_or_default();
            let body = body.filter(|body| !body.is_null());
            Said::Stop(wants, body.map(|body| Arc::from(body.to_string().into_bytes())))
        }
        _ => Said::Other,
    })
}

/// Writes what a program is told, and counts.
#[derive(Debug)]
pub(super) struct Writer {
    name: Name,
    messages: u64,
    frames: u64,
}

/// 20 ms of the caller, in the order of fields that everybody writes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Frame<'a> {
    event: &'static str,
    sequence_number: String,
    media: FrameMedia,
    stream_sid: &'a str,
}

#[derive(Serialize)]
struct FrameMedia {
    track: &'static str,
    chunk: String,
    timestamp: String,
    payload: String,
}

impl Writer {
    pub(super) const fn new(name: Name) -> Self {
        Self { name, messages: 0, frames: 0 }
    }

    /// The first message, before any that is counted.
    pub(super) fn connected() -> String {
        json!({"event": "connected", "protocol": "Call", "version": "1.0.0"}).to_string()
    }

    /// Who calls, and what will come.
    pub(super) fn start(&mut self, parameters: &[(Arc<str>, String)]) -> String {
        let parameters = parameters.iter();
        let parameters: Map<String, Value> = parameters
            .map(|(name, value)| (name.to_string(), Value::from(value.as_str())))
            .collect();
        let start = json!({
            "accountSid": ACCOUNT,
            "streamSid": self.name.stream,
            "callSid": self.name.call,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": parameters,
        });
        self.counted("start", "start", start)
    }

    /// 20 ms of the caller.
    pub(super) fn media(&mut self, sound: &Sound) -> String {
        let mut bytes = [0; FRAME_SAMPLES];
        for (byte, &sample) in bytes.iter_mut().zip(sound) {
            *byte = g711::encode(Feed::CODEC, sample);
        }
        let millis = u128::from(self.frames) * FRAME_SPAN.as_millis();
        self.frames += 1;
        let media = FrameMedia {
            track: "inbound",
            chunk: self.frames.to_string(),
            timestamp: millis.to_string(),
            payload: BASE64.encode(bytes),
        };
        let sequence_number = self.next();
        let stream_sid = &self.name.stream;
        let frame = Frame { event: "media", sequence_number, media, stream_sid };
        serde_json::to_string(&frame).expect("texts can be written")
    }

    /// A key that the caller pressed.
    pub(super) fn key(&mut self, key: Key) -> String {
        let key = json!({"track": "inbound_track", "digit": key.to_string()});
        self.counted("dtmf", "dtmf", key)
    }

    /// What was said before a mark has been heard, or was forgotten.
    pub(super) fn mark(&mut self, name: &str) -> String {
        self.counted("mark", "mark", json!({"name": name}))
    }

    /// The last message.
    pub(super) fn stop(&mut self) -> String {
        let stop = json!({"accountSid": ACCOUNT, "callSid": self.name.call});
        self.counted("stop", "stop", stop)
    }

    fn counted(&mut self, event: &str, field: &str, value: Value) -> String {
        let mut message = Map::new();
        message.insert("event".to_owned(), event.into());
        message.insert("sequenceNumber".to_owned(), self.next().into());
        message.insert(field.to_owned(), value);
        message.insert("streamSid".to_owned(), self.name.stream.as_str().into());
        Value::Object(message).to_string()
    }

    fn next(&mut self) -> String {
        self.messages += 1;
        self.messages.to_string()
    }
}

const _: () = assert!(matches!(Feed::CODEC, Codec::Pcmu), "the form's own law is the feed's");

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: Result<Said, Unreadable>) {
        assert_eq!(read(text), wanted, "{text}");
    }

    #[test]
    fn a_program_says_what_the_form_has() {
        let sound = vec![0xff, 0x7f, 0x00];
        check(
            r#"{"event":"media","streamSid":"s","media":{"payload":"/38A"}}"#,
            Ok(Said::Media(sound)),
        );
        check(
            r#"{"media":{"payload":"AAA","track":"outbound"},"event":"media"}"#,
            Ok(Said::Media(vec![0, 0])),
        );
        check(r#"{"event":"mark","mark":{"name":"a\u0022b"}}"#, Ok(Said::Mark("a\"b".to_owned())));
        check(r#"{"event":"clear","streamSid":"s"}"#, Ok(Said::Clear));
        check(r#"{"event":"stop"}"#, Ok(Said::Stop(Wish::Next, None)));
        let words = Some(Arc::from(&br#"{"intent":"pay"}"#[..]));
        check(
            r#"{"event":"stop","stop":{"wants":"agent","body":{"intent":"pay"},"more":1}}"#,
            Ok(Said::Stop(Wish::Agent, words)),
        );
        check(r#"{"event":"transcription","text":"hello"}"#, Ok(Said::Other));
    }

    #[test]
    fn what_is_no_message_is_told() {
        for text in [
            "",
            "hello",
            "[]",
            "{}",
            r#"{"event":"media"}"#,
            r#"{"event":"media","media":{"payload":"é"}}"#,
            r#"{"event":"media","media":{"payload":7}}"#,
            r#"{"event":"mark"}"#,
            r#"{"event":"stop","stop":{"wants":"a holiday"}}"#,
        ] {
            check(text, Err(Unreadable));
        }
    }

    #[test]
    fn every_message_is_of_the_form() {
        let name = Name { stream: "call-1".to_owned(), call: "call".to_owned() };
        let mut writer = Writer::new(name);
        assert_eq!(
            Writer::connected(),
            r#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#
        );
        assert_eq!(
            writer.start(&[("language".into(), "ar".to_owned())]),
            r#"{"event":"start","sequenceNumber":"1","start":{"accountSid":"hatif","streamSid":"call-1","callSid":"call","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"language":"ar"}},"streamSid":"call-1"}"#
        );
        writer.media(&[0; FRAME_SAMPLES]);
        let silence = "/".repeat(213) + "w==";
        assert_eq!(
            writer.media(&[0; FRAME_SAMPLES]),
            format!(
                r#"{{"event":"media","sequenceNumber":"3","media":{{"track":"inbound","chunk":"2","timestamp":"20","payload":"{silence}"}},"streamSid":"call-1"}}"#
            )
        );
        assert_eq!(
            writer.key(Key::try_from('#').expect("a key")),
            r##"{"event":"dtmf","sequenceNumber":"4","dtmf":{"track":"inbound_track","digit":"#"},"streamSid":"call-1"}"##
        );
        assert_eq!(
            writer.mark("a"),
            r#"{"event":"mark","sequenceNumber":"5","mark":{"name":"a"},"streamSid":"call-1"}"#
        );
        assert_eq!(
            writer.stop(),
            r#"{"event":"stop","sequenceNumber":"6","stop":{"accountSid":"hatif","callSid":"call"},"streamSid":"call-1"}"#
        );
    }
}
