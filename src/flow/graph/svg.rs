//! A graph as a drawing that any browser shows.

use std::fmt::Write as _;

use crate::flow::graph::layout::Point;
use crate::flow::graph::note::{by_flow, family};
use crate::flow::graph::panel::{self, Card, LINE_HEIGHT, Panel};
use crate::flow::graph::{Graph, Kind, Way};

/// Around each flow, and around the whole.
const MARGIN: f64 = 24.0;
/// A row of flows is not wider than this, unless one of them is.
const ROW: f64 = 1_800.0;
/// For the heading of a flow.
const HEADING: f64 = 34.0;

const STYLE: &str = "\
svg{background:#fff;font-family:system-ui,'Noto Sans','Noto Sans Arabic','Noto Naskh Arabic',sans-serif}\
text{font-size:11px;fill:#222;unicode-bidi:plaintext}\
.middle{text-anchor:middle}\
.flow{fill:#fafafa;stroke:#ddd}.title{font-size:16px;font-weight:600}\
.note,.type{font-size:10px;fill:#777}.name{font-weight:600}\
.box{stroke-width:1;rx:6}.start{stroke-width:2.5}\
.heard{fill:#e8f1fb;stroke:#4a7fb5}.people{fill:#e7f5ea;stroke:#3f8f55}\
.outside{fill:#f3ebfa;stroke:#8459ad}.flows{fill:#fdf3e1;stroke:#b5822c}\
.end{fill:#e6e6e6;stroke:#555}.quiet{fill:#fff;stroke:#999}\
.way{fill:none;stroke:#5b6670;stroke-width:1.2;marker-end:url(#arrow)}\
.choice{stroke:#4a7fb5}.limit{stroke-dasharray:4 3;stroke:#b0623d}\
.halo{fill:#fafafa;opacity:.92}.label{font-size:10px;fill:#33414d;text-anchor:middle}";

impl Graph {
    /// The graph as an SVG drawing, one panel for each flow.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let flows = by_flow(self);
        let mut panels: Vec<Panel<'_>> = flows
            .iter()
            .map(|(flow, nodes)| panel::of(self, flow, nodes))
            .filter(|panel| !panel.boxes.is_empty())
            .collect();
        // What answers a number is looked for first.
        panels.sort_by_key(|panel| !panel.boxes.iter().any(Card::answers));
        let mut body = String::new();
        let (mut x, mut y, mut row, mut right) = (MARGIN, MARGIN, 0.0_f64, 0.0_f64);
        for panel in &panels {
            let size = size(panel);
            if MARGIN < x && ROW < x + size.x {
                (x, y, row) = (MARGIN, y + row + MARGIN, 0.0);
            }
            draw(&mut body, self, panel, Point { x, y });
            x += size.x + MARGIN;
            (row, right) = (row.max(size.y), right.max(x));
        }
        let (width, height) = (right.max(2.0 * MARGIN), y + row + MARGIN);
        let title = escaped(&self.bundle);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.0} {height:.0}\"><title>{title}</title><style>{STYLE}</style>\
             <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" \
             markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#5b6670\"/></marker>\
             </defs>\n{body}</svg>\n"
        )
    }

    const fn direction(&self) -> &'static str {
        match self.language.as_bytes() {
            b"ar" | b"ur" | b"fa" | b"he" => "rtl",
            _ => "ltr",
        }
    }
}

/// How much room a flow takes with its heading.
fn size(panel: &Panel<'_>) -> Point {
    let drawn = panel.plan.size;
    Point { x: drawn.x.max(160.0) + 2.0 * MARGIN, y: drawn.y + heading(panel) + 2.0 * MARGIN }
}

fn heading(panel: &Panel<'_>) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a flow has few events")]
    let lines = panel.events.len() as f64;
    HEADING + lines * LINE_HEIGHT
}

