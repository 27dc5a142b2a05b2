//! Where the store is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A store's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A file of this machine.
    Sqlite(PathBuf),
}

/// The text is no store's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("wanted a store such as `sqlite:data/hatif.db`, found `{0}`")]
pub struct NotAStore(pub String);

impl FromStr for StoreUrl {
    type Err = NotAStore;

    fn from_str(text: &str) -> Result<Self, NotAStore> {
        let path = text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
        match path {
            Some(path) if !path.is_empty() && !path.ends_with('/') => {
                Ok(Self::Sqlite(PathBuf::from(path)))
            }
            Some(_) | None => Err(NotAStore(text.to_owned())),
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_a_file_and_nothing_else_yet() {
        let file = |path: &str| Ok(StoreUrl::Sqlite(path.into()));
        assert_eq!("sqlite:data/hatif.db".parse(), file("data/hatif.db"));
        assert_eq!("sqlite:///var/hatif.db".parse(), file("/var/hatif.db"));
        for wrong in ["postgres://here/db", "sqlite:", "sqlite:data/", "hatif.db"] {
            assert_eq!(wrong.parse::<StoreUrl>(), Err(NotAStore(wrong.into())));
        }
    }
}
