//! The header section: lines, folding, names, sizes.

use crate::base::limit;
use crate::sip::message::{Headers, Name};
use crate::sip::wire::text;

/// A header section that has been cut into lines; not yet judged.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// The first line.
    pub(crate) start: String,
    /// The headers that could be read.
    pub(crate) headers: Headers,
    /// The first thing wrong with a line: status and words.
    pub(crate) trouble: Option<(u16, &'static str)>,
}

/// What `Content-Length` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    Missing,
    Broken,
    Known(usize),
}

impl Section {
    /// Cuts the bytes before the empty line. A broken line does not hide those after it.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut lines = unfolded(bytes).into_iter();
        let start = lines.next().unwrap_or_default();
        let mut section =
            Self { start: text::read(&start), headers: Headers::default(), trouble: None };
        if start.len() > limit::SIP_LINE_BYTES_MAX {
            section.complain(414, "Request-URI Too Long");
        }
        for line in lines {
            if section.headers.count() < limit::SIP_HEADERS_MAX {
                section.add(&line);
            } else {
                section.complain(400, "Too Many Headers");
                section.add_length(&line);
            }
        }
        section
    }

    pub(crate) fn content_length(&self) -> Length {
        let mut length = Length::Missing;
        for value in self.headers.all(&Name::ContentLength) {
            let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
            let Some(number) = value.parse().ok().filter(|_| digits) else {
                return Length::Broken;
            };
            if length != Length::Missing && length != Length::Known(number) {
                return Length::Broken;
            }
            length = Length::Known(number);
        }
        length
    }

    fn add(&mut self, line: &[u8]) {
        if line.len() > limit::SIP_LINE_BYTES_MAX {
            return self.complain(513, "Header Line Too Long");
        }
        let line = text::read(line);
        let Some((name, value)) = line.split_once(':') else {
            return self.complain(400, "Header Line Without Colon");
        };
        let (name, value) = (name.trim_end_matches([' ', '\t']), value.trim());
        let token = |b: u8| b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&b);
        if name.is_empty() || !name.bytes().all(token) {
            return self.complain(400, "Broken Header Name");
        }
        if value.contains(|c: char| c.is_ascii_control() && c != '\t') {
            return self.complain(400, "Control Character In Header");
        }
        self.headers.push(Name::parse(name), value);
    }

    /// Keeps nothing but the message's end, so that a stream can go on behind it.
    fn add_length(&mut self, line: &[u8]) {
        let colon = line.iter().position(|&b| b == b':').unwrap_or(0);
        let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
        if Name::parse(&String::from_utf8_lossy(name)) == Name::ContentLength
            && self.content_length() == Length::Missing
        {
            self.add(line);
        }
    }

    fn complain(&mut self, code: u16, reason: &'static str) {
        self.trouble.get_or_insert((code, reason));
    }
}

/// Where the header section ends and where the body begins, if the empty line is there.
///
/// The search starts at `from`, which an earlier search has returned as `Err`.
pub(crate) fn empty_line(bytes: &[u8], from: usize) -> Result<(usize, usize), usize> {
    let mut at = from;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|&b| b == b'\n')) {
        let after = at + found + 1;
        match (bytes.get(after), bytes.get(after + 1)) {
            (Some(b'\n'), _) => return Ok((after, after + 1)),
            (Some(b'\r'), Some(b'\n')) => return Ok((after, after + 2)),
            (None, _) | (Some(b'\r'), None) => return Err(at + found),
            (Some(_), _) => at = after,
        }
    }
    Err(bytes.len())
}

/// The lines of a section, each with its continuations; a bare line feed ends a line too.
fn unfolded(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for line in bytes.split(|&b| b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let continues = line.first().is_some_and(|b| b" \t".contains(b)) && lines.len() > 1;
        match lines.last_mut().filter(|_| continues) {
            Some(last) => {
                last.push(b' ');
                last.extend_from_slice(line.trim_ascii());
            }
            None if line.is_empty() => {}
            None => lines.push(line.to_vec()),
        }
    }
    lines
}
