//! Errands of flows that leave the engine: one task for each, and its reply to the call's worker.

use crate::base::id::CallId;
use crate::call::exchange::Input;
use crate::flow::run::{CallbackFault, CaseFault, HttpFault, MessageFault};
use crate::flow::run::{StreamEnd, TransferEnd, VoicemailEnd};
use crate::flow::{Errand, ErrandId, Reply};
use crate::shell::post::{Post, ToWorker};
use crate::shell::tasks;

/// Whoever runs the errands of all calls.
#[derive(Debug, Clone)]
pub struct Clerk {
    post: Post,
}

/// Whose errand it is.
#[derive(Debug, Clone, Copy)]
pub struct Sender {
    /// The worker of the call.
    pub worker: usize,
    /// The call.
    pub call: CallId,
    /// The errand.
    pub errand: ErrandId,
}

impl Clerk {
    /// A clerk who answers through `post`.
    #[must_use]
    pub const fn new(post: Post) -> Self {
        Self { post }
    }

    /// Does an errand; the reply comes to the sender's worker.
    pub fn take(&self, sender: Sender, errand: Errand) {
        let clerk = self.clone();
        tasks::spawn("errand", async move {
            let reply = clerk.run(errand).await;
            let input = Box::new(Input::Errand(sender.errand, reply));
            let call = ToWorker::Call { call: sender.call, input, desk: None };
            clerk.post.worker(sender.worker, call);
        });
    }

    #[expect(clippy::unused_async, reason = "each kind of errand gets its own room")]
    async fn run(&self, errand: Errand) -> Reply {
        let none = || "nobody in this installation".to_owned();
        match errand {
            Errand::Http(_) => Reply::Http(Err(HttpFault::Refused(none()))),
            Errand::Case(_) => Reply::Case(Err(CaseFault::Store(none()))),
            Errand::Message(_) => Reply::Message(Err(MessageFault(none()))),
            Errand::Callback(_) => Reply::Callback(Err(CallbackFault::Closed)),
            Errand::Voicemail(_) => Reply::Voicemail(VoicemailEnd::Empty),
            Errand::Transfer(_) => Reply::Transfer(TransferEnd::Denied),
            Errand::Stream(_) => Reply::Stream(StreamEnd::Failed(none())),
        }
    }
}
