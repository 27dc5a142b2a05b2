//! The terminal under the page of a simulated call: keys in, drawings out.

use std::io;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::app::simulate::Dialling;
use crate::app::simulate::draw;
use crate::app::simulate::screen::{Press, Screen, Wish};

/// Shows the call until the person has seen enough.
pub(super) fn run(dialling: &Dialling) -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    let mut screen = Screen::new(dialling.title());
    let mut booth = dialling.booth();
    let result = loop {
        screen.look_at(&mut booth);
        // Terminals differ in how wide joined letters are, so nothing of the last page may stay.
        let cleared = terminal.clear();
        let drawn = cleared.and_then(|()| terminal.draw(|frame| draw::page(frame, &mut screen)));
        if let Err(fault) = drawn {
            break Err(fault);
        }
        let press = match event::read() {
            Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => press(key),
            Ok(_) => None,
            Err(fault) => break Err(fault),
        };
        match press.map_or(Wish::Nothing, |press| screen.press(press)) {
            Wish::Nothing => {}
            Wish::Order(order) => screen.answer(order.obey(&mut booth).err()),
            Wish::Again => {
                booth = dialling.booth();
                screen = Screen::new(dialling.title());
            }
            Wish::Quit => break Ok(()),
        }
    };
    ratatui::restore();
    result
}

/// A key of the keyboard, if it means anything here.
#[expect(clippy::wildcard_enum_match_arm, reason = "keyboards have more keys than are told apart")]
fn press(key: KeyEvent) -> Option<Press> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return (key.code == KeyCode::Char('c')).then_some(Press::Break);
    }
    match key.code {
        KeyCode::Char(letter) => Some(Press::Letter(letter)),
        KeyCode::Enter => Some(Press::Enter),
        KeyCode::Esc => Some(Press::Escape),
        KeyCode::Backspace => Some(Press::Back),
        KeyCode::Up => Some(Press::Up(1)),
        KeyCode::Down => Some(Press::Down(1)),
        KeyCode::PageUp => Some(Press::Up(10)),
        KeyCode::PageDown => Some(Press::Down(10)),
        _ => None,
    }
}
