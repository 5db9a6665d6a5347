//! The chain column: for each object of an event its number and how far back its former event lies. Varints of 7 bits, lowest first.

pub(super) use crate::limits::MARK_EVERY;

/// Appends one link of the chain. `back` is 0 for the object's first event.
pub(super) fn push(chain: &mut Vec<u8>, object: u64, back: u64) {
    for mut value in [object, back] {
        while value >= 0x80 {
            chain.push((value as u8 & 0x7f) | 0x80);
            value >>= 7;
        }
        chain.push(value as u8);
    }
}

/// How far back the former event of an object lies: `Some(0)` when there is none, `None` when the chain does not name the object.
pub(super) fn back(chain: &[u8], object: u64) -> Option<u64> {
    let mut rest = chain.iter();
    loop {
        let found = varint(&mut rest)?;
        let back = varint(&mut rest)?;
        if found == object {
            return Some(back);
        }
    }
}

/// All links: object numbers with how far back their former events lie. `None` when the bytes are not whole links.
pub(super) fn links(chain: &[u8]) -> Option<Vec<(u64, u64)>> {
    let mut rest = chain.iter();
    let mut found = Vec::new();
    while !rest.as_slice().is_empty() {
        found.push((varint(&mut rest)?, varint(&mut rest)?));
    }
    Some(found)
}

/// The objects that a chain names.
pub(super) fn objects(chain: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let mut rest = chain.iter();
    std::iter::from_fn(move || {
        let object = varint(&mut rest)?;
        varint(&mut rest)?;
        Some(object)
    })
}

fn varint(rest: &mut std::slice::Iter<'_, u8>) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *rest.next()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_again() {
        let mut chain = Vec::new();
        let links = [(0, 0), (1, 127), (128, 128), (u64::MAX, 1 << 40), (300, u64::MAX)];
        for (object, distance) in links {
            push(&mut chain, object, distance);
        }
        for (object, distance) in links {
            assert_eq!(back(&chain, object), Some(distance));
        }
        assert!(objects(&chain).eq(links.map(|(object, _)| object)));
        assert_eq!(back(&chain, 7), None);
        assert_eq!(back(&chain[..chain.len() - 1], 300), None);
        assert_eq!(back(&[0xff; 12], 1), None);
        assert_eq!(super::links(&chain), Some(links.to_vec()));
        assert_eq!(super::links(&chain[..chain.len() - 1]), None);
    }
}
