//! Short messages, by the HTTP interface of whatever gateway the installation has.

use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::base::chance::Rng;
use crate::base::limit::{SMS_PATIENCE, SMS_RETRIES};
use crate::flow::model::{Method, Sensitivity};
use crate::flow::run::{HttpRequest, MessageFault, MessageOrder};
use crate::shell::clock::Clock;
use crate::shell::errand::guard::{Guard, Target};
use crate::shell::errand::http::Http;
use crate::shell::secret::Secret;
use crate::telemetry::Meter;

/// What the configuration says of a gateway. URL, header fields and body have slots: `{to}`,
/// `{text}`, `{language}`, `{token}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsGateway {
    /// Where it is; slots only after the host.
    pub url: String,
    /// How it is asked.
    pub method: Method,
    /// Header fields.
    pub headers: Vec<SmsHeader>,
    /// The body; empty for none.
    pub body: String,
    /// What the slot `{token}` stands for.
    pub token: Secret,
    /// How numbers begin that may get a message; the caller's own may always.
    pub prefixes: Vec<String>,
}

/// One header field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsHeader {
    /// Its name.
    pub name: String,
    /// Its value, with slots.
    pub value: String,
}

/// A gateway that is ready.
#[derive(Debug, Clone)]
pub(super) struct Sms {
    gateway: SmsGateway,
    token: String,
    http: Http,
}

/// How a value is written where a slot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// As it is.
    Plain,
    /// As a JSON string, quotes and all.
    Json,
    /// As a part of a URL or of a form.
    Url,
}

/// What the slots stand for.
#[derive(Debug, Clone, Copy)]
struct Values<'a> {
    to: &'a str,
    text: &'a str,
    language: &'a str,
    token: &'a str,
}

impl SmsHeader {
    /// Reads `Name: value`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, value) = text.split_once(':')?;
        let (name, value) = (name.trim(), value.trim());
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_good = !name.is_empty()
            && name.bytes().all(is_letter)
            && value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        is_good.then(|| Self { name: name.to_owned(), value: value.to_owned() })
    }
}

/// Whether a gateway can be at that address: its host has no slot.
#[must_use]
pub fn is_sms_url(text: &str) -> bool {
    let values = Values { to: "a", text: "a", language: "a", token: "a" };
    let url = |values| Url::parse(&fill(text, values, Writing::Url)).ok();
    let target = |values| url(values).and_then(|url| Target::of(&url));
    let other = Values { to: "b", text: "b", language: "b", token: "b" };
    target(values).is_some_and(|target_a| target(other) == Some(target_a))
}

/// Whether it is a body that a gateway can read: JSON once the slots are filled, or a form.
#[must_use]
pub fn is_sms_body(text: &str, headers: &[SmsHeader]) -> bool {
    let values = Values { to: "+1", text: "\"", language: "en", token: "t" };
    match writing_of(headers) {
        Writing::Json => {
            let filled = fill(text, values, Writing::Json);
            text.is_empty() || serde_json::from_str::<serde_json::Value>(&filled).is_ok()
        }
        Writing::Url | Writing::Plain => true,
    }
}

impl Sms {
    /// A gateway, asked by a client that asks nobody else.
    pub(super) fn new(
        gateway: SmsGateway,
        roots: &Arc<RootCertStore>,
        clock: Clock,
        meter: &Arc<Meter>,
    ) -> std::io::Result<Self> {
        let token = gateway.token.read()?;
        let values = Values { to: "", text: "", language: "", token: &token };
        let url = Url::parse(&fill(&gateway.url, values, Writing::Url)).ok();
        let target = url.and_then(|url| Target::of(&url));
        // Whoever names a gateway names its address, wherever that is.
        let guard = Guard::new(target.into_iter().collect(), Arc::new(|_| true));
        Ok(Self {
            http: Http::new(Arc::new(guard), roots, clock, Arc::clone(meter)),
            gateway,
            token,
        })
    }

    /// The number in the form that the gateway gets, when it may get a message.
    pub(super) fn recipient(&self, to: &str, caller: &str) -> Result<String, MessageFault> {
        let wrong = || MessageFault("no telephone number to send it to".to_owned());
        let number = plain_number(to).ok_or_else(wrong)?;
        let is_own = plain_number(caller).is_some_and(|own| own == number);
        let is_named = self.gateway.prefixes.iter().any(|prefix| number.starts_with(prefix));
        if is_own || is_named {
            return Ok(number);
        }
        Err(MessageFault("a number that `[sms] prefixes` does not allow".to_owned()))
    }

    /// Gives the gateway a message.
    pub(super) async fn send(
        &self,
        key: &str,
        number: &str,
        order: &MessageOrder,
        rng: &mut Rng,
    ) -> Result<(), MessageFault> {
        let request = self.request(number, order);
        match self.http.ask(key, &request, rng).await {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
            Ok(answer) => Err(MessageFault(format!("the status {} from it", answer.status))),
            Err(fault) => Err(MessageFault(fault.to_string())),
        }
    }

