//! The demonstration: two agents for this run, and what a newcomer does next.

use std::net::SocketAddr;

use anyhow::{Context, Result};

use crate::app::user::skills;
use crate::base::id::{AgentId, SkillId};
use crate::flow::Bundle;
use crate::routing::Level;
use crate::shell::store::{Agent, Role, Store};

/// A demonstration agent: login name, name, languages, and how many of the entities she serves.
const AGENTS: [(&str, &str, &str, usize); 2] = [
    ("maryam", "Maryam — مريم", "lang.ar=5,lang.en=4,topic.complaint=4", 14),
    ("omar", "Omar — عمر", "lang.ar=4,lang.en=5,lang.ur=4,lang.hi=4,topic.complaint=3", 15),
];

/// Puts the demonstration agents into the store, with passwords made for this run.
pub(super) async fn employ(store: &Store, bundle: &Bundle) -> Result<Vec<(String, String)>> {
    let mut made = Vec::new();
    for (id, name, languages, entities) in AGENTS {
        let mut skills = skills(languages)?;
        let level = Level::new(4).context("4 is a level")?;
        for entity in bundle.entities.keys().take(entities) {
            skills.insert(SkillId::from(format!("entity.{entity}").as_str()), level);
        }
        let id = AgentId::from(id);
        let leg = "webrtc".to_owned();
        let role = Role::Agent;
        let agent = Agent { id, name: name.to_owned(), skills, leg, role, is_on_duty: false };
        let password = password()?;
        super::user::put(store, &agent).await?;
        store.set_password(&agent.id, &password).await?;
        made.push((agent.id.to_string(), password));
    }
    Ok(made)
}

/// Twelve letters that are easy to type.
fn password() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";
    let mut bytes = [0; 12];
    super::system::random(&mut bytes)?;
    let letter = |byte: u8| LETTERS.get(usize::from(byte % 32)).map_or('a', |of| char::from(*of));
    Ok(bytes.into_iter().map(letter).collect())
}

/// What to do next, in a few lines.
pub(super) fn say(
    web: SocketAddr,
    sip: &[SocketAddr],
    bundle: &Bundle,
    agents: &[(String, String)],
) {
    let number = bundle.numbers.keys().next().map_or("800", String::as_str);
    let sip = sip.first().map(|address| format!("sip:{number}@{address}")).unwrap_or_default();
    let mut lines = vec![
        String::new(),
        format!("  Hatif answers {number}."),
        format!("  Call from a browser   http://localhost:{}/call", web.port()),
        format!("  Call from a phone     {sip}"),
        format!("  Take calls            http://localhost:{}/desk", web.port()),
    ];
    for (id, password) in agents {
        lines.push(format!("      agent {id:<8}    password {password}"));
    }
    lines.push(String::from("  Ctrl-C ends it."));
    lines.push(String::new());
    crate::app::say(&lines.join("\n"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::model::Language;

    #[test]
    fn every_language_is_spoken_by_one_of_the_agents() {
        for language in Language::ALL {
            let skill = SkillId::from(format!("lang.{language}").as_str());
            let spoken = AGENTS.iter().any(|(_, _, languages, _)| {
                skills(languages).expect("skills").get(&skill).is_some_and(|level| level.get() >= 4)
            });
            assert!(spoken, "{skill}");
        }
    }
}
