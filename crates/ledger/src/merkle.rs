//! The Merkle log (默克尔日志) in the shape of RFC 9162 §2.1: leaf prefix `0x00`, node prefix `0x01`, SHA-256.
//!
//! A log appends leaves to a [`Frontier`] (the roots of its complete subtrees) and keeps the root of every complete
//! run of [`TILE_LEAVES`] leaves. From those tiles and the leaves of one tile a [`LogView`] builds proofs; anybody checks them with
//! [`verify_inclusion`] and [`verify_consistency`]. Nothing here knows where leaves or tiles are kept.

use sha2::{Digest, Sha256};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// Leaves under one stored tile root.
pub const TILE_LEAVES: u64 = 256;

/// Level of a tile root in the tree: `2^TILE_LEVEL = TILE_LEAVES`.
const TILE_LEVEL: u32 = 8;

/// Hash of a leaf: SHA-256 of `0x00` and the bytes.
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0u8]);
    hasher.update(bytes);
    hasher.finalize().into()
}

/// Hash of an inner node: SHA-256 of `0x01` and both children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1u8; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// Root of the empty log: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The roots of the complete subtrees of a log, largest first: all that appending needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

impl Frontier {
    /// The empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Rebuilds the frontier of a log from its tile roots and the leaves after the last complete tile.
    ///
    /// # Errors
    /// [`ProofError::Tail`] when there are [`TILE_LEAVES`] or more trailing leaves.
    pub fn rebuild(tiles: impl IntoIterator<Item = Hash>, tail: &[Hash]) -> Result<Self, ProofError> {
        let mut made = Self::new();
        for tile in tiles {
            made.push(tile, TILE_LEVEL);
        }
        if tail.len() as u64 >= TILE_LEAVES {
            return Err(ProofError::Tail(tail.len()));
        }
        for leaf in tail {
            made.append(*leaf);
        }
        Ok(made)
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf hash. The root of the tile is returned when this leaf completes it.
    pub fn append(&mut self, leaf: Hash) -> Option<Hash> {
        self.push(leaf, 0)
    }

    /// Appends the root of a complete aligned subtree of `2^level` leaves.
    fn push(&mut self, root: Hash, level: u32) -> Option<Hash> {
        let mut node = root;
        let mut tile = None;
        let mut rest = self.size >> level;
        let mut at = level;
        while rest & 1 == 1 {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
            }
            rest >>= 1;
            at += 1;
            if at == TILE_LEVEL {
                tile = Some(node);
            }
        }
        self.nodes.push(node);
        self.size += 1 << level;
        tile
    }

    /// Root of the log.
    pub fn root(&self) -> Hash {
        let mut nodes = self.nodes.iter().rev();
        let Some(last) = nodes.next() else { return empty_root() };
        nodes.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// Why a proof cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The place asked for lies outside of the log.
    #[error("{asked} lies outside of a log of {size}")]
    Outside {
        /// Leaf index or older size asked for.
        asked: u64,
        /// Size of the log.
        size: u64,
    },
    /// A tile root that is needed was not given.
    #[error("the root of tile {0} is missing")]
    Tile(u64),
    /// Leaves that are needed were not given.
    #[error("leaves {from} to {to} are missing")]
    Leaves {
        /// First leaf.
        from: u64,
        /// One past the last.
        to: u64,
    },
    /// More trailing leaves than an incomplete tile has.
    #[error("{0} leaves after the last complete tile")]
    Tail(usize),
}

/// What is needed of a log to prove something about it.
#[derive(Clone, Copy, Debug)]
pub struct LogView<'a> {
    /// Number of leaves of the log at the time of the head.
    pub size: u64,
    /// Roots of all complete tiles, from the first. More than `size` needs do no harm.
    pub tiles: &'a [Hash],
    /// Leaves after the last complete tile of `size`.
    pub tail: &'a [Hash],
    /// Index and leaves of the one complete tile into which the proof reaches; empty when it lies in the tail.
    pub opened: (u64, &'a [Hash]),
}

impl LogView<'_> {
    /// Root of the log.
    ///
    /// # Errors
    /// [`ProofError`] when something needed was not given.
    pub fn root(&self) -> Result<Hash, ProofError> {
        if self.size == 0 { Ok(empty_root()) } else { self.subtree(0, self.size) }
    }

