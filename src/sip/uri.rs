//! Addresses: SIP and `tel` URIs, and the `name-addr` form around them (RFC 3261 §19.1, §20.10).
//!
//! Who is calling is decided here, so what is ambiguous is refused: a quote that never closes, a
//! second `@`, an address outside its brackets.

use std::net::SocketAddr;

/// What kind of address a URI is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:` (RFC 3966)
    Tel,
    /// Any other; only its text is known.
    Other,
}

/// One parameter: a name in lower case and perhaps a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// The name, in lower case.
    pub name: String,
    /// The value, without its quotes.
    pub value: Option<String>,
}

/// An address that has been taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uri {
    /// What kind of address it is.
    pub scheme: Scheme,
    /// The user or the telephone number, unescaped.
    pub user: Option<String>,
    /// The host in lower case, an IPv6 address without its brackets; empty for `tel`.
    pub host: String,
    /// The port, if one is written.
    pub port: Option<u16>,
    /// The parameters of the URI itself.
    pub params: Vec<Param>,
    text: String,
}

impl Uri {
    /// Reads a URI; `None` when it breaks its scheme's grammar.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let forbidden =
            |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"');
        if text.contains(forbidden) {
            return None;
        }
        let (scheme, rest) = text.split_once(':')?;
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(letters) {
            return None;
        }
        match scheme.to_ascii_lowercase().as_str() {
            "sip" => Self::parse_sip(Scheme::Sip, text, rest),
            "sips" => Self::parse_sip(Scheme::Sips, text, rest),
            "tel" => Self::parse_tel(text, rest),
            _ => Some(Self {
                scheme: Scheme::Other,
                user: None,
                host: String::new(),
                port: None,
                params: Vec::new(),
                text: text.to_owned(),
            }),
        }
    }

    /// The URI as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address that the URI names without a look-up: an IP literal with its port, or 5060.
    #[must_use]
    pub fn socket_address(&self) -> Option<SocketAddr> {
        let ip = self.host.parse().ok()?;
        Some(SocketAddr::new(ip, self.port.unwrap_or(5060)))
    }

    /// Whether the URI asks for TCP (RFC 3261 §19.1.1).
    #[must_use]
    pub fn is_tcp(&self) -> bool {
        let transport = self.param("transport").and_then(|param| param.value.as_deref());
        transport.is_some_and(|value| value.eq_ignore_ascii_case("tcp"))
    }

    /// The parameter `name`, in lower case, if the URI carries it.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.name == name)
    }

    fn parse_sip(scheme: Scheme, text: &str, rest: &str) -> Option<Self> {
        let (user, after) = match rest.rsplit_once('@') {
            None => (None, rest),
            Some((userinfo, after)) => {
                let user = userinfo.split_once(':').map_or(userinfo, |(user, _)| user);
                if user.is_empty() || userinfo.contains('@') {
                    return None;
                }
                (Some(unescape(user)?), after)
            }
        };
        let before_headers = after.split_once('?').map_or(after, |(before, _)| before);
        let (hostport, params) = match before_headers.split_once(';') {
            None => (before_headers, Vec::new()),
            Some((hostport, params)) => (hostport, split_params(params)?),
        };
        let (host, port) = host_and_port(hostport)?;
        Some(Self { scheme, user, host, port, params, text: text.to_owned() })
    }

    fn parse_tel(text: &str, rest: &str) -> Option<Self> {
        let (number, params) = match rest.split_once(';') {
            None => (rest, Vec::new()),
            Some((number, params)) => (number, split_params(params)?),
        };
        let digit = |c: char| c.is_ascii_hexdigit() || matches!(c, '*' | '#' | '+');
        let separator = |c: char| matches!(c, '-' | '.' | '(' | ')');
        let user: String = number.chars().filter(|&c| !separator(c)).collect();
        if user.is_empty() || !user.chars().all(digit) {
            return None;
        }
        let (host, port) = (String::new(), None);
        Some(Self {
            scheme: Scheme::Tel,
            user: Some(user),
            host,
            port,
            params,
            text: text.to_owned(),
        })
    }
}

/// A `name-addr` or `addr-spec` with the parameters of its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The display name, unquoted; empty when there is none.
    pub display: String,
    /// The address.
    pub uri: Uri,
    /// The header's parameters, such as `tag`.
    pub params: Vec<Param>,
}

impl Address {
    /// Reads one header value; `None` when it is ambiguous or broken.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        let (display, rest) = display_name(value)?;
        let (uri, params) = match rest.strip_prefix('<') {
            Some(inside) => inside.split_once('>')?,
            None if !display.is_empty() => return None,
            // Without brackets, parameters belong to the header (RFC 3261 §20).
            None => rest.split_at(rest.find(';').unwrap_or(rest.len())),
        };
        if !rest.starts_with('<') && uri.contains([',', '?']) {
            return None;
        }
        let params = match params.trim().strip_prefix(';') {
            Some(params) => split_params(params)?,
            None if params.trim().is_empty() => Vec::new(),
            None => return None,
        };
        Some(Self { display, uri: Uri::parse(uri.trim())?, params })
    }

    /// The header's `tag`, if it carries one.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        let tag = self.params.iter().find(|param| param.name == "tag")?;
        tag.value.as_deref().filter(|value| !value.is_empty())
    }
}

