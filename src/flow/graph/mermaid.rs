//! A graph in Mermaid's words, for pages that draw them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::flow::graph::note::{bundled, by_flow, family, short};
use crate::flow::graph::{Graph, Kind, Node, Way};

/// Characters of what is heard in a node.
const TEXT: usize = 60;

impl Graph {
    /// The graph as a Mermaid flowchart.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let ids: BTreeMap<&str, String> = (0..)
            .zip(&self.nodes)
            .map(|(number, node): (u32, _)| (node.id.as_str(), format!("n{number}")))
            .collect();
        let mut out = "flowchart TD\n".to_owned();
        for (flow, nodes) in by_flow(self) {
            if !flow.is_empty() {
                let _ = writeln!(out, "  subgraph {}", quoted(flow));
            }
            for node in nodes {
                let id = ids.get(node.id.as_str()).expect("each node has an id");
                boxed(&mut out, id, node);
            }
            if !flow.is_empty() {
                out.push_str("  end\n");
            }
        }
        for one in bundled(self.edges.iter()) {
            let (Some(from), Some(to)) = (ids.get(one.from), ids.get(one.to)) else { continue };
            let arrow = if is_quiet(one.way) { "-.->" } else { "-->" };
            let label = if one.label.is_empty() {
                String::new()
            } else {
                format!("|{}|", quoted(&one.label))
            };
            let _ = writeln!(out, "  {from} {arrow}{label} {to}");
        }
        out.push_str(
            "  classDef heard fill:#e8f1fb,stroke:#4a7fb5\n  \
             classDef people fill:#e7f5ea,stroke:#3f8f55\n  \
             classDef outside fill:#f3ebfa,stroke:#8459ad\n  \
             classDef flow fill:#fdf3e1,stroke:#b5822c\n  \
             classDef end fill:#e6e6e6,stroke:#555\n  \
             classDef number fill:#222,color:#fff\n  \
             classDef quiet fill:#fff,stroke:#999\n",
        );
        // `end` closes a subgraph in Mermaid, so the class needs another name.
        out.replace(":::end", ":::ended").replace("classDef end", "classDef ended")
    }
}

fn boxed(out: &mut String, id: &str, node: &Node) {
    let (open, close) = match (node.kind, node.step) {
        (Kind::Number | Kind::Start, _) => ("([", "])"),
        (_, "switch" | "hours") => ("{{", "}}"),
        (Kind::Step | Kind::Events | Kind::Flow, _) => ("[", "]"),
    };
    let heard = plain(&short(&node.text, TEXT));
    let gap = if heard.is_empty() { "" } else { "<br/>" };
    let (name, step, class) = (&node.name, node.step, family(node.step));
    let _ = writeln!(out, "    {id}{open}\"{name} · {step}{gap}{heard}\"{close}:::{class}");
}

/// Ways that are not taken by pressing or going on.
pub(super) const fn is_quiet(way: Way) -> bool {
    match way {
        Way::Inherited | Way::Call | Way::Wait | Way::Limit => true,
        Way::Next | Way::Choice | Way::Outcome => false,
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", plain(text))
}

/// What has a meaning in Mermaid, by its number.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '"' | '<' | '>' | '&' | '#' | '`' | '|' | '{' | '}' => {
                let _ = write!(out, "#{};", u32::from(letter));
            }
            _ if letter.is_control() => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}
