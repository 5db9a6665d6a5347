//! A picture of grey pixels, read from PNG and written as PNG.

use std::io::Cursor;

/// Most pixels of one picture.
pub const PIXELS_MAX: u64 = 60_000_000;
/// Most pixels of an interlaced picture, which has to be held in colour as a whole.
pub const INTERLACED_PIXELS_MAX: u64 = 10_000_000;
/// Most bytes that decoding takes besides the grey pixels.
const DECODER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Longest side, pixels.
pub const SIDE_MAX: u32 = 20_000;

/// Why a picture cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// More pixels than [`PIXELS_MAX`] (interlaced: ten million), or a side longer than [`SIDE_MAX`].
    #[error("the picture has {width} × {height} pixels, more than the limit")]
    Size {
        /// Width, pixels.
        width: u32,
        /// Height, pixels.
        height: u32,
    },
    /// The PNG is cut or malformed.
    #[error("the PNG cannot be read")]
    Decode(#[from] png::DecodingError),
    /// The PNG cannot be written.
    #[error("the PNG cannot be written")]
    Encode(#[from] png::EncodingError),
}

/// Grey pixels, row by row, 0 (nothing passes) to 255 (everything passes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Picture {
    /// A picture of a function of column and row.
    pub(crate) fn of(width: u32, height: u32, mut grey: impl FnMut(u32, u32) -> u8) -> Self {
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height {
            for x in 0..width {
                pixels.push(grey(x, y));
            }
        }
        Self { width, height, pixels }
    }

    /// Width, pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height, pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The grey value of a pixel; 255 outside.
    pub fn grey(&self, x: u32, y: u32) -> u8 {
        if x >= self.width {
            return 255;
        }
        self.pixels.get(y as usize * self.width as usize + x as usize).copied().unwrap_or(255)
    }

    /// Reads a PNG of any colour kind as grey pixels of eight bits, row by row: of its colours no more than a row is held, besides the grey pixels
    /// themselves.
    ///
    /// # Errors
    /// [`PictureError`] when it is too large, cut or malformed.
    pub fn from_png(bytes: &[u8]) -> Result<Self, PictureError> {
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: DECODER_BYTES_MAX });
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let (width, height) = (reader.info().width, reader.info().height);
        if width > SIDE_MAX || height > SIDE_MAX || u64::from(width) * u64::from(height) > PIXELS_MAX {
            return Err(PictureError::Size { width, height });
        }
        let area = u64::from(width) * u64::from(height);
        let samples = reader.output_color_type().0.samples();
        let mut pixels = Vec::with_capacity(usize::try_from(area).unwrap_or(usize::MAX));
        if reader.info().interlaced {
            let size = reader.output_buffer_size().filter(|_| area <= INTERLACED_PIXELS_MAX).ok_or(PictureError::Size { width, height })?;
            let mut buffer = vec![0; size];
            let frame = reader.next_frame(&mut buffer)?;
            grey_of(buffer.get(..frame.buffer_size()).unwrap_or_default(), samples, &mut pixels);
        } else {
            while let Some(row) = reader.next_row()? {
                grey_of(row.data(), samples, &mut pixels);
            }
        }
        Ok(Self { width, height, pixels })
    }

    /// Writes it as an eight-bit grey PNG.
    ///
    /// # Errors
    /// [`PictureError::Encode`].
    pub fn to_png(&self) -> Result<Vec<u8>, PictureError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(bytes)
    }
}

/// Grey values of pixels of so many samples.
fn grey_of(row: &[u8], samples: usize, pixels: &mut Vec<u8>) {
    match samples {
        1 => pixels.extend_from_slice(row),
        2 => pixels.extend(row.chunks_exact(2).map(|pixel| pixel[0])),
        // Weights of red, green and blue in brightness (ITU-R BT.601), in thousandths.
        _ => pixels.extend(row.chunks_exact(samples).map(|p| luminance(p[0], p[1], p[2]))),
    }
}

fn luminance(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from(sum / 1000).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, color: png::ColorType, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(data).expect("data");
        writer.finish().expect("an end");
        bytes
    }

    #[test]
    fn every_kind_of_colour_becomes_grey_row_by_row() {
        for (color, data, grey) in [
            (png::ColorType::Grayscale, vec![0, 10, 20, 255], [0, 10, 20, 255]),
            (png::ColorType::GrayscaleAlpha, vec![0, 9, 10, 9, 20, 9, 255, 9], [0, 10, 20, 255]),
            (png::ColorType::Rgb, vec![255, 0, 0, 0, 255, 0, 0, 0, 255, 200, 200, 200], [76, 149, 29, 200]),
            (png::ColorType::Rgba, vec![255, 0, 0, 1, 0, 255, 0, 1, 0, 0, 255, 1, 200, 200, 200, 1], [76, 149, 29, 200]),
        ] {
            let read = Picture::from_png(&png(2, 2, color, &data)).expect("a picture");
            assert_eq!((read.width(), read.height(), read.pixels.as_slice()), (2, 2, grey.as_slice()), "{color:?}");
        }
    }

    /// CRC-32 of a chunk, as PNG has it.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
        })
    }

    /// A head that says a size, and whether it is interlaced, before the data of another picture.
    fn head(width: u32, height: u32, interlaced: bool) -> Vec<u8> {
        let mut bytes = png(2, 2, png::ColorType::Rgba, &[7; 16]);
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        bytes[28] = u8::from(interlaced);
        let sum = crc(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        bytes
    }

    #[test]
    fn what_would_take_more_memory_than_the_limit_is_refused_by_its_head() {
        let refused = |bytes: &[u8]| matches!(Picture::from_png(bytes), Err(PictureError::Size { .. }));
        assert!(refused(&head(20_001, 1, false)) && refused(&head(10_000, 6_001, false)), "one past the limits");
        assert!(!refused(&head(20_000, 3_000, false)), "at the limit it is only cut");
        // Interlaced, the whole has to be held in colour: the limit is lower.
        assert!(refused(&head(10_000, 1_001, true)));
        assert!(!refused(&head(10_000, 1_000, true)));
    }
}
