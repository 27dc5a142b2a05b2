//! `hatif prompts`: which sounds a bundle needs, and the making of those that are missing.
//!
//! What is made is a stand-in for a recording: a recorded file of the same name is never touched.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::app::command::{PromptsOrder, SoundFolders};
use crate::audio::{music, wav};
use crate::flow::model::Language;
use crate::flow::{self, words};
use crate::shell::files;

/// Samples of silence between two groups of digits: 300 ms.
const PAUSE: usize = 2_400;

pub(super) fn main(order: &PromptsOrder) -> ExitCode {
    let done = match order {
        PromptsOrder::List(folders) => list(folders),
        PromptsOrder::Build(folders) => build(folders),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            crate::app::say_fault(&fault);
            ExitCode::FAILURE
        }
    }
}

/// One sound that the bundle can play.
struct Sound {
    name: String,
    text: Option<String>,
    path: PathBuf,
    is_there: bool,
}

fn sounds(folders: &SoundFolders) -> Result<Vec<Sound>> {
    let files = files::bundle_in(&folders.bundle)?;
    let bundle = match flow::load(&files, None) {
        Ok(bundle) => bundle,
        Err(faults) => bail!("{faults}"),
    };
    let sounds = bundle.sounds().into_iter().map(|(name, text)| {
        let path = folders.sounds.join(format!("{name}.wav"));
        Sound { is_there: path.is_file(), name, text, path }
    });
    Ok(sounds.collect())
}

fn list(folders: &SoundFolders) -> Result<()> {
    for sound in sounds(folders)? {
        let state = if sound.is_there { "there  " } else { "missing" };
        crate::app::say(&format!("{state} {}  {}", sound.name, sound.text.unwrap_or_default()));
    }
    Ok(())
}

fn build(folders: &SoundFolders) -> Result<()> {
    let mut made = 0;
    for sound in sounds(folders)?.into_iter().filter(|sound| !sound.is_there) {
        make(&sound).with_context(|| format!("cannot make {}", sound.path.display()))?;
        made += 1;
    }
    crate::app::say(&format!("{made} sounds made in {}", folders.sounds.display()));
    Ok(())
}

fn make(sound: &Sound) -> Result<()> {
    let folder = sound.path.parent().context("a sound lies in a folder")?;
    std::fs::create_dir_all(folder)?;
    let samples = match (&sound.text, sound.name.strip_prefix("music/")) {
        (Some(text), _) => spoken(&sound.path, &sound.name, text)?,
        (None, None) if sound.name == words::PAUSE => vec![0; PAUSE],
        (None, Some(piece)) => music::compose(piece),
        (None, None) => bail!("`{}` is a recording: only a person can make it", sound.name),
    };
    let bytes = wav::write(&samples).context("a WAV file of this length can be written")?;
    write_whole(&sound.path, &bytes)
}

fn spoken(path: &Path, name: &str, text: &str) -> Result<Vec<i16>> {
    let tag = name.split('/').next().unwrap_or_default();
    let language = Language::parse(tag).with_context(|| format!("no voice for `{tag}`"))?;
    let (voice, speed) = voice(language);
    // To a pipe it writes a header without a length.
    let whole = path.with_extension("wav.spoken");
    let output = Command::new("espeak-ng")
        .args(["-v", voice, "-s", speed, "-g", "2", "-w"])
        .arg(&whole)
        .args(["--", text])
        .stdin(Stdio::null())
        .output()
        .context("espeak-ng cannot be run: is it installed?")?;
    if !output.status.success() {
        bail!("espeak-ng: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let bytes = std::fs::read(&whole)?;
    std::fs::remove_file(&whole)?;
    Ok(trimmed(wav::read(&bytes)?))
}

/// The voice of espeak-ng for a language, and its speed in words a minute.
const fn voice(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::Arabic => ("ar", "140"),
        Language::English => ("en-gb", "150"),
        Language::Urdu => ("ur", "140"),
        Language::Hindi => ("hi", "140"),
    }
}

/// Without the silence that the voice puts around each word; parts are joined without a gap.
fn trimmed(samples: Vec<i16>) -> Vec<i16> {
    const QUIET: i16 = 200;
    const MARGIN: usize = 160;
    let is_loud = |sample: &i16| QUIET < sample.saturating_abs();
    let (Some(first), Some(last)) =
        (samples.iter().position(is_loud), samples.iter().rposition(is_loud))
    else {
        return samples;
    };
    let (from, to) = (first.saturating_sub(MARGIN), (last + 4 * MARGIN).min(samples.len()));
    samples.get(from..to).map(<[i16]>::to_vec).unwrap_or(samples)
}

/// A reader sees the whole file or none.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let part = path.with_extension("wav.part");
    std::fs::write(&part, bytes)?;
    std::fs::rename(&part, path)?;
    Ok(())
}
