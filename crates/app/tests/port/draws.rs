//! The verifiable draw: committed before use, secret until the day is over, verifiable by anybody afterwards.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use app::declarations::{OverrideDraw, SubmitDeclaration};
use app::draw::{DrawDay, HolderDay, HolderFault, Overrides, Part, Question, RevealDay, SecondHolder};
use app::inspections::AppointInspection;
use async_trait::async_trait;
use clearance::{Declaration, DrawRecord, Track};
use credit::Grade;
use inspection::Inspection;
use ledger::{Bilingual, ObjectRef};
use rules::{DaySeed, DrawOutcome, Excluded, ExclusionReason, Hash256, Officer, Picked, verify_draw, verify_pick};

use crate::support::{OFFICERS, PORT, Port};

fn hash(hex: &str) -> Hash256 {
    Hash256(hex::decode(hex).expect("hex").try_into().expect("32 bytes"))
}

async fn position_of(port: &Port, kind: &'static str, id: &str, event: &str) -> u64 {
    let stored = port.store.events_of(PORT, &ObjectRef::new(kind, id), None, 100).await.expect("events");
    stored.iter().find(|s| s.event.kind == event).unwrap_or_else(|| panic!("no {event}")).position
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_and_the_choice_of_officers_verify_with_the_revealed_seed() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    port.landed("B-DRAW", 1).await;
    let id = port.declared("B-DRAW").await;
    let state = port.state::<Declaration>(&id).await;
    let case = state.case().expect("case");
    let decision = case.decision.clone().expect("decision");
    let record = decision.draw.clone().expect("draw");
    let today = port.now().day(480);
    assert_eq!((record.day.as_str(), record.selected, decision.inspect), (today.as_str(), true, true));

    // Fixed on the ledger before it was used, and not told.
    let committed = position_of(&port, "draw-day", &today, "draw.committed").await;
    assert!(committed < position_of(&port, "declaration", &id, "declaration.accepted").await);
    let day = port.state::<DrawDay>(&today).await;
    assert_eq!((day.seed, day.commitment.as_str()), (None, record.commitment.as_str()));
    // The head mixed in is one that the ledger signed before the decision.
    let head = port.store.heads(PORT, record.head_size, 1).await.expect("heads").remove(0);
    assert_eq!((head.size, head.root.as_str()), (record.head_size, record.head_root.as_str()));
    assert!(record.head_size <= position_of(&port, "declaration", &id, "declaration.decided").await);

    assert_eq!(port.no("platform", &RevealDay { day: today.clone() }).await, "draw-day-not-over");
    assert_eq!(port.no("customs-port", &RevealDay { day: today.clone() }).await, "forbidden");
    port.pass_minutes(24 * 60);
    port.app.keep_draw_days(&port.ctx("platform")).await.expect("revealed");
    let seed = port.state::<DrawDay>(&today).await.seed.expect("the seed is published after the day");
    let seed = DaySeed::new(hash(&seed).0);

    let outcome = DrawOutcome {
        scheme: "fairway-draw-v1".into(),
        day: record.day.parse().expect("day"),
        commitment: hash(&record.commitment),
        subject_id: id.clone(),
        mix: hash(&record.head_root),
        rate_basis_points: decision.rate_bp,
        number: record.number,
        attempts: 1,
        selected: record.selected,
    };
    verify_draw(&outcome, &seed).expect("the draw holds");
    assert!(verify_draw(&DrawOutcome { number: (record.number + 1) % 10_000, ..outcome.clone() }, &seed).is_err());
    assert!(verify_draw(&outcome, &DaySeed::new([9; 32])).is_err());

    let Track::Open { reference: Some(inspection), .. } = &case.inspection else { panic!("inspection") };
    let order = port.state::<Inspection>(inspection).await;
    let draw = order.draw.clone().expect("officers");
    assert_eq!(draw.pool, OFFICERS[..3].to_vec(), "the pool without the one who was left out");
    let pool: Vec<Officer> = OFFICERS
        .iter()
        .enumerate()
        .map(|(index, id)| Officer {
            id: (*id).into(),
            conflicts: (index == 3).then(|| "broker-green".to_owned()).into_iter().collect(),
            competences: Default::default(),
        })
        .collect();
    let picked = Picked {
        scheme: "fairway-draw-v1".into(),
        day: draw.day.parse().expect("day"),
        commitment: hash(&draw.commitment),
        order_id: inspection.clone(),
        mix: hash(&draw.head_root),
        chosen: draw.chosen.clone(),
        pool_version_hash: draw.pool_version.parse().expect("hash"),
        pool_size: pool.len(),
        parties: [order.broker.clone(), order.terminal.clone()].into_iter().chain(order.trader.clone()).collect(),
        competences: Default::default(),
        absences: Default::default(),
        excluded: vec![Excluded { officer_id: OFFICERS[3].into(), reason: ExclusionReason::Conflict { party: "broker-green".into() } }],
    };
    verify_pick(&picked, &pool, &seed).expect("the choice holds");
    let mut other = picked;
    other.chosen.reverse();
    assert!(verify_pick(&other, &pool, &seed).is_err());
}

