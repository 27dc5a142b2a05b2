//! `hatif bundle`: which version of the bundle a running engine serves, seen and changed.

mod shown;

use std::io::BufRead;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::app::command::{Candidate, Format, Versions, VersionsOrder};
use crate::app::config::Config;
use crate::base::limit::TOKEN_FILE_BYTES_MAX;
use crate::shell::remote::{Remote, RemoteFault};

/// The exit status when the engine refuses.
const REFUSED: u8 = 1;
/// The exit status when no engine answers, or the command line is off.
const WRONG_CALL: u8 = 2;

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
    let engine = Remote::new(&address(line)?)?;
    let engine = match (&line.user, &line.token) {
        (Some(user), _) => engine.log_in(user, &password()?).await?,
        (None, Some(file)) => {
            let token = std::fs::read(file);
            let token = token.with_context(|| format!("cannot read {}", file.display()))?;
            engine.with_token(token_of(&token)?)
        }
        (None, None) => anyhow::bail!("wanted `--user` or `--token`, found neither"),
    };
    let told = carry_out(&engine, &line.order).await;
    if line.user.is_some() {
        engine.log_out().await;
    }
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

/// Where the engine's pages are: as said, or as the configuration has it.
fn address(line: &Versions) -> Result<String> {
    if let Some(address) = &line.engine {
        return Ok(address.clone());
    }
    let Config { web, .. } = crate::app::configured(line.config.as_deref())?;
    let mut bind = web.bind;
    if bind.ip().is_unspecified() {
        bind.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    Ok(format!("http://{bind}"))
}

fn password() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("no password on standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn token_of(bytes: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(bytes).ok().map(str::trim);
    let is_token = |text: &&str| {
        !text.is_empty()
            && text.len() <= TOKEN_FILE_BYTES_MAX
            && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let token = text.filter(is_token).context("wanted a file with one token, found another")?;
    Ok(token.to_owned())
}
