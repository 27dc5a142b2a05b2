//! What a walk sends out for, and how it goes on when the reply comes, or never does.

use std::time::Duration;

use crate::flow::model::RecordFrom;
use crate::flow::run::tests::call::Call;
use crate::flow::run::{
    CallbackFault, CaseAnswer, CaseFault, CaseOrder, Errand, ErrandId, HttpAnswer, HttpFault,
    Input, Output, Overflow, QueueNews, RecordOrder, Reply, StreamEnd, TransferEnd, VoicemailEnd,
};

pub(super) const FLOWS: [(&str, &str); 3] = [
    (
        "flows/out.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: out
title: Errands
languages: [ar, en]
start: announce
vars:
  lang: {type: string, enum: [ar, en], default: en}
  entity: {type: string, default: power}
  state: {type: string, default: ""}
  number: {type: string, default: ""}
events: {hangup: farewell}
nodes:
  announce: {type: play, prompt: hello, record: {consent: announced, from: now}, next: ask}
  ask:
    type: http
    request:
      method: POST
      url: "http://cases/${call.from}"
      headers: {authorization: "Bearer ${env.token}"}
      body: {who: "${call.from}", count: 3}
      timeout: 2s
      retries: 1
    save: {state: "body.cases[0].state"}
    next: open
    events: {error.http.404: gone}
  open: {type: case, do: open, kind: complaint, text: "says ${vars.state}", save: {number: number}, next: tell}
  tell: {type: message, by: sms, to: "${call.from}", text: opened, args: {number: "${call.case}"}, next: later}
  later: {type: callback, queue: care, number: "${call.from}", next: mail, events: {callback: gone}}
  mail: {type: voicemail, prompt: digits, end: "#", max: 60s, next: out, events: {voicemail: gone}}
  out: {type: transfer, to: "sip:desk@example.org", next: talk, events: {transfer: gone}}
  talk: {type: stream, url: "ws://bot/${call.id}", with: {who: "${call.from}"}, save: {state: body.intent}, next: sure, events: {stream: gone}}
  sure: {type: collect, prompt: digits, digits: {min: 1, max: 1}, save: number, tries: 1, next: bye, events: {input: gone}}
  gone: {type: play, prompt: bye, next: done}
  bye: {type: say, number: "7", next: done}
  done: {type: hangup}
  farewell: {type: case, do: close_if_self_served, next: done}
"##,
    ),
    (
        "flows/patient.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: patient
title: A wait that can be left
languages: [ar, en]
start: to_agent
vars: {lang: {type: string, enum: [ar, en], default: en}}
nodes:
  to_agent:
    type: queue
    queue: care
    case: {open: true, entity: power}
    need: [{after: 0s, all: ["lang.en >= 1"]}]
    wait_flow: offers
    max_wait: 60s
    next: done
    events: {queue.callback: done}
  done: {type: hangup}
"##,
    ),
    (
        "flows/offers.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: offers
title: The offer of a call-back
languages: [ar, en]
start: take
nodes:
  take: {type: leave_queue, take: callback, events: {callback: stay}}
  stay: {type: play, prompt: stay, next: stay}
"##,
    ),
];

/// Takes the errand that is out.
fn errand(call: &mut Call) -> (ErrandId, Errand) {
    call.outputs();
    let found = call.seen.iter().rev().find_map(|output| {
        if let Output::Errand(id, errand) = output { Some((*id, (**errand).clone())) } else { None }
    });
    found.expect("something is sent out for")
}

fn reply(call: &mut Call, reply: Reply) {
    let (id, _) = errand(call);
    call.tell(Input::Errand(id, reply));
}

fn at_ask() -> Call {
    let mut call = Call::to("7");
    let hello = call.play();
    call.played(hello.id);
    call
}

fn json(text: &str) -> Reply {
    Reply::Http(Ok(HttpAnswer { status: 200, body: text.as_bytes().into() }))
}

fn opened() -> Reply {
    let number = "1000000009".to_owned();
    Reply::Case(Ok(CaseAnswer { number, state: "open".to_owned(), entity: "power".to_owned() }))
}

