//! `hangup`: `{reason}`.

use crate::flow::model::{Hangup, HangupReason, Role};
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;

const REASONS: [(&str, HangupReason); 4] = [
    ("done", HangupReason::Done),
    ("busy", HangupReason::Busy),
    ("rejected", HangupReason::Rejected),
    ("failed", HangupReason::Failed),
];

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Hangup> {
    if site.flow.role == Role::Wait {
        let note = "`leave_queue` takes the caller out; what follows is the queue node's business";
        site.misplaced(fields, "no `hangup` in a wait flow", note);
    }
    let reason = match fields.optional("reason") {
        Some(yaml) => site.page.word(yaml, &REASONS)?,
        None => HangupReason::default(),
    };
    Some(Hangup { reason })
}
