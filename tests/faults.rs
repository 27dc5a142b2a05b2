//! Every way to break a bundle is told with place, wish, finding and the nearest right name.
//!
//! Each case changes the good bundle in `faults/bundle/` in one place; its snapshot is what
//! `hatif check` prints.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hatif::flow::diagnostic::Code;
use hatif::flow::{self, Bundle};
use hatif::shell::files;

/// One change to the good bundle.
enum Change {
    /// In a file, the first text becomes the second.
    Swap(&'static str, &'static str, &'static str),
    /// A new file.
    Add(&'static str, &'static str),
    /// A file is not there.
    Drop(&'static str),
}

use Change::{Add, Drop, Swap};

const MAIN: &str = "flows/main.flow.yaml";
const PROMPTS: &str = "prompts/main.prompts.yaml";
const CALENDAR: &str = "calendars/office.calendar.yaml";

/// A way that a piece can be put into, and the node before which it stands.
const DETOUR: &str = "next: rated";
const BYE: &str = "  bye:";

fn good() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/bundle");
    files::bundle_in(&folder).expect("the good bundle is there")
}

fn sounds() -> BTreeSet<String> {
    ["music/calm", "shared/jingle"].map(str::to_owned).into()
}

fn changed(changes: &[Change]) -> BTreeMap<String, String> {
    let mut files = good();
    for change in changes {
        match change {
            Swap(file, from, to) => {
                let text = files.get_mut(*file).expect("the file is in the good bundle");
                assert!(text.contains(from), "{file} has no `{from}`");
                *text = text.replacen(from, to, 1);
            }
            Add(file, text) => {
                files.insert((*file).to_owned(), (*text).to_owned());
            }
            Drop(file) => {
                files.remove(*file).expect("the file is in the good bundle");
            }
        }
    }
    files
}

fn check(name: &str, changes: &[Change]) {
    let faults = flow::load(&changed(changes), Some(&sounds())).expect_err("it is broken");
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "faults/snapshots" }, {
        insta::assert_snapshot!(name, faults.to_text());
    });
}

fn bundle() -> std::sync::Arc<Bundle> {
    flow::load(&good(), Some(&sounds())).unwrap_or_else(|faults| panic!("{faults}"))
}

macro_rules! faults {
    ($($name:ident: $($change:expr),+;)+) => {
        $(
            #[test]
            fn $name() {
                check(stringify!($name), &[$($change),+]);
            }
        )+
    };
}

