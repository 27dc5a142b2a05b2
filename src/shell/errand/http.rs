//! `http`: a question to another system, tried again while that may help, and led on by redirects
//! within what is allowed.

use std::sync::Arc;
use std::time::Duration;

use hyper::Method;
use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use rustls::RootCertStore;
use url::Url;

use crate::base::chance::Rng;
use crate::base::limit::{HTTP_PAUSE, HTTP_REDIRECTS_MAX, HTTP_URL_MAX};
use crate::base::time::Moment;
use crate::flow::model;
use crate::flow::run::{HttpAnswer, HttpFault, HttpRequest};
use crate::shell::clock::Clock;
use crate::shell::errand::client::{Answer, Client, Question, refused};
use crate::shell::errand::guard::{Guard, Refusal};
use crate::telemetry::{Meter, Outcome};

/// Carries the same value in all attempts of one errand, so that the other side can tell that they
/// are one.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Fields by which the two sides agree on where a message ends and whom it is for.
const FRAMING: [&str; 8] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Whoever asks other systems.
#[derive(Debug, Clone)]
pub(super) struct Http {
    client: Arc<Client>,
    clock: Clock,
    meter: Arc<Meter>,
}

impl Http {
    /// Asks only whom `guard` admits.
    pub(super) fn new(
        guard: Arc<Guard>,
        roots: &Arc<RootCertStore>,
        clock: Clock,
        meter: Arc<Meter>,
    ) -> Self {
        Self { client: Arc::new(Client::new(guard, roots)), clock, meter }
    }

    /// Asks until there is an answer, or until it is enough. `key` is this errand's alone.
    pub(super) async fn ask(
        &self,
        key: &str,
        request: &HttpRequest,
        rng: &mut Rng,
    ) -> Result<HttpAnswer, HttpFault> {
        let begun = self.clock.now();
        let (target, answer) = match self.question(key, request) {
            Ok((question, target)) => (target, self.attempts(&question, request, rng).await),
            Err(fault) => ("other".to_owned(), Err(fault)),
        };
        let outcome = match &answer {
            Ok(answer) => Outcome::Status(answer.status),
            Err(HttpFault::Timeout) => Outcome::Timeout,
            Err(HttpFault::Connect(_)) => Outcome::Connect,
            Err(HttpFault::Refused(_)) => Outcome::Refused,
            Err(HttpFault::Body(_)) => Outcome::Body,
        };
        let took = self.clock.now().since(begun);
        self.meter.http(&target, outcome, took);
        tracing::debug!(key, target, ?outcome, ?took, "asked another system");
        answer.map(|answer| HttpAnswer { status: answer.status, body: answer.body.into() })
    }

    /// The question, and the name of its target.
    fn question(&self, key: &str, request: &HttpRequest) -> Result<(Question, String), HttpFault> {
        let unreadable = || refused(Refusal::Unreadable);
        if request.url.len() > HTTP_URL_MAX {
            return Err(HttpFault::Refused(format!("more than {HTTP_URL_MAX} characters")));
        }
        let url = Url::parse(&request.url).map_err(|_| unreadable())?;
        let guard = self.client.guard();
        let target = guard.admit(&url).map_err(refused)?;
        let mut headers = headers(&request.headers)?;
        let method = match request.method {
            model::Method::Get => Method::GET,
            model::Method::Post => {
                let value = HeaderValue::from_str(key).map_err(|_| unreadable())?;
                headers.insert(IDEMPOTENCY_KEY, value);
                Method::POST
            }
        };
        let body = request.body.clone().map(Bytes::from);
        let target = guard.targets().get(target).map(ToString::to_string).unwrap_or_default();
        Ok((Question { method, url, headers, body }, target))
    }

    async fn attempts(
        &self,
        question: &Question,
        request: &HttpRequest,
        rng: &mut Rng,
    ) -> Result<Answer, HttpFault> {
        let end = self.clock.now() + whole_time(request);
        let mut attempt = 0;
        loop {
            let now = self.clock.now();
            let patience = request.timeout.min(end.since(now));
            let answered = tokio::time::timeout(patience, self.follow(question.clone())).await;
            let answer = answered.unwrap_or(Err(HttpFault::Timeout));
            let wish = match &answer {
                Ok(answer) if may_pass(answer.status) => answer.retry_after,
                Err(HttpFault::Timeout | HttpFault::Connect(_)) => None,
                Ok(_) | Err(HttpFault::Refused(_) | HttpFault::Body(_)) => return answer,
            };
            let rest = wish.unwrap_or_else(|| pause(attempt, rng));
            if attempt >= request.retries || is_too_late(self.clock.now(), rest, end) {
                return answer;
            }
            attempt += 1;
            wait(rest).await;
        }
    }

    /// Asks, and goes where the answers lead.
    async fn follow(&self, mut question: Question) -> Result<Answer, HttpFault> {
        for _ in 0..=HTTP_REDIRECTS_MAX {
            let answer = self.client.ask(question.clone()).await?;
            match next(question, &answer).map_err(refused)? {
                Some(next) => question = next,
                None => return Ok(answer),
            }
        }
        Err(refused(Refusal::Circle))
    }
}

