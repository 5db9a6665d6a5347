//! A segment table made ready for checking: tags as small numbers, every step of the walk looked up instead of searched.
//!
//! The walk through a table is the usual one for EDIFACT: a segment is looked for from the current position on, first in the
//! innermost open group, then outwards; finding a group's first segment opens the group again. Where that ends depends on the
//! position and the tag alone, as long as no position is full. So it is computed once for each pair.

use crate::directory::{Directory, Node};
use crate::elements::Layout;
use crate::limits::MAX_GROUP_DEPTH;
use crate::segments::{self, SegmentSet};

/// No position, no tag.
const NONE: u16 = u16::MAX;
/// The step stays at a position that may be full by now.
const REPEATS: u16 = 1 << 15;
/// The step passes a mandatory position that was not used.
const PASSES: u16 = 1 << 14;

/// A table and a set of segments.
pub(crate) struct Plan<'d> {
    pub directory: &'d Directory,
    pub set: &'static SegmentSet,
    tags: Tags,
    places: Vec<Place<'d>>,
    roots: Vec<u16>,
    /// By place (one more for the start) and tag: the place that follows, with the two flags.
    steps: Vec<u16>,
    /// By tag: how the elements lie.
    layouts: Vec<Option<Layout>>,
}

/// A position of the table, numbered in the order of the table.
struct Place<'d> {
    node: &'d Node,
    parent: u16,
    depth: usize,
    /// Position among its siblings.
    at: usize,
    children: Vec<u16>,
}

/// Three-letter tags to small numbers: a table of 256 slots, probed in line.
struct Tags {
    slots: [(u32, u16); 256],
    count: usize,
}

impl Tags {
    fn slot(&self, key: u32) -> usize {
        let mut slot = (key.wrapping_mul(0x9E37_79B1) >> 24) as usize;
        while self.slots[slot].0 != key && self.slots[slot].0 != 0 {
            slot = (slot + 1) & 255;
        }
        slot
    }

    fn add(&mut self, tag: [u8; 3]) {
        let slot = self.slot(key(tag));
        // A table has some sixty tags; past half of the slots none is added, and its segments are unexpected.
        if self.slots[slot].0 == 0 && self.count < 128 {
            self.slots[slot] = (key(tag), self.count as u16);
            self.count += 1;
        }
    }

    fn number(&self, tag: [u8; 3]) -> Option<usize> {
        let (known, number) = self.slots[self.slot(key(tag))];
        (known != 0).then_some(usize::from(number))
    }
}

fn key([a, b, c]: [u8; 3]) -> u32 {
    u32::from_le_bytes([a, b, c, 1])
}

/// Where a walk stands: the segment's position and how often the current position of each open level was used.
#[derive(Clone, Copy)]
pub(crate) struct Standing {
    place: u16,
    counts: [u32; MAX_GROUP_DEPTH + 1],
}

impl Standing {
    pub fn start() -> Self {
        Self { place: NONE, counts: [0; MAX_GROUP_DEPTH + 1] }
    }
}

/// What a segment led to.
pub(crate) struct Step<'d> {
    /// The segment or group that it stands for.
    pub node: &'d Node,
    /// How often that occurred in a row, this one included.
    pub count: u32,
    /// Mandatory positions that were passed without being used.
    pub missing: Vec<&'d Node>,
}

impl<'d> Plan<'d> {
    pub fn new(directory: &'d Directory, set: usize) -> Self {
        // The sets come with this crate; the service segments are always there.
        let fallback = || segments::set(0).unwrap_or_else(|| unreachable!("a test reads the service segments"));
        let set = segments::set(set).unwrap_or_else(fallback);
        let tags = Tags { slots: [(0, NONE); 256], count: 0 };
        let mut plan = Self { directory, set, tags, places: Vec::new(), roots: Vec::new(), steps: Vec::new(), layouts: Vec::new() };
        plan.roots = plan.number(&directory.nodes, NONE, 0);
        let width = plan.tags.count;
        let mut by_number = vec![[0; 3]; width];
        for &(known, number) in plan.tags.slots.iter().filter(|slot| slot.0 != 0) {
            let [a, b, c, _] = known.to_le_bytes();
            by_number[usize::from(number)] = [a, b, c];
        }
        plan.steps = vec![NONE; (plan.places.len() + 1) * width];
        for place in (0..plan.places.len() as u16).filter(|&p| plan.places[usize::from(p)].children.is_empty()).chain([NONE]) {
            for (number, &tag) in by_number.iter().enumerate() {
                if let Some((target, repeats)) = plan.search(place, tag, |_, _| true) {
                    let flags = if repeats { REPEATS } else { 0 } | if plan.missing(place, target).is_empty() { 0 } else { PASSES };
                    let row = plan.row(place);
                    plan.steps[row + number] = target | flags;
                }
            }
        }
        let layout = |tag: &[u8; 3]| {
            let tag = std::str::from_utf8(tag).ok().filter(|tag| !matches!(*tag, "UNH" | "UNT"))?;
            plan.set.segment(tag).or_else(|| segments::set(0)?.segment(tag)).map(Layout::new)
        };
        plan.layouts = by_number.iter().map(layout).collect();
        plan
    }

