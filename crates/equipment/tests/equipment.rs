//! Readings, hours and alarms as the room decides them.

use equipment::{
    AlarmClosed, AlarmRaised, Equipment, EquipmentAlarm, EquipmentKind, HOURS_KEPT, HourTally, MachineState, Reading, Registered, Retired,
    Taken, decide_close_alarm, decide_close_hour, decide_raise_alarm, decide_register, decide_retire, hour_of,
};
use ledger::{Aggregate, Timestamp};

fn at(seconds: i64) -> Timestamp {
    let hour: Timestamp = "2026-11-20T08:00:00Z".parse().expect("an instant");
    hour.plus_millis(seconds * 1_000)
}

fn reading(seconds: i64, state: MachineState) -> Reading {
    Reading { at: at(seconds), state, position: None, load_kg: Some(u32::try_from(seconds).expect("positive")), alarms: vec!["E1".into()] }
}

fn registered() -> Equipment {
    let command =
        Registered { terminal: "terminal-east".into(), number: "QC01".into(), kind: EquipmentKind::QuayCrane, name: "一号岸桥".into() };
    let events = decide_register(None, command).expect("registered");
    Equipment::apply(None, &events[0], at(0)).expect("a state")
}

#[test]
fn an_hour_comes_to_the_same_in_whatever_order_and_however_often_readings_come() {
    use MachineState::{Fault, Idle, Off, Working};
    let told = [reading(0, Idle), reading(30, Working), reading(60, Idle), reading(119, Fault), reading(120, Off), reading(3_599, Working)];
    let figures = |order: &[usize]| {
        let mut hour = HourTally::default();
        for index in order {
            hour.take(&told[*index]);
        }
        hour.figures(hour_of(at(10)))
    };
    let straight = figures(&[0, 1, 2, 3, 4, 5]);
    assert_eq!(straight, figures(&[5, 3, 3, 1, 0, 2, 4, 4, 0]));
    assert_eq!((straight.readings, straight.working_minutes, straight.fault_minutes), (6, 2, 1));
    assert_eq!((straight.idle_minutes, straight.off_minutes, straight.load_kg_max), (0, 1, Some(3_599)));
    assert_eq!((straight.hour, straight.alarms), (at(0), vec!["E1".to_owned()]));
}

#[test]
fn readings_of_one_second_are_one() {
    let mut hour = HourTally::default();
    let again = Reading { at: at(5).plus_millis(999), ..reading(5, MachineState::Fault) };
    assert_eq!(hour.take(&reading(5, MachineState::Working)), Taken::New);
    assert_eq!(hour.take(&again), Taken::Duplicate);
    assert_eq!(hour.take(&reading(6, MachineState::Working)), Taken::New);
    assert_eq!((hour.figures(at(0)).readings, hour.figures(at(0)).fault_minutes), (2, 0), "a duplicate changes nothing");
}

#[test]
fn an_hour_is_closed_once_and_the_newest_are_kept() {
    let close = |machine: &Equipment, hour: Timestamp| decide_close_hour(machine, HourTally::default().figures(hour));
    let mut machine = registered();
    let hours = i64::try_from(HOURS_KEPT).expect("few") + 5;
    for hour in (0..hours).map(|n| at(n * 3_600)) {
        let events = close(&machine, hour);
        assert_eq!(events.len(), 1);
        machine = Equipment::apply(Some(machine), &events[0], at(0)).expect("a state");
        assert_eq!(close(&machine, hour), [], "once");
    }
    assert_eq!((machine.hours.len(), machine.hours[0].hour), (HOURS_KEPT, at(5 * 3_600)));
    assert!(close(&machine, at(3_600)).is_empty(), "what is no longer kept was closed as well");
    assert!(!Equipment::touches_row(&equipment::EquipmentEvent::HourClosed(equipment::HourClosed { figures: machine.hours[0].clone() })));
}

#[test]
fn a_machine_is_registered_once_and_may_come_back() {
    let machine = registered();
    let command = |number: &str, name: &str| Registered {
        terminal: "terminal-east".into(),
        number: number.into(),
        kind: EquipmentKind::Truck,
        name: name.into(),
    };
    assert_eq!(decide_register(Some(&machine), command("QC01", "x")).unwrap_err().code, "equipment-exists");
    for (number, name, code) in [
        ("", "x", "equipment-number"),
        ("12345678901", "x", "equipment-number"),
        ("qc01", "x", "equipment-number"),
        ("QC.1", "x", "equipment-number"),
        ("QC1", "", "equipment-name"),
        ("QC1", &"名".repeat(65), "equipment-name"),
    ] {
        assert_eq!(decide_register(None, command(number, name)).unwrap_err().code, code, "{number} {name}");
    }
    assert!(decide_register(None, command("1234567890", &"名".repeat(64))).is_ok());
    let events = decide_retire(&machine, Retired { reason: "报废".into() }).expect("retired");
    let gone = Equipment::apply(Some(machine), &events[0], at(9)).expect("a state");
    assert_eq!((gone.status(), decide_retire(&gone, Retired { reason: "x".into() }).unwrap_err().code), ("retired", "equipment-retired"));
    let back = decide_register(Some(&gone), command("QC01", "又来")).expect("back");
    assert_eq!(Equipment::apply(Some(gone), &back[0], at(10)).expect("a state").status(), "in-service");
}

#[test]
fn an_alarm_stands_once_until_somebody_deals_with_it() {
    let raised = || AlarmRaised { equipment: "terminal-east.QC01".into(), terminal: "terminal-east".into(), code: "E1".into() };
    let close = || AlarmClosed { by: "xu".into(), note: "reset".into() };
    let events = decide_raise_alarm(None, raised(), at(0));
    let alarm = EquipmentAlarm::apply(None, &events[0], at(0)).expect("a state");
    assert_eq!(decide_raise_alarm(Some(&alarm), raised(), at(1)), []);
    let row = alarm.work_row("terminal-east.QC01.E1");
    assert_eq!((row.owner.as_deref(), row.action.as_deref()), (Some("terminal-east"), Some("look-into-equipment")));
    let events = decide_close_alarm(&alarm, close()).expect("closed");
    let alarm = EquipmentAlarm::apply(Some(alarm), &events[0], at(60)).expect("a state");
    assert_eq!(decide_close_alarm(&alarm, close()).unwrap_err().code, "equipment-alarm-closed");
    assert_eq!(decide_raise_alarm(Some(&alarm), raised(), at(60)), [], "a late reading from before");
    let events = decide_raise_alarm(Some(&alarm), raised(), at(61));
    let alarm = EquipmentAlarm::apply(Some(alarm), &events[0], at(61)).expect("a state");
    assert_eq!((alarm.times, alarm.status()), (2, "raised"));
}
