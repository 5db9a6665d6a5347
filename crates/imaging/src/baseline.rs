//! The baseline hint (基线提示): what differs from its neighbours in the same row of goods.
//!
//! Grey is turned back into attenuation and averaged over blocks. Goods are stowed in rows, so that the median of a row around a block is what is
//! declared to be there; a group of blocks that lies far from it is hinted at. It knows no goods and no weapon: it is a yardstick for models
//! that do, and a help for the eye.

use crate::{Area, Picture, Spot};

/// Name of the model.
pub const MODEL_NAME: &str = "row-median";
/// Version of the model; another one is measured anew.
pub const MODEL_VERSION: &str = "1";
/// Most places hinted at in one image.
pub const HINTS_MAX: usize = 3;

/// Side of a block, pixels.
const BLOCK: u32 = 4;
/// Blocks to either side whose median is the row's.
const REACH: usize = 26;
/// Attenuation is counted in steps of this, up to 255 of them.
const STEP: f32 = 1.0 / 64.0;
/// Steps by which a block must differ at least.
const DIFFERENCE_MIN: f32 = 8.0;
/// Median deviations by which a block must differ at least.
const DEVIATIONS_MIN: f32 = 5.0;
/// Blocks that a place has at least and at most.
const BLOCKS: std::ops::RangeInclusive<usize> = 12..=420;
/// Shortest side of a place, blocks.
const SIDE_MIN: u32 = 3;
/// Steps up to which nothing but air and noise is in the way.
const AIR: f32 = 6.0;
/// Blocks of roof, floor and posts that are not compared.
const FRAME: usize = 3;
/// From so many alike on, places are the way the box is loaded.
const REPEATED: usize = 3;
/// Places of one image that are compared.
const PLACES_MAX: usize = 1_000;
/// Places hinted at in an uneven load.
const UNEVEN_HINTS_MAX: usize = 1;
/// Share of its rectangle that a place fills at least.
const FILLED_MIN: f32 = 0.5;

struct Grid {
    width: usize,
    height: usize,
    cells: Vec<f32>,
}

impl Grid {
    fn row(&self, y: usize) -> &[f32] {
        &self.cells[y * self.width..(y + 1) * self.width]
    }
}

/// The places that differ, the most different first; at most [`HINTS_MAX`].
pub fn analyse(picture: &Picture) -> Vec<Spot> {
    let depths = attenuation(picture);
    let Some((load, left, top)) = inside(&depths) else { return Vec::new() };
    let residue = residue(&load);
    let limit = (deviation(&residue) * DEVIATIONS_MIN).max(DIFFERENCE_MIN);
    let mut spots = unlike_each_other(places(&residue, limit));
    for spot in &mut spots {
        spot.area.x += left as u32 * BLOCK;
        spot.area.y += top as u32 * BLOCK;
    }
    spots.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (a.area.x, a.area.y).cmp(&(b.area.x, b.area.y))));
    // Where many places differ the load is uneven, and only those that differ most are worth a look.
    let even = spots.len() <= HINTS_MAX;
    spots.truncate(if even { HINTS_MAX } else { UNEVEN_HINTS_MAX });
    spots
}

/// The inside of the box, with its left and upper edge in blocks: between roof and floor, and between the posts. `None` when there is nothing to
/// compare.
fn inside(depths: &Grid) -> Option<(Grid, usize, usize)> {
    let medians: Vec<f32> = (0..depths.height).map(|y| median(depths.row(y).to_vec())).collect();
    let roof = medians.iter().position(|row| *row > AIR)?;
    let lower = roof + (depths.height - roof) / 3;
    // The floor with the chassis under it is the row in which most is in the way.
    let floor = (lower..depths.height).max_by(|a, b| medians[*a].total_cmp(&medians[*b]).then(b.cmp(a)))?;
    let (top, bottom) = (roof + FRAME, floor.checked_sub(FRAME)?);
    let solid = |x: usize| (top..bottom).filter(|y| depths.row(*y)[x] > AIR).count() * 2 > bottom.saturating_sub(top);
    let left = (0..depths.width).find(|x| solid(*x))? + FRAME;
    let right = (0..depths.width).rev().find(|x| solid(*x))?.checked_sub(FRAME)?;
    if bottom < top + SIDE_MIN as usize || right < left + REACH {
        return None;
    }
    let cells = (top..bottom).flat_map(|y| depths.row(y)[left..right].iter().copied()).collect();
    Some((Grid { width: right - left, height: bottom - top, cells }, left, top))
}

