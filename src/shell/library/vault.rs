//! Copies of versions on disk, each in a folder named by its hash, so that one can serve again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::flow::{self, Proof};
use crate::shell::files::{self, FileFault};

/// How the folder of a copy that is being made begins; the bundle's reader leaves such names out.
const UNFINISHED: &str = ".new-";

/// Where the copies are.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
}

impl Vault {
    /// A vault in a folder, which is made when the first copy is.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps a copy. One that is there is left as it is.
    ///
    /// # Errors
    ///
    /// What the system says when the folder cannot be written.
    pub fn keep(&self, hash: &str, files: &BTreeMap<String, String>) -> io::Result<()> {
        let folder = self.folder.join(hash);
        if folder.is_dir() {
            return Ok(());
        }
        let unfinished = self.folder.join(format!("{UNFINISHED}{hash}"));
        clear(&unfinished)?;
        for (name, text) in files {
            let file = unfinished.join(name);
            fs::create_dir_all(file.parent().unwrap_or(&unfinished))?;
            fs::write(file, text)?;
        }
        fs::create_dir_all(&unfinished)?;
        // A copy is there as a whole or not at all.
        fs::rename(unfinished, folder)
    }

    /// The files of a copy.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read.
    pub fn files(&self, hash: &str) -> Result<BTreeMap<String, String>, FileFault> {
        files::bundle_in(&self.folder.join(hash))
    }

    /// What the bundle of a copy is, and what can be said against it.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read.
    pub fn proof(&self, hash: &str) -> Result<Proof, FileFault> {
        Ok(flow::prove(&self.files(hash)?, None))
    }

    /// Whether there is a copy.
    #[must_use]
    pub fn has(&self, hash: &str) -> bool {
        is_hash(hash) && self.folder.join(hash).is_dir()
    }

    /// Takes away every copy but these.
    ///
    /// # Errors
    ///
    /// What the system says when one cannot be taken away.
    pub fn prune(&self, kept: &BTreeSet<String>) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            // What was not put here is not ours to take away.
            let is_ours = is_hash(name.strip_prefix(UNFINISHED).unwrap_or(&name));
            if is_ours && !kept.contains(&name) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

fn is_hash(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn clear(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        Ok(()) | Err(_) => Ok(()),
    }
}
