//! `message`: a word to the citizen, by short message or e-mail, within what one may send.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::base::chance::Rng;
use crate::base::id::CallId;
use crate::base::limit::MESSAGE_CHARACTERS_MAX;
use crate::flow::model::Channel;
use crate::flow::run::{MessageFault, MessageOrder};
use crate::shell::clock::Clock;
use crate::shell::errand::email::Email;
use crate::shell::errand::rate::Rates;
use crate::shell::errand::sms::Sms;
use crate::telemetry::Meter;

/// Whoever carries messages.
#[derive(Debug, Clone)]
pub(super) struct Messenger {
    pub(super) sms: Option<Sms>,
    pub(super) email: Option<Email>,
    pub(super) clock: Clock,
    pub(super) meter: Arc<Meter>,
    /// Locked for one look only, never while anything is waited for.
    pub(super) rates: Arc<Mutex<Rates>>,
}

/// Who wants something sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Author<'a> {
    /// This errand's alone.
    pub(super) key: &'a str,
    pub(super) call: CallId,
    /// The caller's number.
    pub(super) citizen: &'a str,
}

impl Messenger {
    /// Sends it, when somebody there can and may.
    pub(super) async fn send(
        &self,
        author: Author<'_>,
        order: &MessageOrder,
        rng: &mut Rng,
    ) -> Result<(), MessageFault> {
        let sent = self.carry(author, order, rng).await;
        let result = if sent.is_ok() { "sent" } else { "failed" };
        self.meter.message(order.channel.word(), result);
        sent
    }

    async fn carry(
        &self,
        author: Author<'_>,
        order: &MessageOrder,
        rng: &mut Rng,
    ) -> Result<(), MessageFault> {
        if order.text.chars().count() > MESSAGE_CHARACTERS_MAX {
            let why = format!("a text of more than {MESSAGE_CHARACTERS_MAX} characters");
            return Err(MessageFault(why));
        }
        match order.channel {
            Channel::Sms => {
                let sms = self.sms.as_ref().ok_or_else(|| unset("sms"))?;
                let number = sms.recipient(&order.to, author.citizen)?;
                self.count(author.call, &number).await?;
                sms.send(author.key, &number, order, rng).await
            }
            Channel::Email => {
                let email = self.email.as_ref().ok_or_else(|| unset("email"))?;
                let to = Email::recipient(&order.to)?;
                self.count(author.call, to.as_ref()).await?;
                email.send(author.key, to, order).await
            }
        }
    }

    async fn count(&self, call: CallId, recipient: &str) -> Result<(), MessageFault> {
        let now = self.clock.now();
        let admitted = self.rates.lock().await.admit(now, call, recipient);
        admitted.map_err(|why| MessageFault(why.to_string()))
    }
}

fn unset(section: &str) -> MessageFault {
    MessageFault(format!("none: `[{section}]` is not set"))
}
