//! `switch` and `hours`: which way to go.

use std::sync::Arc;

use crate::base::time::Moment;
use crate::flow::hours::Opening;
use crate::flow::model::{Hours, Switch};
use crate::flow::run::{Run, Turn};

pub(super) fn begin_switch(
    run: &mut Run,
    now: Moment,
    switch: &Switch,
) -> Result<Turn, &'static str> {
    for case in &switch.cases {
        if run.computed(now, &case.when, None)?.is_true() {
            return Ok(Turn::To(case.next));
        }
    }
    Ok(Turn::To(switch.otherwise))
}

pub(super) fn begin_hours(run: &mut Run, now: Moment, hours: &Hours) -> Result<Turn, &'static str> {
    let id = run.id(now, &hours.calendar)?;
    let world = Arc::clone(&run.world);
    let Some(calendar) = world.bundle().calendars.get(&*id) else {
        return run.unknown("the id of a calendar", &id);
    };
    let opening = calendar.at(run.epoch().wall(now));
    run.tell_outcome(opening.as_str());
    Ok(Turn::To(match opening {
        Opening::Open => hours.open,
        Opening::Closed => hours.closed,
        Opening::Holiday => hours.holiday,
        Opening::Special => hours.special,
    }))
}
