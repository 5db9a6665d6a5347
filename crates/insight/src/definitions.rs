//! What each published figure means. Every figure is shown with its definition (TIM-01).

use codes::Text;

/// A definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Code of the figure.
    pub code: &'static str,
    /// Name in Chinese.
    pub zh: &'static str,
    /// Name in English.
    pub en: &'static str,
    /// Meaning in Chinese.
    pub meaning_zh: &'static str,
    /// Meaning in English.
    pub meaning_en: &'static str,
}

impl Definition {
    /// Name in both languages.
    pub fn name(&self) -> Text {
        Text::new(self.zh, self.en)
    }

    /// Meaning in both languages.
    pub fn meaning(&self) -> Text {
        Text::new(self.meaning_zh, self.meaning_en)
    }
}

const fn row(code: &'static str, zh: &'static str, en: &'static str, meaning_zh: &'static str, meaning_en: &'static str) -> Definition {
    Definition { code, zh, en, meaning_zh, meaning_en }
}

/// Every figure's definition.
pub const DEFINITIONS: &[Definition] = &[
    row(
        "clearance-time",
        "整体通关时间",
        "Clearance time",
        "平台定义（未找到官方文本）：自船舶抵港至海关放行；抵港前已放行的按零计。按集装箱统计，只计已放行的箱。",
        "Platform definition, no official text found: ship arrival to customs release, zero when released before arrival. Counted per container, released ones only.",
    ),
    row("stay", "在港时间", "Time in port", "自船舶抵港至提箱出闸。", "Ship arrival to gate-out of the container."),
    row("mean", "平均值", "Mean", "算术平均值。", "Arithmetic mean."),
    row("p50", "中位数", "Median", "最近秩法：第 ⌈0.5·n⌉ 小的实际值。", "Nearest rank: the ⌈0.5·n⌉-th smallest value that occurred."),
    row(
        "p90",
        "九成分位",
        "90th percentile",
        "最近秩法：第 ⌈0.9·n⌉ 小的实际值。",
        "Nearest rank: the ⌈0.9·n⌉-th smallest value that occurred.",
    ),
    row(
        "stage-time",
        "环节用时",
        "Stage time",
        "自环节具备开始条件至环节结束；结束早于开始条件的按零计。",
        "From when a stage could start until it ended; zero when it ended before.",
    ),
    row(
        "share",
        "用时占比",
        "Share of time",
        "该环节全部用时占所有环节全部用时之比；环节可能并行，故占比之和按环节用时计，不等于整体时间之比。",
        "Time of the stage as a share of the time of all stages; stages may run side by side, so shares are of stage time and not of elapsed time.",
    ),
    row(
        "waiting",
        "当前等待",
        "Waiting now",
        "环节已具备开始条件而尚未结束的箱数。",
        "Containers whose stage could start and has not ended.",
    ),
    row(
        "advance-rate",
        "提前申报率",
        "Advance declaration rate",
        "已申报的箱中，申报受理早于船舶抵港的比例。",
        "Of the containers declared, those accepted before the ship arrived.",
    ),
    row(
        "inspection-rate",
        "查验率",
        "Inspection rate",
        "已作出布控答复的箱中，下达查验指令的比例。",
        "Of the containers decided, those with an inspection ordered.",
    ),
    row(
        "completeness",
        "数据完整率",
        "Completeness",
        "已放行的箱中，放行所需节点均有记录的比例。",
        "Of the containers released, those with every milestone that a release needs.",
    ),
    row(
        "discharge",
        "卸船",
        "Discharge",
        "船舶抵港至该箱卸船；责任主体：码头。",
        "Ship arrival to discharge of the container; owner: terminal.",
    ),
    row(
        "declare",
        "申报",
        "Declare",
        "船舶抵港至申报受理，抵港前已受理的按零计；责任主体：报关企业。",
        "Ship arrival to acceptance, zero when accepted before; owner: broker.",
    ),
    row("decide", "布控答复", "Risk decision", "申报受理至布控答复；责任主体：海关。", "Acceptance to risk decision; owner: customs."),
    row(
        "inspect",
        "查验",
        "Inspection",
        "查验指令至查验完毕；责任主体：海关（含预约与调箱等待）。",
        "Inspection ordered to inspection ended, waiting for appointment and shifting included; owner: customs.",
    ),
    row("pay", "缴税", "Duty payment", "税单签发至缴纳或担保；责任主体：收货人。", "Duty notice to payment or guarantee; owner: trader."),
    row("release", "放行", "Release", "最后一项放行条件具备至放行；责任主体：海关。", "Last condition met to release; owner: customs."),
    row(
        "order",
        "换单",
        "Delivery order",
        "申请换单至换单完成；责任主体：船代。",
        "Delivery order asked for to issued; owner: ship agent.",
    ),
    row(
        "collect",
        "提箱",
        "Collect",
        "放行且换单完成至提箱出闸；责任主体：收货人与集卡。",
        "Released and order issued to gate-out; owner: trader and trucker.",
    ),
];

/// The definition of a figure.
pub fn definition(code: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.code == code)
}
