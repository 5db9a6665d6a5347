//! Everything that can happen, by object: what reactions match on.

use ledger::Aggregate;

/// An object whose events reactions may answer.
pub trait Happens: Aggregate + Send + Sync + 'static {
    /// Wraps an event of this object.
    fn happened(id: String, event: Self::Event) -> Happened;
}

macro_rules! happens {
    ($($(#[$meta:meta])* $variant:ident($object:ty, $event:ty)),+ $(,)?) => {
        /// Something that happened to an object: its id and the room's event.
        #[derive(Clone, Debug)]
        #[expect(clippy::large_enum_variant, reason = "lives for one turn of the reaction loop; a box would cost more than the copy")]
        pub enum Happened { $($(#[$meta])* $variant(String, $event)),+ }

        $(impl Happens for $object {
            fn happened(id: String, event: $event) -> Happened { Happened::$variant(id, event) }
        })+

        /// Every object kind of the port, with every kind of event it knows.
        pub fn kinds() -> Vec<(&'static str, &'static [&'static str])> {
            vec![$((<$object as Aggregate>::KIND, <$event as ledger::DomainEvent>::kinds())),+]
        }

        /// Calls `$visit` for the object kind named by a reference, with its type.
        macro_rules! with_kind {
            ($kind:expr, $A:ident => $body:expr, else $other:expr) => {
                match $kind {
                    $(<$object as ledger::Aggregate>::KIND => { type $A = $object; $body })+
                    _ => $other,
                }
            };
        }
        pub(crate) use with_kind;
    };
}

happens! {
    /// A ship call (航次).
    Call(port_call::ShipCall, port_call::ShipCallEvent),
    /// A manifest (舱单).
    Manifest(manifest::Manifest, manifest::ManifestEvent),
    /// An application to change a bill (舱单变更).
    ManifestChange(manifest::ManifestChange, manifest::ManifestChangeEvent),
    /// A tally report of a box (理货报告).
    TallyReport(manifest::TallyReport, manifest::TallyReportEvent),
    /// A bill of an outbound ship's pre-loading manifest (预配舱单).
    OutboundBill(manifest::OutboundBill, manifest::OutboundBillEvent),
    /// A transhipment of a box (水水中转).
    Transhipment(manifest::Transhipment, manifest::TranshipmentEvent),
    /// A train or flight (班列、航班).
    Conveyance(manifest::Conveyance, manifest::ConveyanceEvent),
    /// A waybill by rail or air (运单).
    Waybill(manifest::Waybill, manifest::WaybillEvent),
    /// A bill (提单).
    Bill(manifest::Bill, manifest::BillEvent),
    /// A box (集装箱).
    Container(logistics::Container, logistics::ContainerEvent),
    /// A declaration (报关单).
    Declaration(clearance::Declaration, clearance::DeclarationEvent),
    /// A duty notice (税单).
    DutyNotice(clearance::DutyNotice, clearance::DutyNoticeEvent),
    /// A guarantee (担保).
    Guarantee(clearance::Guarantee, clearance::GuaranteeEvent),
    /// An agency agreement (代理委托).
    Agency(clearance::AgencyAgreement, clearance::AgencyEvent),
    /// The closing report of a day (日清报告).
    DailyReport(clearance::DailyReport, clearance::DailyReportEvent),
    /// A payment (支付).
    Payment(clearance::Payment, clearance::PaymentEvent),
    /// A transmission to the national single window (报关单上报).
    Transmission(clearance::Transmission, clearance::TransmissionEvent),
    /// An inspection (查验).
    Inspection(inspection::Inspection, inspection::InspectionEvent),
    /// An inspected box and the ship planned for it (查验箱当班船).
    Sailing(inspection::InspectedSailing, inspection::SailingEvent),
    /// The roster of a day (排班).
    Roster(inspection::Roster, inspection::RosterEvent),
    /// An image task (机检任务).
    ImageTask(inspection::ImageTask, inspection::ImageTaskEvent),
    /// A sample (样品).
    Sample(inspection::Sample, inspection::SampleEvent),
    /// A testing body whose reports are accepted (采信机构).
    TestingBody(inspection::TestingBody, inspection::TestingBodyEvent),
    /// A report of a third party (第三方检验报告).
    ThirdParty(inspection::ThirdPartyReport, inspection::ThirdPartyEvent),
    /// An image of a box (机检图像).
    Scan(inspection::Scan, inspection::ScanEvent),
    /// An instruction to check something (布控指令).
    Instruction(inspection::Instruction, inspection::InstructionEvent),
    /// A joint order (联合查验).
    Joint(inspection::JointOrder, inspection::JointOrderEvent),
    /// A rule of the inspection site (查验场规则).
    SiteRule(inspection::SiteRule, inspection::SiteRuleEvent),
    /// A clue (线索).
    Clue(inspection::Clue, inspection::ClueEvent),
    /// What an officer wrote down at the site (现场查验记录).
    Field(inspection::FieldRecord, inspection::FieldRecordEvent),
    /// A delivery order (提货单).
    Order(logistics::DeliveryOrder, logistics::DeliveryOrderEvent),
    /// A discharge order (卸船指令).
    Discharge(logistics::DischargeOrder, logistics::DischargeOrderEvent),
    /// A loading order (装船指令).
    Loading(logistics::LoadingOrder, logistics::LoadingOrderEvent),
    /// A slot (预约时段).
    Slot(logistics::Slot, logistics::SlotEvent),
    /// A booking (提箱预约).
    Booking(logistics::Booking, logistics::BookingEvent),
    /// A gate transaction (闸口作业).
    Gate(logistics::GateTransaction, logistics::GateTransactionEvent),
    /// An interchange receipt (设备交接单).
    Eir(logistics::Eir, logistics::EirEvent),
    /// An enterprise (企业).
    Enterprise(credit::Enterprise, credit::EnterpriseEvent),
    /// A message (报文).
    Message(crate::inbox::MessageState, crate::inbox::MessageEvent),
    /// An alarm of the message centre (报文告警).
    MessageAlarm(crate::inbox::alarms::MessageAlarm, crate::inbox::alarms::MessageAlarmEvent),
    /// A rule table (规则表).
    RuleTable(rulebook::RuleTable, rulebook::RuleTableEvent),
    /// A data sharing agreement (数据共享协议).
    Sharing(sharing::SharingAgreement, sharing::SharingEvent),
    /// A delivery of data (数据交付).
    DataDelivery(sharing::DataDelivery, sharing::DataDeliveryEvent),
    /// A machine of a terminal (设备).
    Machine(equipment::Equipment, equipment::EquipmentEvent),
    /// An alarm of a machine (设备告警).
    MachineAlarm(equipment::EquipmentAlarm, equipment::EquipmentAlarmEvent),
    /// An alarm about a case (案件预警).
    CaseAlarm(alarms::CaseAlarm, alarms::CaseAlarmEvent),
    /// A rule of the alarm library (预警规则).
    AlarmRule(alarms::AlarmRule, alarms::AlarmRuleEvent),
    /// The roll-out of a module (推广进度).
    RollOut(crate::rollout::RollOut, crate::rollout::RollOutEvent),
    /// A draw day (抽查日).
    Draw(crate::draw::DrawDay, crate::draw::DrawDayEvent),
}
