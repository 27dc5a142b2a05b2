//! Long numbers are read in groups, as people write them.

/// The sound between two groups.
pub const PAUSE: &str = "silence/short";

/// The longest number that is read without a pause.
const UNGROUPED_MAX: usize = 5;

/// The digits in the groups in which they are read: of a size, or such that none is of one digit.
#[must_use]
pub fn groups(digits: &[char], size: Option<usize>) -> Vec<&[char]> {
    let count = digits.len();
    let sizes = match size {
        None if count <= UNGROUPED_MAX => vec![count],
        Some(size) => vec![size.max(1); count.div_ceil(size.max(1))],
        // 3-3-4 rather than 3-3-3-1, and 4-4 rather than 3-3-2.
        None => {
            let mut sizes = vec![3; count / 3];
            let longer = sizes.len().saturating_sub(count % 3);
            sizes.iter_mut().skip(longer).for_each(|size| *size += 1);
            sizes
        }
    };
    let mut rest = digits;
    sizes
        .into_iter()
        .map_while(|size| {
            let (group, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
            rest = after;
            (!group.is_empty()).then_some(group)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_have_groups_of_three_and_four() {
        check("1234", None, "1234");
        check("12345", None, "12345");
        check("123456", None, "123 456");
        check("1234567", None, "123 4567");
        check("12345678", None, "1234 5678");
        check("0501234567", None, "050 123 4567");
        check("97150123456", None, "971 5012 3456");
        check("971501234567", None, "971 501 234 567");
    }

    #[test]
    fn a_size_that_is_asked_for_holds_but_for_the_last_group() {
        check("1234567", Some(2), "12 34 56 7");
        check("1234", Some(4), "1234");
        check("123", Some(0), "1 2 3");
        check("", None, "");
    }

    fn check(digits: &str, size: Option<usize>, expected: &str) {
        let digits: Vec<char> = digits.chars().collect();
        let said: Vec<String> =
            groups(&digits, size).into_iter().map(|group| group.iter().collect()).collect();
        assert_eq!(said.join(" "), expected);
    }
}
