//! How a command finds a running engine, and says who asks.

use std::io::BufRead;

use anyhow::{Context, Result};

use crate::app::command::Asking;
use crate::app::config::Config;
use crate::base::limit::TOKEN_FILE_BYTES_MAX;
use crate::shell::remote::Remote;

/// The engine, asked by whom the command line names.
pub(super) async fn engine(line: &Asking) -> Result<Remote> {
    let engine = Remote::new(&address(line)?)?;
    match (&line.user, &line.token) {
        (Some(user), _) => Ok(engine.log_in(user, &password()?).await?),
        (None, Some(file)) => {
            let token = std::fs::read(file);
            let token = token.with_context(|| format!("cannot read {}", file.display()))?;
            Ok(engine.with_token(token_of(&token)?))
        }
        (None, None) => anyhow::bail!("wanted `--user` or `--token`, found neither"),
    }
}

/// Ends what a log-in began.
pub(super) async fn leave(line: &Asking, engine: Remote) {
    if line.user.is_some() {
        engine.log_out().await;
    }
}

/// Where the engine's pages are: as said, or as the configuration has it.
fn address(line: &Asking) -> Result<String> {
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
