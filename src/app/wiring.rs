//! Who is given what: the small pieces that join the rooms.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::sync::{Notify, watch};

use crate::app::config::{self, Config, SipBind};
use crate::app::engine::Common;
use crate::base::chance::Rng;
use crate::call::dial::{DialPlan, Exit};
use crate::call::machine;
use crate::flow::FlowIndex;
use crate::shell::book::Source;
use crate::shell::clock::Clock;
use crate::shell::errand::Clerk;
use crate::shell::errand::outward::{self, Outward};
use crate::shell::http::{BundleParts, DialledNumber, HttpParts};
use crate::shell::library::{self, Shelf, Vault};
use crate::shell::media::Station;
use crate::shell::post::{Post, ToPool, ToWorker};
use crate::shell::setting::{Given, Settings};
use crate::shell::store::Store;
use crate::shell::transport::{Deliver, Received};
use crate::shell::webrtc::{Hub, Identity};
use crate::shell::worker::{ExitLine, Exits, IsFrom, Names, Trunks};
use crate::sip::route::Transport;
use crate::telemetry::Meter;

/// The media worker with the WebRTC hub.
pub(super) const HUB: usize = 0;

/// Where SIP is heard.
pub(super) fn binds(config: &Config) -> Vec<(Transport, SocketAddr)> {
    let of = |bind: &SipBind| match bind.transport {
        config::Transport::Udp => (Transport::Udp, bind.address),
        config::Transport::Tcp => (Transport::Tcp, bind.address),
    };
    config.sip.bind.iter().map(of).collect()
}

fn trunks(config: &Config) -> Trunks {
    let calls = config.sip.trunks.iter().filter(|trunk| !trunk.from.is_empty());
    let of = |trunk: &config::Trunk| {
        let networks = trunk.from.clone();
        let is_from = move |peer| networks.iter().any(|network| network.contains(peer));
        (trunk.name.clone(), Box::new(is_from) as IsFrom)
    };
    Trunks::new(calls.map(of).collect())
}

/// Whom the engine may call, and by which trunk; names are looked up once.
pub(super) fn exits(config: &Config) -> Result<Exits> {
    let mut plan = DialPlan {
        country: config.dial.country.clone(),
        exits: Vec::new(),
        sip_hosts: config.dial.sip_hosts.clone(),
    };
    let mut lines = Vec::new();
    for (name, exit) in
        config.sip.trunks.iter().filter_map(|of| Some((&of.name, of.exit.as_ref()?)))
    {
        let wanted = || format!("wanted the address of the trunk `{name}`: `{}`", exit.host);
        let mut found = (exit.host.as_str(), exit.port).to_socket_addrs().with_context(wanted)?;
        let remote = found.next().with_context(wanted)?;
        // A prefix is shorter than a number, so that it is made whole as the start of one.
        let prefix = |prefix: &String| plan.normal_prefix(prefix);
        let prefixes = exit.prefixes.iter().map(prefix).collect();
        let (trunk, caller_id) = (name.clone(), exit.caller_id.clone());
        plan.exits.push(Exit { trunk, caller_id, prefixes });
        let transport = match exit.transport {
            config::Transport::Udp => Transport::Udp,
            config::Transport::Tcp => Transport::Tcp,
        };
        let (calls_max, per_hour_max) = (exit.calls_max, exit.per_hour_max);
        lines.push(ExitLine { transport, remote, calls_max, per_hour_max });
    }
    Ok(Exits::new(plan, lines))
}

/// Gives what the network brings to the worker that owns it.
pub(super) fn deliver(post: &Post) -> Deliver {
    let post = post.clone();
    Arc::new(move |received| match &received {
        Received::Message { message, .. } => {
            post.worker(post.worker_of(message.call_id().as_bytes()), ToWorker::Sip(received));
        }
        Received::Faulty { fault, .. } => {
            post.worker(post.worker_of(fault.call_id().as_bytes()), ToWorker::Sip(received));
        }
        Received::Unreachable { transport, line, remote } => {
            for index in 0..post.workers() {
                let (transport, line, remote) = (*transport, *line, *remote);
                let lost = Received::Unreachable { transport, line, remote };
                post.worker(index, ToWorker::Sip(lost));
            }
        }
    })
}

/// The media workers to start, the first with the hub; each on a core of its own if there are as many.
pub(super) fn stations(
    config: &Config,
    bells: &[Arc<Notify>],
    rng: &mut Rng,
) -> Result<Vec<Station>> {
    let identity = Arc::new(Identity::generate()?);
    let pin = std::thread::available_parallelism().is_ok_and(|cores| bells.len() == cores.get());
    let mut stations = Vec::new();
    for (index, bell) in bells.iter().enumerate() {
        let hub = if index == HUB {
            let rng = Rng::seeded(rng.bits());
            let (bind, public) = (config.webrtc.bind, config.webrtc.public_address);
            let hub = Hub::bind(bind, public, Arc::clone(&identity), rng);
            Some(hub.with_context(|| format!("cannot listen on {bind} for WebRTC"))?)
        } else {
            None
        };
        let bell = Arc::clone(bell);
        let waker = Arc::new(move || bell.notify_one());
        stations.push(Station { core: pin.then_some(index), hub, waker });
    }
    Ok(stations)
}

