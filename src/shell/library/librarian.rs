//! The one who changes what is served: reads, proves, keeps, swaps, writes down, tries out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinError;

use crate::base::limit::BUNDLES_KEPT;
use crate::base::time::Wall;
use crate::shell::book::{Book, BookFault, Source};
use crate::shell::clock::Clock;
use crate::shell::files;
use crate::shell::library::candidate::Candidate;
use crate::shell::library::changes;
use crate::shell::library::order::{Act, Done, From, Library, Order, Refused, Wish};
use crate::shell::library::shelf::{Refusal, Shelf};
use crate::shell::library::trial::{Job, Trial, Trials, tell};
use crate::shell::library::vault::Vault;
use crate::shell::library::version::{By, Means, Served, Version};
use crate::shell::store::{Activation, Deed, Store};
use crate::telemetry::Meter;

/// What a librarian works with.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The engine's clock.
    pub clock: Clock,
    /// What is changed.
    pub shelf: Shelf,
    /// Where bundles are read from.
    pub source: Source,
    /// Where copies are kept.
    pub vault: Vault,
    /// Where each change is written down.
    pub store: Store,
    /// The metrics.
    pub meter: Arc<Meter>,
}

/// The owner of the shelf.
#[derive(Debug)]
pub struct Librarian {
    parts: Parts,
    inbox: mpsc::Receiver<Order>,
    trials: Trials,
}

/// A book that was just read, with what is told of it.
struct Fresh {
    book: Arc<Book>,
    files: BTreeMap<String, String>,
}

impl Librarian {
    /// A librarian, and where orders are given.
    #[must_use]
    pub fn new(parts: Parts) -> (Self, Library) {
        let (library, inbox) = Library::open();
        (Self { parts, inbox, trials: Trials::default() }, library)
    }

    /// Takes in what is known of earlier versions, and enters the one that the engine began with.
    pub async fn begin(&mut self) {
        self.remember().await;
        let by = By::itself(Means::Start);
        let active = self.parts.shelf.active();
        let folder = self.parts.source.bundle.clone();
        let files = blocking(move || files::bundle_in(&folder)).await;
        let files = files.ok().and_then(Result::ok).unwrap_or_default();
        let last = self.parts.shelf.standing().versions.first().map(|of| Arc::clone(&of.hash));
        let changes = self.changes(last.as_deref(), &active).await;
        let fresh = Fresh { book: active, files };
        self.activate(fresh, last, Deed::Started, &by, changes).await;
    }

    /// Carries out orders until nobody can give any.
    pub async fn run(mut self) {
        self.begin().await;
        loop {
            tokio::select! {
                order = self.inbox.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                played = self.trials.played() => self.played(played),
            }
        }
    }

    async fn obey(&mut self, order: Order) {
        let Order { act, by, reply } = order;
        let done = match act {
            Act::Reload => self.reload(&by).await,
            Act::RollBack(to) => self.roll_back(to, &by).await,
            Act::TryOut(wish) => self.try_out(wish, &by).await,
            Act::Promote => self.promote(&by).await,
            Act::Withdraw => self.withdraw(&by).await,
        };
        if let Err(Refused::Book(fault)) = &done {
            self.refuse(&by, fault).await;
        }
        // Who asked may have left; what was done is done.
        drop(reply.send(done));
    }

    async fn reload(&mut self, by: &By) -> Result<Done, Refused> {
        let fresh = self.read(self.parts.source.bundle.clone()).await?;
        let hash = Arc::clone(&fresh.book.bundle().hash);
        let before = Arc::clone(&self.parts.shelf.active().bundle().hash);
        if hash == before && by.means == Means::Watch {
            tracing::debug!(%hash, "a file was touched, and nothing changed");
            return Ok(Done { hash });
        }
        let changes = self.changes(Some(&before), &fresh.book).await;
        self.activate(fresh, Some(before), Deed::Reloaded, by, changes).await;
        Ok(Done { hash })
    }

    async fn roll_back(&mut self, to: Option<String>, by: &By) -> Result<Done, Refused> {
        let standing = self.parts.shelf.standing();
        let before = Arc::clone(&standing.active.bundle().hash);
        let hash = match to {
            Some(name) => {
                let found = standing.version(&name).map(|of| Arc::clone(&of.hash));
                found.ok_or(Refused::NoSuchVersion(name))?
            }
            None => {
                let mut others = standing
                    .versions
                    .iter()
                    .filter(|of| of.hash != before && of.served == Served::Everybody);
                others.next().map(|of| Arc::clone(&of.hash)).ok_or(Refused::NothingBefore)?
            }
        };
        let fresh = self.fetch(&hash).await?;
        let changes = self.changes(Some(&before), &fresh.book).await;
        self.activate(fresh, Some(before), Deed::RolledBack, by, changes).await;
        Ok(Done { hash })
    }

