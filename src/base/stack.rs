//! A stack deep enough for what nests.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, Builder};

use crate::base::limit::EXPRESSION_STACK_BYTES;

/// The name of a thread that has it.
const DEEP: &str = "deep";

/// Does work that may nest deeply: on a thread of its own, or at once when it is on one already.
///
/// `None` when the work panics or the system has no thread for it.
pub fn deep<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    if thread::current().name() == Some(DEEP) {
        return catch_unwind(AssertUnwindSafe(work)).ok();
    }
    thread::scope(|scope| {
        let builder = Builder::new().name(DEEP.to_owned()).stack_size(EXPRESSION_STACK_BYTES);
        builder.spawn_scoped(scope, work).ok()?.join().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_is_deep_already_stays_where_it_is() {
        let ids = deep(|| (thread::current().id(), deep(|| thread::current().id())));
        let (outer, inner) = ids.expect("nothing panics");
        assert_eq!(Some(outer), inner);
        assert_ne!(outer, thread::current().id());
    }
}
