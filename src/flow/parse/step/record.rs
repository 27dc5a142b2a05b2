//! `record`: `{do, consent, from}`, and the `record` of a `play`.

use crate::flow::diagnostic::Code;
use crate::flow::model::{Consent, RecordFrom, Recording};
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;
use crate::flow::yaml::Yaml;

/// What can be done.
#[derive(Debug, Clone, Copy)]
enum Act {
    Start,
    Pause,
    Resume,
    Stop,
}

const ACTS: [(&str, Act); 4] =
    [("start", Act::Start), ("pause", Act::Pause), ("resume", Act::Resume), ("stop", Act::Stop)];

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Recording> {
    let act = fields.required("do").and_then(|yaml| site.page.word(yaml, &ACTS))?;
    let plain = |recording| {
        for field in ["consent", "from"] {
            if fields.optional(field).is_some() {
                let place = fields.place_of(field);
                let wanted = format!("no `{field}` but with `do: start`");
                site.page.add(site.page.fault(Code::UnknownField, place, wanted));
            }
        }
        Some(recording)
    };
    match act {
        Act::Start => start(site, fields),
        Act::Pause => plain(Recording::Pause),
        Act::Resume => plain(Recording::Resume),
        Act::Stop => plain(Recording::Stop),
    }
}

/// `record: {consent, from}` beside the announcement itself.
pub(super) fn announced(site: &Site<'_>, yaml: &Yaml) -> Option<Recording> {
    let fields = Fields::of(site.page, yaml, "a map such as {consent: announced, from: answer}")?;
    let recording = start(site, &fields);
    fields.finish();
    recording
}

fn start(site: &Site<'_>, fields: &Fields<'_>) -> Option<Recording> {
    let consents = [("announced", Consent::Announced), ("given", Consent::Given)];
    let consent = fields.required("consent").and_then(|yaml| site.page.word(yaml, &consents));
    let froms = [("now", RecordFrom::Now), ("answer", RecordFrom::Answer)];
    let from = match fields.optional("from") {
        Some(yaml) => site.page.word(yaml, &froms),
        None => Some(RecordFrom::default()),
    };
    Some(Recording::Start { consent: consent?, from: from? })
}
