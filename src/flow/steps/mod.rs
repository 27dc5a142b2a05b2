//! What each kind of node does: one file for each family.

mod ask;
mod assign;
mod fork;
mod play;
mod queue;
mod subflow;

pub(super) use ask::{key, prompt_ended, silence};
pub(super) use queue::{music as queue_music, news as queue_news, silent as queue_is_silent};

use crate::base::time::Moment;
use crate::flow::model::Step;
use crate::flow::run::{News, Output, Run, Stage, Turn, turn_of};

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
        Step::LeaveQueue => queue::leave(run, now),
        Step::Call(call) => turn_of(subflow::begin_call(run, now, call)),
        Step::Return(outputs) => turn_of(subflow::begin_return(run, now, outputs)),
        Step::Tag(tag) => match run.text(now, &tag.name) {
            Ok(name) => {
                run.say(Output::News(News::Tagged { name: name.into() }));
                Turn::Next
            }
            Err(outcome) => Turn::Outcome(outcome),
        },
        Step::Hangup(hangup) => run.hang_up(hangup.reason),
    }
}

/// Whether a step can be done after the caller has left.
const fn needs_nobody(step: &Step) -> bool {
    match step {
        Step::Set(_)
        | Step::Switch(_)
        | Step::Hours(_)
        | Step::Call(_)
        | Step::Return(_)
        | Step::Tag(_)
        | Step::Hangup(_) => true,
        Step::Play(_) | Step::Menu(_) | Step::Collect(_) | Step::Queue(_) | Step::LeaveQueue => {
            false
        }
    }
}
