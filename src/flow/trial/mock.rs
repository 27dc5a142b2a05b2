//! `mocks:` of a test file: the world outside the call, as the test wants it.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::base::limit::TRIAL_MOCKS_MAX;
use crate::flow::diagnostic::Code;
use crate::flow::parse::{Fields, Page};
use crate::flow::run::{
    CallbackFault, CaseAnswer, CaseFault, CaseOrder, Errand, HttpAnswer, HttpFault, HttpRequest,
    MessageFault, Reply, StreamEnd, TransferEnd, VoicemailEnd,
};
use crate::flow::trial::errand;
use crate::flow::yaml::{Form, Yaml};

/// What others answer. Without a word each errand is done well.
#[derive(Debug, Clone, Default)]
pub(super) struct Mocks {
    http: Vec<HttpMock>,
    cases: Vec<CaseMock>,
    message: Option<Result<(), MessageFault>>,
    callback: Option<Result<(), CallbackFault>>,
    voicemail: Option<VoicemailEnd>,
    transfer: Option<TransferEnd>,
    stream: Option<StreamEnd>,
}

/// The answer to the requests that look like this.
#[derive(Debug, Clone)]
struct HttpMock {
    method: Option<&'static str>,
    url: Arc<str>,
    answer: Result<HttpAnswer, HttpFault>,
}

/// The answer to what is done to such a case.
#[derive(Debug, Clone)]
struct CaseMock {
    act: Option<Arc<str>>,
    number: Option<Arc<str>>,
    answer: Result<CaseAnswer, CaseFault>,
}

/// Reads the mocks of a file or of one test; what is wrong goes to the page's ledger.
pub(super) fn read(page: Page<'_>, yaml: &Yaml) -> Option<Mocks> {
    let fields = Fields::of(page, yaml, "mocks such as {http: […], voicemail: empty}")?;
    let http = list(page, &fields, "http", http);
    let cases = list(page, &fields, "case", case);
    let good = "mock".to_owned();
    let message = [("good", Ok(())), ("fails", Err(MessageFault(good)))];
    let callback = [
        ("good", Ok(())),
        ("rejected_number", Err(CallbackFault::RejectedNumber)),
        ("closed", Err(CallbackFault::Closed)),
    ];
    let voicemail = [
        ("kept", VoicemailEnd::Kept),
        ("empty", VoicemailEnd::Empty),
        ("too_short", VoicemailEnd::TooShort),
    ];
    let transfer = [
        ("talked", TransferEnd::Talked),
        ("busy", TransferEnd::Busy),
        ("no_answer", TransferEnd::NoAnswer),
        ("failed", TransferEnd::Failed),
        ("denied", TransferEnd::Denied),
    ];
    let mocks = Mocks {
        http: http?,
        cases: cases?,
        message: word(page, &fields, "message", &message),
        callback: word(page, &fields, "callback", &callback),
        voicemail: word(page, &fields, "voicemail", &voicemail),
        transfer: word(page, &fields, "transfer", &transfer),
        stream: fields.optional("stream").and_then(|yaml| stream(page, yaml)),
    };
    fields.finish();
    Some(mocks)
}

impl Mocks {
    /// These mocks, and where they say nothing, the others.
    pub(super) fn over(&self, others: &Self) -> Self {
        let both = |own: &[HttpMock], other: &[HttpMock]| [own, other].concat();
        Self {
            http: both(&self.http, &others.http),
            cases: [&self.cases[..], &others.cases[..]].concat(),
            message: self.message.clone().or_else(|| others.message.clone()),
            callback: self.callback.or(others.callback),
            voicemail: self.voicemail.or(others.voicemail),
            transfer: self.transfer.or(others.transfer),
            stream: self.stream.clone().or_else(|| others.stream.clone()),
        }
    }

    /// What becomes of an errand.
    pub(super) fn reply(&self, errand: &Errand) -> Reply {
        let mocked = match errand {
            Errand::Http(request) => self.http(request).map(Reply::Http),
            Errand::Case(order) => self.case(order).map(Reply::Case),
            Errand::Message(_) => self.message.clone().map(Reply::Message),
            Errand::Callback(_) => self.callback.map(Reply::Callback),
            Errand::Voicemail(_) => self.voicemail.map(Reply::Voicemail),
            Errand::Transfer(_) => self.transfer.map(Reply::Transfer),
            Errand::Stream(_) => self.stream.clone().map(Reply::Stream),
        };
        mocked.unwrap_or_else(|| errand::reply(errand))
    }

    fn http(&self, request: &HttpRequest) -> Option<Result<HttpAnswer, HttpFault>> {
        let method = request.method.word();
        let found = self.http.iter().find(|mock| {
            mock.method.is_none_or(|wanted| wanted == method) && looks_like(&mock.url, &request.url)
        });
        found.map(|mock| mock.answer.clone())
    }

    fn case(&self, order: &CaseOrder) -> Option<Result<CaseAnswer, CaseFault>> {
        let (act, number) = (errand::case_word(order), errand::case_number(order));
        let found = self.cases.iter().find(|mock| {
            mock.act.as_ref().is_none_or(|wanted| **wanted == *act)
                && mock.number.as_ref().is_none_or(|wanted| looks_like(wanted, number))
        });
        found.map(|mock| mock.answer.clone())
    }
}

