//! The routing machine, played on a virtual clock, does what queueing theory says it must.
//!
//! One line of equal agents is Erlang C; with callers who lose patience it is Erlang A; with
//! classes it is Cobham's line of priorities. `make soak` plays a longer grid.

#![expect(clippy::print_stdout, reason = "the soak shows what theory says and what was seen")]

#[path = "theory/mod.rs"]
mod theory;

/// Calls in one batch. Ten of them make an interval.
const BATCH: u32 = 250;
/// And in a batch of the soak.
const LONG_BATCH: u32 = 20_000;

#[test]
fn a_line_of_patient_callers_is_erlang_c() {
    theory::agree(&theory::patient(), BATCH, 1);
}

#[test]
fn a_line_of_impatient_callers_is_erlang_a() {
    theory::agree(&theory::impatient(), BATCH, 2);
}

#[test]
fn classes_wait_as_cobham_says() {
    theory::agree(&theory::classes(), 4 * BATCH, 3);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test is told whether there is time")]
fn long_lines_agree_with_theory() {
    if std::env::var("SOAK").is_err() {
        println!("SOAK=1 plays long lines; `make soak` does");
        return;
    }
    for points in [theory::patient(), theory::impatient(), theory::classes(), theory::heavy()] {
        println!("{}", theory::agree(&points, LONG_BATCH, 4));
    }
}
