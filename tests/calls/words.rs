//! What a call asks for and tells, in the words of the lexicon.

use hatif::call::ending::{Cause, Side};
use hatif::call::event::{Departure, Fact, Line, OfferResult};
use hatif::call::exchange::{DeskNews, Mute, Output, Playout};
use hatif::flow::Errand;
use hatif::record::CallRecord;
use hatif::routing;

/// Whether the caller was answered: what ends the line is called differently before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Ringing,
    Answered,
}

/// An output in words, or nothing when it is only a fact of the flow's own walk.
pub(crate) fn of(output: &Output, heard: Heard) -> Option<String> {
    Some(match output {
        Output::Ring => "ring".to_owned(),
        Output::Answer => "answer".to_owned(),
        Output::HangUp(_) if heard == Heard::Answered => "hang up".to_owned(),
        Output::HangUp(ending) => format!("refuse with {}", ending.code()),
        Output::Play { what, .. } => of_playout(what),
        Output::Stop => "stop".to_owned(),
        Output::Enter { entry, .. } => match entry.place {
            routing::Place::Head => format!("enter {} at the head", entry.queue),
            routing::Place::Joining | routing::Place::Carried(_) | routing::Place::CallBack(_) => {
                format!("enter {}", entry.queue)
            }
        },
        Output::Route(input) => of_route(input),
        Output::Dial { address, .. } => format!("ring {address}"),
        Output::DialOut { to, .. } => format!("call {to}"),
        Output::Refer { to, .. } => format!("refer to {to}"),
        Output::CallBack(_, booking) => format!("keep a call-back for {}", booking.number),
        Output::Call { to, .. } => format!("call {to}"),
        Output::CalledBack(result) => format!("called back: {result:?}"),
        Output::JoinOutside(_) => "join the outside".to_owned(),
        Output::DropPhone(_) => "drop the phone".to_owned(),
        Output::Bridge { agent, .. } => format!("bridge {agent}"),
        Output::Unbridge => "unbridge".to_owned(),
        Output::MuteAgent(Mute::On) => "mute the agent".to_owned(),
        Output::MuteAgent(Mute::Off) => "unmute the agent".to_owned(),
        Output::Desk(agent, news) => format!("tell {agent}: {}", of_desk(news)),
        Output::Event(fact) => return of_fact(fact),
        Output::Complain(fault) => format!("complain: {fault}"),
        Output::Errand(_, errand) => format!("send out: {}", errand_word(errand)),
        Output::Recall(_) => "recall the errand".to_owned(),
        Output::Record(order) => format!("record: {order:?}"),
        Output::Lapsed => "forget the offer".to_owned(),
        Output::Over => "forget the call".to_owned(),
    })
}

/// A record in one line.
pub(crate) fn of_record(record: &CallRecord) -> String {
    let mut text = format!("record: {}", ending(record.ending.by, record.ending.cause));
    if let Some(waited) = record.queue_wait_ms {
        text.push_str(&format!("; waited {}", seconds(waited)));
    }
    for talk in &record.conversations {
        text.push_str(&format!("; talked {} with {}", seconds(talk.talk_ms), talk.agent));
        if 0 < talk.held_ms {
            text.push_str(&format!(" ({} held)", seconds(talk.held_ms)));
        }
    }
    text
}

const fn errand_word(errand: &Errand) -> &'static str {
    match errand {
        Errand::Http(_) => "http",
        Errand::Case(_) => "case",
        Errand::Message(_) => "message",
        Errand::Callback(_) => "callback",
        Errand::Voicemail(_) => "voicemail",
        Errand::Transfer(_) => "transfer",
        Errand::Stream(_) => "stream",
    }
}

fn of_playout(what: &Playout) -> String {
    match what {
        Playout::Music(name) => format!("music {name}"),
        Playout::Ringback => "play ringing".to_owned(),
        Playout::Flow(wish) => match &wish.prompt {
            Some(prompt) => format!("play {prompt}"),
            None => format!("music {}", wish.sounds.join(" ")),
        },
    }
}

