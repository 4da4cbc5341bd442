//! Bytes to text and back, without loss.

/// How a file's text is written in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or US-ASCII.
    Utf8 {
        /// Whether the file starts with a byte order mark.
        bom: bool,
    },
    /// UTF-16.
    Utf16 {
        /// Most significant byte first.
        big_endian: bool,
        /// Whether the file starts with a byte order mark.
        bom: bool,
    },
    /// ISO-8859-1.
    Latin1,
    /// Windows-1252.
    Windows1252,
}

/// Characters of Windows-1252's bytes 0x80 to 0x9F. The five unassigned bytes stand for themselves.
const WINDOWS_1252: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2C6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}', '\u{2018}',
    '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}', '\u{2122}', '\u{161}',
    '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
];

/// Decodes a file, or says what is wrong and at which byte.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Encoding), (String, usize)> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, 3).map(|text| (text, Encoding::Utf8 { bom: true })),
        [0xFF, 0xFE, rest @ ..] => {
            utf16(rest, false).map(|text| (text, Encoding::Utf16 { big_endian: false, bom: true }))
        }
        [0xFE, 0xFF, rest @ ..] => {
            utf16(rest, true).map(|text| (text, Encoding::Utf16 { big_endian: true, bom: true }))
        }
        [b'<', 0, ..] => {
            utf16(bytes, false).map(|text| (text, Encoding::Utf16 { big_endian: false, bom: false }))
        }
        [0, b'<', ..] => {
            utf16(bytes, true).map(|text| (text, Encoding::Utf16 { big_endian: true, bom: false }))
        }
        _ => match declared(bytes).as_deref() {
            Some("iso-8859-1" | "latin1" | "iso8859-1") => {
                Ok((bytes.iter().map(|&byte| char::from(byte)).collect(), Encoding::Latin1))
            }
            Some("windows-1252" | "cp1252") => {
                Ok((bytes.iter().map(|&byte| from_1252(byte)).collect(), Encoding::Windows1252))
            }
            None | Some("utf-8" | "utf8" | "us-ascii" | "ascii" | "utf-16") => {
                utf8(bytes, 0).map(|text| (text, Encoding::Utf8 { bom: false }))
            }
            Some(other) => Err((format!("the declared encoding `{other}` is not supported"), 0)),
        },
    }
}

/// Encodes a text; characters the encoding lacks become character references.
pub(super) fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 { bom: false } => text.as_bytes().to_vec(),
        Encoding::Utf8 { bom: true } => [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat(),
        Encoding::Utf16 { big_endian, bom } => bom
            .then_some(0xFEFF)
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(|unit: u16| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect(),
        Encoding::Latin1 => single_byte(text, |character| u8::try_from(u32::from(character)).ok()),
        Encoding::Windows1252 => single_byte(text, to_1252),
    }
}

fn single_byte(text: &str, byte_of: impl Fn(char) -> Option<u8>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for character in text.chars() {
        match byte_of(character) {
            Some(byte) => out.push(byte),
            None => out.extend_from_slice(format!("&#{};", u32::from(character)).as_bytes()),
        }
    }
    out
}

fn from_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn to_1252(character: char) -> Option<u8> {
    match u32::from(character) {
        code @ (0..=0x7F | 0xA0..=0xFF) => u8::try_from(code).ok(),
        _ => {
            let index = WINDOWS_1252.iter().position(|&known| known == character)?;
            u8::try_from(0x80 + index).ok()
        }
    }
}

fn utf8(bytes: &[u8], offset: usize) -> Result<String, (String, usize)> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(("the file is not valid UTF-8".to_owned(), offset + error.valid_up_to())),
    }
}

fn utf16(bytes: &[u8], big_endian: bool) -> Result<String, (String, usize)> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(("the file is UTF-16 with an odd number of bytes".to_owned(), bytes.len()));
    }
    let units = pairs
        .iter()
        .map(|&pair| if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) });
    let mut text = String::with_capacity(bytes.len());
    for character in char::decode_utf16(units) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => {
                return Err(("the file is UTF-16 with an unpaired surrogate".to_owned(), text.len() * 2));
            }
        }
    }
    Ok(text)
}

/// The encoding named by the XML declaration, in lower case.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(256)];
    let head = head.strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let head = &head[..end];
    let at = head.windows(8).position(|window| window == b"encoding")?;
    let rest = head[at + 8..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (&quote, rest) = rest.split_first()?;
    let end = rest.iter().position(|&byte| byte == quote)?;
    std::str::from_utf8(&rest[..end]).ok().map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_gives_back_its_bytes() {
        let text = "<?xml version=\"1.0\"?><a b=\"\u{20AC} ü 😀\"/>";
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xFC\x80'/>".to_vec();
        let windows = b"<?xml version='1.0' encoding = 'Windows-1252'?><a b='\xFC\x80\x81'/>".to_vec();
        for encoding in [
            Encoding::Utf8 { bom: false },
            Encoding::Utf8 { bom: true },
            Encoding::Utf16 { big_endian: true, bom: true },
            Encoding::Utf16 { big_endian: false, bom: true },
            Encoding::Utf16 { big_endian: true, bom: false },
            Encoding::Utf16 { big_endian: false, bom: false },
        ] {
            let bytes = encode(text, encoding);
            assert_eq!(decode(&bytes), Ok((text.to_owned(), encoding)));
        }
        for (bytes, encoding, sign) in
            [(latin, Encoding::Latin1, '\u{80}'), (windows, Encoding::Windows1252, '\u{20AC}')]
        {
            let (text, found) = decode(&bytes).expect("decodes");
            assert_eq!(found, encoding);
            assert!(text.contains('ü') && text.contains(sign));
            assert_eq!(encode(&text, encoding), bytes);
        }
        assert_eq!(encode("\u{20AC}", Encoding::Latin1), b"&#8364;");
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        assert!(decode(b"<a>\xFF</a>").is_err());
        assert!(decode(&[0xFF, 0xFE, 0x3C]).is_err());
        assert!(decode(&[0xFF, 0xFE, 0x00, 0xD8]).is_err());
        assert!(decode(b"<?xml version='1.0' encoding='EBCDIC'?><a/>").is_err());
    }
}
