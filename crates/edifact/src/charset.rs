//! Character sets (字符集) of the syntax identifier 0001, and what each allows.

use std::borrow::Cow;

use encoding_rs::Encoding;
use serde::Serialize;

use crate::kernel::Repertoire;

/// Character repertoire named by the syntax identifier in UNB (0001), or chosen by the receiver.
/// Source: ISO 9735-1:2002 annex and UN code list 0001.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum Charset {
    /// UNOA: capitals, digits and a few marks.
    UnoA,
    /// UNOB: UNOA and small letters.
    UnoB,
    /// UNOC: ISO 8859-1 (Latin 1).
    UnoC,
    /// UNOD: ISO 8859-2 (Latin 2).
    UnoD,
    /// UNOE: ISO 8859-5 (Cyrillic).
    UnoE,
    /// UNOF: ISO 8859-7 (Greek).
    UnoF,
    /// UNOG: ISO 8859-3 (Latin 3).
    UnoG,
    /// UNOH: ISO 8859-4 (Latin 4).
    UnoH,
    /// UNOI: ISO 8859-6 (Arabic).
    UnoI,
    /// UNOJ: ISO 8859-8 (Hebrew).
    UnoJ,
    /// UNOK: ISO 8859-9 (Latin 5).
    UnoK,
    /// UNOX, UNOW and UNOY, all read as UTF-8; escape sequences of ISO 2022 are not interpreted.
    Utf8,
    /// GB 18030, which no syntax identifier names; chosen by agreement with the partner.
    Gb18030,
}

/// What a single byte is in a repertoire of single bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByteClass {
    Allowed,
    LowerCase,
    NotInRepertoire,
    NotAscii,
}

impl Charset {
    /// The repertoire of a syntax identifier such as `UNOA`; `None` if unknown.
    pub fn from_syntax_id(id: &[u8]) -> Option<Self> {
        Some(match id {
            b"UNOA" => Self::UnoA,
            b"UNOB" => Self::UnoB,
            b"UNOC" => Self::UnoC,
            b"UNOD" => Self::UnoD,
            b"UNOE" => Self::UnoE,
            b"UNOF" => Self::UnoF,
            b"UNOG" => Self::UnoG,
            b"UNOH" => Self::UnoH,
            b"UNOI" => Self::UnoI,
            b"UNOJ" => Self::UnoJ,
            b"UNOK" => Self::UnoK,
            b"UNOW" | b"UNOX" | b"UNOY" => Self::Utf8,
            _ => return None,
        })
    }

