//! `callback`, `voicemail`, `transfer`, `stream`: where the caller meets somebody or something else.

use std::time::Duration;

use crate::base::limit::VOICEMAIL_MAX;
use crate::flow::diagnostic::Code;
use crate::flow::model::{Callback, Role, Stream, Transfer, TransferWay, Voicemail};
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;
use crate::flow::parse::step::{http, queue};
use crate::flow::parse::value::Hears;

const MESSAGE: Duration = Duration::from_secs(120);
const MESSAGE_LEAST: Duration = Duration::from_secs(2);
const MESSAGE_SILENCE: Duration = Duration::from_secs(5);
const RING: Duration = Duration::from_secs(30);
const STREAM: Duration = Duration::from_secs(600);

pub(super) fn callback(site: &Site<'_>, fields: &Fields<'_>) -> Option<Callback> {
    not_while_waiting(site, fields, "`leave_queue` with `take: callback` keeps the caller's place");
    let queue = fields.required("queue").and_then(|yaml| {
        site.reference(yaml, &site.names.queues, Code::UnknownQueue, "a queue of this bundle")
    });
    let number = fields.required("number").and_then(|yaml| site.template(yaml));
    let need = match fields.optional("need") {
        Some(yaml) => queue::need(site, yaml).map(Some),
        None => Some(None),
    };
    let class = match fields.optional("class") {
        Some(yaml) => queue::class(site, yaml).map(Some),
        None => Some(None),
    };
    Some(Callback { queue: queue?, number: number?, need: need?, class: class? })
}

pub(super) fn voicemail(site: &Site<'_>, fields: &Fields<'_>) -> Option<Voicemail> {
    let page = site.page;
    not_while_waiting(site, fields, "leave the queue first");
    let args = fields.optional("args");
    let prompt =
        fields.required("prompt").and_then(|yaml| site.spoken(yaml, args, Hears::Statement));
    site.idle_args(args, &[prompt.as_ref()]);
    let span = |name, default| fields.optional(name).map_or(Some(default), |y| page.some_time(y));
    let (max, min, silence) =
        (span("max", MESSAGE), span("min", MESSAGE_LEAST), span("silence", MESSAGE_SILENCE));
    let end = match fields.optional("end") {
        Some(yaml) => page.key(yaml).map(Some),
        None => Some(None),
    };
    let case = match fields.optional("case") {
        Some(yaml) => site.template(yaml),
        None => site.words_of("${call.case}"),
    };
    if let (Some(max), Some(min)) = (max, min) {
        if max > VOICEMAIL_MAX {
            let wanted = format!("at most {}s", VOICEMAIL_MAX.as_secs());
            page.add(page.fault(Code::WrongValue, fields.place_of("max"), wanted));
        }
        if min >= max {
            let wanted = format!("less than `max`, {}s", max.as_secs());
            page.add(page.fault(Code::WrongOrder, fields.place_of("min"), wanted));
        }
    }
    Some(Voicemail {
        prompt: prompt?,
        max: max?,
        min: min?,
        silence: silence?,
        end: end?,
        case: case?,
    })
}

pub(super) fn transfer(site: &Site<'_>, fields: &Fields<'_>) -> Option<Transfer> {
    let page = site.page;
    not_while_waiting(site, fields, "leave the queue first");
    let to = fields.required("to").and_then(|yaml| site.template(yaml));
    let trunk = match fields.optional("trunk") {
        Some(yaml) => page.words(yaml).cloned().map(Some),
        None => Some(None),
    };
    let ways = [("bridge", TransferWay::Bridge), ("refer", TransferWay::Refer)];
    let way = match fields.optional("by") {
        Some(yaml) => page.word(yaml, &ways),
        None => Some(TransferWay::Bridge),
    };
    let ring = fields.optional("ring").map_or(Some(RING), |yaml| page.some_time(yaml));
    Some(Transfer { to: to?, trunk: trunk?, way: way?, ring: ring? })
}

pub(super) fn stream(site: &Site<'_>, fields: &Fields<'_>) -> Option<Stream> {
    not_while_waiting(site, fields, "leave the queue first");
    let url = fields.required("url").and_then(|yaml| http::url(site, yaml, &["ws://", "wss://"]));
    let headers = match fields.optional("headers") {
        Some(yaml) => http::headers(site, yaml),
        None => Some(Vec::new()),
    };
    let parameters = match fields.optional("with") {
        Some(yaml) => http::named_values(site, yaml),
        None => Some(Vec::new()),
    };
    let max = fields.optional("max").map_or(Some(STREAM), |yaml| site.page.some_time(yaml));
    let save = match fields.optional("save") {
        Some(yaml) => http::save_paths(site, yaml, &["body"]),
        None => Some(Vec::new()),
    };
    Some(Stream { url: url?, headers: headers?, parameters: parameters?, max: max?, save: save? })
}

fn not_while_waiting(site: &Site<'_>, fields: &Fields<'_>, note: &str) {
    if site.flow.role == Role::Wait {
        let wanted = "a node that can be done while the caller waits";
        site.misplaced(fields, wanted, note);
    }
}
