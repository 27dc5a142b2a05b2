//! What a test wants the flow to send out for: `http`, `case`, `message` and the others of a step.

use std::sync::Arc;

use crate::flow::diagnostic::Code;
use crate::flow::parse::{Fields, Page};
use crate::flow::run::{CaseOrder, Errand, RecordOrder};
use crate::flow::trial::errand::{self, case_number, case_word};
use crate::flow::trial::mock::looks_like;
use crate::flow::trial::scene::Done;
use crate::flow::yaml::{Form, Yaml};

/// An errand, or an order about the recording, that a step wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sent {
    /// `http: "POST */cases"`
    Http(Arc<str>),
    /// `case: open`, or more of it.
    Case(CaseWant),
    /// `message: {by, to, says}`
    Message { by: Option<Arc<str>>, to: Option<Arc<str>>, says: Option<Arc<str>> },
    /// `callback: "+971*"`
    Callback(Arc<str>),
    /// `voicemail: "*"`: the case that it belongs to.
    Voicemail(Arc<str>),
    /// `transfer: "sip:*"`
    Transfer(Arc<str>),
    /// `stream: "wss://*"`
    Stream(Arc<str>),
    /// `record: start`
    Record(Arc<str>),
}

/// What is wanted of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CaseWant {
    act: Arc<str>,
    kind: Option<Arc<str>>,
    entity: Option<Arc<str>>,
    number: Option<Arc<str>>,
    text: Option<Arc<str>>,
    answer: Option<Arc<str>>,
}

/// Reads what a step wants sent, in the order of the fields' names.
pub(super) fn read(page: Page<'_>, fields: &Fields<'_>) -> Vec<Sent> {
    let plain = |name, make: fn(Arc<str>) -> Sent| {
        fields.optional(name).and_then(|yaml| page.text(yaml)).cloned().map(make)
    };
    let mut sent: Vec<Sent> = [
        plain("http", Sent::Http),
        plain("callback", Sent::Callback),
        plain("voicemail", Sent::Voicemail),
        plain("transfer", Sent::Transfer),
        plain("stream", Sent::Stream),
        plain("record", Sent::Record),
    ]
    .into_iter()
    .flatten()
    .collect();
    sent.extend(fields.optional("case").and_then(|yaml| case(page, yaml)));
    sent.extend(fields.optional("message").and_then(|yaml| message(page, yaml)));
    sent
}

fn case(page: Page<'_>, yaml: &Yaml) -> Option<Sent> {
    if let Form::Text(act) = &yaml.form {
        let act = known_act(page, yaml, act)?;
        let none = || None;
        let (kind, entity, number, text, answer) = (none(), none(), none(), none(), none());
        return Some(Sent::Case(CaseWant { act, kind, entity, number, text, answer }));
    }
    let fields = Fields::of(page, yaml, "`open`, or a map such as {do: open, kind: complaint}")?;
    let act = fields.required("do").and_then(|yaml| known_act(page, yaml, page.text(yaml)?));
    let text = |name| fields.optional(name).and_then(|yaml| page.text(yaml)).cloned();
    let want = |act| CaseWant {
        act,
        kind: text("kind"),
        entity: text("entity"),
        number: text("number"),
        text: text("text"),
        answer: text("answer"),
    };
    let want = want(act?);
    fields.finish();
    Some(Sent::Case(want))
}

fn known_act(page: Page<'_>, yaml: &Yaml, act: &Arc<str>) -> Option<Arc<str>> {
    const ACTS: [&str; 6] = ["open", "add", "close", "close_if_self_served", "survey", "find"];
    if ACTS.contains(&&**act) {
        return Some(Arc::clone(act));
    }
    let fault = page.fault(Code::WrongValue, yaml.place, "something that is done to a case");
    page.add(fault.found(&**act).near(ACTS));
    None
}

fn message(page: Page<'_>, yaml: &Yaml) -> Option<Sent> {
    let fields = Fields::of(page, yaml, "a map such as {by: sms, says: \"…\"}")?;
    let text = |name| fields.optional(name).and_then(|yaml| page.text(yaml)).cloned();
    let sent = Sent::Message { by: text("by"), to: text("to"), says: text("says") };
    fields.finish();
    Some(sent)
}

