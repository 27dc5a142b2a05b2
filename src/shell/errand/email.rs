//! E-mail, by the installation's own mail server.

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use crate::base::limit::EMAIL_PATIENCE;
use crate::flow::run::{MessageFault, MessageOrder};
use crate::shell::secret::Secret;

/// What the configuration says of the mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailServer {
    /// Its name or address.
    pub server: String,
    /// Its port; that of the kind of encryption when `None`.
    pub port: Option<u16>,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// Who logs in; empty for nobody.
    pub user: String,
    /// With which password.
    pub password: Secret,
    /// From whom the messages are.
    pub from: String,
}

/// How the connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// It is not.
    None,
    /// After a first word in the clear, and never without it.
    StartTls,
    /// From the first byte.
    Tls,
}

/// Whether messages can be from that sender.
#[must_use]
pub fn is_sender(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

/// A server that is ready.
#[derive(Debug, Clone)]
pub(super) struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// What keeps a server from being used.
#[derive(Debug, thiserror::Error)]
pub(super) enum EmailFault {
    #[error("wanted the sender of e-mail, found {0}")]
    Sender(#[from] lettre::address::AddressError),
    #[error("wanted a connection to the mail server that can be encrypted, found {0}")]
    Encryption(#[from] lettre::transport::smtp::Error),
    #[error("wanted the password of the mail server, found {0}")]
    Password(#[from] std::io::Error),
}

impl Email {
    /// A server; nothing is connected before the first message.
    pub(super) fn new(server: &EmailServer) -> Result<Self, EmailFault> {
        let from: Mailbox = server.from.parse()?;
        let parameters = || TlsParameters::new_rustls(server.server.clone());
        let (tls, usual) = match server.encryption {
            Encryption::None => (Tls::None, 25),
            Encryption::StartTls => (Tls::Required(parameters()?), 587),
            Encryption::Tls => (Tls::Wrapper(parameters()?), 465),
        };
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.server.clone())
                .port(server.port.unwrap_or(usual))
                .tls(tls)
                .hello_name(ClientId::Domain(from.email.domain().to_owned()))
                .timeout(Some(EMAIL_PATIENCE.max(Duration::from_secs(1))));
        if !server.user.is_empty() {
            let password = server.password.read()?;
            transport = transport.credentials(Credentials::new(server.user.clone(), password));
        }
        Ok(Self { transport: transport.build(), from })
    }

    /// The address in the form that the server gets.
    pub(super) fn recipient(to: &str) -> Result<Address, MessageFault> {
        let wrong = || MessageFault("no e-mail address to send it to".to_owned());
        to.trim().parse().map_err(|_| wrong())
    }

    /// Gives the server a message.
    pub(super) async fn send(
        &self,
        key: &str,
        to: Address,
        order: &MessageOrder,
    ) -> Result<(), MessageFault> {
        let message = self.message(key, to, order)?;
        let sent = tokio::time::timeout(EMAIL_PATIENCE, self.transport.send(message)).await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(fault)) => Err(MessageFault(told(&fault))),
            Err(_) => Err(MessageFault("no answer in time".to_owned())),
        }
    }

    fn message(
        &self,
        key: &str,
        to: Address,
        order: &MessageOrder,
    ) -> Result<Message, MessageFault> {
        let subject = one_line(order.subject.as_deref().unwrap_or_default());
        let id = format!("<{key}@{}>", self.from.email.domain());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(order.text.clone())
            .map_err(|fault| MessageFault(format!("no message: {fault}")))
    }
}

/// A text that cannot begin another header field.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// What went wrong, without the server's words: they may name the recipient.
fn told(fault: &lettre::transport::smtp::Error) -> String {
    match fault.status() {
        Some(code) => format!("its answer {code}"),
        None if fault.is_timeout() => "no answer in time".to_owned(),
        None if fault.is_tls() => "a connection that cannot be encrypted".to_owned(),
        None => "no connection to the mail server".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::model::{Channel, Language};

    fn order(subject: &str) -> MessageOrder {
        MessageOrder {
            channel: Channel::Email,
            to: String::new(),
            subject: Some(subject.to_owned()),
            text: "Your case is 1234.\nرقم قضيتك".to_owned(),
            language: Language::Arabic,
        }
    }

    fn email() -> Email {
        Email::new(&EmailServer {
            server: "mail.example".to_owned(),
            port: None,
            encryption: Encryption::None,
            user: String::new(),
            password: Secret::Text(String::new()),
            from: "Government <noreply@example.gov>".to_owned(),
        })
        .expect("a server")
    }

    #[test]
    fn nothing_can_be_put_into_the_head_of_a_message() {
        for wrong in [
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example, c@d.example",
            "Name <a@b.example>",
            "a@b.example>",
            "a b@c.example",
            "",
        ] {
            assert!(Email::recipient(wrong).is_err(), "{wrong}");
        }
        let to = Email::recipient("citizen@example.org").expect("an address");
        let order = order("Case\r\nBcc: c@d.example");
        let message = email().message("one-1", to, &order).expect("a message").formatted();
        let text = String::from_utf8(message).expect("a message is encoded");
        let (head, _) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.lines().all(|line| !line.to_ascii_lowercase().starts_with("bcc")), "{head}");
        assert!(head.contains("Message-ID: <one-1@example.gov>"), "{head}");
        assert!(head.contains("To: citizen@example.org"), "{head}");
    }
}