/// A second holder as its office keeps it: one part for a subject, with the head of the first question.
#[derive(Default)]
struct Office {
    asked: Mutex<BTreeMap<String, (u64, [u8; 32])>>,
    away: AtomicBool,
    over: AtomicBool,
}

impl Office {
    fn seed() -> DaySeed {
        DaySeed::new([5; 32])
    }

    fn here(&self) -> Result<(), HolderFault> {
        if self.away.load(Ordering::Relaxed) { Err(HolderFault("closed".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl SecondHolder for Office {
    fn name(&self) -> Bilingual {
        Bilingual::new("测试第二持有人", "Test second holder")
    }

    async fn day(&self, day: &str) -> Result<HolderDay, HolderFault> {
        self.here()?;
        let seed = self.over.load(Ordering::Relaxed).then(|| Self::seed().reveal().0);
        let asked = self.asked.lock().expect("lock").keys().filter(|subject| subject.starts_with("case/")).count() as u64;
        Ok(HolderDay { commitment: Self::seed().commitment(day.parse().expect("day")).0, seed, asked })
    }

    async fn part(&self, question: &Question) -> Result<Part, HolderFault> {
        self.here()?;
        let mut asked = self.asked.lock().expect("lock");
        let (head_size, head_root) = *asked.entry(question.subject.clone()).or_insert((question.head_size, question.head_root));
        Ok(Part { head_size, head_root, part: Self::seed().part(question.day.parse().expect("day"), &question.subject, &head_root).0 })
    }
}

fn number(record: &DrawRecord, seed: &DaySeed, subject: &str, rate_bp: u32) -> u32 {
    rules::draw(seed, record.day.parse().expect("day"), subject, &hash(&record.head_root).0, rate_bp).expect("drawn").number
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_there_is_a_second_holder_no_draw_is_made_without_its_part_and_it_may_be_away() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let office = Arc::new(Office::default());
    port.app.share_draws(Arc::clone(&office) as Arc<dyn SecondHolder>);
    // Today may have been drawn on by one: the holder comes in with tomorrow.
    let (today, tomorrow) = (port.now().day(480), port.now().plus_days(1).day(480));
    port.app.keep_draw_days(&port.ctx("platform")).await.expect("kept");
    assert_eq!(port.state::<DrawDay>(&today).await.second, None);
    let second = port.state::<DrawDay>(&tomorrow).await.second.expect("committed beforehand");
    assert_eq!(
        (second.commitment.as_str(), second.seed),
        (Office::seed().commitment(tomorrow.parse().expect("day")).to_string().as_str(), None)
    );

    port.pass_minutes(24 * 60);
    // Asked before the draw at another moment, as somebody who tries moments would: the head of that question counts, not that of the draw.
    port.landed("B-TWO", 1).await;
    let id = port.drafted("B-TWO").await;
    let early = port.app.head().await.expect("store").expect("a head");
    office.asked.lock().expect("lock").insert(format!("case/{id}"), (early.size, early.root_bytes().expect("root")));
    port.landed("B-BETWEEN", 1).await;
    port.ok("broker-green", &SubmitDeclaration { id: id.clone() }).await;
    let state = port.state::<Declaration>(&id).await;
    let decision = state.case().and_then(|case| case.decision.clone()).expect("decision");
    let record = decision.draw.expect("draw");
    assert_eq!((record.day.as_str(), record.head_size, record.head_root.as_str()), (tomorrow.as_str(), early.size, early.root.as_str()));
    let part = hash(record.part.as_deref().expect("two holders"));
    assert_eq!(part, Office::seed().part(tomorrow.parse().expect("day"), &format!("case/{id}"), &hash(&record.head_root).0));
    let Track::Open { reference: Some(inspection), .. } = &state.case().expect("case").inspection else { panic!("inspection") };
    assert!(port.state::<Inspection>(inspection).await.draw.expect("officers").part.is_some(), "officers, too");

    // Away: the draw is made alone and says so; the day is not held up.
    office.away.store(true, Ordering::Relaxed);
    port.landed("B-ALONE", 1).await;
    let alone = port.declared("B-ALONE").await;
    let lone = port.state::<Declaration>(&alone).await.case().and_then(|case| case.decision.clone()?.draw).expect("draw");
    assert_eq!(lone.part, None);

    port.pass_minutes(24 * 60);
    port.app.keep_draw_days(&port.ctx("platform")).await.expect("kept");
    let day = port.state::<DrawDay>(&tomorrow).await;
    let seed = DaySeed::new(hash(&day.seed.expect("the own seed does not wait")).0);
    assert_eq!(day.second.expect("holder").seed, None, "the holder is away still");
    assert_eq!(number(&record, &seed.with_part(&part), &id, decision.rate_bp), record.number);
    assert_ne!(number(&record, &seed, &id, decision.rate_bp), record.number, "the platform's seed alone tells nothing");
    assert_eq!(number(&lone, &seed, &alone, decision.rate_bp), lone.number);

    office.away.store(false, Ordering::Relaxed);
    office.over.store(true, Ordering::Relaxed);
    port.pass_minutes(1);
    port.app.keep_draw_days(&port.ctx("platform")).await.expect("kept");
    let second = port.state::<DrawDay>(&tomorrow).await.second.expect("holder");
    assert_eq!((second.seed.as_deref(), second.asked), (Some(Office::seed().reveal().to_string().as_str()), Some(1)));
    port.app.keep_draw_days(&port.ctx("platform")).await.expect("kept");
    let events = port.events::<DrawDay>(&tomorrow).await;
    assert_eq!(events.iter().filter(|kind| **kind == "draw.second-revealed").count(), 1, "{events:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_is_fixed_once_and_the_next_one_ahead_of_it() {
    let port = Port::open().await;
    let (today, tomorrow) = (port.now().day(480), port.now().plus_days(1).day(480));
    let first = port.state::<DrawDay>(&today).await;
    port.app.keep_draw_days(&port.ctx("platform")).await.expect("kept");
    assert_eq!(port.state::<DrawDay>(&today).await, first);
    let next = port.state::<DrawDay>(&tomorrow).await;
    assert_ne!(next.commitment, first.commitment);
    port.pass_minutes(24 * 60);
    port.app.keep_draw_days(&port.ctx("platform")).await.expect("kept");
    assert_eq!(port.events::<DrawDay>(&today).await, ["draw.committed", "draw.revealed"]);
    assert_eq!(port.events::<DrawDay>(&tomorrow).await, ["draw.committed"]);
    port.app.keep_draw_days(&port.ctx("platform")).await.expect("kept");
    assert_eq!(port.events::<DrawDay>(&today).await.len(), 2, "revealed once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_decides_in_place_of_the_draw_with_a_reason_and_is_counted() {
    let port = Port::open().await;
    port.landed("B-PLAIN", 1).await;
    let id = port.declared("B-PLAIN").await;
    let today = port.now().day(480);
    let change = |id: &str, inspect, reason: &str| OverrideDraw { id: id.to_owned(), inspect, reason: reason.to_owned() };
    let overrides = async || port.state::<DrawDay>(&today).await.overrides;
    assert_eq!(port.no("broker-green", &change(&id, true, "x")).await, "forbidden");
    assert_eq!(port.no("customs-port", &change(&id, true, " ")).await, "reason");
    assert_eq!(port.no("customs-port", &change(&id, false, "nothing to spare")).await, "draw-override-same");
    assert_eq!(overrides().await, Overrides::default());

    // Not drawn, and inspected at an officer's order.
    port.ok("customs-port", &change(&id, true, "a tip-off")).await;
    let state = port.state::<Declaration>(&id).await;
    let case = state.case().expect("case");
    let decision = case.decision.as_ref().expect("decision");
    assert!(!decision.inspect && !decision.draw.as_ref().expect("draw").selected, "the draw stands as it was made");
    let Track::Open { reference: Some(inspection), .. } = case.inspection.clone() else { panic!("{:?}", case.inspection) };
    assert_eq!(port.status::<Inspection>(&inspection).await, "ordered");
    assert_eq!(overrides().await, Overrides { ordered: 1, spared: 0 });
    assert_eq!(port.no("customs-port", &change(&id, true, "again")).await, "draw-override-same");

    // Whoever is drawn to come does not call it off; another officer does, and the place at the site is free again.
    let slots = port.app.inspection_slots(&port.ctx("broker-green"), port.now().day_start(480)).await.expect("slots");
    let slot = slots.iter().find(|slot| slot.start > port.now()).expect("slot").start;
    port.ok("broker-green", &AppointInspection { id: inspection.clone(), slot_start: slot }).await;
    let chosen = port.state::<Inspection>(&inspection).await.draw.expect("draw").chosen;
    assert_eq!(port.no(&chosen[0], &change(&id, false, "too far")).await, "draw-override-own");
    let other = OFFICERS.into_iter().find(|officer| !chosen.iter().any(|c| c == officer)).expect("another");
    port.ok(other, &change(&id, false, "the tip-off was wrong")).await;
    assert_eq!(port.status::<Inspection>(&inspection).await, "cancelled");
    assert_eq!(port.state::<Declaration>(&id).await.case().expect("case").inspection, Track::NotNeeded);
    assert_eq!(overrides().await, Overrides { ordered: 1, spared: 1 });
    assert_eq!(
        port.no("customs-port", &change(&id, true, "after all")).await,
        "draw-override-spared",
        "no other officers are drawn for it"
    );
    let why = port.store.events_of(PORT, &ObjectRef::new("inspection", &inspection), None, 100).await.expect("events");
    assert!(why.iter().all(|stored| !stored.event.payload.get().contains("tip-off")), "why stays with customs");
}
