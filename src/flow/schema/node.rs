//! Flows and their nodes.

use super::kind::Kind::{Either, Flag, Int, List, Map, MapLike, Node, Text, Texts, Word};
use super::kind::{ID, KEY, KEYS, Kind, SKILL, SPAN, Shape, VALUE, VALUES, may, must};

const LANGUAGES: Kind = List(&Text);
const DECLARED: Kind = MapLike("^[a-z][a-z0-9_-]{0,63}$", &Kind::Shape("variable"));
const SAVES: Kind = Map(&Text);
const CLASS: Kind = Either(&[Int(0, 3), Text]);
const NEED: Kind = List(&Kind::Shape("need"));

pub(super) static SHAPES: &[Shape] = &[
    Shape::new(
        "flow",
        "A flow: what a caller hears, and where keys lead.",
        &[
            must("title", Text, "What the flow is called on pictures and in reports."),
            may("languages", LANGUAGES, "The languages of the flow: all those of the bundle."),
            must("start", ID, "The node that the flow starts with."),
            may("vars", DECLARED, "The flow's variables, by name: `vars.…` in expressions. One named `lang` is the language that the caller hears; one named `entity` is what the call is about."),
            may("inputs", DECLARED, "What a `call` hands in under `with`: `inputs.…` in expressions."),
            may("outputs", DECLARED, "What a `return` hands back under `with`."),
            may("events", Map(&ID), "Where outcomes lead that a node does not resolve itself, such as `error: sorry`. The longest dotted name wins."),
            must("nodes", MapLike("^[a-z][a-z0-9_-]{0,63}$", &Node), "The nodes of the flow, by name."),
        ],
    )
    .with(&["head"]),
    Shape::new(
        "variable",
        "A variable, an input or an output.",
        &[
            must("type", Word(&["string", "int", "bool", "list"]), "What it can hold."),
            may("enum", List(&Text), "The only texts that it can hold."),
            may("max", Int(0, i64::MAX), "The most characters of a text, or the greatest number."),
            may("default", VALUE, "What it holds at first. An input without a default must be given."),
            may("sensitive", Flag, "Masked in logs, records, reports and test output; never part of a tag or an address."),
        ],
    ),
    Shape::new(
        "limit",
        "How often a node may be entered in one call.",
        &[
            must("visits", Int(1, 100), "So many times."),
            must("then", ID, "Where the next time leads."),
        ],
    ),
    Shape::new(
        "any_node",
        "What every node has.",
        &[
            must("type", Text, "What the node does."),
            may("events", Map(&ID), "Where the outcomes of this node lead. What is not named here goes where the flow's `events` say, then the bundle's."),
            may("limit", Kind::Shape("limit"), "After how many visits in one call the node is passed over, and whereto. Every loop has one, unless the caller presses something in it."),
        ],
    ),
    Shape::new(
        "going_on",
        "What every node has that goes on.",
        &[
            may("when", Text, "An expression. Where it is not true, the node is passed over and the call goes on at `next`."),
            must("next", ID, "Where the call goes on."),
        ],
    )
    .with(&["any_node"]),
    Shape::new(
        "patience",
        "How a question waits for keys.",
        &[
            may("tries", Int(1, 10), "How often the caller may try; then the outcome is `input.gave_up`. 3 when left out."),
            may("wait", SPAN, "The silence after the prompt that counts as no answer. 5s when left out."),
            may("between", SPAN, "The silence between two keys that ends the digits. 3s when left out."),
            may("barge_in", Flag, "Whether a key interrupts the prompt. `true` when left out."),
            may("no_input", ID, "A prompt that is said before the question is repeated after silence."),
            may("no_match", ID, "A prompt that is said before the question is repeated after a wrong key."),
            may("args", VALUES, "A value for each slot of the prompts."),
        ],
    ),
    Shape::new(
        "play",
        "Plays a prompt, or music for a while. Outcome with `keys`: `input.key`.",
        &[
            may("prompt", ID, "What is said."),
            may("music", ID, "Music instead of a prompt, such as `calm`; with `for`."),
            may("args", VALUES, "A value for each slot of the prompt."),
            may("for", SPAN, "For how long it is looped."),
            may("keys", KEYS, "Keys that end it with the outcome `input.key`."),
            may("record", Kind::Shape("announced"), "This prompt announces the recording, which begins after it."),
        ],
    )
    .with(&["going_on"])
    .one_of(&["prompt", "music"]),
    Shape::new(
        "say",
        "Speaks a value, with no entry in the catalogue.",
        &[
            may("digits", VALUE, "One digit after the other."),
            may("number", VALUE, "A number in words."),
            may("ordinal", VALUE, "A number in a row: first, second."),
            may("money", VALUE, "An amount such as `12.50`, with `currency`."),
            may("date", VALUE, "A date such as `2026-09-20`."),
            may("time", VALUE, "A time of day such as `14:30`."),
            may("duration", VALUE, "A number of seconds, as hours, minutes and seconds."),
            may("count", VALUE, "A number of things, with `unit`."),
        ],
    )
    .with(&["going_on", "manner"])
    .one_of(&["digits", "number", "ordinal", "money", "date", "time", "duration", "count"]),
    Shape::new(
        "menu",
        "Asks for one key. Outcomes: `input.no_input`, `input.no_match`, `input.gave_up`.",
        &[
            must("prompt", ID, "What is asked. A part `{choices: all}` says every labelled choice."),
            may("choices", List(&Kind::Shape("choice")), "The choices that are written out."),
            may("choices_from", Kind::Shape("choices_from"), "Choices from a list, such as the entities of a sector."),
        ],
    )
    .with(&["any_node", "patience"]),
    Shape::new(
        "choice",
        "A choice of a menu.",
        &[
            must("press", KEY, "The key, in quotes."),
            may("label", Either(&[ID, Texts]), "What is behind it: a text in every language, or a term. Only labelled choices are said by `{choices: all}`."),
            may("set", VALUES, "Values for variables."),
            must("next", ID, "Where it leads."),
        ],
    ),
    Shape::new(
        "choices_from",
        "Choices from a list. In its expressions `item` is the element.",
        &[
            must("list", Text, "An expression, such as `entities.filter(e, e.sector == vars.sector)`."),
            must("press", Text, "An expression for the key, such as `item.key`. Elements without one are no choice."),
            must("label", Text, "An expression for the name, such as `item.name`."),
            may("set", Map(&Text), "Expressions for variables, such as `{entity: item.id}`."),
            must("next", ID, "Where every one of them leads."),
        ],
    ),
    Shape::new(
        "collect",
        "Asks for digits. Outcomes: `input.no_input`, `input.no_match`, `input.gave_up`.",
        &[
            must("prompt", ID, "What is asked."),
            must("digits", Kind::Shape("digits"), "How many digits, and what ends them."),
            must("save", ID, "The variable that takes them. A sensitive one pauses the recording."),
        ],
    )
    .with(&["going_on", "patience"]),
    Shape::new(
        "digits",
        "How many digits.",
        &[
            must("min", Int(1, 64), "The fewest that will do."),
            must("max", Int(1, 64), "After so many, nothing more is waited for."),
            may("end", KEY, "The key that ends them sooner, such as \"#\"."),
            may("allow", KEYS, "The keys that count. \"0123456789\" when left out."),
        ],
    ),
    Shape::new("set", "Assigns variables.", &[must("set", VALUES, "Values by variable, such as `{tries: \"${vars.tries + 1}\"}`.")])
        .with(&["going_on"]),
    Shape::new(
        "switch",
        "Goes where the first case leads that is true.",
        &[
            must("cases", List(&Kind::Shape("branch")), "The cases, in order."),
            must("else", ID, "Where the call goes when none is true."),
        ],
    )
    .with(&["any_node"]),
    Shape::new(
        "branch",
        "One case of a switch.",
        &[
            must("when", Text, "An expression that is true or false."),
            must("next", ID, "Where it leads."),
        ],
    ),
    Shape::new(
        "hours",
        "Asks a calendar whether anybody is there.",
        &[
            must("calendar", Text, "A calendar, such as `government` or `${entity_of(vars.entity).calendar}`."),
            must("open", ID, "Within the hours of the week."),
            must("closed", ID, "Outside the hours, on a day that is no holiday."),
            must("holiday", ID, "On a holiday."),
            must("special", ID, "Within the hours of a special period, such as Ramadan, or of an exception."),
        ],
    )
    .with(&["any_node"]),
    Shape::new(
        "queue",
        "Waits for an agent. Outcomes: `queue.full`, `queue.closed`, `queue.no_agents`, `queue.timeout`, `queue.exit`, `queue.callback`.",
        &[
            must("queue", Text, "The queue."),
            may("class", CLASS, "0 emergency, 1 urgent, 2 ordinary, 3 deferred, or an expression. 2 when left out."),
            must("need", NEED, "Whom the caller needs, by the time waited; each step asks for no more than the one before."),
            may("prefer", Kind::Shape("prefer"), "An agent who is waited for at first."),
            may("wait_flow", ID, "The flow that is heard meanwhile. The queue's music when left out."),
            may("case", Kind::Shape("queue_case"), "The case that is opened when the wait begins, unless the call has one."),
            must("max_wait", SPAN, "When the wait ends with `queue.timeout`."),
        ],
    )
    .with(&["going_on"]),
    Shape::new(
        "need",
        "Whom a caller needs from some time on.",
        &[
            must("after", SPAN, "From when on; `0s` in the first step."),
            must("all", List(&SKILL), "All of these skills, such as `lang.${vars.lang} >= 3`. One whose slot is empty is dropped."),
            may("any", List(&SKILL), "And one of these."),
        ],
    ),
    Shape::new(
        "prefer",
        "An agent who is waited for at first.",
        &[
            must("agent", Text, "The login name, such as `${vars.agent}`; nobody when it is empty."),
            must("for", SPAN, "For how long."),
        ],
    ),
    Shape::new("queue_case", "The case of whoever waits.", &[must("open", Kind::True, "A case is opened.")])
        .with(&["opening"]),
    Shape::new(
        "leave_queue",
        "Takes the caller out of the queue; only in a flow that is heard while waiting.",
        &[
            may("take", Word(&["exit", "callback"]), "`exit` ends the queue node with `queue.exit`; `callback` keeps the place and ends it with `queue.callback`."),
            may("number", Text, "With `take: callback`, whom to call. `${call.from}` when left out."),
        ],
    )
    .with(&["any_node"]),
    Shape::new(
        "callback",
        "Puts a call-back into a queue. Outcomes: `callback.rejected_number`, `callback.closed`.",
        &[
            must("queue", Text, "The queue."),
            must("number", Text, "Whom to call, such as `${call.from}`."),
            may("need", NEED, "Whom the citizen needs; what the last queue of this call was asked for when left out."),
            may("class", CLASS, "As in a queue; that of the last queue when left out."),
        ],
    )
    .with(&["going_on"]),
    Shape::new(
        "voicemail",
        "Records a message. Outcomes: `voicemail.empty`, `voicemail.too_short`.",
        &[
            must("prompt", ID, "What is said before the tone."),
            may("args", VALUES, "A value for each slot of the prompt."),
            may("max", SPAN, "The longest message. 120s when left out."),
            may("min", SPAN, "A shorter one is `voicemail.too_short`. 2s when left out."),
            may("silence", SPAN, "Silence that ends it. 5s when left out."),
            may("end", KEY, "The key that ends it."),
            may("case", Text, "The number of the case it belongs to. `${call.case}` when left out."),
        ],
    )
    .with(&["going_on"]),
    Shape::new(
        "transfer",
        "Connects the caller with somebody outside. Outcomes: `transfer.busy`, `transfer.no_answer`, `transfer.failed`, `transfer.denied`.",
        &[
            must("to", Text, "A SIP URI or a telephone number."),
            may("trunk", Text, "The trunk; the dial plan of the installation chooses when left out."),
            may("by", Word(&["bridge", "refer"]), "`bridge`: the engine stays between the two, and `next` follows when the other side hangs up. `refer`: the caller's exchange dials."),
            may("ring", SPAN, "How long it may ring. 30s when left out."),
        ],
    )
    .with(&["going_on"]),
    Shape::new(
        "stream",
        "Two-way audio with a program over WebSocket. Outcomes: `stream.done`, `stream.agent`, `error.stream`.",
        &[
            must("url", Text, "An address that begins with `ws://`, `wss://` or a slot. Its host must be allowed in the configuration."),
            may("headers", Map(&Text), "Header fields of the request that opens it; a secret comes from `env`."),
            may("with", VALUES, "What the program is told at the start."),
            may("max", SPAN, "How long it may last. 600s when left out."),
            may("save", SAVES, "What the program said at the end, into variables: `{intent: body.intent}`."),
        ],
    )
    .with(&["going_on"]),
    Shape::new(
        "record",
        "Starts, pauses, resumes or stops the recording.",
        &[must("do", Word(&["start", "pause", "resume", "stop"]), "What is done.")],
    )
    .with(&["going_on", "consent"]),
    Shape::new(
        "consent",
        "How a recording begins.",
        &[
            may("consent", Word(&["announced", "given"]), "`announced`: it was said and the caller stayed. `given`: the caller said yes."),
            may("from", Word(&["now", "answer"]), "`now`: from here on. `answer`: each talk with an agent. `answer` when left out."),
        ],
    ),
    Shape::new(
        "announced",
        "A recording that a prompt announces.",
        &[
            must("consent", Word(&["announced", "given"]), "How the caller knows."),
            may("from", Word(&["now", "answer"]), "Which part of the call is recorded. `answer` when left out."),
        ],
    ),
    Shape::new(
        "call",
        "Runs another flow and comes back.",
        &[
            must("flow", ID, "The flow."),
            may("with", VALUES, "A value for each of its inputs."),
            may("save", SAVES, "Its outputs into variables: `{score: rating}`."),
        ],
    )
    .with(&["going_on"]),
    Shape::new("return", "Ends a flow that was called.", &[may("with", VALUES, "A value for each of its outputs.")])
        .with(&["any_node"]),
    Shape::new(
        "http",
        "Asks another system. Outcomes: `error.http.<status>`, `error.http.timeout`, `error.http.connect`, `error.http.body`.",
        &[
            must("request", Kind::Shape("request"), "The question."),
            may("save", SAVES, "Parts of the answer into variables: `{state: body.state}`."),
            may("music", ID, "Music while the caller waits."),
        ],
    )
    .with(&["going_on"]),
    Shape::new(
        "request",
        "A question to another system.",
        &[
            must("method", Word(&["GET", "POST"]), "`POST` changes something, and is sent with one idempotency key for all attempts."),
            must("url", Text, "The address, such as `${env.cases}/cases/${vars.case_no}`. Its host must be allowed in the configuration."),
            may("headers", Map(&Text), "Header fields; a secret comes from `env`."),
            may("body", VALUES, "The fields of the JSON object that is sent with `POST`."),
            may("timeout", SPAN, "How long one attempt may take. 5s when left out."),
            may("retries", Int(0, 5), "How often it is tried again. 0 when left out."),
        ],
    ),
    Shape::new(
        "case",
        "Opens, finds, adds to or closes a case. Outcomes: `error.case`, `case.not_found`.",
        &[
            must("do", Word(&["open", "add", "close", "close_if_self_served", "survey", "find"]), "What is done."),
            may("case", Text, "The number, with `add`, `close` and `find`. `${call.case}` when left out."),
            may("question", ID, "With `survey`, the question's id."),
            may("answer", Text, "With `survey`, the answer."),
            may("save", Map(&Word(&["number", "state", "entity"])), "Fields of the case into variables: `{state: state}`."),
        ],
    )
    .with(&["going_on", "opening"]),
    Shape::new(
        "opening",
        "What a new case begins with.",
        &[
            may("entity", Text, "Its entity."),
            may("department", Text, "Its department."),
            may("kind", Word(&["enquiry", "complaint", "suggestion", "consultation"]), "What it is. `enquiry` when left out."),
            may("ref", Text, "What the citizen calls it, such as an account's number."),
            may("text", Text, "What is known of it."),
        ],
    ),
    Shape::new(
        "message",
        "Sends a short message or an e-mail. Outcome: `error.message`.",
        &[
            must("by", Word(&["sms", "email"]), "How it travels."),
            must("to", Text, "A telephone number or an e-mail address."),
            must("text", ID, "A text under `texts:`, in the language that is spoken."),
            may("subject", ID, "The subject of an e-mail, a text under `texts:`."),
            may("args", VALUES, "A value for each slot of the texts."),
        ],
    )
    .with(&["going_on"]),
    Shape::new("tag", "A milestone for reports.", &[must("tag", Text, "Its name, such as `entity.${vars.entity}`. Nothing sensitive.")])
        .with(&["going_on"]),
    Shape::new(
        "hangup",
        "Ends the call.",
        &[may("reason", Word(&["done", "busy", "rejected", "failed"]), "Why. `done` when left out.")],
    )
    .with(&["any_node"]),
];
