//! Samples of the synthetic port: some inspections take one, the laboratory tests it blind, some fail and are tested again, some lines are answered by
//! the report of an accepted body. Some samples wait for visitors.

use app::declarations::KeepAttachment;
use app::reading::ListQuery;
use app::samples::{
    AcceptReport, BeginTest, DecideBody, DecideChain, HandOverSample, OrderSampling, ProposeBody, ReleaseReport, ReportTest, RequestRetest,
    SubmitReport, TakeSample, WaiveSampling,
};
use app::{App, Context, Principal};
use inspection::{
    BodyStep, Conclusion, CustodyAct, Holder, HolderKind, Inspection, KeeperPart, Sample, SamplePhase, SamplingStanding, TestResult,
    TestingBody,
};
use ledger::{Bilingual, Timestamp};

use crate::SimulationError;
use crate::cast;
use crate::chance::stable;
use crate::papers;
use crate::world::{Step, World};

/// The laboratory of the cast.
pub(crate) const LABORATORY_ID: &str = "lab-demo";
const CUSTOMS_ID: &str = "customs-demo";
/// Of how many inspections a sample is taken, out of ten.
const SAMPLED_OF_TEN: u64 = 4;
/// Of how many more a third party's report is sent in, out of ten.
const THIRD_PARTY_OF_TEN: u64 = 3;
/// One in so many samples fails.
const FAILS_ONE_IN: u64 = 6;
/// One in so many comes to the laboratory under another seal.
const ODD_SEAL_ONE_IN: u64 = 9;
/// Of how many samples the test is left to visitors, out of ten.
const LEFT_OF_TEN: u64 = 4;
/// Days after which nobody waits for visitors any more.
const LEFT_DAYS: i64 = 3;
/// Chapters of the tariff that the accepted body of the demonstration tests: food.
const FOOD: std::ops::RangeInclusive<u32> = 2..=22;

/// Registers an accepted body, and one that waits to be confirmed, unless there are some.
pub(crate) async fn install(app: &App, ctx: &Context) -> Result<(), SimulationError> {
    let fault = SimulationError::platform("install");
    let Some(customs) = cast::of(CUSTOMS_ID).filter(|_| !app.port().sampling.laboratories.is_empty()) else { return Ok(()) };
    let known = ListQuery { limit: 1, ..ListQuery::default() };
    if !app.list::<TestingBody>(ctx, "testing-body.read", known).await.map_err(&fault)?.items.is_empty() {
        return Ok(());
    }
    let person = |name: &str| Context { principal: customs.principal(app, format!("{CUSTOMS_ID}.{name}"), false), ..ctx.clone() };
    let offset = app.port().utc_offset_minutes;
    let body = |zh: &str, en: &str, number: &str, chapters: Vec<String>, items: &[&str]| ProposeBody {
        name: Bilingual::new(zh, en),
        number: number.into(),
        hs_prefixes: chapters,
        items: items.iter().map(|item| (*item).to_owned()).collect(),
        valid_from: ctx.at.plus_days(-200).day(offset),
        valid_to: ctx.at.plus_days(500).day(offset),
        source: "示范公告 2026 年第 1 号 Demonstration notice 1/2026".into(),
    };
    let food = body(
        "示范食品检测机构",
        "Demo Food Testing",
        "DEMO-CNAS-0001",
        FOOD.map(|c| format!("{c:02}")).collect(),
        &["pesticide", "heavy-metal"],
    );
    let id = app.execute(&person("ding"), &food).await.map_err(&fault)?.outcome;
    app.execute(&person("cao"), &DecideBody { id, step: BodyStep::Confirm, reason: String::new() }).await.map_err(&fault)?;
    let textile = body(
        "示范纺织检测机构",
        "Demo Textile Testing",
        "DEMO-CNAS-0002",
        (50..=63).map(|c| c.to_string()).collect(),
        &["composition", "safety"],
    );
    app.execute(&person("ding"), &textile).await.map_err(&fault)?;
    Ok(())
}

fn is_food(hs_code: &str) -> bool {
    hs_code.get(..2).and_then(|chapter| chapter.parse().ok()).is_some_and(|chapter| FOOD.contains(&chapter))
}

fn items_of(hs_code: &str) -> Vec<String> {
    let items = if is_food(hs_code) { ["pesticide", "heavy-metal"] } else { ["composition", "safety"] };
    items.map(str::to_owned).to_vec()
}

fn results(items: &[String], fails: bool) -> Vec<TestResult> {
    let of = |(index, item): (usize, &String)| {
        let meets = !(fails && index == 0);
        let (limit, good, bad) = match item.as_str() {
            "pesticide" => ("0.05 mg/kg", "< 0.01 mg/kg", "0.21 mg/kg"),
            "heavy-metal" => ("Pb 0.10 mg/kg", "0.02 mg/kg", "0.34 mg/kg"),
            "composition" => ("与标识相符 as labelled", "相符 as labelled", "不符 differs"),
            _ => ("GB 18401 B", "合格 meets it", "甲醛 96 mg/kg"),
        };
        let result = if meets { good } else { bad };
        TestResult { item: item.clone(), method: "示范方法 demo method".into(), limit: limit.into(), result: result.into(), meets }
    };
    items.iter().enumerate().map(of).collect()
}

