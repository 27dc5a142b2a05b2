//! What a test needs of the world that its call is in: a virtual clock, or real telephones.

use std::sync::Arc;
use std::time::Duration;

use crate::base::key::Key;
use crate::flow::model::{Role, Sensitivity};
use crate::flow::run::{Errand, Overflow, RecordOrder};

/// One call of a test, as its caller and whoever stands behind the scenes see it.
///
/// The steps of a test are judged by one and the same hand in every scene.
pub trait Scene {
    /// How long the caller listens for what should come by itself.
    const PATIENCE: Duration;

    /// Since the call began.
    fn elapsed(&self) -> Duration;

    /// Lets time pass.
    fn wait(&mut self, span: Duration);

    /// Lets time pass until something happens; false when nothing does within `span`.
    fn wait_for_something(&mut self, span: Duration) -> bool;

    /// Lets arrive what is on its way already, until it `is_there`. Where nothing takes time this
    /// does nothing.
    fn settle(&mut self, is_there: impl FnMut(&mut Self) -> bool);

    /// Presses a key.
    fn press(&mut self, key: Key);

    /// The caller hangs up.
    fn leave(&mut self);

    /// The queue tells where the caller stands.
    fn place(&mut self, position: u32, expected: Option<Duration>);

    /// Lets an agent answer; false when nobody waits.
    fn answer(&mut self) -> bool;

    /// Lets the agent go, and the caller stays; false when nobody talks.
    fn release(&mut self) -> bool;

    /// Ends the wait without an agent; false when nobody waits.
    fn overflow(&mut self, overflow: Overflow) -> bool;

    /// What was heard and not asked for is passed over.
    fn forget_heard(&mut self);

    /// The next prompt that was heard and not asked for; `None` when there is none, or none that is
    /// sure to be the `wanted` one or another. It is the one that [`Scene::says`] asks about.
    fn next_heard(&mut self, wanted: &str) -> Option<Heard>;

    /// Whether the prompt that was heard last says `text`.
    ///
    /// # Errors
    ///
    /// What it says.
    fn says(&mut self, text: &str) -> Result<(), String>;

    /// A prompt, of no wait flow, that was heard and not asked for.
    fn unasked(&mut self) -> Option<Arc<str>>;

    /// The next of the things that the flow sent out for.
    fn next_done(&mut self) -> Option<Done>;

    /// What the caller waits for, if the caller waits.
    fn wish(&self) -> Option<Wish>;

    /// Whether the caller talks to an agent.
    fn is_talking(&self) -> bool;

    /// Whether the call has ended.
    fn is_over(&self) -> bool;

    /// How the flow ended the call, in the word of files; `None` when it did not.
    fn ending(&self) -> Option<&'static str>;

    /// What a variable of the flow holds, and whether it may be shown.
    fn variable(&mut self, name: &str) -> Option<(String, Sensitivity)>;

    /// The milestones that were passed.
    fn tags(&self) -> &[Arc<str>];
}

/// A prompt that the caller heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Its name.
    pub prompt: Arc<str>,
    /// What it says, as far as that is known.
    pub text: String,
    /// Whether a wait flow said it.
    pub role: Role,
}

/// What the caller waits for, in the words of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The queue.
    pub queue: String,
    /// 0 emergency … 3 deferred.
    pub class: u8,
    /// The entity; empty for none.
    pub entity: String,
    /// The need that counts by now.
    pub need: Vec<String>,
    /// For how long by now.
    pub waited: Duration,
}

/// What the flow sent out for.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    /// Somebody did it, or was to.
    Errand(Box<Errand>),
    /// The recording.
    Record(RecordOrder),
}
