//! `play`: `{prompt, args, for, keys, record}` or `{music, for, keys}`.

use crate::base::key::{Key, Keys};
use crate::flow::diagnostic::Code;
use crate::flow::model::{Heard, Play};
use crate::flow::parse::node::Site;
use crate::flow::parse::step::record;
use crate::flow::parse::value::Hears;
use crate::flow::parse::{Fields, policy};
use crate::flow::yaml::Yaml;

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Play> {
    let page = site.page;
    let music = fields.optional("music");
    let args = fields.optional("args");
    let looped = fields.optional("for").map(|yaml| page.some_time(yaml));
    let keys = match fields.optional("keys") {
        Some(yaml) => keys(site, yaml),
        None => Some(Keys::default()),
    };
    let record = match fields.optional("record") {
        Some(yaml) => record::announced(site, yaml).map(Some),
        None => Some(None),
    };
    let what = match music {
        Some(yaml) => {
            for field in ["prompt", "args"] {
                if fields.optional(field).is_some() {
                    let place = fields.place_of(field);
                    page.add(page.fault(Code::UnknownField, place, "either `music` or a prompt"));
                }
            }
            if looped.is_none() {
                page.add(
                    page.fault(Code::MissingField, fields.place(), "a field `for`")
                        .note("music has no end of its own"),
                );
            }
            policy::music(page, yaml, site.names).map(Heard::Music)
        }
        None => {
            let spoken = fields
                .required("prompt")
                .and_then(|yaml| site.spoken(yaml, args, Hears::Statement));
            site.idle_args(args, &[spoken.as_ref()]);
            spoken.map(Heard::Prompt)
        }
    };
    let looped = match looped {
        Some(span) => Some(span?),
        None => None,
    };
    Some(Play { what: what?, looped, keys: keys?, record: record? })
}

pub(super) fn keys(site: &Site<'_>, yaml: &Yaml) -> Option<Keys> {
    let text = site.page.text(yaml)?;
    let keys: Option<Keys> = text.chars().map(|letter| Key::try_from(letter).ok()).collect();
    if keys.is_none_or(Keys::is_empty) {
        site.page.wrong(Code::WrongValue, yaml, "keys such as \"1\" or \"0123456789*#\"");
        return None;
    }
    keys
}
