//! `hatif test --sip`: a real call for each test, all of them at once.

mod bench;

use std::collections::BTreeMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::app::command::Test;
use crate::app::rehearsal::bench::Bench;
use crate::app::system;
use crate::base::chance::Rng;
use crate::base::limit::REHEARSAL_CALLS_MAX;
use crate::flow::trial::{Peer, Played, Report, Trial, Trials, repertoire};
use crate::flow::{Bundle, Faults, FlowIndex, World};
use crate::shell::book::{Book, BookFault, Source};
use crate::shell::clock::Clock;
use crate::shell::rehearsal::{Behind, Hall, Phone, Stage, Target};
use crate::shell::secret::Secret;
use crate::shell::setting::{Given, Settings};
use crate::sip::uri::{Scheme, Uri};

/// The word for an engine of our own.
const SELF: &str = "self";
/// What the numbers of a rehearsal begin with; sorted after those of the bundle.
const REHEARSED: &str = "rehearse-";
/// The port of SIP where an address names none (RFC 3261 §19.1.2).
const SIP_PORT: u16 = 5060;

/// Where the calls go.
enum Way {
    /// To an engine of our own.
    Ours,
    /// To whoever answers there.
    Theirs(Target),
}

/// Plays the tests over real lines.
///
/// # Errors
///
/// A test file is at fault; or, in the outer result, there is nobody to call or nothing to hear.
pub(super) fn played(
    files: &BTreeMap<String, String>,
    line: &Test,
    uri: &str,
) -> Result<std::result::Result<Report, Faults>> {
    let way = way(uri)?;
    let book = match open(files, line) {
        Ok(book) => book,
        Err(BookFault::Bundle(faults)) => return Ok(Err(faults)),
        Err(fault) => return Err(fault.into()),
    };
    let bundle = match way {
        Way::Ours => numbered(files),
        Way::Theirs(_) => None,
    };
    let bundle = bundle.unwrap_or_else(|| Arc::clone(book.bundle()));
    let world = Arc::new(World::new(bundle, &BTreeMap::new()));
    let mut trials = match Trials::read(files, &world) {
        Ok(trials) => trials,
        Err(faults) => return Ok(Err(faults)),
    };
    // What is said in any test may be heard in each.
    let twins: Vec<Played> = trials.trials.iter().map(Trial::played).collect();
    let hall = Arc::new(Hall::new(&book, &repertoire(&twins)));
    if let Some(part) = &line.only {
        trials.keep(part);
    }
    system::raise_descriptors();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let played = runtime.block_on(rehearse(&trials.trials, (book, hall), way, line.pace))?;
    let mut report = trials.report(played);
    // What the tests come by is judged on the virtual clock, where every prompt is as long.
    report.coverage.clear();
    Ok(Ok(report))
}

fn way(uri: &str) -> Result<Way> {
    if uri == SELF {
        return Ok(Way::Ours);
    }
    let wanted =
        || format!("wanted `self` or an address such as sip:127.0.0.1:5060, found `{uri}`");
    let Some(uri) = Uri::parse(uri).filter(|uri| uri.scheme == Scheme::Sip && !uri.is_tcp()) else {
        bail!(wanted());
    };
    let port = uri.port.unwrap_or(SIP_PORT);
    let mut found = (uri.host.as_str(), port).to_socket_addrs().with_context(wanted)?;
    let address: SocketAddr = found.next().with_context(wanted)?;
    let host = format!("{}:{port}", uri.host);
    Ok(Way::Theirs(Target { address, user: uri.user, host }))
}

/// The bundle with a number for each flow, so that a test can begin in any.
fn numbered(files: &BTreeMap<String, String>) -> Option<Arc<Bundle>> {
    let mut bundle = Arc::into_inner(crate::flow::load(files, None).ok()?)?;
    for (index, flow) in bundle.flows.iter().enumerate() {
        bundle.numbers.insert(format!("{REHEARSED}{}", flow.id), FlowIndex(index));
    }
    Some(Arc::new(bundle))
}

/// The book of the bundle; what it has to know of an installation is made up.
fn open(files: &BTreeMap<String, String>, line: &Test) -> std::result::Result<Book, BookFault> {
    let bundle = crate::flow::load(files, None).map_err(BookFault::Bundle)?;
    let given = |name: &Arc<str>| {
        let value = Secret::Text(String::new());
        (name.to_string(), Given { value, place: "--sip".to_owned() })
    };
    let untold = bundle.env.iter().filter(|(_, setting)| setting.default.is_none());
    let settings = Settings(untold.map(|(name, _)| given(name)).collect());
    let (bundle, sounds): (&Path, &Path) = (&line.path, &line.sounds);
    Book::open(files, &Source { bundle: bundle.into(), sounds: sounds.into(), settings }, None)
}

async fn rehearse(
    trials: &[Trial],
    (book, hall): (Book, Arc<Hall>),
    way: Way,
    pace: u32,
) -> Result<Vec<Played>> {
    let mut rng = system::chance()?;
    let (clock, mut bench, target, peer) = match way {
        Way::Ours => {
            let clock = Clock::start().hastened(pace);
            let bench = Bench::open(clock, book, trials.len(), &mut rng).await?;
            let target = bench.target();
            (clock, Some(bench), target, Peer::Ours)
        }
        Way::Theirs(target) => (Clock::start(), None, target, Peer::Strange),
    };
    let room = Arc::new(Semaphore::new(REHEARSAL_CALLS_MAX));
    let mut calls = JoinSet::new();
    let mut played: Vec<Played> = trials.iter().map(|_| Played::default()).collect();
    let mut order: Vec<(usize, Trial, Played)> = Vec::new();
    for (index, trial) in trials.iter().enumerate() {
        let twin = trial.played();
        match (trial.out_of_reach(peer, &twin.seen), played.get_mut(index)) {
            (Some(why), Some(played)) => played.skipped = Some(why),
            (None, _) | (_, None) => order.push((index, trial.clone(), twin)),
        }
    }
    // The longest first, so that none is left alone at the end.
    order.sort_by_key(|(_, _, twin)| std::cmp::Reverse(twin.lines.last().map(|line| line.at)));
    for (index, trial, _) in order {
        let permit = Arc::clone(&room).acquire_owned().await?;
        let mut seed = Rng::seeded(rng.bits());
        let phone = Phone::open(clock, target.address, index, &mut seed)?;
        let behind = match &mut bench {
            Some(bench) => Some(bench.enter(index, &trial, phone.local(), &mut rng)?),
            None => None,
        };
        let (hall, target) = (Arc::clone(&hall), target.clone());
        calls.spawn_blocking(move || {
            let played = call((clock, hall), trial, &target, (phone, behind), seed);
            drop(permit);
            (index, played)
        });
    }
    while let Some(done) = calls.join_next().await {
        let (index, result) = done?;
        if let Some(place) = played.get_mut(index) {
            *place = result;
        }
    }
    if let Some(bench) = bench {
        bench.close().await;
    }
    Ok(played)
}

/// One test's call.
fn call(
    world: (Clock, Arc<Hall>),
    trial: Trial,
    target: &Target,
    (phone, behind): (Phone, Option<Behind>),
    rng: Rng,
) -> Played {
    match Stage::open(world, trial.clone(), target, (phone, behind), rng) {
        Ok(stage) => stage.played(),
        Err(fault) => {
            Played { failure: Some(trial.unanswered(&fault.to_string())), ..Played::default() }
        }
    }
}
