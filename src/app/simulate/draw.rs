//! The page of a simulated call, drawn.

use std::fmt::Write as _;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line as Row, Span, Text};
use ratatui::widgets::{Block, Borders, Paragraph};

use crate::app::simulate::screen::{At, Screen, Shown};
use crate::flow::trial::{Footstep, Line, Said};

/// What the keys mean.
const HELP: &str = "0-9 * # press · Enter next thing · +30s wait · a agent answers · l lets go · \
                    p 3 120 place · h hang up · n again · v languages · q quit";
/// The column of the time.
const TIME: usize = 9;
/// Where a page is too narrow for two columns.
const NARROW: u16 = 80;

/// Draws the page.
pub(super) fn page(frame: &mut Frame<'_>, screen: &mut Screen) {
    let [head, body, typed, help] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(3),
        Constraint::Length(1),
        Constraint::Length(help_rows(frame.area().width)),
    ])
    .areas(frame.area());
    frame.render_widget(Paragraph::new(heading(screen)), head);
    if body.width < NARROW {
        heard(frame, body, screen);
    } else {
        let columns = [Constraint::Percentage(64), Constraint::Percentage(36)];
        let [left, right] = Layout::horizontal(columns).areas(body);
        heard(frame, left, screen);
        let [way, state] =
            Layout::vertical([Constraint::Percentage(55), Constraint::Fill(1)]).areas(right);
        walked(frame, way, screen);
        variables(frame, state, screen);
    }
    let typing = match (&screen.typing, &screen.message) {
        (Some(typing), _) => Row::from(format!("> {typing}▏")),
        (None, Some(message)) => Row::styled(message.clone(), strong()),
        (None, None) => Row::from(""),
    };
    frame.render_widget(Paragraph::new(typing), typed);
    frame.render_widget(Paragraph::new(wrapped(HELP, help.width, 0, faint())), help);
}

fn heading(screen: &Screen) -> Row<'static> {
    let at = match screen.at {
        At::Flow => "in the flow",
        At::Queue => "waits for an agent",
        At::Agent => "talks to an agent",
        At::Over => "the call has ended",
    };
    let language = screen.language.map_or("", |language| language.tag());
    let seconds = screen.clock.as_secs();
    let clock = format!("{}:{:02}", seconds / 60, seconds % 60);
    Row::from(vec![
        Span::styled(format!(" {} ", screen.title), strong().add_modifier(Modifier::REVERSED)),
        Span::from(format!("  {clock}  {language}  {at}")),
    ])
}

fn help_rows(width: u16) -> u16 {
    u16::try_from(wrapped(HELP, width, 0, faint()).len()).unwrap_or(1)
}

/// What the caller hears, the newest at the bottom.
fn heard(frame: &mut Frame<'_>, area: Rect, screen: &mut Screen) {
    let block = Block::new().borders(Borders::ALL).title(" heard ");
    let inner = block.inner(area);
    let rows: Vec<Row<'_>> =
        screen.lines.iter().flat_map(|line| rows_of(line, screen.shown, inner.width)).collect();
    let room = usize::from(inner.height);
    screen.scrolled = screen.scrolled.min(rows.len().saturating_sub(room));
    let end = rows.len().saturating_sub(screen.scrolled);
    let shown: Vec<Row<'_>> = rows.into_iter().take(end).skip(end.saturating_sub(room)).collect();
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(Text::from(shown)), inner);
}

fn rows_of(line: &Line, shown: Shown, width: u16) -> Vec<Row<'static>> {
    let time = line.shown();
    let time: String = time.chars().take(TIME - 1).collect();
    let mut rows = match &line.said {
        None => wrapped(&line.text, width, TIME, faint()),
        Some(said) => said_rows(said, shown, width),
    };
    if let Some(first) = rows.first_mut() {
        let time = Span::styled(format!("{time:<TIME$}"), faint());
        first.spans.splice(..1, [time]);
    }
    rows
}

fn said_rows(said: &Said, shown: Shown, width: u16) -> Vec<Row<'static>> {
    let mut rows = Vec::new();
    if let Some(prompt) = &said.prompt {
        rows.push(Row::from(vec![
            Span::from(" ".repeat(TIME)),
            Span::styled(prompt.to_string(), strong()),
        ]));
    }
    let spoken = said.texts.iter().filter(|(language, _)| *language == said.language);
    for (_, text) in spoken {
        rows.extend(wrapped(text, width, TIME, Style::new()));
    }
    if shown == Shown::All {
        let spoken = said.texts.iter().find(|(language, _)| *language == said.language);
        // Music and names may be the same in all.
        let others = said.texts.iter().filter(|of| spoken.is_none_or(|spoken| of.1 != spoken.1));
        for (language, text) in others {
            let text = format!("{} {text}", language.tag());
            rows.extend(wrapped(&text, width, TIME, faint()));
        }
    }
    rows
}

/// The way that the call took, and why; the newest at the bottom.
fn walked(frame: &mut Frame<'_>, area: Rect, screen: &Screen) {
    let block = Block::new().borders(Borders::ALL).title(" walked, and why ");
    let inner = block.inner(area);
    let mut rows: Vec<Row<'_>> =
        screen.trail.iter().flat_map(|step| footstep(step, inner.width)).collect();
    rows.drain(..rows.len().saturating_sub(usize::from(inner.height)));
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(Text::from(rows)), inner);
}

fn footstep(step: &Footstep, width: u16) -> Vec<Row<'static>> {
    let Footstep { flow, node, does, why } = step;
    let mut rows = Vec::new();
    if !why.is_empty() {
        rows.extend(wrapped(&format!("↳ {why}"), width, 2, faint()));
    }
    let node = Span::styled(format!("{flow}.{node}"), strong());
    rows.push(Row::from(vec![node, Span::styled(format!("  {does}"), faint())]));
    rows
}

fn variables(frame: &mut Frame<'_>, area: Rect, screen: &Screen) {
    let block = Block::new().borders(Borders::ALL).title(" variables ");
    let inner = block.inner(area);
    let rows = screen.variables.iter().flat_map(|(name, value)| {
        let style = if value.is_empty() { faint() } else { Style::new() };
        let mut text = format!("{name} ");
        let _ = write!(text, "{}", if value.is_empty() { "·" } else { value });
        wrapped(&text, inner.width, 0, style)
    });
    let rows: Vec<Row<'_>> = rows.collect();
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(Text::from(rows)), inner);
}

/// Breaks a text between words; each row begins with `indent` blanks.
///
/// The text stays in its logical order: how right-to-left letters are laid out is the terminal's.
fn wrapped(text: &str, width: u16, indent: usize, style: Style) -> Vec<Row<'static>> {
    let room = usize::from(width).saturating_sub(indent).max(8);
    let mut rows: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let last = rows.last_mut().expect("there is a row from the start");
        let taken = Span::from(last.as_str()).width();
        if taken > 0 && taken + 1 + Span::from(word).width() > room {
            rows.push(word.to_owned());
        } else {
            if taken > 0 {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    let row = |text| Row::from(vec![Span::from(" ".repeat(indent)), Span::styled(text, style)]);
    rows.into_iter().map(row).collect()
}

fn strong() -> Style {
    Style::new().add_modifier(Modifier::BOLD)
}

fn faint() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}
