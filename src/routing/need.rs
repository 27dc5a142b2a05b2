//! What a caller needs of an agent, step by step while the wait grows.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::id::SkillId;
use crate::base::limit::{ROUTING_DEMANDS_MAX, ROUTING_STEPS_MAX};
use crate::routing::skill::Level;

/// One skill, had at least so well.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Demand {
    /// The skill.
    pub skill: SkillId,
    /// The least level that will do.
    pub level: Level,
}

/// Whom a step accepts: all of `all`, and one of `any` unless that list is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Terms {
    /// Every one of these.
    pub all: Vec<Demand>,
    /// And at least one of these, when there are any.
    #[serde(default)]
    pub any: Vec<Demand>,
}

/// Terms, and the routing wait from which they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The routing wait from which the terms hold.
    pub after: Duration,
    /// Whom the step accepts.
    pub terms: Arc<Terms>,
}

/// The steps of one need, in order; the first holds from the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Step>", into = "Vec<Step>")]
pub struct Need(Arc<[Step]>);

impl Need {
    /// A need of these steps.
    ///
    /// # Errors
    ///
    /// When there is no step, the first does not hold from the start, a step does not come after
    /// the one before it, or there are too many steps or demands.
    pub fn new(steps: Vec<Step>) -> Result<Self, NeedError> {
        let first = steps.first().ok_or(NeedError::Empty)?;
        if first.after != Duration::ZERO {
            return Err(NeedError::LateStart(first.after));
        }
        if ROUTING_STEPS_MAX < steps.len() {
            return Err(NeedError::TooManySteps(steps.len()));
        }
        for (earlier, later) in steps.iter().zip(steps.iter().skip(1)) {
            if later.after <= earlier.after {
                return Err(NeedError::OutOfOrder(later.after));
            }
        }
        for step in &steps {
            let demands = step.terms.all.len() + step.terms.any.len();
            if ROUTING_DEMANDS_MAX < demands {
                return Err(NeedError::TooManyDemands(demands));
            }
        }
        Ok(Self(steps.into()))
    }

    /// A need of one step.
    ///
    /// # Errors
    ///
    /// When the terms hold too many demands.
    pub fn simple(terms: Terms) -> Result<Self, NeedError> {
        Self::new(vec![Step { after: Duration::ZERO, terms: Arc::new(terms) }])
    }

    /// The steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The index of the last step.
    #[must_use]
    pub fn last(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    /// The index of the step that the clock alone makes active after `wait`.
    #[must_use]
    pub fn by_clock(&self, wait: Duration) -> usize {
        self.0.partition_point(|step| step.after <= wait).saturating_sub(1)
    }

    /// The terms of the step at `index`, or of the last one.
    #[must_use]
    pub fn terms(&self, index: usize) -> &Arc<Terms> {
        let step = self.0.get(index).or_else(|| self.0.last());
        &step.expect("a need has at least one step").terms
    }
}

impl TryFrom<Vec<Step>> for Need {
    type Error = NeedError;

    fn try_from(steps: Vec<Step>) -> Result<Self, NeedError> {
        Self::new(steps)
    }
}

impl From<Need> for Vec<Step> {
    fn from(need: Need) -> Self {
        need.0.to_vec()
    }
}

/// Why steps make no need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NeedError {
    /// There is no step.
    #[error("a need has at least one step, found none")]
    Empty,
    /// The first step does not hold from the start.
    #[error("the first step of a need holds from 0 s, found {0:?}")]
    LateStart(Duration),
    /// A step does not come after the one before it.
    #[error("each step of a need comes after the one before it, found {0:?}")]
    OutOfOrder(Duration),
    /// There are too many steps.
    #[error("a need has at most {ROUTING_STEPS_MAX} steps, found {0}")]
    TooManySteps(usize),
    /// A step has too many demands.
    #[error("a step has at most {ROUTING_DEMANDS_MAX} demands, found {0}")]
    TooManyDemands(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_picks_the_last_step_that_has_begun() {
        let need = Need::new(steps(&[0, 40, 90])).expect("steps in order");
        let by_clock = |seconds| need.by_clock(Duration::from_secs(seconds));
        assert_eq!([0, 39, 40, 89, 90, 600].map(by_clock), [0, 0, 1, 1, 2, 2]);
    }

    #[test]
    fn steps_out_of_order_make_no_need() {
        assert_eq!(Need::new(steps(&[])), Err(NeedError::Empty));
        assert_eq!(Need::new(steps(&[5])), Err(NeedError::LateStart(Duration::from_secs(5))));
        assert_eq!(
            Need::new(steps(&[0, 9, 9])),
            Err(NeedError::OutOfOrder(Duration::from_secs(9)))
        );
    }

    fn steps(after: &[u64]) -> Vec<Step> {
        let step = |&after| Step { after: Duration::from_secs(after), terms: Arc::default() };
        after.iter().map(step).collect()
    }
}
