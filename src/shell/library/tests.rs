//! The library as those meet it who order and those who are served.

use std::sync::{Arc, Weak};

use crate::base::chance::Rng;
use crate::base::id::CallId;
use crate::base::limit::BUNDLES_KEPT;
use crate::base::time::Wall;
use crate::shell::book::{Book, Loan};
use crate::shell::clock::Clock;
use crate::shell::library::sample::Sample;
use crate::shell::library::{
    Act, By, From, Librarian, Library, Means, Parts, Refused, Share, State, Trial, Wish,
};
use crate::shell::store::trial::{Place, within};
use crate::shell::store::{Deed, Store};

/// A library at work.
struct Scene<'a> {
    sample: &'a Sample,
    parts: Parts,
    library: Library,
}

/// Runs a test with a librarian.
fn with_library(test: &str, check: impl AsyncFnOnce(Scene<'_>, Store)) {
    let (place, sample) = (Place::new(&format!("library-{test}")), Sample::new(test));
    run(&place, &sample, check);
}

fn run(place: &Place, sample: &Sample, check: impl AsyncFnOnce(Scene<'_>, Store)) {
    within(async {
        let (store, writer) = place.open().await;
        let parts = sample.parts(&store, Clock::start());
        let (librarian, library) = Librarian::new(parts.clone());
        let check = async {
            let scene = Scene { sample, parts, library };
            scene.until(|scene| !scene.versions().is_empty()).await;
            check(scene, store.clone()).await;
            store.close().await
        };
        let (closed, (), ()) = tokio::join!(check, librarian.run(), writer.run());
        closed.expect("a good disk");
    });
}

impl Scene<'_> {
    async fn order(&self, act: Act) -> Result<String, Refused> {
        let by = By { means: Means::Api, who: Some("boss".into()) };
        self.library.order(act, by).await.map(|done| done.hash.to_string())
    }

    /// Another version of the bundle.
    async fn load(&self, title: &str) -> String {
        self.sample.write("bundle", title);
        self.order(Act::Reload).await.expect("a good bundle")
    }

    async fn try_out(&self, from: From, share: u8, callers: &[&str]) -> Result<String, Refused> {
        let share = Share::of_hundred(share).expect("at most all");
        let callers = callers.iter().map(|of| (*of).to_owned()).collect();
        self.order(Act::TryOut(Wish { from, share, callers })).await
    }

    fn lend(&self, from: &str, call: u64) -> Loan {
        let call = CallId::new(Wall(1), &mut Rng::seeded(call));
        self.parts.shelf.lend(from, "800", call)
    }

    fn versions(&self) -> Vec<(String, State, usize)> {
        let standing = self.parts.shelf.standing();
        let of = |version: &crate::shell::library::Version| {
            (version.hash.to_string(), standing.state_of(&version.hash), version.calls())
        };
        standing.versions.iter().map(of).collect()
    }

    async fn until(&self, truth: impl Fn(&Self) -> bool) {
        while !truth(self) {
            tokio::task::yield_now().await;
        }
    }
}

fn hash(loan: &Loan) -> String {
    loan.bundle().hash.to_string()
}

#[test]
fn a_call_keeps_its_version_which_leaves_memory_with_the_last_call() {
    with_library("pinned", async |scene, _| {
        let (one, two) = (scene.lend("1", 1), scene.lend("2", 2));
        let first = hash(&one);
        let weak: Weak<Book> = Arc::downgrade(&scene.parts.shelf.active());
        let second = scene.load("second").await;
        assert_ne!(first, second);
        let three = scene.lend("3", 3);
        assert_eq!((hash(&one), hash(&two), hash(&three)), (first.clone(), first, second));
        let calls: Vec<_> =
            scene.versions().into_iter().map(|(_, state, calls)| (state, calls)).collect();
        assert_eq!(calls, [(State::Active, 1), (State::Retired, 2)]);
        drop(one);
        assert!(weak.upgrade().is_some(), "a call is on it");
        drop(two);
        scene.until(|_| weak.strong_count() == 0).await;
        assert!(scene.versions().iter().skip(1).all(|(_, _, calls)| *calls == 0));
    });
}

#[test]
fn a_sound_that_did_not_change_is_shared_by_the_versions() {
    with_library("shared", async |scene, _| {
        let one = scene.lend("1", 1);
        scene.load("second").await;
        let two = scene.lend("1", 1);
        let clip = |loan: &Loan| Arc::clone(loan.clip("en/welcome").expect("it is there"));
        assert!(Arc::ptr_eq(&clip(&one), &clip(&two)));
    });
}

#[test]
fn a_bad_bundle_never_replaces_a_good_one() {
    with_library("bad", async |scene, store| {
        let before = hash(&scene.lend("1", 1));
        scene.sample.spoil();
        let refused = scene.order(Act::Reload).await.expect_err("it is spoilt");
        assert!(refused.to_string().contains("flows/sorry.flow.yaml:6:8"), "{refused}");
        assert_eq!(hash(&scene.lend("1", 1)), before);
        let standing = scene.parts.shelf.standing();
        let refusal = standing.refusal.as_ref().expect("it is told");
        assert!(refusal.fault.to_string().contains("dome"));
        let newest = store.activations(1).await.expect("a good disk").remove(0);
        assert_eq!((newest.deed, newest.who.as_deref()), (Deed::Refused, Some("boss")));
    });
}

#[test]
fn every_activation_is_written_down_with_who_and_what_changed() {
    with_library("history", async |scene, store| {
        let first = hash(&scene.lend("1", 1));
        let second = scene.load("second").await;
        scene.order(Act::RollBack(None)).await.expect("there is one before");
        let told = store.activations(10).await.expect("a good disk");
        let deeds: Vec<_> = told.iter().map(|of| (of.deed, of.hash.clone())).collect();
        let wanted = [
            (Deed::RolledBack, Some(first.clone())),
            (Deed::Reloaded, Some(second)),
            (Deed::Started, Some(first.clone())),
        ];
        assert_eq!(deeds, wanted);
        let heard = "prompt `welcome` (heard in `main/welcome`) said in en";
        assert_eq!(told[1].changes, [format!("{heard} “Welcome, first”, now “Welcome, second”")]);
        assert_eq!(told[0].changes, [format!("{heard} “Welcome, second”, now “Welcome, first”")]);
        assert_eq!(told[1].before.as_deref(), Some(first.as_str()));
        let by = |index: usize| (told[index].means.as_str(), told[index].who.as_deref());
        assert_eq!((by(0), by(2)), (("api", Some("boss")), ("start", None)));
    });
}

#[test]
fn a_rollback_needs_neither_memory_nor_the_same_process() {
    let (place, sample) = (Place::new("library-restart"), Sample::new("restart"));
    let mut first = String::new();
    run(&place, &sample, async |scene, _| {
        first = hash(&scene.lend("1", 1));
        scene.load("second").await;
    });
    run(&place, &sample, async |scene, _| {
        assert_ne!(hash(&scene.lend("1", 1)), first, "the folder's own serves");
        assert_eq!(scene.order(Act::RollBack(None)).await.expect("it was kept"), first);
        assert_eq!(hash(&scene.lend("1", 1)), first);
        let wrong = scene.order(Act::RollBack(Some("0".repeat(64)))).await;
        assert!(matches!(wrong, Err(Refused::NoSuchVersion(_))), "{wrong:?}");
    });
}

#[test]
fn a_kept_copy_that_was_changed_does_not_serve() {
    let (place, sample) = (Place::new("library-changed"), Sample::new("changed"));
    let mut first = String::new();
    run(&place, &sample, async |scene, _| {
        first = hash(&scene.lend("1", 1));
        scene.load("second").await;
    });
    let file = sample.folder().join("kept").join(&first).join("flows/main.flow.yaml");
    let text = String::from_utf8(std::fs::read(&file).expect("it was kept")).expect("a text");
    std::fs::write(&file, text.replace("title: first", "title: forged")).expect("written");
    run(&place, &sample, async |scene, _| {
        let refused = scene.order(Act::RollBack(Some(first.clone()))).await;
        assert!(matches!(refused, Err(Refused::Changed(_))), "{refused:?}");
    });
}

#[test]
fn a_candidate_gets_its_share_and_its_callers_and_no_more() {
    with_library("candidate", async |scene, _| {
        let active = hash(&scene.lend("1", 1));
        scene.sample.write("next", "next");
        let path = From::Path("next".into());
        let tried = scene.try_out(path, 20, &["+971501234567"]).await.expect("a good bundle");
        assert_ne!(active, tried);
        let lot = |call| hash(&scene.lend("0400", call));
        let share = (0..2_000).filter(|call| lot(*call) == tried).count();
        assert!((320..480).contains(&share), "{share} of 2000");
        assert!((0..50).all(|call| lot(call) == lot(call)), "the lot is the call's own");
        assert!((0..50).all(|call| hash(&scene.lend("971501234567", call)) == tried));
        scene.order(Act::Withdraw).await.expect("there is one");
        assert!((0..50).all(|call| hash(&scene.lend("+971501234567", call)) == active));
        let gone = scene.order(Act::Promote).await;
        assert!(matches!(gone, Err(Refused::NoCandidate)), "{gone:?}");
    });
}

#[test]
fn a_promoted_candidate_serves_everybody_and_can_be_rolled_back() {
    with_library("promoted", async |scene, _| {
        let before = hash(&scene.lend("1", 1));
        scene.sample.write("next", "next");
        let tried = scene.try_out(From::Path("next".into()), 0, &[]).await.expect("good");
        assert_eq!(hash(&scene.lend("1", 1)), before);
        assert_eq!(scene.order(Act::Promote).await.expect("there is one"), tried);
        assert_eq!(hash(&scene.lend("1", 1)), tried);
        assert!(scene.parts.shelf.standing().candidate.is_none());
        assert_eq!(scene.order(Act::RollBack(None)).await.expect("there is one"), before);
    });
}

#[test]
fn a_candidate_that_served_nobody_else_is_nothing_to_roll_back_to() {
    with_library("never-served", async |scene, _| {
        scene.sample.write("next", "next");
        scene.try_out(From::Path("next".into()), 50, &[]).await.expect("good");
        let refused = scene.order(Act::RollBack(None)).await;
        assert!(matches!(refused, Err(Refused::NothingBefore)), "{refused:?}");
    });
}

#[test]
fn only_folders_beside_the_bundle_can_be_tried() {
    with_library("elsewhere", async |scene, _| {
        for path in ["/etc", "..", "bundle/flows", "nowhere", "../../etc", "."] {
            let refused = scene.try_out(From::Path(path.into()), 0, &[]).await;
            assert!(matches!(refused, Err(Refused::Elsewhere(_))), "{path}: {refused:?}");
        }
    });
}

#[test]
fn the_last_versions_are_kept_and_older_ones_are_not() {
    with_library("kept", async |scene, _| {
        let pinned = scene.lend("1", 1);
        let mut hashes = vec![hash(&pinned)];
        for index in 0..BUNDLES_KEPT + 1 {
            hashes.push(scene.load(&format!("version {index}")).await);
        }
        let has = |hash: &String| scene.parts.vault.has(hash);
        let kept: Vec<bool> = hashes.iter().map(has).collect();
        assert_eq!(kept.iter().filter(|kept| **kept).count(), BUNDLES_KEPT);
        assert!(kept.ends_with(&[true; BUNDLES_KEPT]), "{kept:?}");
        let listed = scene.versions();
        assert_eq!(listed.len(), BUNDLES_KEPT + 1, "and the one with a call on it");
        assert_eq!(listed.last(), Some(&(hashes[0].clone(), State::Retired, 1)));
    });
}

#[test]
fn the_tests_of_a_version_are_played_when_it_serves() {
    with_library("trial", async |scene, _| {
        let played = |scene: &Scene<'_>| {
            let standing = scene.parts.shelf.standing();
            standing.version("active").map(|version| version.trial.clone())
        };
        scene.until(|scene| matches!(played(scene), Some(Trial::Played(_)))).await;
        let Some(Trial::Played(report)) = played(&scene) else { panic!("it was played") };
        assert!(report.is_good(), "{}", report.to_text());
        assert_eq!(report.verdicts.len(), 1);
    });
}