faults! {
    // Files and YAML.
    a_bundle_needs_its_bundle_file: Drop("bundle.yaml");
    a_file_of_no_known_kind_is_told: Add("flows/extra.yaml", "a: 1\n");
    a_broken_file_does_not_blame_those_that_mention_it:
        Swap("queues/care.queue.yaml", "cap: 200", "cap: [200");
    a_duplicate_key_names_the_first: Swap(MAIN, "  bye:", "  served: {type: hangup}\n  bye:");
    an_alias_is_refused: Swap(MAIN, "{press: \"*\", next: sector}", "&back {press: \"*\", next: sector}, *back");
    a_merge_key_is_refused: Swap(MAIN, "done: {type: hangup}", "done: {<<: {type: hangup}}");
    a_tag_is_refused: Swap(MAIN, "id: main", "id: !!str main");
    a_number_as_a_key_wants_quotes: Swap("bundle.yaml", "\"800\": main", "800: main");
    a_number_where_text_is_due_wants_quotes: Swap(MAIN, "press: \"1\", set: {lang: ar}", "press: 1, set: {lang: ar}");
    a_second_document_is_refused: Swap(MAIN, "title: One", "---\ntitle: One");
    the_version_and_kind_must_be_right:
        Swap(MAIN, "apiVersion: ivr/v1", "apiVersion: ivr/v2"), Swap(MAIN, "kind: Flow", "kind: Flows");

    // Names.
    two_flows_must_not_share_an_id: Add("flows/other.flow.yaml", "apiVersion: ivr/v1\nkind: Flow\nid: main\ntitle: Other\nstart: end\nnodes: {end: {type: hangup}}\n");
    an_id_is_spelled_small: Swap("calendars/office.calendar.yaml", "id: office", "id: Office");
    an_unknown_field_names_the_nearest: Swap(MAIN, "max_wait: 600s", "max_wiat: 600s");
    a_missing_field_is_told_at_its_node: Swap(MAIN, "    wait_flow: comfort\n    max_wait: 600s\n", "    wait_flow: comfort\n");
    an_unknown_type_names_the_nearest: Swap(MAIN, "closed: {type: play", "closed: {type: paly");
    a_voicemail_says_something_before_its_tone: Swap(MAIN, "closed: {type: play, prompt: closed, next: bye}", "closed: {type: voicemail, max: 1h, next: bye}");
    a_request_has_an_address_and_a_path: Swap(MAIN, "closed: {type: play, prompt: closed, next: bye}", "closed: {type: http, request: {method: GTE, url: \"cases/1\"}, save: {lang: \"state[\"}, next: bye, events: {error.http.40: bye}}");
    a_message_needs_its_text: Swap(MAIN, "closed: {type: play, prompt: closed, next: bye}", "closed: {type: message, by: email, to: \"${call.from}\", text: opend, next: bye}");
    a_case_needs_to_know_what_to_do: Swap(MAIN, "closed: {type: play, prompt: closed, next: bye}", "closed: {type: case, do: opne, next: bye}");
    a_stream_needs_a_socket: Swap(MAIN, "closed: {type: play, prompt: closed, next: bye}", "closed: {type: stream, url: \"https://bot\", next: bye}");
    a_queue_opens_a_case_or_says_nothing_of_it: Swap(MAIN, "    queue: care\n", "    queue: care\n    case: {open: false, kind: complain}\n");
    an_unknown_target_names_the_nearest: Swap(MAIN, "prompt: jingle, next: language", "prompt: jingle, next: langauge");
    an_unknown_prompt_names_the_nearest: Swap(MAIN, "prompt: goodbye", "prompt: godbye");
    an_unknown_flow_names_the_nearest: Swap(MAIN, "flow: csat", "flow: cast");
    a_number_needs_a_flow_that_exists: Swap("bundle.yaml", "\"800\": main", "\"800\": mian");
    an_unknown_queue_names_the_nearest: Swap(MAIN, "queue: care\n", "queue: car\n");
    an_unknown_calendar_names_the_nearest: Swap("entities/water.entity.yaml", "calendar: office", "calendar: offices");
    an_unknown_sector_names_the_nearest: Swap("entities/water.entity.yaml", "sector: utilities", "sector: utility");
    an_unknown_skill_names_the_nearest: Swap(MAIN, "topic.complaint >= 1", "topic.complain >= 1");
    a_skill_with_a_slot_needs_some_skill_to_become: Swap(MAIN, "entity.${vars.entity} >= 3", "entities.${vars.entity} >= 3");
    a_level_is_one_to_five: Swap(MAIN, "topic.complaint >= 1", "topic.complaint >= 7");
    an_unknown_outcome_names_the_nearest: Swap(MAIN, "events: {queue: closed}", "events: {queue.ful: closed, queue: closed}");
    an_unknown_variable_in_an_assignment: Swap(MAIN, "set: {lang: en}", "set: {language: en}");
    an_unknown_term_names_the_nearest: Swap(MAIN, "state: open}", "state: opened}");
    an_unknown_unit_names_the_nearest: Swap(PROMPTS, "ar: [\"وقت الانتظار\", {count: minutes, unit: minute}]", "ar: [\"وقت الانتظار\", {count: minutes, unit: minutes}]");

    // Languages and prompts.
    a_prompt_must_have_every_language: Swap(PROMPTS, "goodbye: {ar: \"مع السلامة\", en: \"Goodbye\"}", "goodbye: {ar: \"مع السلامة\"}");
    a_language_that_the_bundle_does_not_have: Swap(PROMPTS, "goodbye: {ar: \"مع السلامة\",", "goodbye: {ur: \"خدا حافظ\", ar: \"مع السلامة\",");
    a_name_must_have_every_language: Swap("entities/water.entity.yaml", "name: {ar: المياه, en: Water}", "name: {en: Water}");
    a_unit_must_have_every_plural_form: Swap(PROMPTS, "few: \"{n} دقائق\", many: \"{n} دقيقة\", ", "");
    a_slot_must_be_in_every_language: Swap(PROMPTS, "en: [\"Case\", {digits: no}, \"is\", {term: state}]", "en: [\"Your case is\", {term: state}]");
    a_slot_needs_a_value: Swap(MAIN, "args: {no: \"${vars.case_no}\", state: open}", "args: {state: open}");
    a_value_needs_a_slot: Swap(MAIN, "closed: {type: play, prompt: closed,", "closed: {type: play, prompt: closed, args: {no: \"1\"},");
    a_slot_for_digits_takes_no_list: Swap(MAIN, "no: \"${vars.case_no}\", state: open", "no: [\"1\"], state: open");
    a_written_value_reads_as_its_kind:
        Swap(PROMPTS, "وحالتها\", {term: state}]", "وحالتها\", {term: state}, {date: since}]"),
        Swap(PROMPTS, "\"is\", {term: state}]", "\"is\", {term: state}, \"since\", {date: since}]"),
        Swap(MAIN, "state: open}", "state: open, since: \"2026-13-01\"}");
    an_unknown_kind_of_slot_names_the_nearest: Swap(PROMPTS, "{digits: no}", "{digit: no}");
    a_sound_must_be_there: Swap(PROMPTS, "ar: {file: shared/jingle}", "ar: {file: shared/jingel}");
    music_must_be_there: Swap("queues/care.queue.yaml", "music: calm", "music: harp");
    the_language_variable_holds_languages_only: Swap(MAIN, "enum: [ar, en], default: ar", "enum: [ar, fr], default: ar");
    choices_are_said_by_a_prompt_of_their_own: Swap(PROMPTS, "  menu_choice:\n    ar: [\"من أجل\", {choice: label}, \"اضغط\", {choice: key}]\n    en: [\"For\", {choice: label}, \"press\", {choice: key}]\n", "");

    // Expressions and values.
    an_expression_that_cannot_be_read: Swap(MAIN, "vars.case_no.startsWith('1')", "vars.case_no = '1'");
    an_expression_with_an_unknown_name: Swap(MAIN, "vars.case_no.startsWith('1')", "vars.case_on == '1'");
    a_condition_must_be_true_or_false: Swap(MAIN, "queue.talk_s >= 20", "queue.talk_s");
    a_condition_is_a_bare_expression: Swap(MAIN, "\"queue.talk_s >= 20\"", "\"${queue.talk_s >= 20}\"");
    a_slot_of_a_text_with_an_unknown_name: Swap(MAIN, "calendar: \"${entity_of(vars.entity).calendar}\"", "calendar: \"${entity_of(vars.entity).calender}\"");
    a_text_must_not_go_into_a_number: Swap(MAIN, "set: {tries: \"${vars.tries + 1}\"}", "set: {tries: \"${vars.case_no}\"}");
    a_value_must_be_among_the_options: Swap(MAIN, "set: {lang: en}", "set: {lang: eng}");
    a_sensitive_value_must_not_be_a_tag: Swap(MAIN, "tag: \"case.answered\"", "tag: \"case.${vars.pin}\"");
    a_sensitive_value_must_stay_masked: Swap(MAIN, "set: {tries: \"${vars.tries + 1}\"}", "set: {case_no: \"${vars.pin}\"}");
    a_sub_flow_needs_its_inputs: Swap(MAIN, "with: {agent: \"${queue.agent}\"}, ", "");
    a_sub_flow_gives_back_its_outputs: Swap("flows/csat.flow.yaml", ", with: {score: \"${vars.given}\"}", "");
    a_variable_must_have_room_for_the_digits: Swap(MAIN, "case_no: {type: string, max: 10}", "case_no: {type: string, max: 8}");
    a_span_of_time_needs_its_unit: Swap(MAIN, "max_wait: 600s", "max_wait: 600");

    // Keys.
    one_key_has_one_choice: Swap(MAIN, "press: \"2\", set: {lang: en}", "press: \"1\", set: {lang: en}");
    a_written_key_must_be_free_in_the_data: Swap(MAIN, "press: \"9\"", "press: \"2\"");
    two_entities_of_a_sector_need_two_keys: Swap("entities/water.entity.yaml", "key: \"2\"", "key: \"1\"");

    // Calendars and queues.
    a_zone_must_exist: Swap(CALENDAR, "Asia/Dubai", "Asia/Dubay");
    hours_do_not_last_a_whole_round: Swap(CALENDAR, "07:30-15:30", "07:30-07:30");
    a_day_has_its_hours_once: Swap(CALENDAR, "  fri: [\"07:30-12:00\"]", "  thu-fri: [\"07:30-12:00\"]");
    holidays_of_the_moon_do_not_share_a_day: Swap(CALENDAR, "holidays:\n", "holidays:\n  - {hijri: \"10-01\", days: 3, name: {ar: عيد الفطر, en: Eid al-Fitr}}\n  - {hijri: \"10-03\", name: {ar: عيد, en: Feast}}\n");
    a_day_of_the_moon_exists: Swap(CALENDAR, "{date: \"2026-12-01\"", "{hijri: \"13-01\"");
    a_misspelled_way_to_name_days_names_the_nearest: Swap(CALENDAR, "{date: \"2026-12-01\"", "{hijiri: \"10-01\"");
    a_holiday_needs_its_days: Swap(CALENDAR, "{date: \"2026-12-01\", ", "{");
    a_holiday_lasts_some_days_at_most: Swap(CALENDAR, "{date: \"2026-12-01\"", "{date: \"12-01\", days: 61");
    an_exception_says_one_thing: Swap(CALENDAR, "special:", "exceptions:\n  - {date: \"2026-12-02\", hours: [\"09:00-12:00\"], closed: true}\nspecial:");
    an_exception_holds_once: Swap(CALENDAR, "special:", "exceptions:\n  - {date: \"12-02\", closed: true}\nspecial:");
    an_exception_that_is_not_closed_is_told: Swap(CALENDAR, "special:", "exceptions:\n  - {date: \"2026-12-02\", closed: false}\nspecial:");
    a_moon_is_near_its_printed_day: Swap(CALENDAR, "special:", "moon: {\"1448-10\": \"2027-04-10\", \"1448-13\": \"2027-04-10\"}\nspecial:");
    shared_holidays_are_those_of_a_calendar: Swap(CALENDAR, "special:", "holidays_of: offices\nspecial:");
    a_calendar_that_shares_holidays_gives_none: Swap(CALENDAR, "special:", "holidays_of: office\nspecial:");
    the_next_opening_is_of_a_calendar: Swap(MAIN, "vars.case_no.startsWith('1')", "next_opening('ofice').in_days == 1");
    holidays_do_not_share_a_day: Swap(CALENDAR, "from: \"2026-12-02\"", "from: \"2026-12-01\"");
    the_wait_must_outlast_the_last_step: Swap(MAIN, "max_wait: 600s", "max_wait: 40s");
    steps_of_a_need_are_in_order: Swap(MAIN, "after: 40s", "after: 0s");
    the_first_step_of_a_need_holds_at_once: Swap(MAIN, "after: 0s", "after: 5s");
    a_prompt_has_one_place: Add("prompts/more.prompts.yaml", "apiVersion: ivr/v1\nkind: Prompts\nprompts: {goodbye: {ar: وداعا, en: Bye}}\n");

    // Ways through the flow.
    every_outcome_must_lead_somewhere: Swap("bundle.yaml", ", queue: apology", ""), Swap(MAIN, "    events: {queue: closed}\n", "    events: {queue.full: closed}\n");
    giving_up_must_lead_somewhere: Swap(MAIN, "events: {input.gave_up: to_agent, hangup: note_left}", "events: {hangup: note_left}");
    a_bundle_must_say_where_errors_lead: Swap("bundle.yaml", "error: apology, ", "");
    a_node_must_be_reachable: Swap(MAIN, "  bye:", "  lonely: {type: play, prompt: closed, next: bye}\n  bye:");
    a_flow_must_be_used: Add("flows/other.flow.yaml", "apiVersion: ivr/v1\nkind: Flow\nid: other\ntitle: Other\nstart: end\nnodes: {end: {type: hangup}}\n");
    a_loop_needs_an_end: Swap(MAIN, "  bye: {type: play, prompt: goodbye, next: done}", "  bye: {type: play, prompt: goodbye, next: again}\n  again: {type: switch, cases: [{when: \"vars.tries > 2\", next: done}], else: bye}");
    giving_up_at_a_menu_may_not_lead_back_for_ever: Swap(MAIN, "    prompt: pick_language\n", "    prompt: pick_language\n    events: {input.gave_up: language}\n");
    a_limit_must_not_lead_back_to_itself: Swap(MAIN, "limit: {visits: 2, then: to_agent}", "limit: {visits: 2, then: count}");
    flows_must_not_call_each_other_round: Swap("flows/csat.flow.yaml", "    events: {input.gave_up: back}", "    events: {input.gave_up: deeper}\n  deeper: {type: call, flow: csat, with: {agent: x}, next: back}");
    nothing_plays_after_the_caller_left: Swap(MAIN, "note_left: {type: tag, tag: caller.left,", "note_left: {type: play, prompt: goodbye,");
    only_a_wait_flow_leaves_the_queue: Swap(MAIN, "  done: {type: hangup}", "  done: {type: leave_queue}");
    a_wait_flow_does_not_hang_up: Swap("flows/comfort.flow.yaml", "leave: {type: leave_queue}", "leave: {type: hangup}");

    // Sensitive values.
    a_sensitive_value_must_not_be_in_an_address: Swap(MAIN, DETOUR, "next: ask_home"), Swap(MAIN, BYE, "  ask_home: {type: http, request: {method: GET, url: \"${env.cases}/${vars.pin}\"}, next: rated}\n  bye:");
    a_sensitive_value_must_not_be_in_a_header: Swap(MAIN, DETOUR, "next: ask_home"), Swap(MAIN, BYE, "  ask_home: {type: http, request: {method: GET, url: \"${env.cases}\", headers: {x-pin: \"${vars.pin}\"}}, next: rated}\n  bye:");
    a_sensitive_value_must_not_be_written_to_anybody: Swap(MAIN, DETOUR, "next: write"), Swap(PROMPTS, "prompts:\n", "texts: {link: {ar: \"رقمك {pin}\", en: \"Your number is {pin}\"}}\nprompts:\n"), Swap(MAIN, BYE, "  write: {type: message, by: sms, to: \"${call.from}\", text: link, args: {pin: \"${vars.pin}\"}, next: rated}\n  bye:");
    a_sensitive_value_must_not_be_in_a_case: Swap(MAIN, DETOUR, "next: note"), Swap(MAIN, BYE, "  note: {type: case, do: add, text: \"pin ${vars.pin}\", next: rated, events: {case: rated}}\n  bye:");
    a_sensitive_value_must_not_be_a_need: Swap(MAIN, "\"entity.${vars.entity} >= 3\"", "\"entity.${vars.pin} >= 3\"");
    a_sensitive_value_must_not_be_a_class: Swap(MAIN, "    queue: care\n", "    queue: care\n    class: \"int(vars.pin)\"\n");
    a_sensitive_value_must_not_choose_choices: Swap(MAIN, "e.sector == vars.sector", "e.sector == vars.pin");
    a_sensitive_value_goes_into_a_sensitive_input: Swap(MAIN, "with: {agent: \"${queue.agent}\"}", "with: {agent: \"x${vars.pin}\"}");
    a_sensitive_output_goes_into_a_sensitive_variable: Swap("flows/csat.flow.yaml", "outputs: {score: {type: int}}", "outputs: {score: {type: int, sensitive: true}}");

    // What a node alone can have wrong.
    a_question_has_no_body: Swap(MAIN, DETOUR, "next: ask_home"), Swap(MAIN, BYE, "  ask_home: {type: http, request: {method: GET, url: \"${env.cases}\", body: {a: b}}, next: rated}\n  bye:");
    an_address_has_a_scheme: Swap(MAIN, DETOUR, "next: ask_home"), Swap(MAIN, BYE, "  ask_home: {type: http, request: {method: GET, url: \"www.example.org\"}, next: rated}\n  bye:");
    a_path_begins_at_the_body: Swap(MAIN, DETOUR, "next: ask_home"), Swap(MAIN, BYE, "  ask_home: {type: http, request: {method: GET, url: \"${env.cases}\"}, save: {case_no: bdy.state}, next: rated}\n  bye:");
    a_call_back_that_is_refused_must_lead_somewhere: Swap(MAIN, DETOUR, "next: later"), Swap(MAIN, BYE, "  later: {type: callback, queue: care, number: \"${call.from}\", next: rated}\n  bye:");
    a_transfer_that_fails_must_lead_somewhere: Swap(MAIN, DETOUR, "next: away"), Swap(MAIN, BYE, "  away: {type: transfer, to: \"sip:desk@192.0.2.1\", next: rated, events: {transfer.busy: bye}}\n  bye:");
    a_message_left_is_longer_than_its_least: Swap(MAIN, DETOUR, "next: leave"), Swap(MAIN, BYE, "  leave: {type: voicemail, prompt: closed, min: 20s, max: 10s, next: rated, events: {voicemail: bye}}\n  bye:");
    an_e_mail_has_a_subject: Swap(MAIN, DETOUR, "next: write"), Swap(PROMPTS, "prompts:\n", "texts: {link: {ar: مرحبا, en: Hello}}\nprompts:\n"), Swap(MAIN, BYE, "  write: {type: message, by: email, to: \"a@example.org\", text: link, next: rated}\n  bye:");
    a_case_is_of_an_entity_that_exists: Swap(MAIN, DETOUR, "next: note"), Swap(MAIN, BYE, "  note: {type: case, do: open, entity: powr, next: rated}\n  bye:");
    a_recording_has_consent: Swap(MAIN, DETOUR, "next: tape"), Swap(MAIN, BYE, "  tape: {type: record, do: start, next: rated}\n  bye:");
    a_stream_is_a_web_socket: Swap(MAIN, DETOUR, "next: bot"), Swap(MAIN, BYE, "  bot: {type: stream, url: \"http://127.0.0.1/bot\", next: rated}\n  bye:");
    a_case_after_one_that_is_always_true_is_dead: Swap(MAIN, "vars.case_no.startsWith('1')", "true");
    a_list_of_all_entities_needs_keys_of_their_own: Swap("entities/water.entity.yaml", "sector: utilities\nkey: \"2\"", "sector: safety\nkey: \"1\""), Swap(MAIN, "entities.filter(e, e.sector == vars.sector)", "entities");
    a_flow_that_only_an_unused_flow_calls_is_unused: Add("flows/other.flow.yaml", "apiVersion: ivr/v1\nkind: Flow\nid: other\ntitle: Other\nstart: deeper\nnodes: {deeper: {type: call, flow: deeper, next: end}, end: {type: hangup}}\n"), Add("flows/deeper.flow.yaml", "apiVersion: ivr/v1\nkind: Flow\nid: deeper\ntitle: Deeper\nstart: back\nnodes: {back: {type: return}}\n");

    several_faults_are_told_at_once: Swap(MAIN, "prompt: goodbye", "prompt: godbye"), Swap(MAIN, "max_wait: 600s", "max_wait: soon"), Swap("queues/care.queue.yaml", "ring: 15s", "rings: 15s"), Swap("entities/water.entity.yaml", "queue: care", "queue: cars");
}

