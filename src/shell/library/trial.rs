//! The tests of a version, played beside the calls.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use tokio::task::{JoinError, JoinHandle};

use crate::base::limit::TRIALS_WAITING_MAX;
use crate::flow::trial::{self, Report};
use crate::flow::{Faults, World};

/// What became of a version's tests.
#[derive(Debug, Clone, Default)]
pub enum Trial {
    /// They have not been played: the version has not served since the engine started.
    #[default]
    Unplayed,
    /// They wait, or are being played.
    Playing,
    /// They have been played.
    Played(Arc<Report>),
    /// A test file is not what it should be.
    Unreadable(Arc<Faults>),
}

/// Tests that wait to be played.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) hash: Arc<str>,
    pub(super) files: BTreeMap<String, String>,
    pub(super) world: Arc<World>,
}

/// The tests that are played, one version after the other, so that calls keep the processors.
#[derive(Debug, Default)]
pub(super) struct Trials {
    waiting: VecDeque<Job>,
    playing: Option<JoinHandle<(Arc<str>, Trial)>>,
}

impl Trials {
    /// Has tests played when it is their turn. With [`TRIALS_WAITING_MAX`] waiting, those that
    /// wait longest are left out: the version is handed back.
    pub(super) fn play(&mut self, job: Job) -> Option<Arc<str>> {
        self.waiting.push_back(job);
        self.next();
        let is_full = self.waiting.len() > TRIALS_WAITING_MAX;
        is_full.then(|| self.waiting.pop_front().map(|job| job.hash)).flatten()
    }

    /// Waits for the next tests that have been played; for ever, when none are being played.
    pub(super) async fn played(&mut self) -> Result<(Arc<str>, Trial), JoinError> {
        let played = match &mut self.playing {
            Some(playing) => playing.await,
            None => std::future::pending().await,
        };
        self.playing = None;
        self.next();
        played
    }

    fn next(&mut self) {
        if self.playing.is_none()
            && let Some(job) = self.waiting.pop_front()
        {
            self.playing = Some(tokio::task::spawn_blocking(move || job.play()));
        }
    }
}

impl Job {
    /// Plays them; this takes as long as it takes.
    fn play(self) -> (Arc<str>, Trial) {
        let trial = match trial::test(&self.files, &self.world) {
            Ok(report) => Trial::Played(Arc::new(report)),
            Err(faults) => Trial::Unreadable(Arc::new(faults)),
        };
        (self.hash, trial)
    }
}

/// Says what became of a version's tests.
pub(super) fn tell(hash: &str, trial: &Trial) {
    match trial {
        Trial::Played(report) if report.is_good() => {
            tracing::info!(hash, tests = report.verdicts.len(), "the bundle's tests passed");
        }
        Trial::Played(report) => {
            let failed = report.verdicts.iter().filter(|of| of.failure.is_some()).count();
            tracing::warn!(
                hash,
                failed,
                tests = report.verdicts.len(),
                "the bundle's tests failed"
            );
        }
        Trial::Unreadable(faults) => tracing::warn!(hash, "the bundle's tests:\n{faults}"),
        Trial::Unplayed | Trial::Playing => {}
    }
}