fn of_route(input: &routing::Input) -> String {
    match input {
        routing::Input::Leave { why: routing::Departure::CallerLeft, .. } => "leave the queue",
        routing::Input::Leave { .. } => "leave the queue by the flow",
        routing::Input::Accept { .. } => "accept",
        routing::Input::Decline { .. } => "decline",
        routing::Input::Unreachable { .. } => "say unreachable",
        routing::Input::Hold { agent } => return format!("{agent} holds"),
        routing::Input::Unhold { agent } => return format!("{agent} holds no more"),
        routing::Input::Release { agent } => return format!("free {agent}"),
        routing::Input::Order { agent, .. } => {
            return format!("end the after-call work of {agent}");
        }
        routing::Input::Enter(_)
        | routing::Input::Employ { .. }
        | routing::Input::Dismiss { .. }
        | routing::Input::Lost { .. } => panic!("a call does not say {input:?}"),
    }
    .to_owned()
}

fn of_desk(news: &DeskNews) -> String {
    match news {
        DeskNews::Talking(_) => "talking".to_owned(),
        DeskNews::Held => "held".to_owned(),
        DeskNews::Unheld => "unheld".to_owned(),
        DeskNews::Muted(Mute::On) => "muted".to_owned(),
        DeskNews::Muted(Mute::Off) => "unmuted".to_owned(),
        DeskNews::Ended { by, cause, .. } => ending(*by, *cause),
    }
}

fn of_fact(fact: &Fact) -> Option<String> {
    let text = match fact {
        Fact::Queued { queue, .. } => format!("queued in {queue}"),
        Fact::Offered { agent, .. } => format!("offered to {agent}"),
        Fact::OfferEnded { agent, result, .. } => format!("{agent} {}", of_result(*result)),
        Fact::Connected { agent, line, .. } => {
            let line = match line {
                Line::Sip => "phone",
                Line::Webrtc => "desk",
            };
            format!("connected to {agent} at her {line}")
        }
        Fact::Held => "held".to_owned(),
        Fact::Unheld => "unheld".to_owned(),
        Fact::Released { agent, by, .. } => format!("released {agent} by {}", side(*by)),
        Fact::AgentLost { agent } => format!("lost {agent}"),
        Fact::LeftQueue { why, waited_ms, .. } => {
            format!("left the queue after {}: {}", seconds(*waited_ms), of_departure(*why))
        }
        Fact::Transferred { to, .. } => format!("transferred to {to}"),
        Fact::TransferEnded { result, by, talk_ms, .. } => {
            format!("transfer ended by {}: {result:?} after {}", side(*by), seconds(*talk_ms))
        }
        Fact::Tagged { name } => format!("tag {name}"),
        // The flow's own walk is seen by what it plays; the record tells the end.
        Fact::Arrived { .. }
        | Fact::Answered
        | Fact::Entered { .. }
        | Fact::Outcome { .. }
        | Fact::Pressed { .. }
        | Fact::Language { .. }
        | Fact::Recording { .. }
        | Fact::Measured { .. }
        | Fact::Ended { .. } => return None,
    };
    Some(format!("note {text}"))
}

const fn of_result(result: OfferResult) -> &'static str {
    match result {
        OfferResult::Accepted => "accepted",
        OfferResult::Missed => "missed",
        OfferResult::Declined => "declined",
        OfferResult::Unreachable => "unreachable",
        OfferResult::CallerLeft => "rang for a caller who left",
    }
}

const fn of_departure(why: Departure) -> &'static str {
    match why {
        Departure::CallerLeft => "the caller hung up",
        Departure::Full => "full",
        Departure::Closed => "closed",
        Departure::NoAgents => "nobody on duty",
        Departure::Timeout => "timeout",
        Departure::Exit => "exit",
        Departure::Callback => "a call-back",
    }
}

fn ending(by: Side, cause: Cause) -> String {
    let cause = match cause {
        Cause::HungUp => "hung up",
        Cause::Cancelled => "cancelled",
        Cause::Completed => "completed",
        Cause::Draining => "draining",
        Cause::NoAck => "no acknowledgement",
        Cause::Unreachable => "unreachable",
        Cause::NoAnswer => "no answer",
        Cause::FlowFailed => "flow failed",
        Cause::UnknownNumber
        | Cause::NoCommonCodec
        | Cause::BadOffer
        | Cause::Full
        | Cause::Silent
        | Cause::Fault => panic!("a call that was taken does not end by {cause:?}"),
    };
    format!("ended by {}: {cause}", side(by))
}

const fn side(side: Side) -> &'static str {
    match side {
        Side::Caller => "the caller",
        Side::Agent => "the agent",
        Side::Outside => "the other side",
        Side::Flow => "the flow",
        Side::System => "us",
    }
}

fn seconds(millis: u64) -> String {
    format!("{}s", millis / 1_000)
}
