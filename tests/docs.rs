//! Every YAML block of the pages is loaded, and every test in them is played.
//!
//! A block that begins with `apiVersion` is a file of the page's own bundle; others are nodes or
//! parts of a prompts file, and are tried inside a small bundle that has what they mention.
#![expect(clippy::disallowed_methods, reason = "this test reads the pages")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use hatif::flow::{World, load, trial};

/// Pages whose blocks have a test of their own.
const ELSEWHERE: [&str; 2] = ["faults.md", "staffing.md"];

/// Where a page's own parts of a prompts file go.
const PAGE_PROMPTS: &str = "prompts/page.prompts.yaml";

/// What the blocks of nodes lean on.
const AROUND: [(&str, &str); 9] = [
    (
        "entities/power.entity.yaml",
        "apiVersion: ivr/v1\nkind: Entity\nid: power\nname: {ar: الكهرباء, en: Power}\n\
         sector: services\nkey: \"1\"\ncalendar: office\nqueue: desk\n",
    ),
    (
        "sectors.yaml",
        "apiVersion: ivr/v1\nkind: Sectors\nsectors:\n  \
         services: {key: \"1\", name: {ar: الخدمات, en: Services}}\n",
    ),
    (
        "bundle.yaml",
        "apiVersion: ivr/v1\nkind: Bundle\nid: page\nlanguages: [ar, en]\nnumbers: {\"1\": main}\n\
         env: {billing: \"http://billing\", token: \"\", bot: \"ws://bot\"}\n\
         events: {error: rescue, input: rescue, queue: rescue, callback: rescue}\n",
    ),
    (
        "queues/desk.queue.yaml",
        "apiVersion: ivr/v1\nkind: Queue\nid: desk\nname: {ar: الاستقبال, en: Reception}\n",
    ),
    (
        "calendars/office.calendar.yaml",
        "apiVersion: ivr/v1\nkind: Calendar\nid: office\nzone: Asia/Dubai\n\
         weekly: {mon-fri: [\"08:00-20:00\"]}\n",
    ),
    (
        "flows/rescue.flow.yaml",
        "apiVersion: ivr/v1\nkind: Flow\nid: rescue\ntitle: Rescue\nstart: done\n\
         nodes:\n  done: {type: hangup}\n",
    ),
    (
        "flows/comfort.flow.yaml",
        "apiVersion: ivr/v1\nkind: Flow\nid: comfort\ntitle: Waiting\nstart: take\nnodes:\n  \
         take: {type: leave_queue, take: callback, events: {callback: calm}}\n  \
         calm: {type: play, music: calm, for: 20s, next: calm}\n",
    ),
    (
        "flows/ask_one.flow.yaml",
        "apiVersion: ivr/v1\nkind: Flow\nid: ask_one\ntitle: One\nstart: back\n\
         inputs: {about: {type: string, default: \"\"}}\n\
         outputs: {given: {type: string, default: \"\"}}\n\
         nodes:\n  back: {type: return, with: {given: \"${inputs.about}\"}}\n",
    ),
    (
        "prompts/around.prompts.yaml",
        "apiVersion: ivr/v1\nkind: Prompts\nprompts:\n  \
         welcome: {ar: أهلا, en: Welcome.}\n  please_hold: {ar: لحظة, en: Please hold.}\n  \
         sorry_again: {ar: عفوا, en: Sorry.}\n  ask_number: {ar: الرقم, en: The number.}\n  \
         leave_message: {ar: رسالتكم, en: Your message.}\n  goodbye: {ar: وداعا, en: Goodbye.}\n\
         texts:\n  case_opened: {ar: \"معاملتكم {number}\", en: \"Your case {number}\"}\n",
    ),
];

/// What the blocks' nodes may read and write.
const FLOW_HEAD: &str = "apiVersion: ivr/v1\nkind: Flow\nid: main\ntitle: Page\nvars:\n  \
    lang: {type: string, enum: [ar, en], default: en}\n  \
    entity: {type: string, default: \"\"}\n  number: {type: string, default: \"\"}\n  \
    state: {type: string, default: \"\"}\n  amount: {type: string, default: \"12.50\"}\n  \
    answer: {type: string, default: \"\"}\n  count: {type: int, default: 0}\n  \
    due: {type: string, default: \"1\"}\n  day: {type: string, default: \"2026-09-20\"}\n";

/// Nodes that the blocks lead to.
const TARGETS: [(&str, &str); 2] = [
    ("bye", "{type: play, prompt: goodbye, next: hung_up}"),
    (
        "to_agent",
        "{type: queue, queue: desk, need: [{after: 0s, all: []}], max_wait: 60s, next: hung_up}",
    ),
];

