//! Rows of bits over the agents' slots: one per skill and level, and one per kind of readiness.

use crate::routing::roster::agent::AgentSlot;
use crate::routing::roster::atomic::{AtomicU64, Ordering};
use crate::routing::skill::{Band, Level};

/// A skill's place in the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SkillIndex(pub(super) u16);

impl SkillIndex {
    pub(in crate::routing) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Rows that are not of a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// Duty is `Available`.
    Available,
    /// Duty is `Available` and no cool-down runs: she may be offered a call.
    Ready,
    /// On duty, whatever she is doing.
    OnDuty,
    /// Of the group, on duty or not.
    Employed,
}

/// One demand, with the skill's place instead of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub(in crate::routing) skill: SkillIndex,
    pub(in crate::routing) level: Level,
}

/// The terms of a step, made ready for the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Nobody in the roster has ever had what is asked.
    Nobody,
    /// Who has all of `all`, and one of `any` unless it is empty.
    Marks {
        /// Every one of these.
        all: Vec<Mark>,
        /// And one of these.
        any: Vec<Mark>,
    },
}

impl Filter {
    /// Whether an agent of these levels, by skill, is accepted.
    pub(in crate::routing) fn accepts(&self, levels: &[u8]) -> bool {
        match self {
            Self::Nobody => false,
            Self::Marks { all, any } => {
                all.iter().all(|mark| mark.met(levels).is_some())
                    && (any.is_empty() || any.iter().any(|mark| mark.met(levels).is_some()))
            }
        }
    }

    /// The bands of the required skills' own levels, summed; of the `any` list the best counts.
    pub(in crate::routing) fn band(&self, levels: &[u8]) -> Band {
        match self {
            Self::Nobody => Band::default(),
            Self::Marks { all, any } => {
                let required = all.iter().filter_map(|mark| mark.met(levels)).map(Level::band);
                let best = any.iter().filter_map(|mark| mark.met(levels)).map(Level::band).max();
                required.chain(best).sum()
            }
        }
    }
}

impl Mark {
    fn met(self, levels: &[u8]) -> Option<Level> {
        let own = levels.get(self.skill.index()).copied().and_then(Level::new)?;
        (self.level <= own).then_some(own)
    }
}

const LEVELS: usize = 5;
const READINESS_ROWS: usize = 4;

/// All rows of one roster.
#[derive(Debug)]
pub(super) struct Bitmap {
    words_per_row: usize,
    words: Box<[AtomicU64]>,
}

impl Bitmap {
    pub(super) fn new(agents: usize, skills: usize) -> Self {
        let words_per_row = agents.div_ceil(64);
        let rows = READINESS_ROWS + skills * LEVELS;
        let words = (0..rows * words_per_row).map(|_| AtomicU64::new(0)).collect();
        Self { words_per_row, words }
    }

    pub(super) const fn words_per_row(&self) -> usize {
        self.words_per_row
    }

    pub(super) fn raise(&self, row: Row, agent: AgentSlot) {
        self.raise_bit(row_number(row), agent);
    }

    pub(super) fn lower(&self, row: Row, agent: AgentSlot) {
        self.lower_bit(row_number(row), agent);
    }

    /// The agent has `skill` at `level` and so at every level below; at none for `None`.
    pub(super) fn grade(&self, skill: SkillIndex, agent: AgentSlot, level: Option<Level>) {
        for row_level in 1..=5 {
            let row_level = Level::new(row_level).expect("one of five levels");
            let row = skill_row(skill, row_level);
            if level.is_some_and(|own| row_level <= own) {
                self.raise_bit(row, agent);
            } else {
                self.lower_bit(row, agent);
            }
        }
    }

    /// The agents of word `word` that are in `row` and that `filter` accepts.
    pub(super) fn eligible(&self, row: Row, filter: &Filter, word: usize) -> u64 {
        let mut bits = self.word(row_number(row), word);
        let Filter::Marks { all, any } = filter else { return 0 };
        for mark in all {
            if bits == 0 {
                return 0;
            }
            bits &= self.word(skill_row(mark.skill, mark.level), word);
        }
        if !any.is_empty() && bits != 0 {
            let union = any
                .iter()
                .map(|mark| self.word(skill_row(mark.skill, mark.level), word))
                .fold(0, |union, bits| union | bits);
            bits &= union;
        }
        bits
    }

    pub(super) fn word(&self, row: usize, word: usize) -> u64 {
        // Acquire pairs with the Release of `raise_bit` and `lower_bit`: who sees an agent's bit
        // sees her word as it was swapped before the bit was changed.
        self.cell(row, word).load(Ordering::Acquire)
    }

    pub(super) fn count(&self, row: Row) -> usize {
        let ones = |word| self.word(row_number(row), word).count_ones();
        let total: u32 = (0..self.words_per_row).map(ones).sum();
        usize::try_from(total).unwrap_or(usize::MAX)
    }

    fn raise_bit(&self, row: usize, agent: AgentSlot) {
        // Release pairs with the Acquire of `word`.
        self.cell(row, agent.index() / 64).fetch_or(1 << (agent.index() % 64), Ordering::Release);
    }

    fn lower_bit(&self, row: usize, agent: AgentSlot) {
        // Release pairs with the Acquire of `word`.
        let cell = self.cell(row, agent.index() / 64);
        cell.fetch_and(!(1 << (agent.index() % 64)), Ordering::Release);
    }

    fn cell(&self, row: usize, word: usize) -> &AtomicU64 {
        let cell = self.words.get(row * self.words_per_row + word);
        cell.expect("slots and skills are dealt out within the capacity")
    }
}

const fn row_number(row: Row) -> usize {
    match row {
        Row::Available => 0,
        Row::Ready => 1,
        Row::OnDuty => 2,
        Row::Employed => 3,
    }
}

fn skill_row(skill: SkillIndex, level: Level) -> usize {
    READINESS_ROWS + skill.index() * LEVELS + usize::from(level.get()) - 1
}