#[test]
fn the_good_bundle_loads_with_everything_resolved() {
    let bundle = bundle();
    let main = bundle.flow(bundle.answers("800").expect("a number"));
    assert_eq!(&*main.id, "main");
    assert_eq!(bundle.answers("999"), None);
    assert_eq!(bundle.hash.len(), 64);
    let agent = main.node_named("to_agent").expect("a node");
    let flow = bundle.flow_named("main").expect("a flow");
    let closed = main.node_named("closed").map(flow::model::Target::Node);
    assert_eq!(bundle.resolve(flow, agent, "queue.timeout"), closed);
    let apology = bundle.flow_named("apology").map(flow::model::Target::Flow);
    assert_eq!(bundle.resolve(flow, agent, "error.name"), apology);
    assert_eq!(
        bundle.after_hangup(flow),
        main.node_named("note_left").map(flow::model::Target::Node)
    );
}

#[test]
fn the_hash_changes_with_every_letter() {
    let before = bundle().hash.clone();
    let files = changed(&[Swap(PROMPTS, "Goodbye", "Good bye")]);
    let after = flow::load(&files, None).expect("still good").hash.clone();
    assert_ne!(before, after);
    assert_eq!(before, bundle().hash);
}

#[test]
fn every_sound_that_can_be_needed_is_listed_with_its_text() {
    let sounds = bundle().sounds();
    let text = |name: &str| sounds.get(name).cloned();
    assert_eq!(text("en/goodbye"), Some(Some("Goodbye".to_owned())));
    assert_eq!(text("en/case_is.2"), Some(Some("is".to_owned())));
    assert_eq!(text("ar/entity/power"), Some(Some("الكهرباء".to_owned())));
    assert_eq!(text("en/department/power.billing"), Some(Some("Billing".to_owned())));
    assert_eq!(text("en/sector/safety"), Some(Some("Safety".to_owned())));
    assert_eq!(text("en/choice/main.sector.9"), Some(Some("A case".to_owned())));
    assert_eq!(text("en/term/open"), Some(Some("open".to_owned())));
    assert_eq!(text("en/unit/minute.one"), Some(Some("minute".to_owned())));
    assert_eq!(text("ar/unit/minute.two"), Some(Some("دقيقتان".to_owned())));
    assert_eq!(text("music/calm"), Some(None));
    assert_eq!(text("shared/jingle"), Some(None));
    assert!(sounds.contains_key("ar/digits/1"), "{:?}", sounds.keys().take(40).collect::<Vec<_>>());
}

