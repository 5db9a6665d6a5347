//! The roll-out tracker: what is claimed beside what really went through.

use app::rollout::{ClaimRollOut, Module, RollOutStatus, TerminalRollOut};
use app::telemetry::{ReadingRow, RegisterEquipment, SendTelemetry};
use equipment::{EquipmentKind, MachineState, Reading};

use crate::data_sharing::collected;
use crate::support::Port;

fn claim(port: &Port, module: Module, status: RollOutStatus) -> ClaimRollOut {
    ClaimRollOut {
        terminal: "terminal-east".into(), module, status, since: port.now(), owner: "口岸办信息科".into(), note: String::new()
    }
}

fn east(all: &[TerminalRollOut]) -> Vec<(Module, u64, Option<u64>, Option<&'static str>)> {
    let found = all.iter().find(|one| one.terminal.id == "terminal-east").expect("a terminal");
    found.rows.iter().map(|row| (row.module, row.used, row.of, row.doubt())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_stand_beside_the_use_of_thirty_days_and_doubts_are_named() {
    let port = Port::open().await;
    collected(&port, "B-ROLL").await;
    for (module, status) in [
        (Module::Booking, RollOutStatus::Live),
        (Module::InterchangeReceipt, RollOutStatus::Planned),
        (Module::SmartTally, RollOutStatus::Trial),
        (Module::Telemetry, RollOutStatus::Planned),
    ] {
        port.ok("port-office", &claim(&port, module, status)).await;
    }
    let all = port.app.roll_out(&port.ctx("port-office")).await.expect("the tracker");
    let rows = east(&all);
    let of = |module| *rows.iter().find(|(one, ..)| *one == module).expect("a module");
    assert_eq!(of(Module::Booking), (Module::Booking, 1, Some(1), None));
    assert_eq!(of(Module::DeliveryOrder), (Module::DeliveryOrder, 1, Some(1), Some("used-unclaimed")));
    assert_eq!(of(Module::InterchangeReceipt), (Module::InterchangeReceipt, 1, None, Some("used-unclaimed")), "planned, and used already");
    assert_eq!(of(Module::Tally), (Module::Tally, 1, Some(1), Some("used-unclaimed")));
    assert_eq!(of(Module::SmartTally), (Module::SmartTally, 0, Some(1), Some("claimed-unused")));
    assert_eq!(of(Module::Telemetry), (Module::Telemetry, 0, Some(0), None));
    assert_eq!(of(Module::Edi).1, east(&port.app.roll_out(&port.ctx("port-authority")).await.expect("read"))[0].1);
    // Another terminal used nothing; after thirty days the use is over, and the claim is in doubt.
    let west = all.iter().find(|one| one.terminal.id == "terminal-west").expect("a terminal");
    assert!(west.rows.iter().all(|row| row.used == 0));
    // Of machines count those that told something within thirty days; others, and those of another terminal, do not.
    let register = async |who: &'static str, number: &str| {
        let command = RegisterEquipment { number: number.into(), kind: EquipmentKind::QuayCrane, name: number.into() };
        port.ok(who, &command).await
    };
    for number in ["QC01", "QC02", "QC03"] {
        register("terminal-east", number).await;
    }
    register("terminal-west", "QC01").await;
    let tells = async |who: &'static str, number: &str| {
        let reading = Reading { at: port.now(), state: MachineState::Working, position: None, load_kg: None, alarms: Vec::new() };
        let told = port.ok(who, &SendTelemetry { readings: vec![ReadingRow { equipment: number.into(), reading }] }).await;
        assert_eq!(told.accepted, 1, "{told:?}");
    };
    tells("terminal-east", "QC01").await;
    port.pass_minutes(31 * 24 * 60);
    tells("terminal-east", "QC02").await;
    tells("terminal-west", "QC01").await;
    let telling = east(&port.app.roll_out(&port.ctx("port-office")).await.expect("the tracker"));
    assert_eq!(telling[6], (Module::Telemetry, 1, Some(3), Some("used-unclaimed")), "planned, and one of three tells something");
    port.pass_minutes(32 * 24 * 60);
    let later = east(&port.app.roll_out(&port.ctx("port-office")).await.expect("the tracker"));
    assert_eq!(later[2], (Module::Booking, 0, Some(0), Some("claimed-unused")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_port_office_claims_and_nobody_else() {
    let port = Port::open().await;
    let good = claim(&port, Module::Edi, RollOutStatus::Live);
    for who in ["terminal-east", "port-authority", "customs-port", "admin-desk"] {
        assert_eq!(port.no(who, &good).await, "forbidden", "{who}");
    }
    assert!(port.app.roll_out(&port.ctx("terminal-east")).await.is_err());
    let nowhere = ClaimRollOut { terminal: "agent-blue".into(), ..good.clone() };
    assert_eq!(port.no("port-office", &nowhere).await, "roll-out-terminal");
    assert_eq!(port.no("port-office", &ClaimRollOut { owner: "  ".into(), ..good.clone() }).await, "roll-out-owner");
    assert_eq!(port.no("port-office", &ClaimRollOut { note: "字".repeat(501), ..good.clone() }).await, "field-length");
    port.ok("port-office", &good).await;
    port.ok("port-office", &ClaimRollOut { status: RollOutStatus::Trial, ..good }).await;
    assert_eq!(port.events::<app::rollout::RollOut>("terminal-east.edi").await, ["roll-out.claimed", "roll-out.claimed"]);
    assert_eq!(port.status::<app::rollout::RollOut>("terminal-east.edi").await, "trial");
}
