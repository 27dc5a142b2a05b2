//! `message`: `{by, to, text, subject, args}`.

use crate::flow::diagnostic::Code;
use crate::flow::model::{Channel, Message};
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;

const CHANNELS: [(&str, Channel); 2] =
    [(Channel::Sms.word(), Channel::Sms), (Channel::Email.word(), Channel::Email)];

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Message> {
    let page = site.page;
    let channel = fields.required("by").and_then(|yaml| page.word(yaml, &CHANNELS));
    let to = fields.required("to").and_then(|yaml| site.hidden_template(yaml));
    let args = fields.optional("args");
    let text = fields.required("text").and_then(|yaml| site.worded(yaml, args));
    let subject_yaml = fields.optional("subject");
    let subject = match subject_yaml {
        Some(yaml) => site.worded(yaml, args).map(Some),
        None => Some(None),
    };
    match (channel, subject_yaml) {
        (Some(Channel::Email), None) => {
            page.add(page.fault(Code::MissingField, fields.place(), "a field `subject`"));
        }
        (Some(Channel::Sms), Some(yaml)) => {
            page.wrong(Code::WrongPlace, yaml, "no `subject` with `by: sms`");
        }
        (Some(Channel::Email), Some(_)) | (Some(Channel::Sms), None) | (None, _) => {}
    }
    let (text, subject) = (text?, subject?);
    let texts = [Some(&text)].into_iter().chain(subject.as_ref().map(Some));
    site.idle_words(fields, &texts.collect::<Vec<_>>());
    Some(Message { channel: channel?, to: to?, text, subject })
}
