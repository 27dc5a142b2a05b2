//! `hatif graph`: a bundle, or one flow of it, as a picture.

use std::process::ExitCode;

use crate::app::bundle;
use crate::app::command::{Graph, GraphFormat};
use crate::base::nearest::nearest;
use crate::flow::graph;

pub(super) fn main(line: &Graph) -> ExitCode {
    let bundle = match bundle::load(&line.path) {
        Ok(bundle) => bundle,
        Err(status) => return status,
    };
    let language = match bundle::language_of(&bundle, line.language.as_deref()) {
        Ok(language) => language,
        Err(status) => return status,
    };
    let graph = match &line.flow {
        None => graph::of(&bundle, language),
        Some(id) => match bundle.flow_named(id) {
            Some(flow) => graph::of_flow(&bundle, flow, language),
            None => {
                let known: Vec<&str> = bundle.flows.iter().map(|flow| &*flow.id).collect();
                let near =
                    nearest(id, known.iter().copied()).map(|near| format!("; nearest is {near}"));
                let (known, near) = (known.join(", "), near.unwrap_or_default());
                return bundle::wrong_call(&format!("wanted one of {known}, found {id}{near}"));
            }
        },
    };
    let drawn = match line.format {
        GraphFormat::Mermaid => graph.to_mermaid(),
        GraphFormat::Dot => graph.to_dot(),
        GraphFormat::Svg => graph.to_svg(),
        GraphFormat::Json => {
            serde_json::to_string_pretty(&graph).expect("a graph has text for keys")
        }
    };
    crate::app::say(drawn.trim_end());
    ExitCode::SUCCESS
}
