//! The types of nodes, one file each.

mod call;
mod case;
mod collect;
mod hangup;
mod hours;
mod http;
mod menu;
mod message;
mod outside;
mod patience;
mod play;
mod queue;
mod record;
mod set;
mod switch;
mod tag;

use crate::flow::model::{Events, Say, Step};
use crate::flow::parse::node::Site;
use crate::flow::parse::{Fields, said};

/// Reads the fields that a type of node has of its own. `events` are the node's.
pub(crate) fn read(
    site: &Site<'_>,
    node_type: &str,
    fields: &Fields<'_>,
    events: &Events,
) -> Option<Step> {
    match node_type {
        "play" => play::read(site, fields).map(Step::Play),
        "menu" => menu::read(site, fields, events).map(|menu| Step::Menu(Box::new(menu))),
        "collect" => collect::read(site, fields, events).map(Step::Collect),
        "set" => set::read(site, fields).map(Step::Set),
        "switch" => switch::read(site, fields).map(Step::Switch),
        "hours" => hours::read(site, fields).map(Step::Hours),
        "queue" => queue::read(site, fields).map(|queue| Step::Queue(Box::new(queue))),
        "leave_queue" => queue::leave(site, fields).map(Step::LeaveQueue),
        "call" => call::read(site, fields).map(Step::Call),
        "return" => call::read_return(site, fields).map(Step::Return),
        "tag" => tag::read(site, fields).map(Step::Tag),
        "say" => {
            let (kind, value) = said::value(site, fields)?;
            Some(Step::Say(Say { kind, value }))
        }
        "http" => http::read(site, fields).map(|http| Step::Http(Box::new(http))),
        "case" => case::read(site, fields).map(|case| Step::Case(Box::new(case))),
        "message" => message::read(site, fields).map(|of| Step::Message(Box::new(of))),
        "callback" => outside::callback(site, fields).map(|of| Step::Callback(Box::new(of))),
        "voicemail" => outside::voicemail(site, fields).map(|of| Step::Voicemail(Box::new(of))),
        "transfer" => outside::transfer(site, fields).map(Step::Transfer),
        "stream" => outside::stream(site, fields).map(|of| Step::Stream(Box::new(of))),
        "record" => record::read(site, fields).map(Step::Record),
        "hangup" => hangup::read(site, fields).map(Step::Hangup),
        _ => None,
    }
}
