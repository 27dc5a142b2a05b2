//! How commands end, for scripts that ask.

/// What was asked about is at fault: a bundle, a test, a plan, an order that is refused.
pub(super) const AT_FAULT: u8 = 1;
/// Nothing was asked about: a wrong command line, no such folder, nobody who answers.
pub(super) const WRONG_CALL: u8 = 2;