impl World {
    fn customs_person(&self, id: &str) -> Principal {
        cast::of(CUSTOMS_ID).map_or_else(Principal::public, |customs| customs.principal(&self.app, id.to_owned(), false))
    }

    /// An officer of customs who is none of these.
    fn other_person(&self, not: &[&str]) -> Principal {
        let people = cast::of(CUSTOMS_ID).map(|customs| customs.people).unwrap_or_default();
        let ids = people.iter().map(|(name, ..)| format!("{CUSTOMS_ID}.{name}"));
        let found = ids.into_iter().find(|id| !not.contains(&id.as_str()));
        self.customs_person(&found.unwrap_or_default())
    }

    fn laboratory_person(&self, index: usize) -> Principal {
        let Some(laboratory) = cast::of(LABORATORY_ID) else { return Principal::public() };
        let name = laboratory.people.get(index).map_or("", |(name, ..)| name);
        laboratory.principal(&self.app, format!("{LABORATORY_ID}.{name}"), false)
    }

    /// Before the result is written down: some inspections take a sample, for some the trader has a report.
    pub(crate) async fn samples(&mut self, id: &str, state: &Inspection, broker: &str) -> Result<(), SimulationError> {
        let Some(laboratory) = self.app.port().sampling.laboratories.first().cloned() else { return Ok(()) };
        let chosen = stable(id) / 3 % 10;
        if !state.sampling.is_empty() || chosen >= SAMPLED_OF_TEN + THIRD_PARTY_OF_TEN {
            return Ok(());
        }
        let officers = state.officers();
        let Some(hs_code) = self.first_goods(&state.declaration).await? else { return Ok(()) };
        let third_party = chosen >= SAMPLED_OF_TEN;
        if third_party && !is_food(&hs_code) {
            return Ok(());
        }
        let orders = self.other_person(&officers);
        let order = OrderSampling {
            id: id.to_owned(),
            line: 1,
            items: items_of(&hs_code),
            statutory: true,
            through_train: stable(id).is_multiple_of(3),
            reason: "法检商品取样 goods subject to inspection by law".into(),
        };
        self.act(orders.clone(), &order).await?;
        if third_party {
            return self.third_party(id, state, broker, &orders).await;
        }
        let (Some(taker), Some(container)) = (officers.first(), state.arrived.keys().next()) else { return Ok(()) };
        let number = stable(id) % 900_000 + 100_000;
        let take = TakeSample {
            inspection: id.to_owned(),
            line: 1,
            container: container.clone(),
            quantity: "1.5".into(),
            unit: "kg".into(),
            seal: format!("YP{number}A"),
            keeper: Some(KeeperPart { quantity: "1.5".into(), seal: format!("YP{number}B") }),
            photo: None,
            laboratory: laboratory.id,
            at: self.now(),
        };
        let taker = self.customs_person(taker);
        self.act(taker, &take).await?;
        Ok(())
    }

    async fn first_goods(&mut self, declaration: &str) -> Result<Option<String>, SimulationError> {
        let state = self.look::<clearance::Declaration>(declaration).await?;
        Ok(state.and_then(|state| state.form().goods.first().map(|item| item.code_ts.clone())))
    }

    /// The trader has a report of an accepted body; an officer verifies and accepts it.
    async fn third_party(&mut self, id: &str, state: &Inspection, broker: &str, officer: &Principal) -> Result<(), SimulationError> {
        let accepted = ListQuery { statuses: vec!["in-force".into()], limit: 1, ..ListQuery::default() };
        let listed = self.app.list::<TestingBody>(&self.platform(), "testing-body.read", accepted).await;
        let Some((body, _)) = listed.map_err(SimulationError::platform("testing-body.read"))?.items.into_iter().next() else {
            return Ok(());
        };
        let who = self.somebody(broker);
        let bytes = papers::pdf(&body.state.proposed.name.en, &format!("test-report-{id}"));
        let Some(file) = self.act(who.clone(), &KeepAttachment { media_type: "application/pdf".into(), bytes }).await? else {
            return Ok(());
        };
        let offset = self.app.port().utc_offset_minutes;
        let items: Vec<String> = state.sampling.first().map_or_else(|| items_of("08"), |line| line.ordered.items.clone());
        let submit = SubmitReport {
            inspection: id.to_owned(),
            line: 1,
            body: body.id,
            number: format!("FT-{id}"),
            bill: state.bill.clone(),
            sampled_on: self.now().plus_days(-9).day(offset),
            issued_on: self.now().plus_days(-4).day(offset),
            results: results(&items, false),
            conclusion: Conclusion::Pass,
            file,
        };
        if let Some(report) = self.act(who, &submit).await? {
            let accept =
                AcceptReport { id: report, verified: "在机构网站查询报告编号一致 number queried on the body's site".into() };
            self.act(officer.clone(), &accept).await?;
        }
        Ok(())
    }

