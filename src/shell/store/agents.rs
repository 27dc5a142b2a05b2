//! The agents: who there is, and whether it is she.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::base::id::AgentId;
use crate::shell::store::agent::{Agent, Role};
use crate::shell::store::fault::StoreFault;
use crate::shell::store::open::Store;
use crate::shell::store::password;

impl Store {
    /// Every agent, by login name.
    ///
    /// # Errors
    ///
    /// When the database fails or holds an agent that cannot be read.
    pub async fn agents(&self) -> Result<Vec<Agent>, StoreFault> {
        let rows =
            sqlx::query("SELECT id, name, skills, leg, role, is_on_duty FROM agents ORDER BY id")
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(read).collect()
    }

    /// One agent.
    ///
    /// # Errors
    ///
    /// When the database fails or the agent cannot be read.
    pub async fn agent(&self, id: &AgentId) -> Result<Option<Agent>, StoreFault> {
        let row =
            sqlx::query("SELECT id, name, skills, leg, role, is_on_duty FROM agents WHERE id = ?")
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        row.as_ref().map(read).transpose()
    }

    /// Adds an agent, without a password: she cannot log in yet.
    ///
    /// # Errors
    ///
    /// When there is one of that login name, or she cannot be stored as she is.
    pub async fn add_agent(&self, agent: &Agent) -> Result<(), StoreFault> {
        agent.check()?;
        let skills: BTreeMap<&str, u8> =
            agent.skills.iter().map(|(skill, level)| (skill.as_str(), level.get())).collect();
        let skills = serde_json::to_string(&skills).expect("names and numbers can be written");
        let added = sqlx::query(
            "INSERT INTO agents (id, name, skills, leg, role, is_on_duty)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        )
        .bind(agent.id.as_str())
        .bind(&agent.name)
        .bind(skills)
        .bind(&agent.leg)
        .bind(agent.role.as_str())
        .bind(agent.is_on_duty)
        .execute(&self.pool)
        .await?;
        match added.rows_affected() {
            0 => Err(StoreFault::AgentExists(agent.id.clone())),
            _ => Ok(()),
        }
    }

    /// Removes an agent. Her calls stay.
    ///
    /// # Errors
    ///
    /// When there is none of that login name.
    pub async fn remove_agent(&self, id: &AgentId) -> Result<(), StoreFault> {
        let removed = sqlx::query("DELETE FROM agents WHERE id = ?")
            .bind(id.as_str())
            .execute(&self.pool)
            .await?;
        found(id, removed.rows_affected())
    }

    /// Sets an agent's password.
    ///
    /// # Errors
    ///
    /// When there is no such agent, or the password is too short or too long.
    pub async fn set_password(&self, id: &AgentId, password: &str) -> Result<(), StoreFault> {
        let password = password.to_owned();
        let hash = self.busy(move || password::hash(&password)).await??;
        let set = sqlx::query("UPDATE agents SET password_hash = ? WHERE id = ?")
            .bind(hash)
            .bind(id.as_str())
            .execute(&self.pool)
            .await?;
        found(id, set.rows_affected())
    }

    /// Whether the password is hers. For an agent that is not there the answer takes as long.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn verify_password(&self, id: &AgentId, password: &str) -> Result<bool, StoreFault> {
        let hash: Option<Option<String>> =
            sqlx::query_scalar("SELECT password_hash FROM agents WHERE id = ?")
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        let (password, hash) = (password.to_owned(), hash.flatten());
        self.busy(move || password::verify(&password, hash.as_deref())).await
    }

    /// Does what keeps a processor busy away from the tasks that carry calls, a few at once.
    async fn busy<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StoreFault> {
        let _permit =
            self.checks.acquire().await.map_err(|why| StoreFault::Hash(why.to_string()))?;
        tokio::task::spawn_blocking(work).await.map_err(|why| StoreFault::Hash(why.to_string()))
    }
}

fn found(id: &AgentId, rows: u64) -> Result<(), StoreFault> {
    if rows == 0 { Err(StoreFault::NoSuchAgent(id.clone())) } else { Ok(()) }
}

fn read(row: &SqliteRow) -> Result<Agent, StoreFault> {
    let id: String = row.try_get("id")?;
    let unreadable = |why: String| StoreFault::Unreadable { place: format!("agent `{id}`"), why };
    let skills: String = row.try_get("skills")?;
    let role: String = row.try_get("role")?;
    Ok(Agent {
        name: row.try_get("name")?,
        skills: serde_json::from_str(&skills).map_err(|why| unreadable(why.to_string()))?,
        leg: row.try_get("leg")?,
        role: Role::parse(&role).ok_or_else(|| unreadable(format!("role `{role}`")))?,
        is_on_duty: row.try_get("is_on_duty")?,
        id: id.as_str().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::store::trial::{Place, maryam, within};

    #[test]
    fn an_agent_comes_logs_in_and_goes() {
        within(async {
            let place = Place::new("agents");
            let (store, _writer) = place.open().await;
            let id = maryam().id;
            let phone = Agent {
                id: "front.desk".into(),
                leg: "sip:4001@10.0.0.5".into(),
                role: Role::Supervisor,
                is_on_duty: true,
                ..maryam()
            };
            store.add_agent(&maryam()).await.expect("new");
            store.add_agent(&phone).await.expect("new");
            let twice = store.add_agent(&maryam()).await;
            assert!(matches!(twice, Err(StoreFault::AgentExists(_))));
            assert_eq!(store.agents().await.expect("two"), [phone, maryam()]);
            assert!(!store.verify_password(&id, "").await.expect("no password yet"));
            store.set_password(&id, "correct horse").await.expect("long enough");
            assert!(store.verify_password(&id, "correct horse").await.expect("a good disk"));
            assert!(!store.verify_password(&id, "wrong horse").await.expect("a good disk"));
            store.remove_agent(&id).await.expect("she is there");
            assert!(!store.verify_password(&id, "correct horse").await.expect("a good disk"));
            let again = store.remove_agent(&id).await;
            assert!(matches!(again, Err(StoreFault::NoSuchAgent(_))));
        });
    }

    #[test]
    fn an_agent_who_cannot_be_rung_is_refused() {
        for leg in ["", "sip:", "sip:a b", "tel:800"] {
            let agent = Agent { leg: leg.into(), ..maryam() };
            assert!(matches!(agent.check(), Err(StoreFault::Agent { .. })), "{leg}");
        }
        assert!(Agent { id: "a b".into(), ..maryam() }.check().is_err());
        assert!(maryam().check().is_ok());
    }
}
