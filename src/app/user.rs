//! `hatif user`: the people who work at the desks.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::app::command::{NewUser, User, UserOrder};
use crate::app::config::Config;
use crate::base::id::{AgentId, SkillId};
use crate::routing::Level;
use crate::shell::store::{Agent, Role, Store};
use crate::telemetry::Meter;

pub(super) fn main(line: &User) -> ExitCode {
    let done = crate::app::configured(line.config.as_deref()).and_then(|config| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(obey(&config, &line.order))
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            crate::app::say_fault(&fault);
            ExitCode::FAILURE
        }
    }
}

async fn obey(config: &Config, order: &UserOrder) -> Result<()> {
    let (store, writer) = Store::open(&config.store.url, Arc::new(Meter::new())).await?;
    let writer = crate::shell::tasks::spawn("store", writer.run());
    match order {
        UserOrder::Add(new) => add(&store, new).await?,
        UserOrder::List => {
            for agent in store.agents().await? {
                let skills: Vec<String> = agent
                    .skills
                    .iter()
                    .map(|(id, level)| format!("{id}={}", level.get()))
                    .collect();
                let (id, name, leg, role) = (agent.id, agent.name, agent.leg, agent.role.as_str());
                crate::app::say(&format!("{id}\t{name}\t{role}\t{leg}\t{}", skills.join(",")));
            }
        }
        UserOrder::Remove { id } => store.remove_agent(&AgentId::from(id.as_str())).await?,
    }
    store.close().await?;
    writer.await.context("the store's writer ended by a panic")
}

async fn add(store: &Store, new: &NewUser) -> Result<()> {
    let agent = Agent {
        id: AgentId::from(new.id.as_str()),
        name: new.name.clone().unwrap_or_else(|| new.id.clone()),
        skills: skills(&new.skills)?,
        leg: new.sip.clone().unwrap_or_else(|| "webrtc".to_owned()),
        role: if new.may.supervisor { Role::Supervisor } else { Role::Agent },
        is_on_duty: new.may.on_duty,
    };
    let password = if new.may.no_password { None } else { Some(password()?) };
    put(store, &agent).await?;
    if let Some(password) = password {
        store.set_password(&agent.id, &password).await?;
    }
    Ok(())
}

/// Puts a person into the store, in the place of one of that name.
pub(super) async fn put(store: &Store, agent: &Agent) -> Result<()> {
    if store.agent(&agent.id).await?.is_some() {
        store.remove_agent(&agent.id).await?;
    }
    Ok(store.add_agent(agent).await?)
}

fn password() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("no password on standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.chars().count() < crate::base::limit::PASSWORD_CHARACTERS_MIN {
        bail!("a password has at least {} characters", crate::base::limit::PASSWORD_CHARACTERS_MIN);
    }
    Ok(password.to_owned())
}

/// Reads `lang.ar=5,entity.police=3`.
pub(super) fn skills(text: &str) -> Result<BTreeMap<SkillId, Level>> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    let skill = |item: &str| {
        let (name, level) = item.split_once('=').unwrap_or((item, "5"));
        let level = level.trim().parse().ok().and_then(Level::new);
        let level = level.with_context(|| format!("`{item}`: a level is one of 1 to 5"))?;
        Ok((SkillId::from(name.trim()), level))
    };
    items.map(skill).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skills_are_names_with_levels() {
        let read = skills("lang.ar=5, entity.police=3,topic.complaint").expect("skills");
        let read: Vec<(String, u8)> =
            read.into_iter().map(|(id, level)| (id.to_string(), level.get())).collect();
        let wanted = [("entity.police", 3), ("lang.ar", 5), ("topic.complaint", 5)];
        assert_eq!(read, wanted.map(|(id, level)| (id.to_owned(), level)));
        assert!(skills("lang.ar=6").is_err() && skills("lang.ar=x").is_err());
    }
}
