use super::*;

const DRAWS: u32 = 1_000_000;

fn day() -> Day {
    "2026-11-22".parse().unwrap()
}

fn seed() -> DaySeed {
    DaySeed::new([7; 32])
}

fn drawn(subject: &str, rate: u32) -> DrawOutcome {
    draw(&seed(), day(), subject, &[9; 32], rate).unwrap()
}

#[test]
fn the_protocol_is_frozen() {
    // These values must never change: records of the past are checked against them.
    assert_eq!(seed().commitment(day()), Hash256::of(&[b"fairway-draw-v12026-11-22", &[7; 32]]));
    let mut message = Vec::new();
    for part in [b"fairway-draw-v1".as_slice(), b"number", b"2026-11-22", &[9; 32], b"310420261000000042", &1u32.to_be_bytes()] {
        message.extend_from_slice(&(part.len() as u64).to_be_bytes());
        message.extend_from_slice(part);
    }
    let value = hmac(&[7; 32], &[&message]);
    let expected = u64::from_be_bytes(value[..8].try_into().unwrap()) % 10_000;
    assert_eq!(u64::from(drawn("310420261000000042", 300).number), expected);
}

#[test]
fn a_million_draws_are_uniform() {
    let (seed, day, mix) = (seed(), day(), Hash256([9; 32]));
    let mut hundreds = [0u32; 100];
    let mut below = [(60, 0u32), (300, 0), (8_500, 0)];
    for subject in 0..DRAWS {
        let (number, _) = number(&seed, day, &subject.to_string(), &mix);
        hundreds[number as usize / 100] += 1;
        below.iter_mut().filter(|(rate, _)| number < *rate).for_each(|(_, count)| *count += 1);
    }
    // 99 degrees of freedom: a fair draw stays below 160 in 9,999 of 10,000 cases.
    let expected = f64::from(DRAWS / 100);
    let chi_square: f64 = hundreds.iter().map(|found| (f64::from(*found) - expected).powi(2) / expected).sum();
    assert!((50.0..160.0).contains(&chi_square), "chi-square {chi_square}");
    // The share of cases drawn meets the rate within five standard deviations.
    for (rate, count) in below {
        let share = f64::from(rate) / 10_000.0;
        let deviation = (f64::from(DRAWS) * share * (1.0 - share)).sqrt();
        assert!((f64::from(count) - f64::from(DRAWS) * share).abs() < 5.0 * deviation, "{rate} basis points gave {count}");
    }
}

#[test]
fn every_number_is_equally_likely_by_construction() {
    assert_eq!((CANDIDATE_MAX as u128 + 1) % 10_000, 0);
    let rejected = u64::MAX - CANDIDATE_MAX;
    assert!(rejected < 10_000, "{rejected} of 2^64 candidates are rejected");
}

#[test]
fn the_outcome_depends_on_every_input_and_on_nothing_else() {
    let base = drawn("310420261000000042", 300);
    assert_eq!(drawn("310420261000000042", 300), base);
    let numbers = [
        base.number,
        drawn("310420261000000043", 300).number,
        draw(&DaySeed::new([8; 32]), day(), "310420261000000042", &[9; 32], 300).unwrap().number,
        draw(&seed(), "2026-11-23".parse().unwrap(), "310420261000000042", &[9; 32], 300).unwrap().number,
        draw(&seed(), day(), "310420261000000042", &[10; 32], 300).unwrap().number,
    ];
    let different: std::collections::BTreeSet<u32> = numbers.into_iter().collect();
    assert_eq!(different.len(), numbers.len(), "{numbers:?}");
}

#[test]
fn rates_zero_and_one_are_certain_and_a_higher_rate_never_spares() {
    for subject in 0..2_000 {
        let subject = subject.to_string();
        assert!(!drawn(&subject, 0).selected);
        assert!(drawn(&subject, 10_000).selected);
        assert!(!drawn(&subject, 300).selected || drawn(&subject, 301).selected);
    }
    assert_eq!(draw(&seed(), day(), "a", &[0; 32], 10_001), Err(DrawError::Rate { found: 10_001 }));
    assert_eq!(draw(&seed(), day(), "", &[0; 32], 1), Err(DrawError::Subject { found: 0 }));
    assert!(draw(&seed(), day(), &"a".repeat(ID_BYTES_MAX), &[0; 32], 1).is_ok());
    assert!(draw(&seed(), day(), &"a".repeat(ID_BYTES_MAX + 1), &[0; 32], 1).is_err());
}

