//! The facts of what flows stand on: numbers, prompts, queues, entities, calendars, names.

use crate::flow::compare::change::Area;
use crate::flow::compare::fact::{Aspect, Facts, Subject};
use crate::flow::graph::heard;
use crate::flow::hours;
use crate::flow::model::{Bundle, Calendar, Entity, Piece, QueuePolicy, Target, Texts, Unit, Week};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Writes down all but the flows.
pub(super) fn bundle(facts: &mut Facts, bundle: &Bundle) {
    let mut whole = facts.of(Area::Bundle, "the bundle", "bundle");
    let languages: Vec<&str> = bundle.languages.iter().map(|language| language.tag()).collect();
    whole.is("the list of languages", languages.join(", "));
    for (number, &flow) in &bundle.numbers {
        whole.leads(format!("number {number}"), format!("the flow `{}`", bundle.flow(flow).id));
    }
    for (outcome, &target) in &bundle.events.0 {
        let Target::Flow(flow) = target else { continue };
        whole.leads(format!("`{outcome}`"), format!("the flow `{}`", bundle.flow(flow).id));
    }
    for (id, prompt) in &bundle.prompts {
        let mut subject = facts.of(Area::Prompt, &**id, "prompt");
        for &language in &bundle.languages {
            subject.add(Aspect::Says(language.tag()), heard(prompt, language));
        }
    }
    for (id, text) in &bundle.texts {
        let mut subject = facts.of(Area::Text, &**id, "text");
        for (language, pieces) in &text.variants {
            let pieces = pieces.iter().map(|piece| match piece {
                Piece::Words(words) => words.to_string(),
                Piece::Slot(slot) => format!("{{{slot}}}"),
            });
            subject.add(Aspect::Says(language.tag()), pieces.collect::<String>());
        }
    }
    for (id, name) in &bundle.terms {
        called(&mut facts.of(Area::Term, &**id, "term"), &name.texts);
    }
    for (id, one) in &bundle.units {
        unit(&mut facts.of(Area::Unit, &**id, "unit"), one);
    }
    for (id, texts) in &bundle.skills {
        called(&mut facts.of(Area::Skill, id.as_str(), "skill"), texts);
    }
    for (id, sector) in &bundle.sectors {
        let mut subject = facts.of(Area::Sector, &**id, "sector");
        called(&mut subject, &sector.name.texts);
        subject.may_be("the key", sector.key.map(|key| key.to_string()));
    }
    for one in bundle.queues.values() {
        queue(&mut facts.of(Area::Queue, one.id.as_str(), "queue"), one);
    }
    for one in bundle.entities.values() {
        entity(&mut facts.of(Area::Entity, one.id.as_str(), "entity"), one);
    }
    for (id, one) in &bundle.calendars {
        calendar(&mut facts.of(Area::Calendar, &**id, "calendar"), one);
    }
}

fn called(subject: &mut Subject<'_>, texts: &Texts) {
    for (language, text) in texts {
        subject.add(Aspect::Called(String::new(), language.tag()), &**text);
    }
}

fn unit(subject: &mut Subject<'_>, unit: &Unit) {
    for ((language, plural), form) in &unit.forms {
        let what = format!("the form `{}`", plural.word());
        subject.add(Aspect::Called(what, language.tag()), &*form.text);
    }
}

fn queue(subject: &mut Subject<'_>, queue: &QueuePolicy) {
    called(subject, &queue.name);
    subject.is("the wait that is aimed at", format!("{:?}", queue.target_wait));
    let level = format!("{} % within {:?}", queue.service_level, queue.in_target);
    subject.is("the service level", level);
    subject.may_be("the cap", queue.cap.map(|cap| cap.to_string()));
    subject
        .may_be("the number of callers for each agent", queue.ratio.map(|ratio| ratio.to_string()));
    subject.is("how long a phone rings", format!("{:?}", queue.ring));
    subject.is("the time after a call", format!("{:?}", queue.wrap_up));
    subject.may_be("the music", queue.music.as_deref());
    subject.may_be("the calendar", queue.calendar.as_deref());
}

fn entity(subject: &mut Subject<'_>, entity: &Entity) {
    called(subject, &entity.name.texts);
    subject.may_be("the key", entity.key.map(|key| key.to_string()));
    subject.is("the sector", &*entity.sector);
    subject.is("the calendar", &*entity.calendar);
    subject.is("the queue", entity.queue.as_str());
    let level = entity.service_level;
    let level = level.map(|level| format!("{} % within {:?}", level.percent, level.within));
    subject.may_be("the service level", level);
    for department in &entity.departments {
        let what = format!("the department `{}`", department.id);
        for (language, text) in &department.name.texts {
            subject.add(Aspect::Called(what.clone(), language.tag()), &**text);
        }
        let key = department.key.map_or_else(|| "none".to_owned(), |key| key.to_string());
        subject.is(format!("the key of `{}`", department.id), key);
    }
}

fn calendar(subject: &mut Subject<'_>, calendar: &Calendar) {
    subject.may_be("the zone", calendar.zone.iana_name());
    week(subject, "", &calendar.weekly);
    for holiday in &calendar.holidays {
        subject.is(format!("the holiday of {}", holiday.days), named(&holiday.name));
    }
    for period in &calendar.special {
        let what = format!("the period of {}", period.days);
        subject.is(&what, named(&period.name));
        week(subject, &format!(" in {what}"), &period.weekly);
    }
    for one in &calendar.exceptions {
        let what = format!("the exception from {} to {}", one.from, one.to);
        subject.is(what, one.hours.to_string());
    }
    for ((year, month), begins) in &calendar.moon.announced {
        subject.is(format!("the first day of {year:04}-{month:02}"), begins.to_string());
    }
}

fn week(subject: &mut Subject<'_>, within: &str, week: &Week) {
    for (name, day) in DAYS.iter().zip(&week.0) {
        let hours = hours::shown(&day.hours);
        subject.is(format!("the time of {name}{within}"), hours);
    }
}

fn named(texts: &Texts) -> String {
    texts.values().map(|text| &**text).collect::<Vec<_>>().join(" / ")
}
