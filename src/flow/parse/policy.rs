//! `queues/*.queue.yaml`: how a queue treats its callers.

use std::time::Duration;

use crate::base::id::QueueId;
use crate::flow::diagnostic::Code;
use crate::flow::model::{QueuePolicy, ServiceLevel};
use crate::flow::parse::{Fields, Names, Page, bundle};
use crate::flow::yaml::{Form, Yaml};

/// Callers wait as long as this without a queue's word.
const TARGET_WAIT: Duration = Duration::from_secs(20);
const RING: Duration = Duration::from_secs(15);
const WRAP_UP: Duration = Duration::from_secs(30);
const PERCENT: u8 = 80;

/// Reads one queue.
pub(crate) fn read(page: Page<'_>, yaml: &Yaml, names: &Names) -> Option<QueuePolicy> {
    let fields = bundle::open(page, yaml, "Queue")?;
    let id = bundle::id(&fields, page);
    let name = fields.required("name").and_then(|yaml| page.texts(yaml, &names.languages));
    let span = |field, default| fields.optional(field).map_or(Some(default), |y| page.some_time(y));
    let target_wait = span("target_wait", TARGET_WAIT);
    let ring = span("ring", RING);
    let wrap_up = fields.optional("wrap_up").map_or(Some(WRAP_UP), |yaml| page.duration(yaml));
    let level = fields.optional("service_level").map_or_else(
        || target_wait.map(|within| ServiceLevel { within, percent: PERCENT }),
        |yaml| service_level(page, yaml),
    );
    let cap = fields.optional("cap").and_then(|yaml| page.count(yaml, 1..=100_000));
    let ratio = fields.optional("ratio").and_then(|yaml| ratio(page, yaml));
    let music = fields.optional("music").and_then(|yaml| music(page, yaml, names));
    let calendar = fields.optional("calendar").and_then(|yaml| {
        names.calendars.find(page, yaml, Code::UnknownCalendar, "a calendar of this bundle")?;
        page.text(yaml).cloned()
    });
    fields.finish();
    let level = level?;
    Some(QueuePolicy {
        id: QueueId::from(&*id?),
        name: name?,
        target_wait: target_wait?,
        in_target: level.within,
        service_level: level.percent,
        cap: cap.and_then(|cap| usize::try_from(cap).ok()),
        ratio,
        ring: ring?,
        wrap_up: wrap_up?,
        music,
        calendar,
    })
}

/// The name of music, as its sound.
pub(crate) fn music(page: Page<'_>, yaml: &Yaml, names: &Names) -> Option<std::sync::Arc<str>> {
    let name = page.text(yaml)?;
    let sound = format!("music/{}", page.id(name, yaml.place)?);
    names.want_sound(page, yaml, &sound);
    Some(sound.into())
}

/// `{within: 20s, percent: 80}`
pub(crate) fn service_level(page: Page<'_>, yaml: &Yaml) -> Option<ServiceLevel> {
    let fields = Fields::of(page, yaml, "a map such as {within: 20s, percent: 80}")?;
    let within = fields.required("within").and_then(|yaml| page.some_time(yaml));
    let percent = fields.required("percent").and_then(|yaml| page.integer(yaml, 1..=100));
    fields.finish();
    Some(ServiceLevel { within: within?, percent: u8::try_from(percent?).ok()? })
}

fn ratio(page: Page<'_>, yaml: &Yaml) -> Option<f64> {
    let number = match &yaml.form {
        Form::Int(number) => u32::try_from(*number).ok().map(f64::from),
        Form::Text(text) => text.parse().ok(),
        Form::Null | Form::Bool(_) | Form::List(_) | Form::Map(_) => None,
    };
    let ratio = number.filter(|ratio: &f64| ratio.is_finite() && *ratio > 0.0);
    if ratio.is_none() {
        page.wrong(Code::WrongValue, yaml, "callers for each agent, such as 3 or 2.5");
    }
    ratio
}
