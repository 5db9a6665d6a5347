//! Puts gathered bills together: numbers, parties, ports, and who holds how much.
//!
//! A bill's containers come from the SGP of its goods, from SGP or EQD under its CNI, and from EQD that refer to it. A container's
//! packages and mass are those told for it; what is left of the goods is divided evenly over containers that say nothing, and that
//! is reported, since it is an inference. Messages tell FCL cargo per box, and then nothing is inferred.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use app::exchange::BillRead;
use codes::{BillNumber, Mass};
use edifact::Segment;
use manifest::{BillContent, BillForm, Consignee, ManifestContainer, ManifestGoods, Party};

use crate::cargo::{Draft, Line, Named, Place, Split, Walk};
use crate::catalogue;
use crate::fields::{check_container, port};
use crate::report::{MessageReport, WHOLE, at};

const PACKAGE_KINDS: &str = include_str!("../data/package_rec21.tsv");

/// Makes the bills and reports what they lack. `header` is where faults of the whole message stand.
pub(crate) fn assemble<'m>(mut walk: Walk<'m>, header: &Segment<'m>, report: &mut MessageReport<'_>) -> Vec<BillRead> {
    let mut drafts = std::mem::take(&mut walk.bills);
    attach_by_reference(&mut walk, &mut drafts);
    let kinds: HashMap<&str, &str> = PACKAGE_KINDS.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t')).collect();
    // A port of the header is judged once, however many bills it serves.
    let inherited = |own: fn(&Draft<'m>) -> bool, place: &Option<Place<'m>>, report: &mut MessageReport<'_>| {
        let place = place.as_ref().filter(|_| drafts.iter().any(own))?;
        Some(port(&place.segment, report).unwrap_or_else(|| place.code.clone()))
    };
    let loading = inherited(|draft| draft.loading.is_none(), &walk.loading, report);
    let discharge = inherited(|draft| draft.discharge.is_none(), &walk.discharge, report);
    let mut assembly = Assembly { walk, kinds, loading, discharge, seen: HashMap::with_capacity(drafts.len()), carrier_reported: false };
    let bills = drafts.iter().map(|draft| assembly.bill(draft, header, report)).collect();
    for unused in assembly.walk.equipment.iter().filter(|equipment| !equipment.used && !equipment.empty) {
        let (zh, en) = (format!("集装箱 {} 未关联任何提运单。", unused.number), format!("Container {} is on no bill.", unused.number));
        report.add(&catalogue::CONTAINER_UNUSED, &unused.segment, at(2, 1), zh, en);
    }
    bills
}

/// Containers whose EQD group names a bill belong to it even without SGP.
fn attach_by_reference<'m>(walk: &mut Walk<'m>, drafts: &mut [Draft<'m>]) {
    if walk.equipment.iter().all(|equipment| equipment.bills.is_empty()) {
        return;
    }
    let numbered = drafts.iter().enumerate().filter_map(|(index, draft)| draft.bill_number().map(|(number, _)| (number, index)));
    let by_number: HashMap<String, usize> = numbered.collect();
    for equipment in &walk.equipment {
        for number in &equipment.bills {
            if let Some(draft) = by_number.get(number).and_then(|index| drafts.get_mut(*index)) {
                draft.links.push(Split { number: equipment.number.clone(), segment: equipment.segment, packages: None, gross: None });
            }
        }
    }
}

struct Assembly<'m> {
    walk: Walk<'m>,
    kinds: HashMap<&'static str, &'static str>,
    /// Ports of the header, for bills without their own.
    loading: Option<String>,
    discharge: Option<String>,
    /// Bill numbers met, with the segment number of the first.
    seen: HashMap<String, u32>,
    carrier_reported: bool,
}

/// What is known of one container of one bill.
struct Held<'m> {
    number: String,
    segment: Segment<'m>,
    packages: Option<u32>,
    gross: Option<Mass>,
}

