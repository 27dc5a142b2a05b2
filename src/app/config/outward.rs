//! `[http]`, `[sms]`, `[email]` and `[env]`: other systems, and what the bundle is told of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::app::config::document::{IN_FILE, Item};
use crate::app::config::fault::Place;
use crate::app::config::read::{Reader, parse};
use crate::app::config::settings::Network;
use crate::flow::model::Method;
use crate::shell::errand::email::{EmailServer, Encryption, is_sender};
use crate::shell::errand::guard::Target;
use crate::shell::errand::sms::{SmsGateway, SmsHeader, is_sms_body, is_sms_url};
use crate::shell::secret::Secret;

/// Questions of flows to other systems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// Whom they may ask.
    pub allow: Vec<Target>,
    /// Which private addresses may lie behind a name.
    pub private: Vec<Network>,
}

/// One setting of the bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its value.
    pub value: Secret,
    /// Where it was set.
    pub place: Place,
}

impl Reader {
    pub(super) fn http(&mut self) -> Option<HttpSettings> {
        let wanted = "a target such as https://api.example.gov or https://*.example.gov:8443";
        let allow = self.list("http", "allow", wanted, parse);
        let wanted = "an address or a network such as 10.20.0.0/16";
        let private = self.list("http", "private", wanted, parse);
        Some(HttpSettings { allow: allow?, private: private? })
    }

    /// The settings that have a name the bundle could give them; the bundle says which it has.
    pub(super) fn env(&mut self) -> BTreeMap<String, Setting> {
        let env = std::mem::take(&mut self.document.env);
        env.into_iter().filter_map(|(name, items)| Some((name, setting(&items)?))).collect()
    }

    pub(super) fn sms(&mut self) -> Option<Option<SmsGateway>> {
        let wanted = "a gateway such as https://sms.example.gov/send, its host without slots";
        let url = self.maybe("sms", "url", wanted, |text| is_sms_url(text).then(|| text.into()));
        let method = self.one("sms", "method", "`POST` or `GET`", |text| match text {
            "POST" => Some(Method::Post),
            "GET" => Some(Method::Get),
            _ => None,
        });
        let wanted = "a header field such as `Authorization: Bearer {token}`";
        let headers = self.list("sms", "headers", wanted, SmsHeader::parse);
        let wanted = "JSON with slots such as {to} where a text would stand";
        let known = headers.clone().unwrap_or_default();
        let is_body = |text: &str| is_sms_body(text, &known).then(|| text.to_owned());
        let body = self.one("sms", "body", wanted, is_body);
        let wanted = "the beginning of telephone numbers, such as +9715";
        let prefixes = self.list("sms", "prefixes", wanted, |text| {
            let digits = text.strip_prefix('+').unwrap_or(text);
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.to_owned())
        });
        let (token, url, method) = (self.secret("sms", "token"), url?, method?);
        let body = match method {
            Method::Post => body?,
            Method::Get => String::new(),
        };
        let (headers, prefixes) = (headers?, prefixes?);
        Some(url.map(|url| SmsGateway { url, method, headers, body, token, prefixes }))
    }

    pub(super) fn email(&mut self) -> Option<Option<EmailServer>> {
        let server = self.maybe("email", "server", "a mail server", parse::<String>);
        let port = self.one("email", "port", "a port, or 0", parse::<u16>);
        let wanted = "`starttls`, `tls` or `none`";
        let encryption = self.one("email", "tls", wanted, |text| match text {
            "starttls" => Some(Encryption::StartTls),
            "tls" => Some(Encryption::Tls),
            "none" => Some(Encryption::None),
            _ => None,
        });
        let user = self.one("email", "user", "a user", parse::<String>);
        let password = self.secret("email", "password");
        let wanted = "a sender such as Government <noreply@example.gov>";
        let from = self.maybe("email", "from", wanted, |text| is_sender(text).then(|| text.into()));
        let (server, port, encryption, user) = (server?, port?, encryption?, user?);
        let (from, Some(server)) = (from?, server) else { return Some(None) };
        let Some(from) = from else {
            let place = self.place("email", "server");
            self.document.fault(place, "a sender, `[email] from`, beside it", "none", None);
            return None;
        };
        if encryption == Encryption::None && !user.is_empty() {
            let place = self.place("email", "tls");
            self.document.fault(place, "`starttls` or `tls`, where somebody logs in", "none", None);
            return None;
        }
        let port = (port > 0).then_some(port);
        Some(Some(EmailServer { server, port, encryption, user, password, from }))
    }

    fn secret(&self, section: &'static str, key: &'static str) -> Secret {
        secret(&self.items(section, key))
    }
}