/// Whether a text looks like a pattern, in which `*` stands for anything.
pub(super) fn looks_like(pattern: &str, text: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(before) else { return false };
    let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    ends.any(|at| text.get(at..).is_some_and(|tail| looks_like(rest, tail)))
}

fn list<T>(
    page: Page<'_>,
    fields: &Fields<'_>,
    name: &'static str,
    read: impl Fn(Page<'_>, &Yaml) -> Option<T>,
) -> Option<Vec<T>> {
    let Some(yaml) = fields.optional(name) else { return Some(Vec::new()) };
    let items = page.list(yaml, "a list of mocks")?;
    if items.len() > TRIAL_MOCKS_MAX {
        page.wrong(Code::WrongValue, yaml, format!("at most {TRIAL_MOCKS_MAX} mocks"));
    }
    items.iter().map(|yaml| read(page, yaml)).collect()
}

fn word<T: Clone>(
    page: Page<'_>,
    fields: &Fields<'_>,
    name: &'static str,
    words: &[(&str, T)],
) -> Option<T> {
    let indexes: Vec<(&str, usize)> =
        words.iter().enumerate().map(|(at, (word, _))| (*word, at)).collect();
    let at = fields.optional(name).and_then(|yaml| page.word(yaml, &indexes))?;
    words.get(at).map(|(_, value)| value.clone())
}

fn http(page: Page<'_>, yaml: &Yaml) -> Option<HttpMock> {
    let wanted = "a mock such as {get: \"*/cases/*\", status: 404}";
    let fields = Fields::of(page, yaml, wanted)?;
    let (name, url) = fields.one_of(&["get", "post", "any"], "`get`, `post` or `any`")?;
    let url = page.text(url).cloned();
    let faults = [
        ("timeout", HttpFault::Timeout),
        ("connect", HttpFault::Connect("a mock".to_owned())),
        ("refused", HttpFault::Refused("a mock".to_owned())),
        ("body", HttpFault::Body("a mock".to_owned())),
    ];
    let fault = word(page, &fields, "fails", &faults);
    let status = fields.optional("status").map_or(Some(200), |yaml| page.count(yaml, 200..=599));
    let body = fields.optional("body").map(|yaml| json(yaml).to_string()).unwrap_or_default();
    fields.finish();
    let answer = match fault {
        Some(fault) => Err(fault),
        None => {
            Ok(HttpAnswer { status: u16::try_from(status?).ok()?, body: body.into_bytes().into() })
        }
    };
    let method = match name {
        "get" => Some("GET"),
        "post" => Some("POST"),
        _ => None,
    };
    Some(HttpMock { method, url: url?, answer })
}

fn case(page: Page<'_>, yaml: &Yaml) -> Option<CaseMock> {
    let fields = Fields::of(page, yaml, "a mock such as {do: find, state: done}")?;
    let text = |name| fields.optional(name).and_then(|yaml| page.text(yaml)).cloned();
    let (act, number) = (text("do"), text("number"));
    let (state, entity, answers) = (text("state"), text("entity"), text("answers"));
    let faults =
        [("not_found", CaseFault::NotFound), ("store", CaseFault::Store("a mock".to_owned()))];
    let fault = word(page, &fields, "fails", &faults);
    fields.finish();
    let owned = |text: Option<Arc<str>>, other: &str| {
        text.map_or_else(|| other.to_owned(), |text| text.to_string())
    };
    let number_of = answers.or_else(|| number.clone().filter(|number| !number.contains('*')));
    let answer = match fault {
        Some(fault) => Err(fault),
        None => Ok(CaseAnswer {
            number: owned(number_of, errand::CASE),
            state: owned(state, "open"),
            entity: owned(entity, ""),
        }),
    };
    Some(CaseMock { act, number, answer })
}

fn stream(page: Page<'_>, yaml: &Yaml) -> Option<StreamEnd> {
    let fields = Fields::of(page, yaml, "a mock such as {ends: agent, says: {intent: pay}}")?;
    let ends = [("closed", 0), ("done", 1), ("agent", 2), ("failed", 3)];
    let end = fields.required("ends").and_then(|yaml| page.word(yaml, &ends));
    let words = fields.optional("says").map(|yaml| Arc::from(json(yaml).to_string().into_bytes()));
    fields.finish();
    Some(match end? {
        0 => StreamEnd::Closed(words),
        1 => StreamEnd::Done(words),
        2 => StreamEnd::Agent(words),
        _ => StreamEnd::Failed("a mock".to_owned()),
    })
}

fn json(yaml: &Yaml) -> Json {
    match &yaml.form {
        Form::Null => Json::Null,
        Form::Bool(flag) => Json::Bool(*flag),
        Form::Int(number) => Json::from(*number),
        Form::Text(text) => Json::String(text.to_string()),
        Form::List(items) => Json::Array(items.iter().map(json).collect()),
        Form::Map(entries) => Json::Object(
            entries.iter().map(|entry| (entry.key.text.to_string(), json(&entry.value))).collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text) in [("*", ""), ("*/cases/*", "http://a/cases/1"), ("a*b*c", "axxbyyc")]
        {
            assert!(looks_like(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("*/cases/1", "http://a/cases/12"), ("a*b", "abc")] {
            assert!(!looks_like(pattern, text), "{pattern} {text}");
        }
    }
}
