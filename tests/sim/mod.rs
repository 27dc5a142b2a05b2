//! Random worlds for the routing machine, played beside a reference model that is plain, slow and
//! obviously right.
//!
//! `rank` has the ranking of the design as formulas, `model` what agents and tickets do, `world`
//! what happens, `pair` both side by side, `promise` what must hold whatever happens, and `shrink`
//! the shortest replay of what went wrong.

#![expect(
    clippy::indexing_slicing,
    clippy::excessive_nesting,
    clippy::wildcard_enum_match_arm,
    clippy::cast_possible_truncation,
    clippy::too_many_lines,
    reason = "a model that looks in the wrong place fails, as it should; what is plain may be long"
)]

mod duty;
mod model;
mod offer;
mod pair;
mod promise;
mod rank;
mod shrink;
mod wait;
mod world;

use std::process::Command;

pub(crate) use pair::Figures;

/// What happens in the worlds of the seeds from `first` on, in sum.
///
/// # Panics
///
/// When machine and model differ or a promise is broken; the shortest replay is printed.
pub(crate) fn worlds(first: u64, count: u64) -> Figures {
    let mut sum = Figures::default();
    for seed in (0..count).map(|step| first.wrapping_add(step)) {
        let (ground, happenings) = world::of(seed);
        match pair::play(&ground, &happenings) {
            Ok(figures) => sum.add(&figures),
            Err(why) => {
                let (shortest, why) = shrink::shortest(&ground, happenings, why);
                let replay: Vec<String> =
                    shortest.iter().map(|happening| format!("    {happening:?}")).collect();
                panic!(
                    "{why}\nthe shortest replay:\n  {ground:?}\n{}\nagain: SEED={seed} cargo test --test sim",
                    replay.join("\n")
                );
            }
        }
    }
    sum
}

/// A seed from the commit that is tested, so that each change plays a world of its own.
#[expect(clippy::disallowed_methods, reason = "continuous integration names the commit")]
pub(crate) fn commit() -> Option<u64> {
    let named = std::env::var("GITHUB_SHA").ok();
    let commit = named.or_else(|| {
        let folder = env!("CARGO_MANIFEST_DIR");
        let asked = Command::new("git").args(["-C", folder, "rev-parse", "HEAD"]).output().ok()?;
        String::from_utf8(asked.stdout).ok()
    })?;
    u64::from_str_radix(commit.get(..15)?, 16).ok()
}