    /// The next act of every sample of an inspection; whether one is still under way.
    pub(crate) async fn samples_go_on(
        &mut self,
        number: &str,
        id: &str,
        state: &Inspection,
        trader: &str,
    ) -> Result<bool, SimulationError> {
        let mut under_way = false;
        for line in state.sampling.iter().filter(|line| line.standing() != SamplingStanding::Met) {
            let Some(sample) = line.sample.clone() else { continue };
            let Some(of) = self.look::<Sample>(&sample).await? else { continue };
            let reserved = stable(&sample) / 10 % 10 < LEFT_OF_TEN && self.now() >= self.visitors_from;
            let until = of.taken_at.plus_days(LEFT_DAYS);
            if reserved && self.now() < until && matches!(of.phase, SamplePhase::Received { .. }) {
                self.at(until, Step::Inspect(number.to_owned()));
                continue;
            }
            under_way |= self.sample_goes_on(id, line.ordered.by.as_str(), &sample, &of, trader).await?;
        }
        if under_way {
            self.after(5.0, Step::Inspect(number.to_owned()));
        }
        Ok(under_way)
    }

    async fn sample_goes_on(
        &mut self,
        inspection: &str,
        ordered_by: &str,
        id: &str,
        of: &Sample,
        trader: &str,
    ) -> Result<bool, SimulationError> {
        if of.undecided {
            let officer = self.other_person(&[&of.taken.by]);
            let reason = "照片与取样单一致，编号笔误 photos agree, a slip of the pen".to_owned();
            return Ok(self.act(officer, &DecideChain { id: id.to_owned(), usable: true, reason }).await?.is_some());
        }
        let first = usize::from(of.retest.is_some());
        let fails = stable(id).is_multiple_of(FAILS_ONE_IN) && (of.retest.is_none() || (stable(id) / FAILS_ONE_IN).is_multiple_of(2));
        let done = match &of.phase {
            SamplePhase::Taken => {
                let courier = Some(Holder::new(HolderKind::Carrier, "示范快运 Demo Courier"));
                let officer = self.customs_person(&of.taken.by);
                self.act(officer, &hand_over(id, of, CustodyAct::Send, courier, self.now(), false)).await?
            }
            SamplePhase::Sent => {
                let odd = of.retest.is_none() && stable(id).is_multiple_of(ODD_SEAL_ONE_IN);
                let receive = hand_over(id, of, CustodyAct::Receive, None, self.now(), odd);
                self.act(self.laboratory_person(first), &receive).await?
            }
            SamplePhase::Received { .. } => self.act(self.laboratory_person(first), &BeginTest { id: id.to_owned() }).await?,
            SamplePhase::Testing { .. } => {
                let results = results(&of.taken.items, fails);
                let conclusion = if fails { Conclusion::Fail } else { Conclusion::Pass };
                let report = ReportTest { id: id.to_owned(), results, conclusion, note: String::new() };
                self.act(self.laboratory_person(first), &report).await?
            }
            SamplePhase::Reported { .. } => {
                let release = ReleaseReport { id: id.to_owned(), disposition: None };
                self.act(self.laboratory_person(2), &release).await?
            }
            SamplePhase::Released { .. } if of.retest.is_none() => {
                let who = self.somebody(trader);
                let retest = RequestRetest {
                    id: id.to_owned(),
                    reason: "对结论有异议，申请复检 we do not agree with the conclusion".into(),
                };
                self.act(who, &retest).await?
            }
            SamplePhase::Released { .. } => {
                let officer = self.other_person(&[ordered_by]);
                let reason = "货物已整改，经评估免除 put right; waived after assessment".to_owned();
                self.act(officer, &WaiveSampling { id: inspection.to_owned(), line: of.taken.line, reason }).await?
            }
            SamplePhase::Unusable { .. } | SamplePhase::Cancelled { .. } => None,
        };
        Ok(done.is_some())
    }
}

fn hand_over(id: &str, of: &Sample, act: CustodyAct, took: Option<Holder>, at: Timestamp, odd: bool) -> HandOverSample {
    let part = of.tested_part();
    let seal = of.parts.get(&part).map(|custody| custody.seal.clone()).unwrap_or_default();
    HandOverSample {
        id: id.to_owned(),
        part,
        act,
        gave: None,
        took,
        seal: if odd { format!("{seal}1") } else { seal },
        seal_whole: true,
        note: String::new(),
        at,
    }
}
