//! How a `menu` or a `collect` waits: `{tries, wait, between, barge_in, no_input, no_match}`.

use std::time::Duration;

use crate::base::limit::MENU_TRIES_MAX;
use crate::flow::model::{BargeIn, Events, Patience, Spoken};
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;
use crate::flow::parse::value::Hears;

const TRIES: u32 = 3;
const NO_INPUT: Duration = Duration::from_secs(5);
const BETWEEN: Duration = Duration::from_secs(3);

/// Reads the patience of a node, and its prompts after silence and after a wrong key.
pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>, events: &Events) -> Option<Patience> {
    let page = site.page;
    let tries =
        fields.optional("tries").map_or(Some(TRIES), |yaml| page.count(yaml, 1..=MENU_TRIES_MAX));
    let no_input = fields.optional("wait").map_or(Some(NO_INPUT), |yaml| page.some_time(yaml));
    let between = fields.optional("between").map_or(Some(BETWEEN), |yaml| page.some_time(yaml));
    let barge_in = fields.optional("barge_in").map_or(Some(BargeIn::Yes), |yaml| {
        page.flag(yaml).map(|flag| if flag { BargeIn::Yes } else { BargeIn::No })
    });
    let args = fields.optional("args");
    let spoken = |name| match fields.optional(name) {
        Some(yaml) => site.spoken(yaml, args, Hears::Statement).map(Some),
        None => Some(None),
    };
    let (no_input_prompt, no_match_prompt) = (spoken("no_input"), spoken("no_match"));
    Some(Patience {
        tries: tries?,
        no_input: no_input?,
        between: between?,
        barge_in: barge_in?,
        no_input_prompt: no_input_prompt?,
        no_match_prompt: no_match_prompt?,
        on_no_input: events.0.get("input.no_input").copied(),
        on_no_match: events.0.get("input.no_match").copied(),
    })
}

/// Tells of values that none of the node's prompts has a slot for.
pub(super) fn idle_args(
    site: &Site<'_>,
    fields: &Fields<'_>,
    prompt: Option<&Spoken>,
    patience: Option<&Patience>,
) {
    let Some(patience) = patience else { return };
    let mut prompts = vec![prompt];
    let more = [&patience.no_input_prompt, &patience.no_match_prompt];
    prompts.extend(more.into_iter().flatten().map(Some));
    site.idle_args(fields.optional("args"), &prompts);
}
