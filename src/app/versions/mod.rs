//! `hatif bundle`: which version of the bundle a running engine serves, seen and changed.

mod shown;

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};

use crate::app::command::{Candidate, Format, Versions, VersionsOrder};
use crate::app::exit::WRONG_CALL;
use crate::app::remote;
use crate::shell::remote::{Remote, RemoteFault};

/// The exit status when the engine refuses.
const REFUSED: u8 = 1;

pub(super) fn main(line: &Versions) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(obey(line)));
    match done {
        Ok(told) => {
            crate::app::say(&told);
            ExitCode::SUCCESS
        }
        Err(fault) => {
            let (status, faults) = match fault.downcast_ref::<RemoteFault>() {
                Some(RemoteFault::Refused(refusal)) => (REFUSED, shown::faults(&refusal.faults)),
                Some(RemoteFault::Address(_) | RemoteFault::Nobody { .. }) | None => {
                    (WRONG_CALL, String::new())
                }
            };
            let said = format!("{fault:#}\n{faults}");
            crate::app::say_fault(&anyhow::anyhow!("{}", said.trim_end()));
            ExitCode::from(status)
        }
    }
}

async fn obey(line: &Versions) -> Result<String> {
    let engine = remote::engine(&line.asking).await?;
    let told = carry_out(&engine, &line.order).await;
    remote::leave(&line.asking, engine).await;
    let told = told?;
    Ok(match line.format {
        Format::Json => serde_json::to_string_pretty(&told)?,
        Format::Text => match &line.order {
            VersionsOrder::List => shown::list(&told),
            VersionsOrder::Show { .. } => shown::version(&told),
            VersionsOrder::History { .. } => shown::history(&told),
            VersionsOrder::Activate { .. }
            | VersionsOrder::Candidate(_)
            | VersionsOrder::Drop
            | VersionsOrder::Rollback { .. } => shown::done(&told),
        },
    })
}

async fn carry_out(engine: &Remote, order: &VersionsOrder) -> Result<Value, RemoteFault> {
    let post =
        async |act: &str, body: Value| engine.post(&format!("/api/v1/bundles/{act}"), &body).await;
    match order {
        VersionsOrder::List => engine.get("/api/v1/bundles").await,
        VersionsOrder::Show { which } => show(engine, which).await,
        VersionsOrder::History { limit } => {
            engine.get(&format!("/api/v1/bundles/history?limit={limit}")).await
        }
        VersionsOrder::Activate { which: None } => post("reload", json!({})).await,
        VersionsOrder::Activate { which: Some(which) } if which == "candidate" => {
            post("promote", json!({})).await
        }
        VersionsOrder::Activate { which } | VersionsOrder::Rollback { which } => {
            post("rollback", json!({ "hash": which })).await
        }
        VersionsOrder::Candidate(wish) => post("candidate", wished(wish)).await,
        VersionsOrder::Drop => post("drop", json!({})).await,
    }
}

fn wished(wish: &Candidate) -> Value {
    let Candidate { folder, kept, share, callers } = wish;
    json!({ "path": folder, "hash": kept, "share": share, "callers": callers })
}

/// A version with what is in it.
async fn show(engine: &Remote, name: &str) -> Result<Value, RemoteFault> {
    let base = format!("/api/v1/bundles/{name}");
    // A name that no version has is told by the first of these.
    let contents = engine.get(&format!("{base}/contents")).await?;
    let library = engine.get("/api/v1/bundles").await?;
    let hash = match name {
        "active" => library.get("active"),
        "candidate" => library.get("candidate").and_then(|candidate| candidate.get("hash")),
        _ => None,
    };
    let start = hash.and_then(Value::as_str).unwrap_or(name).to_owned();
    let versions = library.get("versions").and_then(Value::as_array);
    let is_it = |version: &&Value| shown::text(version, "hash").starts_with(&start);
    let mut version = versions.and_then(|all| all.iter().find(is_it)).cloned().unwrap_or_default();
    if let Some(fields) = version.as_object_mut() {
        let warnings = engine.get(&format!("{base}/warnings")).await?;
        let tests = engine.get(&format!("{base}/tests")).await?;
        fields.insert("contents".to_owned(), contents);
        fields.insert("warnings".to_owned(), warnings);
        fields.insert("tests".to_owned(), tests);
    }
    Ok(version)
}
