//! Values: a number, an amount, a date, as the words that people say.

use std::sync::Arc;

use jiff::civil::{Date, Time};

use crate::base::key::Key;
use crate::flow::model::{Gender, NumberPlace, SayKind};
use crate::flow::prompt::{Amount, Argument, Speaker, Speech};
use crate::flow::words::{self, And, Followed};

/// How much of which unit.
type Amounts<'a> = [(u64, &'a str)];

impl Speaker<'_> {
    /// Says a value. One that has another shape than its kind is read digit by digit, and one
    /// without digits is not said.
    #[must_use]
    pub fn value(&self, kind: &SayKind, argument: &Argument) -> Speech {
        let written = argument.value.to_text().unwrap_or_default();
        let said = self.shaped(kind, written.trim());
        said.unwrap_or_else(|| self.digits(&written, None)).masked(argument.sensitive)
    }

    /// Nothing for a text of another shape.
    fn shaped(&self, kind: &SayKind, written: &str) -> Option<Speech> {
        let language = self.language;
        let words = match kind {
            SayKind::Digits { group } => return Some(self.digits(written, *group)),
            SayKind::Number { gender } => {
                return Some(self.number(written.parse().ok()?, *gender, Followed::Alone));
            }
            SayKind::Money { unit, minor } => {
                let Amount(sum) = Amount::read(written)?;
                let (whole, rest) = (sum.unsigned_abs() / 100, sum.unsigned_abs() % 100);
                return Some(self.signed(sum, &[(whole, unit), (rest, minor)]));
            }
            SayKind::Duration => {
                let seconds = written.parse::<i64>().ok()?;
                return Some(self.signed(seconds, &spans(seconds.unsigned_abs())));
            }
            SayKind::Count { unit } => {
                let count = written.parse::<i64>().ok()?;
                return Some(self.signed(count, &[(count.unsigned_abs(), unit)]));
            }
            SayKind::Ordinal { gender } => words::ordinal(language, written.parse().ok()?, *gender),
            SayKind::Date { reckoning, weekday } => {
                words::date(language, written.parse::<Date>().ok()?, *reckoning, *weekday)
            }
            SayKind::Time => words::time(language, written.parse::<Time>().ok()?),
        };
        let mut said = Speech::default();
        self.words(&mut said, &words);
        Some(said)
    }

    fn digits(&self, text: &str, group: Option<usize>) -> Speech {
        let mut said = Speech::default();
        let keys: Vec<char> = text.chars().filter(|&c| Key::try_from(c).is_ok()).collect();
        for (index, group) in words::groups(&keys, group).into_iter().enumerate() {
            if index > 0 {
                said.sounds.push(words::PAUSE.into());
            }
            let of = group.iter().filter_map(|&letter| Key::try_from(letter).ok());
            said.sounds.extend(of.map(|key| self.sound_of(&words::key(self.language, key))));
        }
        said.text = keys.into_iter().collect();
        said
    }

    fn number(&self, number: i64, gender: Gender, followed: Followed) -> Speech {
        let words = words::number(self.language, number, gender, followed);
        Speech {
            sounds: words.iter().map(|word| self.sound_of(word)).collect(),
            text: number.to_string(),
        }
    }

    /// Amounts that are all above or all below zero. One that is zero is not said, unless all are:
    /// then it is the first.
    fn signed(&self, sign: i64, amounts: &Amounts<'_>) -> Speech {
        let mut said = Speech::default();
        if sign < 0 {
            self.words(&mut said, &[words::minus(self.language)]);
        }
        let mut heard: Vec<(u64, &str)> =
            amounts.iter().copied().filter(|(count, _)| *count > 0).collect();
        if heard.is_empty() {
            heard.extend(amounts.first());
        }
        said.extend(self.amounts(&heard));
        said
    }

    fn amounts(&self, amounts: &Amounts<'_>) -> Speech {
        let mut said = Speech::default();
        for (index, &(count, unit)) in amounts.iter().enumerate() {
            let amount = self.counted(count, unit);
            match words::grammar(self.language).names().and {
                And::Prefix(prefix) if index > 0 => said.extend(amount.joined(prefix)),
                And::Word(_) if index > 0 && index + 1 == amounts.len() => {
                    let and = words::and(self.language);
                    and.iter().for_each(|word| self.words(&mut said, std::slice::from_ref(word)));
                    said.extend(amount);
                }
                And::Prefix(_) | And::Word(_) => said.extend(amount),
            }
        }
        said
    }

    /// A number of one thing.
    fn counted(&self, count: u64, unit: &str) -> Speech {
        let number = i64::try_from(count).unwrap_or(i64::MAX);
        let Some(known) = self.bundle.units.get(unit) else {
            return self.number(number, Gender::Masculine, Followed::Alone);
        };
        let rules = words::grammar(self.language);
        let form_of = |count| known.form(self.language, rules.plural(count));
        if let Some((most, last)) = rules.apart(count)
            && form_of(last).number == NumberPlace::Unsaid
        {
            return self.amounts(&[(most, unit), (last, unit)]);
        }
        let form = form_of(count);
        let mut said = Speech::default();
        match form.number {
            NumberPlace::Before => {
                said.extend(self.number(number, known.gender, Followed::ByNoun));
                said.sound(Arc::clone(&form.sound), &form.text);
            }
            NumberPlace::After => {
                said.sound(Arc::clone(&form.sound), &form.text);
                said.extend(self.number(number, known.gender, Followed::Alone));
            }
            NumberPlace::Unsaid => said.sound(Arc::clone(&form.sound), &form.text),
        }
        said
    }
}

/// Seconds as longer spans. None at all is told in seconds, so they come first then.
fn spans(seconds: u64) -> Vec<(u64, &'static str)> {
    let mut rest = seconds;
    let mut spans = Vec::new();
    for (unit, size) in SayKind::SPANS {
        spans.push((rest / size, unit));
        rest %= size;
    }
    if seconds == 0 {
        spans.reverse();
    }
    spans
}
