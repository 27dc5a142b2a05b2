//! What a picture says of a step: what is heard there, or what is done.

use crate::flow::model::{
    Assignment, Bundle, HangupReason, Heard, Language, Leave, Part, Play, Prompt, Queue, Reference,
    Step,
};

/// What is heard or done in a step.
pub(super) fn of(bundle: &Bundle, step: &Step, language: Language) -> String {
    match step {
        Step::Play(play) => played(play, language),
        Step::Menu(menu) => heard(&menu.prompt.prompt, language),
        Step::Collect(collect) => {
            let prompt = heard(&collect.prompt.prompt, language);
            format!("{prompt} → {}", collect.save)
        }
        Step::Set(assignments) | Step::Return(assignments) => assigned(assignments),
        // The conditions stand at the ways.
        Step::Switch(_) | Step::LeaveQueue(Leave::Exit) => String::new(),
        Step::LeaveQueue(Leave::Callback { number }) => number.text().to_owned(),
        Step::Say(say) => say.value.written(),
        Step::Http(http) => format!("{} {}", http.method.word(), http.url.text()),
        Step::Case(case) => case.act.word().to_owned(),
        Step::Message(message) => {
            format!("{} to {}: {}", message.channel.word(), message.to.text(), message.text.text.id)
        }
        Step::Callback(callback) => {
            format!("{}, {}", callback.number.text(), reference(&callback.queue))
        }
        Step::Voicemail(mail) => heard(&mail.prompt.prompt, language),
        Step::Transfer(transfer) => transfer.to.text().to_owned(),
        Step::Record(recording) => recording.word().to_owned(),
        Step::Stream(stream) => stream.url.text().to_owned(),
        Step::Hours(hours) => reference(&hours.calendar).to_owned(),
        Step::Queue(queue) => waited(queue),
        Step::Call(call) => bundle.flow(call.flow).title.to_string(),
        Step::Tag(tag) => tag.name.text().to_owned(),
        Step::Hangup(hangup) => match hangup.reason {
            HangupReason::Done => String::new(),
            HangupReason::Busy => "busy".to_owned(),
            HangupReason::Rejected => "rejected".to_owned(),
            HangupReason::Failed => "failed".to_owned(),
        },
    }
}

/// What is done in a step that says nothing in a language.
pub(in crate::flow) fn done_in(bundle: &Bundle, step: &Step) -> String {
    of(bundle, step, bundle.languages.first().copied().unwrap_or(Language::English))
}

fn played(play: &Play, language: Language) -> String {
    match &play.what {
        Heard::Prompt(spoken) => heard(&spoken.prompt, language),
        Heard::Music(sound) => {
            let span = play.looped.map(|span| format!(" {} s", span.as_secs()));
            format!("♪ {sound}{}", span.unwrap_or_default())
        }
    }
}

/// The words of a prompt, a slot in braces where a value is said.
pub(in crate::flow) fn heard(prompt: &Prompt, language: Language) -> String {
    let parts = prompt.parts(language).iter().map(|part| match part {
        Part::Text { text, .. } => text.to_string(),
        Part::File(sound) => format!("[{sound}]"),
        Part::Choices => "…".to_owned(),
        Part::ChoiceLabel => "{label}".to_owned(),
        Part::ChoiceKey => "{key}".to_owned(),
        Part::Value { slot, .. } | Part::Term(slot) | Part::Entity(slot) => format!("{{{slot}}}"),
    });
    parts.collect::<Vec<_>>().join(" ")
}

fn assigned(assignments: &[Assignment]) -> String {
    let written = |one: &Assignment| format!("{} = {}", one.name, one.value.written());
    assignments.iter().map(written).collect::<Vec<_>>().join(", ")
}

fn waited(queue: &Queue) -> String {
    let span = queue.max_wait.as_secs();
    format!("{}, at most {span} s", reference(&queue.queue))
}

fn reference(reference: &Reference) -> &str {
    match reference {
        Reference::Fixed(id) => id,
        Reference::Computed(template) => template.text(),
    }
}