fn draw(out: &mut String, graph: &Graph, panel: &Panel<'_>, corner: Point) {
    let size = size(panel);
    let Point { x, y } = corner;
    let flow = escaped(if panel.flow.is_empty() { "other flows" } else { panel.flow });
    let _ = writeln!(
        out,
        "<g id=\"flow-{flow}\"><rect class=\"flow\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" \
         height=\"{:.1}\" rx=\"10\"/><text class=\"title\" x=\"{:.1}\" y=\"{:.1}\">{flow}</text>",
        size.x,
        size.y,
        x + 14.0,
        y + 26.0,
    );
    let mut line = y + 26.0;
    for event in &panel.events {
        line += LINE_HEIGHT;
        let event = escaped(event);
        let _ = writeln!(
            out,
            "<text class=\"note\" x=\"{:.1}\" y=\"{line:.1}\">{event}</text>",
            x + 14.0
        );
    }
    let origin = Point { x: x + MARGIN, y: y + MARGIN + heading(panel) };
    for (way, points) in panel.ways.iter().zip(&panel.plan.ways) {
        let class = match way.way {
            Way::Choice => "way choice",
            Way::Limit => "way limit",
            Way::Next | Way::Outcome | Way::Call | Way::Wait | Way::Inherited => "way",
        };
        let curve = curve(points, origin);
        let _ = writeln!(out, "<path class=\"{class}\" d=\"{curve}\"/>");
    }
    for (way, place) in panel.ways.iter().zip(&panel.plan.labels) {
        let Some(place) = place else { continue };
        label(out, &way.label, Point { x: origin.x + place.x, y: origin.y + place.y });
    }
    for (card, place) in panel.boxes.iter().zip(&panel.plan.boxes) {
        let middle = Point { x: origin.x + place.x, y: origin.y + place.y };
        boxed(out, graph, card, middle);
    }
    out.push_str("</g>\n");
}

/// A smooth line through points that leaves the first and enters the last of them upright.
fn curve(points: &[Point], origin: Point) -> String {
    let at =
        |index: usize| points.get(index).map(|at| Point { x: at.x + origin.x, y: at.y + origin.y });
    let Some(first) = at(0) else { return String::new() };
    let mut path = format!("M{:.1} {:.1}", first.x, first.y);
    for index in 1..points.len() {
        let (Some(from), Some(to)) = (at(index - 1), at(index)) else { break };
        // Between its ends a line goes on in the direction of its neighbours.
        let slope = |before: Option<Point>, after: Option<Point>| match (before, after) {
            (Some(before), Some(after)) if before.y != after.y => {
                (after.x - before.x) / (after.y - before.y)
            }
            (Some(_) | None, Some(_) | None) => 0.0,
        };
        let third = (to.y - from.y) / 3.0;
        let leaving = slope(index.checked_sub(2).and_then(at), Some(to)) * third;
        let coming = slope(Some(from), at(index + 1)) * third;
        let _ = write!(
            path,
            "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            from.x + leaving,
            from.y + third,
            to.x - coming,
            to.y - third,
            to.x,
            to.y
        );
    }
    path
}

fn label(out: &mut String, text: &str, middle: Point) {
    #[expect(clippy::cast_precision_loss, reason = "a label has few letters")]
    let width = text.chars().count() as f64 * 5.4 + 4.0;
    let (left, top) = (middle.x - width / 2.0, middle.y - 7.0);
    let text = escaped(text);
    let _ = writeln!(
        out,
        "<rect class=\"halo\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"14\"/>\
         <text class=\"label\" x=\"{:.1}\" y=\"{:.1}\">{text}</text>",
        middle.x,
        middle.y + 3.5,
    );
}

fn boxed(out: &mut String, graph: &Graph, card: &Card<'_>, middle: Point) {
    let Point { x: width, y: height } = card.size;
    let (left, top) = (middle.x - width / 2.0, middle.y - height / 2.0);
    let start = if card.node.kind == Kind::Start { " start" } else { "" };
    let family = match family(card.node.step) {
        "flow" => "flows",
        other => other,
    };
    let _ = writeln!(
        out,
        "<g><title>{}</title><rect class=\"box {family}{start}\" x=\"{left:.1}\" y=\"{top:.1}\" \
         width=\"{width:.1}\" height=\"{height:.1}\"/>",
        escaped(&hover(card)),
    );
    let mut line = top + 2.0;
    let mut text = |class: &str, direction: &str, words: &str| {
        line += LINE_HEIGHT;
        let _ = writeln!(
            out,
            "<text class=\"{class}\" x=\"{:.1}\" y=\"{line:.1}\" direction=\"{direction}\">{words}\
             </text>",
            middle.x,
        );
    };
    for entry in &card.entries {
        text("middle note", "ltr", &escaped(entry));
    }
    let (name, step) = (escaped(&card.node.name), card.node.step);
    text("middle name", "ltr", &format!("{name} <tspan class=\"type\">{step}</tspan>"));
    for words in &card.text {
        text("middle", graph.direction(), &escaped(words));
    }
    for exit in &card.exits {
        text("middle note", "ltr", &escaped(exit));
    }
    out.push_str("</g>\n");
}

/// What is shown while the pointer rests on a box: all of it.
fn hover(card: &Card<'_>) -> String {
    let node = card.node;
    let mut hover = format!("{} ({})\n{}", node.id, node.step, node.text);
    if let (Some(file), Some(line)) = (&node.file, node.line) {
        let _ = write!(hover, "\n{file}:{line}");
    }
    for one in &node.inherited {
        let _ = write!(hover, "\n{} → {}", one.outcome, one.to);
    }
    hover
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            _ if letter.is_control() => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}
