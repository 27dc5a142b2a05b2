//! An agent, as the store knows her.

use std::collections::BTreeMap;

use crate::base::id::{AgentId, SkillId};
use crate::base::limit::{AGENT_NAME_MAX, ID_CHARACTERS_MAX};
use crate::routing::Level;
use crate::shell::store::fault::StoreFault;

/// What an agent may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Her own calls, with masked numbers.
    Agent,
    /// All calls, with full numbers.
    Supervisor,
}

impl Role {
    /// The role's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Agent, Self::Supervisor].into_iter().find(|role| role.as_str() == text)
    }
}

/// Someone who takes calls, or watches over those who do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Her login name.
    pub id: AgentId,
    /// Her name, as callers and colleagues read it.
    pub name: String,
    /// What she can do.
    pub skills: BTreeMap<SkillId, Level>,
    /// Where she is rung: `webrtc`, or a `sip:` address.
    pub leg: String,
    /// What she may see.
    pub role: Role,
    /// Whether she is on duty as soon as the engine starts; for desk phones, which cannot log in.
    pub is_on_duty: bool,
}

impl Agent {
    /// Whether she can be stored.
    ///
    /// # Errors
    ///
    /// The first thing about her that cannot.
    pub fn check(&self) -> Result<(), StoreFault> {
        let fault = |wanted, found: &str| Err(StoreFault::Agent { wanted, found: found.into() });
        let id = self.id.as_str();
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-@".contains(letter);
        if id.is_empty() || id.len() > ID_CHARACTERS_MAX || !id.chars().all(is_plain) {
            return fault("a login name of letters, digits, `.`, `_`, `-` and `@`", id);
        }
        if self.name.trim().is_empty() || self.name.chars().count() > AGENT_NAME_MAX {
            return fault("a name that is not empty and not too long", &self.name);
        }
        let is_address = self.leg.strip_prefix("sip:").is_some_and(|address| {
            !address.is_empty() && !address.contains(|letter: char| letter.is_whitespace())
        });
        if self.leg != "webrtc" && !is_address {
            return fault("`webrtc` or an address such as `sip:4001@10.0.0.5`", &self.leg);
        }
        Ok(())
    }
}
