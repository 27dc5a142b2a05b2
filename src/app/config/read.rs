//! From file and environment to a [`Config`], with everything that is wrong told at once.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use crate::app::config::document::{Document, Item, written};
use crate::app::config::fault::{ConfigFaults, Fault, Place};
use crate::app::config::keys::{KEYS, KeySpec};
use crate::app::config::settings::{
    BundleSettings, Config, DialSettings, EngineSettings, LogSettings, RecordingSettings,
    RtpSettings, SipSettings, SoundsSettings, StoreSettings, WebSettings, WebrtcSettings,
};
use crate::telemetry::log::{self, Format};

const ADDRESS: &str = "an address such as 203.0.113.5";
const SOCKET: &str = "an address and port such as 127.0.0.1:8080";
const FLAG: &str = "true or false";
const WORKERS: &str = "a number from 0 to 256";

impl Config {
    /// Reads the file, where there is one, and the environment over it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with either, or that the file cannot be read.
    pub fn load(
        path: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigFaults> {
        let Some(path) = path else {
            return Self::parse(None, environment);
        };
        let name = path.display().to_string();
        let read = std::fs::read(path).map_err(|why| why.to_string());
        let read = read.and_then(|bytes| String::from_utf8(bytes).map_err(|why| why.to_string()));
        match read {
            Ok(text) => Self::parse(Some((&name, &text)), environment),
            Err(why) => {
                let place = Place::File { name, line: 1, column: 1 };
                let wanted = "a readable configuration".to_owned();
                Err(ConfigFaults(vec![Fault { place, wanted, found: why, nearest: None }]))
            }
        }
    }

    /// Reads a file's name and text, where there is one, and the environment over it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with either.
    pub fn parse(
        file: Option<(&str, &str)>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigFaults> {
        let mut document = Document::default();
        if let Some((name, text)) = file {
            document.read_file(name, text);
        }
        document.read_environment(environment);
        let mut reader = Reader { document };
        let config = reader.config();
        let mut faults = reader.document.faults;
        faults.sort_by(|left, right| left.place.cmp(&right.place));
        match config {
            Some(config) if faults.is_empty() => Ok(config),
            Some(_) | None => Err(ConfigFaults(faults)),
        }
    }
}

/// What turns texts into values.
pub(super) struct Reader {
    pub(super) document: Document,
}

impl Reader {
    /// Reads each section even where one is at fault, so that all faults are told.
    fn config(&mut self) -> Option<Config> {
        let (sip, dial, rtp) = (self.sip(), self.dial(), self.rtp());
        let (web, webrtc) = (self.web(), self.webrtc());
        let (bundle, sounds) = (self.bundle(), self.path("sounds", "path"));
        let store = self.one("store", "url", "a store such as sqlite:data/hatif.db", parse);
        let recording = self.recording();
        let (engine, log) = (self.engine(), self.log());
        let (http, env) = (self.http(), self.env());
        let (sms, email) = (self.sms(), self.email());
        Some(Config {
            sip: sip?,
            dial: dial?,
            rtp: rtp?,
            web: web?,
            webrtc: webrtc?,
            bundle: bundle?,
            sounds: SoundsSettings { path: sounds? },
            store: StoreSettings { url: store? },
            recording: recording?,
            engine: engine?,
            http: http?,
            sms: sms?,
            email: email?,
            env,
            log: log?,
        })
    }

    fn sip(&mut self) -> Option<SipSettings> {
        let wanted = "`udp:` or `tcp:` with an address and a port, such as udp:0.0.0.0:5060";
        let bind = self.list("sip", "bind", wanted, parse);
        let public_address = self.maybe("sip", "public_address", ADDRESS, parse);
        let wanted = "a trunk's plain name with the addresses it calls from, or with `to`, \
                      `caller_id` and `prefixes`";
        let trunks = self.list("sip", "trunks", wanted, parse);
        if bind.as_ref().is_some_and(Vec::is_empty) {
            let place = self.place("sip", "bind");
            self.document.fault(place, "at least one place to hear SIP", "none", None);
        }
        let ring = self.one("sip", "ring_ms", "milliseconds from 0 to 60000", |text| {
            let millis: u64 = text.parse().ok()?;
            (millis <= 60_000).then(|| Duration::from_millis(millis))
        });
        let (public_address, trunks) = (public_address?, trunks?);
        Some(SipSettings { bind: bind?, public_address, trunks, ring: ring? })
    }

    fn dial(&mut self) -> Option<DialSettings> {
        let country = self.maybe("dial", "country", "a country code such as 971", |text| {
            let is_code = text.len() <= 3 && text.bytes().all(|digit| digit.is_ascii_digit());
            (is_code && !text.starts_with('0')).then(|| text.to_owned())
        });
        let sip_hosts = self.list("dial", "sip_hosts", "a host such as 192.0.2.20", |text| {
            let is_plain = |sign: char| sign.is_ascii_alphanumeric() || ".-:".contains(sign);
            (!text.is_empty() && text.chars().all(is_plain)).then(|| text.to_owned())
        });
        Some(DialSettings { country: country?, sip_hosts: sip_hosts? })
    }

    fn rtp(&mut self) -> Option<RtpSettings> {
        let bind = self.one("rtp", "bind", ADDRESS, parse);
        let wanted = "two ports from 1024 up with room for a pair, such as 16384-32767";
        let ports = self.one("rtp", "ports", wanted, parse);
        let public_address = self.maybe("rtp", "public_address", ADDRESS, parse);
        Some(RtpSettings { bind: bind?, ports: ports?, public_address: public_address? })
    }

    fn web(&mut self) -> Option<WebSettings> {
        let bind = self.one("web", "bind", SOCKET, parse);
        let wanted = "an address such as https://desk.example.org";
        let public_url = self.maybe("web", "public_url", wanted, |text| {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
            (!rest.is_empty() && !rest.starts_with('/')).then(|| text.to_owned())
        });
        let test_caller = self.one("web", "test_caller", FLAG, parse);
        Some(WebSettings { bind: bind?, public_url: public_url?, test_caller: test_caller? })
    }

    fn webrtc(&mut self) -> Option<WebrtcSettings> {
        let bind = self.one("webrtc", "bind", SOCKET, parse);
        let public_address = self.maybe("webrtc", "public_address", ADDRESS, parse);
        Some(WebrtcSettings { bind: bind?, public_address: public_address? })
    }

    fn bundle(&mut self) -> Option<BundleSettings> {
        let path = self.path("bundle", "path");
        let watch = self.one("bundle", "watch", FLAG, parse);
        let kept = self.path("bundle", "kept");
        Some(BundleSettings { path: path?, watch: watch?, kept: kept? })
    }

    fn recording(&mut self) -> Option<RecordingSettings> {
        let path = self.path("recording", "path");
        let enabled = self.one("recording", "enabled", FLAG, parse);
        Some(RecordingSettings { path: path?, enabled: enabled? })
    }

    fn engine(&mut self) -> Option<EngineSettings> {
        let count = |text: &str| match text.parse::<usize>().ok()? {
            0 => Some(None),
            count @ 1..=256 => Some(Some(count)),
            _ => None,
        };
        let workers = self.one("engine", "workers", WORKERS, count);
        let media_workers = self.one("engine", "media_workers", WORKERS, count);
        Some(EngineSettings { workers: workers?, media_workers: media_workers? })
    }

    fn log(&mut self) -> Option<LogSettings> {
        let level = self.one("log", "level", "a level such as info,hatif::sip=debug", |text| {
            log::check(text).ok().map(|()| text.to_owned())
        });
        let format = self.one("log", "format", "`text` or `json`", |text| match text {
            "text" => Some(Format::Text),
            "json" => Some(Format::Json),
            _ => None,
        });
        Some(LogSettings { level: level?, format: format? })
    }

    fn path(&mut self, section: &'static str, key: &'static str) -> Option<PathBuf> {
        self.one(section, key, "a folder", |text| (!text.is_empty()).then(|| PathBuf::from(text)))
    }

    /// A value that is always there; `None` when it is at fault.
    pub(super) fn one<T>(
        &mut self,
        section: &'static str,
        key: &'static str,
        wanted: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        // A value of one text has one, be it empty.
        let item = self.items(section, key).into_iter().next()?;
        self.read(item, wanted, parse)
    }

    /// A value that may be empty; `None` when it is at fault.
    pub(super) fn maybe<T>(
        &mut self,
        section: &'static str,
        key: &'static str,
        wanted: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Option<T>> {
        self.one(section, key, wanted, |text| match text {
            "" => Some(None),
            text => parse(text).map(Some),
        })
    }

    /// A list; `None` when one of it is at fault.
    pub(super) fn list<T>(
        &mut self,
        section: &'static str,
        key: &'static str,
        wanted: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.items(section, key);
        let read: Vec<Option<T>> =
            items.into_iter().map(|item| self.read(item, wanted, &parse)).collect();
        read.into_iter().collect()
    }

    fn read<T>(
        &mut self,
        item: Item,
        wanted: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = parse(&item.text);
        if value.is_none() {
            self.document.fault(item.place, wanted, format!("`{}`", item.text), None);
        }
        value
    }

    pub(super) fn items(&self, section: &'static str, key: &'static str) -> Vec<Item> {
        let set = self.document.values.get(&(section, key)).cloned();
        set.unwrap_or_else(|| {
            let spec = spec(section, key);
            written(spec.kind, spec.default, &Place::Default)
        })
    }

    pub(super) fn place(&self, section: &'static str, key: &'static str) -> Place {
        let first = self.items(section, key).into_iter().next().map(|item| item.place);
        first.unwrap_or_else(|| Place::Variable(spec(section, key).variable()))
    }
}

fn spec(section: &str, key: &str) -> &'static KeySpec {
    KEYS.iter()
        .find(|spec| spec.section == section && spec.key == key)
        .expect("what is read is in the table of keys")
}

pub(super) fn parse<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::config::settings::Transport;

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Config::parse(Some(("hatif.toml", text)), variables)
    }

