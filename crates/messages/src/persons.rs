//! Persons of PAXLST (船员旅客名单), read for the authority that asks: crew and passengers with what identifies them.

use app::exchange::PersonRead;
use edifact::Segment;

use crate::fields::{is, party_name, set, some, text};

/// Roles of persons (3035): FM crew, FL passenger, DDT crew in transit, DDU passenger in transit. As the WCO and IATA guide to PAXLST
/// has them; read from public summaries of it, not verified against its text.
///
/// The persons of the PAXLST messages of a file that have this document number, at most `limit`.
pub(crate) fn read(reading: &edifact::Reading<'_>, document: Option<&str>, limit: usize) -> Vec<PersonRead> {
    let mut persons: Vec<PersonRead> = Vec::new();
    for message in reading.messages().filter(|message| message.message_type().is_some_and(|kind| kind == "PAXLST")) {
        // One file may hold the lists of several ships.
        let begins = message.body().find(|segment| segment.tag() == "BGM");
        let number = begins.as_ref().and_then(|bgm| some(bgm, 2, 1)).unwrap_or_default();
        let taken_back = begins.as_ref().is_some_and(|bgm| ["1", "3", "17"].contains(&text(bgm, 3, 1).as_ref()));
        if taken_back || document.is_some_and(|document| !number.starts_with(document)) {
            continue;
        }
        // What stands before the first person speaks of the ship and of who answers for the list.
        let mut of_person = false;
        for segment in message.body() {
            match (segment.tag(), text(&segment, 1, 1).as_ref()) {
                ("NAD", role @ ("FM" | "FL" | "DDT" | "DDU")) => {
                    if persons.len() >= limit {
                        return persons;
                    }
                    of_person = true;
                    persons.push(PersonRead {
                        crew: ["FM", "DDT"].contains(&role),
                        name: party_name(&segment).unwrap_or_default(),
                        ..PersonRead::default()
                    });
                }
                ("NAD" | "TDT", _) => of_person = false,
                _ if of_person => {
                    if let Some(person) = persons.last_mut() {
                        detail(person, &segment);
                    }
                }
                _ => {}
            }
        }
    }
    persons
}

/// ATT 2 sex, DTM 329 birth, NAT 2 nationality, DOC the travel document, EMP or FTX CRW rank (D.05B and the WCO's guide to it).
fn detail(person: &mut PersonRead, segment: &Segment<'_>) {
    match segment.tag() {
        "ATT" if is(segment, 1, 1, "2") => set(&mut person.sex, some(segment, 3, 1)),
        "DTM" if is(segment, 1, 1, "329") => set(&mut person.birth, some(segment, 1, 2)),
        "NAT" if is(segment, 1, 1, "2") => set(&mut person.nationality, some(segment, 2, 1)),
        "DOC" => {
            let number = some(segment, 2, 1).map(|number| (text(segment, 1, 1).to_string(), number));
            set(&mut person.document, number);
        }
        "EMP" => set(&mut person.rank, some(segment, 3, 4).or_else(|| some(segment, 3, 1))),
        "FTX" if is(segment, 1, 1, "CRW") => set(&mut person.rank, some(segment, 4, 1)),
        _ => {}
    }
}
