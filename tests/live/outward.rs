//! What flows ask of other systems and send to citizens, and what comes of every answer.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::elsewhere::{Certificate, Elsewhere, Mail, outcomes};
use crate::engine::{Engine, PASSWORD, Setup, folder, free_port, hatif, root};
use crate::sipp::{Over, Rtp, Sipp};

const PATIENCE: Duration = Duration::from_secs(30);
const TOKEN: &str = "a-secret-that-nobody-sees";

fn setup(place: &Path, certificate: &Certificate, more: &str) -> Setup {
    let mut setup = Setup::tiny().with_phones("", &[]);
    setup.bundle = root().join("tests/live/outward");
    let roots = place.join("roots.pem");
    fs::write(&roots, &certificate.pem).expect("the folder is writable");
    setup.environment = vec![("SSL_CERT_FILE".to_owned(), roots.display().to_string())];
    setup.more = more.to_owned();
    setup
}

/// The settings of the bundle, its token in a file.
fn settings(place: &Path, elsewhere: &Elsewhere, named: &str, dead: &str) -> String {
    let token = place.join("token");
    fs::write(&token, format!("{TOKEN}\n")).expect("the folder is writable");
    let (plain, secure) = (elsewhere.plain, elsewhere.secure.port());
    format!(
        "[http]\nallow = [\"http://{plain}\", \"https://localhost:{secure}\", \"{named}\", \
         \"{dead}\"]\n[env]\nsystem = \"http://{plain}\"\nsecure = \"https://localhost:{secure}\"\n\
         named = \"{named}\"\ndead = \"{dead}\"\ntoken = {{ file = {token:?} }}\n",
    )
}

/// One call to a number, to its end.
fn call(engine: &Engine, number: &str) {
    let mut rtp = Rtp::open();
    let port = rtp.port().to_string();
    let more = ["-s", number, "-key", "rtp_port", port.as_str()];
    let caller = Sipp::call(engine, "ends", Over::Udp, &more);
    rtp.listen(Duration::from_millis(10));
    caller.succeed(PATIENCE);
}

#[test]
fn every_answer_of_another_system_has_its_outcome() {
    let (place, certificate) = (folder(), Certificate::generate());
    let elsewhere = Elsewhere::start(&certificate);
    // The machine's own name leads to an address of its own, not to a public one.
    let host = fs::read_to_string("/proc/sys/kernel/hostname").expect("the machine has a name");
    let named = format!("http://{}:{}", host.trim(), elsewhere.plain.port());
    let dead = format!("http://{}", free_port());
    let more = settings(&place, &elsewhere, &named, &dead);
    let mut engine = Engine::start(&setup(&place, &certificate, &more));
    let wanted = [
        ("good", ""),
        ("missing", "error.http.404"),
        ("failing", "error.http.500"),
        ("slow", "error.http.timeout"),
        ("flaky", ""),
        ("huge", "error.http.body"),
        ("broken", "error.http.body"),
        ("words", "error.http.body"),
        ("away", ""),
        ("inside", "error.http.connect"),
        ("circle", "error.http.connect"),
        ("secure", ""),
        ("named", "error.http.connect"),
        ("dead", "error.http.connect"),
    ];
    for (number, _) in wanted {
        call(&engine, number);
    }
    engine.settle(wanted.len());
    let records = engine.records();
    let asked = outcomes(&records, "ask");
    for (number, outcome) in wanted {
        let found = asked.get(number).map(String::as_str);
        let found = found.map(|found| if found == "next" { "" } else { found });
        assert_eq!(found, Some(outcome), "{number}: {asked:#?}");
    }
    assert_eq!(outcomes(&records, "down")["secure"], "error.http.connect");
    check_attempts(&elsewhere);
    check_figures(&engine, &elsewhere, &named);
    let (log, page) = (engine.log(), engine.get("/metrics").expect("metrics").1);
    let told = serde_json::to_string(&records).expect("JSON");
    assert!(![log, page, told].iter().any(|text| text.contains(TOKEN)), "the token is told");
    engine.stop();
}