    async fn try_out(&mut self, wish: Wish, by: &By) -> Result<Done, Refused> {
        let Wish { from, share, callers } = wish;
        let fresh = match from {
            From::Folder => self.read(self.parts.source.bundle.clone()).await?,
            From::Path(path) => self.read(beside(&self.parts.source.bundle, &path)?).await?,
            From::Kept(name) => {
                let standing = self.parts.shelf.standing();
                let found = standing.version(&name).map(|of| Arc::clone(&of.hash));
                self.fetch(&found.ok_or(Refused::NoSuchVersion(name))?).await?
            }
        };
        let candidate = Candidate::new(Arc::clone(&fresh.book), share, &callers)?;
        let hash = Arc::clone(&fresh.book.bundle().hash);
        let before = Arc::clone(&self.parts.shelf.active().bundle().hash);
        let changes = self.changes(Some(&before), &fresh.book).await;
        let (share, named) = (share.hundredths(), candidate.callers().count());
        self.enter(&fresh, by, &changes, Some(candidate)).await;
        self.parts.meter.bundle_candidate(share);
        let detail = format!("{share} % of the calls, {named} test callers");
        self.write_down(Deed::Tried, Some(&hash), Some(&before), by, changes, detail).await;
        self.play_tests(fresh);
        Ok(Done { hash })
    }

    async fn promote(&mut self, by: &By) -> Result<Done, Refused> {
        let standing = self.parts.shelf.standing();
        let candidate = standing.candidate.clone().ok_or(Refused::NoCandidate)?;
        let hash = Arc::clone(&candidate.book.bundle().hash);
        let before = Arc::clone(&standing.active.bundle().hash);
        let fresh = self.fetch(&hash).await?;
        let changes = self.changes(Some(&before), &fresh.book).await;
        self.activate(fresh, Some(before), Deed::Promoted, by, changes).await;
        Ok(Done { hash })
    }

    async fn withdraw(&mut self, by: &By) -> Result<Done, Refused> {
        let candidate = self.parts.shelf.standing().candidate.clone();
        let candidate = candidate.ok_or(Refused::NoCandidate)?;
        let hash = Arc::clone(&candidate.book.bundle().hash);
        self.parts.shelf.change(|standing| standing.candidate = None);
        self.parts.meter.bundle_candidate(0);
        self.write_down(Deed::Withdrawn, Some(&hash), None, by, Vec::new(), String::new()).await;
        Ok(Done { hash })
    }

    /// Serves new calls from a book, and writes down that it does.
    async fn activate(
        &mut self,
        fresh: Fresh,
        before: Option<Arc<str>>,
        deed: Deed,
        by: &By,
        changes: Vec<String>,
    ) {
        let hash = Arc::clone(&fresh.book.bundle().hash);
        self.enter(&fresh, by, &changes, None).await;
        let at_s = u64::try_from(self.now().0 / 1_000).unwrap_or(0);
        self.parts.meter.bundle_loaded(before.as_deref(), &hash, at_s);
        self.parts.meter.bundle_activated(deed.word());
        let share =
            self.parts.shelf.standing().candidate.as_ref().map_or(0, |of| of.share.hundredths());
        self.parts.meter.bundle_candidate(share);
        self.write_down(deed, Some(&hash), before.as_deref(), by, changes, String::new()).await;
        self.play_tests(fresh);
    }

