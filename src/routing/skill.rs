//! Skills: how well an agent has one, and the bands in which levels are compared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::id::SkillId;

/// How well a skill is had, 1 to 5, 5 best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

impl Level {
    /// The least level there is.
    pub const LEAST: Self = Self(1);
    /// The best level there is.
    pub const BEST: Self = Self(5);

    /// The level of that number, if it is one of 1 to 5.
    #[must_use]
    pub const fn new(level: u8) -> Option<Self> {
        if level >= 1 && level <= 5 { Some(Self(level)) } else { None }
    }

    /// The number, 1 to 5.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The band of the level. Ranking by bands keeps the best agents from being worn out.
    #[must_use]
    pub const fn band(self) -> Band {
        match self.0 {
            0 | 1 => Band(1),
            2 | 3 => Band(2),
            4.. => Band(3),
        }
    }
}

impl TryFrom<u8> for Level {
    type Error = NotALevel;

    fn try_from(level: u8) -> Result<Self, NotALevel> {
        Self::new(level).ok_or(NotALevel(level))
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.0
    }
}

/// The number is no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a level is one of 1 to 5, not {0}")]
pub struct NotALevel(pub u8);

/// Bands of level (1 | 2-3 | 4-5) as 1, 2, 3, summed over the skills that a step asks for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Band(pub u32);

impl std::iter::Sum for Band {
    fn sum<I: Iterator<Item = Self>>(bands: I) -> Self {
        Self(bands.map(|band| band.0).sum())
    }
}

/// What an agent can do, and the routing group she belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// Each skill with its level.
    pub skills: BTreeMap<SkillId, Level>,
    /// The name of her routing group.
    pub home: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_fall_into_three_bands() {
        let bands: Vec<u32> = (0..=6).filter_map(Level::new).map(|level| level.band().0).collect();
        assert_eq!(bands, [1, 2, 2, 3, 3]);
    }
}