    fn request(&self, number: &str, order: &MessageOrder) -> HttpRequest {
        let language = order.language.to_string();
        let values =
            Values { to: number, text: &order.text, language: &language, token: &self.token };
        let headers = self.gateway.headers.iter().map(|header| {
            (header.name.as_str().into(), fill(&header.value, values, Writing::Plain))
        });
        let body = fill(&self.gateway.body, values, writing_of(&self.gateway.headers));
        HttpRequest {
            method: self.gateway.method,
            url: fill(&self.gateway.url, values, Writing::Url),
            headers: headers.collect(),
            body: Some(body).filter(|body| !body.is_empty()),
            sensitive: Sensitivity::Sensitive,
            timeout: SMS_PATIENCE.max(Duration::from_secs(1)),
            retries: SMS_RETRIES,
        }
    }
}

/// JSON, unless the header fields say that the body is something else.
fn writing_of(headers: &[SmsHeader]) -> Writing {
    let kind = headers.iter().find(|of| of.name.eq_ignore_ascii_case("content-type"));
    match kind.map(|kind| kind.value.as_str()) {
        None => Writing::Json,
        Some(kind) if kind.contains("json") => Writing::Json,
        Some(kind) if kind.contains("x-www-form-urlencoded") => Writing::Url,
        Some(_) => Writing::Plain,
    }
}

/// The text with its slots filled; any other brace stands for itself.
fn fill(text: &str, values: Values<'_>, writing: Writing) -> String {
    let slots = [
        ("{to}", values.to),
        ("{text}", values.text),
        ("{language}", values.language),
        ("{token}", values.token),
    ];
    let (mut filled, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('{') {
        let (before, after) = rest.split_at(at);
        filled.push_str(before);
        match slots.iter().find(|(slot, _)| after.starts_with(slot)) {
            Some((slot, value)) => {
                filled.push_str(&written(value, writing));
                rest = after.strip_prefix(slot).unwrap_or_default();
            }
            None => {
                filled.push('{');
                rest = after.strip_prefix('{').unwrap_or_default();
            }
        }
    }
    filled + rest
}

fn written(value: &str, writing: Writing) -> String {
    match writing {
        Writing::Plain => value.to_owned(),
        Writing::Json => serde_json::Value::from(value).to_string(),
        Writing::Url => byte_serialize(value.as_bytes()).collect(),
    }
}

/// A number without what people write between its digits.
fn plain_number(text: &str) -> Option<String> {
    let number: String = text.chars().filter(|letter| !" -().".contains(*letter)).collect();
    let digits = number.strip_prefix('+').unwrap_or(&number);
    let is_number =
        (3..=15).contains(&digits.len()) && digits.bytes().all(|of| of.is_ascii_digit());
    is_number.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'_> = Values {
        to: "+971501234567",
        text: "a \"case\", {to} & more\nسلام",
        language: "ar",
        token: "secret",
    };

    fn header(text: &str) -> SmsHeader {
        SmsHeader::parse(text).expect("a header field")
    }

    #[test]
    fn slots_are_written_so_that_nothing_can_be_put_in_through_them() {
        let filled = fill(r#"{"to": {to}, "text": {text}, "n": {x}}"#, VALUES, Writing::Json);
        assert_eq!(
            filled,
            "{\"to\": \"+971501234567\", \"text\": \"a \\\"case\\\", {to} & more\\nسلام\", \"n\": {x}}"
        );
        let form = fill("to={to}&text={text}", VALUES, Writing::Url);
        assert!(form.starts_with("to=%2B971501234567&text=a+%22case%22%2C+%7Bto%7D+%26+more%0A"));
        assert_eq!(fill("Bearer {token}", VALUES, Writing::Plain), "Bearer secret");
    }

    #[test]
    fn a_gateway_s_host_is_written_out() {
        assert!(is_sms_url("https://sms.example/send?to={to}&text={text}"));
        assert!(is_sms_url("http://127.0.0.1:8081/{token}/send"));
        for wrong in ["https://{to}.example/", "sms.example", "ftp://sms.example/", ""] {
            assert!(!is_sms_url(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_body_is_json_or_says_what_else_it_is() {
        assert!(is_sms_body(r#"{"to": {to}, "text": {text}}"#, &[]));
        assert!(!is_sms_body(r#"{"to": "{to}", "text": "{text}"}"#, &[]));
        assert!(!is_sms_body("to={to}", &[]));
        assert!(is_sms_body(
            "to={to}",
            &[header("Content-Type: application/x-www-form-urlencoded")]
        ));
    }

    #[test]
    fn a_header_field_is_one_line() {
        assert_eq!(header("Authorization: Bearer {token}").name, "Authorization");
        for wrong in ["no colon", ": value", "a b: c", "a: b\r\nc: d"] {
            assert_eq!(SmsHeader::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_number_is_digits() {
        assert_eq!(plain_number("+971 50-123 (4567)").as_deref(), Some("+971501234567"));
        for wrong in ["", "12", "+97150123456789012", "anonymous", "+971\r\n5012345", "++971501"] {
            assert_eq!(plain_number(wrong), None, "{wrong}");
        }
    }
}
