//! Positions as editors count them: lines from 0, and columns in UTF-16 units.

use crate::flow::diagnostic::Place;

/// A position in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) character: usize,
}

/// The range of a place, as the protocol writes it.
pub(super) fn range(text: &str, place: Place) -> serde_json::Value {
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let line = number(place.line).saturating_sub(1);
    let written = text.lines().nth(line).unwrap_or_default();
    let start = number(place.column).saturating_sub(1);
    let units = |characters: usize| -> usize {
        written.chars().take(characters).map(char::len_utf16).sum()
    };
    let end = units(start.saturating_add(number(place.width)));
    serde_json::json!({
        "start": {"line": line, "character": units(start)},
        "end": {"line": line, "character": end},
    })
}

/// What stands before a position in its line.
pub(super) fn before(text: &str, at: Position) -> &str {
    let line = text.lines().nth(at.line).unwrap_or_default();
    line.get(..byte(line, at.character)).unwrap_or(line)
}

/// The name that stands at a position: letters, digits, `_`, `-` and the dots between them.
pub(super) fn word(text: &str, at: Position) -> &str {
    let line = text.lines().nth(at.line).unwrap_or_default();
    let middle = byte(line, at.character);
    let (left, right) = line.split_at_checked(middle).unwrap_or((line, ""));
    let start = left.trim_end_matches(is_of_name).len();
    let end = middle + (right.len() - right.trim_start_matches(is_of_name).len());
    line.get(start..end).unwrap_or_default().trim_matches('.')
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.')
}

/// The byte of a line at which so many UTF-16 units are over.
fn byte(line: &str, units: usize) -> usize {
    let mut left = units;
    for (at, letter) in line.char_indices() {
        if left < letter.len_utf16() {
            return at;
        }
        left -= letter.len_utf16();
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_utf_16() {
        let text = "a: 😀 next: to_agent\n";
        let at = |character| Position { line: 0, character };
        assert_eq!(before(text, at(5)), "a: 😀");
        assert_eq!(word(text, at(14)), "to_agent");
        assert_eq!(word(text, at(4)), "");
        let place = Place { line: 1, column: 12, width: 8 };
        let range = range(text, place);
        assert_eq!(range["start"]["character"], 12);
        assert_eq!(range["end"]["character"], 20);
        assert_eq!(before(text, Position { line: 9, character: 9 }), "");
    }
}
