//! What calls are served from: a proven bundle with its sounds, encoded once for everybody.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::audio::wav;
use crate::flow::{self, Bundle, Faults, World};
use crate::media::Clip;
use crate::shell::files;

/// A bundle and its sounds. A call keeps the one that it began with.
#[derive(Debug)]
pub struct Book {
    /// The bundle, as its flows see it.
    pub world: Arc<World>,
    clips: BTreeMap<String, Arc<Clip>>,
}

/// The book that new calls are served from.
pub type Shelf = Arc<ArcSwap<Book>>;

/// Why a book cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum BookFault {
    /// The folder cannot be read.
    #[error(transparent)]
    Files(#[from] files::FileFault),
    /// The bundle is at fault.
    #[error("{0}")]
    Bundle(Faults),
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
    /// Reads and proves the bundle, and takes in each sound that it can play.
    ///
    /// # Errors
    ///
    /// The first thing that would leave a caller without an answer.
    pub fn open(
        bundle: &Path,
        sounds: &Path,
        settings: &BTreeMap<String, String>,
    ) -> Result<Self, BookFault> {
        let there = files::sounds_in(sounds)?;
        let bundle =
            flow::load(&files::bundle_in(bundle)?, Some(&there)).map_err(BookFault::Bundle)?;
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
        let clips = wanted.into_keys().map(|name| {
            let clip = clip(&sounds.join(format!("{name}.wav")))?;
            Ok((name, Arc::new(clip)))
        });
        let clips = clips.collect::<Result<_, BookFault>>()?;
        Ok(Self { world: Arc::new(World::new(bundle, settings)), clips })
    }

    /// The bundle.
    #[must_use]
    pub fn bundle(&self) -> &Arc<Bundle> {
        self.world.bundle()
    }

    /// One sound.
    #[must_use]
    pub fn clip(&self, name: &str) -> Option<&Arc<Clip>> {
        self.clips.get(name)
    }
}

fn clip(path: &Path) -> Result<Clip, BookFault> {
    let fault = |why: String| BookFault::Sound { path: path.display().to_string(), why };
    let bytes = std::fs::read(path).map_err(|why| fault(why.to_string()))?;
    let samples = wav::read(&bytes).map_err(|why| fault(why.to_string()))?;
    Ok(Clip::new(&samples))
}

fn plural(count: usize) -> String {
    if count == 1 { "1 sound is".to_owned() } else { format!("{count} sounds are") }
}
