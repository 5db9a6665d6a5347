//! Samples (样品): what is wanted of an inspection, the chain of custody, the test, and what each who asks may see of it.

use app::reading::Seen;
use app::rights::Resource;
use app::samples::Eyes;
use app::{AppError, Context};
use inspection::{
    ChainDecided, ChainFault, Conclusion, Holder as HolderState, HolderKind, Reported, RetestRequested, Sample as State, SamplePhase,
    TestResult as TestResultState, TestingBegan,
};
use ledger::Aggregate;
use logistics::container_number;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::inspection::Officer;
use super::{Finding, Instant, Text, allowed};
use crate::state::Api;
use crate::texts;

/// Something with a code and a name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Named {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Text,
}

/// A test item (检测项目).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TestItem {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Text,
    /// Promised time from receipt to report, hours: an assumption of the port, not verified with the laboratories.
    pub promised_hours: u32,
    /// The same by through-train.
    pub through_train_hours: u32,
}

/// A laboratory (实验室).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Laboratory {
    /// Number.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Codes of what it can test.
    pub items: Vec<String>,
}

/// Laboratories and test items of the port.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Laboratories {
    /// Laboratories.
    pub laboratories: Vec<Laboratory>,
    /// Test items.
    pub items: Vec<TestItem>,
}

/// Who holds a part.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Holder {
    /// `officer`, `carrier`, `laboratory`, `store`, `owner` or `nobody`.
    pub kind: String,
    /// User id, number or name.
    pub id: String,
    /// In words.
    pub name: Text,
}

/// Where a part is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SamplePartView {
    /// `test` or `keeper`.
    pub part: String,
    /// Quantity.
    pub quantity: String,
    /// Seal.
    pub seal: String,
    /// Who holds it.
    pub holder: Holder,
    /// The seal was opened for the test.
    pub opened: bool,
    /// Given back or destroyed.
    pub gone: bool,
}

/// A hand-over.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SampleHandOver {
    /// `test` or `keeper`.
    pub part: String,
    /// `send`, `receive`, `keep`, `return` or `destroy`.
    pub act: String,
    /// Who gave.
    pub gave: Holder,
    /// Who took.
    pub took: Holder,
    /// Seal found.
    pub seal: String,
    /// It was whole.
    pub seal_whole: bool,
    /// Remark.
    pub note: String,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// When.
    pub at: Instant,
}

/// A decision on a fault of the chain.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ChainDecision {
    /// The sample may be used.
    pub usable: bool,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Officer,
    /// When.
    pub at: Instant,
}

/// The result of a test item.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct TestResult {
    /// Code of the item.
    pub item: String,
    /// Method or standard; at most 120 characters, as the two below.
    pub method: String,
    /// Limit with its unit.
    pub limit: String,
    /// What was found, with its unit.
    pub result: String,
    /// It meets the limit.
    pub meets: bool,
}

impl From<TestResult> for TestResultState {
    fn from(one: TestResult) -> Self {
        let TestResult { item, method, limit, result, meets } = one;
        let trimmed = |text: String| text.trim().to_owned();
        Self { item: trimmed(item), method: trimmed(method), limit: trimmed(limit), result: trimmed(result), meets }
    }
}

impl From<&TestResultState> for TestResult {
    fn from(one: &TestResultState) -> Self {
        let TestResultState { item, method, limit, result, meets } = one.clone();
        Self { item, method, limit, result, meets }
    }
}

/// A report.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SampleReport {
    /// Results.
    pub results: Vec<TestResult>,
    /// `pass`, `fail` or `inconclusive`.
    pub conclusion: String,
    /// In words.
    pub conclusion_text: Text,
    /// Remark.
    pub note: String,
    /// Who wrote it.
    pub by: Officer,
    /// Who released it; null while it waits.
    pub released_by: Option<Officer>,
    /// When it was released.
    pub at: Option<Instant>,
    /// Disposition code of a failed test.
    pub disposition: Option<String>,
    /// It was later than promised.
    pub late: bool,
}

