//! A value of the installation that nobody is shown: written out, or kept in a file of its own.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

use crate::base::limit::SECRET_BYTES_MAX;

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// It is known.
    Text(String),
    /// The file's content is it, without the line ends after it; read anew each time.
    File(PathBuf),
}

impl Secret {
    /// The value.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is no text, or is longer than [`SECRET_BYTES_MAX`].
    pub fn read(&self) -> io::Result<String> {
        let path = match self {
            Self::Text(text) => return Ok(text.clone()),
            Self::File(path) => path,
        };
        let mut text = String::new();
        let file = File::open(path)?;
        let read = file.take(SECRET_BYTES_MAX.saturating_add(1)).read_to_string(&mut text)?;
        if u64::try_from(read).is_ok_and(|read| read <= SECRET_BYTES_MAX) {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
            return Ok(text);
        }
        let why = format!("wanted at most {SECRET_BYTES_MAX} bytes, found more");
        Err(io::Error::new(io::ErrorKind::InvalidData, why))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::File(_) => false,
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("a secret"),
            Self::File(path) => write!(f, "the secret in {}", path.display()),
        }
    }
}
