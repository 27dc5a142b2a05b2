//! What each kind of node does: one file for each family.

mod ask;
mod assign;
mod case;
mod fork;
mod http;
mod outside;
mod play;
mod queue;
mod subflow;

pub(super) use ask::{key, prompt_ended, silence};
pub(super) use outside::{ends, takes_keys};
pub(super) use queue::{music as queue_music, news as queue_news, silent as queue_is_silent};

use std::sync::Arc;

use crate::base::time::Moment;
use crate::flow::model::Step;
use crate::flow::outcome::{
    CALLBACK_CLOSED, ERROR_CASE, ERROR_HTTP_TIMEOUT, ERROR_MESSAGE, ERROR_STREAM, TRANSFER_FAILED,
    VOICEMAIL_EMPTY,
};
use crate::flow::run::{News, Output, Overflow, QueueNews, Reply, Run, Stage, Turn, turn_of};

/// Does a step, as far as it can be done at once.
pub(super) fn begin(run: &mut Run, now: Moment, step: &Step) -> Turn {
    if run.stage == Stage::Farewell && !needs_nobody(step) {
        return Turn::Stay;
    }
    match step {
        Step::Play(play) => turn_of(play::begin(run, now, play)),
        Step::Menu(menu) => turn_of(ask::begin_menu(run, now, menu)),
        Step::Collect(collect) => turn_of(ask::begin_collect(run, now, collect)),
        Step::Set(assignments) => turn_of(assign::begin(run, now, assignments)),
        Step::Switch(switch) => turn_of(fork::begin_switch(run, now, switch)),
        Step::Hours(hours) => turn_of(fork::begin_hours(run, now, hours)),
        Step::Queue(queue) => turn_of(queue::begin(run, now, queue)),
        Step::LeaveQueue(leave) => turn_of(queue::leave(run, now, leave)),
        Step::Call(call) => turn_of(subflow::begin_call(run, now, call)),
        Step::Return(outputs) => turn_of(subflow::begin_return(run, now, outputs)),
        Step::Tag(tag) => match run.text(now, &tag.name) {
            Ok(name) => {
                run.say(Output::News(News::Tagged { name: name.into() }));
                Turn::Next
            }
            Err(outcome) => Turn::Outcome(outcome),
        },
        Step::Say(spoken) => turn_of(play::say(run, now, spoken)),
        Step::Http(http) => turn_of(http::begin(run, now, http)),
        Step::Case(case) => turn_of(case::begin(run, now, case)),
        Step::Message(message) => turn_of(http::begin_message(run, now, message)),
        Step::Callback(callback) => turn_of(outside::begin_callback(run, now, callback)),
        Step::Voicemail(mail) => turn_of(outside::begin_voicemail(run, now, mail)),
        Step::Transfer(transfer) => turn_of(outside::begin_transfer(run, now, transfer)),
        Step::Stream(stream) => turn_of(outside::begin_stream(run, now, stream)),
        Step::Record(recording) => outside::record(run, *recording),
        Step::Hangup(hangup) => run.hang_up(hangup.reason),
    }
}

/// What is said before an errand has been heard.
pub(super) fn lead_ended(run: &mut Run, now: Moment) -> Turn {
    let world = Arc::clone(&run.world);
    let frame = run.active().frame();
    let Step::Voicemail(mail) = &world.bundle().flow(frame.flow).node(frame.node).step else {
        debug_assert!(false, "only a voicemail says something before its errand");
        return Turn::Next;
    };
    turn_of(outside::record_voicemail(run, now, mail))
}

/// An errand is done.
pub(super) fn errand_ended(run: &mut Run, now: Moment, reply: Reply) -> Turn {
    let world = Arc::clone(&run.world);
    let frame = run.active().frame();
    let step = &world.bundle().flow(frame.flow).node(frame.node).step;
    turn_of(match (reply, step) {
        (Reply::Http(answer), Step::Http(http)) => http::ended(run, http, answer),
        (Reply::Case(answer), Step::Case(case)) => case::ended(run, case, answer),
        (Reply::Message(sent), Step::Message(_)) => sent.map(|()| Turn::Next).map_err(|fault| {
            run.failed(fault.to_string());
            ERROR_MESSAGE
        }),
        (Reply::Callback(Ok(())), Step::LeaveQueue(_)) => {
            Ok(queue::news(run, now, QueueNews::Ended(Overflow::Callback)))
        }
        (Reply::Callback(booked), Step::LeaveQueue(_) | Step::Callback(_)) => {
            outside::callback_ended(booked)
        }
        (Reply::Voicemail(end), Step::Voicemail(_)) => outside::voicemail_ended(end),
        (Reply::Transfer(end), Step::Transfer(_)) => outside::transfer_ended(end),
        (Reply::Stream(end), Step::Stream(stream)) => outside::stream_ended(run, stream, end),
        (_, step) => {
            debug_assert!(false, "a reply is of the kind of its errand");
            Err(silence_of(step))
        }
    })
}

/// An errand's word did not come in time.
pub(super) fn errand_is_silent(run: &Run) -> Turn {
    Turn::Outcome(run.with_node(|node| silence_of(&node.step)))
}

/// The outcome of an errand that nobody brings back.
fn silence_of(step: &Step) -> &'static str {
    let outcomes = [
        (matches!(step, Step::Http(_)), ERROR_HTTP_TIMEOUT),
        (matches!(step, Step::Case(_)), ERROR_CASE),
        (matches!(step, Step::Message(_)), ERROR_MESSAGE),
        (matches!(step, Step::Callback(_) | Step::LeaveQueue(_)), CALLBACK_CLOSED),
        (matches!(step, Step::Voicemail(_)), VOICEMAIL_EMPTY),
        (matches!(step, Step::Transfer(_)), TRANSFER_FAILED),
    ];
    let own = outcomes.into_iter().find(|(is_this, _)| *is_this);
    own.map_or(ERROR_STREAM, |(_, outcome)| outcome)
}

/// Whether a step can be done after the caller has left.
const fn needs_nobody(step: &Step) -> bool {
    step.is_quiet() || matches!(step, Step::Hours(_) | Step::Call(_) | Step::Return(_))
}
