//! Values that are said: `{money: x, currency: AED}` in a prompt, the same fields in a `say` node.

use std::sync::Arc;

use jiff::civil::{Date, Time};

use crate::flow::diagnostic::Code;
use crate::flow::expression::{Kind, Value};
use crate::flow::model::{Gender, Part, Prompt, SayKind, Source, Unit};
use crate::flow::parse::node::Site;
use crate::flow::parse::{Fields, Known, Page};
use crate::flow::yaml::Yaml;

/// The kinds of values, each under its own field.
const KINDS: [&str; 6] = ["digits", "number", "money", "date", "time", "count"];

/// How a value is said, and the field that holds it: a slot's name in a prompt, the value itself
/// in a node.
pub(crate) fn kind<'y>(
    page: Page<'_>,
    units: &Known<Unit>,
    fields: &Fields<'y>,
) -> Option<(SayKind, &'y Yaml)> {
    let wanted = format!("a kind of value: {}", KINDS.map(|kind| format!("`{kind}`")).join(", "));
    let (name, yaml) = fields.one_of(&KINDS, &wanted)?;
    let kind = match name {
        "digits" => Some(SayKind::Digits),
        "number" => number(page, fields),
        "money" => money(page, units, fields),
        "date" => Some(SayKind::Date),
        "time" => Some(SayKind::Time),
        _ => count(page, units, fields),
    };
    Some((kind?, yaml))
}

/// The value of a `say` node, `{type: say, number: "${vars.floor}", gender: masculine}`: how it
/// is said, and where it comes from.
pub(crate) fn value(site: &Site<'_>, fields: &Fields<'_>) -> Option<(SayKind, Source)> {
    let (kind, yaml) = kind(site.page, &site.catalogue.units, fields)?;
    let (source, found, _) = site.source(yaml)?;
    fits(site.page, yaml, &kind, &source, &found)?;
    Some((kind, source))
}

/// Whether a prompt can say what its slot is given.
pub(crate) fn slot(
    page: Page<'_>,
    yaml: &Yaml,
    prompt: &Prompt,
    slot: &Arc<str>,
    source: &Source,
    found: &Kind,
) -> Option<()> {
    prompt.variants.values().flatten().try_for_each(|part| match part {
        Part::Value { slot: of, kind } if of == slot => fits(page, yaml, kind, source, found),
        Part::Term(of) | Part::Entity(of) if of == slot => {
            wrong_kind(page, yaml, "the id of what is named", found, &[Kind::Text])
        }
        Part::Value { .. }
        | Part::Term(_)
        | Part::Entity(_)
        | Part::Text { .. }
        | Part::File(_)
        | Part::Choices
        | Part::ChoiceLabel
        | Part::ChoiceKey => Some(()),
    })
}

/// A value of a kind that can never be said so is a fault, and so is a written one that reads
/// as something else.
fn fits(page: Page<'_>, yaml: &Yaml, kind: &SayKind, source: &Source, found: &Kind) -> Option<()> {
    let (wanted, takes_number) = match kind {
        SayKind::Digits => ("digits", Kind::Int),
        SayKind::Number { .. } | SayKind::Count { .. } => ("a whole number", Kind::Int),
        SayKind::Money { .. } => ("an amount such as `12.50`", Kind::Int),
        SayKind::Date => ("a date such as `2026-09-20`", Kind::Text),
        SayKind::Time => ("a time such as `14:30`", Kind::Text),
    };
    wrong_kind(page, yaml, wanted, found, &[Kind::Text, takes_number])?;
    let Source::Fixed(Value::Text(text)) = source else { return Some(()) };
    let reads = match kind {
        SayKind::Digits => true,
        SayKind::Number { .. } | SayKind::Count { .. } => text.parse::<i64>().is_ok(),
        SayKind::Money { .. } => text.parse::<f64>().is_ok(),
        SayKind::Date => text.parse::<Date>().is_ok(),
        SayKind::Time => text.parse::<Time>().is_ok(),
    };
    if !reads {
        page.wrong(Code::WrongValue, yaml, wanted);
    }
    reads.then_some(())
}

/// Writes down a kind that is none of those that can be said.
fn wrong_kind(
    page: Page<'_>,
    yaml: &Yaml,
    wanted: &str,
    found: &Kind,
    kinds: &[Kind],
) -> Option<()> {
    if kinds.iter().any(|kind| kind.accepts(found)) {
        return Some(());
    }
    page.add(page.fault(Code::WrongType, yaml.place, wanted).found_kind(found.to_string()));
    None
}

fn number(page: Page<'_>, fields: &Fields<'_>) -> Option<SayKind> {
    let genders = [("masculine", Gender::Masculine), ("feminine", Gender::Feminine)];
    let gender = match fields.optional("gender") {
        Some(yaml) => page.word(yaml, &genders),
        None => Some(Gender::default()),
    };
    Some(SayKind::Number { gender: gender? })
}

fn money(page: Page<'_>, units: &Known<Unit>, fields: &Fields<'_>) -> Option<SayKind> {
    let yaml = fields.required("currency")?;
    let currency = page.text(yaml)?.to_lowercase();
    let (unit, minor) = (currency.clone(), format!("{currency}_minor"));
    for name in [&unit, &minor] {
        want_unit(page, units, yaml, name);
    }
    Some(SayKind::Money { unit: unit.into(), minor: minor.into() })
}

fn count(page: Page<'_>, units: &Known<Unit>, fields: &Fields<'_>) -> Option<SayKind> {
    let yaml = fields.required("unit")?;
    let unit = page.text(yaml)?;
    want_unit(page, units, yaml, unit);
    Some(SayKind::Count { unit: Arc::clone(unit) })
}

fn want_unit(page: Page<'_>, units: &Known<Unit>, yaml: &Yaml, unit: &str) {
    units.mention(unit);
    if units.get(unit).is_none() && units.is_whole() {
        page.add(
            page.fault(Code::UnknownUnit, yaml.place, "a unit under `units:`")
                .found(unit)
                .near(units.ids()),
        );
    }
}
