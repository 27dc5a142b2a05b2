//! A grid of lines, each played for ten batches of calls, and what theory says of each.
#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a test that looks in the wrong place fails, as it should"
)]

use std::time::Duration;

use hatif::base::id::{AgentId, EntityId, QueueId};
use hatif::routing::plan::{Arrivals, Call, Day, Ended, Inflow, Load, Presence, outlook, play};
use hatif::routing::{Class, Need, Profile, Terms};

const BATCHES: usize = 10;
/// Student's t for ten batches: 99 of 100 means lie within as many standard errors.
const T_99: f64 = 3.250;
/// Calls are in time within this.
const WITHIN: Duration = Duration::from_secs(20);
/// Who gives up within this does not count.
const EARLY: Duration = Duration::from_secs(5);
const HANDLING: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(86_400 * 30);

/// One line: so many agents, so much load, and how long callers wait compared to the handling.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    agents: u32,
    /// Load ÷ agents.
    load: f64,
    patience: Option<f64>,
    /// The share of the calls that each class has.
    classes: Vec<f64>,
}

/// Lines in which everybody waits until he is served.
pub(crate) fn patient() -> Vec<Point> {
    let point = |(agents, load)| Point { agents, load, patience: None, classes: vec![1.0] };
    [(1, 0.5), (1, 0.7), (2, 0.75), (4, 0.6), (5, 0.8), (10, 0.7), (10, 0.8), (25, 0.8)]
        .map(point)
        .to_vec()
}

/// Lines in which callers give up.
pub(crate) fn impatient() -> Vec<Point> {
    let point = |(agents, load, patience)| Point {
        agents,
        load,
        patience: Some(patience),
        classes: vec![1.0],
    };
    [
        (1, 0.8, 1.0),
        (2, 1.0, 0.5),
        (5, 0.9, 2.0),
        (10, 0.8, 0.5),
        (10, 1.0, 1.0),
        (10, 1.3, 0.7),
        (25, 0.95, 0.4),
        (25, 1.1, 1.5),
        (50, 1.0, 0.8),
    ]
    .map(point)
    .to_vec()
}

/// Lines with classes.
pub(crate) fn classes() -> Vec<Point> {
    let point = |(agents, load, classes): (u32, f64, &[f64])| Point {
        agents,
        load,
        patience: None,
        classes: classes.to_vec(),
    };
    let points: [(u32, f64, &[f64]); 2] = [(1, 0.7, &[0.3, 0.7]), (5, 0.8, &[0.1, 0.2, 0.5, 0.2])];
    points.map(point).to_vec()
}

/// Lines that forget slowly, for long batches.
pub(crate) fn heavy() -> Vec<Point> {
    let one = |(agents, load, patience)| Point { agents, load, patience, classes: vec![1.0] };
    let mut points = [
        (1, 0.9, None),
        (10, 0.92, None),
        (40, 0.9, None),
        (100, 0.95, None),
        (100, 1.0, Some(0.5)),
        (100, 1.2, Some(2.0)),
    ]
    .map(one)
    .to_vec();
    points.push(Point { agents: 12, load: 0.9, patience: None, classes: vec![0.1, 0.3, 0.4, 0.2] });
    points
}

/// One figure: what theory says, and what was seen.
#[derive(Debug)]
struct Figure {
    name: String,
    theory: f64,
    mean: f64,
    /// Half of the 99 % interval.
    half: f64,
}

impl Figure {
    /// How many halves of the interval lie between theory and what was seen.
    fn off(&self) -> f64 {
        // What never happens has no spread; a millionth is as good as never.
        (self.mean - self.theory).abs() / self.half.max(1e-6)
    }
}

/// Plays every point, `batch` calls in each batch, and holds what was seen against theory.
///
/// One figure of a hundred may lie outside its 99 % interval; so many as chance would let lie
/// outside once in a thousand grids are too many, and so is one that lies far outside.
///
/// # Panics
///
/// When machine and theory do not agree.
pub(crate) fn agree(points: &[Point], batch: u32, seed: u64) -> String {
    let mut table = String::new();
    let mut figures = Vec::new();
    for (number, point) in points.iter().enumerate() {
        for figure in seen(point, batch, seed * 1_000 + number as u64) {
            let Figure { name, theory, mean, half } = &figure;
            table += &format!(
                "{:>3} agents, load {:.2}, patience {:<9} {name:<22} theory {theory:>9.4} \
                 seen {mean:>9.4} ± {half:.4}\n",
                point.agents,
                point.load,
                format!("{:?}", point.patience),
            );
            figures.push(figure);
        }
    }
    let outside: Vec<&Figure> = figures.iter().filter(|figure| 1.0 < figure.off()).collect();
    let most = outside_at_most(figures.len());
    assert!(
        outside.len() <= most,
        "{table}\n{} outside, at most {most}: {outside:?}",
        outside.len()
    );
    assert!(outside.iter().all(|figure| figure.off() < 2.0), "{table}\nfar off: {outside:?}");
    table
}

/// The number of misses that is passed less than once in a thousand times, at one in a hundred.
fn outside_at_most(figures: usize) -> usize {
    let miss: f64 = 0.01;
    let mut exactly = (1.0 - miss).powi(figures as i32);
    let mut at_most = exactly;
    let mut count = 0;
    while at_most < 0.999 {
        count += 1;
        exactly *= (figures + 1 - count) as f64 / count as f64 * miss / (1.0 - miss);
        at_most += exactly;
    }
    count
}

