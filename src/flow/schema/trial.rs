//! Tests beside flows.

use super::kind::Kind::{Any, Either, Flag, Int, List, Map, Text, Word};
use super::kind::{ID, Kind, MOMENT, SPAN, Shape, VALUE, may, must};

const KEYS: Kind = Kind::Like("^[0-9*#]*$");
const ACT: Kind = Word(&["open", "add", "close", "close_if_self_served", "survey", "find"]);

pub(super) static SHAPES: &[Shape] = &[
    Shape::new(
        "tests",
        "Calls with what they must hear and do, played on a virtual clock by `hatif test`.",
        &[
            must("flow", ID, "The flow that is called."),
            must("clock", MOMENT, "When the calls come in, such as \"2026-09-20T09:00:00+04:00\"."),
            may("from", Text, "The caller's number."),
            may("coverage", Kind::Shape("coverage"), "How much must be seen."),
            may("mocks", Kind::Shape("mocks"), "What the world outside answers."),
            may("env", Map(&Text), "The settings of the installation, as the tests have them."),
            must("tests", List(&Kind::Shape("test")), "The calls."),
        ],
    )
    .with(&["file"]),
    Shape::new(
        "coverage",
        "How many of a hundred must be seen.",
        &[
            may("nodes", Int(0, 100), "Of the nodes that can be come to."),
            may("outcomes", Int(0, 100), "Of their outcomes."),
        ],
    ),
    Shape::new(
        "test",
        "One call.",
        &[
            must("name", Text, "What it shows, as a sentence."),
            may("clock", MOMENT, "When this call comes in."),
            may("from", Text, "The number of this caller."),
            may("mocks", Kind::Shape("mocks"), "What the world outside answers to this call."),
            must("steps", List(&Kind::Shape("step")), "What is done and wanted, in order."),
        ],
    ),
    Shape::new(
        "step",
        "What is done and wanted at one point of a call. Time passes first, then what is heard is wanted, then keys are pressed.",
        &[
            may("wait", SPAN, "So much time passes."),
            may("silence", SPAN, "So much time passes without a key."),
            may("place", Kind::Shape("place"), "The queue tells where the caller stands."),
            may("hears", ID, "The next prompt."),
            may("says", Text, "Part of what was said, in the caller's language."),
            may("queued", Kind::Shape("queued"), "The caller waits."),
            may("need", List(&Text), "Whom the caller needs by now."),
            may("press", KEYS, "Keys, in quotes."),
            may("keys", KEYS, "Keys, in quotes."),
            may("answered_for", SPAN, "An agent answers, and lets go after this."),
            may(
                "overflow",
                Word(&["full", "closed", "no_agents", "timeout"]),
                "The wait ends without an agent.",
            ),
            may("hangs_up", Flag, "The caller leaves."),
            may("vars", Map(&VALUE), "What variables hold."),
            may("http", Text, "A question that was sent, with `*` for anything: `GET */cases/*`."),
            may("callback", Text, "The number of a call-back that was put into a queue."),
            may("voicemail", Text, "The number of the case that a message was left on."),
            may("transfer", Text, "Where the caller was transferred."),
            may("stream", Text, "The address of a program that was talked to."),
            may("record", Text, "What was done to the recording."),
            may("case", Either(&[ACT, Kind::Shape("case_sent")]), "What was done to a case."),
            may("message", Kind::Shape("message_sent"), "A message that was sent."),
            may("tag", Text, "A milestone that was passed."),
            may(
                "ends",
                Word(&["hangup", "done", "busy", "rejected", "failed"]),
                "The flow hangs up: `hangup` for any reason.",
            ),
        ],
    ),
    Shape::new(
        "place",
        "Where a caller stands in a queue.",
        &[
            must("position", Int(1, 100_000), "How many are ahead, plus one."),
            may("expected", SPAN, "The wait that is expected."),
        ],
    ),
    Shape::new(
        "queued",
        "How a caller waits.",
        &[
            must("queue", ID, "In which queue."),
            may("class", Int(0, 3), "In which class."),
            may("entity", Text, "About which entity."),
            may("need", List(&Text), "Whom the caller needs at first."),
        ],
    ),
    Shape::new(
        "case_sent",
        "What was done to a case.",
        &[
            must("do", ACT, "What was done."),
            may("kind", Text, "What kind of case."),
            may("entity", Text, "About which entity."),
            may("number", Text, "Which case."),
            may("text", Text, "With which text."),
            may("answer", Text, "With which answer of a survey."),
        ],
    ),
    Shape::new(
        "message_sent",
        "A message that was sent.",
        &[
            may("by", Text, "`sms` or `email`."),
            may("to", Text, "To whom."),
            may("says", Text, "Part of what it says."),
        ],
    ),
    Shape::new(
        "mocks",
        "What the world outside answers. The first that fits holds.",
        &[
            may("http", List(&Kind::Shape("http_mock")), "Answers of other systems."),
            may("case", List(&Kind::Shape("case_mock")), "Answers of the store of cases."),
            may("message", Word(&["good", "fails"]), "What becomes of messages."),
            may(
                "callback",
                Word(&["good", "rejected_number", "closed"]),
                "What becomes of call-backs.",
            ),
            may(
                "voicemail",
                Word(&["kept", "empty", "too_short"]),
                "What becomes of messages that callers leave.",
            ),
            may(
                "transfer",
                Word(&["talked", "busy", "no_answer", "failed", "denied"]),
                "What becomes of transfers.",
            ),
            may("stream", Kind::Shape("stream_mock"), "How a program ends its talk."),
        ],
    ),
    Shape::new(
        "http_mock",
        "The answer of another system.",
        &[
            may("get", Text, "To `GET` of such an address, with `*` for anything."),
            may("post", Text, "To `POST` of such an address."),
            may("any", Text, "To either of them."),
            may("status", Int(200, 599), "The status. 200 when left out."),
            may("body", Any, "The body."),
            may("fails", Word(&["timeout", "connect", "refused", "body"]), "There is no answer."),
        ],
    )
    .one_of(&["get", "post", "any"]),
    Shape::new(
        "case_mock",
        "An answer of the store of cases.",
        &[
            may("do", Text, "To what is done."),
            may("number", Text, "To such a number, with `*` for anything."),
            may("answers", Text, "The number that is answered."),
            may("state", Text, "The state that is answered."),
            may("entity", Text, "The entity that is answered."),
            may("fails", Word(&["not_found", "store"]), "There is no such case, or no store."),
        ],
    ),
    Shape::new(
        "stream_mock",
        "How a program ends its talk.",
        &[
            must("ends", Word(&["closed", "done", "agent", "failed"]), "Its end."),
            may("says", Any, "What it says at the end."),
        ],
    ),
];
