//! The sandbox scanner (沙箱扫描设备): synthetic transmission images of loaded boxes, each with or without a hidden object, from a seed.
//!
//! Attenuation is summed along each ray (walls, cargo, hidden object) and turned into grey by the exponential law; noise grows with the square
//! root of the signal, as counted photons do. No real image was used; densities and sizes are invented.

use serde::{Deserialize, Serialize};

use crate::{Area, Picture};

/// Width of an image, pixels.
const WIDTH: u32 = 960;
/// Height of an image, pixels.
const HEIGHT: u32 = 336;
/// Size of a pixel, micrometres: a forty-foot box is 880 pixels long.
pub const PIXEL_UM: u32 = 13_850;
/// The box in the image.
const BOX: Area = Area { x: 40, y: 36, width: 880, height: 188 };
/// Grey where nothing is in the way.
const OPEN_AIR: f32 = 250.0;

/// How the box is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cargo {
    /// Cartons, stacked (纸箱).
    Cartons,
    /// Pallets with gaps (托盘).
    Pallets,
    /// Rolls (卷材).
    Rolls,
    /// Parts of many densities (机械件).
    Parts,
}

/// What is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HiddenKind {
    /// Denser than the goods around it.
    Dense,
    /// Lighter: a cavity.
    Cavity,
}

/// A hidden object: the truth about an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// Where.
    pub area: Area,
    /// Of what kind.
    pub kind: HiddenKind,
}

/// An image of the sandbox scanner with its truth.
#[derive(Clone, Debug)]
pub struct SandboxScan {
    /// The image.
    pub picture: Picture,
    /// How the box is loaded.
    pub cargo: Cargo,
    /// What is hidden; `None` when nothing is.
    pub hidden: Option<Hidden>,
}

/// A repeatable stream of numbers (SplitMix64).
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to 1.
    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / 16_777_216.0
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    fn pixels(&mut self, low: u32, high: u32) -> u32 {
        low + (self.next() % u64::from(high - low + 1)) as u32
    }

    /// Mean 0, deviation 1, near enough to the bell curve for noise.
    fn noise(&mut self) -> f32 {
        let bits = self.next();
        let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xffff).sum();
        (sum as f32 / 65_536.0 - 2.0) * 1.732
    }
}

/// `exp(-depth)` by squaring, the same on every machine.
fn passed(depth: f32) -> f32 {
    let mut factor = (1.0 - depth / 256.0).max(0.0);
    for _ in 0..8 {
        factor *= factor;
    }
    factor
}

/// Attenuation along the rays of an image.
struct Depths(Vec<f32>);

impl Depths {
    fn at(&mut self, x: u32, y: u32) -> Option<&mut f32> {
        if x >= WIDTH || y >= HEIGHT {
            return None;
        }
        self.0.get_mut((y * WIDTH + x) as usize)
    }

    fn fill(&mut self, area: Area, depth: f32) {
        for y in area.y..area.y + area.height {
            for x in area.x..area.x + area.width {
                if let Some(here) = self.at(x, y) {
                    *here += depth;
                }
            }
        }
    }

    /// A body with a round outline, as thick in the middle as `depth`.
    fn round(&mut self, area: Area, depth: f32) {
        let (rx, ry) = (area.width as f32 / 2.0, area.height as f32 / 2.0);
        for y in 0..area.height {
            for x in 0..area.width {
                let (dx, dy) = ((x as f32 + 0.5 - rx) / rx, (y as f32 + 0.5 - ry) / ry);
                let inside = 1.0 - dx * dx - dy * dy;
                if inside > 0.0
                    && let Some(here) = self.at(area.x + x, area.y + y)
                {
                    *here += depth * inside.sqrt();
                }
            }
        }
    }
}

/// The image of a seed: the same seed gives the same image and truth for ever.
pub fn scan(seed: u64) -> SandboxScan {
    let mut stream = Stream(seed);
    let mut depths = Depths(vec![0.0; (WIDTH * HEIGHT) as usize]);
    shell(&mut depths);
    let cargo = match stream.next() % 8 {
        0..=3 => Cargo::Cartons,
        4 | 5 => Cargo::Pallets,
        6 => Cargo::Rolls,
        _ => Cargo::Parts,
    };
    let load = load(cargo, &mut stream, &mut depths);
    let hidden = (stream.next().is_multiple_of(2)).then(|| hide(load, &mut stream, &mut depths));
    let picture = Picture::of(WIDTH, HEIGHT, |x, y| {
        let signal = OPEN_AIR * passed(depths.0[(y * WIDTH + x) as usize]);
        (signal + stream.noise() * (1.0 + 0.12 * signal.sqrt())).clamp(0.0, 255.0) as u8
    });
    SandboxScan { picture, cargo, hidden }
}

/// Walls, roof, floor, posts and the wheels below.
fn shell(depths: &mut Depths) {
    for x in BOX.x..BOX.x + BOX.width {
        // Corrugated walls: a ridge every eighteen pixels.
        let ridge = if x % 18 < 9 { x % 18 } else { 18 - x % 18 };
        depths.fill(Area { x, y: BOX.y, width: 1, height: BOX.height }, 0.10 + 0.004 * ridge as f32);
    }
    depths.fill(Area { height: 4, ..BOX }, 0.5);
    depths.fill(Area { y: BOX.y + BOX.height - 7, height: 7, ..BOX }, 0.7);
    depths.fill(Area { width: 7, ..BOX }, 0.6);
    depths.fill(Area { x: BOX.x + BOX.width - 7, width: 7, ..BOX }, 0.6);
    depths.fill(Area { x: 60, y: 226, width: 840, height: 12 }, 1.6);
    for x in [110, 160, 680, 736, 792] {
        depths.round(Area { x, y: 236, width: 50, height: 50 }, 2.4);
    }
}

