//! The right name nearest to a wrong one.

/// The name that a writer most likely meant, if any is near enough.
#[must_use]
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = wrong.chars().count();
    // A third of the letters may differ: more, and the guess is noise.
    let far = (length / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        let steps = distance(wrong, name);
        if steps <= far && best.is_none_or(|(least, _)| steps < least) {
            best = Some((steps, name));
        }
    }
    best.map(|(_, name)| name)
}

/// How many letters must be put in, left out, changed or swapped with their neighbour. The case
/// of a letter does not count.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().flat_map(char::to_lowercase).collect();
    let right: Vec<char> = right.chars().flat_map(char::to_lowercase).collect();
    if left.len().abs_diff(right.len()) > left.len().max(right.len()) / 2 {
        return usize::MAX;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, &a) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &b) in right.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX);
            let changed = at(&last, column) + usize::from(a != b);
            let added = at(&current, column) + 1;
            let removed = at(&last, column + 1) + 1;
            let mut steps = changed.min(added).min(removed);
            let swapped = row > 0
                && column > 0
                && left.get(row - 1) == Some(&b)
                && right.get(column - 1) == Some(&a);
            if swapped && a != b {
                steps = steps.min(at(&before_last, column - 1) + 1);
            }
            current.push(steps);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_name() {
        let names = ["language", "sector", "entity", "to_agent", "bye"];
        assert_eq!(nearest("langauge", names), Some("language"));
        assert_eq!(nearest("Sector", names), Some("sector"));
        assert_eq!(nearest("to_agnt", names), Some("to_agent"));
        assert_eq!(nearest("by", names), Some("bye"));
    }

    #[test]
    fn what_resembles_nothing_has_no_nearest_name() {
        assert_eq!(nearest("survey", ["language", "sector"]), None);
        assert_eq!(nearest("", ["a"]), None);
        assert_eq!(nearest("x", ["complaint"]), None);
    }

    #[test]
    fn two_swapped_letters_are_one_step() {
        assert_eq!(distance("form", "from"), 1);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("", "ab"), usize::MAX);
    }
}