    /// The syntax identifier that announces this repertoire. GB 18030 has none; partners who agree on it keep `UNOA`.
    pub fn syntax_id(self) -> &'static str {
        match self {
            Self::UnoA | Self::Gb18030 => "UNOA",
            Self::UnoB => "UNOB",
            Self::UnoC => "UNOC",
            Self::UnoD => "UNOD",
            Self::UnoE => "UNOE",
            Self::UnoF => "UNOF",
            Self::UnoG => "UNOG",
            Self::UnoH => "UNOH",
            Self::UnoI => "UNOI",
            Self::UnoJ => "UNOJ",
            Self::UnoK => "UNOK",
            Self::Utf8 => "UNOW",
        }
    }

    fn encoding(self) -> Option<&'static Encoding> {
        match self {
            Self::UnoA | Self::UnoB | Self::UnoC | Self::Utf8 => None,
            Self::UnoD => Some(encoding_rs::ISO_8859_2),
            Self::UnoE => Some(encoding_rs::ISO_8859_5),
            Self::UnoF => Some(encoding_rs::ISO_8859_7),
            Self::UnoG => Some(encoding_rs::ISO_8859_3),
            Self::UnoH => Some(encoding_rs::ISO_8859_4),
            Self::UnoI => Some(encoding_rs::ISO_8859_6),
            Self::UnoJ => Some(encoding_rs::ISO_8859_8),
            // Equal to ISO 8859-9 from 0xA0 on; below that only control characters differ.
            Self::UnoK => Some(encoding_rs::WINDOWS_1254),
            Self::Gb18030 => Some(encoding_rs::GB18030),
        }
    }

    /// Text of `bytes`. Never fails: what cannot be read becomes U+FFFD. UNOA and UNOB are ASCII, but senders often put UTF-8
    /// there, so valid UTF-8 is read as such (the reader reports it).
    pub fn decode<'b>(self, bytes: Cow<'b, [u8]>) -> Cow<'b, str> {
        if bytes.is_ascii() {
            return ascii_text(bytes);
        }
        match self {
            Self::UnoA | Self::UnoB | Self::Utf8 => match bytes {
                Cow::Borrowed(raw) => String::from_utf8_lossy(raw),
                Cow::Owned(raw) => Cow::Owned(String::from_utf8_lossy(&raw).into_owned()),
            },
            Self::UnoC => Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect()),
            Self::UnoD | Self::UnoE | Self::UnoF | Self::UnoG | Self::UnoH | Self::UnoI | Self::UnoJ | Self::UnoK | Self::Gb18030 => {
                match self.encoding() {
                    Some(encoding) => Cow::Owned(encoding.decode_without_bom_handling(&bytes).0.into_owned()),
                    None => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
                }
            }
        }
    }

    /// Bytes of `text`; `Err` holds the first character that the repertoire lacks. Small letters in UNOA are let through.
    pub fn encode(self, text: &str) -> Result<Cow<'_, [u8]>, char> {
        if text.is_ascii() {
            return Ok(Cow::Borrowed(text.as_bytes()));
        }
        let foreign = || text.chars().find(|c| !c.is_ascii()).unwrap_or('\u{fffd}');
        match self {
            Self::Utf8 => Ok(Cow::Borrowed(text.as_bytes())),
            Self::UnoA | Self::UnoB => Err(foreign()),
            Self::UnoC => {
                text.chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| c)).collect::<Result<Vec<u8>, char>>().map(Cow::Owned)
            }
            Self::UnoD | Self::UnoE | Self::UnoF | Self::UnoG | Self::UnoH | Self::UnoI | Self::UnoJ | Self::UnoK | Self::Gb18030 => {
                let Some(encoding) = self.encoding() else { return Err(foreign()) };
                for c in text.chars() {
                    let mut buffer = [0u8; 4];
                    if encoding.encode(c.encode_utf8(&mut buffer)).2 {
                        return Err(c);
                    }
                }
                Ok(encoding.encode(text).0)
            }
        }
    }

    /// What the kernels mark as suspect: everything that [`Self::class`] or [`Self::invalid_at`] may object to.
    pub(crate) fn repertoire(self) -> Repertoire {
        match self {
            Self::UnoA => Repertoire::LevelA,
            Self::UnoB => Repertoire::LevelB,
            Self::UnoC | Self::UnoK => Repertoire::Latin,
            Self::UnoD | Self::UnoE | Self::UnoF | Self::UnoG | Self::UnoH | Self::UnoI | Self::UnoJ | Self::Utf8 | Self::Gb18030 => {
                Repertoire::Ascii
            }
        }
    }

    /// Class of a byte, for repertoires of single bytes. Multi-byte ones answer [`ByteClass::Allowed`]; see [`Self::invalid_at`].
    pub(crate) fn class(self, byte: u8) -> ByteClass {
        match self {
            Self::UnoA | Self::UnoB => match byte {
                b'a'..=b'z' if self == Self::UnoA => ByteClass::LowerCase,
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => ByteClass::Allowed,
                b' ' | b'.' | b',' | b'-' | b'(' | b')' | b'/' | b'=' | b'\'' | b'+' | b':' | b'?' => ByteClass::Allowed,
                b'!' | b'"' | b'%' | b'&' | b'*' | b';' | b'<' | b'>' => ByteClass::Allowed,
                0x80.. => ByteClass::NotAscii,
                // Control characters are reported by the scanner.
                0..=0x1f => ByteClass::Allowed,
                _ => ByteClass::NotInRepertoire,
            },
            Self::UnoC | Self::UnoK => match byte {
                0x80..=0x9f => ByteClass::NotInRepertoire,
                _ => ByteClass::Allowed,
            },
            Self::UnoD | Self::UnoE | Self::UnoF | Self::UnoG | Self::UnoH | Self::UnoI | Self::UnoJ => {
                let unmapped = byte >= 0x80 && self.encoding().is_some_and(|e| e.decode_without_bom_handling(&[byte]).1);
                if (0x80..=0x9f).contains(&byte) || unmapped { ByteClass::NotInRepertoire } else { ByteClass::Allowed }
            }
            Self::Utf8 | Self::Gb18030 => ByteClass::Allowed,
        }
    }

    /// Offset of the first byte that cannot be read in a multi-byte repertoire; `None` if all can or the repertoire is of single bytes.
    pub(crate) fn invalid_at(self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).err().map(|error| error.valid_up_to()),
            Self::Gb18030 => {
                let had_errors = encoding_rs::GB18030.decode_without_bom_handling(bytes).1;
                had_errors.then(|| bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0))
            }
            Self::UnoA
            | Self::UnoB
            | Self::UnoC
            | Self::UnoD
            | Self::UnoE
            | Self::UnoF
            | Self::UnoG
            | Self::UnoH
            | Self::UnoI
            | Self::UnoJ
            | Self::UnoK => None,
        }
    }
}

fn ascii_text(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(raw) => String::from_utf8_lossy(raw),
        Cow::Owned(raw) => Cow::Owned(String::from_utf8_lossy(&raw).into_owned()),
    }
}