/// Whoever runs the errands of calls.
pub(super) fn clerk(common: &Common<'_>) -> Result<Clerk> {
    let config = common.config;
    let networks = config.http.private.clone();
    let outward = Outward::new(outward::Parts {
        clock: common.clock,
        meter: Arc::clone(&common.meter),
        allow: config.http.allow.clone(),
        is_named: Arc::new(move |address| networks.iter().any(|of| of.contains(address))),
        sms: config.sms.clone(),
        email: config.email.clone(),
    })?;
    Ok(Clerk::new(common.post.clone(), common.clock, common.store.clone(), outward))
}

/// How others see the engine.
pub(super) fn names(config: &Config, bound: &[(Transport, SocketAddr)]) -> Names {
    let first = bound.first().map(|(_, address)| address.ip());
    let host: Option<IpAddr> = config.sip.public_address.or(first);
    Names {
        media_address: config.rtp.public_address.unwrap_or(config.rtp.bind),
        host: host.unwrap_or(config.rtp.bind),
        ring: config.sip.ring,
        records_calls: config.recording.enabled,
        trunks: trunks(config),
    }
}

/// Where bundles are read from.
pub(super) fn source(config: &Config) -> Source {
    let (bundle, sounds) = (config.bundle.path.clone(), config.sounds.path.clone());
    let given = |(name, setting): (&String, &config::Setting)| {
        let (value, place) = (setting.value.clone(), setting.place.to_string());
        (name.clone(), Given { value, place })
    };
    Source { bundle, sounds, settings: Settings(config.env.iter().map(given).collect()) }
}

/// What the librarian works with.
pub(super) fn library(
    config: &Config,
    clock: Clock,
    shelf: &Shelf,
    store: &Store,
    meter: &Arc<Meter>,
) -> library::Parts {
    library::Parts {
        clock,
        shelf: shelf.clone(),
        source: source(config),
        vault: Vault::new(config.bundle.kept.clone()),
        store: store.clone(),
        meter: Arc::clone(meter),
    }
}

/// What the web side asks and tells the engine by.
pub(super) fn web(common: &Common<'_>) -> HttpParts {
    let draining = common.draining.subscribe();
    let (titles, entities) = (common.shelf.clone(), common.shelf.clone());
    let (desks, callers) = (common.post.clone(), common.post.clone());
    let (waits, counts) = (common.post.clone(), common.post.clone());
    let settings = &common.config.web;
    HttpParts {
        clock: common.clock,
        store: common.store.clone(),
        recordings: common.config.recording.path.as_path().into(),
        meter: Arc::clone(&common.meter),
        sessions: common.sessions.clone(),
        ready: Arc::new(move || match *draining.borrow() {
            true => Err("draining".to_owned()),
            false => Ok(()),
        }),
        numbers: Arc::new(move || numbers(&titles)),
        entity_names: Arc::new(move |id| {
            let book = entities.active();
            let entity = book.bundle().entities.get(id);
            entity.map_or_else(BTreeMap::new, |entity| machine::names(&entity.name.texts))
        }),
        ask_why: Arc::new(move |call, reply| waits.pool(ToPool::Why(call, reply))),
        count: Arc::new(move |reply| counts.pool(ToPool::Count(reply))),
        bundles: BundleParts {
            shelf: common.shelf.clone(),
            library: common.library.clone(),
            vault: Vault::new(common.config.bundle.kept.clone()),
            sounds: common.config.sounds.path.clone(),
            questions: common.questions.clone(),
        },
        public_url: settings.public_url.clone(),
        on_desk: Arc::new(move |socket| desks.pool(ToPool::Socket(socket))),
        on_caller: settings.test_caller.then_some(Arc::new(move |socket| {
            callers.worker(0, ToWorker::Browser(socket));
        })),
    }
}

/// Ends when everything stops.
pub(super) async fn until(mut stop: watch::Receiver<bool>) {
    // An error means that the engine is gone: that is an end too.
    drop(stop.wait_for(|stop| *stop).await);
}

fn numbers(shelf: &Shelf) -> Vec<DialledNumber> {
    let book = shelf.active();
    let bundle = book.bundle();
    let number = |(number, flow): (&String, &FlowIndex)| DialledNumber {
        number: number.clone(),
        title: Some(bundle.flow(*flow).title.to_string()),
    };
    bundle.numbers.iter().map(number).collect()
}