fn median(mut values: Vec<f32>) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// What stands in the box several times in much the same way is how it is loaded (pallets, gaps, rolls), and no place to look at.
fn unlike_each_other(spots: Vec<Spot>) -> Vec<Spot> {
    let near = |a: f32, b: f32, within: f32| (a - b).abs() <= within * a.max(b);
    let alike = |a: &Spot, b: &Spot| {
        let (a, b) = (a, b);
        near(a.area.width as f32, b.area.width as f32, 0.35)
            && near(a.area.height as f32, b.area.height as f32, 0.35)
            && near(a.score, b.score, 0.2)
    };
    spots.iter().filter(|spot| spots.iter().filter(|other| alike(spot, other)).count() < REPEATED).copied().collect()
}

/// Mean attenuation of each block, in steps.
fn attenuation(picture: &Picture) -> Grid {
    let of_grey = steps_of_grey();
    let (width, height) = ((picture.width() / BLOCK) as usize, (picture.height() / BLOCK) as usize);
    let mut cells = Vec::with_capacity(width * height);
    for by in 0..height as u32 {
        for bx in 0..width as u32 {
            let mut sum = 0.0;
            for y in by * BLOCK..(by + 1) * BLOCK {
                for x in bx * BLOCK..(bx + 1) * BLOCK {
                    sum += of_grey[usize::from(picture.grey(x, y))];
                }
            }
            cells.push(sum / (BLOCK * BLOCK) as f32);
        }
    }
    Grid { width, height, cells }
}

/// `-ln(grey / 255)` in steps, for every grey value: by the series of the inverse hyperbolic tangent, the same on every machine.
fn steps_of_grey() -> [f32; 256] {
    let mut table = [255.0; 256];
    for (grey, steps) in table.iter_mut().enumerate().skip(1) {
        // Halved until the series converges quickly; each halving is ln 2.
        let (mut ratio, mut halvings) = (255.0 / grey as f32, 0.0_f32);
        while ratio > 1.5 {
            ratio /= 2.0;
            halvings += 1.0;
        }
        let z = (ratio - 1.0) / (ratio + 1.0);
        let square = z * z;
        let series = z * (2.0 + square * (2.0 / 3.0 + square * (2.0 / 5.0 + square * (2.0 / 7.0))));
        *steps = ((halvings * std::f32::consts::LN_2 + series) / STEP).min(255.0);
    }
    table
}

/// What each block has more or less than the median of its row around it; what a whole column has so is an edge of the load and is taken off.
fn residue(depths: &Grid) -> Grid {
    let (width, height) = (depths.width, depths.height);
    let mut cells = Vec::with_capacity(depths.cells.len());
    for y in 0..height {
        let row = depths.row(y);
        for (x, here) in row.iter().enumerate() {
            cells.push(here - median(row[x.saturating_sub(REACH)..(x + REACH + 1).min(width)].to_vec()));
        }
    }
    for x in 0..width {
        let column = median((0..height).map(|y| cells[y * width + x]).collect());
        for cell in (0..height).map(|y| y * width + x) {
            let shared = if column > 0.0 { cells[cell].clamp(0.0, column) } else { cells[cell].clamp(column, 0.0) };
            cells[cell] -= shared;
        }
    }
    Grid { width, height, cells }
}

/// Median of the absolute differences.
fn deviation(residue: &Grid) -> f32 {
    median(residue.cells.iter().map(|cell| cell.abs()).collect())
}

