//! Every key there is, with its default: what the reader accepts and what the page lists.

/// What a key's value looks like in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `"text"`
    Text,
    /// `12`
    Number,
    /// `true` or `false`
    Flag,
    /// `["one", "two"]`
    List,
    /// `[{ name = "…", from = ["…"] }]`
    Trunks,
    /// `"text"`, or `{ file = "…" }` for a file that holds it.
    Secret,
}

impl Kind {
    /// What a fault says was wanted.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Flag => "true or false",
            Self::List => "a list of texts",
            Self::Secret => "a text or { file = \"/run/secrets/name\" }",
            Self::Trunks => {
                "a list of trunks such as { name = \"carrier\", from = [\"192.0.2.0/24\"] }"
            }
        }
    }
}

/// One key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySpec {
    /// Its section.
    pub section: &'static str,
    /// Its name.
    pub key: &'static str,
    /// What its value looks like.
    pub kind: Kind,
    /// Its value where nobody sets it, as a variable would write it; empty for none.
    pub default: &'static str,
    /// What it is for.
    pub meaning: &'static str,
}

impl KeySpec {
    /// The environment's variable that overrides it.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("HATIF_{}_{}", self.section, self.key).to_uppercase()
    }
}

macro_rules! keys {
    ($([$section:ident] $key:ident: $kind:ident = $default:literal, $meaning:literal;)*) => {
        /// Every key, in the order of the page.
        pub const KEYS: &[KeySpec] = &[$(KeySpec {
            section: stringify!($section),
            key: stringify!($key),
            kind: Kind::$kind,
            default: $default,
            meaning: $meaning,
        }),*];
    };
}

keys! {
    [sip] bind: List = "udp:127.0.0.1:5060, tcp:127.0.0.1:5060", "where SIP is heard: `udp:` or `tcp:`, address, port";
    [sip] public_address: Text = "", "the address that peers reach this engine by, when it is not the one that is bound";
    [sip] trunks: Trunks = "", "who may call, and who is dialled through: see `docs/outbound.md`; without any trunk that calls, everybody may call";
    [sip] ring_ms: Number = "0", "milliseconds that a call rings before it is answered, at most 60000";
    [dial] country: Text = "", "the country code that makes `04…` the same number as `+9714…`, such as `971`";
    [dial] sip_hosts: List = "", "the hosts that a flow may call by a SIP address; no others";
    [rtp] bind: Text = "127.0.0.1", "the address that audio is sent from and received at";
    [rtp] ports: Text = "16384-32767", "the ports of audio; two for each call";
    [rtp] public_address: Text = "", "the address of audio as it is offered to peers, when it is not the one that is bound";
    [web] bind: Text = "127.0.0.1:8080", "where pages, API and metrics are served";
    [web] public_url: Text = "", "how browsers reach the pages, when a proxy stands before them";
    [web] test_caller: Flag = "true", "whether `/call` is there: a telephone in the browser, for trying an installation";
    [webrtc] bind: Text = "127.0.0.1:0", "the one port of all browsers' audio; 0 lets the system choose";
    [webrtc] public_address: Text = "", "the address of browsers' audio as it is offered to them, when it is not the one that is bound";
    [bundle] path: Text = "ivr-flows", "the folder of flows, queues, prompts and entities";
    [bundle] watch: Flag = "false", "whether a change in that folder is loaded at once; SIGHUP always does";
    [bundle] kept: Text = "data/bundles", "the folder of the copies by which an earlier version can serve again";
    [sounds] path: Text = "sounds", "the folder of recorded prompts";
    [store] url: Text = "sqlite:data/hatif.db", "where records and agents are kept";
    [recording] path: Text = "data/recordings", "the folder of recordings and of callers' messages";
    [recording] enabled: Flag = "true", "whether calls are recorded where a flow says so; messages always are";
    [engine] workers: Number = "0", "tasks that own calls; 0 is one for each processor";
    [engine] media_workers: Number = "0", "threads that carry audio; 0 is one for each processor";
    [http] allow: List = "", "whom flows may ask: scheme, host and port, such as `https://api.example.gov` or `https://*.example.gov:8443`; nobody else is asked";
    [http] private: List = "", "private addresses or networks that may lie behind those names; without them only public ones are asked";
    [sms] url: Text = "", "the gateway of short messages; `{to}`, `{text}`, `{language}`, `{token}` are filled in after its host";
    [sms] method: Text = "POST", "how it is asked: `POST` or `GET`";
    [sms] headers: List = "", "its header fields, such as `Authorization: Bearer {token}`";
    [sms] body: Text = "{\"to\": {to}, \"text\": {text}}", "what it is sent by POST: JSON, or a form where a `Content-Type` says so";
    [sms] token: Secret = "", "what `{token}` stands for";
    [sms] prefixes: List = "", "how numbers begin that may get a message, such as `+9715`; the caller's own may always";
    [email] server: Text = "", "the mail server, by name or address";
    [email] port: Number = "0", "its port; 0 is 25, 587 or 465, as `tls` has it";
    [email] tls: Text = "starttls", "how the connection is encrypted: `starttls`, `tls` or `none`";
    [email] user: Text = "", "who logs in there; empty for nobody";
    [email] password: Secret = "", "with which password";
    [email] from: Text = "", "the sender, such as `Government <noreply@example.gov>`";
    [log] level: Text = "info", "what is logged: `error`, `warn`, `info`, `debug`, `trace`, or by module as in `info,hatif::sip=debug`";
    [log] format: Text = "text", "how a line is written: `text` or `json`";
}
