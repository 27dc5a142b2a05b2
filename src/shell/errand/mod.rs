//! Errands of flows that leave the engine: one task for each, and its reply to the call's worker.

mod case;

pub mod outward;

mod client;
pub(in crate::shell) use client::{roots, tls};

pub mod guard;
mod http;
mod resolver;

pub mod email;
mod message;
mod rate;
pub mod sms;

mod stream;

pub use stream::Line;

use std::fmt;
use std::sync::Arc;

use crate::base::chance::Rng;
use crate::base::id::CallId;
use crate::call::exchange::Input;
use crate::flow::run::{CallbackFault, StreamEnd, StreamOrder, TransferEnd, VoicemailEnd};
use crate::flow::{Errand, ErrandId, Reply};
use crate::shell::clock::Clock;
use crate::shell::errand::outward::Outward;
use crate::shell::post::{Post, ToWorker};
use crate::shell::store::{Doing, Store};
use crate::shell::tasks;

/// Whoever runs the errands of all calls.
#[derive(Debug, Clone)]
pub struct Clerk {
    post: Post,
    way: Way,
}

/// How errands are run.
#[derive(Debug, Clone)]
enum Way {
    /// They are.
    Real(Box<Real>),
    /// Somebody answers in the place of the world.
    Double(Double),
}

/// What errands are run with.
#[derive(Debug, Clone)]
struct Real {
    clock: Clock,
    store: Store,
    outward: Outward,
}

/// Who answers in the place of the world.
pub type Answers = Arc<dyn Fn(&Errand) -> Reply + Send + Sync>;

#[derive(Clone)]
struct Double(Answers);

impl fmt::Debug for Double {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Double")
    }
}

/// Whose errand it is.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The worker of the call.
    pub worker: usize,
    /// The call.
    pub call: CallId,
    /// The errand.
    pub errand: ErrandId,
    /// The caller's number.
    pub citizen: String,
    /// Chance of its own.
    pub rng: Rng,
}

impl Clerk {
    /// A clerk who answers through `post`.
    #[must_use]
    pub fn new(post: Post, clock: Clock, store: Store, outward: Outward) -> Self {
        Self { post, way: Way::Real(Box::new(Real { clock, store, outward })) }
    }

    /// A clerk who runs nothing, and answers through `post` as `answers` says.
    #[must_use]
    pub const fn double(post: Post, answers: Answers) -> Self {
        Self { post, way: Way::Double(Double(answers)) }
    }

    /// Does an errand; the reply comes to the sender's worker.
    pub fn take(&self, sender: Sender, errand: Errand) {
        let (way, post) = (self.way.clone(), self.post.clone());
        tasks::spawn("errand", async move {
            let Sender { worker, call, errand: id, .. } = sender;
            let reply = match way {
                Way::Real(real) => real.run(sender, errand).await,
                Way::Double(Double(answers)) => answers(&errand),
            };
            let input = Box::new(Input::Errand(id, reply));
            post.worker(worker, ToWorker::Call { call, input, desk: None });
        });
    }

    /// Lets a caller talk with a program; the reply comes to the sender's worker.
    pub fn stream(&self, sender: Sender, order: StreamOrder, line: Line) {
        let (way, post) = (self.way.clone(), self.post.clone());
        tasks::spawn("stream", async move {
            let Sender { worker, call, errand, .. } = sender;
            let reply = match way {
                Way::Real(real) => Reply::Stream(real.outward.stream(sender, &order, line).await),
                Way::Double(Double(answers)) => answers(&Errand::Stream(order)),
            };
            let input = Box::new(Input::Errand(errand, reply));
            post.worker(worker, ToWorker::Call { call, input, desk: None });
        });
    }
}

impl Real {
    async fn run(&self, sender: Sender, errand: Errand) -> Reply {
        let none = || "nobody in this installation".to_owned();
        match errand {
            Errand::Http(request) => Reply::Http(self.outward.http(sender, &request).await),
            Errand::Case(order) => {
                let at = self.clock.epoch().wall(self.clock.now());
                let doing = Doing { call: sender.call, citizen: sender.citizen, at };
                Reply::Case(case::run(&self.store, &doing, order, sender.rng).await)
            }
            Errand::Message(order) => Reply::Message(self.outward.message(sender, &order).await),
            Errand::Callback(_) => Reply::Callback(Err(CallbackFault::Closed)),
            Errand::Voicemail(_) => Reply::Voicemail(VoicemailEnd::Empty),
            Errand::Transfer(_) => Reply::Transfer(TransferEnd::Denied),
            Errand::Stream(_) => Reply::Stream(StreamEnd::Failed(none())),
        }
    }
}