/// A sample (样品). What is null is not for whoever asks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Sample {
    /// Id.
    pub id: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Goods line.
    pub line: u32,
    /// HS code.
    pub hs_code: String,
    /// Name of the goods.
    pub goods: String,
    /// Subject to inspection by law.
    pub statutory: bool,
    /// By through-train.
    pub through_train: bool,
    /// Test items.
    pub items: Vec<Named>,
    /// Laboratory.
    pub laboratory: Named,
    /// When it was taken.
    pub taken_at: Instant,
    /// When the next step is due.
    pub due_at: Option<Instant>,
    /// What the last released report says: `pass`, `fail` or `inconclusive`.
    pub conclusion: Option<String>,
    /// In words.
    pub conclusion_text: Option<Text>,
    /// It is tested again.
    pub retested: bool,
    /// The laboratory sees it blind: whose it is stays hidden.
    pub blind: bool,
    /// Inspection.
    pub inspection: Option<String>,
    /// Declaration.
    pub declaration: Option<String>,
    /// Bill number.
    pub bill_no: Option<String>,
    /// Container number; for officers.
    pub container: Option<String>,
    /// Container visit; for officers.
    pub container_id: Option<String>,
    /// Who took it; for officers.
    pub taken_by: Option<Officer>,
    /// SHA-256 of a photo; for officers.
    pub photo: Option<String>,
    /// Unit of the quantities; for officers and the laboratory, as all that follows.
    pub unit: Option<String>,
    /// Hours promised from receipt to report: an assumption of the port.
    pub promised_hours: Option<u32>,
    /// Parts.
    pub parts: Vec<SamplePartView>,
    /// Chain of custody, oldest first.
    pub chain: Vec<SampleHandOver>,
    /// A fault of the chain waits for a decision.
    pub undecided: bool,
    /// Decisions on faults.
    pub decisions: Vec<ChainDecision>,
    /// Reports: released ones, and one that waits.
    pub reports: Vec<SampleReport>,
    /// Why it is tested again.
    pub retest_reason: Option<String>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

pub(crate) fn conclusion_text(conclusion: Conclusion) -> Text {
    match conclusion {
        Conclusion::Pass => Text::new("合格", "Pass"),
        Conclusion::Fail => Text::new("不合格", "Fail"),
        Conclusion::Inconclusive => Text::new("无法判定", "Inconclusive"),
    }
}

fn finding(fault: ChainFault) -> Finding {
    let hint = codes::Text::new("由未经手的关员处置后才能使用报告。", "An officer who had no part in it decides before a report is used.");
    Finding::from(codes::Finding::error(fault.code(), "", fault.text(), hint))
}

impl Api {
    /// Test items by code.
    pub fn named_items(&self, codes: &[String]) -> Vec<Named> {
        let rules = &self.app.port().sampling;
        let name = |code: &String| rules.item(code).map_or_else(|| Text::new(code, code), |item| item.name.clone().into());
        codes.iter().map(|code| Named { code: code.clone(), name: name(code) }).collect()
    }

    pub fn laboratory(&self, id: &str) -> Named {
        let name = self.app.port().sampling.laboratory(id).map_or_else(|| Text::new(id, id), |one| one.name.clone().into());
        Named { code: id.to_owned(), name }
    }

    async fn holder(&self, holder: &HolderState, blind: bool) -> Result<Holder, AppError> {
        // Whoever tests blind is not told whose goods they are (盲样).
        if blind && holder.kind == HolderKind::Owner {
            return Ok(Holder { kind: holder.kind.code().to_owned(), id: String::new(), name: Text::new("货主", "The owner") });
        }
        let name = match holder.kind {
            HolderKind::Officer => self.officer(&holder.name).await?.name,
            HolderKind::Laboratory => self.laboratory(&holder.name).name,
            HolderKind::Nobody => Text::new("已销毁", "Destroyed"),
            HolderKind::Carrier | HolderKind::Store | HolderKind::Owner => Text::new(&holder.name, &holder.name),
        };
        Ok(Holder { kind: holder.kind.code().to_owned(), id: holder.name.clone(), name })
    }

    async fn sample_report(&self, report: &Reported) -> Result<SampleReport, AppError> {
        Ok(SampleReport {
            results: report.results.iter().map(TestResult::from).collect(),
            conclusion: report.conclusion.code().to_owned(),
            conclusion_text: conclusion_text(report.conclusion),
            note: report.note.clone(),
            by: self.officer(&report.by).await?,
            released_by: None,
            at: None,
            disposition: None,
            late: false,
        })
    }

