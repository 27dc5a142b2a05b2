//! One flow on a drawing: its boxes with their lines of text, planned.

use crate::flow::graph::layout::{Line, Plan, Point, plan};
use crate::flow::graph::note::{Bundled, bundled, short};
use crate::flow::graph::{Graph, Kind, Node, Way};

/// Characters of a line in a box, and lines of what is heard.
const LINE: usize = 34;
const LINES: usize = 3;
/// How high a line of text is.
pub(super) const LINE_HEIGHT: f64 = 15.0;
/// Between the edge of a box and its text.
const MARGIN: f64 = 10.0;
/// How wide a letter is, about: drawings are made without the fonts.
const LETTER: f64 = 6.3;
const SMALL_LETTER: f64 = 5.6;

/// One flow, planned.
pub(super) struct Panel<'a> {
    /// Its id; empty for the flows that are only mentioned.
    pub(super) flow: &'a str,
    /// Its boxes.
    pub(super) boxes: Vec<Card<'a>>,
    /// The ways within it.
    pub(super) ways: Vec<Bundled<'a>>,
    /// What its events say, one line each.
    pub(super) events: Vec<String>,
    /// Where everything stands.
    pub(super) plan: Plan,
}

/// A node as a box.
pub(super) struct Card<'a> {
    /// The node.
    pub(super) node: &'a Node,
    /// How one comes here but by the ways that are drawn.
    pub(super) entries: Vec<String>,
    /// What is heard or done, line by line.
    pub(super) text: Vec<String>,
    /// Where it leads but by the ways that are drawn.
    pub(super) exits: Vec<String>,
    /// How large it is.
    pub(super) size: Point,
}

/// Plans one flow of a graph.
pub(super) fn of<'a>(graph: &'a Graph, flow: &'a str, nodes: &[&'a Node]) -> Panel<'a> {
    let drawn: Vec<&Node> = nodes.iter().copied().filter(|node| is_drawn(node)).collect();
    let boxes: Vec<Card<'a>> = drawn.iter().map(|node| card(graph, node)).collect();
    let place = |id: &str| drawn.iter().position(|node| node.id == id);
    let inside = graph.edges.iter().filter(|edge| {
        is_line(edge.way) && place(&edge.from).is_some() && place(&edge.to).is_some()
    });
    let ways = bundled(inside);
    let lines: Vec<Line> = ways
        .iter()
        .filter_map(|way| {
            let x = width(&way.label, SMALL_LETTER);
            let label = if x == 0.0 { Point::default() } else { Point { x: x + 8.0, y: 14.0 } };
            Some(Line { from: place(way.from)?, to: place(way.to)?, label })
        })
        .collect();
    let sizes: Vec<Point> = boxes.iter().map(|card| card.size).collect();
    let events = graph
        .edges
        .iter()
        .filter(|edge| edge.way == Way::Inherited && edge.from.strip_suffix("/*") == Some(flow));
    let events = events.map(|edge| format!("{} → {}", edge.label, name_of(&edge.to, flow)));
    Panel { flow, boxes, ways, events: events.collect(), plan: plan(&sizes, &lines) }
}

/// Numbers and events are told at the boxes that they lead to.
const fn is_drawn(node: &Node) -> bool {
    match node.kind {
        Kind::Start | Kind::Step | Kind::Flow => true,
        Kind::Number | Kind::Events => false,
    }
}

/// Ways that are drawn as lines; the others are told in the boxes.
const fn is_line(way: Way) -> bool {
    match way {
        Way::Next | Way::Choice | Way::Outcome | Way::Limit => true,
        Way::Call | Way::Wait | Way::Inherited => false,
    }
}

impl Card<'_> {
    /// Whether a dialled number leads here.
    pub(super) fn answers(&self) -> bool {
        self.entries.iter().any(|entry| entry.starts_with("number "))
    }
}

fn card<'a>(graph: &Graph, node: &'a Node) -> Card<'a> {
    let flow = node.flow.as_deref().unwrap_or("");
    let entries = graph.edges.iter().filter(|edge| edge.to == node.id).filter_map(|edge| {
        Some(match edge.way {
            Way::Next => format!("number {}", edge.from.strip_prefix("number/")?),
            Way::Inherited if edge.from == "*" => format!("bundle: {}", edge.label),
            Way::Inherited => format!("on {}", edge.label),
            Way::Call => format!("called by {}", edge.from),
            Way::Wait => format!("while waiting in {}", edge.from),
            Way::Choice | Way::Outcome | Way::Limit => return None,
        })
    });
    let exits = graph.edges.iter().filter(|edge| edge.from == node.id).filter_map(|edge| {
        let to = edge.to.split('/').next().unwrap_or(&edge.to);
        match edge.way {
            Way::Call => Some(format!("calls {to}")),
            Way::Wait => Some(format!("while waiting: {to}")),
            Way::Next | Way::Choice | Way::Outcome | Way::Limit | Way::Inherited => None,
        }
    });
    let mut text = wrapped(&node.text);
    if let Some(when) = &node.when {
        text.push(format!("if {}", short(when, LINE)));
    }
    let mut card = Card {
        node,
        entries: entries.map(|entry| short(&entry, LINE)).collect(),
        text,
        exits: exits.map(|exit| format!("{} ↗", short(&exit, LINE))).collect(),
        size: Point::default(),
    };
    debug_assert!(node.flow.is_none() || !flow.is_empty(), "a flow has a name");
    card.size = size(&card);
    card
}

fn size(card: &Card<'_>) -> Point {
    let heading = format!("{}  {}", card.node.name, card.node.step);
    let small = card.entries.iter().chain(&card.exits).map(|line| width(line, SMALL_LETTER));
    let text = card.text.iter().map(|line| width(line, LETTER));
    let widest = small.chain(text).fold(width(&heading, LETTER + 0.8), f64::max);
    let lines = 1 + card.entries.len() + card.text.len() + card.exits.len();
    #[expect(clippy::cast_precision_loss, reason = "a box has few lines")]
    let height = lines as f64 * LINE_HEIGHT;
    Point { x: (widest + 2.0 * MARGIN).max(90.0), y: height + MARGIN }
}

fn width(text: &str, letter: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a line has few letters")]
    let letters = text.chars().count() as f64;
    letters * letter
}

/// A text in a few lines; what does not fit is left out.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = short(word, LINE);
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < LINE => {
                line.push(' ');
                line.push_str(&word);
            }
            Some(_) | None => lines.push(word),
        }
    }
    if LINES < lines.len() {
        lines.truncate(LINES);
        lines.iter_mut().last().into_iter().for_each(|line| line.push('…'));
    }
    lines
}

/// A node's name as its own flow calls it.
fn name_of<'a>(id: &'a str, flow: &str) -> &'a str {
    id.strip_prefix(flow).and_then(|rest| rest.strip_prefix('/')).unwrap_or(id)
}
