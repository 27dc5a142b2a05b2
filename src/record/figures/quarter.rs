//! Quarters of an hour.

use crate::base::time::Wall;

const QUARTER_MS: i64 = 15 * 60 * 1_000;

/// One quarter of an hour, by when it begins. The clocks of every zone in use differ from UTC by
/// whole quarters, so that each quarter is one of theirs too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter(Wall);

impl Quarter {
    /// The quarter that a moment lies in.
    #[must_use]
    pub const fn of(at: Wall) -> Self {
        Self(Wall(at.0.div_euclid(QUARTER_MS).saturating_mul(QUARTER_MS)))
    }

    /// When it begins.
    #[must_use]
    pub const fn begin(self) -> Wall {
        self.0
    }

    /// When the next one begins.
    #[must_use]
    pub const fn end(self) -> Wall {
        Wall(self.0.0.saturating_add(QUARTER_MS))
    }
}

/// The quarters that a span from `from` to `to` touches, each with its milliseconds of it.
pub(super) fn spread(from: Wall, to: Wall) -> impl Iterator<Item = (Quarter, u64)> {
    let mut from = from;
    std::iter::from_fn(move || {
        let quarter = Quarter::of(from);
        let end = quarter.end().min(to);
        let span = u64::try_from(end.0.saturating_sub(from.0)).ok().filter(|span| 0 < *span)?;
        from = end;
        Some((quarter, span))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_shared_out_among_its_quarters() {
        let at = |minutes: i64| Wall(minutes * 60_000);
        let parts: Vec<(i64, u64)> = spread(at(14), at(46))
            .map(|(quarter, span)| (quarter.begin().0 / 60_000, span / 60_000))
            .collect();
        assert_eq!(parts, [(0, 1), (15, 15), (30, 15), (45, 1)]);
        assert_eq!(spread(at(30), at(30)).count(), 0);
        assert_eq!(spread(at(30), at(20)).count(), 0, "a clock set back");
        assert_eq!(Quarter::of(Wall(-1)).begin(), at(-15));
    }
}