    /// What the faults say, one on each line.
    fn faults(text: &str, variables: &[(&str, &str)]) -> String {
        read(text, variables).expect_err("it is at fault").to_string()
    }

    #[test]
    fn nothing_set_is_the_default() {
        let config = Config::parse(None, std::iter::empty()).expect("the default is right");
        assert_eq!(config, read("", &[]).expect("an empty file is right"));
        assert_eq!(config.sip.bind.len(), 2);
        assert_eq!(config.web.bind.to_string(), "127.0.0.1:8080");
        assert_eq!(config.store.url.to_string(), "sqlite:data/hatif.db");
        assert_eq!(config.engine.workers, None);
        assert_eq!(config.sip.ring, Duration::ZERO);
        assert!(config.web.test_caller && !config.bundle.watch);
    }

    #[test]
    fn every_section_can_be_set_in_the_file() {
        let text = r#"
            [sip]
            bind = ["udp:0.0.0.0:5070", "tcp:[::1]:5070"]
            public_address = "203.0.113.5"
            trunks = [{ name = "carrier", from = ["192.0.2.0/24", "2001:db8::1"] }]
            [rtp]
            ports = "20000-20999"
            [web]
            bind = "0.0.0.0:80"
            public_url = "https://desk.example.org"
            test_caller = false
            [webrtc]
            public_address = "203.0.113.6"
            [engine]
            workers = 2
            [log]
            level = "warn"
            format = "json"
        "#;
        let config = read(text, &[]).expect("it is right");
        assert_eq!(config.sip.bind[1].transport, Transport::Tcp);
        let [trunk] = config.sip.trunks.as_slice() else { panic!("one trunk") };
        assert_eq!(trunk.name, "carrier");
        assert!(trunk.from[0].contains("192.0.2.9".parse().expect("an address")));
        assert_eq!((config.rtp.ports.first, config.rtp.ports.last), (20_000, 20_999));
        assert_eq!(config.engine.workers, Some(2));
        assert_eq!(config.log.format, Format::Json);
        assert!(!config.web.test_caller);
    }

