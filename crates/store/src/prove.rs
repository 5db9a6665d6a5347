//! Receipts and consistency proofs from any [`LedgerReader`].

use ledger::merkle::{Hash, LogView, TILE_LEAVES};
use ledger::receipt::Receipt;

use crate::{LedgerReader, StoreError};

/// Tile roots read at once.
const TILES_AT_ONCE: u32 = 4_096;

/// What a proof over a log of some size needs.
struct Parts {
    tiles: Vec<Hash>,
    tail: Vec<Hash>,
    opened: (u64, Vec<Hash>),
}

impl Parts {
    /// Reads the tiles and tail of a log of `size`, and the leaves of the tile into which `index` falls.
    async fn read(ledger: &dyn LedgerReader, port: &str, size: u64, index: u64) -> Result<Self, StoreError> {
        let complete = size / TILE_LEAVES;
        let mut tiles = Vec::new();
        while (tiles.len() as u64) < complete {
            let read = ledger.tiles(port, tiles.len() as u64, TILES_AT_ONCE).await?;
            if read.is_empty() {
                break;
            }
            tiles.extend(read.into_iter().map(|(_, root)| root));
        }
        let tail = leaves(ledger, port, complete * TILE_LEAVES, size).await?;
        let tile = index / TILE_LEAVES;
        let opened = if tile < complete { leaves(ledger, port, tile * TILE_LEAVES, (tile + 1) * TILE_LEAVES).await? } else { Vec::new() };
        Ok(Self { tiles, tail, opened: (tile, opened) })
    }

    fn view(&self, size: u64) -> LogView<'_> {
        LogView { size, tiles: &self.tiles, tail: &self.tail, opened: (self.opened.0, &self.opened.1) }
    }
}

async fn leaves(ledger: &dyn LedgerReader, port: &str, from: u64, to: u64) -> Result<Vec<Hash>, StoreError> {
    let wanted = u32::try_from(to - from).unwrap_or(u32::MAX);
    if wanted == 0 {
        return Ok(Vec::new());
    }
    Ok(ledger.leaves(port, from, wanted).await?.into_iter().map(|(_, _, leaf)| leaf).collect())
}

/// The receipt of the event at a position, under the newest head. `None` when there is no such event.
///
/// # Errors
/// What the store answers, and [`StoreError::Failed`] when the ledger lacks a part that the proof needs.
pub async fn receipt(ledger: &dyn LedgerReader, port: &str, position: u64, public_key_pem: &str) -> Result<Option<Receipt>, StoreError> {
    let Some(head) = ledger.head(port).await?.filter(|head| position < head.size) else { return Ok(None) };
    let Some((_, bytes, _)) = ledger.leaves(port, position, 1).await?.into_iter().find(|(at, _, _)| *at == position) else {
        return Ok(None);
    };
    let event = String::from_utf8(bytes).map_err(|fault| StoreError::Failed(Box::new(fault)))?;
    let parts = Parts::read(ledger, port, head.size, position).await?;
    let path = parts.view(head.size).inclusion(position).map_err(|fault| StoreError::Failed(Box::new(fault)))?;
    Ok(Some(Receipt::new(port, event, position, &path, head, public_key_pem.to_owned())))
}

/// Proof that the log of the newer size continues the log of the older one; `None` when the older is empty or not older.
///
/// # Errors
/// As for [`receipt`].
pub async fn consistency(ledger: &dyn LedgerReader, port: &str, older: u64, newer: u64) -> Result<Option<Vec<Hash>>, StoreError> {
    if older == 0 || older > newer {
        return Ok(None);
    }
    let parts = Parts::read(ledger, port, newer, older - 1).await?;
    parts.view(newer).consistency(older).map(Some).map_err(|fault| StoreError::Failed(Box::new(fault)))
}
