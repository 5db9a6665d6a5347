//! The default library (默认预警库): what is watched, from when, and who looks after it.
//!
//! No law sets these limits. They are what a port in western Shenzhen was seen to use in a public repository, and, where marked, this platform's
//! own: defaults that the authority replaces.

/// Who keeps a rule: may switch it and change its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// Customs of the port (海关).
    Customs,
    /// The port office (口岸办).
    PortOffice,
}

/// How much a default is to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Seen in use at a port; practice and no authority.
    Practice,
    /// This platform's own.
    Assumption,
}

impl Grade {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::Assumption => "assumption",
        }
    }
}

/// How a rule is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// On objects of this kind.
    Watched(&'static str),
    /// By a watch of its own, which raises objects of this kind.
    OwnWatch(&'static str),
    /// Not: the platform does not see what it would need. Why, in Chinese and English.
    NotMeasured(&'static str, &'static str),
}

/// A rule of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable code.
    pub code: &'static str,
    /// Name, Chinese and English.
    pub name: (&'static str, &'static str),
    /// From when to when is measured, and for what; Chinese and English.
    pub measured: (&'static str, &'static str),
    /// How.
    pub how: How,
    /// Default limits in hours, ascending: the level rises with each.
    pub hours: &'static [u32],
    /// Who keeps it.
    pub keeper: Keeper,
    /// Who is told besides its keeper and the port office; Chinese and English.
    pub told: (&'static str, &'static str),
    /// How much the default is to be believed.
    pub grade: Grade,
    /// The case itself asks somebody to act: the alarm asks nobody a second time.
    pub case_asks: bool,
}

impl Rule {
    /// Is it measured by this library?
    pub const fn is_watched(&self) -> bool {
        matches!(self.how, How::Watched(_))
    }
}

const DAY: u32 = 24;

/// A rule of the library by its code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    LIBRARY.iter().find(|rule| rule.code == code)
}

const fn practice(code: &'static str, how: How, hours: &'static [u32], keeper: Keeper) -> Rule {
    Rule { code, name: ("", ""), measured: ("", ""), how, hours, keeper, told: ("", ""), grade: Grade::Practice, case_asks: false }
}

const NO_EXPORT: How =
    How::NotMeasured("平台尚无出口集港与出口放行数据。", "The platform has no export gate-in and no export release yet.");

