//! Trains, their papers and waybills.

use codes::{Flow, Mass};
use ledger::{Aggregate, Refusal, Timestamp};
use manifest::*;

fn at(hour: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).plus_hours(hour)
}

fn fold<A: Aggregate>(state: Option<A>, events: &[A::Event], at: Timestamp) -> Option<A> {
    events.iter().fold(state, |state, event| Some(A::apply(state, event, at).expect("an event in order")))
}

fn train(flow: Flow) -> Conveyance {
    let plan = ConveyancePlan {
        mode: TransportMode::Rail,
        flow,
        number: "X8024".into(),
        day: "2026-11-27".into(),
        origin: "Khorgos".into(),
        destination: "Lianyungang".into(),
        border: Some("Khorgos".into()),
        place: Some("CNLYG230132".into()),
        expected_at: at(0),
    };
    assert_eq!(plan.id(), format!("T-X8024-20261127-{}", flow.ie_flag()));
    let planned = ConveyancePlanned { plan, agent: "agent".into(), terminal: "yard".into(), district: "2301".into() };
    let events = decide_plan_conveyance(None, planned).expect("planned");
    fold(None, &events, at(0)).expect("a train")
}

fn line(waybill: &str, container: &str, packages: u32) -> SheetLine {
    let unit = CargoUnit { container: Some(container.into()), packages: Some(packages), ..CargoUnit::default() };
    SheetLine { waybill: waybill.into(), unit, note: None }
}

fn report(sheet: SheetKind, lines: Vec<SheetLine>) -> SheetReported {
    SheetReported { sheet, lines, place: None, began_at: None, ended_at: Some(at(3)), by: "yard".into(), message: None }
}

fn code<T: std::fmt::Debug>(answer: Result<T, Refusal>) -> &'static str {
    answer.expect_err("refused").code
}

fn listed(state: Conveyance) -> Conveyance {
    let command = ConveyanceManifested { waybills: vec!["W1".into(), "W2".into()], message: None };
    let events = decide_manifest_conveyance(&state, command).expect("manifested");
    fold(Some(state), &events, at(1)).expect("a train")
}

#[test]
fn the_papers_of_an_import_are_submitted_when_manifest_arrival_and_tally_are_there() {
    let state = train(Flow::Import);
    assert_eq!(code(decide_submit_papers(&state)), "papers-missing");
    assert_eq!(state.needed(), [PaperKind::Manifest, PaperKind::Arrival, PaperKind::ImportTally]);
    assert_eq!(state.work_row("T").action.as_deref(), Some("manifest-train"));
    let state = listed(state);
    let state =
        fold(Some(state.clone()), &decide_arrive_conveyance(&state, ConveyanceArrived { at: at(2) }).expect("arrived"), at(2)).unwrap();
    assert_eq!((state.work_row("T").action.as_deref(), state.work_row("T").owner.as_deref()), (Some("tally-train"), Some("yard")));
    let tallied = decide_report_sheet(&state, report(SheetKind::ImportTally, vec![line("W1", "ZZZU0000017", 1)])).expect("tallied");
    let state = fold(Some(state), &tallied, at(3)).unwrap();
    let submitted = decide_submit_papers(&state).expect("complete");
    let state = fold(Some(state), &submitted, at(4)).unwrap();
    assert_eq!((state.status(), state.work_row("T").action.as_deref()), ("in-review", Some("review-papers")));
    assert_eq!(code(decide_submit_papers(&state)), "papers-submitted");
    // What differs is accepted with a word on it alone.
    let accept = |note: Option<&str>| PapersAccepted { officer: "officer-a".into(), note: note.map(Into::into) };
    assert_eq!(code(decide_accept_papers(&state, accept(None), 1)), "papers-differ");
    let accepted = decide_accept_papers(&state, accept(Some("weighed again")), 1).expect("accepted");
    let accepted = fold(Some(state.clone()), &accepted, at(5)).unwrap();
    assert!(accepted.status() == "accepted" && accepted.work_row("T").closed_at == Some(at(5)));
    // A sheet that changes afterwards opens the review again.
    let more = decide_report_sheet(&accepted, report(SheetKind::ImportTally, vec![line("W2", "ZZZU0000022", 1)])).expect("tallied");
    assert_eq!(fold(Some(accepted), &more, at(6)).unwrap().review, Review::Open);
    // Or they go back with the reason, to whoever sent the manifest.
    let returned =
        decide_return_papers(&state, PapersReturned { officer: "officer-a".into(), reason: "W2 is missing".into() }).expect("returned");
    let returned = fold(Some(state), &returned, at(5)).unwrap();
    assert_eq!((returned.status(), returned.work_row("T").owner.as_deref()), ("returned", Some("agent")));
    assert!(decide_submit_papers(&returned).is_ok());
}

