//! What a walk says for what it is told, over one small bundle.

mod call;
mod errands;
mod small;

use std::time::Duration;

use crate::base::chance::Rng;
use crate::base::id::EntityId;
use crate::flow::model::{HangupReason, Language, Sensitivity};
use crate::flow::run::tests::call::{Call, key, pressed};
use crate::flow::run::{Expected, Input, Mode, News, Output, Overflow, PlayId, QueueNews, Timer};

#[test]
fn a_call_says_its_prompts_and_offers_the_choices_of_its_data() {
    let mut call = Call::to("1");
    let hello = call.play();
    assert_eq!((hello.prompt.as_deref(), hello.text.as_str()), (Some("hello"), "مرحبا"));
    assert_eq!(hello.sounds, ["ar/hello".into()]);
    call.played(hello.id);
    let pick = call.play();
    assert_eq!(pick.text, "اختاروا. الكهرباء اضغطوا واحد");
    assert_eq!(
        pick.sounds.iter().map(AsRef::as_ref).collect::<Vec<&str>>(),
        ["ar/pick.1", "ar/entity/power", "ar/menu_choice.1", "ar/digits/1"]
    );
    assert_eq!(pick.keys, [key('0'), key('1')].into_iter().collect());
    call.key('1');
    assert!(call.news().contains(&pressed("main", "pick", "1", Some("Power"))));
    assert_eq!(call.run.entity(), Some(EntityId::from("power")));
}

#[test]
fn a_key_stops_the_prompt_and_counts() {
    let mut call = Call::at_pick();
    call.key('0');
    assert_eq!(call.run.language(), Language::English);
    assert!(call.outputs().contains(&Output::Stop));
    assert_eq!(call.play().text, "Enter digits.");
}

#[test]
fn keys_typed_ahead_count_and_their_prompts_are_not_said() {
    let mut call = Call::to("1");
    let hello = call.play();
    for typed in ['0', '1', '2', '#'] {
        call.key(typed);
    }
    call.played(hello.id);
    assert_eq!(call.plays_of_prompts(), ["stay"]);
    assert!(call.wish().need[0].all.iter().any(|(skill, _)| skill.as_str() == "lang.en"));
}

#[test]
fn the_word_of_a_prompt_that_was_replaced_means_nothing() {
    let mut call = Call::at_pick();
    call.key('7');
    let again = call.play();
    assert_eq!(again.text, "خطأ اختاروا. الكهرباء اضغطوا واحد");
    call.played(PlayId(again.id.0 - 1));
    assert_eq!(call.run.poll_timeout().map(|(_, timer)| timer), Some(Timer::Prompt));
    call.played(again.id);
    assert_eq!(call.run.poll_timeout().map(|(_, timer)| timer), Some(Timer::NoInput));
}

#[test]
fn whoever_tries_in_vain_is_not_stranded() {
    let mut call = Call::at_pick();
    call.key('7');
    call.key('8');
    assert!(call.outcomes().contains(&"input.gave_up".to_owned()));
    let sorry = call.play();
    assert_eq!(sorry.text, "نعتذر");
    call.played(sorry.id);
    assert_eq!(call.last_two(), [Output::Hangup(HangupReason::Failed), Output::Done]);
}

#[test]
fn silence_after_the_prompt_repeats_it_and_silence_after_digits_ends_them() {
    let mut call = Call::at_pick();
    let pick = call.last_play;
    call.played(pick);
    call.wait(5);
    assert!(call.outcomes().contains(&"input.no_input".to_owned()));
    call.key('1');
    call.key('4');
    call.key('2');
    assert_eq!(call.run.poll_timeout().map(|(_, timer)| timer), Some(Timer::BetweenKeys));
    call.wait(3);
    assert!(call.news().contains(&pressed("ask", "digits", "42", None)));
    assert_eq!(call.run.variable("answer").and_then(|value| value.as_text()), Some("42-power-ar"));
}

#[test]
fn a_prompt_whose_end_is_never_told_does_not_hold_the_caller() {
    let mut call = Call::to("1");
    assert_eq!(call.play().text, "مرحبا");
    call.wait(301);
    assert_eq!(call.play().prompt.as_deref(), Some("pick"));
}

