//! A picture of grey pixels, read from PNG and written as PNG.

use std::io::Cursor;

/// Most pixels of one picture.
pub const PIXELS_MAX: u64 = 60_000_000;
/// Longest side, pixels.
pub const SIDE_MAX: u32 = 20_000;

/// Why a picture cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// More pixels than [`PIXELS_MAX`], or a side longer than [`SIDE_MAX`].
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

    /// Reads a PNG of any colour kind as grey pixels of eight bits.
    ///
    /// # Errors
    /// [`PictureError`] when it is too large, cut or malformed.
    pub fn from_png(bytes: &[u8]) -> Result<Self, PictureError> {
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: 4 * PIXELS_MAX as usize });
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let (width, height) = (reader.info().width, reader.info().height);
        if width > SIDE_MAX || height > SIDE_MAX || u64::from(width) * u64::from(height) > PIXELS_MAX {
            return Err(PictureError::Size { width, height });
        }
        let size = reader.output_buffer_size().ok_or(PictureError::Size { width, height })?;
        let mut buffer = vec![0; size];
        let frame = reader.next_frame(&mut buffer)?;
        buffer.truncate(frame.buffer_size());
        let samples = frame.color_type.samples();
        let pixels = match samples {
            1 => buffer,
            2 => buffer.chunks_exact(2).map(|pixel| pixel[0]).collect(),
            // Weights of red, green and blue in brightness (ITU-R BT.601), in thousandths.
            _ => buffer.chunks_exact(samples).map(|p| luminance(p[0], p[1], p[2])).collect(),
        };
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

fn luminance(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from(sum / 1000).unwrap_or(u8::MAX)
}
