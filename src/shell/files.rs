//! Folders of the installation: a bundle's files and the sounds that are there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::base::limit::{
    BUNDLE_BYTES_MAX, BUNDLE_FILE_BYTES_MAX, BUNDLE_FILES_MAX, BUNDLE_FOLDERS_DEEP, SOUND_FILES_MAX,
};

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// The system does not let it be read.
    #[error("{path}: cannot be read: {why}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// What the system says.
        why: io::Error,
    },
    /// Not a text.
    #[error("{path}:{line}:1: wanted UTF-8, found other bytes")]
    NotText {
        /// The file.
        path: String,
        /// The line of the first byte that is not.
        line: usize,
    },
    /// A file is too long.
    #[error("{path}: wanted at most {BUNDLE_FILE_BYTES_MAX} bytes in a file, found more")]
    TooLong {
        /// The file.
        path: String,
    },
    /// The whole is too long.
    #[error("{path}: wanted at most {BUNDLE_BYTES_MAX} bytes in a bundle, found more")]
    TooMuch {
        /// The folder.
        path: String,
    },
    /// There are too many files.
    #[error("{path}: wanted at most {most} files, found more")]
    TooMany {
        /// The folder.
        path: String,
        /// How many there may be.
        most: usize,
    },
    /// Folders lie too deep, as they do where a link leads back up.
    #[error("{path}: wanted at most {BUNDLE_FOLDERS_DEEP} folders inside each other, found more")]
    TooDeep {
        /// The folder that is too deep.
        path: String,
    },
}

/// What tells a file that was written anew from the one of before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    inode: u64,
    bytes: u64,
    seconds: i64,
    nanoseconds: i64,
}

/// The stamp of a file.
///
/// # Errors
///
/// What the system says when the file is not there.
pub fn stamp(path: &Path) -> io::Result<Stamp> {
    let about = fs::metadata(path)?;
    let (seconds, nanoseconds) = (about.mtime(), about.mtime_nsec());
    Ok(Stamp { inode: about.ino(), bytes: about.size(), seconds, nanoseconds })
}

/// The texts of a bundle's folder, by relative path with `/` between steps.
///
/// Only `*.yaml` and `*.yml` count; what begins with a dot is left out.
///
/// # Errors
///
/// The first file that cannot be taken in.
pub fn bundle_in(folder: &Path) -> Result<BTreeMap<String, String>, FileFault> {
    let mut texts = BTreeMap::new();
    let mut bytes = 0;
    let mut found = files_in(folder, &["yaml", "yml"], BUNDLE_FILES_MAX)?;
    leave_out_others(&mut found);
    for (name, path) in found {
        let text = text(&path)?;
        bytes += text.len();
        if bytes > BUNDLE_BYTES_MAX {
            return Err(FileFault::TooMuch { path: folder.display().to_string() });
        }
        texts.insert(name, text);
    }
    Ok(texts)
}

/// A folder inside a bundle that has a `bundle.yaml` of its own is another bundle.
fn leave_out_others(found: &mut BTreeMap<String, PathBuf>) {
    let others = found.keys().filter_map(|name| name.strip_suffix("/bundle.yaml"));
    let others: Vec<String> = others.map(|folder| format!("{folder}/")).collect();
    found.retain(|name, _| !others.iter().any(|folder| name.starts_with(folder)));
}

/// The sounds of a folder by name, such as `ar/pick_language` for `ar/pick_language.wav`.
///
/// # Errors
///
/// The folder cannot be read, or holds too much.
pub fn sounds_in(folder: &Path) -> Result<BTreeSet<String>, FileFault> {
    let files = files_in(folder, &["wav"], SOUND_FILES_MAX)?;
    let names = files.into_keys().filter_map(|name| name.strip_suffix(".wav").map(str::to_owned));
    Ok(names.collect())
}