    /// What this person may do with a sample.
    async fn sample_actions(&self, ctx: &Context, id: &str, state: &State) -> Result<Vec<String>, AppError> {
        let person = ctx.principal.id.as_str();
        let own = ctx.principal.organisation == state.taken.laboratory_organisation;
        let tests = own && self.app.works_in_laboratory(person).await? && state.taken.by != person;
        let by = || person.to_owned();
        let chain = ChainDecided { usable: true, why: String::new(), by: by() };
        let retest = RetestRequested { why: String::new(), by: by() };
        let wrote = |report: &Reported| report.by == person;
        let before = state.reports.iter().any(|one| wrote(&one.report));
        let (testing, reported) = match &state.phase {
            SamplePhase::Testing { .. } => (true, None),
            SamplePhase::Reported { report, .. } => (false, Some(report)),
            SamplePhase::Taken
            | SamplePhase::Sent
            | SamplePhase::Received { .. }
            | SamplePhase::Released { .. }
            | SamplePhase::Unusable { .. }
            | SamplePhase::Cancelled { .. } => (false, None),
        };
        let fitting: Vec<&'static str> = [
            ("sample.hand-over", state.parts.values().any(|part| !part.gone)),
            ("sample.decide-chain", inspection::decide_chain(state, chain).is_ok()),
            ("sample.test", tests && inspection::decide_begin_test(state, TestingBegan { by: by() }).is_ok()),
            ("sample.report", tests && testing && !before),
            ("sample.return-report", tests && reported.is_some()),
            ("sample.release", tests && reported.is_some_and(|report| !wrote(report)) && !state.undecided),
            ("sample.retest", inspection::decide_retest(state, retest).is_ok()),
        ]
        .into_iter()
        .filter(|(_, fits)| *fits)
        .map(|(action, _)| action)
        .collect();
        let row = state.work_row(id);
        let resource = Resource::of(State::KIND, id, &row, &ctx.principal, &self.app.port().customs_district);
        Ok(allowed(self, &ctx.principal, &resource, &fitting))
    }

    /// A sample as these eyes see it.
    pub async fn sample(&self, ctx: &Context, eyes: Eyes, seen: Seen<State>) -> Result<Sample, AppError> {
        let Seen { id, state, version } = seen;
        let row = state.work_row(&id);
        let taken = &state.taken;
        let officer = eyes == Eyes::Officer;
        let mut view = Sample {
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            line: taken.line,
            hs_code: taken.hs_code.clone(),
            goods: taken.goods.clone(),
            statutory: taken.statutory,
            through_train: taken.through_train,
            items: self.named_items(&taken.items),
            laboratory: self.laboratory(&taken.laboratory),
            taken_at: state.taken_at.into(),
            due_at: row.due_at.map(Instant::from),
            conclusion: state.conclusion().map(|one| one.code().to_owned()),
            conclusion_text: state.conclusion().map(conclusion_text),
            retested: state.retest.is_some(),
            blind: eyes == Eyes::Laboratory,
            inspection: (eyes != Eyes::Laboratory).then(|| taken.inspection.clone()),
            declaration: (eyes != Eyes::Laboratory).then(|| taken.declaration.clone()),
            bill_no: (eyes != Eyes::Laboratory).then(|| taken.bill.clone()),
            container: officer.then(|| container_number(&taken.container).to_owned()),
            container_id: officer.then(|| taken.container.clone()),
            taken_by: if officer { Some(self.officer(&taken.by).await?) } else { None },
            photo: taken.photo.clone().filter(|_| officer),
            unit: None,
            promised_hours: None,
            parts: Vec::new(),
            chain: Vec::new(),
            undecided: false,
            decisions: Vec::new(),
            reports: Vec::new(),
            retest_reason: None,
            actions: self.sample_actions(ctx, &id, &state).await?,
            id,
            version,
        };
        if eyes != Eyes::Trader {
            self.handled(&mut view, &state).await?;
        }
        Ok(view)
    }

    /// What officers and the laboratory see: seals, hand-overs, results.
    async fn handled(&self, view: &mut Sample, state: &State) -> Result<(), AppError> {
        view.unit = Some(state.taken.unit.clone());
        view.promised_hours = Some(state.taken.promised_hours);
        view.undecided = state.undecided;
        // What the trader wrote may tell whose it is.
        view.retest_reason = state.retest.as_ref().filter(|_| !view.blind).map(|(retest, _)| retest.why.clone());
        for (part, custody) in &state.parts {
            view.parts.push(SamplePartView {
                part: part.code().to_owned(),
                quantity: custody.quantity.clone(),
                seal: custody.seal.clone(),
                holder: self.holder(&custody.holder, view.blind).await?,
                opened: custody.opened,
                gone: custody.gone,
            });
        }
        for one in &state.chain {
            let done = &one.hand_over;
            view.chain.push(SampleHandOver {
                part: done.part.code().to_owned(),
                act: done.act.code().to_owned(),
                gave: self.holder(&done.gave, view.blind).await?,
                took: self.holder(&done.took, view.blind).await?,
                seal: done.seal.clone(),
                seal_whole: done.seal_whole,
                note: done.note.clone(),
                findings: done.faults.iter().map(|fault| finding(*fault)).collect(),
                at: one.at.into(),
            });
        }
        for (decided, at) in &state.decisions {
            let (usable, reason) = (decided.usable, decided.why.clone());
            view.decisions.push(ChainDecision { usable, reason, by: self.officer(&decided.by).await?, at: (*at).into() });
        }
        for one in &state.reports {
            view.reports.push(SampleReport {
                released_by: Some(self.officer(&one.released.by).await?),
                at: Some(one.at.into()),
                disposition: one.released.disposition.clone(),
                late: state.was_late(one),
                ..self.sample_report(&one.report).await?
            });
        }
        if let SamplePhase::Reported { report, .. } = &state.phase {
            view.reports.push(self.sample_report(report).await?);
        }
        Ok(())
    }
}