#[test]
fn a_record_holds_until_any_part_is_changed() {
    let record = drawn("310420261000000042", 300);
    let read: DrawOutcome = serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap();
    assert_eq!(verify_draw(&read, &DaySeed::new(seed().reveal().0)), Ok(()));
    let changed = |change: fn(&mut DrawOutcome)| {
        let mut record = record.clone();
        change(&mut record);
        verify_draw(&record, &seed()).unwrap_err()
    };
    assert!(matches!(changed(|r| r.number += 1), DrawFault::Number { .. }));
    assert!(matches!(changed(|r| r.attempts += 1), DrawFault::Number { .. }));
    assert!(matches!(changed(|r| r.subject_id.push('1')), DrawFault::Number { .. }));
    assert!(matches!(changed(|r| r.mix.0[0] ^= 1), DrawFault::Number { .. }));
    assert!(matches!(changed(|r| r.selected = !r.selected), DrawFault::Conclusion { .. }));
    assert!(matches!(changed(|r| r.rate_basis_points = 10_001), DrawFault::Inputs(_)));
    assert!(matches!(changed(|r| r.scheme.push('x')), DrawFault::Scheme { .. }));
    assert!(matches!(changed(|r| r.day = "2026-11-23".parse().unwrap()), DrawFault::Commitment { .. }));
    assert!(matches!(verify_draw(&record, &DaySeed::new([8; 32])), Err(DrawFault::Commitment { .. })));
    assert!(!changed(|r| r.number += 1).zh().is_empty());
}

#[test]
fn the_seed_does_not_leak_and_a_second_holder_gives_a_part_for_each_subject_and_mix() {
    assert_eq!(format!("{:?}", seed()), "DaySeed(secret)");
    let (own, other) = (DaySeed::new([1; 32]), DaySeed::new([2; 32]));
    let part = other.part(day(), "case/D1", &[3; 32]);
    // Frozen: verifiers elsewhere compute the same.
    assert_eq!(part.to_string(), "6286ffd340d90048107aab296028b19c22ceb0d7ca9f18513a626d2e9b4d0ee5");
    assert_ne!(part, other.part(day(), "case/D2", &[3; 32]));
    assert_ne!(part, other.part(day(), "case/D1", &[4; 32]));
    assert_ne!(part, own.part(day(), "case/D1", &[3; 32]));
    let both = own.with_part(&part);
    assert_eq!(both.with_part(&part), own);
    let numbers =
        |seed: &DaySeed| (0..64).map(|n| draw(seed, day(), &format!("D{n}"), &[3; 32], 5_000).unwrap().number).collect::<Vec<_>>();
    assert_ne!(numbers(&both), numbers(&own), "neither seed alone tells the number");
    assert_ne!(numbers(&both), numbers(&other));
}

fn officer(id: usize, conflicts: &[&str], competences: &[&str]) -> Officer {
    let set = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    Officer { id: format!("officer-{id:02}"), conflicts: set(conflicts), competences: set(competences) }
}

fn pool() -> Vec<Officer> {
    let mut pool: Vec<Officer> = (0..20).map(|id| officer(id, &[], &["container"])).collect();
    pool.push(officer(20, &["91330200TEAT000154"], &["container"]));
    pool.push(officer(21, &[], &["ship"]));
    pool
}

fn request<'r>(order_id: &'r str, count: usize, absences: &'r [Absence]) -> PickRequest<'r> {
    PickRequest {
        day: day(),
        order_id,
        mix: &[9; 32],
        count,
        parties: &["91330200TEAT000154", "91320700TEAT00023L"],
        competences: &["container"],
        absences,
    }
}

#[test]
fn the_choice_does_not_depend_on_the_order_of_the_pool() {
    let absences = [Absence { officer_id: "officer-03".into(), reason: "leave".into() }];
    let picked = pick_officers(&seed(), &request("order-1", 2, &absences), &pool()).unwrap();
    let mut shuffled = pool();
    shuffled.reverse();
    shuffled.swap(3, 11);
    assert_eq!(pick_officers(&seed(), &request("order-1", 2, &absences), &shuffled).unwrap(), picked);
    assert_eq!(picked.chosen.len(), 2);
    assert_ne!(picked.chosen[0], picked.chosen[1]);
    // Nobody asked for more officers changes who comes first.
    let three = pick_officers(&seed(), &request("order-1", 3, &absences), &pool()).unwrap();
    assert_eq!(three.chosen[..2], picked.chosen[..]);
}

