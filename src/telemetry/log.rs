//! Where log lines go, and the span that every line of a call carries.

use std::io;

use tracing::Span;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::base::id::CallId;

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum LogFault {
    /// The level cannot be read.
    #[error("wanted a log level such as `info` or `info,hatif::sip=debug`, found `{level}`: {why}")]
    Level {
        /// What was found.
        level: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is a log already.
    #[error("the log was started twice")]
    Twice,
}

/// Sends this process's log lines to standard error.
///
/// # Errors
///
/// When `level` is not a list of levels, or a log was started before.
pub fn start(level: &str, format: Format) -> Result<(), LogFault> {
    subscriber(level, format, io::stderr)?.try_init().map_err(|_| LogFault::Twice)
}

/// Whether `level` can be read.
///
/// # Errors
///
/// When it cannot.
pub fn check(level: &str) -> Result<(), LogFault> {
    filter(level).map(drop)
}

/// The span that every log line of a call carries.
#[must_use]
pub fn call_span(call: CallId) -> Span {
    tracing::error_span!("call", call = %call)
}

fn filter(level: &str) -> Result<EnvFilter, LogFault> {
    EnvFilter::builder()
        .parse(level)
        .map_err(|why| LogFault::Level { level: level.into(), why: why.to_string() })
}

fn subscriber<W>(
    level: &str,
    format: Format,
    writer: W,
) -> Result<Box<dyn tracing::Subscriber + Send + Sync>, LogFault>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt().with_env_filter(filter(level)?).with_writer(writer);
    Ok(match format {
        Format::Text => Box::new(lines.finish()),
        Format::Json => Box::new(lines.json().flatten_event(true).with_span_list(false).finish()),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::base::chance::Rng;
    use crate::base::time::Wall;

    /// A page that keeps what is written on it.
    #[derive(Clone)]
    struct Page(mpsc::Sender<Vec<u8>>);

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lines(level: &str, format: Format, write: impl FnOnce()) -> String {
        let (page, read) = mpsc::channel();
        let page = Page(page);
        let subscriber = subscriber(level, format, move || page.clone()).expect("a level");
        tracing::subscriber::with_default(subscriber, write);
        String::from_utf8(read.try_iter().flatten().collect()).expect("text")
    }

    #[test]
    fn a_line_of_a_call_names_its_call() {
        let call = CallId::new(Wall(1), &mut Rng::seeded(1));
        let write = || call_span(call).in_scope(|| tracing::info!(queue = "care", "waits"));
        let text = lines("info", Format::Text, write);
        assert!(text.contains(&call.to_string()), "{text}");
        let json = lines("info", Format::Json, write);
        let line: serde_json::Value = serde_json::from_str(&json).expect("one object");
        assert_eq!(line["span"]["call"], call.to_string());
        assert_eq!(line["queue"], "care");
    }

    #[test]
    fn a_level_that_cannot_be_read_is_refused() {
        assert!(check("info,hatif::sip=debug").is_ok());
        assert!(matches!(check("hatif=loud"), Err(LogFault::Level { .. })));
    }

    #[test]
    fn lines_below_the_level_are_not_written() {
        assert_eq!(lines("warn", Format::Text, || tracing::info!("quiet")), "");
    }
}