    #[test]
    fn a_variable_wins_over_the_file() {
        let variables = [
            ("HATIF_WEB_BIND", "127.0.0.1:9090"),
            ("HATIF_SIP_BIND", "udp:127.0.0.1:5080"),
            ("HATIF_SIP_TRUNKS", "carrier=192.0.2.0/24 192.0.3.1; other=198.51.100.7"),
            ("HATIF_ENGINE_WORKERS", "3"),
            ("HATIF_BUNDLE_WATCH", "true"),
            ("PATH", "/bin"),
        ];
        let config = read("web.bind = '0.0.0.0:80'", &variables).expect("it is right");
        assert_eq!(config.web.bind.port(), 9090);
        assert_eq!(config.sip.bind.len(), 1);
        assert_eq!(config.sip.trunks[0].from.len(), 2);
        assert_eq!(config.sip.trunks[1].name, "other");
        assert_eq!(config.engine.workers, Some(3));
        assert!(config.bundle.watch);
    }

    #[test]
    fn many_faults_are_told_at_once_with_place_and_nearest_name() {
        let text = "[sip]\nbnd = []\nbind = [\"udp:5060\"]\n[wbe]\n[engine]\nworkers = \"two\"\n\
                    [web]\ntest_caller = 1\n[rtp]\nports = \"1-2\"\n";
        let told = faults(text, &[("HATIF_WEB_BNID", "x"), ("HATIF_LOG_FORMAT", "xml")]);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(
            lines,
            [
                "hatif.toml:2:1: wanted a key of `[sip]`, found `bnd`, did you mean `bind`?",
                "hatif.toml:3:9: wanted `udp:` or `tcp:` with an address and a port, such as \
                 udp:0.0.0.0:5060, found `udp:5060`",
                "hatif.toml:4:2: wanted a section, found `[wbe]`, did you mean `web`?",
                "hatif.toml:6:11: wanted a number, found the text `two`",
                "hatif.toml:8:15: wanted true or false, found the number 1",
                "hatif.toml:10:9: wanted two ports from 1024 up with room for a pair, such as \
                 16384-32767, found `1-2`",
                "environment variable HATIF_LOG_FORMAT: wanted `text` or `json`, found `xml`",
                "environment variable HATIF_WEB_BNID: wanted a variable such as HATIF_WEB_BIND, \
                 found `HATIF_WEB_BNID`, did you mean `HATIF_WEB_BIND`?",
            ]
        );
    }

