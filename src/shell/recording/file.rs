//! The file of one recording: where it lies, and how it grows.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::audio::wav::{Channels, Reel};
use crate::base::id::CallId;
use crate::base::limit::RECORDINGS_OF_CALL_MAX;
use crate::base::time::Wall;

/// A file that grows.
pub(super) struct Growing {
    reel: Reel<BufWriter<File>>,
    path: PathBuf,
    /// Its place below the folder of recordings.
    pub(super) name: String,
}

impl Growing {
    /// Makes the file of a call, readable by nobody else: `2026/11/22/01J….wav` for the first one
    /// that ends in nothing, `…-2.wav` for the next.
    pub(super) fn begin(
        folder: &Path,
        (call, ending): (CallId, &str),
        at: Wall,
        channels: Channels,
    ) -> io::Result<Self> {
        let day = day(at);
        DirBuilder::new().recursive(true).mode(0o700).create(folder.join(&day))?;
        for number in 1..=RECORDINGS_OF_CALL_MAX {
            let number = if number == 1 { String::new() } else { format!("-{number}") };
            let name = format!("{day}/{call}{ending}{number}.wav");
            let path = folder.join(&name);
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => {
                    let mut reel = Reel::begin(BufWriter::new(file), channels)?;
                    reel.settle()?;
                    return Ok(Self { reel, path, name });
                }
                Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => {}
                Err(fault) => return Err(fault),
            }
        }
        Err(io::Error::other("the call has as many recordings as it may have"))
    }

    pub(super) fn write(&mut self, samples: impl IntoIterator<Item = i16>) -> io::Result<()> {
        self.reel.write(samples)
    }

    /// Makes what is written so far a whole file.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        self.reel.settle()
    }

    /// Ends the file.
    pub(super) fn end(self) -> io::Result<()> {
        self.reel.end()
    }

    /// Takes the file away again.
    pub(super) fn discard(self) -> io::Result<()> {
        let path = self.path.clone();
        drop(self.reel);
        fs::remove_file(path)
    }
}

/// The folder of a day: `2026/11/22`, in UTC.
fn day(at: Wall) -> String {
    let date = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    date.strftime("%Y/%m/%d").to_string()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::audio::wav;
    use crate::base::chance::Rng;

    #[test]
    fn a_call_has_a_file_of_its_own_for_each_recording_and_nobody_else_reads_it() {
        let folder = std::env::temp_dir().join(format!("hatif-growing-{}", std::process::id()));
        let at = Wall(1_795_305_600_000);
        let call = CallId::new(at, &mut Rng::seeded(1));
        let begin = || Growing::begin(&folder, (call, ""), at, Channels::Stereo);
        let (mut first, second) = (begin().expect("writable"), begin().expect("writable"));
        assert_eq!(first.name, format!("2026/11/22/{call}.wav"));
        assert_eq!(second.name, format!("2026/11/22/{call}-2.wav"));
        first.write([1, -1, 2, -2]).expect("writable");
        first.settle().expect("writable");
        let path = folder.join(&first.name);
        let bytes = fs::read(&path).expect("it is there");
        assert_eq!((bytes.len(), wav::read(&bytes)), (52, Ok(vec![0, 0])));
        let mode = fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        second.discard().expect("writable");
        assert_eq!(fs::read_dir(path.parent().expect("a folder")).expect("it is there").count(), 1);
        fs::remove_dir_all(folder).expect("it is ours");
    }
}
