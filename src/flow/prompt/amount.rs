//! Money as it is written: `12`, `12.5`, `-12.50`.

/// A sum in hundredths of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub i64);

impl Amount {
    /// The sum that a text tells; `None` if it tells none, or more than hundredths.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (sign, size) = match text.strip_prefix('-') {
            Some(size) => (-1, size),
            None => (1, text),
        };
        let (whole, rest) = size.split_once('.').unwrap_or((size, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || !is_number(rest) {
            return None;
        }
        let hundredths = match rest.len() {
            1 => rest.parse::<i64>().ok()? * 10,
            2 => rest.parse::<i64>().ok()?,
            _ => return None,
        };
        let whole = whole.parse::<i64>().ok()?.checked_mul(100)?;
        Some(Self(sign * whole.checked_add(hundredths)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_to_the_hundredth() {
        check("12", Some(1_200));
        check("12.5", Some(1_250));
        check("12.05", Some(1_205));
        check("-0.50", Some(-50));
        check("12.505", None);
        check("12.", None);
        check(".5", None);
        check("-", None);
        check("+3", None);
        check("", None);
        check("99999999999999999999", None);
    }

    fn check(text: &str, hundredths: Option<i64>) {
        assert_eq!(Amount::read(text), hundredths.map(Amount), "{text}");
    }
}