impl<'m> Assembly<'m> {
    fn bill(&mut self, draft: &Draft<'m>, header: &Segment<'m>, report: &mut MessageReport<'_>) -> BillRead {
        let cni = &draft.segment;
        let number = self.number(draft, report);
        let carrier = draft.carrier.clone().or_else(|| self.walk.carrier.clone()).unwrap_or_default();
        if carrier.is_empty() && !self.carrier_reported {
            self.carrier_reported = true;
            report.add(&catalogue::CARRIER_MISSING, header, WHOLE, "报文没有给出承运人。", "The message does not name the carrier.");
        }
        let shipper = draft.shipper.clone().unwrap_or_else(|| {
            report.add(
                &catalogue::SHIPPER_MISSING,
                cni,
                WHOLE,
                format!("提运单 {number} 缺少发货人。"),
                format!("Bill {number} has no shipper."),
            );
            Named::default()
        });
        let consignee = draft.receiver().cloned().unwrap_or_else(|| {
            report.add(
                &catalogue::CONSIGNEE_MISSING,
                cni,
                WHOLE,
                format!("提运单 {number} 缺少收货人。"),
                format!("Bill {number} has no consignee."),
            );
            Named::default()
        });
        let loading = required_port(draft.loading.as_ref(), self.loading.as_ref(), "9", cni, &number, report);
        let discharge = required_port(draft.discharge.as_ref(), self.discharge.as_ref(), "11", cni, &number, report);
        let delivery = draft.delivery.as_ref().and_then(|place| port(&place.segment, report));
        let goods = self.goods(draft, &number, report);
        let containers = self.containers(draft, &goods, &number, report);
        let content = BillContent {
            carrier,
            shipper: Party { name: shipper.name, address: shipper.address },
            consignee: Consignee { uscc: consignee.uscc, name: consignee.name, org: None },
            notify: draft.notify.clone().map(|party| Party { name: party.name, address: party.address }),
            loading,
            discharge,
            delivery,
            onward: None,
            containers,
            goods,
        };
        BillRead {
            form: BillForm { number, content },
            segment: u64::from(cni.number()),
            offset: u64::try_from(cni.offset()).unwrap_or(u64::MAX),
        }
    }

    fn number(&mut self, draft: &Draft<'m>, report: &mut MessageReport<'_>) -> String {
        let Some((raw, place)) = draft.bill_number() else {
            let (zh, en) = ("提运单没有号码。", "The bill has no number.");
            report.add(&catalogue::BILL_NUMBER_MISSING, &draft.segment, WHOLE, zh, en);
            return String::new();
        };
        let field = match place.tag() {
            "RFF" => at(1, 2),
            _ => at(2, 1),
        };
        let number = match raw.parse::<BillNumber>() {
            Ok(number) => number.as_str().to_owned(),
            Err(fault) => {
                report.add(&catalogue::BILL_NUMBER, &place, field, format!("{}。", fault.zh()), format!("{fault}."));
                return raw;
            }
        };
        match self.seen.entry(number.clone()) {
            Entry::Vacant(free) => {
                free.insert(place.number());
            }
            Entry::Occupied(first) => {
                let first = first.get();
                let zh = format!("提运单号 {number} 在本报文中重复，首次出现于第 {first} 段。");
                let en = format!("Bill {number} appears twice in this message, first in segment {first}.");
                report.add(&catalogue::BILL_DUPLICATE, &place, field, zh, en);
            }
        }
        number
    }

    fn goods(&self, draft: &Draft<'m>, number: &str, report: &mut MessageReport<'_>) -> Vec<ManifestGoods> {
        if draft.goods.is_empty() {
            let (zh, en) = (format!("提运单 {number} 没有货物。"), format!("Bill {number} lists no goods."));
            report.add(&catalogue::NO_GOODS, &draft.segment, WHOLE, zh, en);
        }
        let single = draft.goods.len() == 1;
        draft.goods.iter().map(|line| self.line(line, draft, single, report)).collect()
    }