#[test]
fn a_sheet_belongs_to_its_direction_and_its_lines_are_kept_once() {
    let state = listed(train(Flow::Import));
    assert_eq!(code(decide_report_sheet(&state, report(SheetKind::ExportTally, vec![line("W1", "A", 1)]))), "conveyance-flow");
    let first = decide_report_sheet(&state, report(SheetKind::ImportTally, vec![line("W1", "A", 1), line("W1", "B", 1)])).expect("told");
    let state = fold(Some(state), &first, at(1)).unwrap();
    assert_eq!(code(decide_report_sheet(&state, report(SheetKind::ImportTally, vec![line("W1", "A", 1)]))), "sheet-repeated");
    let corrected = decide_report_sheet(&state, report(SheetKind::ImportTally, vec![line("W1", "A", 2)])).expect("corrected");
    let state = fold(Some(state), &corrected, at(2)).unwrap();
    assert_eq!(state.lines(SheetKind::ImportTally).iter().map(|l| l.unit.packages).collect::<Vec<_>>(), [Some(2), Some(1)]);
    let delete = |unit: &str| SheetDeleted {
        sheet: SheetKind::ImportTally,
        lines: vec![LineKey { waybill: "W1".into(), unit: unit.into() }],
        by: "yard".into(),
        message: None,
    };
    assert_eq!(code(decide_delete_sheet(&state, delete("C"))), "sheet-line-unknown");
    let gone = decide_delete_sheet(&state, delete("")).expect("all lines of the waybill");
    assert!(fold(Some(state), &gone, at(3)).unwrap().lines(SheetKind::ImportTally).is_empty());
    let full: Vec<SheetLine> = (0..SHEET_LINES_MAX).map(|n| line("W1", &format!("B{n}"), 1)).collect();
    let state = listed(train(Flow::Import));
    let events = decide_report_sheet(&state, report(SheetKind::ImportTally, full)).expect("at the limit");
    let state = fold(Some(state), &events, at(1)).unwrap();
    assert_eq!(code(decide_report_sheet(&state, report(SheetKind::ImportTally, vec![line("W1", "ONE-MORE", 1)]))), "sheet-too-long");
}

#[test]
fn an_export_train_leaves_when_its_papers_are_accepted() {
    let state = listed(train(Flow::Export));
    assert_eq!(code(decide_arrive_conveyance(&state, ConveyanceArrived { at: at(1) })), "conveyance-flow");
    assert_eq!(code(decide_depart_conveyance(&state, ConveyanceDeparted { at: at(1) })), "conveyance-papers-open");
    let told = decide_report_sheet(&state, report(SheetKind::ExportArrival, vec![line("W1", "A", 1)])).expect("told");
    let state = fold(Some(state), &told, at(1)).unwrap();
    assert_eq!(code(decide_cancel_conveyance(&state, ConveyanceCancelled { reason: "x".into() })), "conveyance-sheets");
    let state = fold(Some(state.clone()), &decide_submit_papers(&state).expect("complete"), at(2)).unwrap();
    let accepted = decide_accept_papers(&state, PapersAccepted { officer: "o".into(), note: None }, 0).expect("accepted");
    let state = fold(Some(state), &accepted, at(3)).unwrap();
    let left = decide_depart_conveyance(&state, ConveyanceDeparted { at: at(4) }).expect("leaves");
    let state = fold(Some(state), &left, at(4)).unwrap();
    assert_eq!((state.status(), state.work_row("T").closed_at), ("departed", Some(at(4))));
    let papers = papers_of(&state, &std::collections::BTreeMap::from([(SheetKind::ExportArrival, 1)]));
    let standing = |kind| papers.iter().find(|paper| paper.kind == kind).map(|paper| paper.standing);
    assert_eq!(standing(PaperKind::ExportArrival), Some(PaperStanding::Differs));
    assert_eq!(standing(PaperKind::Loading), Some(PaperStanding::Absent));
    assert_eq!(standing(PaperKind::ImportTally), None, "an export has none");
}

