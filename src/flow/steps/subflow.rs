//! `call` and `return`: into another flow and back.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::limit::FLOW_DEPTH_MAX;
use crate::base::time::Moment;
use crate::flow::expression::Value;
use crate::flow::model::{Assignment, Call, HangupReason, Step, Target, Variable};
use crate::flow::outcome::ERROR_LIMIT;
use crate::flow::run::{Frame, Run, Turn, defaults, place_of};

pub(super) fn begin_call(run: &mut Run, now: Moment, call: &Call) -> Result<Turn, &'static str> {
    if run.active().frames.len() >= FLOW_DEPTH_MAX {
        return Err(ERROR_LIMIT);
    }
    let world = Arc::clone(&run.world);
    let flow = world.bundle().flow(call.flow);
    let inputs = given(run, now, &flow.inputs, &call.with)?;
    let mut frame = Frame::new(call.flow, flow, inputs);
    run.inherit(&mut frame);
    run.active_mut().frames.push(frame);
    Ok(Turn::To(Target::Node(flow.start)))
}

pub(super) fn begin_return(
    run: &mut Run,
    now: Moment,
    outputs: &[Assignment],
) -> Result<Turn, &'static str> {
    let world = Arc::clone(&run.world);
    let flow = world.bundle().flow(run.active().frame().flow);
    let outputs = given(run, now, &flow.outputs, outputs)?;
    if run.active().frames.len() < 2 {
        return Ok(if run.in_comfort() { run.rest() } else { run.hang_up(HangupReason::Done) });
    }
    run.active_mut().frames.pop();
    let frame = run.active().frame();
    let node = world.bundle().flow(frame.flow).node(frame.node);
    let Step::Call(call) = &node.step else {
        debug_assert!(false, "a flow that was called returns to its `call`");
        return Ok(Turn::Next);
    };
    for save in &call.save {
        let place = place_of(&flow.outputs, &save.output);
        if let Some(value) = place.and_then(|place| outputs.get(place)) {
            run.store(&save.variable, value.clone())?;
        }
    }
    Ok(Turn::Next)
}

/// The declared values, as given or else by default.
fn given(
    run: &mut Run,
    now: Moment,
    declared: &BTreeMap<Arc<str>, Variable>,
    assignments: &[Assignment],
) -> Result<Vec<Value>, &'static str> {
    let mut values = defaults(declared);
    for assignment in assignments {
        let value = run.value(now, &assignment.value, None)?;
        let Some(variable) = declared.get(&assignment.name) else {
            debug_assert!(false, "the loader knows every input and output");
            continue;
        };
        let value = run.fit(variable, value)?;
        let place = place_of(declared, &assignment.name);
        if let Some(given) = place.and_then(|place| values.get_mut(place)) {
            *given = value;
        }
    }
    Ok(values)
}