fn setting(items: &[Item]) -> Option<Setting> {
    let place = items.first()?.place.clone();
    Some(Setting { value: secret(items), place })
}

fn secret(items: &[Item]) -> Secret {
    match items {
        [mark, file] if mark.text == IN_FILE => Secret::File(PathBuf::from(&file.text)),
        [text, ..] => Secret::Text(text.text.clone()),
        [] => Secret::Text(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::config::{Config, ConfigFaults};

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Config::parse(Some(("hatif.toml", text)), variables)
    }

    fn faults(text: &str) -> String {
        read(text, &[]).expect_err("it is at fault").to_string()
    }

    #[test]
    fn nobody_is_asked_and_nothing_sent_unless_it_is_set() {
        let config = read("", &[]).expect("it is right");
        assert!(config.http.allow.is_empty() && config.env.is_empty());
        assert_eq!((config.sms, config.email), (None, None));
    }

    #[test]
    fn settings_have_free_names_and_variables_win() {
        let text = "[env]\ncases = 'https://a.example'\napi-token = {file = '/run/secrets/t'}\n";
        let variables = [("HATIF_ENV_CASES", "https://b.example"), ("HATIF_ENV_MORE", "1")];
        let config = read(text, &variables).expect("it is right");
        let value = |name: &str| config.env.get(name).map(|setting| setting.value.clone());
        assert_eq!(value("cases"), Some(Secret::Text("https://b.example".to_owned())));
        assert_eq!(value("api-token"), Some(Secret::File(PathBuf::from("/run/secrets/t"))));
        assert_eq!(value("more"), Some(Secret::Text("1".to_owned())));
        let config = read(text, &[("HATIF_ENV_API_TOKEN", "x")]).expect("it is right");
        assert_eq!(
            config.env.get("api-token").map(|of| of.value.clone()),
            Some(Secret::Text("x".to_owned()))
        );
    }

    #[test]
    fn a_secret_is_never_printed() {
        let text = "[env]\ntoken = 'hush'\n[sms]\nurl = 'https://sms.example'\ntoken = 'hush'\n";
        assert!(!format!("{:?}", read(text, &[])).contains("hush"));
        let told = faults("[env]\ntoken = 12345\nother = {fiel = 'hush'}\n");
        assert!(!told.contains("12345") && !told.contains("hush"), "{told}");
        assert!(told.starts_with("hatif.toml:2:9: wanted a text or { file ="), "{told}");
    }

    #[test]
    fn carriers_of_messages_are_read_with_their_faults() {
        let text = "[sms]\nurl = 'https://sms.example/send'\nheaders = ['Authorization: Bearer {token}']\n\
                    token = 't'\nprefixes = ['+9715']\n\
                    [email]\nserver = 'mail.example'\nfrom = 'Care <care@example.gov>'\n";
        let config = read(text, &[]).expect("it is right");
        assert_eq!(config.sms.expect("a gateway").prefixes, ["+9715"]);
        assert_eq!(config.email.expect("a server").encryption, Encryption::StartTls);
        let told = faults(
            "[http]\nallow = ['api.example']\nprivate = ['here']\n[sms]\nurl = 'https://{to}/'\n\
             body = 'to={to}'\nheaders = ['x']\nprefixes = ['UAE']\nmethod = 'PUT'\n\
             [email]\nserver = 'mail.example'\ntls = 'ssl'\n",
        );
        let places: Vec<&str> = told.lines().filter_map(|line| line.split(": ").next()).collect();
        let wanted = [2, 3, 5, 6, 7, 8, 9, 12].map(|line| format!("hatif.toml:{line}:"));
        assert_eq!(places.len(), wanted.len(), "{told}");
        let begin = |(place, wanted): (&&str, &String)| place.starts_with(wanted.as_str());
        assert!(places.iter().zip(&wanted).all(begin), "{told}");
    }

    #[test]
    fn a_password_is_not_sent_in_the_clear() {
        let told =
            faults("[email]\nserver = 'm'\nfrom = 'a@b.example'\ntls = 'none'\nuser = 'u'\n");
        assert!(told.contains("where somebody logs in"), "{told}");
        let told = faults("[email]\nserver = 'm'\n");
        assert!(told.contains("wanted a sender"), "{told}");
    }
}
