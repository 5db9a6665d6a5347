//! Who takes part in the synthetic port: organisations, people, grades, guarantees. Every name says that it is a demonstration.

use app::agency::{AcceptAgreement, ProposeAgreement};
use app::agreement::Tolerance;
use app::directory::{Officer, Organisation, User, WriteOrganisation, WriteUser};
use app::duty::RegisterGuarantee;
use app::enterprises::{GradeEnterprise, RegisterEnterprise};
use app::partners::{Profile, WritePartner};
use app::{App, AppError, Context, Principal, Role};
use clearance::{AgencyAct, AgencyAgreement, GuaranteeKind};
use codes::{Money, Uscc};
use credit::{Grade, Graded, Registered};
use ledger::{Bilingual, Timestamp};

use crate::{SimulationError, machines, papers, sampling, shared_data as sharing, site_rule};

/// An organisation of the cast.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub id: &'static str,
    pub role: Role,
    pub zh: &'static str,
    pub en: &'static str,
    pub edi: Option<&'static str>,
    pub grade: Option<Grade>,
    /// Guarantee limit in fen.
    pub guarantee: Option<i64>,
    /// People: login name after the organisation's id, surname in Chinese and in letters.
    pub people: &'static [(&'static str, &'static str, &'static str)],
}

const fn part(
    id: &'static str,
    role: Role,
    zh: &'static str,
    en: &'static str,
    people: &'static [(&'static str, &'static str, &'static str)],
) -> Part {
    Part { id, role, zh, en, edi: None, grade: None, guarantee: None, people }
}

const fn sender(of: Part, edi: &'static str) -> Part {
    Part { edi: Some(edi), ..of }
}

const fn graded(of: Part, grade: Grade, guarantee: Option<i64>) -> Part {
    Part { grade: Some(grade), guarantee, ..of }
}

/// The cast. Ids are stable: logins, documentation and tests name them.
pub(crate) const CAST: &[Part] = &[
    sender(
        part("agent-blue", Role::Agent, "示范蓝海船务代理", "Demo Blue Ship Agency", &[("lin", "林", "Lin"), ("ye", "叶", "Ye")]),
        "TESTAGENTBLUE",
    ),
    sender(part("agent-green", Role::Agent, "示范绿洲船务代理", "Demo Green Ship Agency", &[("zhou", "周", "Zhou")]), "TESTAGENTGREEN"),
    sender(part("agent-amber", Role::Agent, "示范琥珀船务代理", "Demo Amber Ship Agency", &[("he", "何", "He")]), "TESTAGENTAMBER"),
    graded(
        part("trader-aurora", Role::Trader, "示范极光进出口有限公司", "Demo Aurora Trading", &[("chen", "陈", "Chen"), ("su", "苏", "Su")]),
        Grade::AdvancedCertified,
        Some(9_000_000_000),
    ),
    graded(
        part("trader-birch", Role::Trader, "示范白桦供应链有限公司", "Demo Birch Supply Chain", &[("wu", "吴", "Wu")]),
        Grade::Certified,
        Some(3_000_000_000),
    ),
    graded(part("trader-cedar", Role::Trader, "示范雪松食品有限公司", "Demo Cedar Foods", &[("zhao", "赵", "Zhao")]), Grade::Regular, None),
    graded(
        part("trader-delta", Role::Trader, "示范三角洲纺织有限公司", "Demo Delta Textiles", &[("sun", "孙", "Sun")]),
        Grade::Regular,
        None,
    ),
    graded(
        part("trader-ember", Role::Trader, "示范余烬贸易有限公司", "Demo Ember Trading", &[("qian", "钱", "Qian")]),
        Grade::Dishonest,
        None,
    ),
    sender(
        part(
            "terminal-east",
            Role::Terminal,
            "示范东集装箱码头",
            "Demo East Container Terminal",
            &[("xu", "徐", "Xu"), ("gao", "高", "Gao")],
        ),
        "TESTTERMEAST",
    ),
    sender(
        part("terminal-west", Role::Terminal, "示范西集装箱码头", "Demo West Container Terminal", &[("ma", "马", "Ma")]),
        "TESTTERMWEST",
    ),
    part("trucker-swift", Role::Trucker, "示范迅捷车队", "Demo Swift Haulage", &[("luo", "罗", "Luo")]),
    part("trucker-plum", Role::Trucker, "示范梅花车队", "Demo Plum Haulage", &[("song", "宋", "Song")]),
    part("trucker-oak", Role::Trucker, "示范橡树车队", "Demo Oak Haulage", &[("tang", "唐", "Tang")]),
    part(
        "customs-demo",
        Role::Customs,
        "示范海关",
        "Demo Customs",
        &[
            ("an", "安", "An"),
            ("bai", "白", "Bai"),
            ("cao", "曹", "Cao"),
            ("ding", "丁", "Ding"),
            ("fang", "方", "Fang"),
            ("geng", "耿", "Geng"),
        ],
    ),
    // A laboratory has no district: it sees the samples that are for it, and nothing else.
    part(
        sampling::LABORATORY_ID,
        Role::Customs,
        "示范海关技术中心实验室",
        "Demo Customs Laboratory",
        &[("lan", "兰", "Lan"), ("mi", "米", "Mi"), ("yun", "云", "Yun")],
    ),
    part("maritime-demo", Role::Maritime, "示范海事局", "Demo Maritime Administration", &[("hai", "海", "Hai"), ("xia", "夏", "Xia")]),
    part("border-demo", Role::Border, "示范边检站", "Demo Border Inspection", &[("bian", "卞", "Bian"), ("wei", "魏", "Wei")]),
    part("port-authority", Role::PortAuthority, "示范港航中心", "Demo Port Authority", &[("gang", "冈", "Gang"), ("han", "韩", "Han")]),
    part(
        "market-demo",
        Role::MarketSupervision,
        "示范市场监管局",
        "Demo Market Supervision",
        &[("shi", "石", "Shi"), ("jin", "金", "Jin")],
    ),
    part("port-office", Role::PortOffice, "示范口岸办", "Demo Port Office", &[("jiang", "江", "Jiang"), ("ning", "宁", "Ning")]),
    part("platform-admin", Role::Admin, "示范平台运营", "Demo Platform Operations", &[("guo", "郭", "Guo")]),
];