/// RFC 9110 §15.4. What a 301 or 302 makes of a POST is left to guessing there: it is refused.
fn next(mut question: Question, answer: &Answer) -> Result<Option<Question>, Refusal> {
    let is_post = question.method == Method::POST;
    match answer.status {
        301 | 302 if is_post => return Err(Refusal::Changed(answer.status)),
        303 => {
            question.method = Method::GET;
            question.body = None;
            question.headers.remove(IDEMPOTENCY_KEY);
        }
        301 | 302 | 307 | 308 => {}
        _ => return Ok(None),
    }
    let Some(location) = &answer.location else { return Ok(None) };
    let url = question.url.join(location).map_err(|_| Refusal::Unreadable)?;
    if question.url.scheme() == "https" && url.scheme() == "http" {
        return Err(Refusal::Downgrade(url.origin().ascii_serialization()));
    }
    if question.url.origin() != url.origin() {
        // What the flow sends for one system is no business of another.
        let key = question.headers.remove(IDEMPOTENCY_KEY);
        question.headers = key.into_iter().map(|key| (IDEMPOTENCY_KEY, key)).collect();
    }
    question.url = url;
    Ok(Some(question))
}

/// A flow's header fields, none of which says where a message ends or whom it is for.
pub(super) fn headers(fields: &[(Arc<str>, String)]) -> Result<HeaderMap, HttpFault> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        if FRAMING.iter().any(|framing| framing.eq_ignore_ascii_case(name)) {
            return Err(HttpFault::Refused(format!(
                "the header field `{name}`, which is not a flow's"
            )));
        }
        // The value may be a secret, and is not told.
        let wrong =
            || HttpFault::Refused(format!("a value that no header field `{name}` can have"));
        let field = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.append(field, value);
    }
    Ok(headers)
}

/// As long as all attempts and the pauses between them may take: the flow waits a little longer.
fn whole_time(request: &HttpRequest) -> Duration {
    let pauses = (1..=request.retries).map(|attempt| HTTP_PAUSE * 2_u32.saturating_pow(attempt));
    request.timeout * (request.retries + 1) + pauses.sum::<Duration>()
}

/// Twice as long each time, give or take a half, so that those who failed together do not come
/// back together.
fn pause(attempt: u32, rng: &mut Rng) -> Duration {
    let whole = HTTP_PAUSE * 2_u32.saturating_pow(attempt);
    let micros = u64::try_from(whole.as_micros()).unwrap_or(u64::MAX);
    whole / 2 + Duration::from_micros(rng.below(micros))
}

/// Whether a status says that another attempt may go better.
const fn may_pass(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

fn is_too_late(now: Moment, rest: Duration, end: Moment) -> bool {
    end <= now + rest
}

#[expect(clippy::disallowed_methods, reason = "nothing but this errand waits here")]
async fn wait(rest: Duration) {
    tokio::time::sleep(rest).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(method: Method, url: &str) -> Question {
        let headers = HeaderMap::from_iter([
            (HeaderName::from_static("authorization"), HeaderValue::from_static("Bearer x")),
            (IDEMPOTENCY_KEY, HeaderValue::from_static("one")),
        ]);
        let url = Url::parse(url).expect("an address");
        Question { method, url, headers, body: Some(Bytes::from_static(b"{}")) }
    }

    fn led(method: Method, from: &str, status: u16, to: &str) -> Result<Option<Question>, Refusal> {
        let location = Some(to.to_owned());
        let answer = Answer { status, location, retry_after: None, body: Vec::new() };
        next(question(method, from), &answer)
    }

    #[test]
    fn a_redirect_stays_what_it_was_or_is_refused() {
        let at = "https://api.example.gov/a/b";
        let same = led(Method::POST, at, 307, "../c?d").expect("allowed").expect("led on");
        assert_eq!(same.url.as_str(), "https://api.example.gov/c?d");
        assert_eq!(same.method, Method::POST);
        assert!(same.body.is_some() && same.headers.contains_key("authorization"));
        let seen = led(Method::POST, at, 303, "/done").expect("allowed").expect("led on");
        assert_eq!((seen.method, seen.body), (Method::GET, None));
        assert!(!seen.headers.contains_key(IDEMPOTENCY_KEY));
        assert_eq!(led(Method::POST, at, 302, "/c").err(), Some(Refusal::Changed(302)));
        assert!(led(Method::GET, at, 302, "/c").expect("allowed").is_some());
        let down = Refusal::Downgrade("http://api.example.gov".to_owned());
        assert_eq!(led(Method::GET, at, 301, "http://api.example.gov/").err(), Some(down));
        assert!(led(Method::GET, at, 304, "/c").expect("final").is_none());
    }

    #[test]
    fn header_fields_are_for_the_system_that_was_asked() {
        let other = led(Method::POST, "https://a.example/x", 308, "https://b.example/x");
        let other = other.expect("allowed").expect("led on");
        assert!(!other.headers.contains_key("authorization"));
        assert!(other.headers.contains_key(IDEMPOTENCY_KEY));
    }

    #[test]
    fn pauses_grow_and_stay_within_the_whole_time() {
        let mut rng = Rng::seeded(7);
        for attempt in 0..5 {
            let whole = HTTP_PAUSE * 2_u32.pow(attempt);
            let pause = pause(attempt, &mut rng);
            assert!(whole / 2 <= pause && pause < whole * 3 / 2, "{attempt}: {pause:?}");
        }
    }
}
