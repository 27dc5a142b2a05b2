//! `http` and `message`: other systems.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::base::limit::{ERRAND_GRACE, ERRAND_PATIENCE, HTTP_PAUSE};
use crate::base::time::Moment;
use crate::flow::expression::{Fields, Template, Value, json};
use crate::flow::model::{Assignment, Http, Message, SavePath, Sensitivity, Worded};
use crate::flow::outcome::{
    ERROR_EXPRESSION, ERROR_HTTP_BODY, ERROR_HTTP_CONNECT, ERROR_HTTP_TIMEOUT,
};
use crate::flow::run::{
    Errand, HttpAnswer, HttpFault, HttpRequest, MessageOrder, Mode, Play, PlayId, Run, Turn,
};
use crate::flow::steps::play;

type Result<T> = std::result::Result<T, &'static str>;

pub(super) fn begin(run: &mut Run, now: Moment, http: &Http) -> Result<Turn> {
    let url = run.text(now, &http.url)?;
    let mut sensitive = Sensitivity::Plain;
    for (_, value) in &http.headers {
        sensitive = sensitive.max(run.sensitivity_of(value));
    }
    let headers = headers(run, now, &http.headers)?;
    let body = match &http.body {
        Some(fields) => {
            let sources = fields.iter().map(|field| run.sensitivity(&field.value));
            sensitive = sources.fold(sensitive, Sensitivity::max);
            Some(document(run, now, fields)?)
        }
        None => None,
    };
    if let Some(sound) = &http.music {
        music(run, sound);
    }
    let request = HttpRequest {
        method: http.method,
        url,
        headers,
        body,
        sensitive,
        timeout: http.timeout,
        retries: http.retries,
    };
    Ok(run.send(now, Errand::Http(request), patience(http)))
}

/// Header fields with their slots filled.
pub(super) fn headers(
    run: &mut Run,
    now: Moment,
    fields: &[(Arc<str>, Template)],
) -> Result<Vec<(Arc<str>, String)>> {
    let mut headers = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        headers.push((Arc::clone(name), run.text(now, value)?));
    }
    Ok(headers)
}

/// As long as all attempts and the pauses between them may take.
fn patience(http: &Http) -> Duration {
    let pauses = (0..http.retries).map(|attempt| HTTP_PAUSE * 2_u32.saturating_pow(attempt + 1));
    http.timeout * (http.retries + 1) + pauses.sum::<Duration>() + ERRAND_GRACE
}

/// Named values as a JSON object.
pub(super) fn document(run: &mut Run, now: Moment, fields: &[Assignment]) -> Result<String> {
    let mut values = Vec::with_capacity(fields.len());
    for field in fields {
        values.push((Arc::clone(&field.name), run.value(now, &field.value, None)?));
    }
    Ok(json::write(&Fields::from_iter(values).into()))
}

/// The other system's answer, or why there is none.
pub(super) fn ended(
    run: &mut Run,
    http: &Http,
    answer: std::result::Result<HttpAnswer, HttpFault>,
) -> Result<Turn> {
    if http.music.is_some() {
        run.stop();
    }
    let answer = answer.map_err(|fault| {
        run.failed(fault.to_string());
        match fault {
            HttpFault::Timeout => ERROR_HTTP_TIMEOUT,
            HttpFault::Connect(_) | HttpFault::Refused(_) => ERROR_HTTP_CONNECT,
            HttpFault::Body(_) => ERROR_HTTP_BODY,
        }
    })?;
    if answer.status >= 400 {
        return Ok(Turn::Status(answer.status));
    }
    let status = Value::Int(i64::from(answer.status));
    save(run, &http.save, &answer.body, Some(status), ERROR_HTTP_BODY)?;
    Ok(Turn::Next)
}

/// Parts of a JSON document into variables.
pub(super) fn save(
    run: &mut Run,
    saves: &[SavePath],
    body: &[u8],
    status: Option<Value>,
    unreadable: &'static str,
) -> Result<()> {
    if saves.is_empty() {
        return Ok(());
    }
    let body = if body.iter().all(u8::is_ascii_whitespace) {
        Value::Null
    } else {
        json::read(body).map_err(|fault| {
            run.failed(fault.to_string());
            unreadable
        })?
    };
    let status = status.map(|status| (Arc::from("status"), status));
    let fields = status.into_iter().chain([(Arc::from("body"), body)]);
    let document = fields.collect::<Fields>().into();
    for save in saves {
        run.store(&save.variable, save.path.find(&document))?;
    }
    Ok(())
}

pub(super) fn begin_message(run: &mut Run, now: Moment, message: &Message) -> Result<Turn> {
    let to = run.text(now, &message.to)?;
    let text = worded(run, now, &message.text)?;
    let subject = match &message.subject {
        Some(subject) => Some(worded(run, now, subject)?),
        None => None,
    };
    let order =
        MessageOrder { channel: message.channel, to, subject, text, language: run.language() };
    Ok(run.send(now, Errand::Message(order), ERRAND_PATIENCE))
}

fn worded(run: &mut Run, now: Moment, worded: &Worded) -> Result<String> {
    let mut values = BTreeMap::new();
    for (slot, source) in &worded.args {
        let value = run.value(now, source, None)?.to_text();
        let Some(value) = value else {
            run.failed(format!("wanted a text for `{slot}`, found a list or a map"));
            return Err(ERROR_EXPRESSION);
        };
        values.insert(Arc::clone(slot), value);
    }
    Ok(worded.text.text(run.language(), &values))
}

fn music(run: &mut Run, sound: &Arc<str>) {
    let play = Play {
        id: PlayId::default(),
        prompt: None,
        sounds: Vec::new(),
        mode: Mode::Loop,
        text: String::new(),
        keys: crate::base::key::Keys::default(),
        sensitive: Sensitivity::Plain,
    };
    run.play(play::music(sound), play);
}
