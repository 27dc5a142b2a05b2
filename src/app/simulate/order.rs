//! What can be asked of a simulated call.

use std::time::Duration;

use crate::base::key::Key;
use crate::flow::trial::Booth;

/// How long a wait for something to happen is at most.
pub(super) const LONGEST: Duration = Duration::from_secs(3_600);

/// An order to a simulated call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    Press(Vec<Key>),
    Next,
    Wait(Duration),
    Place(u32, Option<Duration>),
    Answer,
    Release,
    Leave,
}

impl Order {
    /// Does it; otherwise says why not.
    pub(super) fn obey(&self, booth: &mut Booth) -> Result<(), &'static str> {
        if booth.is_over() {
            return Err("the call has ended");
        }
        match self {
            Self::Press(keys) => {
                keys.iter().for_each(|&key| booth.press(key));
                Ok(())
            }
            Self::Next => booth
                .wait_for_something(LONGEST)
                .then_some(())
                .ok_or("nothing happens by itself: let an agent answer or let go, or hang up"),
            Self::Wait(span) => {
                booth.wait(*span);
                Ok(())
            }
            Self::Place(position, expected) => {
                booth.place(*position, *expected);
                Ok(())
            }
            Self::Answer => booth.answer().then_some(()).ok_or("nobody waits for an agent"),
            Self::Release => booth.release().then_some(()).ok_or("nobody talks to an agent"),
            Self::Leave => {
                booth.leave();
                Ok(())
            }
        }
    }
}

/// Reads a span such as `30`, `30s` or `2m`.
pub(super) fn span(text: &str) -> Option<Duration> {
    let (digits, scale) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    let seconds = digits.parse::<u64>().ok()?.checked_mul(scale)?;
    Some(Duration::from_secs(seconds)).filter(|span| *span <= LONGEST)
}

/// Reads `3`, or `3 120`: a place, and the seconds that are still to go.
pub(super) fn place<'w>(mut words: impl Iterator<Item = &'w str>) -> Option<Order> {
    let position = words.next()?.parse().ok()?;
    let expected = match words.next() {
        Some(word) => Some(span(word)?),
        None => None,
    };
    words.next().is_none().then_some(Order::Place(position, expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_seconds_unless_it_says_minutes() {
        let seconds = |text| span(text).map(|span| span.as_secs());
        assert_eq!(["30", "30s", "2m", "60m"].map(seconds), [30, 30, 120, 3_600].map(Some));
        assert_eq!(["", "s", "61m", "-3", "3h", "99999999999999999999m"].map(seconds), [None; 6]);
    }
}