    /// Audit path of a leaf (RFC 9162 §2.1.3.1), lowest sibling first.
    ///
    /// # Errors
    /// [`ProofError`] when the leaf is not in the log or something needed was not given.
    pub fn inclusion(&self, index: u64) -> Result<Vec<Hash>, ProofError> {
        if index >= self.size {
            return Err(ProofError::Outside { asked: index, size: self.size });
        }
        let (mut start, mut end) = (0, self.size);
        let mut path = Vec::new();
        while end - start > 1 {
            let middle = start + largest_power_below(end - start);
            if index < middle {
                path.push(self.subtree(middle, end)?);
                end = middle;
            } else {
                path.push(self.subtree(start, middle)?);
                start = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// Proof that the first `older` leaves of this log are the whole log of that size (RFC 9162 §2.1.4.1).
    ///
    /// # Errors
    /// [`ProofError`] when `older` is 0 or beyond the log, or something needed was not given.
    pub fn consistency(&self, older: u64) -> Result<Vec<Hash>, ProofError> {
        if older == 0 || older > self.size {
            return Err(ProofError::Outside { asked: older, size: self.size });
        }
        let (mut start, mut end) = (0, self.size);
        let mut proof = Vec::new();
        // `whole`: the subtree [start, older) is the old log itself, whose root the verifier has.
        let mut whole = true;
        while older != end {
            let middle = start + largest_power_below(end - start);
            if older <= middle {
                proof.push(self.subtree(middle, end)?);
                end = middle;
            } else {
                proof.push(self.subtree(start, middle)?);
                start = middle;
                whole = false;
            }
        }
        if !whole {
            proof.push(self.subtree(start, end)?);
        }
        proof.reverse();
        Ok(proof)
    }

    /// Root over the leaves `start..end`; `start` is a multiple of the smallest power of two not below the length.
    fn subtree(&self, start: u64, end: u64) -> Result<Hash, ProofError> {
        let length = end - start;
        if length == TILE_LEAVES && start.is_multiple_of(TILE_LEAVES) {
            let tile = start / TILE_LEAVES;
            return usize::try_from(tile).ok().and_then(|at| self.tiles.get(at)).copied().ok_or(ProofError::Tile(tile));
        }
        if length < TILE_LEAVES {
            return self.leaves(start, end).map(root_of).ok_or(ProofError::Leaves { from: start, to: end });
        }
        let middle = start + largest_power_below(length);
        Ok(node_hash(&self.subtree(start, middle)?, &self.subtree(middle, end)?))
    }

    fn leaves(&self, start: u64, end: u64) -> Option<&[Hash]> {
        let tail_from = self.size / TILE_LEAVES * TILE_LEAVES;
        let (from, leaves) = if start >= tail_from { (tail_from, self.tail) } else { (self.opened.0 * TILE_LEAVES, self.opened.1) };
        let first = usize::try_from(start.checked_sub(from)?).ok()?;
        let last = usize::try_from(end.checked_sub(from)?).ok()?;
        leaves.get(first..last)
    }
}

/// Largest power of two strictly below `n` (n ≥ 2).
fn largest_power_below(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// Root of some leaves, by the definition of RFC 9162 §2.1.1.
pub fn root_of(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    for leaf in leaves {
        frontier.append(*leaf);
    }
    frontier.root()
}

/// Does the audit path lead from this leaf to this root (RFC 9162 §2.1.3.2)?
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Is the log of the newer root a continuation of the log of the older root (RFC 9162 §2.1.4.2)?
pub fn verify_consistency(older: u64, older_root: &Hash, newer: u64, newer_root: &Hash, proof: &[Hash]) -> bool {
    if older == 0 || older > newer {
        return false;
    }
    if older == newer {
        return proof.is_empty() && older_root == newer_root;
    }
    let mut steps = proof.iter();
    let first = if older.is_power_of_two() {
        *older_root
    } else {
        match steps.next() {
            Some(hash) => *hash,
            None => return false,
        }
    };
    let (mut node, mut last) = (older - 1, newer - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old, mut new) = (first, first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old = node_hash(step, &old);
            new = node_hash(step, &new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new = node_hash(&new, step);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old == *older_root && new == *newer_root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leaf(i: u64) -> Hash {
        leaf_hash(&i.to_be_bytes())
    }

    /// RFC 9162 §2.1.1, word by word.
    fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [only] => *only,
            more => {
                let k = usize::try_from(largest_power_below(more.len() as u64)).expect("small");
                node_hash(&naive_root(&more[..k]), &naive_root(&more[k..]))
            }
        }
    }

    fn naive_path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() < 2 {
            return Vec::new();
        }
        let k = usize::try_from(largest_power_below(leaves.len() as u64)).expect("small");
        if m < k {
            let mut path = naive_path(m, &leaves[..k]);
            path.push(naive_root(&leaves[k..]));
            path
        } else {
            let mut path = naive_path(m - k, &leaves[k..]);
            path.push(naive_root(&leaves[..k]));
            path
        }
    }

    fn naive_consistency(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        if m == leaves.len() {
            return if whole { Vec::new() } else { vec![naive_root(leaves)] };
        }
        let k = usize::try_from(largest_power_below(leaves.len() as u64)).expect("small");
        if m <= k {
            let mut proof = naive_consistency(m, &leaves[..k], whole);
            proof.push(naive_root(&leaves[k..]));
            proof
        } else {
            let mut proof = naive_consistency(m - k, &leaves[k..], false);
            proof.push(naive_root(&leaves[..k]));
            proof
        }
    }

    struct Log {
        leaves: Vec<Hash>,
        tiles: Vec<Hash>,
        frontier: Frontier,
    }

    impl Log {
        fn of(n: u64) -> Self {
            let mut log = Self { leaves: Vec::new(), tiles: Vec::new(), frontier: Frontier::new() };
            for i in 0..n {
                log.leaves.push(leaf(i));
                log.tiles.extend(log.frontier.append(leaf(i)));
            }
            log
        }

        fn view(&self, size: usize, into: usize) -> LogView<'_> {
            let tail = size / 256 * 256;
            let open = into / 256 * 256;
            LogView {
                size: size as u64,
                tiles: &self.tiles,
                tail: &self.leaves[tail..size],
                opened: ((open / 256) as u64, &self.leaves[open..(open + 256).min(self.leaves.len())]),
            }
        }
    }

    #[test]
    fn known_hashes() {
        assert_eq!(hex::encode(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex::encode(leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        // Test vectors of the certificate-transparency reference tests: eight leaves.
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let leaves: Vec<Hash> = inputs.iter().map(|bytes| leaf_hash(bytes)).collect();
        assert_eq!(hex::encode(root_of(&leaves)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
        assert_eq!(hex::encode(root_of(&leaves[..7])), "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c");
    }

    #[test]
    fn tiles_complete_every_256_leaves() {
        let log = Log::of(1_000);
        assert_eq!(log.tiles.len(), 3);
        for (i, tile) in log.tiles.iter().enumerate() {
            assert_eq!(*tile, naive_root(&log.leaves[i * 256..(i + 1) * 256]));
        }
    }

    #[test]
    fn a_frontier_is_rebuilt_from_tiles_and_tail() {
        for n in [0, 1, 255, 256, 257, 511, 512, 1_000, 2_048, 70_000] {
            let log = Log::of(n);
            let tail = usize::try_from(n / 256 * 256).expect("small");
            assert_eq!(Frontier::rebuild(log.tiles.iter().copied(), &log.leaves[tail..]), Ok(log.frontier), "{n}");
        }
        assert_eq!(Frontier::rebuild([], &[[0; 32]; 256]), Err(ProofError::Tail(256)));
    }

    #[test]
    fn missing_parts_are_named() {
        let log = Log::of(1_000);
        let view = log.view(1_000, 300);
        assert_eq!(view.inclusion(1_000), Err(ProofError::Outside { asked: 1_000, size: 1_000 }));
        assert_eq!(LogView { tiles: &log.tiles[..2], ..view }.inclusion(300), Err(ProofError::Tile(2)));
        assert!(matches!(LogView { opened: (0, &[]), ..view }.inclusion(300), Err(ProofError::Leaves { .. })));
        assert_eq!(view.consistency(0), Err(ProofError::Outside { asked: 0, size: 1_000 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn the_frontier_has_the_naive_root(n in 0u64..1_400) {
            let log = Log::of(n);
            prop_assert_eq!(log.frontier.size(), n);
            prop_assert_eq!(log.frontier.root(), naive_root(&log.leaves));
        }

        #[test]
        fn inclusion_equals_the_definition_and_verifies(n in 1usize..1_400, at in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>()) {
            let log = Log::of(n as u64);
            let index = at.index(n);
            let view = log.view(n, index);
            let mut path = view.inclusion(index as u64).expect("proof");
            let root = log.frontier.root();
            prop_assert_eq!(&path, &naive_path(index, &log.leaves));
            prop_assert_eq!(view.root(), Ok(root));
            prop_assert!(verify_inclusion(&log.leaves[index], index as u64, n as u64, &path, &root));
            prop_assert!(!verify_inclusion(&leaf(u64::MAX), index as u64, n as u64, &path, &root));
            prop_assert!(n == 1 || !verify_inclusion(&log.leaves[index], (index as u64 + 1) % n as u64, n as u64, &path, &root));
            if !path.is_empty() {
                let i = flip.index(path.len());
                path[i][7] ^= 1;
                prop_assert!(!verify_inclusion(&log.leaves[index], index as u64, n as u64, &path, &root));
                path[i][7] ^= 1;
            }
            path.push([0; 32]);
            prop_assert!(!verify_inclusion(&log.leaves[index], index as u64, n as u64, &path, &root));
        }

        #[test]
        fn consistency_equals_the_definition_and_verifies(n in 1usize..1_400, at in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>()) {
            let log = Log::of(n as u64);
            let older = at.index(n) + 1;
            let mut proof = log.view(n, older).consistency(older as u64).expect("proof");
            prop_assert_eq!(&proof, &naive_consistency(older, &log.leaves, true));
            let (old_root, root) = (naive_root(&log.leaves[..older]), log.frontier.root());
            prop_assert!(verify_consistency(older as u64, &old_root, n as u64, &root, &proof));
            prop_assert!(!verify_consistency(older as u64, &leaf(u64::MAX), n as u64, &root, &proof));
            if !proof.is_empty() {
                let i = flip.index(proof.len());
                proof[i][0] ^= 0x80;
                prop_assert!(!verify_consistency(older as u64, &old_root, n as u64, &root, &proof));
            }
        }
    }
}
