//! Which peer is which trunk, and which peers may call at all.

use std::fmt;
use std::net::IpAddr;

/// The trunk of callers where no trunk is listed.
const DIRECT: &str = "direct";

/// Whether a trunk calls from an address.
pub type IsFrom = Box<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// The trunks by the addresses that they call from. With none listed, everybody may call.
pub struct Trunks(Vec<(String, IsFrom)>);

impl Trunks {
    /// Trunks, each with its addresses.
    #[must_use]
    pub const fn new(trunks: Vec<(String, IsFrom)>) -> Self {
        Self(trunks)
    }

    /// The trunk that a peer belongs to; `None` for one that may not call.
    #[must_use]
    pub fn of(&self, peer: IpAddr) -> Option<&str> {
        if self.0.is_empty() {
            return Some(DIRECT);
        }
        let found = self.0.iter().find(|(_, is_from)| is_from(peer));
        found.map(|(name, _)| name.as_str())
    }
}

impl fmt::Debug for Trunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