impl Done {
    /// As a failure tells it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Errand(errand) => errand::line(errand),
            Self::Record(order) => format!("the recording's {}", record_word(*order)),
        }
    }
}

impl Sent {
    /// Whether this is what was done.
    pub(super) fn is(&self, done: &Done) -> bool {
        let like = |pattern: &Option<Arc<str>>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| looks_like(pattern, text))
        };
        let errand = match (self, done) {
            (Self::Record(word), Done::Record(order)) => return **word == *record_word(*order),
            (_, Done::Record(_)) | (Self::Record(_), Done::Errand(_)) => return false,
            (_, Done::Errand(errand)) => &**errand,
        };
        match (self, errand) {
            (Self::Http(pattern), Errand::Http(request)) => {
                looks_like(pattern, &format!("{} {}", request.method.word(), request.url))
            }
            (Self::Case(want), Errand::Case(order)) => want.is(order),
            (Self::Message { by, to, says }, Errand::Message(order)) => {
                like(by, order.channel.word())
                    && like(to, &order.to)
                    && says.as_ref().is_none_or(|says| order.text.contains(&**says))
            }
            (Self::Callback(pattern), Errand::Callback(wish)) => looks_like(pattern, &wish.number),
            (Self::Voicemail(pattern), Errand::Voicemail(order)) => {
                looks_like(pattern, &order.case)
            }
            (Self::Transfer(pattern), Errand::Transfer(order)) => looks_like(pattern, &order.to),
            (Self::Stream(pattern), Errand::Stream(order)) => looks_like(pattern, &order.url),
            (
                Self::Http(_)
                | Self::Case(_)
                | Self::Message { .. }
                | Self::Callback(_)
                | Self::Voicemail(_)
                | Self::Transfer(_)
                | Self::Stream(_)
                | Self::Record(_),
                _,
            ) => false,
        }
    }

    /// As a failure tells it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Http(pattern) => format!("the request `{pattern}`"),
            Self::Case(want) => format!("a case: {}", want.act),
            Self::Message { says, .. } => {
                let says = says.as_deref().unwrap_or("");
                format!("a message that says `{says}`")
            }
            Self::Callback(number) => format!("a call-back to {number}"),
            Self::Voicemail(_) => "a voicemail".to_owned(),
            Self::Transfer(to) => format!("a transfer to {to}"),
            Self::Stream(url) => format!("a talk with {url}"),
            Self::Record(word) => format!("the recording's {word}"),
        }
    }
}

impl CaseWant {
    fn is(&self, order: &CaseOrder) -> bool {
        let like = |pattern: &Option<Arc<str>>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| looks_like(pattern, text))
        };
        let (kind, entity, text, answer) = match order {
            CaseOrder::Open(case) => {
                let entity = case.entity.as_ref().map_or("", |entity| entity.as_str());
                (case.kind.word(), entity, &*case.text, "")
            }
            CaseOrder::Add { text, .. } | CaseOrder::Close { text, .. } => ("", "", &**text, ""),
            CaseOrder::Survey { answer, entity, question, .. } => {
                let entity = entity.as_ref().map_or("", |entity| entity.as_str());
                ("", entity, &**question, &**answer)
            }
            CaseOrder::CloseIfSelfServed { .. } | CaseOrder::Find { .. } => ("", "", "", ""),
        };
        *self.act == *case_word(order)
            && like(&self.kind, kind)
            && like(&self.entity, entity)
            && like(&self.number, case_number(order))
            && like(&self.text, text)
            && like(&self.answer, answer)
    }
}

const fn record_word(order: RecordOrder) -> &'static str {
    match order {
        RecordOrder::Start { .. } => "start",
        RecordOrder::Pause => "pause",
        RecordOrder::Resume => "resume",
        RecordOrder::Stop => "stop",
        RecordOrder::Hide => "hide",
        RecordOrder::Show => "show",
    }
}