#[test]
fn faults_for_programs_have_the_same_fields() {
    let files = changed(&[Swap(MAIN, "prompt: goodbye", "prompt: godbye")]);
    let faults = flow::load(&files, None).expect_err("it is broken");
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "faults/snapshots" }, {
        insta::assert_snapshot!(
            "json",
            serde_json::to_string_pretty(&faults.to_json()).expect("plain values")
        );
    });
}

/// What a section of the page shows.
#[derive(Default)]
struct Example {
    file: String,
    wrong: String,
    right: Option<String>,
}

/// The example of a section: the block marked `wrong` with its file, and the one marked `right`.
fn example(help: &str) -> Option<Example> {
    let mut example = None;
    for block in help.split("```yaml ").skip(1) {
        let (head, rest) = block.split_once('\n')?;
        let text = rest.split_once("```")?.0;
        let text = text.strip_suffix('\n').unwrap_or(text).to_owned();
        match head.split_once(' ') {
            Some(("wrong", file)) => {
                example = Some(Example { file: file.to_owned(), wrong: text, right: None });
            }
            Some(_) | None => example.as_mut()?.right = Some(text),
        }
    }
    example
}

fn with_example(example: &Example) -> BTreeMap<String, String> {
    let mut files = good();
    match (&example.right, files.get_mut(&example.file)) {
        (Some(right), Some(text)) => {
            assert!(text.contains(right.as_str()), "{} has no `{right}`", example.file);
            *text = text.replacen(right.as_str(), &example.wrong, 1);
        }
        (None, Some(_)) if example.wrong.is_empty() => drop(files.remove(&example.file)),
        (None, None) => drop(files.insert(example.file.clone(), example.wrong.clone())),
        (Some(_) | None, _) => panic!("an example changes, adds or takes away {}", example.file),
    }
    files
}

