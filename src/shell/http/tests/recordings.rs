//! Recordings, over the API.

use crate::base::chance::Rng;
use crate::base::id::RecordingId;
use crate::base::time::Wall;
use crate::shell::http::tests::with_web;
use crate::shell::store::trial::call;
use crate::shell::store::{NewRecording, RecordingKind};

/// A call's recording of ten letters.
pub(super) fn recording() -> NewRecording {
    let started = Wall(1);
    let id = RecordingId::new(started, &mut Rng::seeded(1));
    let kind = RecordingKind::Call { consent: "given".into() };
    NewRecording { id, call: call(1), kind, file: "one.wav".into(), started }
}

#[test]
fn recordings_are_heard_by_supervisors_in_the_parts_that_they_ask_for() {
    with_web("recordings", async |web| {
        let boss = web.token("boss").await;
        let path = format!("/api/v1/recordings/{}.wav", recording().id);
        // Its row is there; its file is not.
        assert_eq!(web.get_as(&boss, &path).await.status, 404);
        std::fs::create_dir_all(&web.recordings).expect("a folder for tests");
        std::fs::write(web.recordings.join("one.wav"), "RIFFletter").expect("a folder for tests");
        let whole = web.get_as(&boss, &path).await;
        assert_eq!((whole.status, whole.body.as_str()), (200, "RIFFletter"));
        assert_eq!(whole.header("content-type"), Some("audio/wav"));
        assert_eq!(whole.header("accept-ranges"), Some("bytes"));
        let part = async |range: &str| {
            let headers = format!("authorization: Bearer {boss}\r\nrange: {range}\r\n");
            web.ask(&format!("GET {path}"), &headers, "").await
        };
        let some = part("bytes=4-6").await;
        assert_eq!((some.status, some.body.as_str()), (206, "let"));
        assert_eq!(some.header("content-range"), Some("bytes 4-6/10"));
        let beyond = part("bytes=10-").await;
        assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */10")));
    });
}

#[test]
fn recordings_are_listed_for_supervisors_only() {
    with_web("recordings-list", async |web| {
        let (boss, maryam) = (web.token("boss").await, web.token("maryam").await);
        let id = recording().id;
        let list = web.get_as(&boss, "/api/v1/recordings").await;
        assert_eq!(list.json()[0]["id"], id.to_string(), "{}", list.body);
        assert_eq!(list.json()[0]["call"], call(1).to_string());
        assert_eq!(list.json()[0]["consent"], "given");
        assert_eq!(web.get_as(&boss, "/api/v1/voicemails").await.body, "[]");
        let message = format!("/api/v1/voicemails/{id}.wav");
        assert_eq!(web.get_as(&boss, &message).await.status, 404);
        let path = format!("/api/v1/recordings/{id}.wav");
        for path in ["/api/v1/recordings", "/api/v1/voicemails", path.as_str()] {
            assert_eq!(web.get(path).await.status, 401, "{path}");
            let refused = web.get_as(&maryam, path).await;
            assert_eq!(refused.status, 403, "{path}");
            assert_eq!(refused.header("content-type"), Some("application/problem+json"));
        }
        assert_eq!(web.get_as(&boss, "/api/v1/recordings?before=x").await.status, 400);
    });
}
