//! The release binary alone on one core, calls over real sockets from the other one.
//!
//! `cargo bench --bench live -- sip` or `-- media`. The figures are those that other exchanges were
//! measured by, with the bundle of `benches/peers`.

#[path = "../figure/mod.rs"]
mod figure;

mod cores;
mod engine;
mod keys;
mod pacing;
mod rate;
mod street;
mod telephone;

use std::process::ExitCode;
use std::time::Duration;

use crate::cores::Share;
use crate::engine::Engine;
use crate::pacing::Pacing;
use crate::street::Street;

/// Calls that play at once, level by level.
const LEVELS: [usize; 6] = [500, 1_500, 2_200, 2_500, 3_000, 3_500];
/// The level at which keys are pressed once more.
const LEVEL_OF_KEYS: usize = 2_200;
/// How long the pacing of a level is watched.
const WATCHED: Duration = Duration::from_secs(2);
/// How often a level is watched before it counts as too much: the machine may have been busy.
const LOOKS: usize = 3;
/// Keys pressed while the engine has nothing else to do.
const KEYS_IDLE: usize = 100;
/// Keys pressed while it plays to many.
const KEYS_BUSY: usize = 100;

fn main() -> ExitCode {
    cores::take_the_load_core();
    for group in std::env::args().skip(1) {
        match group.as_str() {
            "sip" => sip(),
            "media" => media(),
            // Cargo's own word.
            "--bench" => {}
            _ => return ExitCode::FAILURE,
        }
    }
    ExitCode::SUCCESS
}

/// Calls a second: INVITE, 180, 200, ACK, one second of sound, BYE.
fn sip() {
    let engine = Engine::start();
    let share = Share::begin(&engine);
    let best = rate::highest_clean(&engine);
    figure::tell("live_calls_per_second_one_core", best.rate, "1/s", ">=2000");
    figure::tell("live_call_setup_p99", best.setup_p99_ms, "ms", "<=50");
    figure::tell("live_sip_core_taken_by_others", share.of_others(&engine), "%", "-");
}

/// Calls that play at once, what each weighs, and how soon a key is answered.
fn media() {
    let engine = Engine::start();
    let mut street = Street::new(&engine);
    let idle = keys::press(&mut street, KEYS_IDLE);
    figure::tell("live_key_reaction_p50", idle.at(50), "ms", "-");
    figure::tell("live_key_reaction_p99", idle.at(99), "ms", "<=2");
    figure::tell("live_keys_unanswered", figure::count(idle.unanswered), "1", "<=0");
    playing(&engine, &mut street);
    street.hang_up();
}

fn playing(engine: &Engine, street: &mut Street) {
    let before = engine.resident_kilobytes();
    let (mut clean, mut busy) = (None, None);
    for level in LEVELS {
        let failed = street.grow(level);
        if failed > 0 {
            cores::remark(&format!("at {level} calls: {failed} failed"));
            break;
        }
        let mut looks = (0..LOOKS).map(|_| look(engine, street, level));
        let Some(found) = looks.find(|look| look.pacing.is_clean()) else { break };
        let grown = engine.resident_kilobytes().saturating_sub(before);
        clean = Some((level, found, figure::count(grown)));
        if level == LEVEL_OF_KEYS {
            busy = Some(keys::press(street, KEYS_BUSY));
        }
    }
    let Some((level, Look { pacing, used, others }, grown)) = clean else {
        figure::tell("live_playing_calls_one_core", 0.0, "1", ">=2500");
        return;
    };
    let calls = figure::count(level as u64);
    figure::tell("live_playing_calls_one_core", calls, "1", ">=2500");
    figure::tell("live_playing_lateness_p99", pacing.p99_ms, "ms", "<=2");
    figure::tell("live_playing_core_used", used, "%", "-");
    figure::tell("live_playing_core_taken_by_others", others, "%", "-");
    figure::tell("live_memory_per_playing_call", grown / calls, "kB", "<=25");
    if let Some(busy) = busy {
        figure::tell("live_key_reaction_2200_calls_p99", busy.at(99), "ms", "<=10");
    }
}

/// What one watch over one level saw.
struct Look {
    pacing: Pacing,
    /// The engine's share of its core, and that of others.
    used: f64,
    others: f64,
}

fn look(engine: &Engine, street: &mut Street, level: usize) -> Look {
    let share = Share::begin(engine);
    let pacing = street.watch(WATCHED);
    let (used, others) = (share.of_engine(engine), share.of_others(engine));
    cores::remark(&format!("at {level} calls: {pacing}; core {used:.0} %, others {others:.0} %"));
    Look { pacing, used, others }
}
