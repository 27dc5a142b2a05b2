//! The sections of the fault catalogue, one for each code.

/// The page with a section for each code.
const PAGE: &str = include_str!("../../../docs/faults.md");

/// What begins a section, before the code's word.
const HEADING: &str = "\n### `";

/// The text of a code's section, without its heading.
pub(super) fn section(word: &str) -> Option<&'static str> {
    PAGE.split(HEADING).skip(1).find_map(|section| {
        let text = section.strip_prefix(word)?.strip_prefix("`\n")?;
        // A heading of a higher rank ends the last section below it.
        Some(text.split("\n## ").next().unwrap_or(text).trim())
    })
}

#[cfg(test)]
mod tests {
    use crate::flow::diagnostic::Code;

    #[test]
    fn every_code_has_a_section_and_no_section_is_without_a_code() {
        for code in Code::ALL {
            assert!(!code.help().is_empty(), "docs/faults.md has no section `{}`", code.word());
        }
        let headings = super::PAGE.split(super::HEADING).skip(1);
        let words: Vec<&str> = headings.filter_map(|rest| Some(rest.split_once('`')?.0)).collect();
        for word in &words {
            assert!(
                Code::named(word).is_some(),
                "docs/faults.md has `{word}`, the program has not"
            );
        }
        assert_eq!(words.len(), Code::ALL.len(), "each code has one section");
    }

    #[test]
    fn every_code_has_a_word_and_a_meaning_of_its_own() {
        let words: std::collections::BTreeSet<_> =
            Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.meaning().ends_with('.'), "{code:?}");
            assert_eq!(Code::named(code.word()), Some(*code));
        }
    }
}
