//! Faulty traffic (差错报文): what partners send by mistake, and what clerks do about it.
//!
//! Wrong counts, cut files, wrong check digits, unknown voyages, duplicates, Chinese text in a Latin envelope: a small share of everything
//! sent. Most are put right soon, some are closed, and a few of the last day are left red for whoever looks at the demonstration.

use app::inbox::repair::{CloseMessage, Edit, RepairMessage};
use app::inbox::{MessageState, ReceiveMessage};
use app::{Principal, Role};

use crate::world::World;
use crate::{SimulationError, cast};

/// Of so many messages one has some fault.
const FAULTY_ONE_IN: i64 = 6;
/// Longest time a message waits before it is read, in milliseconds.
const READ_AFTER_MS: (i64, i64) = (35, 900);

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The segment count of UNT is wrong.
    Count,
    /// The message count of UNZ is wrong.
    Messages,
    /// The file was cut, and sent again.
    Cut,
    /// It was sent twice.
    Twice,
    /// A copy for a voyage that nobody announced.
    Voyage,
    /// A copy with Chinese text in GB 18030, for the same unknown voyage.
    Charset,
    /// A container number whose check digit is wrong.
    Digit,
}

const FAULTS: [Fault; 7] = [Fault::Count, Fault::Messages, Fault::Cut, Fault::Twice, Fault::Voyage, Fault::Charset, Fault::Digit];

