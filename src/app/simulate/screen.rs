//! The page of a simulated call, without the terminal: what stands on it, and what keys mean.

use std::time::Duration;

use crate::app::simulate::order::{Order, place, span};
use crate::base::key::Key;
use crate::flow::model::Language;
use crate::flow::trial::{Booth, Footstep, Line};

/// Lines that are kept; older ones can be scrolled to no more.
const LINES_MAX: usize = 2_000;

/// A key of the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Press {
    Letter(char),
    Enter,
    Escape,
    Back,
    Up(usize),
    Down(usize),
    /// Ctrl-C.
    Break,
}

/// What the person wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    Nothing,
    Order(Order),
    /// The call from its beginning.
    Again,
    Quit,
}

/// In how many languages is shown what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// In all of them, the others than the spoken one dimmed.
    All,
    /// In the one that the caller hears.
    Spoken,
}

/// What the call is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Flow,
    Queue,
    Agent,
    Over,
}

/// The page.
#[derive(Debug)]
pub(super) struct Screen {
    pub(super) title: String,
    pub(super) lines: Vec<Line>,
    pub(super) trail: Vec<Footstep>,
    pub(super) variables: Vec<(String, String)>,
    pub(super) language: Option<Language>,
    pub(super) clock: Duration,
    pub(super) at: At,
    pub(super) shown: Shown,
    /// What is being typed, with its first letter.
    pub(super) typing: Option<String>,
    pub(super) message: Option<String>,
    /// How many rows the person has scrolled up.
    pub(super) scrolled: usize,
}

impl Screen {
    /// An empty page.
    pub(super) const fn new(title: String) -> Self {
        Self {
            title,
            lines: Vec::new(),
            trail: Vec::new(),
            variables: Vec::new(),
            language: None,
            clock: Duration::ZERO,
            at: At::Flow,
            shown: Shown::All,
            typing: None,
            message: None,
            scrolled: 0,
        }
    }

    /// Takes in what has become of the call.
    pub(super) fn look_at(&mut self, booth: &mut Booth) {
        self.lines.extend(booth.take_lines());
        self.lines.drain(..self.lines.len().saturating_sub(LINES_MAX));
        self.trail = booth.trail().to_vec();
        self.variables = booth.variables();
        self.language = Some(booth.language());
        self.clock = booth.since_start();
        self.at = match (booth.is_over(), booth.is_waiting(), booth.is_talking()) {
            (true, _, _) => At::Over,
            (false, true, _) => At::Queue,
            (false, false, true) => At::Agent,
            (false, false, false) => At::Flow,
        };
    }

    /// What came of an order.
    pub(super) fn answer(&mut self, fault: Option<&'static str>) {
        self.message = fault.map(str::to_owned);
    }

    /// A key was pressed on the keyboard.
    pub(super) fn press(&mut self, press: Press) -> Wish {
        self.message = None;
        match (press, self.typing.take()) {
            (Press::Break, _) => Wish::Quit,
            (Press::Up(rows), typing) => {
                self.typing = typing;
                self.scrolled = self.scrolled.saturating_add(rows);
                Wish::Nothing
            }
            (Press::Down(rows), typing) => {
                self.typing = typing;
                self.scrolled = self.scrolled.saturating_sub(rows);
                Wish::Nothing
            }
            (Press::Escape, _) | (Press::Back, None) => Wish::Nothing,
            (Press::Back, Some(mut typed)) => {
                typed.pop();
                self.typing = Some(typed).filter(|typed| !typed.is_empty());
                Wish::Nothing
            }
            (Press::Letter(letter), Some(mut typed)) => {
                typed.push(letter);
                self.typing = Some(typed);
                Wish::Nothing
            }
            (Press::Enter, Some(typed)) => self.typed(&typed),
            (Press::Enter, None) => self.order(Order::Next),
            (Press::Letter(letter), None) => self.letter(letter),
        }
    }

    fn letter(&mut self, letter: char) -> Wish {
        if let Ok(key) = Key::try_from(letter)
            && !letter.is_ascii_uppercase()
        {
            return self.order(Order::Press(vec![key]));
        }
        match letter {
            '+' | 'p' => {
                self.typing = Some(letter.to_string());
                Wish::Nothing
            }
            'a' => self.order(Order::Answer),
            'l' => self.order(Order::Release),
            'h' => self.order(Order::Leave),
            'v' => {
                self.shown = match self.shown {
                    Shown::All => Shown::Spoken,
                    Shown::Spoken => Shown::All,
                };
                Wish::Nothing
            }
            'n' => Wish::Again,
            'q' => Wish::Quit,
            _ => {
                self.message = Some(format!("`{letter}` means nothing here"));
                Wish::Nothing
            }
        }
    }

    /// What was typed is whole.
    fn typed(&mut self, typed: &str) -> Wish {
        let order = match typed.strip_prefix('+') {
            Some(text) => span(text.trim()).map(Order::Wait),
            None => place(typed.trim_start_matches('p').split_whitespace()),
        };
        match order {
            Some(order) => self.order(order),
            None => {
                let wanted = "wanted a span such as +30s or +2m, or a place such as p 3 120";
                self.message = Some(format!("{wanted}, found {typed}"));
                Wish::Nothing
            }
        }
    }

    const fn order(&mut self, order: Order) -> Wish {
        self.scrolled = 0;
        Wish::Order(order)
    }
}

#[cfg(test)]
mod tests;
