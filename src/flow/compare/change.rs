//! What differs, in sentences.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::flow::compare::fact::{Aspect, Facts, Key};
use crate::flow::compare::{node, place};
use crate::flow::model::{Bundle, Heard, Step};

/// What a change is about. The order is that of a page of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// The bundle as a whole: its numbers, languages and events.
    Bundle,
    /// A flow as a whole.
    Flow,
    /// A node of a flow.
    Node,
    /// Something that is said.
    Prompt,
    /// Something that is written in a message.
    Text,
    /// A term.
    Term,
    /// A unit.
    Unit,
    /// A queue.
    Queue,
    /// A calendar.
    Calendar,
    /// An entity.
    Entity,
    /// A sector.
    Sector,
    /// A skill.
    Skill,
}

impl Area {
    /// A subject as sentences call it.
    fn named(self, subject: &str) -> String {
        match self {
            Self::Bundle => subject.to_owned(),
            Self::Node => format!("`{subject}`"),
            Self::Flow
            | Self::Prompt
            | Self::Text
            | Self::Term
            | Self::Unit
            | Self::Queue
            | Self::Calendar
            | Self::Entity
            | Self::Sector
            | Self::Skill => format!("{} `{subject}`", self.word()),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::Flow => "flow",
            Self::Node => "node",
            Self::Prompt => "prompt",
            Self::Text => "text",
            Self::Term => "term",
            Self::Unit => "unit",
            Self::Queue => "queue",
            Self::Calendar => "calendar",
            Self::Entity => "entity",
            Self::Sector => "sector",
            Self::Skill => "skill",
        }
    }
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it is about.
    pub area: Area,
    /// Which: a node such as `main/service`, or an id.
    pub subject: String,
    /// Which side of it; nothing when it is new or gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
    /// In which language, where words differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<&'static str>,
    /// What it was; nothing when it is new.
    pub was: Option<String>,
    /// What it is; nothing when it is gone.
    pub now: Option<String>,
    /// The change as a sentence.
    pub text: String,
}

/// All that differs between two bundles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// The hash of the one.
    pub old: String,
    /// The hash of the other.
    pub new: String,
    /// What differs, in the order of a page.
    pub changes: Vec<Change>,
}

/// What callers would hear or meet differently.
#[must_use]
pub fn compare(old: &Bundle, new: &Bundle) -> Changes {
    let (before, after) = (facts(old), facts(new));
    let heard = heard_in(new);
    let keys: BTreeSet<&Key> = before.0.keys().chain(after.0.keys()).collect();
    let is_in_both = |key: &Key| {
        let exists = Key { aspect: Aspect::Exists, ..key.clone() };
        before.0.contains_key(&exists) && after.0.contains_key(&exists)
    };
    let changes = keys.into_iter().filter_map(|key| {
        let (was, now) = (before.0.get(key), after.0.get(key));
        // Of what is new or gone, one line is enough.
        let is_told = was != now && (key.aspect == Aspect::Exists || is_in_both(key));
        is_told.then(|| change(key, was, now, &heard))
    });
    let changes = changes.collect();
    Changes { old: old.hash.to_string(), new: new.hash.to_string(), changes }
}

fn facts(bundle: &Bundle) -> Facts {
    let mut facts = Facts::default();
    place::bundle(&mut facts, bundle);
    for flow in &bundle.flows {
        node::flow(&mut facts, bundle, flow);
    }
    facts
}

/// Where each prompt is heard.
fn heard_in(bundle: &Bundle) -> BTreeMap<String, Vec<String>> {
    let mut heard: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for flow in &bundle.flows {
        for node in &flow.nodes {
            let Some(prompt) = main_prompt(&node.step) else { continue };
            heard.entry(prompt.to_owned()).or_default().push(format!("`{}/{}`", flow.id, node.id));
        }
    }
    heard
}