/// Conflicts of interest of officers (回避), by login name.
const CONFLICTS: &[(&str, &[&str])] = &[("customs-demo.bai", &["trader-ember"]), ("customs-demo.fang", &["trader-delta", "terminal-west"])];

/// Competences (资质) of officers, by login name.
const COMPETENCES: &[(&str, &str)] = &[
    ("maritime-demo.hai", "dangerous-goods"),
    ("customs-demo.geng", "image-senior"),
    ("customs-demo.an", "image-senior"),
    ("customs-demo.ding", "scanner-operator"),
    ("lab-demo.lan", "laboratory"),
    ("lab-demo.mi", "laboratory"),
    ("lab-demo.yun", "laboratory"),
];

/// Who is represented by whom (代理委托).
const AGENCIES: [(&str, &str); 1] = [("trader-cedar", "trader-birch")];

/// What is forgiven to every sender of messages (允许的偏差): the two deviations that files of real systems most often have, so that a
/// visitor's own manifest is read. Wrong counts are not among them: they may mean a cut file.
const FORGIVEN: [Tolerance; 2] = [Tolerance::SegmentStructure, Tolerance::CharsetMismatch];

/// Administrative division of the synthetic credit codes.
const DIVISION: &str = "330200";

impl Part {
    /// Its name.
    pub fn name(&self) -> Bilingual {
        Bilingual::new(self.zh, self.en)
    }

    /// Its synthetic credit code; authorities and the platform have none here.
    pub fn uscc(&self) -> Option<String> {
        let serial = CAST.iter().position(|other| other.id == self.id)?;
        let company = matches!(self.role, Role::Agent | Role::Trader | Role::Terminal | Role::Trucker);
        let code = Uscc::synthetic(DIVISION, u32::try_from(serial).ok()? + 101).ok()?;
        company.then(|| code.to_string())
    }

    /// Its first person.
    pub fn person(&self) -> String {
        self.people.first().map_or_else(|| self.id.to_owned(), |(name, ..)| format!("{}.{name}", self.id))
    }

