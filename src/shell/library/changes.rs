//! What changed from one version to the next, as a short list.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::limit::BUNDLE_CHANGES_MAX;

/// The files that came, went or differ, by name; at most [`BUNDLE_CHANGES_MAX`], then their number.
pub(super) fn between(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut changes: Vec<String> = names
        .into_iter()
        .filter_map(|name| match (before.get(name), after.get(name)) {
            (None, _) => Some(format!("{name} is new")),
            (Some(_), None) => Some(format!("{name} is gone")),
            (Some(old), Some(new)) if old != new => Some(told(name, old, new)),
            (Some(_), Some(_)) => None,
        })
        .collect();
    if changes.len() > BUNDLE_CHANGES_MAX {
        let more = changes.len() - BUNDLE_CHANGES_MAX;
        changes.truncate(BUNDLE_CHANGES_MAX);
        changes.push(format!("… and {more} more"));
    }
    changes
}

/// How many lines are in one text and not in the other.
fn told(name: &str, old: &str, new: &str) -> String {
    let mut surplus: BTreeMap<&str, i64> = BTreeMap::new();
    new.lines().for_each(|line| *surplus.entry(line).or_default() += 1);
    old.lines().for_each(|line| *surplus.entry(line).or_default() -= 1);
    let more: i64 = surplus.values().filter(|count| **count > 0).sum();
    let less: i64 = surplus.values().filter(|count| **count < 0).sum();
    format!("{name} changed (+{more} −{})", less.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn files_that_come_go_and_differ_are_told() {
        let before = folder(&[("a", "1\n2\n3\n"), ("b", "x"), ("c", "y")]);
        let after = folder(&[("a", "1\n2\n4\n4\n"), ("b", "x"), ("d", "z")]);
        let wanted = ["a changed (+2 −1)", "c is gone", "d is new"];
        assert_eq!(between(&before, &after), wanted);
        assert!(between(&after, &after).is_empty());
    }

    #[test]
    fn a_long_list_ends_in_a_number() {
        let names: Vec<String> =
            (0..BUNDLE_CHANGES_MAX + 3).map(|index| format!("f{index:04}")).collect();
        let after = names.into_iter().map(|name| (name, String::new())).collect();
        let changes = between(&BTreeMap::new(), &after);
        assert_eq!(changes.len(), BUNDLE_CHANGES_MAX + 1);
        assert_eq!(changes.last().map(String::as_str), Some("… and 3 more"));
    }
}