    #[test]
    fn a_file_that_is_no_toml_is_told_with_its_line() {
        let told = faults("[sip]\nbind = [\n", &[]);
        assert!(told.starts_with("hatif.toml:"), "{told}");
        assert!(told.contains("wanted TOML"), "{told}");
    }

    #[test]
    fn a_trunk_without_name_or_with_a_wrong_key_is_told() {
        let told = faults(
            "[sip]\ntrunks = [{ from = [\"192.0.2.1\"] }, { name = \"a\", form = [] }]\n",
            &[],
        );
        assert!(told.contains("2:11: wanted a trunk with a `name`, found none"), "{told}");
        assert!(told.contains("found `form`, did you mean `from`?"), "{told}");
    }

    #[test]
    fn a_way_out_is_told_its_faults_where_they_are() {
        let told = faults(
            "[dial]\ncountry = \"0971\"\nsip_hosts = [\"a b\"]\n[sip]\ntrunks = [{ name = \"a\", \
             to = \"192.0.2.9\", prefixes = [\"04\", \"o5\"] },\n{ name = \"b\", to = \
             \"udp:192.0.2.9:5060\", prefixes = [] }]\n",
            &[],
        );
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(
            lines,
            [
                "hatif.toml:2:11: wanted a country code such as 971, found `0971`",
                "hatif.toml:3:14: wanted a host such as 192.0.2.20, found `a b`",
                "hatif.toml:5:30: wanted `udp:` or `tcp:` with a host and a port, such as \
                 udp:192.0.2.9:5060, found `192.0.2.9`",
                "hatif.toml:5:61: wanted what numbers begin with, such as +9714 or 04, found `o5`",
                "hatif.toml:6:1: wanted a trunk's plain name with the addresses it calls from, or \
                 with `to`, `caller_id` and `prefixes`, found `b=prefixes= to=udp:192.0.2.9:5060`",
            ]
        );
    }

    #[test]
    fn nowhere_to_hear_sip_is_a_fault() {
        let told = faults("[sip]\nbind = []\n", &[]);
        assert!(told.contains("wanted at least one place to hear SIP"), "{told}");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let path = Path::new("/nowhere/hatif.toml");
        let told = Config::load(Some(path), std::iter::empty()).expect_err("it is not there");
        assert!(told.to_string().starts_with("/nowhere/hatif.toml:1:1: wanted a readable"));
    }
}