/// Loads the box; returns where goods are.
fn load(cargo: Cargo, stream: &mut Stream, depths: &mut Depths) -> Area {
    let floor = BOX.y + BOX.height - 7;
    let (left, right) = (BOX.x + 10, BOX.x + BOX.width - 10);
    let density = stream.between(0.45, 1.15);
    match cargo {
        Cargo::Cartons => {
            let (width, height) = (stream.pixels(36, 64), stream.pixels(26, 42));
            let rows = (160 / height).min(stream.pixels(3, 6)).max(2);
            let mut x = left;
            while x + width <= right {
                for row in 1..=rows {
                    let own = density * stream.between(0.95, 1.05);
                    depths.fill(Area { x, y: floor - row * height, width: width - 1, height: height - 1 }, own);
                }
                x += width;
            }
            Area { x: left, y: floor - rows * height, width: x - left, height: rows * height }
        }
        Cargo::Pallets => {
            let (width, height) = (stream.pixels(84, 104), stream.pixels(95, 150));
            let mut x = left + 4;
            while x + width <= right {
                depths.fill(Area { x, y: floor - 8, width, height: 8 }, 0.25);
                let own = density * stream.between(0.97, 1.03);
                depths.fill(Area { x: x + 2, y: floor - 8 - height, width: width - 4, height }, own);
                x += width + 5;
            }
            Area { x: left + 6, y: floor - 8 - height, width: x - left - 16, height }
        }
        Cargo::Rolls => {
            let size = stream.pixels(74, 92);
            let mut x = left;
            while x + size <= right {
                depths.round(Area { x, y: floor - size, width: size, height: size }, density * 1.2);
                depths.round(Area { x, y: floor - 2 * size + 8, width: size, height: size }, density * 1.2);
                x += size + 2;
            }
            Area { x: left, y: floor - 2 * size + 8, width: x - left, height: 2 * size - 8 }
        }
        Cargo::Parts => {
            let height = stream.pixels(110, 150);
            let area = Area { x: left, y: floor - height, width: right - left, height };
            depths.fill(area, density * 0.7);
            for _ in 0..stream.pixels(5, 12) {
                let (width, height) = (stream.pixels(12, 70), stream.pixels(10, 40));
                let x = stream.pixels(area.x, area.x + area.width - width);
                let y = stream.pixels(area.y, area.y + area.height - height);
                depths.fill(Area { x, y, width, height }, stream.between(0.05, 0.4));
            }
            area
        }
    }
}

/// Hides something among the goods.
fn hide(load: Area, stream: &mut Stream, depths: &mut Depths) -> Hidden {
    let (width, height) = (stream.pixels(22, 72), stream.pixels(16, 44).min(load.height - 2));
    let x = stream.pixels(load.x, load.x + load.width - width);
    let y = stream.pixels(load.y, load.y + load.height - height);
    let area = Area { x, y, width, height };
    let kind = if stream.next().is_multiple_of(4) { HiddenKind::Cavity } else { HiddenKind::Dense };
    match kind {
        HiddenKind::Dense => {
            let depth = stream.between(0.12, 0.9);
            if stream.next().is_multiple_of(2) { depths.fill(area, depth) } else { depths.round(area, depth * 1.25) }
        }
        HiddenKind::Cavity => {
            let part = stream.between(0.2, 0.75);
            for y in area.y..area.y + area.height {
                for x in area.x..area.x + area.width {
                    if let Some(here) = depths.at(x, y) {
                        *here -= (*here - 0.12).max(0.0) * part;
                    }
                }
            }
        }
    }
    Hidden { area, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_image_for_ever() {
        let (one, same, other) = (scan(7), scan(7), scan(8));
        assert_eq!((&one.picture, one.hidden), (&same.picture, same.hidden));
        assert_ne!(one.picture, other.picture);
        let png = one.picture.to_png().expect("a PNG");
        assert_eq!(Picture::from_png(&png).expect("the same"), one.picture);
    }

    #[test]
    fn half_of_the_boxes_hide_something_and_it_lies_inside_the_box() {
        let hidden: Vec<Hidden> = (1..=200).filter_map(|seed| scan(seed).hidden).collect();
        assert!((80..=120).contains(&hidden.len()), "{}", hidden.len());
        for Hidden { area, .. } in hidden {
            assert!(area.x >= BOX.x && area.x + area.width <= BOX.x + BOX.width, "{area:?}");
            assert!(area.y >= BOX.y && area.y + area.height <= BOX.y + BOX.height, "{area:?}");
        }
    }

    #[test]
    fn a_cut_png_is_a_fault_and_no_panic() {
        let png = scan(3).picture.to_png().expect("a PNG");
        assert!(Picture::from_png(&png[..png.len() / 2]).is_err());
        assert!(Picture::from_png(b"\x89PNG\r\n\x1a\n").is_err());
    }
}
