//! Bundles, entities, sectors, skills, queues and calendars.

use super::kind::Kind::{Either, Int, List, Map, MapLike, Null, Number, Text, Texts, True, Word};
use super::kind::{DATE, ID, KEY, Kind, SPAN, Shape, YEARLY, may, must};

const BY_ID: &str = "^[a-z][a-z0-9_-]{0,63}$";
const HOURS: Kind =
    List(&Kind::Like("^([01][0-9]|2[0-3]):[0-5][0-9] *- *(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"));
const DAY: &str = "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$";
const WEEK: Kind = MapLike(DAY, &HOURS);

pub(super) static SHAPES: &[Shape] = &[
    Shape::new(
        "file",
        "What every file begins with.",
        &[
            must("apiVersion", Word(&["ivr/v1"]), "The version of the language."),
            must("kind", Text, "What the file is."),
        ],
    ),
    Shape::new("head", "What most files begin with.", &[must("id", ID, "The name by which other files know it.")])
        .with(&["file"]),
    Shape::new(
        "bundle",
        "A bundle: its languages, its numbers, and where whatever goes wrong leads.",
        &[
            may("title", Text, "What the bundle is called."),
            must("languages", List(&Word(&["ar", "en", "ur", "hi"])), "Its languages. The first is spoken until the caller has chosen."),
            must("numbers", Map(&ID), "Which flow answers which dialled number; numbers in quotes."),
            must("events", Map(&ID), "Flows for outcomes that no flow resolves. `error` must be among them."),
            may("env", MapLike(BY_ID, &Either(&[Text, Null])), "Settings that the bundle needs from its installation, with their defaults: `env.…` in expressions."),
        ],
    )
    .with(&["head"]),
    Shape::new(
        "entity",
        "A government entity that the number serves.",
        &[
            must("name", Texts, "Its name in every language."),
            must("sector", ID, "Its sector, of `sectors.yaml`."),
            may("key", KEY, "The key that menus give it, in quotes."),
            must("calendar", ID, "The calendar of its hours."),
            must("queue", ID, "The queue of its callers."),
            may("service_level", Kind::Shape("service_level"), "What is promised to its callers."),
            may("departments", List(&Kind::Shape("department")), "Its departments."),
        ],
    )
    .with(&["head"]),
    Shape::new(
        "department",
        "A part of an entity.",
        &[
            must("id", ID, "Its name among the departments of the entity."),
            must("name", Texts, "Its name in every language."),
            may("key", KEY, "The key that menus give it."),
        ],
    ),
    Shape::new(
        "service_level",
        "So many of a hundred callers are answered within a time.",
        &[
            must("within", SPAN, "The time."),
            must("percent", Int(1, 100), "How many of a hundred."),
        ],
    ),
    Shape::new(
        "sectors",
        "The sectors that entities belong to.",
        &[must("sectors", MapLike(BY_ID, &Kind::Shape("sector")), "The sectors, by id.")],
    )
    .with(&["file"]),
    Shape::new(
        "sector",
        "A group of entities.",
        &[
            must("name", Texts, "Its name in every language."),
            may("key", KEY, "The key that menus give it."),
        ],
    ),
    Shape::new(
        "skills",
        "The skills that exist. Those of languages and entities exist by themselves.",
        &[must("skills", Map(&Texts), "Skills such as `topic.complaint`, with their names.")],
    )
    .with(&["file"]),
    Shape::new(
        "queue_file",
        "How a queue treats its callers.",
        &[
            must("name", Texts, "Its name in every language."),
            may("target_wait", SPAN, "The wait that is aimed at. 20s when left out."),
            may("service_level", Kind::Shape("service_level"), "What is promised. 80 percent within `target_wait` when left out."),
            may("cap", Int(1, 100_000), "How many may wait; the next one is `queue.full`."),
            may("ratio", Number, "How many may wait for each agent on duty, such as 2.5."),
            may("ring", SPAN, "How long an agent's phone rings. 15s when left out."),
            may("wrap_up", SPAN, "How long an agent has after a call. 30s when left out."),
            may("music", ID, "What is heard when no wait flow says otherwise."),
            may("calendar", ID, "The calendar outside which the queue is `queue.closed`."),
        ],
    )
    .with(&["head"]),
    Shape::new(
        "calendar",
        "When somebody is there. An exception wins over a holiday, a holiday over a special period, and that over the week.",
        &[
            must("zone", Text, "The zone that its times are told in, such as `Asia/Dubai`."),
            must("weekly", WEEK, "Hours by day: `{mon-thu: [\"07:30-15:30\"]}`. A day that is not named is a day off; `\"22:00-02:00\"` ends on the next day."),
            may("holidays", List(&Kind::Shape("holiday")), "Days without hours."),
            may("holidays_of", ID, "A calendar whose holidays and moon hold here as well."),
            may("special", List(&Kind::Shape("special")), "Periods with hours of their own, such as Ramadan."),
            may("exceptions", List(&Kind::Shape("exception")), "Days that go their own way, whatever else holds."),
            may("moon", MapLike("^[0-9]{4}-[0-9]{2}$", &DATE), "The first day of Hijri months as announced, where it is not the printed one: `{\"1448-10\": \"2027-03-10\"}`."),
        ],
    )
    .with(&["head"]),
    Shape::new(
        "days",
        "Days of a rule.",
        &[
            may("date", YEARLY, "A date such as \"2026-12-02\", or \"12-02\" for every year."),
            may("from", DATE, "The first day, with `to`."),
            may("to", DATE, "The last day, itself included."),
            may("hijri", YEARLY, "A Hijri date such as \"10-01\" for every year, or \"1448-10-01\"."),
            may("hijri_month", Int(1, 12), "A whole Hijri month of every year; 9 is Ramadan."),
            may("days", Int(1, 60), "With `date` and `hijri`, how many days from that one on. 1 when left out."),
        ],
    ),
    Shape::new("holiday", "One or more days off.", &[must("name", Texts, "What is celebrated, in every language.")])
        .with(&["days"])
        .one_of(&["date", "from", "hijri", "hijri_month"]),
    Shape::new(
        "special",
        "A period with hours of its own.",
        &[
            must("name", Texts, "What it is, in every language."),
            must("weekly", WEEK, "Its hours by day."),
        ],
    )
    .with(&["days"])
    .one_of(&["date", "from", "hijri", "hijri_month"]),
    Shape::new(
        "exception",
        "Days that go their own way, with `hours`, `closed: true` or `holiday: true`.",
        &[
            may("date", DATE, "The day."),
            may("from", DATE, "The first day, with `to`."),
            may("to", DATE, "The last day, itself included."),
            may("days", Int(1, 60), "With `date`, how many days from that one on."),
            may("hours", HOURS, "These hours hold."),
            may("closed", True, "Nobody is there, as on any evening."),
            may("holiday", True, "Nobody is there, as on a holiday."),
            may("name", Texts, "Why, in every language."),
        ],
    )
    .one_of(&["hours", "closed", "holiday"]),
];