fn content(packages: u32) -> WaybillContent {
    WaybillContent {
        origin: "PEK".into(),
        destination: "NGB".into(),
        goods: "LAMPS".into(),
        packages,
        gross_kg: Mass::from_kg(u64::from(packages) * 10).unwrap(),
        ..WaybillContent::default()
    }
}

fn manifested(mode: TransportMode, conveyance: &str, packages: u32) -> WaybillManifested {
    let carriage = Carriage {
        conveyance: conveyance.into(),
        packages,
        gross_kg: Mass::from_kg(u64::from(packages) * 10).unwrap(),
        shipment: None,
        units: Vec::new(),
    };
    WaybillManifested {
        mode,
        flow: Flow::Import,
        agent: "agent".into(),
        terminal: "yard".into(),
        district: "2301".into(),
        content: content(10),
        carriage,
    }
}

#[test]
fn a_waybill_is_released_once_its_goods_are_here_and_changes_no_more() {
    let events = decide_manifest_waybill(None, manifested(TransportMode::Rail, "T1", 10), at(0)).expect("listed");
    let state = fold(None, &events, at(0)).unwrap();
    let release = || WaybillRelease { mode: ReleaseMode::Declared, entry_id: None, note: None, officer: "o".into() };
    assert_eq!(code(decide_release_waybill(&state, release())), "waybill-not-arrived");
    assert_eq!(code(decide_manifest_waybill(Some(&state), manifested(TransportMode::Rail, "T2", 10), at(1))), "waybill-number-reused");
    assert_eq!(code(decide_manifest_waybill(Some(&state), manifested(TransportMode::Rail, "T1", 10), at(1))), "waybill-unchanged");
    assert!(decide_manifest_waybill(Some(&state), manifested(TransportMode::Rail, "T2", 10), at(24 * BILL_REUSE_DAYS)).is_ok());
    let arrived = decide_waybill_arrived(&state, WaybillArrived { conveyance: Some("T1".into()), at: at(2), differs: true });
    let state = fold(Some(state), &arrived, at(2)).unwrap();
    assert_eq!((state.status(), state.work_row("W").action.as_deref()), ("differs", Some("release-waybill")));
    let off = || WaybillTakenOff { conveyance: "T1".into(), reason: "x".into() };
    assert_eq!(code(decide_take_off(&state, off())), "waybill-arrived");
    let state = fold(Some(state.clone()), &decide_release_waybill(&state, release()).expect("released"), at(3)).unwrap();
    assert_eq!(code(decide_manifest_waybill(Some(&state), manifested(TransportMode::Rail, "T1", 9), at(4))), "waybill-released");
    assert!(decide_arrival_withdrawn(&state).is_empty(), "what is released stays");
    let back =
        decide_revoke_waybill_release(&state, WaybillReleaseRevoked { officer: "o".into(), reason: "wrong one".into() }).expect("back");
    assert_eq!(fold(Some(state), &back, at(4)).unwrap().status(), "differs");
}

