//! A whole bundle, and what can be asked of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::base::id::{EntityId, QueueId, SkillId};
use crate::flow::model::{
    Calendar, Entity, Events, Flow, FlowIndex, Language, Name, Node, NodeIndex, Part, Prompt,
    QueuePolicy, SayKind, Sector, Step, Target, Texts, Unit, Written,
};
use crate::flow::words::{self, Topic};

/// Everything that a call needs to know about what callers hear and where they go.
#[derive(Debug)]
pub struct Bundle {
    /// Its name.
    pub id: Arc<str>,
    /// The lower-case hexadecimal SHA-256 of the folder's content.
    pub hash: Arc<str>,
    /// Its languages; the first one is spoken until the caller has chosen.
    pub languages: Vec<Language>,
    /// Which flow answers a dialled number.
    pub numbers: BTreeMap<String, FlowIndex>,
    /// The flows, by [`FlowIndex`], sorted by id.
    pub flows: Vec<Flow>,
    /// Outcomes that neither a node nor its flow resolves.
    pub events: Events,
    /// The government entities.
    pub entities: BTreeMap<EntityId, Entity>,
    /// The sectors that entities belong to, by id.
    pub sectors: BTreeMap<Arc<str>, Sector>,
    /// The calendars, by id.
    pub calendars: BTreeMap<Arc<str>, Calendar>,
    /// The queues.
    pub queues: BTreeMap<QueueId, Arc<QueuePolicy>>,
    /// The skills that exist, with their names: those of `skills.yaml`, `lang.<language>` of every
    /// language and `entity.<id>` of every entity.
    pub skills: BTreeMap<SkillId, Texts>,
    /// What can be said, by id.
    pub prompts: BTreeMap<Arc<str>, Arc<Prompt>>,
    /// What is written to citizens, by id.
    pub texts: BTreeMap<Arc<str>, Arc<Written>>,
    /// Words that a value picks, such as the state of a case, by id.
    pub terms: BTreeMap<Arc<str>, Name>,
    /// What can be counted, by id.
    pub units: BTreeMap<Arc<str>, Unit>,
    /// The settings that the bundle needs from its installation, by name.
    pub env: BTreeMap<Arc<str>, Setting>,
}

/// Something that an installation tells its bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// What holds where the installation says nothing; with `None` it has to say something.
    pub default: Option<Arc<str>>,
    /// Where the bundle names it: a line of `bundle.yaml`, from 1.
    pub line: u32,
}

impl Bundle {
    /// The zone of its first calendar; UTC when it has none.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        let first = self.calendars.values().next();
        first.map_or(TimeZone::UTC, |calendar| calendar.zone.clone())
    }

    /// One flow.
    #[must_use]
    pub fn flow(&self, index: FlowIndex) -> &Flow {
        self.flows.get(index.0).expect("a flow index comes from this bundle")
    }

    /// The flow of that name.
    #[must_use]
    pub fn flow_named(&self, id: &str) -> Option<FlowIndex> {
        self.flows.iter().position(|flow| &*flow.id == id).map(FlowIndex)
    }

    /// The flow that answers the number, if one does.
    #[must_use]
    pub fn answers(&self, number: &str) -> Option<FlowIndex> {
        self.numbers.get(number).copied()
    }

    /// Where an outcome leads: the longest dotted prefix among the node's events, then among the
    /// flow's, then among the bundle's.
    #[must_use]
    pub fn resolve(&self, flow: FlowIndex, node: NodeIndex, outcome: &str) -> Option<Target> {
        let flow = self.flow(flow);
        flow.node(node)
            .events
            .find(outcome)
            .or_else(|| flow.events.find(outcome))
            .or_else(|| self.events.find(outcome))
    }

    /// Where the caller's leaving leads, when a flow wants to know of it: first to a `set`, `tag`
    /// or `switch`. The walk ends at the first node that would play, ask or wait.
    #[must_use]
    pub fn after_hangup(&self, flow: FlowIndex) -> Option<Target> {
        self.flow(flow).events.find("hangup").or_else(|| self.events.find("hangup"))
    }

    /// What a menu says for one choice, when its prompt has `{choices: all}`: the prompt named
    /// [`Prompt::CHOICE`].
    #[must_use]
    pub fn choice_prompt(&self) -> Option<&Arc<Prompt>> {
        self.prompts.get(Prompt::CHOICE)
    }

    /// Every sound that a call can need, with the text to speak where nothing is recorded.
    ///
    /// Music and sounds named by `{file: …}` have no text.
    #[must_use]
    pub fn sounds(&self) -> BTreeMap<String, Option<String>> {
        let mut sounds = BTreeMap::new();
        for &language in &self.languages {
            for word in self.topics().into_iter().flat_map(|of| words::vocabulary(language, of)) {
                let name = format!("{language}/{}", word.suffix);
                sounds.insert(name, Some(word.text.into_owned()));
            }
            for (name, text) in self.prompts.values().flat_map(|prompt| prompt.sounds(language)) {
                // A file that another language's text is spoken to keeps that text.
                let known = sounds.entry(name).or_insert(None);
                *known = known.take().or(text);
            }
            for name in self.names() {
                sounds.insert(name.sound(language), Some(name.text(language).to_owned()));
            }
            let units = self.said_kinds().flat_map(SayKind::units);
            for unit in units.filter_map(|unit| self.units.get(unit)) {
                sounds.extend(unit.sounds(language));
            }
        }
        if self.said_kinds().next().is_some() {
            sounds.insert(words::PAUSE.to_owned(), None);
        }
        for music in self.music() {
            sounds.insert(music.to_string(), None);
        }
        sounds
    }

    /// The kinds of values that are said, each as often as it is.
    fn said_kinds(&self) -> impl Iterator<Item = &SayKind> {
        let alone = self.nodes().filter_map(|node| {
            let Step::Say(say) = &node.step else { return None };
            Some(&say.kind)
        });
        let in_prompts = self.parts().filter_map(|part| match part {
            Part::Value { kind, .. } => Some(kind),
            Part::Text { .. }
            | Part::File(_)
            | Part::Term(_)
            | Part::Entity(_)
            | Part::Choices
            | Part::ChoiceLabel
            | Part::ChoiceKey => None,
        });
        in_prompts.chain(alone)
    }

    /// The words that are needed for values and for the keys of menus.
    fn topics(&self) -> BTreeSet<Topic> {
        let keys = self.parts().any(|part| *part == Part::ChoiceKey).then_some(Topic::Digits);
        self.said_kinds().flat_map(words::topics).chain(keys).collect()
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.prompts.values().flat_map(|prompt| prompt.variants.values()).flatten()
    }

    /// Every name that a call can show or say.
    pub(in crate::flow) fn names(&self) -> impl Iterator<Item = &Name> {
        let entities = self.entities.values().flat_map(|entity| {
            std::iter::once(&entity.name).chain(entity.departments.iter().map(|of| &of.name))
        });
        let sectors = self.sectors.values().map(|sector| &sector.name);
        let labels = self.nodes().filter_map(|node| {
            let Step::Menu(menu) = &node.step else { return None };
            Some(menu.choices.iter().filter_map(|choice| choice.label.as_ref()))
        });
        entities.chain(sectors).chain(self.terms.values()).chain(labels.flatten())
    }

    fn music(&self) -> BTreeSet<&Arc<str>> {
        let played = self.nodes().filter_map(|node| node.step.music());
        self.queues.values().filter_map(|queue| queue.music.as_ref()).chain(played).collect()
    }

    fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.flows.iter().flat_map(|flow| &flow.nodes)
    }
}
