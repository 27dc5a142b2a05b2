//! What calls are served from: a proven bundle with its sounds, encoded once for everybody.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::audio::wav;
use crate::flow::diagnostic::Severity;
use crate::flow::{self, Bundle, Faults, Sounds, World};
use crate::media::Clip;
use crate::shell::files::{self, Stamp};
use crate::shell::setting::{Settings, Untold};

/// A bundle and its sounds. A call keeps the one that it began with.
#[derive(Debug)]
pub struct Book {
    /// The bundle, as its flows see it.
    pub world: Arc<World>,
    /// What its writer may not have meant.
    pub warnings: Faults,
    pressings: BTreeMap<String, Pressing>,
    loans: Arc<()>,
}

/// A book in the hands of a call: while one lives, its version is in use.
#[derive(Debug)]
pub struct Loan {
    book: Arc<Book>,
    _counted: Arc<()>,
}

/// Where books are made from.
#[derive(Debug, Clone)]
pub struct Source {
    /// The folder of the bundle.
    pub bundle: PathBuf,
    /// The folder of the sounds.
    pub sounds: PathBuf,
    /// What the installation gives to the bundle.
    pub settings: Settings,
}

/// A sound with the mark of the file that it was made from.
#[derive(Debug, Clone)]
struct Pressing {
    stamp: Stamp,
    clip: Arc<Clip>,
}

/// Why a book cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum BookFault {
    /// The folder cannot be read.
    #[error(transparent)]
    Files(#[from] files::FileFault),
    /// The bundle is at fault.
    #[error("{0}")]
    Bundle(Faults),
    /// The reading itself broke off.
    #[error("the bundle could not be read: {0}")]
    Broken(std::io::Error),
    /// The installation does not say what the bundle has to know.
    #[error(transparent)]
    Settings(#[from] Untold),
    /// A sound that a flow can play is not there.
    #[error("{count} missing in {folder}, the first is `{first}.wav` (`hatif prompts` lists and builds them)", count = plural(*.count))]
    Missing {
        /// How many.
        count: usize,
        /// The first by name.
        first: String,
        /// The sounds' folder.
        folder: String,
    },
    /// A sound cannot be used.
    #[error("{path}: {why}")]
    Sound {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Book {
    /// Proves the bundle of these files, and takes in each sound that it can play.
    ///
    /// A sound whose file is as it was for `before` is shared with it, not made again.
    ///
    /// # Errors
    ///
    /// The first thing that would leave a caller without an answer.
    pub fn open(
        files: &BTreeMap<String, String>,
        source: &Source,
        before: Option<&Self>,
    ) -> Result<Self, BookFault> {
        let sounds = &source.sounds;
        let there = files::sounds_in(sounds)?;
        let needed = Sounds { there: &there, missing: Severity::Error };
        let proof = flow::prove(files, Some(needed));
        let Some(bundle) = proof.bundle else {
            return Err(BookFault::Bundle(proof.faults.only(Severity::Error)));
        };
        let settings = source.settings.of(&bundle, &source.bundle)?;
        let wanted = bundle.sounds();
        let mut missing = wanted.keys().filter(|name| !there.contains(*name));
        if let Some(first) = missing.next() {
            let folder = sounds.display().to_string();
            return Err(BookFault::Missing {
                first: first.clone(),
                count: missing.count() + 1,
                folder,
            });
        }
        let pressings = wanted.into_keys().map(|name| {
            let known = before.and_then(|book| book.pressings.get(&name));
            let pressing = press(&sounds.join(format!("{name}.wav")), known)?;
            Ok((name, pressing))
        });
        let pressings = pressings.collect::<Result<_, BookFault>>()?;
        let world = Arc::new(World::new(bundle, &settings));
        Ok(Self { world, warnings: proof.faults, pressings, loans: Arc::default() })
    }

    /// The same book in another world: its sounds are shared.
    #[must_use]
    pub fn within(&self, world: Arc<World>) -> Self {
        let (pressings, warnings) = (self.pressings.clone(), self.warnings.clone());
        Self { world, warnings, pressings, loans: Arc::default() }
    }

    /// Gives the book to a call.
    #[must_use]
    pub fn lend(self: &Arc<Self>) -> Loan {
        Loan { book: Arc::clone(self), _counted: Arc::clone(&self.loans) }
    }

    /// How many calls have it in their hands.
    #[must_use]
    pub fn loans(&self) -> usize {
        Arc::strong_count(&self.loans).saturating_sub(1)
    }

    /// The bundle.
    #[must_use]
    pub fn bundle(&self) -> &Arc<Bundle> {
        self.world.bundle()
    }

    /// One sound.
    #[must_use]
    pub fn clip(&self, name: &str) -> Option<&Arc<Clip>> {
        self.pressings.get(name).map(|pressing| &pressing.clip)
    }
}

impl Deref for Loan {
    type Target = Book;

    fn deref(&self) -> &Book {
        &self.book
    }
}

fn press(path: &Path, known: Option<&Pressing>) -> Result<Pressing, BookFault> {
    let fault = |why: String| BookFault::Sound { path: path.display().to_string(), why };
    let stamp = files::stamp(path).map_err(|why| fault(why.to_string()))?;
    if let Some(known) = known.filter(|known| known.stamp == stamp) {
        return Ok(Pressing { stamp, clip: Arc::clone(&known.clip) });
    }
    let bytes = std::fs::read(path).map_err(|why| fault(why.to_string()))?;
    let samples = wav::read(&bytes).map_err(|why| fault(why.to_string()))?;
    Ok(Pressing { stamp, clip: Arc::new(Clip::new(&samples)) })
}

fn plural(count: usize) -> String {
    if count == 1 { "1 sound is".to_owned() } else { format!("{count} sounds are") }
}
