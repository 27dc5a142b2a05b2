//! The booth as the scene of a test.

use std::sync::Arc;
use std::time::Duration;

use crate::base::key::Key;
use crate::base::time::Moment;
use crate::flow::model::{Role, Sensitivity};
use crate::flow::run::Overflow;
use crate::flow::trial::booth::{Booth, in_force, needs, reason_word};
use crate::flow::trial::scene::{Done, Heard, Scene, Wish};

impl Scene for Booth {
    const PATIENCE: Duration = Duration::from_secs(600);

    fn elapsed(&self) -> Duration {
        self.now.since(Moment::START)
    }

    fn wait(&mut self, span: Duration) {
        Self::wait(self, span);
    }

    fn wait_for_something(&mut self, span: Duration) -> bool {
        Self::wait_for_something(self, span)
    }

    fn settle(&mut self, _is_there: impl FnMut(&mut Self) -> bool) {}

    fn press(&mut self, key: Key) {
        Self::press(self, key);
    }

    fn leave(&mut self) {
        Self::leave(self);
    }

    fn place(&mut self, position: u32, expected: Option<Duration>) {
        Self::place(self, position, expected);
    }

    fn answer(&mut self) -> bool {
        Self::answer(self)
    }

    fn release(&mut self) -> bool {
        Self::release(self)
    }

    fn overflow(&mut self, overflow: Overflow) -> bool {
        Self::overflow(self, overflow)
    }

    fn forget_heard(&mut self) {
        self.heard.clear();
    }

    fn next_heard(&mut self, _wanted: &str) -> Option<Heard> {
        let heard = self.heard.pop_front()?;
        self.last.clone_from(&heard.text);
        Some(heard)
    }

    fn says(&mut self, text: &str) -> Result<(), String> {
        if self.last.contains(text) { Ok(()) } else { Err(self.last.clone()) }
    }

    fn unasked(&mut self) -> Option<Arc<str>> {
        let main = self.heard.iter().find(|heard| heard.role == Role::Main);
        main.map(|heard| Arc::clone(&heard.prompt))
    }

    fn next_done(&mut self) -> Option<Done> {
        self.done.pop_front()
    }

    fn wish(&self) -> Option<Wish> {
        let (wish, since) = self.waiting.as_ref()?;
        let waited = self.now.since(*since);
        Some(Wish {
            queue: wish.queue.to_string(),
            class: wish.class,
            entity: wish.entity.as_ref().map(ToString::to_string).unwrap_or_default(),
            need: in_force(&wish.need, waited).map(needs).unwrap_or_default(),
            waited,
        })
    }

    fn is_talking(&self) -> bool {
        Self::is_talking(self)
    }

    fn is_over(&self) -> bool {
        Self::is_over(self)
    }

    fn ending(&self) -> Option<&'static str> {
        self.ended.map(reason_word)
    }

    fn variable(&mut self, name: &str) -> Option<(String, Sensitivity)> {
        let value = self.run.variable(name)?;
        Some((value.to_text().unwrap_or_default(), self.run.variable_sensitivity(name)))
    }

    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }
}
