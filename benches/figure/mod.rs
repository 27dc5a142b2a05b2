//! Figures: what was measured, told in one line each.
#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

/// Prints one figure; `aim` is `-` when there is none.
pub(crate) fn tell(name: &str, value: f64, unit: &str, aim: &str) {
    let places = if value.fract() == 0.0 || value >= 1_000.0 { 0 } else { 2 };
    println!("{name} {value:.places$} {unit} {aim}");
}

/// A count as a figure.
pub(crate) fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
