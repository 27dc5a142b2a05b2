//! The words of the command line that plan: how many agents, and how a day would go.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::flow::{span_of_day, span_of_time};

#[derive(Debug, Args)]
pub(in crate::app) struct Staffing {
    /// The calls of each interval, such as `40,65,90`.
    #[arg(long, value_delimiter = ',', required = true, value_name = "CALLS")]
    pub(in crate::app) calls: Vec<u32>,
    /// How long a call occupies an agent in the mean, after-call work included, such as `240s`.
    #[arg(long, value_parser = span, value_name = "SPAN")]
    pub(in crate::app) handling: Duration,
    /// How long callers wait before they hang up, in the mean; for ever when not given.
    #[arg(long, value_parser = span, value_name = "SPAN")]
    pub(in crate::app) patience: Option<Duration>,
    /// Answered within this is answered in time.
    #[arg(long, value_parser = span, default_value = "20s", value_name = "SPAN")]
    pub(in crate::app) within: Duration,
    /// The percentage of callers to be answered in time.
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u8).range(1..=99))]
    pub(in crate::app) share: u8,
    /// How long an interval is.
    #[arg(long, value_parser = span, default_value = "30m", value_name = "SPAN")]
    pub(in crate::app) interval: Duration,
    /// When the first interval begins.
    #[arg(long, value_parser = minute_of_day, default_value = "08:00", value_name = "TIME")]
    pub(in crate::app) from: u16,
    /// The percentage of their time that agents may be busy at most.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(in crate::app) occupancy: u8,
    /// The percentage of paid time that agents are not there: breaks, training, leave.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=90))]
    pub(in crate::app) shrinkage: u8,
    /// For people, or for spreadsheets.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub(in crate::app) format: PlanFormat,
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::app) enum PlanFormat {
    /// A table for people.
    Text,
    /// Comma-separated values.
    Csv,
}

#[derive(Debug, Args)]
pub(in crate::app) struct SimulateShift {
    /// The file of the day.
    #[arg(value_name = "FILE")]
    pub(in crate::app) path: PathBuf,
    /// How often the day is played, each time with other callers.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(in crate::app) days: u16,
    /// Where chance begins: the same seed draws the same callers, whoever answers them.
    #[arg(long, default_value_t = 1)]
    pub(in crate::app) seed: u64,
    /// For people, for spreadsheets, or for browsers.
    #[arg(long, value_enum, default_value_t = ShiftFormat::Text)]
    pub(in crate::app) format: ShiftFormat,
}

/// How a played day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::app) enum ShiftFormat {
    /// Tables for people, and the bottleneck.
    Text,
    /// Comma-separated values.
    Csv,
    /// A chart.
    Svg,
}

fn span(text: &str) -> Result<Duration, String> {
    let span = span_of_time(text).filter(|span| !span.is_zero());
    span.ok_or_else(|| "wanted a span of time such as 20s, 2m or 1h".to_owned())
}

fn minute_of_day(text: &str) -> Result<u16, String> {
    let hours = span_of_day(&format!("{text}-24:00"));
    hours.map(|hours| hours.from).ok_or_else(|| "wanted a time of day such as 08:00".to_owned())
}