/// A file with one place changed, and the edit that puts it right.
fn changed(bytes: &[u8], at: usize, length: usize, bad: &[u8]) -> Option<(Vec<u8>, Edit)> {
    let good = std::str::from_utf8(bytes.get(at..at + length)?).ok()?.to_owned();
    let made = [&bytes[..at], bad, &bytes[at + length..]].concat();
    Some((made, Edit { offset: at as u64, length: bad.len() as u64, text: good }))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The count of UNT or UNZ made wrong.
fn miscounted(bytes: &[u8], tag: &[u8]) -> Option<(Vec<u8>, Edit)> {
    let at = bytes.windows(tag.len()).rposition(|window| window == tag)? + tag.len();
    let length = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    let count: u64 = std::str::from_utf8(&bytes[at..at + length]).ok()?.parse().ok()?;
    changed(bytes, at, length, (count + 2).to_string().as_bytes())
}

/// The check digit of the first container made wrong.
fn misread(bytes: &[u8]) -> Option<(Vec<u8>, Edit)> {
    let at = find(bytes, b"EQD+CN+")? + 7 + 10;
    let digit = *bytes.get(at).filter(|b| b.is_ascii_digit())?;
    changed(bytes, at, 1, &[b'0' + (digit - b'0' + 3) % 10])
}

/// The voyage of TDT replaced by one that nobody announced, and the interchange given another reference.
fn other_voyage(bytes: &[u8]) -> Option<Vec<u8>> {
    let at = find(bytes, b"TDT+20+")? + 7;
    let length = bytes[at..].iter().take_while(|b| **b != b'+').count();
    let (made, _) = changed(bytes, at, length, b"999X")?;
    Some(made)
}

/// Chinese in GB 18030 where the carrier's name stands.
fn other_charset(bytes: &[u8]) -> Vec<u8> {
    const SHIP_GB18030: [u8; 8] = [0xbe, 0xa9, 0xba, 0xa3, 0xb7, 0xd6, 0xb9, 0xab];
    match find(bytes, b"DEMO LINE") {
        Some(at) => [&bytes[..at], &SHIP_GB18030, &bytes[at + 9..]].concat(),
        None => bytes.to_vec(),
    }
}

impl World {
    /// Sends a message as a partner's system does, now and then with a mistake, and has it read.
    pub async fn send(&mut self, sender: &str, bytes: Vec<u8>) -> Result<(), SimulationError> {
        if self.noise.between(1, FAULTY_ONE_IN) > 1 {
            return self.receive(sender, bytes).await.map(drop);
        }
        let fault = *self.noise.pick(&FAULTS);
        match fault {
            Fault::Count => self.send_and_mend(sender, bytes, |bytes| miscounted(bytes, b"UNT+"), "UNT 段数有误，已与发送方核对").await,
            Fault::Messages => self.send_and_mend(sender, bytes, |bytes| miscounted(bytes, b"UNZ+"), "UNZ 报文数有误，交换完整").await,
            Fault::Digit => self.send_and_mend(sender, bytes, misread, "箱号校验位录错，已核对实箱").await,
            Fault::Cut => {
                let cut = bytes[..bytes.len() * 2 / 3].to_vec();
                if let Some(id) = self.receive(sender, cut).await? {
                    self.close(sender, id, "传输中断，发送方已重发完整文件").await?;
                }
                self.receive(sender, bytes).await.map(drop)
            }
            Fault::Twice => {
                self.receive(sender, bytes.clone()).await?;
                self.receive(sender, bytes).await.map(drop)
            }
            Fault::Voyage | Fault::Charset => {
                let copy = other_voyage(&bytes).map(|copy| if matches!(fault, Fault::Charset) { other_charset(&copy) } else { copy });
                if let Some(copy) = copy
                    && let Some(id) = self.receive(sender, copy).await?
                    && (self.now() < self.visitors_from || self.noise.happens(0.5))
                {
                    self.close(sender, id, "航次号为测试数据，不处理").await?;
                }
                self.receive(sender, bytes).await.map(drop)
            }
        }
    }

    /// Sends a report whose count is wrong and leaves it to visitors: what it tells stays undone until somebody repairs it.
    pub async fn send_for_visitors(&mut self, sender: &str, bytes: Vec<u8>) -> Result<(), SimulationError> {
        let bad = miscounted(&bytes, b"UNT+").map_or(bytes, |(bad, _)| bad);
        self.receive(sender, bad).await.map(drop)
    }

    async fn receive(&mut self, sender: &str, bytes: Vec<u8>) -> Result<Option<String>, SimulationError> {
        let system = self.system(sender);
        let Some(message) = self.act(system.clone(), &ReceiveMessage { bytes, channel: "api".into() }).await? else { return Ok(None) };
        // It is read a moment after it came, as on a machine that has other things to do.
        let wait = self.noise.between(READ_AFTER_MS.0, READ_AFTER_MS.1);
        let ctx = self.context(system);
        let ctx = app::Context { at: ctx.at.plus_millis(wait), ..ctx };
        self.tally.commands += 2;
        self.app.process_message(&ctx, &message).await.map_err(SimulationError::platform("message.process"))?;
        Ok(Some(message))
    }

    /// Sends the broken file, and puts it right: the sender's own clerk, or the port's EDI desk.
    async fn send_and_mend(
        &mut self,
        sender: &str,
        bytes: Vec<u8>,
        breaks: impl Fn(&[u8]) -> Option<(Vec<u8>, Edit)>,
        reason: &str,
    ) -> Result<(), SimulationError> {
        let Some((bad, edit)) = breaks(&bytes) else { return self.receive(sender, bytes).await.map(drop) };
        let Some(id) = self.receive(sender, bad).await? else { return Ok(()) };
        if !self.look::<MessageState>(&id).await?.is_some_and(|state| state.unfinished()) {
            return Ok(());
        }
        let who = self.clerk(sender);
        let command = RepairMessage { id, expected_version: None, edits: vec![edit], reason: reason.into() };
        let Some(repaired) = self.act(who.clone(), &command).await? else { return Ok(()) };
        self.tally.commands += 1;
        let ctx = self.context(who);
        self.app.process_for_sender(&ctx, &repaired).await.map_err(SimulationError::platform("message.process"))
    }

    async fn close(&mut self, sender: &str, id: String, reason: &str) -> Result<(), SimulationError> {
        let who = self.clerk(sender);
        self.act(who, &CloseMessage { id, expected_version: None, reason: reason.into() }).await?;
        Ok(())
    }

    /// A clerk of the sender, or one of the port's EDI desk.
    fn clerk(&mut self, sender: &str) -> Principal {
        let desk = cast::all(Role::PortOffice).next().filter(|_| self.noise.happens(0.4)).map(|part| part.id);
        let organisation = desk.unwrap_or(sender).to_owned();
        self.somebody(&organisation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = b"UNB+UNOA:3+A+B+261126:0800+7'UNH+1+COARRI:D:95B:UN'TDT+20+061E+1'EQD+CN+ZZZU9900013+22G1'UNT+4+1'UNZ+1+7'";

    #[test]
    fn every_mistake_can_be_put_right() {
        for (bad, edit) in [miscounted(FILE, b"UNT+"), miscounted(FILE, b"UNZ+"), misread(FILE)].into_iter().flatten() {
            assert_ne!(bad, FILE);
            let (from, length) = (usize::try_from(edit.offset).expect("small"), usize::try_from(edit.length).expect("small"));
            assert_eq!([&bad[..from], edit.text.as_bytes(), &bad[from + length..]].concat(), FILE);
        }
        assert!(find(&other_voyage(FILE).expect("a voyage"), b"TDT+20+999X+1'").is_some());
        assert_eq!(other_charset(FILE), FILE, "nothing to put in its place");
    }
}