    /// Puts a version at the head of the list, as a candidate or for all new calls.
    async fn enter(
        &mut self,
        fresh: &Fresh,
        by: &By,
        changes: &[String],
        candidate: Option<Candidate>,
    ) {
        let hash = Arc::clone(&fresh.book.bundle().hash);
        let at = self.now();
        let vault = self.parts.vault.clone();
        self.parts.shelf.change(|standing| {
            let known = standing.versions.iter().position(|version| version.hash == hash);
            let before = known.map(|index| standing.versions.remove(index));
            let served = before.as_ref().map_or(Served::Some, |version| version.served);
            let (mut books, trial) =
                before.map_or_else(Default::default, |of| (of.books, of.trial));
            // The order is that of serving everybody, so a candidate does not change its place.
            let (place, served) = match candidate {
                Some(candidate) => {
                    standing.candidate = Some(candidate);
                    (known.unwrap_or(0), served)
                }
                None => {
                    standing.active = Arc::clone(&fresh.book);
                    standing.candidate.take_if(|tried| tried.book.bundle().hash == hash);
                    (0, Served::Everybody)
                }
            };
            books.retain(|book| book.strong_count() > 0);
            let book = Arc::downgrade(&fresh.book);
            if !books.iter().any(|known| known.ptr_eq(&book)) {
                books.push(book);
            }
            let (hash, by, changes) = (Arc::clone(&hash), by.clone(), changes.into());
            let version = Version { hash, at, served, by, changes, trial, books };
            standing.versions.insert(place, version);
        });
        let files = fresh.files.clone();
        let kept = self.forget();
        let copied = blocking(move || {
            if !files.is_empty() {
                vault.keep(&hash, &files)?;
            }
            vault.prune(&kept)
        });
        if let Ok(Err(why)) | Err(why) = copied.await {
            tracing::warn!(%why, "the bundle is not kept: no rollback to it after a restart");
        }
    }

    /// Leaves out the versions that are neither kept nor in use, and names those that are kept.
    fn forget(&self) -> BTreeSet<String> {
        let mut kept = BTreeSet::new();
        self.parts.shelf.change(|standing| {
            let candidate =
                standing.candidate.as_ref().map(|of| Arc::clone(&of.book.bundle().hash));
            let is_kept = |(index, version): &(usize, &Version)| {
                *index < BUNDLES_KEPT || Some(&version.hash) == candidate.as_ref()
            };
            let named = standing.versions.iter().enumerate().filter(is_kept);
            kept = named.map(|(_, version)| version.hash.to_string()).collect();
            standing
                .versions
                .retain(|version| kept.contains(&*version.hash) || version.is_in_memory());
        });
        kept
    }

    /// Reads and proves a folder.
    async fn read(&self, folder: PathBuf) -> Result<Fresh, Refused> {
        let (source, before) = (self.parts.source.clone(), self.parts.shelf.active());
        let read = blocking(move || {
            let files = files::bundle_in(&folder)?;
            let book = Book::open(&files, &source, Some(&before))?;
            Ok::<_, BookFault>(Fresh { book: Arc::new(book), files })
        });
        taken(read.await)
    }

    /// A version that is kept: out of memory, or out of the vault.
    async fn fetch(&self, hash: &Arc<str>) -> Result<Fresh, Refused> {
        let standing = self.parts.shelf.standing();
        let known = standing.version(hash).and_then(Version::book);
        let (source, vault) = (self.parts.source.clone(), self.parts.vault.clone());
        let before = Arc::clone(&standing.active);
        let wanted = Arc::clone(hash);
        let read = blocking(move || {
            let files = vault.files(&wanted);
            if let Some(book) = known {
                return Ok(Fresh { book, files: files.unwrap_or_default() });
            }
            let files = files?;
            let book = Arc::new(Book::open(&files, &source, Some(&before))?);
            Ok::<_, BookFault>(Fresh { book, files })
        });
        let fresh = taken(read.await)?;
        if fresh.book.bundle().hash != *hash {
            return Err(Refused::Changed(hash.to_string()));
        }
        Ok(fresh)
    }

    /// What callers hear differently from a version that served before.
    async fn changes(&self, before: Option<&str>, after: &Arc<Book>) -> Vec<String> {
        let Some(before) = before.map(str::to_owned) else { return Vec::new() };
        let known = self.parts.shelf.standing().version(&before).and_then(Version::book);
        let (vault, after) = (self.parts.vault.clone(), Arc::clone(after));
        let told = blocking(move || {
            let kept = || vault.proof(&before).ok().and_then(|proof| proof.bundle);
            let before = known.map(|book| Arc::clone(book.bundle())).or_else(kept);
            before.map(|before| changes::between(&before, after.bundle()))
        });
        told.await.ok().flatten().unwrap_or_else(|| vec![changes::UNKNOWN.to_owned()])
    }

    async fn refuse(&self, by: &By, fault: &Arc<BookFault>) {
        self.parts.meter.bundle_refused();
        let keeps = self.parts.shelf.active().bundle().hash.to_string();
        let (means, who) = (by.means.word(), by.who.as_ref().map(ToString::to_string));
        tracing::error!(means, who, keeps, "the new bundle is refused:\n{fault}");
        let refusal = Refusal { at: self.now(), by: by.clone(), fault: Arc::clone(fault) };
        self.parts.shelf.change(|standing| standing.refusal = Some(refusal));
        let text = fault.to_string();
        let detail = text.lines().next().unwrap_or_default().to_owned();
        self.write_down(Deed::Refused, None, Some(&keeps), by, Vec::new(), detail).await;
    }

