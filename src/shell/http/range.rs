//! Which bytes of a file are asked for (RFC 9110 §14).

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// The first byte.
    pub(super) first: u64,
    /// How many.
    pub(super) length: u64,
}

/// What a `Range` header asks of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of it; a header that says nothing to us says nothing.
    All,
    /// These bytes.
    Part(Part),
    /// Bytes that it does not have.
    Beyond,
}

/// Reads one range of bytes. Several at once are answered with all of the file, as is allowed.
pub(super) fn asked(header: Option<&str>, length: u64) -> Asked {
    let Some(spec) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else {
        return Asked::All;
    };
    let Some((first, last)) = spec.split_once('-') else { return Asked::All };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), number(first), last.trim(), number(last)) {
        ("", _, _, Some(0)) => Asked::Beyond,
        ("", _, _, Some(count)) => {
            let count = count.min(length);
            part(length - count, length.saturating_sub(1), length)
        }
        (_, Some(first), "", _) => part(first, length.saturating_sub(1), length),
        (_, Some(first), _, Some(last)) if first <= last => part(first, last, length),
        _ => Asked::All,
    }
}

fn part(first: u64, last: u64, length: u64) -> Asked {
    if length <= first {
        return Asked::Beyond;
    }
    let last = last.min(length - 1);
    Asked::Part(Part { first, length: last - first + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_the_file_and_anything_else_is_all_of_it() {
        let part = |first, length| Asked::Part(Part { first, length });
        let cases = [
            (None, Asked::All),
            (Some("bytes=0-"), part(0, 100)),
            (Some("bytes=10-19"), part(10, 10)),
            (Some("bytes=90-999"), part(90, 10)),
            (Some("bytes=-5"), part(95, 5)),
            (Some("bytes=-500"), part(0, 100)),
            (Some("bytes=-0"), Asked::Beyond),
            (Some("bytes=100-"), Asked::Beyond),
            (Some("bytes=9-3"), Asked::All),
            (Some("bytes=0-1,5-6"), Asked::All),
            (Some("lines=0-1"), Asked::All),
            (Some("bytes=x-y"), Asked::All),
        ];
        for (header, expected) in cases {
            assert_eq!(asked(header, 100), expected, "{header:?}");
        }
        assert_eq!(asked(Some("bytes=0-"), 0), Asked::Beyond);
    }
}