    fn district(&self, app: &App) -> Option<String> {
        (self.role == Role::Customs && self.id != sampling::LABORATORY_ID).then(|| app.port().customs_district.clone())
    }

    /// The principal of one of its people, or of its system.
    pub fn principal(&self, app: &App, id: String, system: bool) -> Principal {
        Principal { id, organisation: self.id.to_owned(), role: self.role, district: self.district(app), system }
    }
}

/// The part of an organisation id.
pub(crate) fn of(id: &str) -> Option<&'static Part> {
    CAST.iter().find(|part| part.id == id)
}

/// All parts of a role.
pub(crate) fn all(role: Role) -> impl Iterator<Item = &'static Part> {
    CAST.iter().filter(move |part| part.role == role)
}

/// Somebody who can be logged in by one click in a demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoLogin {
    /// User id.
    pub user: String,
    /// Role.
    pub role: Role,
    /// Name of the person.
    pub name: Bilingual,
    /// Name of the organisation.
    pub organisation: Bilingual,
    /// What can be tried with it.
    pub description: Bilingual,
}

/// One login for each role of people.
pub fn demo_logins() -> Vec<DemoLogin> {
    let described = |role| match role {
        Role::Trader => {
            Bilingual::new("申报进口货物、缴税、换单、预约提箱", "Declare imports, pay duty, obtain delivery orders, book pick-ups")
        }
        Role::Agent => Bilingual::new("预报船舶、传输舱单、签发提货单", "Announce ships, send manifests, issue delivery orders"),
        Role::Terminal => Bilingual::new("报告卸船、移箱、送检、闸口放行", "Report discharge and moves, present boxes, run the gate"),
        Role::Trucker => Bilingual::new("预约时段、进闸提箱", "Book slots and collect boxes"),
        Role::Customs => Bilingual::new("审核单证、查验、扣留与放行", "Check documents, inspect, hold and release"),
        Role::Maritime | Role::Border | Role::PortAuthority | Role::MarketSupervision => {
            Bilingual::new("下达检查指令，参加联合查验", "Place instructions, take part in joint inspections")
        }
        Role::PortOffice => Bilingual::new("查看整体通关时间与瓶颈", "See clearance times and bottlenecks of the port"),
        Role::Admin => Bilingual::new("管理单位、用户与密钥", "Keep organisations, users and keys"),
        Role::National | Role::Platform | Role::Public => Bilingual::new("", ""),
    };
    Role::PEOPLE
        .into_iter()
        .filter_map(|role| {
            let part = all(role).next()?;
            let (_, zh, en) = part.people.first()?;
            Some(DemoLogin {
                user: part.person(),
                role,
                name: person_name(zh, en),
                organisation: part.name(),
                description: described(role),
            })
        })
        .collect()
}

fn person_name(zh: &str, en: &str) -> Bilingual {
    Bilingual::new(format!("{zh}示范"), format!("{en} Demo"))
}

