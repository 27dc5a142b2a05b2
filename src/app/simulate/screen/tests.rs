//! The page as it looks, and what its keys ask for.

use std::collections::BTreeMap;
use std::sync::Arc;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::app::simulate::{Dialling, draw};
use crate::base::time::Wall;
use crate::flow::{World, load};

const BUNDLE: [(&str, &str); 6] = [
    (
        "bundle.yaml",
        "apiVersion: ivr/v1\nkind: Bundle\nid: small\nlanguages: [en, ar]\nnumbers: {\"800\": main}\nevents: {error: main}\n",
    ),
    (
        "flows/main.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: main
title: Front desk
languages: [en, ar]
start: pick
vars: {lang: {type: string, enum: [en, ar], default: en}, pin: {type: string, default: "", max: 4, sensitive: true}}
events: {input.gave_up: bye, error: bye, queue: bye}
nodes:
  pick:
    type: menu
    prompt: pick
    choices: [{press: "1", set: {lang: ar}, next: pin}, {press: "2", next: agent}]
  pin: {type: collect, prompt: pin, digits: {min: 4, max: 4}, save: pin, next: sort}
  sort: {type: switch, cases: [{when: "vars.lang == \"ar\"", next: bye}], else: agent}
  agent:
    type: queue
    queue: care
    need: [{after: 0s, all: ["lang.en >= 3"]}]
    max_wait: 60s
    next: bye
  bye: {type: play, prompt: bye, next: done}
  done: {type: hangup}
"##,
    ),
    (
        "prompts/all.prompts.yaml",
        "apiVersion: ivr/v1\nkind: Prompts\nprompts:\n  pick: {en: \"For Arabic, press one. For an agent, press two.\", ar: \"للعربية واحد. للموظف اثنان.\"}\n  pin: {en: Your number., ar: رقمكم.}\n  bye: {en: Goodbye., ar: مع السلامة.}\n",
    ),
    (
        "queues/care.queue.yaml",
        "apiVersion: ivr/v1\nkind: Queue\nid: care\nname: {en: Care, ar: العناية}\nmusic: calm\n",
    ),
    ("skills.yaml", "apiVersion: ivr/v1\nkind: Skills\nskills: {}\n"),
    ("sectors.yaml", "apiVersion: ivr/v1\nkind: Sectors\nsectors: {}\n"),
];

fn dialling() -> Dialling {
    let files: BTreeMap<String, String> =
        BUNDLE.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    let bundle = load(&files, None).unwrap_or_else(|faults| panic!("{}", faults.to_text()));
    let flow = bundle.answers("800").expect("it answers");
    let world = Arc::new(World::new(bundle, &BTreeMap::new()));
    let (from, number) = ("+971500000000".to_owned(), "800".to_owned());
    Dialling { world, flow, from, number, wall: Wall(1_790_000_000_000) }
}

/// Types on the page of a new call, and hands it back with what the last key asked for.
fn typed(keys: &str) -> (Screen, Wish) {
    let dialling = dialling();
    let (mut booth, mut screen) = (dialling.booth(), Screen::new(dialling.title()));
    let mut wish = Wish::Nothing;
    screen.look_at(&mut booth);
    for letter in keys.chars() {
        wish = screen.press(if letter == '\n' { Press::Enter } else { Press::Letter(letter) });
        if let Wish::Order(order) = &wish {
            screen.answer(order.obey(&mut booth).err());
        }
        screen.look_at(&mut booth);
    }
    (screen, wish)
}

fn drawn(keys: &str, width: u16, height: u16) -> String {
    let (mut screen, _) = typed(keys);
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("it cannot fail");
    terminal.draw(|frame| draw::page(frame, &mut screen)).expect("it cannot fail");
    terminal.backend().to_string()
}

#[test]
fn a_call_begins_with_what_is_heard_in_every_language() {
    insta::assert_snapshot!(drawn("", 100, 16));
}

#[test]
fn the_way_says_why_and_a_secret_is_masked() {
    insta::assert_snapshot!(drawn("11357\n\n", 100, 24));
}

#[test]
fn one_language_alone_fits_a_narrow_terminal() {
    insta::assert_snapshot!(drawn("v2+30s", 60, 14));
}

#[test]
fn keys_ask_for_what_the_help_says() {
    let wait = |seconds| Wish::Order(Order::Wait(Duration::from_secs(seconds)));
    let expected = Some(Duration::from_secs(120));
    let key = |letter| Key::try_from(letter).expect("a key");
    for (keys, wish) in [
        ("2", Wish::Order(Order::Press(vec![key('2')]))),
        ("#", Wish::Order(Order::Press(vec![key('#')]))),
        ("\n", Wish::Order(Order::Next)),
        ("+30s\n", wait(30)),
        ("+2m\n", wait(120)),
        ("p3 120\n", Wish::Order(Order::Place(3, expected))),
        ("p 3\n", Wish::Order(Order::Place(3, None))),
        ("a", Wish::Order(Order::Answer)),
        ("l", Wish::Order(Order::Release)),
        ("h", Wish::Order(Order::Leave)),
        ("n", Wish::Again),
        ("q", Wish::Quit),
        ("+x\n", Wish::Nothing),
        ("A", Wish::Nothing),
    ] {
        assert_eq!(typed(keys).1, wish, "{keys:?}");
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let message = |keys| typed(keys).0.message;
    assert_eq!(message("a").as_deref(), Some("nobody waits for an agent"));
    assert_eq!(message("h1").as_deref(), Some("the call has ended"));
    assert_eq!(message("x").as_deref(), Some("`x` means nothing here"));
    assert_eq!(message("2a"), None);
    assert_eq!(typed("2a").0.at, At::Agent);
    assert_eq!(typed("2").0.at, At::Queue);
    assert_eq!(typed("2al\n").0.at, At::Over);
}

#[test]
fn typing_can_be_taken_back() {
    let (mut screen, _) = typed("+3");
    assert_eq!(screen.typing.as_deref(), Some("+3"));
    screen.press(Press::Back);
    assert_eq!(screen.typing.as_deref(), Some("+"));
    screen.press(Press::Escape);
    assert_eq!(screen.typing, None);
}