/// How often each path was asked, and with what.
fn check_attempts(elsewhere: &Elsewhere) {
    let times = |path: &str| elsewhere.seen(path).len();
    assert_eq!((times("/missing"), times("/failing")), (1, 1), "these are answers");
    assert_eq!((times("/slow"), times("/flaky")), (2, 2), "one more attempt each");
    assert_eq!((times("/huge"), times("/broken"), times("/words")), (1, 1, 1));
    assert_eq!((times("/circle"), times("/down")), (4, 1), "three redirects are followed");
    let good = elsewhere.seen("/good");
    // Asked for itself, after `/away`, and over TLS; never after `/down`, nor by a private name.
    assert_eq!(good.len(), 3, "{good:#?}");
    let agent = format!("hatif/{}", env!("CARGO_PKG_VERSION"));
    for seen in &good[..2] {
        assert_eq!((seen.method.as_str(), seen.header("user-agent")), ("GET", agent.as_str()));
        assert_eq!(seen.header("authorization"), format!("Bearer {TOKEN}"));
        assert_eq!(seen.header("idempotency-key"), "");
    }
    // Each of the three good callers is told of in two attempts: 503, then an answer.
    let told = elsewhere.seen("/tell");
    assert_eq!(told.len(), 6, "{told:#?}");
    let keys: Vec<&str> = told.iter().map(|seen| seen.header("idempotency-key")).collect();
    for pair in keys.chunks(2) {
        assert!(!pair[0].is_empty() && pair[0] == pair[1], "one key for all attempts: {keys:?}");
    }
    assert!(keys[0] != keys[2] && keys[2] != keys[4], "each errand has its own: {keys:?}");
    for seen in &told {
        assert_eq!(
            (seen.method.as_str(), seen.header("content-type")),
            ("POST", "application/json")
        );
        assert_eq!(seen.body, r#"{"caller":"+971501234567","state":"open"}"#);
    }
}

fn check_figures(engine: &Engine, elsewhere: &Elsewhere, named: &str) {
    let count = |target: &str, result: &str| {
        let labels = format!("{{target=\"{target}\",result=\"{result}\"}}");
        engine.metric(&format!("ivr_flow_http_total{labels}"))
    };
    let plain = format!("http://{}", elsewhere.plain);
    assert_eq!((count(&plain, "2xx"), count(&plain, "4xx")), (7.0, 1.0));
    assert_eq!((count(&plain, "timeout"), count(&plain, "refused")), (1.0, 2.0));
    assert_eq!(count(&plain, "body"), 2.0);
    assert_eq!(count(named, "refused"), 1.0, "the address behind the name was seen");
}

#[test]
fn messages_reach_the_gateway_and_the_mail_server() {
    let (place, certificate) = (folder(), Certificate::generate());
    let elsewhere = Elsewhere::start(&certificate);
    let mail = Mail::start(&place, &certificate);
    let dead = format!("http://{}", free_port());
    let more = settings(&place, &elsewhere, "https://api.example.gov", &dead)
        + &format!(
            "[sms]\nurl = \"http://{}/sms\"\nheaders = [\"Authorization: Bearer {{token}}\"]\n\
             token = {{ file = {:?} }}\n\
             [email]\nserver = \"localhost\"\nport = {}\nfrom = \"Care <care@example.gov>\"\n",
            elsewhere.plain,
            place.join("token"),
            mail.port
        );
    let mut engine = Engine::start(&setup(&place, &certificate, &more));
    call(&engine, "letter");
    engine.settle(1);
    let record = engine.record();
    let records = [record];
    let outcome = |node| outcomes(&records, node)["letter"].clone();
    assert_eq!(outcome("stranger"), "error.message", "only the caller's own number: {records:#?}");
    let sms = elsewhere.seen("/sms");
    assert_eq!(sms.len(), 1, "{sms:#?}");
    assert_eq!(sms[0].body, r#"{"to": "+971501234567", "text": "Your case is A\"1."}"#);
    assert_eq!(sms[0].header("authorization"), format!("Bearer {TOKEN}"));
    let printed = mail.printed();
    for part in [
        "From: Care <care@example.gov>",
        "To: citizen@example.org",
        "Subject: Case A\"1",
        "Your case is A\"1.",
    ] {
        assert!(printed.contains(part), "{part} is not in\n{printed}");
    }
    let sent = |channel, result| {
        let labels = format!("{{channel=\"{channel}\",result=\"{result}\"}}");
        engine.metric(&format!("ivr_message_sent_total{labels}"))
    };
    assert_eq!(
        (sent("sms", "sent"), sent("email", "sent"), sent("sms", "failed")),
        (1.0, 1.0, 1.0)
    );
    assert!(!engine.log().contains(TOKEN), "the token is logged");
    engine.stop();
}

#[test]
fn a_setting_that_is_missing_keeps_the_engine_from_starting() {
    let place = folder();
    let mut setup = Setup::tiny();
    setup.bundle = root().join("tests/live/outward");
    setup.more = "[env]\nsystem = \"http://127.0.0.1:9\"\nsecure = \"\"\nnamed = \"\"\n".to_owned();
    crate::engine::configure(&place, &setup, free_port(), free_port());
    let ended = hatif(&place)
        .args(["serve", "--config", "hatif.toml"])
        .env("HATIF_ENV_DEAD", "x")
        .output()
        .expect("the engine was built");
    let told = String::from_utf8_lossy(&ended.stderr);
    let wanted = format!(
        "{}:11: wanted a value of the setting `token` from `[env]` or the variable HATIF_ENV_TOKEN, \
         found none",
        PathBuf::from("bundle.yaml").display()
    );
    assert!(!ended.status.success() && told.contains(&wanted), "{told}");
    assert!(!told.contains(PASSWORD) && !told.contains("`dead`"), "{told}");
    drop(fs::remove_dir_all(&place));
}
