//! Clues of the synthetic port (线索): every few days an authority hears of something, has an officer check it, and somebody else closes it. Some
//! wait for visitors. What they are about is as synthetic as everything else.

use app::clues::{AssignClue, AttachFacts, CheckClue, CloseClue, RegisterClue, ShareClue};
use app::{Principal, Role};
use inspection::{Clue, ClueAbout, ClueFinding, CluePhase, CluePlace, CluePurpose, ClueScope, ClueSeverity, ClueSource};

use crate::SimulationError;
use crate::cast::{self, Part};
use crate::chance::stable;
use crate::world::{Step, World};

/// Of how many days one brings a clue.
const DAYS_ONE_IN: u64 = 2;
/// Of how many clues of the last days one is left where it is.
const LEFT_ONE_IN: u64 = 2;
/// Time to check a clue.
const DUE_DAYS: i64 = 5;

/// Who hears what, from whom, about a trader.
const HEARD: [(&str, ClueSource, ClueSeverity, &str); 4] = [
    (
        "customs-demo",
        ClueSource::PublicReport,
        ClueSeverity::High,
        "示范线索：群众反映申报品名与实际不符。Synthetic: goods are said not to be what was declared.",
    ),
    (
        "market-demo",
        ClueSource::Transferred,
        ClueSeverity::Medium,
        "示范线索：外县移送，标签与原产地不符。Synthetic: labels and origin are said to differ.",
    ),
    ("customs-demo", ClueSource::Data, ClueSeverity::Low, "示范线索：同类货物价格偏低。Synthetic: prices below those of like goods."),
    (
        "border-demo",
        ClueSource::Patrol,
        ClueSeverity::Medium,
        "示范线索：夜间巡查发现企业车辆在限定区域停留。Synthetic: vehicles seen in a restricted area at night.",
    ),
];
/// Counties of the synthetic port: codes of no county that exists.
const COUNTIES: [(&str, &str); 3] = [("990101", "示范县甲"), ("990102", "示范县乙"), ("990103", "示范县丙")];

fn nth<T>(of: &[T], hash: u64) -> Option<&T> {
    of.get(usize::try_from(hash % (of.len().max(1) as u64)).unwrap_or(0))
}

impl World {
    /// A person of an authority; the second where there is one.
    fn hears(&self, part: &Part, index: usize) -> Principal {
        let id = part.people.get(index).map_or_else(|| part.person(), |(name, ..)| format!("{}.{name}", part.id));
        part.principal(&self.app, id, false)
    }

    /// An authority hears of something, on some days.
    pub async fn clue_of_the_day(&mut self) -> Result<(), SimulationError> {
        let day = self.now().day(self.app.port().utc_offset_minutes);
        let hash = stable(&format!("clue {day}"));
        if !hash.is_multiple_of(DAYS_ONE_IN) {
            return Ok(());
        }
        let hash = hash / DAYS_ONE_IN;
        let traders: Vec<&Part> = cast::all(Role::Trader).collect();
        let (Some((authority, source, severity, text)), Some((county, place)), Some(trader)) =
            (nth(&HEARD, hash), nth(&COUNTIES, hash / 7), nth(&traders, hash / 29))
        else {
            return Ok(());
        };
        let (Some(part), Some(value)) = (cast::of(authority), trader.uscc()) else { return Ok(()) };
        let clue = RegisterClue {
            source: *source,
            about: ClueAbout::Enterprise,
            value,
            severity: *severity,
            place: CluePlace { county: Some((*county).to_owned()), name: (*place).to_owned() },
            retention: None,
            text: (*text).to_owned(),
        };
        if let Some(id) = self.act(self.hears(part, 0), &clue).await? {
            self.at(self.now().plus_hours(2), Step::Clue(id));
        }
        Ok(())
    }

    /// What is done with a clue next: looked up and assigned, answered by the officer, closed by somebody else.
    pub async fn clue(&mut self, id: &str) -> Result<(), SimulationError> {
        let Some(state) = self.look::<Clue>(id).await? else { return Ok(()) };
        let Some(part) = cast::of(&state.registered.organisation) else { return Ok(()) };
        let (first, second) = (self.hears(part, 0), self.hears(part, 1));
        let hash = stable(id);
        if self.now() >= self.visitors_from && hash.is_multiple_of(LEFT_ONE_IN) {
            return Ok(());
        }
        let hash = hash / LEFT_ONE_IN;
        match state.phase {
            CluePhase::Registered => {
                self.act(first.clone(), &AttachFacts { id: id.to_owned(), purpose: CluePurpose::Assess }).await?;
                let due = self.now().plus_days(DUE_DAYS);
                self.act(first, &AssignClue { id: id.to_owned(), officer: second.id, due }).await?;
                self.at(self.now().plus_hours(i64::try_from(20 + hash % 60).unwrap_or(20)), Step::Clue(id.to_owned()));
            }
            CluePhase::Assigned => {
                let finding = if hash.is_multiple_of(3) { ClueFinding::Confirmed } else { ClueFinding::NotConfirmed };
                let text = "示范：已到现场核对单证和货物。Synthetic: papers and goods were looked at.".to_owned();
                self.act(second, &CheckClue { id: id.to_owned(), finding, text }).await?;
                self.at(self.now().plus_hours(24), Step::Clue(id.to_owned()));
            }
            CluePhase::Checked { finding } => {
                if finding == ClueFinding::Confirmed && part.role != Role::MarketSupervision {
                    let (with, reason) = ("market-demo".to_owned(), "示范：涉及市场主体 concerns a market entity".to_owned());
                    self.act(first.clone(), &ShareClue { id: id.to_owned(), with, scope: ClueScope::Clue, reason }).await?;
                }
                self.act(first, &CloseClue { id: id.to_owned(), reason: "示范：核查完毕 checked".into() }).await?;
            }
            CluePhase::Closed { .. } => {}
        }
        Ok(())
    }
}
