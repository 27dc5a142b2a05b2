//! The dial plan: whom the engine may call, by which trunk, and nobody else.

use serde::{Deserialize, Serialize};

use crate::base::limit::{DIALLED_DIGITS_MAX, DIALLED_DIGITS_MIN};
use crate::sip::uri::{Scheme, Uri};

/// Whom the engine may call. The default allows nobody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DialPlan {
    /// The country code that a national number belongs to, such as `971`.
    pub country: Option<String>,
    /// The trunks that can be dialled through, in the order of the configuration.
    pub exits: Vec<Exit>,
    /// The hosts that may be called by a SIP address.
    pub sip_hosts: Vec<String>,
}

/// A trunk that can be dialled through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exit {
    /// Its name.
    pub trunk: String,
    /// The number that is shown to whoever is called.
    pub caller_id: String,
    /// What the numbers begin with that may be dialled, each in its normal form.
    pub prefixes: Vec<String>,
}

/// What may be dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialling {
    /// A number, by the trunk of that index.
    Number {
        /// The trunk among [`DialPlan::exits`].
        exit: usize,
        /// The number in its normal form.
        number: String,
    },
    /// A SIP address, called as it is.
    Address(Uri),
}

/// Why something may not be dialled.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    thiserror::Error,
)]
#[serde(rename_all = "snake_case")]
pub enum Denial {
    /// It is neither a number nor a SIP address.
    #[error("neither a telephone number nor a SIP address")]
    Unreadable,
    /// No trunk has a prefix that the number begins with.
    #[error("no trunk may dial such a number")]
    Prefix,
    /// No trunk of that name can be dialled through.
    #[error("no trunk of that name can be dialled through")]
    Trunk,
    /// The host of the SIP address is not named in the configuration.
    #[error("the configuration does not name this host")]
    Host,
    /// The trunk carries as many calls as it may.
    #[error("the trunk carries as many calls as it may")]
    CallsMax,
    /// The trunk was dialled through as often as it may be in an hour.
    #[error("the trunk was dialled through as often as it may be in an hour")]
    PerHourMax,
}

impl Denial {
    /// The label of the metric.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Prefix => "prefix",
            Self::Trunk => "trunk",
            Self::Host => "host",
            Self::CallsMax => "calls_max",
            Self::PerHourMax => "per_hour_max",
        }
    }
}