#[test]
fn an_air_waybill_is_split_over_flights_and_compared_with_its_houses() {
    let first = decide_manifest_waybill(None, manifested(TransportMode::Air, "F1", 4), at(0)).expect("listed");
    let state = fold(None, &first, at(0)).unwrap();
    assert!(waybill_totals(&state, 30).is_empty(), "more may still come");
    let second = decide_manifest_waybill(Some(&state), manifested(TransportMode::Air, "F2", 7), at(1)).expect("listed");
    let state = fold(Some(state), &second, at(1)).unwrap();
    assert_eq!(waybill_totals(&state, 30).iter().map(|f| f.code.to_string()).collect::<Vec<_>>(), ["waybill-carried-differs"]);
    let house = HouseWaybill {
        number: "H1".into(),
        origin: "PEK".into(),
        destination: "NGB".into(),
        packages: 10,
        gross_kg: Mass::from_kg(100).unwrap(),
        goods: "LAMPS".into(),
    };
    let houses = decide_houses(&state, HousesListed { houses: vec![house.clone()] }).expect("houses");
    let state = fold(Some(state), &houses, at(2)).unwrap();
    assert_eq!(waybill_totals(&state, 30).len(), 1, "houses agree");
    assert_eq!(code(decide_houses(&state, HousesListed { houses: vec![house] })), "waybill-unchanged");
    let described = |agent: &str, packages| WaybillDescribed {
        agent: agent.into(),
        district: "2301".into(),
        content: content(packages),
        flow: Flow::Import,
    };
    // Whoever did not list it says what was listed, or has no part in it.
    assert_eq!(code(decide_describe(Some(&state), described("forwarder", 11))), "waybill-of-other-agent");
    assert!(decide_describe(Some(&state), described("forwarder", 10)).is_ok());
    let listed = WaybillManifested { agent: "guesser".into(), ..manifested(TransportMode::Air, "F3", 1) };
    assert_eq!(code(decide_manifest_waybill(Some(&state), listed, at(3))), "waybill-of-other-agent");
    let told = decide_describe(Some(&state), described(&state.agent, 11)).expect("described");
    let state = fold(Some(state), &told, at(3)).unwrap();
    assert_eq!(state.content.packages, 11);
    assert_eq!(code(decide_describe(Some(&state), described("another", 11))), "waybill-described-by-other");
    assert_eq!(waybill_totals(&state, 30).iter().map(|f| f.code.to_string()).collect::<Vec<_>>(), ["waybill-houses-differ"]);
}

#[test]
fn every_fault_of_a_manifest_is_told_at_its_field() {
    let form = |number: &str, content: WaybillContent| WaybillForm { number: number.into(), content, ..WaybillForm::default() };
    let units = |names: &[&str]| {
        names
            .iter()
            .map(|name| CargoUnit { container: Some((*name).into()), packages: Some(1), ..CargoUnit::default() })
            .collect::<Vec<_>>()
    };
    let full = WaybillContent {
        shipper: Party { name: "S".into(), address: None },
        consignee: Consignee { uscc: None, name: "C".into(), org: None },
        ..content(2)
    };
    let told = |mode, forms: &[WaybillForm]| {
        check_waybills(mode, forms).into_iter().map(|f| format!("{} {}", f.code, f.pointer)).collect::<Vec<_>>()
    };
    assert_eq!(told(TransportMode::Rail, &[form("W1", full.clone())]), ["bill-consignee-code-missing /waybills/0/consignee/uscc"]);
    let faulty = WaybillContent {
        goods: String::new(),
        packages: 0,
        gross_kg: Mass::ZERO,
        hs_code: Some("12".into()),
        un_no: Some("1".into()),
        units: units(&["ZZZU0000017", "ZZZU0000017", "BOX", ""]),
        ..full
    };
    let all =
        told(TransportMode::Rail, &[form("", faulty), form("A B", WaybillContent::default()), form("A B", WaybillContent::default())]);
    for wanted in [
        "waybill-number /waybills/0/number",
        "bill-text-missing /waybills/0/goods",
        "bill-packages-zero /waybills/0/packages",
        "bill-gross-zero /waybills/0/gross_kg",
        "bill-hs-malformed /waybills/0/hs_code",
        "bill-un-number /waybills/0/un_no",
        "waybill-unit-twice /waybills/0/units/1/container",
        "bill-container-number /waybills/0/units/2/container",
        "bill-text-missing /waybills/0/units/3/container",
        "waybill-twice /waybills/2/number",
        "bill-text-missing /waybills/1/origin",
    ] {
        assert!(all.iter().any(|found| found == wanted), "{wanted} is not in {all:#?}");
    }
    let awb = codes::AirWaybillNumber::synthetic(1_234_567).to_string();
    assert_eq!(told(TransportMode::Air, &[form(&awb, content(1))]), [""; 0]);
    assert_eq!(told(TransportMode::Air, &[form("999-12345676", content(1))]), ["waybill-awb-check /waybills/0/number"]);
    let many = WaybillContent { units: vec![CargoUnit::default(); WAYBILL_UNITS_MAX + 1], ..content(1) };
    assert!(told(TransportMode::Air, &[form(&awb, many)]).contains(&"waybill-too-many-units /waybills/0/units".to_owned()));
}