/// Registers the cast. What is there already stays as it is. `ctx` must be the platform or an administrator with customs' rights.
///
/// # Errors
/// [`SimulationError::Platform`] when the store fails.
pub async fn install(app: &App, ctx: &Context) -> Result<(), SimulationError> {
    let fault = SimulationError::platform("install");
    for part in CAST {
        let uscc = part.uscc();
        let organisation = Organisation {
            id: part.id.to_owned(),
            name: part.name(),
            role: part.role,
            uscc: uscc.clone(),
            district: part.district(app),
            edi_id: part.edi.map(str::to_owned),
        };
        if app.organisation(part.id).await.map_err(&fault)?.is_none() {
            let agreed = Profile { tolerances: FORGIVEN.into(), ..Profile::standard(&organisation) };
            app.execute(ctx, &WriteOrganisation { organisation, expected_version: 0 }).await.map_err(&fault)?;
            if part.edi.is_some() {
                app.execute(ctx, &WritePartner { profile: agreed, expected_version: 0 }).await.map_err(&fault)?;
            }
        }
        for (name, zh, en) in part.people {
            let id = format!("{}.{name}", part.id);
            if app.user(&id).await.map_err(&fault)?.is_some() {
                continue;
            }
            let conflicts =
                CONFLICTS.iter().filter(|(officer, _)| *officer == id).flat_map(|(_, with)| with.iter().map(|o| (*o).to_owned())).collect();
            let officer = app::matching::authority_of(part.role).map(|_| {
                let competences = COMPETENCES.iter().filter(|(officer, _)| *officer == id).map(|(_, one)| (*one).to_owned()).collect();
                Officer { conflicts, competences, on_duty: true }
            });
            let user = User { id, name: person_name(zh, en), organisation: part.id.to_owned(), password: None, disabled: false, officer };
            app.execute(ctx, &WriteUser { user, expected_version: 0 }).await.map_err(&fault)?;
        }
        if let (Some(grade), Some(uscc)) = (part.grade, uscc) {
            install_trader(app, ctx, part, grade, uscc).await?;
        }
    }
    for (principal, agent) in AGENCIES {
        install_agency(app, ctx, principal, agent).await?;
    }
    sharing::install(app, ctx).await?;
    site_rule::install(app, ctx).await?;
    sampling::install(app, ctx).await?;
    machines::install(app, ctx).await
}

/// The agent's agreement with its principal, for all bills: proposed by the agent, accepted by the principal.
async fn install_agency(app: &App, ctx: &Context, principal: &str, agent: &str) -> Result<(), SimulationError> {
    let fault = SimulationError::platform("install");
    let (Some(represented), Some(represents)) = (of(principal), of(agent)) else { return Ok(()) };
    let person = |part: &Part| Context { principal: part.principal(app, part.person(), false), ..ctx.clone() };
    let known = app::reading::ListQuery { limit: 1, ..Default::default() };
    if !app.list::<AgencyAgreement>(&person(represents), "agency.read", known).await.map_err(&fault)?.items.is_empty() {
        return Ok(());
    }
    let proposal = ProposeAgreement {
        principal: principal.to_owned(),
        agent: agent.to_owned(),
        acts: [AgencyAct::Declaration, AgencyAct::DeliveryOrder].into(),
        bill: None,
        valid_from: ctx.at.plus_days(-30),
        valid_to: ctx.at.plus_days(2 * 365),
    };
    let id = app.execute(&person(represents), &proposal).await.map_err(&fault)?.outcome;
    app.execute(&person(represented), &AcceptAgreement { id }).await.map_err(&fault)?;
    Ok(())
}

async fn install_trader(app: &App, ctx: &Context, part: &Part, grade: Grade, uscc: String) -> Result<(), SimulationError> {
    let fault = SimulationError::platform("install");
    let enterprise = Registered { uscc: uscc.clone(), name: part.zh.to_owned(), organisation: Some(part.id.to_owned()) };
    match app.execute(ctx, &RegisterEnterprise { enterprise }).await {
        // Registered before: grade, guarantee and papers are there, too.
        Err(AppError::Refused(_)) => return Ok(()),
        other => drop(other.map_err(&fault)?),
    }
    let graded =
        Graded { grade, rule_version: "decree-282".into(), since: grading_day(ctx.at), basis: "示范评级 demonstration grade".into() };
    app.execute(ctx, &GradeEnterprise { id: uscc, grade: graded }).await.map_err(&fault)?;
    if let Some(limit) = part.guarantee {
        let guarantee = RegisterGuarantee {
            principal: part.id.to_owned(),
            guarantor: "示范银行 Demo Bank".into(),
            kind: GuaranteeKind::BankLetter,
            limit: Money::cny(limit),
            valid_from: ctx.at.plus_days(-30),
            valid_to: ctx.at.plus_days(335),
        };
        app.execute(ctx, &guarantee).await.map_err(&fault)?;
    }
    papers::upload(app, ctx, part).await
}

/// A day on which Decree 282 was in force, before the play begins where possible.
fn grading_day(at: Timestamp) -> Timestamp {
    // 2026-04-01T00:00:00+08:00.
    let in_force = Timestamp::from_millis(1_774_972_800_000);
    at.plus_days(-60).max(in_force)
}
