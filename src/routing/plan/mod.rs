//! Plans: how many agents a volume of calls needs by formula, and how a whole day would go on this
//! very engine.

mod erlang;

mod staffing;

mod day;

mod shift;

mod strain;

mod report;

pub use day::{Arrivals, Day, Inflow, Presence};
pub use erlang::{Load, Outlook, outlook};
pub use report::{Cell, Effort, Report, SHORT_ABANDON};
pub use shift::{Call, Ended, Played, Spell, play};
pub use staffing::{Promise, Staffing, staffing};
pub use strain::Strain;
