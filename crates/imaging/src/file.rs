//! What the first bytes of an image file say: kind, width, height. Nothing is decoded, so that a file of any size costs the same.

/// Kinds of files that a scanner may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
}

impl FileKind {
    /// Media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

/// What a file says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Described {
    /// Kind.
    pub kind: FileKind,
    /// Width and height, pixels; `None` when the head is cut or makes no sense.
    pub size: Option<(u32, u32)>,
}

/// The kind of a file and its size in pixels; `None` when it is no PNG or JPEG.
pub fn describe(bytes: &[u8]) -> Option<Described> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(Described { kind: FileKind::Png, size: png_size(bytes) });
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Some(Described { kind: FileKind::Jpeg, size: jpeg_size(bytes) });
    }
    None
}

fn sized(width: u32, height: u32) -> Option<(u32, u32)> {
    (width > 0 && height > 0).then_some((width, height))
}

/// The header is the first chunk (ISO/IEC 15948, 11.2.2).
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let number = |from: usize| Some(u32::from_be_bytes(bytes.get(from..from + 4)?.try_into().ok()?));
    sized(number(16)?, number(20)?)
}

/// The size stands in the frame header, SOF0 to SOF15 without DHT, JPG and DAC (ISO/IEC 10918-1, B.2.2).
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            // Fill bytes may stand before a marker.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xd9 | 0xda => return None,
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let number = |from: usize| Some(u32::from(u16::from_be_bytes(bytes.get(from..from + 2)?.try_into().ok()?)));
                return sized(number(at + 7)?, number(at + 5)?);
            }
            _ => {
                let length = usize::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?));
                if length < 2 {
                    return None;
                }
                at += 2 + length;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_file_says_what_it_is() {
        let png = crate::scan(1).picture.to_png().expect("a PNG");
        assert_eq!(describe(&png), Some(Described { kind: FileKind::Png, size: Some((960, 336)) }));
        assert_eq!(describe(&png[..20]), Some(Described { kind: FileKind::Png, size: None }));
        let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 11, 8, 0x01, 0x2c, 0x02, 0x58, 1];
        assert_eq!(describe(&jpeg), Some(Described { kind: FileKind::Jpeg, size: Some((600, 300)) }));
        assert_eq!(describe(&jpeg[..14]), Some(Described { kind: FileKind::Jpeg, size: None }));
        assert_eq!(describe(b"\xff\xd8\xff\xe0\x00\x00"), Some(Described { kind: FileKind::Jpeg, size: None }));
        assert_eq!(describe(b"GIF89a"), None);
        assert_eq!(describe(b""), None);
    }
}