/// The codes of everything that is told of a bundle.
fn told(files: &BTreeMap<String, String>) -> BTreeSet<&'static str> {
    let errors = flow::load(files, Some(&sounds())).err().into_iter().flat_map(|told| told.faults);
    let all = flow::prove(files, None).faults.faults;
    errors.chain(all).map(|fault| fault.code.word()).collect()
}

#[test]
fn a_warning_shows_its_place_and_leaves_the_bundle_good() {
    let files = changed(&[
        Swap(
            MAIN,
            "{after: 40s, all: [\"lang.${vars.lang} >= 2\"]",
            "{after: 40s, all: [\"lang.${vars.lang} >= 4\"]",
        ),
        Swap(MAIN, "rated.${vars.score}", "rated"),
        Swap(PROMPTS, "  goodbye:", "  farewell: {ar: وداعا, en: Farewell}\n  goodbye:"),
    ]);
    let proof = flow::prove(&files, None);
    assert!(proof.bundle.is_some() && flow::load(&files, None).is_ok());
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "faults/snapshots" }, {
        insta::assert_snapshot!("warnings", proof.faults.to_text());
    });
}

#[test]
fn a_sensitive_value_may_be_heard_asked_about_and_sent_in_a_body() {
    let request = "{method: POST, url: \"${env.cases}\", body: {pin: \"${vars.pin}\"}}";
    let node = format!("  send: {{type: http, request: {request}, next: tell}}\n");
    let told = "  tell: {type: play, prompt: case_is, args: {no: \"${vars.pin}\", state: open}, next: rated}\n";
    let mut files = changed(&[Swap(MAIN, DETOUR, "next: send")]);
    let text = files.get_mut(MAIN).expect("the flow is there");
    *text = text.replacen(BYE, &format!("{node}{told}{BYE}"), 1);
    let proof = flow::prove(&files, None);
    assert!(proof.faults.is_empty(), "{}", proof.faults.to_text());
}

#[test]
fn every_example_of_the_page_raises_its_fault_and_nothing_else() {
    assert!(told(&good()).is_empty(), "{:?}", flow::prove(&good(), None).faults.to_text());
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let Some(example) = example(code.help()) else {
            // These are about bytes, which a page cannot show; `check_line.rs` has them.
            let bytes = [Code::BundleUnreadable, Code::FileNotText, Code::FileTooLong];
            assert!(bytes.contains(code), "`{}` has no example", code.word());
            continue;
        };
        let told = told(&with_example(&example));
        if told != BTreeSet::from([code.word()]) {
            wrong.push(format!("{}: {told:?}", code.word()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
