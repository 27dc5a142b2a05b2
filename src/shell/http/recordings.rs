//! Recordings of calls and messages of callers: listed and heard, by supervisors only.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::base::id::{CallId, RecordingId};
use crate::base::limit::RECORDING_CHUNK_BYTES;
use crate::shell::http::login::visitor;
use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;
use crate::shell::http::range::{self, Asked, Part};
use crate::shell::http::sessions::Visitor;
use crate::shell::store::{Recording, RecordingFilter, RecordingKind, Role};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    call: Option<String>,
    before: Option<String>,
    limit: Option<u32>,
}

type Question = Result<Query<Wanted>, QueryRejection>;
type Name = Result<Path<String>, PathRejection>;

/// Lists recordings of calls, newest first.
pub(super) async fn list_calls(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    wanted: Question,
) -> Result<Json<Vec<Value>>, Problem> {
    list(&parts, &headers, wanted, "call").await
}

/// Lists callers' messages, newest first.
pub(super) async fn list_messages(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    wanted: Question,
) -> Result<Json<Vec<Value>>, Problem> {
    list(&parts, &headers, wanted, "message").await
}

/// Lets a call's recording be heard.
pub(super) async fn hear_call(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    name: Name,
) -> Result<Response, Problem> {
    hear(&parts, &headers, name, "call").await
}

/// Lets a message be heard.
pub(super) async fn hear_message(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    name: Name,
) -> Result<Response, Problem> {
    hear(&parts, &headers, name, "message").await
}

async fn list(
    parts: &HttpParts,
    headers: &HeaderMap,
    wanted: Question,
    kind: &'static str,
) -> Result<Json<Vec<Value>>, Problem> {
    supervisor(parts, headers)?;
    let Query(wanted) = wanted.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let Wanted { call, before, limit } = wanted;
    let call = id(call.as_deref(), CallId::parse, "the id of a call as `call`")?;
    let before = id(before.as_deref(), RecordingId::parse, "the id of a recording as `before`")?;
    let filter = RecordingFilter { kind, call, before, limit: limit.unwrap_or(50) };
    let recordings = parts.store.recordings(&filter).await?;
    Ok(Json(recordings.iter().map(summary).collect()))
}

async fn hear(
    parts: &HttpParts,
    headers: &HeaderMap,
    name: Name,
    kind: &'static str,
) -> Result<Response, Problem> {
    let visitor = supervisor(parts, headers)?;
    let Path(name) = name.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let id = name.strip_suffix(".wav").and_then(RecordingId::parse);
    let id = id.ok_or_else(Problem::not_found)?;
    let recording = parts.store.recording(id).await?.ok_or_else(Problem::not_found)?;
    if recording.kind.word() != kind {
        return Err(Problem::not_found());
    }
    let (file, length) = open(parts, &recording).await?;
    let header = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let (part, status) = match range::asked(header, length) {
        Asked::All => (Part { first: 0, length }, StatusCode::OK),
        Asked::Part(part) => (part, StatusCode::PARTIAL_CONTENT),
        Asked::Beyond => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            let detail = format!("the recording has {length} bytes");
            let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, detail);
            return Ok((range, problem).into_response());
        }
    };
    let last = part.first + part.length.saturating_sub(1);
    let words = format!("{}-{last}/{length}", part.first);
    // Nobody listens unseen: without the note there is no sound.
    let now = parts.clock.epoch().wall(parts.clock.now());
    parts.store.recording_heard(id, &visitor.agent, now, &words).await?;
    let (agent, call) = (&visitor.agent, recording.call);
    tracing::info!(recording = %id, %call, %agent, part = words, "a recording is listened to");
    let mut response = Response::new(body(file, part));
    *response.status_mut() = status;
    let texts = [
        (header::CONTENT_TYPE, "audio/wav".to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CONTENT_LENGTH, part.length.to_string()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{id}.wav\"")),
    ];
    let range = (status == StatusCode::PARTIAL_CONTENT)
        .then(|| (header::CONTENT_RANGE, format!("bytes {words}")));
    for (name, text) in texts.into_iter().chain(range) {
        if let Ok(value) = text.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

/// Who asks, when that is somebody who may listen.
fn supervisor(parts: &HttpParts, headers: &HeaderMap) -> Result<Visitor, Problem> {
    let visitor = visitor(parts, headers)?;
    match visitor.role {
        Role::Supervisor => Ok(visitor),
        Role::Agent => {
            let detail = "recordings are for supervisors";
            Err(Problem::new(StatusCode::FORBIDDEN, detail))
        }
    }
}

fn id<T>(
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
    wanted: &str,
) -> Result<Option<T>, Problem> {
    match text.map(parse) {
        Some(None) => Err(Problem::new(StatusCode::BAD_REQUEST, format!("wanted {wanted}"))),
        Some(found) => Ok(found),
        None => Ok(None),
    }
}

fn summary(recording: &Recording) -> Value {
    let end = recording.end.as_ref();
    let silences = end.map(|end| &end.silences);
    let (consent, case, door) = match &recording.kind {
        RecordingKind::Call { consent } => (Some(consent), None, "recordings"),
        RecordingKind::Message { case } => (None, Some(case), "voicemails"),
    };
    json!({
        "id": recording.id,
        "call": recording.call,
        "consent": consent,
        "case": case,
        "started_ms": recording.started.0,
        "ended_ms": end.map(|end| end.ended.0),
        "length_ms": end.map(|end| end.length.as_millis()),
        "silences": silences,
        "sha256": end.and_then(|end| end.sha256.as_deref()),
        "audio": format!("/api/v1/{door}/{}.wav", recording.id),
    })
}

async fn open(parts: &HttpParts, recording: &Recording) -> Result<(File, u64), Problem> {
    let path = parts.recordings.join(&recording.file);
    let opened = tokio::task::spawn_blocking(move || {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok::<_, io::Error>((file, length))
    });
    match opened.await {
        Ok(Ok(opened)) => Ok(opened),
        Ok(Err(fault)) if fault.kind() == io::ErrorKind::NotFound => Err(Problem::not_found()),
        Ok(Err(fault)) => {
            tracing::warn!(recording = %recording.id, %fault, "a recording cannot be read");
            let detail = "the recording cannot be read";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail))
        }
        Err(_) => {
            let detail = "the recording cannot be read";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail))
        }
    }
}

/// The part of the file, read piece by piece as fast as the listener takes it.
fn body(file: File, part: Part) -> Body {
    Body::from_stream(stream::try_unfold((file, part), |(file, part)| async move {
        if part.length == 0 {
            return Ok(None);
        }
        let read = tokio::task::spawn_blocking(move || read(file, part)).await;
        let (file, piece) = read.map_err(io::Error::other)??;
        let taken = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        let rest = Part { first: part.first + taken, length: part.length.saturating_sub(taken) };
        Ok::<_, io::Error>(Some((Bytes::from(piece), (file, rest))))
    }))
}

fn read(mut file: File, part: Part) -> io::Result<(File, Vec<u8>)> {
    let chunk = u64::try_from(RECORDING_CHUNK_BYTES).unwrap_or(u64::MAX);
    let count = usize::try_from(part.length.min(chunk)).unwrap_or(RECORDING_CHUNK_BYTES);
    let mut piece = vec![0; count];
    file.seek(SeekFrom::Start(part.first))?;
    file.read_exact(&mut piece)?;
    Ok((file, piece))
}
