//! `collect`: `{prompt, digits: {min, max, end, allow}, save}` and what [`super::patience`] reads.

use std::sync::Arc;

use crate::base::key::{Key, Keys};
use crate::base::limit::COLLECT_DIGITS_MAX;
use crate::flow::diagnostic::Code;
use crate::flow::model::{Collect, Events, VariableKind};
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;
use crate::flow::parse::step::{patience, play};
use crate::flow::parse::value::Hears;
use crate::flow::yaml::Yaml;

/// The keys that count as digits without a word.
const DIGITS: &str = "0123456789";

struct Digits {
    min: u32,
    max: u32,
    end: Option<Key>,
    allow: Keys,
}

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>, events: &Events) -> Option<Collect> {
    let page = site.page;
    let args = fields.optional("args");
    let prompt =
        fields.required("prompt").and_then(|yaml| site.spoken(yaml, args, Hears::Statement));
    let patience = patience::read(site, fields, events);
    patience::idle_args(site, fields, prompt.as_ref(), patience.as_ref());
    let digits_yaml = fields.required("digits");
    let digits = digits_yaml.and_then(|yaml| digits(site, yaml));
    let save_yaml = fields.required("save");
    let save = save_yaml.and_then(|yaml| {
        let name = page.text(yaml)?;
        site.declared(name, yaml.place, &site.flow.variables, "variable")
    });
    if let (Some(variable), Some(yaml)) = (save, save_yaml) {
        if variable.kind != VariableKind::Text || !variable.options.is_empty() {
            page.wrong(Code::WrongType, yaml, "a variable of `type: string` without `enum`");
        }
        if let (Some(max), Some(digits)) = (variable.max, &digits)
            && i64::from(digits.max) > max
        {
            let wanted =
                format!("a variable with room for {} digits: its `max` is {max}", digits.max);
            page.wrong(Code::WrongValue, yaml, wanted);
        }
    }
    let (digits, save) = (digits?, save?);
    Some(Collect {
        prompt: prompt?,
        min: digits.min,
        max: digits.max,
        end: digits.end,
        allow: digits.allow,
        save: Arc::clone(&save.name),
        sensitive: save.sensitive,
        patience: patience?,
    })
}

fn digits(site: &Site<'_>, yaml: &Yaml) -> Option<Digits> {
    let page = site.page;
    let fields = Fields::of(page, yaml, "digits such as {min: 6, max: 10, end: \"#\"}")?;
    let min = fields.required("min").and_then(|yaml| page.count(yaml, 1..=COLLECT_DIGITS_MAX));
    let max_yaml = fields.required("max");
    let max = max_yaml.and_then(|yaml| page.count(yaml, 1..=COLLECT_DIGITS_MAX));
    let end_yaml = fields.optional("end");
    let end = end_yaml.map(|yaml| page.key(yaml));
    let allow = match fields.optional("allow") {
        Some(yaml) => play::keys(site, yaml),
        None => DIGITS.chars().map(|digit| Key::try_from(digit).ok()).collect(),
    };
    fields.finish();
    let end = match end {
        Some(end) => Some(end?),
        None => None,
    };
    let (min, max, allow) = (min?, max?, allow?);
    if max < min {
        page.wrong(Code::WrongOrder, max_yaml?, format!("at least `min`, {min}"));
        return None;
    }
    if let (Some(key), Some(yaml)) = (end, end_yaml)
        && allow.contains(key)
    {
        page.wrong(Code::WrongValue, yaml, "an end key that is not among the digits");
        return None;
    }
    Some(Digits { min, max, end, allow })
}
