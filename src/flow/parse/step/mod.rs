//! The types of nodes, one file each.

mod call;
mod collect;
mod hangup;
mod hours;
mod menu;
mod patience;
mod play;
mod queue;
mod set;
mod switch;
mod tag;

use crate::flow::model::{Events, Step};
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;

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
        "leave_queue" => queue::leave(site, fields),
        "call" => call::read(site, fields).map(Step::Call),
        "return" => call::read_return(site, fields).map(Step::Return),
        "tag" => tag::read(site, fields).map(Step::Tag),
        "hangup" => hangup::read(site, fields).map(Step::Hangup),
        _ => None,
    }
}
