//! What is said and written: prompts, their slots, terms, texts, units.

use super::kind::Kind::{Flag, Int, MapLike, Said, Text, Texts, Unit, Word};
use super::kind::{ID, Shape, may};

const BY_ID: &str = "^[a-z][a-z0-9_-]{0,63}$";

pub(super) static SHAPES: &[Shape] = &[
    Shape::new(
        "prompts",
        "What can be said and written, by id, in every language of the bundle.",
        &[
            may("prompts", MapLike(BY_ID, &Said), "What is said: in each language a text, a slot, or a list of texts and slots."),
            may("terms", MapLike(BY_ID, &Texts), "Words that a value picks, such as the state of a case."),
            may("texts", MapLike(BY_ID, &Texts), "What is written in messages, with slots such as `{number}`."),
            may("units", MapLike(BY_ID, &Unit), "What can be counted, with every plural form of each language; `{n}` is the number."),
        ],
    )
    .with(&["file"]),
    Shape::new(
        "slot",
        "A part of a prompt that is not its own words. Values come from `args`.",
        &[
            may("digits", ID, "A value, one digit after the other."),
            may("number", ID, "A value as a number in words."),
            may("ordinal", ID, "A value as a number in a row: first, second."),
            may("money", ID, "A value as an amount such as `12.50`, with `currency`."),
            may("date", ID, "A value as a date such as `2026-09-20`."),
            may("time", ID, "A value as a time of day such as `14:30`."),
            may("duration", ID, "A number of seconds, as hours, minutes and seconds."),
            may("count", ID, "A value as a number of things, with `unit`."),
            may("term", ID, "The term whose id the value is."),
            may("entity", ID, "The name of the entity whose id the value is."),
            may("choices", Word(&["all"]), "Every labelled choice of the menu."),
            may("choice", Word(&["label", "key"]), "Only in the prompt `menu_choice`: the choice's label, or its key."),
            may("file", Text, "A sound by its path, such as `ar/old/greeting`."),
        ],
    )
    .with(&["manner"])
    .one_of(&[
        "digits", "number", "ordinal", "money", "date", "time", "duration", "count", "term",
        "entity", "choices", "choice", "file",
    ]),
    Shape::new(
        "manner",
        "How a value is said.",
        &[
            may("group", Int(1, 20), "With `digits`, how many are read without a pause."),
            may("gender", Word(&["masculine", "feminine"]), "With `number` and `ordinal`, the gender of what is counted."),
            may("currency", Text, "With `money`: AED, SAR, USD."),
            may("calendar", Word(&["gregorian", "hijri"]), "With `date`, by which calendar it is said."),
            may("weekday", Flag, "With `date`, whether the day of the week is said too."),
            may("unit", ID, "With `count`, what is counted: a unit under `units:`."),
        ],
    ),
];