    fn number(&mut self, nodes: &'d [Node], parent: u16, depth: usize) -> Vec<u16> {
        let mut list = Vec::new();
        for (at, node) in nodes.iter().enumerate() {
            let number = self.places.len() as u16;
            // 14 bits number a place; no table is a tenth of that.
            if number >= PASSES - 1 {
                break;
            }
            list.push(number);
            node.tags.iter().for_each(|&tag| self.tags.add(tag));
            self.places.push(Place { node, parent, depth, at, children: Vec::new() });
            let children = self.number(&node.children, number, depth + 1);
            self.places[usize::from(number)].children = children;
        }
        list
    }

    fn row(&self, place: u16) -> usize {
        (if place == NONE { self.places.len() } else { usize::from(place) }) * self.tags.count
    }

    fn place(&self, number: u16) -> &Place<'d> {
        &self.places[usize::from(number)]
    }

    fn siblings(&self, number: u16) -> &[u16] {
        match self.place(number).parent {
            NONE => &self.roots,
            parent => &self.place(parent).children,
        }
    }

    /// The place itself and the groups around it, innermost first.
    fn chain(&self, place: u16) -> impl Iterator<Item = u16> + '_ {
        std::iter::successors((place != NONE).then_some(place), |&p| Some(self.place(p).parent).filter(|&parent| parent != NONE))
    }

    /// The first acceptable position for a tag, from the innermost open group outwards, and whether it is the current one.
    fn search(&self, place: u16, tag: [u8; 3], accept: impl Fn(u16, bool) -> bool) -> Option<(u16, bool)> {
        if place == NONE {
            let found = self.roots.iter().find(|&&p| self.place(p).node.matches(tag) && accept(p, false));
            return found.map(|&p| (p, false));
        }
        for open in self.chain(place) {
            let here = self.place(open);
            for &candidate in &self.siblings(open)[here.at..] {
                // The trigger again means the group again, which the level outside sees.
                let trigger = here.depth > 0 && self.place(candidate).at == 0;
                if !trigger && self.place(candidate).node.matches(tag) && accept(candidate, candidate == open) {
                    return Some((candidate, candidate == open));
                }
            }
        }
        None
    }

    /// Mandatory positions that are passed unused between a place and a target; to the end of the table without a target.
    fn missing(&self, place: u16, target: u16) -> Vec<&'d Node> {
        let mandatory =
            |numbers: &[u16]| numbers.iter().map(|&p| self.place(p).node).filter(|node| node.mandatory).collect::<Vec<&'d Node>>();
        if place == NONE {
            let until = if target == NONE { self.roots.len() } else { self.place(target).at };
            return mandatory(&self.roots[..until]);
        }
        let mut missing = Vec::new();
        for open in self.chain(place) {
            let (here, siblings) = (self.place(open), self.siblings(open));
            let reached = target != NONE && self.place(target).parent == here.parent;
            let until = if reached { self.place(target).at } else { siblings.len() };
            missing.extend(mandatory(&siblings[(here.at + 1).min(until)..until]));
            if reached {
                break;
            }
        }
        missing
    }

    /// Number of a tag in this table.
    pub fn tag(&self, tag: [u8; 3]) -> Option<usize> {
        self.tags.number(tag)
    }

    /// How the elements of a tag lie; `None` if they are not checked here.
    pub fn layout(&self, tag: usize) -> Option<&Layout> {
        self.layouts[tag].as_ref()
    }

    /// Goes on to a segment where nothing has to be reported. False if something has; then nothing was changed.
    pub fn advance(&self, standing: &mut Standing, tag: usize) -> bool {
        let step = self.steps[self.row(standing.place) + tag];
        if step & PASSES != 0 {
            // NONE has every bit set.
            return false;
        }
        let target = step & !REPEATS;
        let place = self.place(target);
        let count = if step & REPEATS != 0 { standing.counts[place.depth] + 1 } else { 1 };
        if count > place.node.max {
            return false;
        }
        self.stand(standing, target, count);
        true
    }

    fn stand(&self, standing: &mut Standing, target: u16, count: u32) {
        let place = self.place(target);
        standing.counts[place.depth] = count;
        standing.place = target;
        if let Some(&trigger) = place.children.first() {
            standing.counts[place.depth + 1] = 1;
            standing.place = trigger;
        }
    }

    /// Goes on to a segment and tells what is to be said about it. `None` if it has no place from here on.
    pub fn step(&self, standing: &mut Standing, tag: [u8; 3]) -> Option<Step<'d>> {
        let room = |target: u16, repeats: bool| !repeats || standing.counts[self.place(target).depth] < self.place(target).node.max;
        let found = self.search(standing.place, tag, room).or_else(|| self.search(standing.place, tag, |_, _| true));
        let (target, repeats) = found?;
        let missing = self.missing(standing.place, target);
        let place = self.place(target);
        let count = if repeats { standing.counts[place.depth].saturating_add(1) } else { 1 };
        self.stand(standing, target, count);
        Some(Step { node: place.node, count, missing })
    }

    /// Mandatory positions that are still missing when the message ends.
    pub fn rest(&self, standing: &Standing) -> Vec<&'d Node> {
        self.missing(standing.place, NONE)
    }

    /// Name of the innermost group around a standing, how many there are, and whether the standing is at its first segment.
    pub fn group(&self, standing: &Standing) -> (Option<&'d str>, usize, bool) {
        if standing.place == NONE {
            return (None, 0, false);
        }
        let place = self.place(standing.place);
        if place.parent == NONE {
            return (None, 0, false);
        }
        (Some(self.place(place.parent).node.name.as_str()), place.depth, place.at == 0)
    }
}