/// Splits a header value at the commas that are neither quoted nor in brackets.
#[must_use]
pub fn split_list(value: &str) -> Vec<&str> {
    split_outside(value, ',').into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Writes `text` as a quoted display name.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars().filter(|c| !c.is_control()) {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

/// Reads `host[:port]`, with brackets around an IPv6 address.
pub(crate) fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(inside) => {
            let (host, after) = inside.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            let port = if after.is_empty() { None } else { Some(after.strip_prefix(':')?) };
            (host, port)
        }
        None => {
            let (host, port) = text.split_once(':').map_or((text, None), |(h, p)| (h, Some(p)));
            let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            if host.is_empty() || !host.chars().all(name) {
                return None;
            }
            (host, port)
        }
    };
    let port = match port {
        None => None,
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => Some(digits.parse().ok()?),
        Some(_) => return None,
    };
    Some((host.to_ascii_lowercase(), port))
}

/// Reads `name[=value]` parameters that stand between semicolons.
pub(crate) fn split_params(text: &str) -> Option<Vec<Param>> {
    let mut params = Vec::new();
    for part in split_outside(text, ';') {
        let (name, value) = match part.split_once('=') {
            None => (part, None),
            Some((name, value)) => (name, Some(unquote(value.trim())?)),
        };
        let name = name.trim();
        // A stray semicolon is common and harmless.
        if name.is_empty() && value.is_none() {
            continue;
        }
        if name.is_empty() || name.contains(char::is_whitespace) {
            return None;
        }
        params.push(Param { name: name.to_ascii_lowercase(), value });
    }
    Some(params)
}

fn split_outside(value: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    for (at, character) in value.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if !bracketed => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            other if other == separator && !quoted && !bracketed => {
                parts.extend(value.get(start..at));
                start = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.extend(value.get(start..));
    parts
}

/// The display name in front of an address, and what follows it.
fn display_name(value: &str) -> Option<(String, &str)> {
    if value.starts_with('"') {
        let end = closing_quote(value)?;
        let display = unquote(value.get(..=end)?)?;
        let rest = value.get(end + 1..)?.trim_start();
        return rest.starts_with('<').then_some((display, rest));
    }
    match value.find('<') {
        None => Some((String::new(), value)),
        Some(at) => {
            let display = value.get(..at)?.trim();
            let odd = display.contains(['"', ';', ':', '@', '>', ',']);
            (!odd).then(|| (display.to_owned(), value.get(at..).unwrap_or_default()))
        }
    }
}

fn closing_quote(value: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in value.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

fn unquote(value: &str) -> Option<String> {
    let Some(inside) = value.strip_prefix('"') else { return Some(value.to_owned()) };
    if closing_quote(value)? + 1 != value.len() {
        return None;
    }
    let mut text = String::new();
    let mut escaped = false;
    for character in inside.strip_suffix('"')?.chars() {
        if character == '\\' && !escaped {
            escaped = true;
            continue;
        }
        escaped = false;
        text.push(character);
    }
    Some(text)
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expected: Option<(&str, &str, &str)>) {
        let read = Address::parse(value);
        let seen = read.as_ref().map(|a| {
            (a.display.as_str(), a.uri.user.as_deref().unwrap_or(""), a.uri.host.as_str())
        });
        assert_eq!(seen, expected, "{value}");
    }

    #[test]
    fn an_address_is_what_stands_in_the_brackets_and_nothing_else() {
        check("<sip:800@dubai.example>;tag=1", Some(("", "800", "dubai.example")));
        check(
            "\"sip:admin@bank\" <sip:eve@evil.example>",
            Some(("sip:admin@bank", "eve", "evil.example")),
        );
        check(
            r#""a \" <sip:x@y>" <sip:eve@e.example>"#,
            Some((r#"a " <sip:x@y>"#, "eve", "e.example")),
        );
        check(
            "Ali Hassan <sip:ali@[2001:db8::1]:5070>",
            Some(("Ali Hassan", "ali", "2001:db8::1")),
        );
        check("sip:ali@h.example;tag=9", Some(("", "ali", "h.example")));
        check(
            "<tel:+971-4-555.01(00)>",
            Some(("", "+9714555", "")).map(|_| ("", "+97145550100", "")),
        );
        check("<sip:a%20b@H.Example>", Some(("", "a b", "h.example")));
    }

    #[test]
    fn what_is_ambiguous_is_refused() {
        for value in [
            "\"open <sip:a@b>",
            "a@b <sip:c@d>",
            "<sip:a@b@c>",
            "<sip:a@b",
            "sip:a@b, sip:c@d",
            "<sip:a@b> x",
            "<sip:a @b>",
            "<sip:a%2@b>",
            "<sip:a@b:99999>",
            "<sip:@b>",
            "<sip:a@>",
            "<sip:a@[::1>",
            "<tel:hello>",
            "",
        ] {
            check(value, None);
        }
    }

    #[test]
    fn an_odd_but_legal_user_part_survives() {
        let text = "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com";
        let uri = Uri::parse(text).expect("RFC 4475 §3.1.1.1 calls it legal");
        assert_eq!(uri.host, "example.com");
        assert_eq!(uri.as_str(), text);
    }

    #[test]
    fn a_list_is_split_outside_quotes_and_brackets() {
        let value = r#""a, b" <sip:x,y@h>;p="1,2" , <sip:z@h>"#;
        assert_eq!(split_list(value), [r#""a, b" <sip:x,y@h>;p="1,2""#, "<sip:z@h>"]);
    }

    #[test]
    fn a_quoted_name_reads_back_as_it_was() {
        let name = r#"Ali "the \ voice" حسن"#;
        let read = Address::parse(&format!("{} <sip:a@b>", quote(name))).expect("well formed");
        assert_eq!(read.display, name);
    }
}