#[test]
fn what_is_sensitive_is_masked_in_all_that_is_shown() {
    let mut call = Call::to("2");
    let prompt = call.play();
    assert!(prompt.keys.is_empty());
    call.key('9');
    assert_eq!(call.outputs(), []);
    call.played(prompt.id);
    for typed in ['1', '2', '3', '4'] {
        call.key(typed);
    }
    assert!(call.news().contains(&pressed("secret", "pin", "•••", None)));
    let repeat = call.play();
    assert_eq!((repeat.text.as_str(), repeat.sensitive), ("الرقم •••", Sensitivity::Sensitive));
    assert_eq!(repeat.sounds.len(), 5);
    call.played(repeat.id);
    assert_eq!(call.last_two(), [Output::Hangup(HangupReason::Busy), Output::Done]);
}

#[test]
fn a_loop_that_spins_ends_in_the_limit_and_with_an_apology() {
    let mut call = Call::to("3");
    assert!(call.outcomes().contains(&"error.limit".to_owned()));
    let sorry = call.play();
    assert_eq!(sorry.text, "نعتذر");
    call.played(sorry.id);
    assert_eq!(call.last_two(), [Output::Hangup(HangupReason::Failed), Output::Done]);
}

#[test]
fn an_expression_that_fails_is_told_and_leads_to_the_error_event() {
    let mut call = Call::to("4");
    assert!(call.outcomes().contains(&"error.expression".to_owned()));
    let failed = |news: &News| matches!(news, News::Failed { node, .. } if &**node == "divide");
    assert!(call.news().iter().any(failed));
    assert_eq!(call.play().text, "نعتذر");
}

#[test]
fn a_queue_outside_its_hours_takes_nobody() {
    let mut call = Call::at("5", "2026-09-20T10:00:00+04:00");
    assert!(call.outcomes().contains(&"queue.closed".to_owned()));
    assert_eq!(call.last_two(), [Output::Hangup(HangupReason::Rejected), Output::Done]);
    let mut call = Call::at("5", "2026-09-21T10:00:00+04:00");
    assert_eq!(call.wish().queue.as_str(), "office");
}

#[test]
fn without_a_wait_flow_the_queue_plays_its_music() {
    let mut call = Call::to("6");
    let music = call.play();
    assert_eq!((music.mode, music.sounds), (Mode::Loop, vec!["music/calm".into()]));
    call.key('5');
    assert_eq!(call.outputs(), []);
}

#[test]
fn a_need_with_an_empty_slot_is_dropped_and_noted() {
    let mut call = Call::at_pick();
    for typed in ['0', '1', '2', '#'] {
        call.key(typed);
    }
    let wish = call.wish();
    assert_eq!(wish.need[0].all, [("lang.en".into(), 3)]);
    assert_eq!(wish.dropped, ["entity.${vars.entity} >= 2".into()]);
    assert_eq!((wish.class, wish.max_wait), (2, Duration::from_secs(60)));
}

#[test]
fn a_wait_flow_tells_the_place_and_loops_until_somebody_answers() {
    let mut call = Call::waiting();
    let stay = call.play();
    assert_eq!(stay.text, "انتظروا");
    call.played(stay.id);
    assert_eq!(call.play().mode, Mode::Loop);
    let expected = Expected { p50: Duration::from_secs(60), p80: Duration::from_secs(180) };
    call.queue(QueueNews::Place { position: 3, expected: Some(expected) });
    call.wait(20);
    let place = call.play();
    assert_eq!(place.text, "مكانكم 3 3 دقائق");
    call.played(place.id);
    assert_eq!(call.play().mode, Mode::Loop);
    call.answered();
    assert_eq!(call.outputs(), [Output::Stop]);
    assert_eq!(call.run.poll_timeout(), None);
    call.key('9');
    assert_eq!(call.outputs(), []);
}

#[test]
fn after_the_talk_the_flow_goes_on_and_knows_how_long_it_was() {
    let mut call = Call::waiting();
    call.answered();
    call.released(95);
    assert!(call.news().contains(&News::Tagged { name: "talked.12-power-ar".into() }));
    assert_eq!(call.play().text, "وداعا");
    let mut call = Call::waiting();
    call.answered();
    call.released(5);
    assert!(!call.news().iter().any(|news| matches!(news, News::Tagged { .. })));
}