    async fn write_down(
        &self,
        deed: Deed,
        hash: Option<&str>,
        before: Option<&str>,
        by: &By,
        changes: Vec<String>,
        detail: String,
    ) {
        let (means, who) = (by.means.word(), by.who.as_ref().map(ToString::to_string));
        if deed != Deed::Refused {
            let (deed, changes) = (deed.word(), changes.len());
            tracing::info!(deed, means, who, before, hash, changes, "bundle");
        }
        let activation = Activation {
            at: self.now(),
            deed,
            hash: hash.map(str::to_owned),
            before: before.map(str::to_owned),
            means: means.to_owned(),
            who,
            changes,
            detail,
        };
        if let Err(fault) = self.parts.store.add_activation(&activation).await {
            tracing::error!(%fault, "an activation is not in the store");
        }
    }

    /// Takes in the versions of before that are in the vault.
    async fn remember(&self) {
        let past = match self.parts.store.last_activations(BUNDLES_KEPT).await {
            Ok(past) => past,
            Err(fault) => return tracing::error!(%fault, "the versions of before cannot be read"),
        };
        let known = past.into_iter().filter_map(|activation| {
            let hash: Arc<str> = activation.hash?.into();
            let is_there = self.parts.vault.has(&hash);
            let means = Means::of_word(&activation.means).unwrap_or(Means::Start);
            let by = By { means, who: activation.who.map(|who| who.as_str().into()) };
            let changes = activation.changes.into();
            let served = match activation.deed {
                Deed::Tried => Served::Some,
                Deed::Started
                | Deed::Reloaded
                | Deed::RolledBack
                | Deed::Promoted
                | Deed::Withdrawn
                | Deed::Refused => Served::Everybody,
            };
            let (at, trial, books) = (activation.at, Trial::Unplayed, Vec::new());
            is_there.then_some(Version { hash, at, served, by, changes, trial, books })
        });
        let known: Vec<Version> = known.collect();
        self.parts.shelf.change(|standing| standing.versions = known);
    }

    /// Has the tests of a version played, one version after the other.
    fn play_tests(&mut self, fresh: Fresh) {
        let world = Arc::clone(&fresh.book.world);
        let hash = Arc::clone(&fresh.book.bundle().hash);
        let is_known = self.parts.shelf.standing().version(&hash).is_some_and(|version| {
            matches!(version.trial, Trial::Playing | Trial::Played(_) | Trial::Unreadable(_))
        });
        if is_known {
            return;
        }
        self.set_trial(&hash, Trial::Playing);
        if let Some(left_out) = self.trials.play(Job { hash, files: fresh.files, world }) {
            self.set_trial(&left_out, Trial::Unplayed);
        }
    }

    fn played(&self, played: Result<(Arc<str>, Trial), JoinError>) {
        match played {
            Ok((hash, trial)) => {
                tell(&hash, &trial);
                self.set_trial(&hash, trial);
            }
            Err(fault) => tracing::error!(%fault, "the bundle's tests broke off"),
        }
    }

    fn set_trial(&self, hash: &str, trial: Trial) {
        self.parts.shelf.change(|standing| {
            let found = standing.versions.iter_mut().find(|version| *version.hash == *hash);
            if let Some(version) = found {
                version.trial = trial;
            }
        });
    }

    fn now(&self) -> Wall {
        self.parts.clock.epoch().wall(self.parts.clock.now())
    }
}

/// Work that would hold up a task, done beside the tasks.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, std::io::Error> {
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)
}

fn taken(read: Result<Result<Fresh, BookFault>, std::io::Error>) -> Result<Fresh, Refused> {
    let flat = read.map_err(BookFault::Broken).and_then(|read| read);
    flat.map_err(|fault| Refused::Book(Arc::new(fault)))
}

/// A folder in the same folder as the bundle's: no other part of the machine can be read.
fn beside(bundle: &Path, wanted: &Path) -> Result<PathBuf, Refused> {
    let elsewhere = || Refused::Elsewhere(wanted.display().to_string());
    let bundle = bundle.canonicalize().map_err(|_| elsewhere())?;
    let shared = bundle.parent().ok_or_else(elsewhere)?;
    let folder = shared.join(wanted).canonicalize().map_err(|_| elsewhere())?;
    let is_beside = folder.parent() == Some(shared) && folder.is_dir();
    if is_beside { Ok(folder) } else { Err(elsewhere()) }
}