/// Every rule, in the order in which it is shown.
pub const LIBRARY: &[Rule] = &[
    Rule {
        name: ("进口箱长期未放行", "Import box not released"),
        measured: (
            "卸船后仍在场、未放行的进口箱；从卸船起算。",
            "An import box in the yard that customs has not released; from its discharge.",
        ),
        told: ("该箱各方、码头", "parties of the box, terminal"),
        ..practice("import-unreleased", How::Watched("container"), &[7 * DAY, 14 * DAY, 90 * DAY], Keeper::Customs)
    },
    Rule {
        name: ("放行后未提箱", "Released box not collected"),
        measured: ("已放行仍在场的进口箱；从放行起算。", "A released import box still in the yard; from its release."),
        told: ("该箱各方、码头", "parties of the box, terminal"),
        ..practice("import-uncollected", How::Watched("container"), &[15 * DAY], Keeper::PortOffice)
    },
    Rule {
        name: ("查验箱未调箱", "Box for inspection not moved"),
        measured: (
            "查验指令下达后没有一个箱到场，也未机检；从指令下达起算。",
            "An inspection of which no box came to the site or to the scanner; from the order.",
        ),
        told: ("报关单位、收货人、码头", "broker, consignee, terminal"),
        ..practice("inspection-not-moved", How::Watched("inspection"), &[24, 72], Keeper::Customs)
    },
    Rule {
        name: ("到场箱未查验", "Box at the site not inspected"),
        measured: (
            "箱已到查验场地，尚无查验结果；从首箱到场起算。",
            "A box at the inspection site without a result; from the arrival of the first box.",
        ),
        told: ("报关单位、收货人、码头", "broker, consignee, terminal"),
        ..practice("inspection-not-done", How::Watched("inspection"), &[24], Keeper::Customs)
    },
    Rule {
        name: ("提前申报货物未到", "Advance declaration without goods"),
        measured: (
            "提前申报已受理，货物未全部卸船；从受理起算。",
            "An accepted advance declaration whose goods are not all landed; from acceptance.",
        ),
        told: ("报关单位、收货人", "broker, consignee"),
        ..practice("advance-not-arrived", How::Watched("declaration"), &[3 * DAY], Keeper::Customs)
    },
    Rule {
        name: ("离港后无理货报告", "Tally report missing after departure"),
        measured: (
            "已卸船的箱没有理货报告，船已离港；从船舶离港起算。",
            "A discharged box without a tally report, its ship gone; from the departure.",
        ),
        told: ("码头、船代", "terminal, ship agent"),
        ..practice("tally-missing", How::Watched("tally-report"), &[24], Keeper::Customs)
    },
    Rule {
        name: ("中转箱滞港", "Box in transhipment stays on"),
        measured: ("有中转申请的箱仍在场；从卸船起算。", "A box to be transhipped still in the yard; from its discharge."),
        told: ("申请人、两程船代、码头", "planner, agents of both ships, terminal"),
        ..practice("transhipment-stay", How::Watched("container"), &[90 * DAY, 180 * DAY], Keeper::Customs)
    },
    Rule {
        name: ("中转放行后未装船", "Released transhipment not loaded"),
        measured: ("中转已放行、未装船；从放行起算。", "A transhipment released and not loaded; from the release."),
        told: ("申请人、两程船代、码头", "planner, agents of both ships, terminal"),
        ..practice("onward-not-loaded", How::Watched("transhipment"), &[10 * DAY], Keeper::PortOffice)
    },
    Rule {
        name: ("未放行箱装船或离港等疑点", "Unreleased box loaded or out, and other doubts"),
        measured: (
            "报文所述与平台状态矛盾的箱（如未放行已装船、已出闸），海关尚未处置；从发现起算。",
            "A box of which a message tells what contradicts the platform (loaded or out without release), and that customs has not reviewed; from when it was found.",
        ),
        told: ("海关", "customs"),
        case_asks: true,
        ..practice("report-contradicts", How::Watched("container"), &[0], Keeper::Customs)
    },
    Rule {
        name: ("联合查验时段已过未进行", "Joint inspection's time passed unused"),
        measured: (
            "已确认的联合查验，时段结束仍未开始；从时段结束起算。",
            "A confirmed joint inspection that has not begun when its time is over; from the end of the time.",
        ),
        told: ("参加单位、码头", "participants, terminal"),
        grade: Grade::Assumption,
        ..practice("joint-order-unused", How::Watched("joint-order"), &[1], Keeper::Customs)
    },
    Rule {
        name: ("查验力量不足", "Too few officers for the inspections"),
        measured: (
            "今明后三天中已发布排班的日子，预计所需人时减去在岗人时；限值为缺少的人时。",
            "Of today and the two days after, those with a roster in force: officer-hours needed by the forecast less those rostered. The limit is the hours missing.",
        ),
        told: ("海关", "customs"),
        grade: Grade::Assumption,
        ..practice("inspection-backlog", How::Watched("inspection-site"), &[8, 24], Keeper::Customs)
    },
    Rule {
        name: ("税款逾期", "Duty overdue"),
        measured: ("税单逾期未缴、未担保；从缴款期限起算。", "A duty notice neither paid nor secured; from the end of its term."),
        told: ("缴款人、报关单位", "payer, broker"),
        grade: Grade::Assumption,
        case_asks: true,
        ..practice("duty-overdue", How::Watched("duty-notice"), &[0], Keeper::Customs)
    },
    Rule {
        name: ("报文异常", "Message centre"),
        measured: (
            "伙伴久未来报、差错率突增、投递失败、积压等；各有其限。",
            "A silent partner, a jump of faults, undelivered or unread messages; each with its own limit.",
        ),
        told: ("该伙伴", "the partner"),
        grade: Grade::Assumption,
        ..practice("messages", How::OwnWatch("message-alarm"), &[], Keeper::PortOffice)
    },
    Rule {
        name: ("设备告警", "Machines of terminals"),
        measured: ("设备遥测所报告警，每台设备每个代码一条。", "What machines tell by telemetry, once for each machine and code."),
        told: ("码头", "terminal"),
        grade: Grade::Assumption,
        ..practice("machines", How::OwnWatch("equipment-alarm"), &[], Keeper::PortOffice)
    },
    Rule {
        name: ("出口箱长期未放行", "Export box not released"),
        measured: ("出口箱集港后未放行；从进闸起算。", "An export box not released; from gate-in."),
        ..practice("export-unreleased", NO_EXPORT, &[7 * DAY, 90 * DAY], Keeper::Customs)
    },
    Rule {
        name: ("出口箱放行后未装船", "Released export box not loaded"),
        measured: ("出口箱放行后未装船；从放行起算。", "A released export box not loaded; from the release."),
        ..practice("export-not-loaded", NO_EXPORT, &[10 * DAY], Keeper::PortOffice)
    },
    Rule {
        name: ("查毕箱未调离", "Inspected box not moved out"),
        measured: ("查验完毕后箱仍在查验场地；从查验完毕起算。", "A box still at the inspection site after the result; from the result."),
        ..practice(
            "inspection-not-returned",
            How::NotMeasured(
                "查验完毕即虚拟归位，平台视箱已回堆场；实体调离未报送。",
                "With the result a box counts as back in the yard at once (virtual return); when it is moved is not told.",
            ),
            &[12, 24],
            Keeper::Customs,
        )
    },
    Rule {
        name: ("预配舱单迟报", "Loading manifest late"),
        measured: ("装船前规定时间内未传输预配舱单。", "The pre-loading manifest is not there in time before loading."),
        ..practice(
            "loading-manifest-late",
            How::NotMeasured("平台没有出口计划装船时间。", "The platform has no planned time of loading."),
            &[DAY],
            Keeper::Customs,
        )
    },
    Rule {
        name: ("敏感品名", "Sensitive goods names"),
        measured: ("品名命中敏感词。", "The name of goods matches a list."),
        ..practice(
            "sensitive-goods",
            How::NotMeasured("由海关规则表按商品判断，不在此重复。", "Decided by customs' rule tables, and not a second time here."),
            &[0],
            Keeper::Customs,
        )
    },
    Rule {
        name: ("空箱重量异常", "Odd weight of an empty box"),
        measured: ("空箱过磅重量与箱皮重不符。", "An empty box weighs more than its tare."),
        ..practice(
            "empty-weight",
            How::NotMeasured("平台没有空箱过磅数据。", "The platform has no weights of empty boxes."),
            &[0],
            Keeper::Customs,
        )
    },
    Rule {
        name: ("集卡偏离路线", "Truck off its route"),
        measured: ("在途集卡偏离指定路线。", "A truck under way leaves its route."),
        ..practice(
            "truck-off-route",
            How::NotMeasured("平台没有集卡定位数据。", "The platform has no positions of trucks on the road."),
            &[0],
            Keeper::Customs,
        )
    },
];