impl DialPlan {
    /// A telephone number in the one form that it is compared and dialled in: `+`, country code and
    /// subscriber; or, for what belongs to no country, its digits alone.
    #[must_use]
    pub fn normal(&self, number: &str) -> Option<String> {
        let number = number.trim();
        let number = number.strip_prefix("tel:").unwrap_or(number);
        let written: String = number.chars().filter(|sign| !" -.()".contains(*sign)).collect();
        let (plus, digits) = match written.strip_prefix('+') {
            Some(digits) => ("+", digits.to_owned()),
            None => self.made_whole(&written),
        };
        let is_number = (DIALLED_DIGITS_MIN..=DIALLED_DIGITS_MAX).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit());
        is_number.then(|| format!("{plus}{digits}"))
    }

    /// The beginning of a number, in the form of [`DialPlan::normal`].
    #[must_use]
    pub fn normal_prefix(&self, prefix: &str) -> String {
        let (plus, digits) = match prefix.strip_prefix('+') {
            Some(digits) => ("+", digits.to_owned()),
            None => self.made_whole(prefix),
        };
        format!("{plus}{digits}")
    }

    fn made_whole(&self, written: &str) -> (&'static str, String) {
        match (written.strip_prefix("00"), written.strip_prefix('0'), &self.country) {
            (Some(digits), _, _) => ("+", digits.to_owned()),
            (None, Some(national), Some(country)) => ("+", format!("{country}{national}")),
            (None, Some(_) | None, _) => ("", written.to_owned()),
        }
    }

    /// Whether something may be dialled, and how: by `trunk` only, when one is named.
    ///
    /// # Errors
    ///
    /// Why not. Whatever no line of the configuration allows is denied.
    pub fn allow(&self, to: &str, trunk: Option<&str>) -> Result<Dialling, Denial> {
        if let Some(uri) = Uri::parse(to)
            && uri.scheme != Scheme::Tel
        {
            return self.allow_address(uri);
        }
        let number = self.normal(to).ok_or(Denial::Unreadable)?;
        let is_asked = |exit: &&Exit| trunk.is_none_or(|trunk| trunk == exit.trunk);
        if !self.exits.iter().any(|exit| is_asked(&exit)) {
            return Err(Denial::Trunk);
        }
        let allows = |exit: &Exit| {
            is_asked(&exit) && exit.prefixes.iter().any(|prefix| number.starts_with(&**prefix))
        };
        let exit = self.exits.iter().position(allows).ok_or(Denial::Prefix)?;
        Ok(Dialling::Number { exit, number })
    }

    fn allow_address(&self, uri: Uri) -> Result<Dialling, Denial> {
        match uri.scheme {
            Scheme::Sip => {}
            Scheme::Sips | Scheme::Tel | Scheme::Other => return Err(Denial::Unreadable),
        }
        // A header in the address would be written by whoever filled the flow's variable.
        if uri.as_str().contains('?') {
            return Err(Denial::Unreadable);
        }
        if self.sip_hosts.iter().any(|host| host.eq_ignore_ascii_case(&uri.host)) {
            Ok(Dialling::Address(uri))
        } else {
            Err(Denial::Host)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> DialPlan {
        let exit = |trunk: &str, prefixes: &[&str]| Exit {
            trunk: trunk.to_owned(),
            caller_id: "+97148000000".to_owned(),
            prefixes: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
        };
        DialPlan {
            country: Some("971".to_owned()),
            exits: vec![exit("city", &["+9714", "800"]), exit("mobile", &["+9715"])],
            sip_hosts: vec!["192.0.2.20".to_owned()],
        }
    }

    fn check(to: &str, trunk: Option<&str>, expected: Result<(usize, &str), Denial>) {
        let expected =
            expected.map(|(exit, number)| Dialling::Number { exit, number: number.to_owned() });
        assert_eq!(plan().allow(to, trunk), expected, "{to}");
    }

    #[test]
    fn a_number_goes_by_the_first_trunk_that_may_dial_it() {
        check("+97145551234", None, Ok((0, "+97145551234")));
        check("04 555-1234", None, Ok((0, "+97145551234")));
        check("0097145551234", None, Ok((0, "+97145551234")));
        check("tel:+971-4-555-1234", None, Ok((0, "+97145551234")));
        check("050 123 4567", None, Ok((1, "+971501234567")));
        check("8001234", None, Ok((0, "8001234")));
        check("0501234567", Some("mobile"), Ok((1, "+971501234567")));
    }

    #[test]
    fn a_prefix_is_compared_as_a_number_is() {
        let prefixes = ["+9714", "04", "009714", "800"].map(|prefix| plan().normal_prefix(prefix));
        assert_eq!(prefixes, ["+9714", "+9714", "+9714", "800"]);
    }

    #[test]
    fn whatever_no_line_allows_is_denied() {
        check("+97190012345", None, Err(Denial::Prefix));
        check("0900 12345", None, Err(Denial::Prefix));
        check("+882160000000", None, Err(Denial::Prefix));
        check("00442079460000", None, Err(Denial::Prefix));
        check("+97145551234", Some("mobile"), Err(Denial::Prefix));
        check("+97145551234", Some("moon"), Err(Denial::Trunk));
        check("911x", None, Err(Denial::Unreadable));
        check("", None, Err(Denial::Unreadable));
        check("12", None, Err(Denial::Unreadable));
        check("+97145551234567890", None, Err(Denial::Unreadable));
        check("+971+45551234", None, Err(Denial::Unreadable));
        assert_eq!(DialPlan::default().allow("+97145551234", None), Err(Denial::Trunk));
    }

    #[test]
    fn a_sip_address_is_called_when_its_host_is_named() {
        let allowed = plan().allow("sip:front@192.0.2.20:5080", None);
        assert!(matches!(allowed, Ok(Dialling::Address(uri)) if uri.port == Some(5080)));
        for (to, why) in [
            ("sip:front@192.0.2.21", Denial::Host),
            ("sip:+97145551234@192.0.2.9", Denial::Host),
            ("sips:front@192.0.2.20", Denial::Unreadable),
            ("sip:front@192.0.2.20?Route=sip:192.0.2.9", Denial::Unreadable),
            ("http://192.0.2.20/", Denial::Unreadable),
        ] {
            assert_eq!(plan().allow(to, None), Err(why), "{to}");
        }
    }
}