#[test]
fn exclusions_are_recorded_with_their_reasons() {
    let absences = [Absence { officer_id: "officer-03".into(), reason: "leave".into() }];
    for order in 0..200 {
        let picked = pick_officers(&seed(), &request(&format!("order-{order}"), 2, &absences), &pool()).unwrap();
        let excluded: Vec<(&str, &ExclusionReason)> = picked.excluded.iter().map(|e| (e.officer_id.as_str(), &e.reason)).collect();
        assert_eq!(
            excluded,
            [
                ("officer-03", &ExclusionReason::Absent { reason: "leave".into() }),
                ("officer-20", &ExclusionReason::Conflict { party: "91330200TEAT000154".into() }),
                ("officer-21", &ExclusionReason::Competence { missing: "container".into() }),
            ]
        );
        assert!(picked.chosen.iter().all(|id| picked.excluded.iter().all(|e| e.officer_id != *id)));
    }
}

#[test]
fn every_officer_is_chosen_about_as_often() {
    let mut counts = std::collections::BTreeMap::new();
    for order in 0..5_000 {
        let picked = pick_officers(&seed(), &request(&order.to_string(), 2, &[]), &pool()).unwrap();
        picked.chosen.into_iter().for_each(|id| *counts.entry(id).or_insert(0u32) += 1);
    }
    // 20 officers, two of them each time: 500 each; 19 degrees of freedom stay below 51 in 9,999 of 10,000 cases.
    assert_eq!(counts.len(), 20);
    let chi_square: f64 = counts.values().map(|found| (f64::from(*found) - 500.0).powi(2) / 500.0).sum();
    assert!(chi_square < 51.0, "chi-square {chi_square}");
}

#[test]
fn pools_that_cannot_serve_are_refused() {
    let refused = |count, pool: &[Officer]| pick_officers(&seed(), &request("order-1", count, &[]), pool).unwrap_err();
    assert_eq!(refused(0, &pool()), PickError::NoneAsked);
    match refused(21, &pool()) {
        PickError::TooFew { asked: 21, eligible: 20, pool_size: 22, excluded } => assert_eq!(excluded.len(), 2),
        other => panic!("{other:?}"),
    }
    let twice = [officer(1, &[], &["container"]), officer(1, &[], &["container"])];
    assert_eq!(refused(1, &twice), PickError::Duplicate { officer_id: "officer-01".into() });
    let many: Vec<Officer> = (0..=OFFICERS_MAX).map(|id| officer(id, &[], &[])).collect();
    assert_eq!(refused(1, &many), PickError::PoolTooLarge { found: OFFICERS_MAX + 1 });
    assert!(refused(21, &pool()).zh().contains("仅 20 人"));
}

#[test]
fn a_choice_holds_until_record_or_pool_is_changed() {
    let absences = [Absence { officer_id: "officer-03".into(), reason: "leave".into() }];
    let picked = pick_officers(&seed(), &request("order-1", 2, &absences), &pool()).unwrap();
    let read: Picked = serde_json::from_str(&serde_json::to_string(&picked).unwrap()).unwrap();
    assert_eq!(verify_pick(&read, &pool(), &seed()), Ok(()));
    let changed = |change: fn(&mut Picked)| {
        let mut picked = picked.clone();
        change(&mut picked);
        verify_pick(&picked, &pool(), &seed()).unwrap_err()
    };
    assert!(matches!(changed(|p| p.chosen.reverse()), PickFault::Chosen { .. }));
    assert!(matches!(changed(|p| p.order_id.push('1')), PickFault::Chosen { .. }));
    assert_eq!(changed(|p| p.excluded.clear()), PickFault::Excluded);
    assert_eq!(changed(|p| p.absences.clear()), PickFault::Excluded);
    assert!(matches!(changed(|p| p.chosen.clear()), PickFault::Inputs(PickError::NoneAsked)));
    let mut other = pool();
    other[0].conflicts.insert("someone".into());
    assert_eq!(verify_pick(&picked, &other, &seed()), Err(PickFault::Pool));
    assert!(matches!(verify_pick(&picked, &pool(), &DaySeed::new([8; 32])), Err(PickFault::Commitment { .. })));
}
