//! The journey of a box in small steps, each by the organisation that does it.

use app::bookings::MakeBooking;
use app::calls::{AnnounceCall, ArriveCall};
use app::declarations::{DraftDeclaration, EditDeclaration, SubmitDeclaration};
use app::discharge::{BatchOutcome, DischargeReport, ReportDischarge};
use app::duty::PayDuty;
use app::enterprises::{GradeEnterprise, RegisterEnterprise};
use app::gate::{DecideGate, GateOutcomeView};
use app::manifests::SubmitManifest;
use app::orders::{IssueOrder, RequestOrder, TransferOrder};
use app::payments::PayOrderCharges;
use clearance::{Declaration, DeclarationForm, Track};
use credit::{Grade, Graded, Registered};
use ledger::Timestamp;
use logistics::{Container, Direction, container_id};
use manifest::{BillForm, ManifestForm, ManifestFunction};

use super::{Port, TRADER_USCC, papers};

pub const PLATE: &str = "浙B12345";
pub const SHIP: &str = "EXAMPLE STAR";
pub const VOYAGE: &str = "026E";
pub const IMO: &str = "9074729";

impl Port {
    /// The ship is announced: its first voyage is [`VOYAGE`], each later one has the next number.
    pub async fn announce(&self) -> String {
        let voyage = format!("{:03}E", 26 + self.voyages.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
        self.ok("agent-blue", &AnnounceCall { call: self.call_of(SHIP, IMO, &voyage) }).await
    }

    pub fn call_of(&self, ship: &str, imo: &str, voyage: &str) -> port_call::AnnounceCall {
        port_call::AnnounceCall {
            ship_name: ship.into(),
            imo: imo.into(),
            voyage_in: voyage.into(),
            voyage_out: None,
            flag: None,
            agent: "agent-blue".into(),
            terminal: "terminal-east".into(),
            berth: None,
            eta: self.now().plus_hours(6),
        }
    }

    pub fn manifest_of(&self, call: &str, bills: Vec<BillForm>) -> SubmitManifest {
        let form = ManifestForm {
            call: call.into(),
            agent: String::new(),
            message: None,
            function: ManifestFunction::Original,
            ship_name: None,
            voyage: None,
            loading_at: None,
            bills,
        };
        SubmitManifest { form, keep_rejected: false }
    }

    /// A call with one bill of some boxes on it: (call, box ids).
    pub async fn manifested(&self, bill: &str, boxes: usize) -> (String, Vec<String>) {
        let call = self.announce().await;
        let numbers: Vec<String> = (0..boxes).map(|_| self.fresh_box()).collect();
        let outcome = self.ok("agent-blue", &self.manifest_of(&call, vec![papers::bill(bill, &numbers)])).await;
        assert!(outcome.accepted, "{:#?}", outcome.findings);
        let ids = numbers.iter().map(|number| container_id(number, &call)).collect();
        (call, ids)
    }

    pub async fn arrive(&self, call: &str) {
        self.ok("agent-blue", &ArriveCall { id: call.into(), at: self.now() }).await;
    }

    pub fn discharge_of(&self, boxes: &[String]) -> ReportDischarge {
        let report = |id: &String| {
            let (number, call) = id.split_once('-').expect("visit");
            DischargeReport {
                container: number.into(),
                call: call.into(),
                at: self.now(),
                position: Some("A01".into()),
                seal: Some("SEAL1".into()),
                packages: Some(100),
                damage: None,
                tally_company: None,
            }
        };
        ReportDischarge { reports: boxes.iter().map(report).collect() }
    }

    pub async fn discharge(&self, boxes: &[String]) -> BatchOutcome {
        self.ok("terminal-east", &self.discharge_of(boxes)).await
    }

    /// A bill that is landed: (call, box ids).
    pub async fn landed(&self, bill: &str, boxes: usize) -> (String, Vec<String>) {
        let (call, ids) = self.manifested(bill, boxes).await;
        self.arrive(&call).await;
        self.pass_minutes(30);
        assert_eq!(self.discharge(&ids).await.findings, []);
        (call, ids)
    }

    /// A draft of the broker, filled in as far as the test wants.
    pub async fn drafted_with(&self, bill: &str, change: impl FnOnce(&mut DeclarationForm)) -> String {
        let id = self.ok("broker-green", &DraftDeclaration { bill: Some(bill.into()), copy_of: None }).await;
        let mut form = papers::filled(self.state::<Declaration>(&id).await.form().clone());
        change(&mut form);
        self.ok("broker-green", &EditDeclaration { id: id.clone(), form, expected_version: None }).await;
        id
    }

    pub async fn drafted(&self, bill: &str) -> String {
        self.drafted_with(bill, |_| {}).await
    }

    pub async fn declared(&self, bill: &str) -> String {
        let id = self.drafted(bill).await;
        self.ok("broker-green", &SubmitDeclaration { id: id.clone() }).await;
        id
    }

    /// Gives the trader a grade, which decides about inspection and documents.
    pub async fn graded(&self, grade: Grade) {
        if self.app.peek::<credit::Enterprise>(TRADER_USCC).await.expect("store").is_none() {
            let enterprise = Registered { uscc: TRADER_USCC.into(), name: "示例".into(), organisation: Some("trader-gold".into()) };
            self.ok("customs-port", &RegisterEnterprise { enterprise }).await;
        }
        let grade = Graded { grade, rule_version: "decree-282".into(), since: self.now(), basis: "synthetic".into() };
        self.ok("customs-port", &GradeEnterprise { id: TRADER_USCC.into(), grade }).await;
    }

    /// The open duty notice of a declaration.
    pub async fn notice_of(&self, declaration: &str) -> String {
        match &self.state::<Declaration>(declaration).await.case().expect("case").duty {
            Track::Open { reference: Some(notice), .. } => notice.clone(),
            other => panic!("no notice is open: {other:?}"),
        }
    }

    /// Orders the payment of the duty and lets the bank answer.
    pub async fn pay_duty(&self, declaration: &str) -> String {
        let notice = self.notice_of(declaration).await;
        let payment = self.ok("trader-gold", &PayDuty { id: notice }).await;
        assert_eq!(self.bank_answers().await, 1);
        payment
    }

    pub async fn bank_answers(&self) -> usize {
        self.app.deliver_payments(&self.ctx("platform")).await.expect("bank")
    }

    /// A released bill: (declaration, box ids).
    pub async fn released(&self, bill: &str, boxes: usize) -> (String, Vec<String>) {
        let (_, ids) = self.landed(bill, boxes).await;
        let declaration = self.declared(bill).await;
        self.pay_duty(&declaration).await;
        assert_eq!(self.status::<Declaration>(&declaration).await, "released");
        (declaration, ids)
    }

    /// A delivery order asked for, paid, issued and passed on to the haulier.
    pub async fn ordered(&self, bill: &str) -> String {
        let order = self.ok("trader-gold", &RequestOrder { bill: bill.into() }).await;
        self.ok("trader-gold", &PayOrderCharges { id: order.clone() }).await;
        self.bank_answers().await;
        self.ok("agent-blue", &IssueOrder { id: order.clone(), free_days: None }).await;
        self.ok("trader-gold", &TransferOrder { id: order.clone(), to: "trucker-fast".into() }).await;
        order
    }

    /// The next full hour of the port's clock.
    pub fn next_slot(&self) -> Timestamp {
        Timestamp::from_millis((self.now().millis() / 3_600_000 + 1) * 3_600_000)
    }

    pub fn booking_of(&self, container: &str) -> MakeBooking {
        MakeBooking {
            container: container.into(),
            slot_start: self.next_slot(),
            trucker: None,
            plate: PLATE.into(),
            driver_name: "王五".into(),
            driver_phone: "13000000000".into(),
        }
    }

    pub fn gate_of(&self, direction: Direction, container: &str) -> DecideGate {
        DecideGate {
            direction,
            lane: "L1".into(),
            plate: PLATE.into(),
            container: logistics::container_number(container).into(),
            seal: None,
            damages: Vec::new(),
            photos: Vec::new(),
            at: None,
        }
    }

    pub async fn gate(&self, direction: Direction, container: &str) -> GateOutcomeView {
        self.ok("terminal-east", &self.gate_of(direction, container)).await
    }

    /// The codes for which the gate stays closed.
    pub async fn gate_reasons(&self, command: &DecideGate) -> Vec<&'static str> {
        self.ok("terminal-east", command).await.reasons.into_iter().map(logistics::GateReason::code).collect()
    }

    /// A box that is released, ordered and booked: everything but the gate.
    pub async fn ready(&self, bill: &str) -> String {
        let (_, ids) = self.released(bill, 1).await;
        self.ordered(bill).await;
        let container = ids[0].clone();
        let booking = self.booking_of(&container);
        self.set_time(booking.slot_start.plus_minutes(-20));
        self.ok("trucker-fast", &booking).await;
        container
    }

    pub async fn place(&self, container: &str) -> logistics::Place {
        self.state::<Container>(container).await.place
    }
}
