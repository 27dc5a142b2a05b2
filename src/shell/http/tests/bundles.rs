//! The versions of the bundle, over the API.

use serde_json::{Value, json};

use crate::shell::http::tests::{Answer, Web, with_web};

impl Web {
    async fn post_as(&self, token: &str, path: &str, body: Value) -> Answer {
        let headers = format!("authorization: Bearer {token}\r\n");
        self.ask(&format!("POST {path}"), &headers, &body.to_string()).await
    }

    /// What is known of the versions, once the engine's own one is entered.
    async fn versions(&self, token: &str) -> Value {
        loop {
            let told = self.get_as(token, "/api/v1/bundles").await.json();
            if told["versions"].as_array().is_some_and(|versions| !versions.is_empty()) {
                return told;
            }
        }
    }
}

#[test]
fn versions_are_for_supervisors() {
    with_web("bundles-closed", async |web| {
        let hers = web.token("maryam").await;
        for path in [
            "",
            "/history",
            "/active/contents",
            "/active/graph",
            "/active/prompts",
            "/active/warnings",
            "/active/tests",
            "/active/traffic",
        ] {
            let path = format!("/api/v1/bundles{path}");
            assert_eq!(web.get(&path).await.status, 401, "{path}");
            assert_eq!(web.get_as(&hers, &path).await.status, 403, "{path}");
        }
        for act in ["reload", "rollback", "candidate", "promote", "drop"] {
            let path = format!("/api/v1/bundles/{act}");
            assert_eq!(web.post_as(&hers, &path, json!({})).await.status, 403, "{path}");
        }
        assert_eq!(web.get_as(&hers, "/api/v1/sounds/en/welcome").await.status, 403);
    });
}

#[test]
fn a_reload_and_a_rollback_are_ordered_and_told() {
    with_web("bundles-orders", async |web| {
        let boss = web.token("boss").await;
        let first = web.versions(&boss).await["active"].clone();
        let nothing = web.post_as(&boss, "/api/v1/bundles/rollback", json!({})).await;
        assert_eq!(nothing.status, 409, "{}", nothing.body);
        web.bundle.write("bundle", "second");
        let told = web.post_as(&boss, "/api/v1/bundles/reload", json!({})).await.json();
        assert_eq!(told["active"], told["hash"], "{told:#}");
        assert_ne!(told["active"], first);
        let [active, retired] = told["versions"].as_array().expect("a list").as_slice() else {
            panic!("{told:#}")
        };
        let state = |of: &Value| (of["state"].clone(), of["means"].clone(), of["who"].clone());
        assert_eq!(state(active), (json!("active"), json!("api"), json!("boss")));
        assert_eq!(state(retired), (json!("retired"), json!("start"), Value::Null));
        assert_eq!(
            active["changes"],
            json!([
                "prompt `welcome` (heard in `main/welcome`) said in en “Welcome, first”, now “Welcome, second”"
            ])
        );
        let body = json!({"hash": first});
        let told = web.post_as(&boss, "/api/v1/bundles/rollback", body).await.json();
        assert_eq!(told["active"], first);
        let history = web.get_as(&boss, "/api/v1/bundles/history?limit=2").await.json();
        let deeds: Vec<&Value> =
            history.as_array().expect("a list").iter().map(|of| &of["deed"]).collect();
        assert_eq!(deeds, [&json!("rolled_back"), &json!("reloaded")]);
    });
}

#[test]
fn a_bad_bundle_is_a_problem_with_the_place_of_each_fault() {
    with_web("bundles-bad", async |web| {
        let boss = web.token("boss").await;
        let before = web.versions(&boss).await["active"].clone();
        web.bundle.spoil();
        let refused = web.post_as(&boss, "/api/v1/bundles/reload", json!({})).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
        let told = refused.json();
        let fault = &told["faults"][0];
        assert_eq!(fault["file"], "flows/sorry.flow.yaml");
        assert_eq!((&fault["line"], &fault["column"]), (&json!(6), &json!(8)));
        assert_eq!(fault["nearest"], "done");
        let now = web.versions(&boss).await;
        assert_eq!(now["active"], before);
        assert_eq!(now["refusal"]["faults"], told["faults"]);
        assert_eq!(now["refusal"]["who"], "boss");
    });
}

