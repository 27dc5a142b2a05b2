//! `set`: values into variables.

use crate::base::time::Moment;
use crate::flow::model::Assignment;
use crate::flow::run::{Run, Turn};

pub(super) fn begin(
    run: &mut Run,
    now: Moment,
    assignments: &[Assignment],
) -> Result<Turn, &'static str> {
    run.assign(now, assignments, None)?;
    Ok(Turn::Next)
}
