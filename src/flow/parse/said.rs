//! Values that are said: `{money: x, currency: AED}` in a prompt, the same fields in a `say` node.

use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::civil::{Date, Time};

use crate::flow::diagnostic::Code;
use crate::flow::expression::{Kind, Value};
use crate::flow::model::{Gender, Part, Prompt, Reckoning, SayKind, Source, Unit, WeekdaySaid};
use crate::flow::parse::node::Site;
use crate::flow::parse::{Fields, Known, Page};
use crate::flow::prompt::Amount;
use crate::flow::words;
use crate::flow::yaml::Yaml;

/// The kinds of values, each under its own field.
const KINDS: [&str; 8] =
    ["digits", "number", "ordinal", "money", "date", "time", "duration", "count"];

/// How many digits may be read without a pause.
const GROUP: RangeInclusive<u32> = 1..=20;

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
        "digits" => digits(page, fields),
        "number" => gender(page, fields).map(|gender| SayKind::Number { gender }),
        "ordinal" => gender(page, fields).map(|gender| SayKind::Ordinal { gender }),
        "money" => money(page, units, fields),
        "date" => date(page, fields),
        "time" => Some(SayKind::Time),
        "duration" => Some(SayKind::Duration),
        _ => count(page, units, fields),
    };
    let kind = kind?;
    kind.units().into_iter().for_each(|unit| units.mention(unit));
    Some((kind, yaml))
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
        SayKind::Digits { .. } => ("digits", Kind::Int),
        SayKind::Number { .. } | SayKind::Ordinal { .. } | SayKind::Count { .. } => {
            ("a whole number", Kind::Int)
        }
        SayKind::Duration => ("a number of seconds", Kind::Int),
        SayKind::Money { .. } => ("an amount such as `12.50`", Kind::Int),
        SayKind::Date { .. } => ("a date such as `2026-09-20`", Kind::Text),
        SayKind::Time => ("a time such as `14:30`", Kind::Text),
    };
    wrong_kind(page, yaml, wanted, found, &[Kind::Text, takes_number])?;
    let Source::Fixed(Value::Text(text)) = source else { return Some(()) };
    let reads = match kind {
        SayKind::Digits { .. } => true,
        SayKind::Number { .. }
        | SayKind::Ordinal { .. }
        | SayKind::Duration
        | SayKind::Count { .. } => text.parse::<i64>().is_ok(),
        SayKind::Money { .. } => Amount::read(text).is_some(),
        SayKind::Date { .. } => text.parse::<Date>().is_ok(),
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

fn gender(page: Page<'_>, fields: &Fields<'_>) -> Option<Gender> {
    let genders = [("masculine", Gender::Masculine), ("feminine", Gender::Feminine)];
    match fields.optional("gender") {
        Some(yaml) => page.word(yaml, &genders),
        None => Some(Gender::default()),
    }
}

fn digits(page: Page<'_>, fields: &Fields<'_>) -> Option<SayKind> {
    let group = match fields.optional("group") {
        Some(yaml) => Some(usize::try_from(page.count(yaml, GROUP)?).ok()?),
        None => None,
    };
    Some(SayKind::Digits { group })
}

fn date(page: Page<'_>, fields: &Fields<'_>) -> Option<SayKind> {
    let calendars = [("gregorian", Reckoning::Gregorian), ("hijri", Reckoning::Hijri)];
    let reckoning = match fields.optional("calendar") {
        Some(yaml) => page.word(yaml, &calendars)?,
        None => Reckoning::default(),
    };
    let weekday = match fields.optional("weekday").map(|yaml| page.flag(yaml)) {
        Some(flag) if flag? => WeekdaySaid::Yes,
        Some(_) | None => WeekdaySaid::No,
    };
    Some(SayKind::Date { reckoning, weekday })
}

fn money(page: Page<'_>, units: &Known<Unit>, fields: &Fields<'_>) -> Option<SayKind> {
    let yaml = fields.required("currency")?;
    let written = page.text(yaml)?;
    let currency = written.to_lowercase();
    let (unit, minor) = (currency.clone(), format!("{currency}_minor"));
    if units.is_whole() && (units.get(&unit).is_none() || units.get(&minor).is_none()) {
        let wanted = format!("a currency: the units `{unit}` and `{minor}` under `units:`");
        let known = words::currencies().map(str::to_uppercase).collect::<Vec<_>>();
        page.add(
            page.fault(Code::UnknownUnit, yaml.place, wanted)
                .found(&**written)
                .near(known.iter().map(String::as_str)),
        );
    }
    Some(SayKind::Money { unit: unit.into(), minor: minor.into() })
}

fn count(page: Page<'_>, units: &Known<Unit>, fields: &Fields<'_>) -> Option<SayKind> {
    let yaml = fields.required("unit")?;
    let unit = page.text(yaml)?;
    if units.get(unit).is_none() && units.is_whole() {
        page.add(
            page.fault(Code::UnknownUnit, yaml.place, "a unit under `units:`")
                .found(&**unit)
                .near(units.ids()),
        );
    }
    Some(SayKind::Count { unit: Arc::clone(unit) })
}
