//! The sentences' common part: which events make a line, and what each of them has to know.

use std::time::Duration;

use crate::base::time::Wall;
use crate::record::why::log::TicketLog;
use crate::record::why::{arabic, english};
use crate::routing::{Asks, Event, Fact, Terms};

/// The language of the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tongue {
    /// English.
    #[default]
    English,
    /// Arabic.
    Arabic,
}

impl Tongue {
    /// The language of a tag such as `ar` or `en-GB`, if it is one of these.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next() {
            Some("en") => Some(Self::English),
            Some("ar") => Some(Self::Arabic),
            Some(_) | None => None,
        }
    }
}

/// What a sentence knows besides its own event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// What the ticket brought along.
    pub(super) asks: Option<&'a Asks>,
    /// The position that the caller could be told last.
    pub(super) position: Option<u32>,
}

impl Context<'_> {
    /// The terms of a step, if they are known.
    pub(super) fn terms(&self, step: usize) -> Option<&Terms> {
        Some(self.asks?.need.terms(step))
    }

    /// How many steps there are.
    pub(super) fn steps(&self) -> usize {
        self.asks.map_or(1, |asks| asks.need.steps().len())
    }
}

/// One moment in words.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) at: Wall,
    pub(super) after_ms: u64,
    pub(super) text: String,
}

/// A log in sentences.
pub(super) fn told(log: &TicketLog, tongue: Tongue) -> Vec<Told> {
    let asks = log.events.iter().find_map(|event| match &event.fact {
        Fact::Asked { asks, .. } => Some(&**asks),
        Fact::Entered { .. }
        | Fact::Mustered { .. }
        | Fact::Widened { .. }
        | Fact::Offered { .. }
        | Fact::OfferSettled { .. }
        | Fact::Connected { .. }
        | Fact::Left { .. }
        | Fact::Overflowed { .. }
        | Fact::DutyChanged { .. }
        | Fact::Breached { .. } => None,
    });
    let context = Context { asks, position: log.position };
    let line = |event: &Event| {
        let text = match tongue {
            Tongue::English => english::sentence(&event.fact, context),
            Tongue::Arabic => arabic::sentence(&event.fact, context),
        };
        let after = event.at.0.saturating_sub(log.entered_at.0);
        let after_ms = u64::try_from(after).unwrap_or(0);
        (!text.is_empty()).then_some(Told { at: event.at, after_ms, text })
    };
    let mut lines: Vec<Told> = log.events.iter().filter_map(line).collect();
    if 0 < log.unlisted {
        let at = lines.len().saturating_sub(1);
        let before = lines.get(at).map(|line| (line.at, line.after_ms));
        let (time, after_ms) = before.unwrap_or((log.entered_at, 0));
        let text = match tongue {
            Tongue::English => english::unlisted(log.unlisted),
            Tongue::Arabic => arabic::unlisted(log.unlisted),
        };
        lines.insert(at, Told { at: time, after_ms, text });
    }
    lines
}

/// Hours, minutes and seconds of a span, the greatest two that are not 0.
pub(super) fn parts(millis: u64) -> (u64, u64, u64) {
    let seconds = Duration::from_millis(millis.saturating_add(500)).as_secs();
    (seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// A duration's milliseconds.
pub(super) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// Occupancy in whole percent.
pub(super) const fn percent(millionths: u32) -> u32 {
    millionths.saturating_add(5_000) / 10_000
}
