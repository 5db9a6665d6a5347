//! Ships and what they carry, drawn from chance. Nothing here touches the platform.

use app::Role;
use codes::tariff::{self, TariffLine};
use codes::{ContainerNumber, ImoNumber, Mass};
use ledger::Timestamp;
use manifest::{BillContent, BillForm, Consignee, ManifestContainer, ManifestGoods, Party};
use port_call::AnnounceCall;

use crate::cast::{self, Part};
use crate::chance::Chance;

/// Ends the voyage of calls that are left to visitors: the generator sends no manifest for them.
const VISITORS_VOYAGE: char = 'V';

/// Names of ships.
const SHIPS: [&str; 20] = [
    "AURIGA",
    "BOREALIS",
    "CASSIOPEIA",
    "DELPHINUS",
    "ERIDANUS",
    "FORNAX",
    "GALATEA",
    "HALCYON",
    "INDUS",
    "JUNIPER",
    "KESTREL",
    "LYRA",
    "MERIDIAN",
    "NAUTILUS",
    "ORION",
    "PEGASUS",
    "QUASAR",
    "REGULUS",
    "SAGITTA",
    "TUCANA",
];

/// Ports of loading with the country code of declarations.
const ORIGINS: [(&str, &str); 12] = [
    ("KRPUS", "KOR"),
    ("JPYOK", "JPN"),
    ("JPOSA", "JPN"),
    ("SGSIN", "SGP"),
    ("VNSGN", "VNM"),
    ("THLCH", "THA"),
    ("MYPKG", "MYS"),
    ("USLAX", "USA"),
    ("USLGB", "USA"),
    ("DEHAM", "DEU"),
    ("NLRTM", "NLD"),
    ("KRINC", "KOR"),
];

/// Shippers abroad.
const SHIPPERS: [&str; 6] = [
    "DEMO PACIFIC EXPORTS",
    "DEMO NORTHERN MILLS",
    "DEMO RIVER FOODS",
    "DEMO HARBOUR MACHINERY",
    "DEMO COASTAL POLYMERS",
    "DEMO HIGHLAND TEXTILES",
];

/// Headings that each trader buys, by the beginning of the goods code.
const BUYS: [(&str, &[&str]); 5] = [
    ("trader-aurora", &["84", "85", "90", "87", "94"]),
    ("trader-birch", &["39", "29", "38", "40", "48"]),
    ("trader-cedar", &["0203", "0303", "0402", "0703", "0810", "2009", "2204", "2208"]),
    ("trader-delta", &["52", "61", "62", "64", "33"]),
    ("trader-ember", &["7204", "4403", "4407", "4703", "39"]),
];

/// The country of a port of loading, as declarations write it.
pub(crate) fn country_of(port: &str) -> &'static str {
    ORIGINS.iter().find(|(code, _)| *code == port).map_or("KOR", |(_, country)| country)
}

/// The goods of the tariff that a trader buys.
fn lines_of(trader: &str) -> Vec<TariffLine> {
    let prefixes = BUYS.iter().find(|(id, _)| *id == trader).map_or(&[][..], |(_, prefixes)| *prefixes);
    let bought: Vec<TariffLine> = tariff::lines().filter(|line| prefixes.iter().any(|p| line.code.starts_with(p))).collect();
    if bought.is_empty() {
        tariff::lines().filter(|line| line.code.starts_with("39") || line.code.starts_with("84")).collect()
    } else {
        bought
    }
}

/// A ship call as its agent announces it.
pub(crate) fn call(serial: u64, agent: &Part, terminal: &Part, eta: Timestamp, for_visitors: bool) -> AnnounceCall {
    let index = usize::try_from(serial).unwrap_or(0) % SHIPS.len();
    let end = if for_visitors { VISITORS_VOYAGE } else { 'E' };
    AnnounceCall {
        ship_name: format!("DEMO {}", SHIPS[index]),
        imo: ImoNumber::synthetic(u32::try_from(index).unwrap_or(0) + 1).to_string(),
        voyage_in: format!("{serial:04}{end}"),
        voyage_out: Some(format!("{serial:04}W")),
        flag: Some("SG".into()),
        agent: agent.id.to_owned(),
        terminal: terminal.id.to_owned(),
        berth: Some(format!("{}{}", if terminal.id.ends_with("east") { 'E' } else { 'W' }, serial % 4 + 1)),
        eta,
    }
}

/// Is a call left to visitors?
pub(crate) fn is_for_visitors(voyage: &str) -> bool {
    voyage.ends_with(VISITORS_VOYAGE)
}

/// Numbers that nobody else uses.
pub(crate) struct Serials {
    /// First bill.
    pub bill: u64,
    /// First container.
    pub container: u64,
}

/// The bills of a manifest with about this many containers.
pub(crate) fn bills(chance: &mut Chance, agent: &Part, port: &str, containers: u64, mut serials: Serials) -> Vec<BillForm> {
    let carrier = format!("DEMO {} LINE", agent.en.split_whitespace().nth(1).unwrap_or("SEA").to_uppercase());
    let mut bills = Vec::new();
    let mut left = containers;
    while left > 0 {
        let count = u64::try_from(*chance.pick(&[1, 1, 1, 2, 2, 3])).unwrap_or(1).min(left);
        left -= count;
        let trader = trader(chance);
        let content = content(chance, trader, &carrier, port, serials.container, count);
        bills.push(BillForm { number: format!("DM{}{:08}", carrier.as_bytes()[5] as char, serials.bill), content });
        serials.bill += 1;
        serials.container += count;
    }
    bills
}

