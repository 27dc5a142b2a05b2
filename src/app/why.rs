//! `hatif why`: why a caller waited, from the engine that runs or from its store.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};

use crate::app::command::{Format, Why};
use crate::app::config::Config;
use crate::app::exit::WRONG_CALL;
use crate::app::remote;
use crate::base::id::CallId;
use crate::flow::hours::clock;
use crate::flow::{self, Bundle};
use crate::record::why::{Answer, Tongue};
use crate::shell::files;
use crate::shell::remote::RemoteFault;
use crate::shell::store::Store;
use crate::telemetry::Meter;

/// The exit status when nothing is known of the call.
const UNKNOWN: u8 = 1;

pub(super) fn main(line: &Why) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let found = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(found(line)));
    let shown = found.and_then(|answer| match line.format {
        Format::Json => Ok(serde_json::to_string_pretty(&answer)?),
        Format::Text => Ok(shown(&answer)),
    });
    match shown {
        Ok(told) => {
            crate::app::say(&told);
            ExitCode::SUCCESS
        }
        Err(fault) => {
            let refused = matches!(fault.downcast_ref(), Some(RemoteFault::Refused(_)));
            let unknown = fault.downcast_ref::<Unknown>().is_some();
            crate::app::say_fault(&fault);
            ExitCode::from(if refused || unknown { UNKNOWN } else { WRONG_CALL })
        }
    }
}

/// Nothing is known of the call.
#[derive(Debug, thiserror::Error)]
#[error("the store knows no wait of that call")]
struct Unknown;

async fn found(line: &Why) -> Result<Answer> {
    let call = CallId::parse(&line.call).context("wanted the id of a call")?;
    let tongue = Tongue::of(&line.language).context("wanted `en` or `ar` as the language")?;
    // Who does not say who asks may read what the store's file lets him read.
    if line.asking.user.is_none() && line.asking.token.is_none() {
        return from_store(line, call, tongue).await;
    }
    match from_engine(line, call).await {
        Err(fault) if matches!(fault.downcast_ref(), Some(RemoteFault::Nobody { .. })) => {
            crate::app::say_fault(&fault.context("reading the store"));
            from_store(line, call, tongue).await
        }
        answer => answer,
    }
}

async fn from_engine(line: &Why, call: CallId) -> Result<Answer> {
    let engine = remote::engine(&line.asking).await?;
    let path = format!("/api/v1/calls/{call}/why?language={}", line.language);
    let told = engine.get(&path).await;
    remote::leave(&line.asking, engine).await;
    serde_json::from_value(told?).context("wanted the engine's answer, found another")
}

async fn from_store(line: &Why, call: CallId, tongue: Tongue) -> Result<Answer> {
    let config = crate::app::configured(line.asking.config.as_deref())?;
    let (store, writer) = Store::open(&config.store.url, Arc::new(Meter::new())).await?;
    let writer = crate::shell::tasks::spawn("store", writer.run());
    let logs = store.ticket_logs(call).await;
    store.close().await?;
    writer.await.context("the store's writer ended by a panic")?;
    let logs = logs?;
    if logs.is_empty() {
        return Err(Unknown.into());
    }
    let bundle = bundle(&config);
    let zone = bundle.map(|bundle| bundle.zone());
    Ok(Answer::new(call, logs, tongue, |wall| clock(wall, zone.as_ref())))
}

/// The bundle, for its zone; without a good one times are in UTC.
fn bundle(config: &Config) -> Option<Arc<Bundle>> {
    let texts = files::bundle_in(&config.bundle.path).ok()?;
    flow::load(&texts, None).ok()
}

fn shown(answer: &Answer) -> String {
    let mut out = String::new();
    if answer.tickets.is_empty() {
        out += "The call never waited for an agent.\n";
    }
    for (number, ticket) in (1..).zip(&answer.tickets) {
        let standing = if ticket.is_over { "" } else { ", still waiting" };
        let _ = writeln!(out, "wait {number} of {}{standing}", answer.tickets.len());
        for line in &ticket.lines {
            let seconds = line.after_ms / 1_000;
            let after = format!("+{}:{:02}", seconds / 60, seconds % 60);
            let _ = writeln!(out, "  {}  {after:>6}  {}", line.at, line.text);
        }
    }
    out.trim_end().to_owned()
}