fn seen(point: &Point, batch: u32, seed: u64) -> Vec<Figure> {
    // As many calls as ten batches need, one to forget the empty house, and some to spare.
    let calls = f64::from(batch) * (BATCHES as f64 + 2.0);
    let day = day(point, calls);
    let calls = play(&day, seed).calls;
    let counted = &calls[batch as usize..];
    let batches: Vec<&[Call]> = counted.chunks_exact(batch as usize).take(BATCHES).collect();
    assert_eq!(batches.len(), BATCHES, "as many calls came as were asked for");
    if 1 < point.classes.len() { of_classes(point, &batches) } else { of_one(point, &batches) }
}

fn of_one(point: &Point, batches: &[&[Call]]) -> Vec<Figure> {
    let load = Load { rate: rate(point), handling: HANDLING, patience: patience(point) };
    let theory = outlook(&load, point.agents, WITHIN, EARLY).expect("the line is stable");
    let share = |name: &str, theory: f64, holds: &dyn Fn(&Call) -> bool| {
        figure(name, theory, batches, &|calls| {
            Some(calls.iter().filter(|call| holds(call)).count() as f64 / calls.len() as f64)
        })
    };
    let answered = |call: &Call| call.ended == Ended::Answered;
    let gave_up = |call: &Call| call.ended == Ended::Abandoned;
    let mut figures = vec![
        share("waits", theory.waiting, &|call| !call.waited.is_zero()),
        share("answered in time", theory.in_time, &|call| answered(call) && call.waited <= WITHIN),
        figure("mean wait", theory.wait, batches, &mean_wait),
    ];
    if point.patience.is_some() {
        figures.push(share("gives up", theory.abandoned, &gave_up));
        figures.push(share("gives up early", theory.abandoned_early, &|call| {
            gave_up(call) && call.waited <= EARLY
        }));
    }
    figures
}

/// Cobham: what is left of the work in hand, ÷ the shares of time that the classes above leave,
/// without this class and with it.
fn of_classes(point: &Point, batches: &[&[Call]]) -> Vec<Figure> {
    let load = Load { rate: rate(point), handling: HANDLING, patience: None };
    let waiting = outlook(&load, point.agents, WITHIN, EARLY).expect("the line is stable").waiting;
    let rest = waiting * HANDLING.as_secs_f64() / f64::from(point.agents);
    let mut above = 0.0;
    let mut figures = Vec::new();
    for (class, share) in point.classes.iter().enumerate() {
        let with = above + share * point.load;
        let theory = rest / ((1.0 - above) * (1.0 - with));
        figures.push(figure(&format!("mean wait of class {class}"), theory, batches, &|calls| {
            let own: Vec<Call> =
                calls.iter().filter(|call| call.inflow == class).cloned().collect();
            mean_wait(&own)
        }));
        above = with;
    }
    figures
}

fn mean_wait(calls: &[Call]) -> Option<f64> {
    let sum: f64 = calls.iter().map(|call| call.waited.as_secs_f64()).sum();
    (!calls.is_empty()).then(|| sum / calls.len() as f64)
}

fn figure(
    name: &str,
    theory: f64,
    batches: &[&[Call]],
    of: &dyn Fn(&[Call]) -> Option<f64>,
) -> Figure {
    let means: Vec<f64> = batches.iter().filter_map(|batch| of(batch)).collect();
    let count = means.len() as f64;
    let mean = means.iter().sum::<f64>() / count;
    let variance =
        means.iter().map(|each| (each - mean) * (each - mean)).sum::<f64>() / (count - 1.0);
    Figure { name: name.to_owned(), theory, mean, half: T_99 * (variance / count).sqrt() }
}

fn rate(point: &Point) -> f64 {
    point.load * f64::from(point.agents) / HANDLING.as_secs_f64()
}

fn patience(point: &Point) -> Option<Duration> {
    point.patience.map(|share| HANDLING.mul_f64(share))
}

fn day(point: &Point, calls: f64) -> Day {
    let length = Duration::from_secs_f64(calls / rate(point));
    let inflow = |(class, share): (usize, &f64)| Inflow {
        entity: EntityId::from(format!("class-{class}").as_str()),
        queue: QueueId::from("line"),
        class: Class::new(class as u8).expect("one of four classes"),
        need: Need::simple(Terms::default()).expect("a need of nothing"),
        target_wait: WITHIN,
        max_wait: LONG,
        within: WITHIN,
        share: 0.8,
        talk: HANDLING,
        wrap_up: Duration::ZERO,
        patience: patience(point),
        arrivals: vec![Arrivals { from: Duration::ZERO, to: length, calls: calls * share }],
    };
    let presence = |number| Presence {
        agent: AgentId::from(format!("agent-{number}").as_str()),
        profile: Profile::default(),
        shifts: vec![(Duration::ZERO, length + LONG)],
        pickup: Duration::ZERO,
    };
    Day {
        inflows: point.classes.iter().enumerate().map(inflow).collect(),
        agents: (0..point.agents).map(presence).collect(),
        interval: length,
    }
}