#[test]
fn a_lost_agent_starts_the_wait_flow_again() {
    let mut call = Call::waiting();
    call.answered();
    call.outputs();
    call.queue(QueueNews::WaitAgain);
    assert_eq!(call.play().text, "انتظروا");
    call.queue(QueueNews::WaitAgain);
    assert_eq!(call.outputs(), []);
    call.queue(QueueNews::Ended(Overflow::NoAgents));
    assert!(call.outcomes().contains(&"queue.no_agents".to_owned()));
}

#[test]
fn leaving_the_queue_waits_for_its_word_but_not_for_ever() {
    let mut call = Call::waiting();
    call.outputs();
    call.key('9');
    assert!(call.outputs().contains(&Output::LeaveQueue));
    call.queue(QueueNews::Ended(Overflow::Exit));
    assert_eq!(call.play().text, "وداعا");
    let mut call = Call::waiting();
    call.key('9');
    call.wait(5);
    assert_eq!(call.plays_of_prompts().last().map(String::as_str), Some("bye"));
}

#[test]
fn an_answer_wins_over_a_leaving_that_is_on_its_way() {
    let mut call = Call::waiting();
    call.key('9');
    call.answered();
    assert_eq!(call.run.poll_timeout(), None);
    call.released(30);
    assert_eq!(call.plays_of_prompts().last().map(String::as_str), Some("bye"));
}

#[test]
fn a_queue_that_says_nothing_times_out_by_itself() {
    let mut call = Call::waiting();
    call.outputs();
    for _ in 0..30 {
        call.wait(20);
    }
    assert!(call.outcomes().contains(&"queue.timeout".to_owned()));
    assert_eq!(call.seen.iter().filter(|output| **output == Output::LeaveQueue).count(), 1);
}

#[test]
fn a_caller_who_leaves_is_noted_once_and_hears_nothing_more() {
    let mut call = Call::waiting();
    call.wait(7);
    call.outputs();
    call.tell(Input::CallerLeft);
    call.tell(Input::CallerLeft);
    let outputs = call.outputs();
    let tag = Output::News(News::Tagged { name: "gone.7".into() });
    assert!(outputs.contains(&tag));
    assert_eq!(outputs.iter().filter(|output| **output == Output::Done).count(), 1);
    assert!(!outputs.iter().any(|o| matches!(o, Output::Play(_) | Output::Hangup(_))));
    assert_eq!(call.run.poll_timeout(), None);
}

#[test]
fn a_caller_who_leaves_before_the_answer_is_simply_gone() {
    let mut call = Call::before("1", "2026-09-21T10:00:00+04:00");
    call.tell(Input::CallerLeft);
    assert_eq!(call.outputs(), [Output::Done]);
    call.tell(Input::Start);
    assert_eq!(call.outputs(), []);
}

#[test]
fn whatever_happens_a_call_ends_once_and_never_waits_without_a_deadline() {
    for seed in 0..400 {
        let mut rng = Rng::seeded(seed);
        let number = ["1", "1", "1", "2", "5", "6"][usize::try_from(rng.below(6)).expect("small")];
        let mut call = Call::to(number);
        for _ in 0..rng.below(120) {
            call.at_random(&mut rng);
        }
        call.tell(Input::CallerLeft);
        call.outputs();
        let done = call.seen.iter().filter(|output| **output == Output::Done).count();
        assert_eq!(done, 1, "seed {seed}");
        assert_eq!(call.seen.last(), Some(&Output::Done), "seed {seed}");
        assert_eq!(call.run.poll_timeout(), None, "seed {seed}");
    }
}

#[test]
fn the_same_inputs_give_the_same_outputs() {
    let play = |seed| {
        let mut rng = Rng::seeded(seed);
        let mut call = Call::to("1");
        for _ in 0..100 {
            call.at_random(&mut rng);
        }
        call.outputs();
        call.seen
    };
    assert_eq!(play(7), play(7));
}