/// Groups of neighbouring blocks that differ in the same direction.
fn places(residue: &Grid, limit: f32) -> Vec<Spot> {
    let mut seen = vec![false; residue.cells.len()];
    let mut spots = Vec::new();
    for start in 0..residue.cells.len() {
        if seen[start] || residue.cells[start].abs() < limit {
            continue;
        }
        let denser = residue.cells[start] > 0.0;
        let mut open = vec![start];
        seen[start] = true;
        let mut group = Vec::new();
        while let Some(at) = open.pop() {
            group.push(at);
            let (x, y) = (at % residue.width, at / residue.width);
            let neighbours = [
                (x > 0).then(|| at - 1),
                (x + 1 < residue.width).then_some(at + 1),
                (y > 0).then(|| at - residue.width),
                (y + 1 < residue.height).then_some(at + residue.width),
            ];
            for next in neighbours.into_iter().flatten() {
                let value = residue.cells[next];
                if !seen[next] && value.abs() >= limit && (value > 0.0) == denser {
                    seen[next] = true;
                    open.push(next);
                }
            }
        }
        spots.extend(place(residue, &group, limit));
        // An image full of small places has no place to look at; comparing them all would take for ever.
        if spots.len() > PLACES_MAX {
            return Vec::new();
        }
    }
    spots
}

/// A group as a place, when its size and shape are those of an object.
fn place(residue: &Grid, group: &[usize], limit: f32) -> Option<Spot> {
    if !BLOCKS.contains(&group.len()) {
        return None;
    }
    let columns = || group.iter().map(|at| (at % residue.width) as u32);
    let rows = || group.iter().map(|at| (at / residue.width) as u32);
    let (left, right, top, bottom) = (columns().min()?, columns().max()?, rows().min()?, rows().max()?);
    let (width, height) = (right - left + 1, bottom - top + 1);
    let filled = group.len() as f32 / (width * height) as f32;
    if width < SIDE_MIN || height < SIDE_MIN || filled < FILLED_MIN {
        return None;
    }
    let mean = group.iter().map(|at| residue.cells[*at].abs()).sum::<f32>() / group.len() as f32;
    let area = Area { x: left * BLOCK, y: top * BLOCK, width: width * BLOCK, height: height * BLOCK };
    // Twice the limit is an even chance; the score nears 1 the more a place stands out.
    Some(Spot { area, score: mean / (mean + 2.0 * limit) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_becomes_attenuation() {
        let steps = steps_of_grey();
        for (grey, expected) in [(255, 0.0_f32), (128, 44.11), (94, 63.87), (10, 207.28)] {
            assert!((steps[grey] - expected).abs() < 0.05, "{grey}: {}", steps[grey]);
        }
        assert_eq!(steps[0], 255.0);
    }

    /// A box with posts, roof and floor, evenly loaded but for what `inside` says.
    fn loaded(inside: impl Fn(u32, u32) -> Option<u8>) -> Picture {
        Picture::of(480, 200, |x, y| match (x, y) {
            (0..40 | 440.., _) | (_, 0..20 | 184..) => 250,
            (40..48 | 432..440, _) | (_, 20..24) => 90,
            (_, 172..184) => 30,
            _ => inside(x, y).unwrap_or(120),
        })
    }

    #[test]
    fn an_even_load_has_no_hint_and_a_dark_block_in_it_has_one() {
        assert_eq!(analyse(&loaded(|_, _| None)), []);
        let block = Area { x: 200, y: 60, width: 40, height: 32 };
        let within = |x: u32, y: u32, area: Area| x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
        for grey in [60, 200] {
            let spots = analyse(&loaded(|x, y| within(x, y, block).then_some(grey)));
            assert_eq!(spots.iter().map(|spot| spot.area).collect::<Vec<_>>(), [block], "{grey}");
        }
        let often = |x: u32, y: u32| ((x / 60) % 2 == 1 && x % 60 < 32 && (60..92).contains(&y)).then_some(60);
        assert_eq!(analyse(&loaded(often)), [], "what stands there several times is the load");
    }

    #[test]
    fn a_picture_without_a_box_has_no_hint() {
        for picture in
            [Picture::of(3, 3, |_, _| 0), Picture::of(0, 0, |_, _| 0), Picture::of(400, 200, |_, _| 255), Picture::of(400, 200, |_, _| 9)]
        {
            assert_eq!(analyse(&picture), []);
        }
    }
}