fn main_prompt(step: &Step) -> Option<&str> {
    match step {
        Step::Play(play) => match &play.what {
            Heard::Prompt(spoken) => Some(&spoken.prompt.id),
            Heard::Music(_) => None,
        },
        Step::Menu(menu) => Some(&menu.prompt.prompt.id),
        Step::Collect(collect) => Some(&collect.prompt.prompt.id),
        Step::Voicemail(mail) => Some(&mail.prompt.prompt.id),
        Step::Set(_)
        | Step::Switch(_)
        | Step::Hours(_)
        | Step::Queue(_)
        | Step::LeaveQueue(_)
        | Step::Call(_)
        | Step::Return(_)
        | Step::Tag(_)
        | Step::Say(_)
        | Step::Http(_)
        | Step::Case(_)
        | Step::Message(_)
        | Step::Callback(_)
        | Step::Transfer(_)
        | Step::Record(_)
        | Step::Stream(_)
        | Step::Hangup(_) => None,
    }
}

fn change(
    key: &Key,
    was: Option<&String>,
    now: Option<&String>,
    heard: &BTreeMap<String, Vec<String>>,
) -> Change {
    let (aspect, language) = match &key.aspect {
        Aspect::Exists => (None, None),
        Aspect::Leads(what) => (Some(format!("{what} leads to")), None),
        Aspect::Says(language) => (Some("says".to_owned()), Some(*language)),
        Aspect::Called(what, language) => {
            (Some(format!("{what} is called").trim().to_owned()), Some(*language))
        }
        Aspect::Is(what) => (Some(what.clone()), None),
    };
    Change {
        area: key.area,
        subject: key.subject.clone(),
        aspect,
        language,
        was: was.cloned(),
        now: now.cloned(),
        text: sentence(key, was, now, heard),
    }
}

fn sentence(
    key: &Key,
    was: Option<&String>,
    now: Option<&String>,
    heard: &BTreeMap<String, Vec<String>>,
) -> String {
    let subject = key.area.named(&key.subject);
    let (was, now) = (was.map(String::as_str), now.map(String::as_str));
    match &key.aspect {
        Aspect::Exists => match (was, now) {
            (Some(was), Some(now)) => format!("{subject} was a `{was}`, now a `{now}`"),
            (None, Some(now)) if key.area == Area::Node => format!("{subject} is new, a `{now}`"),
            (None, _) => format!("{subject} is new"),
            (Some(_), None) => format!("{subject} is gone"),
        },
        Aspect::Leads(what) => match (was, now) {
            (Some(was), Some(now)) => format!("in {subject}, {what} led to {was}, now to {now}"),
            (Some(was), None) => format!("in {subject}, {what} led to {was} and is gone"),
            (None, now) => {
                format!("in {subject}, {what} is new and leads to {}", now.unwrap_or(""))
            }
        },
        Aspect::Says(language) => {
            let places = heard.get(&key.subject);
            let places = places.map(|at| format!(" (heard in {})", at.join(", ")));
            let places = places.unwrap_or_default();
            let (was, now) = (was.unwrap_or(""), now.unwrap_or(""));
            format!("{subject}{places} said in {language} “{was}”, now “{now}”")
        }
        Aspect::Called(what, language) => {
            let what = if what.is_empty() { String::new() } else { format!(", {what}") };
            let (was, now) = (was.unwrap_or(""), now.unwrap_or(""));
            format!("{subject}{what} was called in {language} “{was}”, now “{now}”")
        }
        Aspect::Is(what) => match (was, now) {
            (Some(was), Some(now)) => format!("in {subject}, {what} was {was}, now {now}"),
            (Some(was), None) => format!("in {subject}, {what} was {was} and is gone"),
            (None, now) => format!("in {subject}, {what} is new: {}", now.unwrap_or("")),
        },
    }
}

impl Changes {
    /// Whether callers notice nothing.
    #[must_use]
    pub const fn is_same(&self) -> bool {
        self.changes.is_empty()
    }

    /// For people: one line each.
    #[must_use]
    pub fn to_text(&self) -> String {
        if self.is_same() {
            return "a caller hears no difference".to_owned();
        }
        let lines: Vec<&str> = self.changes.iter().map(|change| change.text.as_str()).collect();
        let count = lines.len();
        let noun = if count == 1 { "difference" } else { "differences" };
        format!("{}\n{count} {noun}", lines.join("\n"))
    }
}