    fn line(&self, line: &Line<'m>, draft: &Draft<'m>, single: bool, report: &mut MessageReport<'_>) -> ManifestGoods {
        let gid = &line.segment;
        let packages = match line.packages.or_else(|| draft.packages.filter(|_| single).map(|count| (count, *gid))) {
            Some((0, place)) => {
                let field = if place.tag() == "PAC" { at(1, 1) } else { at(2, 1) };
                report.add(&catalogue::PACKAGES_ZERO, &place, field, "件数不能为 0。", "Packages are never zero.");
                0
            }
            Some((count, _)) => count,
            None => {
                report.add(&catalogue::PACKAGES_MISSING, gid, WHOLE, "货物缺少件数。", "The goods have no number of packages.");
                0
            }
        };
        let told = line.gross.or_else(|| summed(&line.splits)).or(draft.gross.filter(|_| single));
        let gross = told.or_else(|| self.boxed(line).filter(|_| single)).filter(|mass| !mass.is_zero());
        if gross.is_none() && !line.gross_faulty {
            report.add(&catalogue::WEIGHT_MISSING, gid, WHOLE, "货物缺少毛重。", "The goods have no gross mass.");
        }
        let description = line.described().unwrap_or_else(|| {
            report.add(&catalogue::DESCRIPTION_MISSING, gid, WHOLE, "货物缺少货名。", "The goods are not described.");
            String::new()
        });
        let package_kind =
            line.kind.as_ref().map(|kind| self.kinds.get(kind.as_str()).map_or_else(|| kind.clone(), |known| (*known).to_owned()));
        ManifestGoods {
            description,
            hs_code: line.hs_code.clone(),
            packages,
            package_kind,
            gross_kg: gross.unwrap_or_default(),
            un_no: line.un_no.clone(),
        }
    }

    /// Mass of the boxes that hold a line and nothing else: full containers are often weighed as such.
    fn boxed(&self, line: &Line<'m>) -> Option<Mass> {
        let described =
            |split: &Split<'m>| self.walk.equipment_by_number.get(&split.number).and_then(|index| self.walk.equipment.get(*index));
        let weighed = |split| described(split).filter(|equipment| !equipment.used).and_then(|equipment| equipment.gross);
        let masses: Option<Vec<Mass>> = line.splits.iter().map(weighed).collect();
        masses.filter(|masses| !masses.is_empty()).and_then(Mass::sum)
    }

    fn containers(
        &mut self,
        draft: &Draft<'m>,
        goods: &[ManifestGoods],
        number: &str,
        report: &mut MessageReport<'_>,
    ) -> Vec<ManifestContainer> {
        let mut held: Vec<Held<'m>> = Vec::new();
        let mut by_number: HashMap<&str, usize> = HashMap::new();
        let splits = draft.goods.iter().flat_map(|line| line.splits.iter()).chain(&draft.links);
        for split in splits {
            match by_number.entry(split.number.as_str()) {
                Entry::Vacant(free) => {
                    free.insert(held.len());
                    held.push(Held { number: split.number.clone(), segment: split.segment, packages: split.packages, gross: split.gross });
                }
                Entry::Occupied(known) => {
                    if let Some(one) = held.get_mut(*known.get()) {
                        one.packages = added(one.packages, split.packages, u32::saturating_add);
                        one.gross = added(one.gross, split.gross, |a, b| a.checked_add(b).unwrap_or(a));
                    }
                }
            }
        }
        if held.is_empty() {
            let (zh, en) = (format!("提运单 {number} 没有集装箱。"), format!("Bill {number} lists no container."));
            report.add(&catalogue::NO_CONTAINERS, &draft.segment, WHOLE, zh, en);
            return Vec::new();
        }
        self.fill_from_equipment(&mut held);
        self.fill_shares(&mut held, goods, &draft.segment, report);
        held.into_iter().map(|one| self.container(one, report)).collect()
    }

