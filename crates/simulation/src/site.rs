//! What officers bring from the inspection site by phone, and the closing of the day.

use app::daily::CloseDay;
use app::declarations::KeepAttachment;
use app::field::RecordInField;
use app::inbox::sha256_hex;
use clearance::{Why, usual_reason};
use inspection::{Authority, Checked, FieldOrderKind, FieldResult, Resulted, SubjectKind};

use crate::chance::stable;
use crate::world::World;
use crate::{SimulationError, cast};

const CUSTOMS_ID: &str = "customs-demo";
/// Of how many results one is written down at the site.
const BY_PHONE_ONE_IN: u64 = 3;
/// Of how many of these the other officer wrote one down as well, without a line.
const TWICE_ONE_IN: u64 = 4;
/// Hour of the port's clock at which a day is closed.
const CLOSING_HOUR: u32 = 18;
/// The picture, pixels.
const WIDTH: usize = 96;
const HEIGHT: usize = 72;

impl World {
    /// Writes a result down with a phone, photo and signature included; `false` when this one is written at a desk.
    pub async fn written_by_phone(&mut self, number: &str, id: &str, result: &Resulted) -> Result<bool, SimulationError> {
        let lot = stable(number);
        let [first, second, ..] = result.officers.as_slice() else { return Ok(false) };
        if !lot.is_multiple_of(BY_PHONE_ONE_IN) {
            return Ok(false);
        }
        let taken = self.brought(first, 1, id, result).await?;
        if taken && (lot / BY_PHONE_ONE_IN).is_multiple_of(TWICE_ONE_IN) {
            self.brought(second, 2, id, result).await?;
        }
        Ok(taken)
    }

    async fn brought(&mut self, officer: &str, copy: u8, id: &str, result: &Resulted) -> Result<bool, SimulationError> {
        let Some(customs) = cast::of(CUSTOMS_ID) else { return Ok(false) };
        let who = customs.principal(&self.app, officer.to_owned(), false);
        let lot = stable(id) ^ u64::from(copy);
        let mut kept = Vec::new();
        for bytes in [picture(lot, false), picture(lot, true)] {
            let Some(sha256) = self.act(who.clone(), &KeepAttachment { media_type: "image/png".into(), bytes }).await? else {
                return Ok(false);
            };
            kept.push(sha256);
        }
        let (checklist, _) = self.app.port().joint.checklist(SubjectKind::Goods, Authority::Customs);
        let clean = result.result == inspection::Outcome::Pass;
        let last = checklist.len().saturating_sub(1);
        let command = RecordInField {
            id: sha256_hex(format!("field {id} {copy}").as_bytes())[..app::field::RECORD_ID_LENGTH].to_owned(),
            user: officer.to_owned(),
            order_kind: FieldOrderKind::Inspection,
            order: id.to_owned(),
            container: None,
            checks: checklist.into_iter().enumerate().map(|(at, item)| Checked { code: item.code, ok: clean || at != last }).collect(),
            note: result.findings.clone(),
            photos: kept.drain(..1).collect(),
            signature: kept.pop(),
            result: Some(FieldResult::Inspection {
                outcome: result.result,
                disposition: result.disposition.clone(),
                method: result.method,
                seal_new: result.seal_new.clone(),
                officers: result.officers.clone(),
            }),
            recorded_at: self.now().plus_minutes(-4),
            sent_at: self.now(),
        };
        Ok(self.act(who, &command).await?.is_some())
    }

    /// Customs closes the day, with the reason that usually fits. The last day of a history is left to visitors.
    pub async fn close_day(&mut self) -> Result<(), SimulationError> {
        let offset = self.app.port().utc_offset_minutes;
        let (now, (_, _, _, hour, ..)) = (self.now(), self.now().civil(offset));
        if hour != CLOSING_HOUR || now.day_start(offset).plus_days(1) > self.closes_until {
            return Ok(());
        }
        let Some(customs) = cast::of(CUSTOMS_ID) else { return Ok(()) };
        let who = customs.principal(&self.app, customs.person(), false);
        let board = self.app.daily_board(&self.context(who.clone())).await.map_err(SimulationError::platform("daily.read"))?;
        let groups = board.rows.into_iter().map(|row| {
            let reason = usual_reason(&row.group.kind, &row.group.status, row.group.action.as_deref()).to_owned();
            (row.group, Why { reason, note: String::new() })
        });
        let close = CloseDay { day: now.day(offset), groups: groups.collect(), cases: Vec::new() };
        self.act(who, &close).await?;
        Ok(())
    }
}

/// A small PNG: the doors of a box in colours of its own, or some strokes of a pen. Synthetic, and not compressed.
fn picture(lot: u64, signature: bool) -> Vec<u8> {
    let shade = |at: u32| u8::try_from(lot >> at & 0x7f).unwrap_or(0);
    let (red, green, blue) = (shade(0) / 2 + 40, shade(8) + 60, shade(16) + 80);
    let mut raw = Vec::with_capacity(HEIGHT * (WIDTH * 3 + 1));
    for y in 0..HEIGHT {
        raw.push(0);
        for x in 0..WIDTH {
            let pixel = if signature {
                let wave = 36 + usize::try_from(lot % 7).unwrap_or(0) + x * 5 % 23;
                if y.abs_diff(wave) < 2 { [31, 42, 46] } else { [255, 255, 255] }
            } else if x % 48 == 0 || y == 8 || y == HEIGHT - 8 {
                [40, 40, 40]
            } else if x % 12 < 2 {
                [red / 2, green / 2, blue / 2]
            } else {
                [red, green, blue]
            };
            raw.extend_from_slice(&pixel);
        }
    }
    png(&raw)
}

fn png(raw: &[u8]) -> Vec<u8> {
    let number = |n: usize| u32::try_from(n).unwrap_or(0).to_be_bytes();
    let mut header = [number(WIDTH), number(HEIGHT)].concat();
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    // One stored block of a zlib stream.
    let length = u16::try_from(raw.len()).unwrap_or(0);
    let mut data = vec![0x78, 0x01, 1];
    data.extend_from_slice(&length.to_le_bytes());
    data.extend_from_slice(&(!length).to_le_bytes());
    data.extend_from_slice(raw);
    let (low, high) = raw.iter().fold((1u32, 0u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    data.extend_from_slice(&((high << 16) | low).to_be_bytes());
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, body) in [(b"IHDR", header.as_slice()), (b"IDAT", data.as_slice()), (b"IEND", &[])] {
        let named = [kind.as_slice(), body].concat();
        file.extend_from_slice(&number(body.len()));
        file.extend_from_slice(&named);
        file.extend_from_slice(&checksum(&named).to_be_bytes());
    }
    file
}

/// CRC-32 of ISO 3309, as PNG wants it.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_a_png_with_its_checksums() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926, "the check value of CRC-32");
        for signature in [false, true] {
            let bytes = picture(42, signature);
            assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
            assert!(bytes.ends_with(b"IEND\xae\x42\x60\x82"));
        }
        assert_ne!(picture(1, false), picture(2, false));
    }
}
