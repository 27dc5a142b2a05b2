//! Header bytes as text and back, without losing a byte that is not UTF-8.
//!
//! An old exchange may send Latin-1 in a display name. Such a byte is kept as one of 256 characters
//! of the private use area, so that an answer can echo the header exactly. Those characters
//! themselves, should they come in, are kept byte by byte, which makes the way back unambiguous.

const BASE: u32 = 0xF700;

/// Reads header bytes.
pub(crate) fn read(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if kept_byte(character).is_none() {
                text.push(character);
                continue;
            }
            let mut buffer = [0; 4];
            text.extend(character.encode_utf8(&mut buffer).bytes().map(keep));
        }
        text.extend(chunk.invalid().iter().copied().map(keep));
    }
    text
}

/// Writes text with the kept bytes as they came.
pub(crate) fn write(text: &str, bytes: &mut Vec<u8>) {
    for character in text.chars() {
        match kept_byte(character) {
            Some(byte) => bytes.push(byte),
            None => {
                let mut buffer = [0; 4];
                bytes.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
            }
        }
    }
}

/// Text for people: what was not UTF-8 is shown as U+FFFD.
pub(crate) fn show(text: &str) -> String {
    text.chars().map(|c| if kept_byte(c).is_some() { '\u{FFFD}' } else { c }).collect()
}

fn keep(byte: u8) -> char {
    char::from_u32(BASE + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn kept_byte(character: char) -> Option<u8> {
    u8::try_from(u32::from(character).checked_sub(BASE)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_string_comes_back_as_it_was() {
        let cases: [&[u8]; 4] =
            [b"plain", "حسن".as_bytes(), b"J\xF6rg \xFF\xFE", "\u{F742} and \u{F7FF}".as_bytes()];
        for case in cases {
            let mut back = Vec::new();
            write(&read(case), &mut back);
            assert_eq!(back, case);
        }
        assert_eq!(show(&read(b"J\xF6rg")), "J\u{FFFD}rg");
    }
}