    /// A container that is described with a gross mass and that no bill used yet has this mass.
    fn fill_from_equipment(&self, held: &mut [Held<'m>]) {
        for one in held.iter_mut().filter(|one| one.gross.is_none()) {
            let described = self.walk.equipment_by_number.get(&one.number).and_then(|index| self.walk.equipment.get(*index));
            one.gross = described.filter(|equipment| !equipment.used).and_then(|equipment| equipment.gross);
        }
    }

    /// Divides what the containers do not tell themselves.
    fn fill_shares(&self, held: &mut [Held<'m>], goods: &[ManifestGoods], cni: &Segment<'m>, report: &mut MessageReport<'_>) {
        let packages: u64 = goods.iter().map(|line| u64::from(line.packages)).sum();
        let gross: u64 = goods.iter().map(|line| line.gross_kg.units()).fold(0, u64::saturating_add);
        let told_packages: u64 = held.iter().filter_map(|one| one.packages).map(u64::from).sum();
        let told_gross: u64 = held.iter().filter_map(|one| one.gross).map(Mass::units).fold(0, u64::saturating_add);
        let open_packages = held.iter().filter(|one| one.packages.is_none()).count();
        let open_gross = held.iter().filter(|one| one.gross.is_none()).count();
        let mut shares = shares(packages.saturating_sub(told_packages), open_packages);
        for one in held.iter_mut().filter(|one| one.packages.is_none()) {
            // A machine in parts: one package over two boxes still counts one in each.
            one.packages = shares.next().map(|share| u32::try_from(share).unwrap_or(u32::MAX).max(u32::from(packages > 0)));
        }
        let mut masses = self::shares(gross.saturating_sub(told_gross), open_gross);
        for one in held.iter_mut().filter(|one| one.gross.is_none()) {
            one.gross = masses.next().and_then(Mass::from_units);
        }
        if held.len() > 1 && (open_packages > 0 || open_gross > 0) {
            let (zh, en) = ("各箱件数或毛重由货物合计推算。", "Packages or mass of the containers were derived from the goods.");
            report.add(&catalogue::SHARE_DERIVED, cni, WHOLE, zh, en);
        }
    }

    fn container(&mut self, one: Held<'m>, report: &mut MessageReport<'_>) -> ManifestContainer {
        let described = self.walk.equipment_by_number.get(&one.number).copied().and_then(|index| self.walk.equipment.get_mut(index));
        let (size_type, seals) = match described {
            Some(equipment) => {
                equipment.used = true;
                (equipment.size_type.clone(), equipment.seals.clone())
            }
            None => {
                let zh = format!("SGP 中的集装箱 {} 没有 EQD。", one.number);
                let en = format!("Container {} of SGP is described by no EQD.", one.number);
                report.add(&catalogue::CONTAINER_WITHOUT_EQUIPMENT, &one.segment, at(1, 1), zh, en);
                check_container(&one.number, &one.segment, (1, 1), report);
                (String::new(), Vec::new())
            }
        };
        ManifestContainer {
            number: one.number,
            size_type,
            seals,
            gross_kg: one.gross.unwrap_or_default(),
            packages: one.packages.unwrap_or(0),
        }
    }
}

fn required_port(
    own: Option<&Place<'_>>,
    inherited: Option<&String>,
    qualifier: &str,
    cni: &Segment<'_>,
    number: &str,
    report: &mut MessageReport<'_>,
) -> String {
    match (own, inherited) {
        (Some(place), _) => port(&place.segment, report).unwrap_or_else(|| place.code.clone()),
        (None, Some(code)) => code.clone(),
        (None, None) => {
            let (zh, en) = (format!("提运单 {number} 缺少 LOC+{qualifier}。"), format!("Bill {number} has no LOC+{qualifier}."));
            report.add(&catalogue::PORT_MISSING, cni, WHOLE, zh, en);
            String::new()
        }
    }
}

/// Sum of masses, when every part tells one.
fn summed(splits: &[Split<'_>]) -> Option<Mass> {
    let masses: Option<Vec<Mass>> = splits.iter().map(|split| split.gross).collect();
    masses.filter(|masses| !masses.is_empty()).and_then(Mass::sum)
}

fn added<T>(one: Option<T>, other: Option<T>, add: impl Fn(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(a), Some(b)) => Some(add(a, b)),
        (Some(only), None) | (None, Some(only)) => Some(only),
        (None, None) => None,
    }
}

/// `total` in `parts` whole parts as even as can be, the larger first.
fn shares(total: u64, parts: usize) -> impl Iterator<Item = u64> {
    let count = u64::try_from(parts).unwrap_or(u64::MAX).max(1);
    let (each, more) = (total / count, total % count);
    (0..count).map(move |index| each + u64::from(index < more))
}