#[test]
fn errands_lead_on_with_what_they_bring() {
    let mut call = at_ask();
    let Errand::Http(request) = errand(&mut call).1 else { panic!("a request") };
    assert_eq!(request.url, "http://cases/+1");
    assert_eq!(request.headers, [("authorization".into(), "Bearer secret".to_owned())]);
    assert_eq!(request.body.as_deref(), Some(r#"{"count":3,"who":"+1"}"#));
    reply(&mut call, json(r#"{"cases": [{"state": "open"}]}"#));
    let Errand::Case(CaseOrder::Open(case)) = errand(&mut call).1 else { panic!("a case") };
    assert_eq!((case.text.as_str(), case.entity.is_some()), ("says open", true));
    reply(&mut call, opened());
    assert_eq!(call.run.variable("number"), Some(&"1000000009".into()));
    let Errand::Message(message) = errand(&mut call).1 else { panic!("a message") };
    assert_eq!(message.text, "Your case is 1000000009.");
    reply(&mut call, Reply::Message(Ok(())));
    let Errand::Callback(wish) = errand(&mut call).1 else { panic!("a call-back") };
    let need = &wish.enqueue.expect("a place of its own").need;
    assert_eq!(need[0].all, [("lang.en".into(), 1), ("entity.power".into(), 1)]);
    reply(&mut call, Reply::Callback(Ok(())));
    let before = call.play();
    call.played(before.id);
    let Errand::Voicemail(order) = errand(&mut call).1 else { panic!("a voicemail") };
    assert_eq!((order.case.as_str(), order.max), ("1000000009", Duration::from_secs(60)));
    call.key('5');
    call.key('#');
    assert_eq!(call.outputs(), [Output::Recall(errand(&mut call).0)]);
    reply(&mut call, Reply::Voicemail(VoicemailEnd::Kept));
    let Errand::Transfer(order) = errand(&mut call).1 else { panic!("a transfer") };
    assert_eq!(order.to, "sip:desk@example.org");
    reply(&mut call, Reply::Transfer(TransferEnd::Talked));
    let Errand::Stream(order) = errand(&mut call).1 else { panic!("a stream") };
    assert_eq!(order.parameters, [("who".into(), "+1".to_owned())]);
    // The program hears it, and what is asked after it does not.
    call.key('5');
    reply(&mut call, Reply::Stream(StreamEnd::Closed(Some(b"{\"intent\": \"pay\"}"[..].into()))));
    assert_eq!(call.run.variable("state"), Some(&"pay".into()));
    call.play();
    call.key('8');
    assert_eq!(call.run.variable("number"), Some(&"8".into()));
    assert_eq!(call.play().text, "7");
}

#[test]
fn an_errand_that_fails_leads_by_its_outcome() {
    let outcome = |answer: Reply| {
        let mut call = at_ask();
        reply(&mut call, answer);
        call.outcomes()
    };
    let status = |status| Reply::Http(Ok(HttpAnswer { status, body: b""[..].into() }));
    assert_eq!(outcome(status(404)), ["error.http.404"]);
    assert_eq!(outcome(status(503)), ["error.http.503"]);
    assert_eq!(outcome(json("no json")), ["error.http.body"]);
    assert_eq!(outcome(Reply::Http(Err(HttpFault::Timeout))), ["error.http.timeout"]);
    let refused = HttpFault::Refused("a private address".to_owned());
    assert_eq!(outcome(Reply::Http(Err(refused))), ["error.http.connect"]);
}

#[test]
fn an_errand_that_nobody_brings_back_strands_nobody() {
    let mut call = at_ask();
    let (late, _) = errand(&mut call);
    call.wait(600);
    assert_eq!(call.outcomes(), ["error.http.timeout"]);
    call.tell(Input::Errand(late, json("{}")));
    assert_eq!(call.outcomes(), ["error.http.timeout"]);
}

#[test]
fn the_last_errand_of_a_caller_who_left_is_waited_for() {
    let mut call = at_ask();
    reply(&mut call, json("{}"));
    reply(&mut call, opened());
    call.tell(Input::CallerLeft);
    let Errand::Case(order) = errand(&mut call).1 else { panic!("a case") };
    assert_eq!(order, CaseOrder::CloseIfSelfServed { number: "1000000009".to_owned() });
    assert!(!call.run.is_over());
    reply(&mut call, Reply::Case(Err(CaseFault::NotFound)));
    assert!(call.run.is_over());
    assert_eq!(call.outputs().last(), Some(&Output::Done));
}

#[test]
fn a_wait_opens_a_case_and_can_be_left_for_a_call_back() {
    let mut call = Call::to("8");
    let sent: Vec<Errand> = call
        .outputs()
        .into_iter()
        .filter_map(|output| if let Output::Errand(_, sent) = output { Some(*sent) } else { None })
        .collect();
    let [Errand::Case(CaseOrder::Open(_)), Errand::Callback(wish)] = &sent[..] else {
        panic!("a case and a call-back, found {sent:?}")
    };
    assert_eq!((wish.number.as_str(), wish.enqueue.is_none()), ("+1", true));
    call.tell(Input::Errand(ErrandId(1), opened()));
    assert_eq!(call.run.case(), "1000000009");
    reply(&mut call, Reply::Callback(Err(CallbackFault::RejectedNumber)));
    assert_eq!(call.outcomes(), ["callback.rejected_number"]);
    assert_eq!(call.play().prompt.as_deref(), Some("stay"));
    let mut call = Call::to("8");
    reply(&mut call, Reply::Callback(Ok(())));
    assert_eq!(call.outcomes(), ["queue.callback"]);
    assert!(call.run.is_over());
    let mut call = Call::to("8");
    call.queue(QueueNews::Ended(Overflow::Timeout));
    assert!(call.seen.is_empty() && call.outputs().contains(&Output::Recall(ErrandId(2))));
}

#[test]
fn recording_begins_as_announced_and_is_blind_to_secrets() {
    let mut call = Call::to("7");
    let started = RecordOrder::Start {
        consent: crate::flow::model::Consent::Announced,
        from: RecordFrom::Now,
    };
    assert!(call.outputs().contains(&Output::Record(started)));
    let mut call = Call::to("2");
    assert!(call.outputs().contains(&Output::Record(RecordOrder::Hide)));
    let prompt = call.last_play();
    call.played(prompt);
    for typed in ['1', '2', '3', '4'] {
        call.key(typed);
    }
    assert!(call.outputs().contains(&Output::Record(RecordOrder::Show)));
}