/// The files below a folder whose names end so, by relative path.
fn files_in(
    folder: &Path,
    endings: &[&str],
    most: usize,
) -> Result<BTreeMap<String, PathBuf>, FileFault> {
    let mut found = BTreeMap::new();
    let mut ahead: Vec<(String, PathBuf, usize)> = vec![(String::new(), folder.to_owned(), 0)];
    while let Some((prefix, path, depth)) = ahead.pop() {
        if depth > BUNDLE_FOLDERS_DEEP {
            return Err(FileFault::TooDeep { path: path.display().to_string() });
        }
        let unreadable = |why| FileFault::Unreadable { path: path.display().to_string(), why };
        for item in fs::read_dir(&path).map_err(unreadable)? {
            let item = item.map_err(unreadable)?;
            // A name that is no text cannot be named by a bundle either.
            let Ok(name) = item.file_name().into_string() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let path = item.path();
            let relative = format!("{prefix}{name}");
            if path.is_dir() {
                ahead.push((format!("{relative}/"), path, depth + 1));
            } else if has_ending(&name, endings) {
                found.insert(relative, path);
            }
            if found.len() > most {
                return Err(FileFault::TooMany { path: folder.display().to_string(), most });
            }
        }
    }
    Ok(found)
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

/// The text of one file.
///
/// # Errors
///
/// When it cannot be read, is too long, or is no text.
pub fn text(path: &Path) -> Result<String, FileFault> {
    let shown = || path.display().to_string();
    let unreadable = |why| FileFault::Unreadable { path: shown(), why };
    let file = File::open(path).map_err(unreadable)?;
    let limit = u64::try_from(BUNDLE_FILE_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > BUNDLE_FILE_BYTES_MAX {
        return Err(FileFault::TooLong { path: shown() });
    }
    String::from_utf8(bytes).map_err(|fault| {
        let good = fault.utf8_error().valid_up_to();
        let lines = fault.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count();
        FileFault::NotText { path: shown(), line: lines + 1 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for one test, gone when the test is over.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("hatif-files-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).expect("a folder for the test");
            Self(path)
        }

        fn write(&self, name: &str, bytes: &[u8]) {
            let path = self.0.join(name);
            fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("made");
            fs::write(path, bytes).expect("written");
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_bundle_is_its_yaml_files_by_relative_path() {
        let folder = Folder::new("bundle");
        folder.write("bundle.yaml", b"id: a\n");
        folder.write("flows/main.flow.yaml", "title: مرحبا\n".as_bytes());
        folder.write("README.md", b"words");
        folder.write(".git/config.yaml", b"x");
        let files = bundle_in(&folder.0).expect("good files");
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["bundle.yaml", "flows/main.flow.yaml"]);
    }

    #[test]
    fn a_bundle_inside_a_bundle_is_left_alone() {
        let folder = Folder::new("inner");
        folder.write("bundle.yaml", b"id: a\n");
        folder.write("examples/clinic/bundle.yaml", b"id: b\n");
        folder.write("examples/clinic/flows/main.flow.yaml", b"id: main\n");
        folder.write("examples/notes.yaml", b"id: c\n");
        let files = bundle_in(&folder.0).expect("good files");
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["bundle.yaml", "examples/notes.yaml"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_told_with_their_line() {
        let folder = Folder::new("text");
        folder.write("bundle.yaml", b"id: a\ntitle: \xff\n");
        let fault = bundle_in(&folder.0).expect_err("not UTF-8");
        assert!(matches!(fault, FileFault::NotText { line: 2, .. }), "{fault}");
    }

    #[test]
    fn a_file_that_is_too_long_is_not_read_to_its_end() {
        let folder = Folder::new("long");
        folder.write("bundle.yaml", &vec![b'#'; BUNDLE_FILE_BYTES_MAX + 1]);
        assert!(matches!(bundle_in(&folder.0), Err(FileFault::TooLong { .. })));
    }

    #[test]
    fn sounds_are_named_without_their_ending() {
        let folder = Folder::new("sounds");
        folder.write("ar/number/20.wav", b"");
        folder.write("music/calm.wav", b"");
        folder.write("ar/notes.txt", b"");
        let sounds = sounds_in(&folder.0).expect("good files");
        assert_eq!(sounds, ["ar/number/20", "music/calm"].map(str::to_owned).into());
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_by_name() {
        let fault = bundle_in(Path::new("no/such/folder")).expect_err("not there");
        assert!(fault.to_string().starts_with("no/such/folder: cannot be read"), "{fault}");
    }
}
