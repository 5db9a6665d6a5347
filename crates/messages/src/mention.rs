//! What a message names: ship, voyage, bills, boxes and papers, wherever they stand. It asks nothing of the message's type, so that a
//! message nobody here knows is still found by its boxes.

use std::collections::HashSet;

use app::exchange::Mentions;
use edifact::Segment;

use crate::fields::{container_number, is, set, some, take_transport, text};

/// Most bills, boxes or papers gathered of one message; more than one ship carries.
pub(crate) const GATHERED_MAX: usize = 100_000;

/// Gathers the names of a message.
pub(crate) fn of(body: &[Segment<'_>]) -> Mentions {
    let mut mentions = Mentions::default();
    let mut seen = HashSet::new();
    let mut add = |list: &mut Vec<String>, value: Option<String>| {
        if let Some(value) = value.filter(|value| list.len() < GATHERED_MAX && seen.insert(value.clone())) {
            list.push(value);
        }
    };
    let (mut masters, mut houses) = (None, None);
    for segment in body {
        match segment.tag() {
            "TDT" if matches!(text(segment, 1, 1).as_ref(), "20" | "12" | "11" | "") => {
                take_transport(segment, &mut mentions.call);
            }
            "BGM" => add(&mut mentions.references, some(segment, 2, 1)),
            "EQD" if is(segment, 1, 1, "CN") => add(&mut mentions.containers, number(segment, 2)),
            "SGP" => add(&mut mentions.containers, number(segment, 1)),
            "RFF" => match (text(segment, 1, 1).as_ref(), some(segment, 1, 2)) {
                ("VON", value) => set(&mut mentions.call.voyage, value),
                ("VM", value) => set(&mut mentions.call.ship_name, value),
                ("BM", value) => add(&mut mentions.bills, value),
                ("MB", value) => {
                    masters.clone_from(&value);
                    add(&mut mentions.bills, value);
                }
                ("BH" | "HWB", value) => {
                    houses.clone_from(&value);
                    add(&mut mentions.bills, value);
                }
                // Booking, release, order, declaration, consignment and delivery order numbers.
                ("BN" | "RE" | "ON" | "ABT" | "ABE" | "CN" | "AAJ" | "FF" | "SI" | "CU" | "ACW" | "AGO", value) => {
                    add(&mut mentions.references, value);
                }
                _ => {}
            },
            "CNI" => {
                (masters, houses) = (None, None);
                add(&mut mentions.bills, some(segment, 2, 1));
            }
            "DOC" if matches!(text(segment, 1, 1).as_ref(), "703" | "704" | "705" | "706" | "707" | "710" | "714") => {
                add(&mut mentions.bills, some(segment, 2, 1));
            }
            _ => {}
        }
        if let (Some(master), Some(house)) = (&masters, &houses) {
            // How a house bill is declared (Announcement 60/2018).
            add(&mut mentions.bills, Some(format!("{master}*{house}")));
        }
    }
    mentions
}

fn number(segment: &Segment<'_>, element: usize) -> Option<String> {
    some(segment, element, 1).map(|raw| container_number(&raw))
}
