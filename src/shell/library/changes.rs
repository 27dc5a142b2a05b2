//! What callers hear differently from one version to the next, as a list with an end.

use crate::base::limit::BUNDLE_CHANGES_MAX;
use crate::flow::{Bundle, compare};

/// What is told when the version before cannot be read any more.
pub(super) const UNKNOWN: &str = "what served before is not kept: nothing can be compared";

/// The sentences of `hatif diff`; at most [`BUNDLE_CHANGES_MAX`], then the number of the others.
pub(super) fn between(before: &Bundle, after: &Bundle) -> Vec<String> {
    let changes = compare::compare(before, after).changes;
    let more = changes.len().saturating_sub(BUNDLE_CHANGES_MAX);
    let named = changes.into_iter().take(BUNDLE_CHANGES_MAX).map(|change| change.text);
    named.chain((more > 0).then(|| format!("… and {more} more"))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::flow;

    /// A bundle that says so many prompts, each in these words.
    fn bundle(prompts: usize, words: &str) -> Arc<Bundle> {
        let head = |kind: &str| format!("apiVersion: ivr/v1\nkind: {kind}\n");
        let flow = "id: main\ntitle: Main\nlanguages: [en]\nstart: p0\nnodes:\n";
        let play = |index: usize| {
            format!("  p{index}: {{type: play, prompt: said_{index}, next: p{}}}\n", index + 1)
        };
        let nodes: String = (0..prompts).map(play).collect();
        let last = format!("  p{prompts}: {{type: hangup}}\n");
        let said: String =
            (0..prompts).map(|index| format!("  said_{index}: {{en: {words}}}\n")).collect();
        let root = "id: many\ntitle: Many\nlanguages: [en]\nnumbers: {\"800\": main}\n\
                    events: {error: sorry}\n";
        let sorry = "id: sorry\ntitle: Sorry\nlanguages: [en]\nstart: done\nnodes:\n  \
                     done: {type: hangup}\n";
        let files = BTreeMap::from([
            ("bundle.yaml".to_owned(), head("Bundle") + root),
            ("flows/main.flow.yaml".to_owned(), head("Flow") + flow + &nodes + &last),
            ("flows/sorry.flow.yaml".to_owned(), head("Flow") + sorry),
            ("prompts/main.prompts.yaml".to_owned(), head("Prompts") + "prompts:\n" + &said),
        ]);
        flow::load(&files, None).unwrap_or_else(|faults| panic!("{faults}"))
    }

    #[test]
    fn what_callers_hear_differently_is_told_in_sentences() {
        let (before, after) = (bundle(1, "Welcome"), bundle(1, "Good morning"));
        let wanted =
            "prompt `said_0` (heard in `main/p0`) said in en “Welcome”, now “Good morning”";
        assert_eq!(between(&before, &after), [wanted]);
        assert!(between(&after, &after).is_empty());
    }

    #[test]
    fn a_long_list_ends_in_a_number() {
        let many = BUNDLE_CHANGES_MAX + 3;
        let changes = between(&bundle(many, "Welcome"), &bundle(many, "Farewell"));
        assert_eq!(changes.len(), BUNDLE_CHANGES_MAX + 1);
        assert_eq!(changes.last().map(String::as_str), Some("… and 3 more"));
    }
}
