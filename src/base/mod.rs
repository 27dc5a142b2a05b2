//! What every room shares: ids, time as it is told, deadlines, limits, chance.

pub mod case_number;
pub mod chance;
pub mod codec;
pub mod id;
pub mod key;
pub mod limit;
pub mod mask;
pub mod nearest;
pub mod stack;
pub mod time;
pub mod timer;

pub mod agenda;