#[test]
fn every_block_of_the_pages_loads_and_every_test_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut faults = Vec::new();
    let mut blocks = 0;
    for page in fs::read_dir(folder).expect("there are pages") {
        let page = page.expect("a page").path();
        let name = page.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if !name.ends_with(".md") || ELSEWHERE.contains(&name.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&page).expect("a page that can be read");
        let mut own = BTreeMap::new();
        for (line, block) in yaml_blocks(&text) {
            blocks += 1;
            if let Err(fault) = try_block(&block, &mut own) {
                faults.push(format!("docs/{name}:{line}: {fault}"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(blocks > 20, "the pages show the language");
}

/// The YAML blocks of a page with their lines.
fn yaml_blocks(text: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        match &mut open {
            None if line.starts_with("```yaml") => open = Some((number + 2, String::new())),
            None => {}
            Some(_) if line.starts_with("```") => blocks.extend(open.take()),
            Some((_, block)) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    blocks
}

fn try_block(block: &str, own: &mut BTreeMap<String, String>) -> Result<(), String> {
    if !block.starts_with("apiVersion") {
        let mut files = around(block);
        // Prompts are shown before the nodes that say them.
        if block.starts_with("prompts:") {
            let text = files.get(PAGE_PROMPTS).expect("the block has its file");
            own.insert(PAGE_PROMPTS.to_owned(), text.clone());
        }
        let said = own.get(PAGE_PROMPTS).filter(|_| !files.contains_key(PAGE_PROMPTS));
        files.extend(said.map(|text| (PAGE_PROMPTS.to_owned(), text.clone())));
        return prove(&files);
    }
    let field = |name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.map(str::to_owned)
    };
    let kind = field("kind").ok_or("a file without a kind")?;
    let id = field("id").unwrap_or_default();
    let path = match kind.as_str() {
        "Bundle" => "bundle.yaml".to_owned(),
        "Flow" => format!("flows/{id}.flow.yaml"),
        "Prompts" => "prompts/all.prompts.yaml".to_owned(),
        "Queue" => format!("queues/{id}.queue.yaml"),
        "Calendar" => format!("calendars/{id}.calendar.yaml"),
        "Entity" => format!("entities/{id}.entity.yaml"),
        "Tests" => "tests/main.test.yaml".to_owned(),
        other => return Err(format!("a file of the kind {other}")),
    };
    own.insert(path, block.to_owned());
    if own.contains_key("bundle.yaml") {
        // The files of a page come one after the other: judged when they are played.
        return if kind == "Tests" { prove(own) } else { Ok(()) };
    }
    let mut files = around("");
    files.extend(own.clone());
    prove(&files)
}

/// A bundle around some nodes, or around parts of a prompts file.
fn around(block: &str) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> =
        AROUND.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    let groups = ["prompts:", "terms:", "units:", "texts:"];
    let is_prompts = groups.iter().any(|group| block.starts_with(group));
    if is_prompts {
        let text = format!("apiVersion: ivr/v1\nkind: Prompts\n{block}");
        files.insert(PAGE_PROMPTS.to_owned(), text);
    }
    let nodes = if is_prompts { "" } else { block };
    let mentioned: BTreeSet<&str> =
        nodes.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
    // A flow that nothing comes to is a fault.
    for flow in ["comfort", "ask_one"].into_iter().filter(|flow| !mentioned.contains(flow)) {
        files.remove(&format!("flows/{flow}.flow.yaml"));
    }
    files.insert("flows/main.flow.yaml".to_owned(), flow(nodes, &mentioned));
    files
}

/// A flow of the block's nodes, and of those that they lead to.
fn flow(block: &str, mentioned: &BTreeSet<&str>) -> String {
    let mut nodes: String = block.lines().map(|line| format!("  {line}\n")).collect();
    let start = block.split_once(':').map_or("hung_up", |(name, _)| name);
    let targets = TARGETS.into_iter().filter(|(name, _)| mentioned.contains(name));
    let targets: Vec<String> = targets.map(|(name, node)| format!("  {name}: {node}\n")).collect();
    nodes.push_str(&targets.concat());
    if block.is_empty() || !targets.is_empty() {
        nodes.push_str("  hung_up: {type: hangup}\n");
    }
    format!("{FLOW_HEAD}start: {start}\nnodes:\n{nodes}")
}

fn prove(files: &BTreeMap<String, String>) -> Result<(), String> {
    let bundle = load(files, None).map_err(|faults| format!("\n{}", faults.to_text()))?;
    let world = Arc::new(World::new(bundle, &BTreeMap::new()));
    let report = trial::test(files, &world).map_err(|faults| format!("\n{}", faults.to_text()))?;
    if report.is_good() { Ok(()) } else { Err(format!("\n{}", report.to_text())) }
}