#[test]
fn a_candidate_is_tried_promoted_and_dropped() {
    with_web("bundles-candidate", async |web| {
        let boss = web.token("boss").await;
        web.versions(&boss).await;
        web.bundle.write("next", "next");
        let post = async |act: &str, body| {
            web.post_as(&boss, &format!("/api/v1/bundles/{act}"), body).await
        };
        for wrong in [
            json!({"share": 101}),
            json!({"path": "next", "hash": "ab"}),
            json!({"path": "/etc"}),
            json!({"color": "red"}),
            json!({"callers": vec!["1"; 51]}),
        ] {
            assert_eq!(post("candidate", wrong.clone()).await.status, 400, "{wrong}");
        }
        assert_eq!(post("promote", json!({})).await.status, 409);
        assert_eq!(post("drop", json!({})).await.status, 409);
        let body = json!({"path": "next", "share": 10, "callers": ["+971501234567"]});
        let told = post("candidate", body).await.json();
        assert_eq!(told["candidate"]["share"], 10);
        assert_eq!(told["candidate"]["callers"], json!(["971501234567"]));
        assert_eq!(told["versions"][0]["state"], "candidate");
        let again = json!({"hash": told["hash"], "share": 50});
        assert_eq!(post("candidate", again).await.json()["candidate"]["share"], 50);
        assert_eq!(post("drop", json!({})).await.json()["candidate"], Value::Null);
        let again = json!({"hash": told["hash"]});
        post("candidate", again).await;
        assert_eq!(post("promote", json!({})).await.json()["active"], told["hash"]);
    });
}

#[test]
fn what_is_in_a_version_can_be_read_and_heard() {
    with_web("bundles-content", async |web| {
        let boss = web.token("boss").await;
        web.versions(&boss).await;
        let prompts = web.get_as(&boss, "/api/v1/bundles/active/prompts").await.json();
        let said = json!({"text": "Welcome, first", "sounds": ["en/welcome"]});
        assert_eq!(prompts, json!([{"id": "welcome", "languages": {"en": said}}]));
        let contents = web.get_as(&boss, "/api/v1/bundles/active/contents").await.json();
        let flow = json!({"id": "main", "title": "first", "nodes": 2});
        assert_eq!((&contents["languages"], &contents["flows"][0]), (&json!(["en"]), &flow));
        let path = "/api/v1/bundles/active/graph?flow=main&language=ar";
        let graph = web.get_as(&boss, path).await.json();
        assert_eq!(
            (&graph["language"], &graph["nodes"][1]["id"]),
            (&json!("en"), &json!("main/welcome"))
        );
        let path = "/api/v1/bundles/active/graph?flow=nowhere";
        assert_eq!(web.get_as(&boss, path).await.status, 404);
        let traffic = web.get_as(&boss, "/api/v1/bundles/active/traffic").await.json();
        let wanted = json!([{"flow": "main", "node": "welcome", "now": 1, "last_hour": 2}]);
        assert_eq!(traffic["nodes"], wanted);
        let tests = loop {
            let tests = web.get_as(&boss, "/api/v1/bundles/active/tests").await.json();
            if tests["state"] != "playing" && tests["state"] != "unplayed" {
                break tests;
            }
        };
        assert_eq!(tests["state"], "passed", "{tests:#}");
        assert_eq!(tests["report"]["tests"][0]["name"], "a caller is welcome");
        let sound = web.get_as(&boss, "/api/v1/sounds/en/welcome").await;
        assert_eq!(sound.header("content-type"), Some("audio/wav"));
        assert!(sound.body.starts_with("RIFF"));
        for hidden in ["../bundle/bundle.yaml", "en/nothing", "..%2f..%2fetc%2fpasswd"] {
            let path = format!("/api/v1/sounds/{hidden}");
            assert_eq!(web.get_as(&boss, &path).await.status, 404, "{hidden}");
        }
        assert_eq!(web.get_as(&boss, "/api/v1/bundles/ffff/tests").await.status, 404);
    });
}

#[test]
fn what_the_writer_may_not_have_meant_is_told_with_its_place() {
    with_web("bundles-warnings", async |web| {
        let boss = web.token("boss").await;
        web.versions(&boss).await;
        let path = "/api/v1/bundles/active/warnings";
        let wanted = json!({"warnings": [], "total": 0});
        assert_eq!(web.get_as(&boss, path).await.json(), wanted);
        web.bundle.leave_unused();
        let reloaded = web.post_as(&boss, "/api/v1/bundles/reload", json!({})).await;
        assert_eq!(reloaded.status, 200, "a warning keeps nobody waiting: {}", reloaded.body);
        let told = web.get_as(&boss, path).await.json();
        let warning = &told["warnings"][0];
        assert_eq!((&told["total"], &warning["severity"]), (&json!(1), &json!("warning")));
        assert_eq!(
            (&warning["file"], &warning["line"]),
            (&json!("prompts/more.prompts.yaml"), &json!(4))
        );
    });
}
