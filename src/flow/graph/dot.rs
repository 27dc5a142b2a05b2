//! A graph in the words of Graphviz.

use std::fmt::Write as _;

use crate::flow::graph::mermaid::is_quiet;
use crate::flow::graph::note::{bundled, by_flow, family, short};
use crate::flow::graph::{Graph, Kind, Node};

/// Characters of what is heard in a node.
const TEXT: usize = 60;

impl Graph {
    /// The graph in the DOT language.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut out = format!("digraph {} {{\n", quoted(&self.bundle));
        out.push_str(
            "  rankdir=TB;\n  node [shape=box, style=\"rounded,filled\", fillcolor=white, \
             fontname=\"sans-serif\", fontsize=11];\n  \
             edge [fontname=\"sans-serif\", fontsize=9];\n",
        );
        for (flow, nodes) in by_flow(self) {
            if !flow.is_empty() {
                let name = quoted(&format!("cluster_{flow}"));
                let _ = writeln!(out, "  subgraph {name} {{\n  label={};", quoted(flow));
            }
            nodes.iter().for_each(|node| boxed(&mut out, node));
            if !flow.is_empty() {
                out.push_str("  }\n");
            }
        }
        for one in bundled(self.edges.iter()) {
            let (from, to, label) = (quoted(one.from), quoted(one.to), quoted(&one.label));
            let style = if is_quiet(one.way) { ", style=dashed, color=gray" } else { "" };
            let _ = writeln!(out, "  {from} -> {to} [label={label}{style}];");
        }
        out.push_str("}\n");
        out
    }
}

fn boxed(out: &mut String, node: &Node) {
    let heard = short(&node.text, TEXT);
    let gap = if heard.is_empty() { "" } else { "\n" };
    let text = quoted(&format!("{} ({}){gap}{heard}", node.name, node.step));
    let fill = match family(node.step) {
        "heard" => "#e8f1fb",
        "people" => "#e7f5ea",
        "outside" => "#f3ebfa",
        "flow" => "#fdf3e1",
        "end" => "#e6e6e6",
        _ => "white",
    };
    let bold = if node.kind == Kind::Start { ", penwidth=2" } else { "" };
    let id = quoted(&node.id);
    let _ = writeln!(out, "    {id} [label={text}, fillcolor=\"{fill}\"{bold}];");
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            _ if letter.is_control() => out.push(' '),
            _ => out.push(letter),
        }
    }
    out.push('"');
    out
}