/// Consignees: the better the grade, the larger the share.
fn trader(chance: &mut Chance) -> &'static Part {
    let id = *chance.pick(&[
        "trader-aurora",
        "trader-aurora",
        "trader-aurora",
        "trader-aurora",
        "trader-birch",
        "trader-birch",
        "trader-birch",
        "trader-cedar",
        "trader-cedar",
        "trader-delta",
        "trader-delta",
        "trader-ember",
    ]);
    cast::of(id).or_else(|| cast::all(Role::Trader).next()).unwrap_or(&cast::CAST[0])
}

/// A bill of a foreign forwarder whose boxes go on to another port. Nobody here receives them.
pub(crate) fn onward_bill(chance: &mut Chance, port: &str, next: &str, serial: u64, first: u64, count: u64) -> BillForm {
    let buyer = trader(chance);
    let mut content = content(chance, buyer, "DEMO FEEDER LINE", port, first, count);
    content.consignee = Consignee { uscc: None, name: "DEMO OVERSEAS FORWARDING".into(), org: None };
    content.notify = None;
    content.delivery = Some(next.to_owned());
    content.onward = Some(next.to_owned());
    BillForm { number: format!("DMT{serial:08}"), content }
}

fn content(chance: &mut Chance, trader: &Part, carrier: &str, port: &str, first: u64, count: u64) -> BillContent {
    let lines = lines_of(trader.id);
    let line = *chance.pick(&lines);
    let chilled = ["02", "03", "07", "08"].iter().any(|p| line.code.starts_with(p));
    let loading = chance.pick(&ORIGINS).0;
    let mut containers = Vec::new();
    let (mut kg, mut packages) = (0_u64, 0_u32);
    for index in 0..count {
        let size_type = if chilled { "45R1" } else { *chance.pick(&["22G1", "42G1", "45G1", "45G1"]) };
        let gross = u64::try_from(chance.between(60, 240)).unwrap_or(60) * 100;
        let pieces = u32::try_from(chance.between(20, 900)).unwrap_or(20);
        kg += gross;
        packages += pieces;
        let number = ContainerNumber::synthetic(u32::try_from((first + index) % 20_000_000).unwrap_or(0)).to_string();
        containers.push(ManifestContainer {
            number,
            size_type: size_type.to_owned(),
            seals: vec![format!("DS{:07}", (first + index) % 10_000_000)],
            gross_kg: Mass::from_kg(gross).unwrap_or_default(),
            packages: pieces,
        });
    }
    let goods = vec![ManifestGoods {
        description: line.en.to_uppercase(),
        hs_code: Some(line.code.to_owned()),
        packages,
        // The message carries the UN/ECE code of a carton; the platform keeps the national code.
        package_kind: Some("CT".into()),
        gross_kg: Mass::from_kg(kg).unwrap_or_default(),
        un_no: None,
    }];
    BillContent {
        carrier: carrier.to_owned(),
        shipper: Party { name: format!("{} {}", chance.pick(&SHIPPERS), country_of(loading)), address: Some("1 DEMO STREET".into()) },
        consignee: Consignee { uscc: trader.uscc(), name: trader.en.to_uppercase(), org: None },
        notify: Some(Party { name: trader.en.to_uppercase(), address: Some("DEMO BUILDING 2".into()) }),
        loading: loading.to_owned(),
        discharge: port.to_owned(),
        delivery: Some(port.to_owned()),
        onward: None,
        containers,
        goods,
    }
}

/// A place in a yard.
pub(crate) fn position(chance: &mut Chance, terminal: &str) -> String {
    let yard = if terminal.ends_with("east") { 'E' } else { 'W' };
    let block = char::from(b'A' + u8::try_from(chance.between(0, 7)).unwrap_or(0));
    format!("{yard}{block}-{:02}-{:02}-{}", chance.between(1, 40), chance.between(1, 12), chance.between(1, 5))
}

/// The plate of a truck of a haulier. Letters of no region issue these series; synthetic.
pub(crate) fn plate(chance: &mut Chance) -> String {
    format!("浙B{:05}", chance.between(10_000, 99_999))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_hold_what_was_asked_for_and_have_no_faults() {
        let agent = cast::of("agent-blue").expect("cast");
        for seed in 0..20 {
            let bills = bills(&mut Chance::new(seed), agent, "CNNGB", 40, Serials { bill: 1, container: 1 });
            assert_eq!(bills.iter().map(|b| b.content.containers.len()).sum::<usize>(), 40);
            for bill in &bills {
                let found = manifest::check_bill(&bill.content, Timestamp::from_millis(1_795_000_000_000));
                let faults: Vec<_> = found.iter().filter(|f| f.code != "bill-package-kind-unknown").collect();
                assert!(faults.is_empty(), "{faults:?}");
            }
        }
    }
}
