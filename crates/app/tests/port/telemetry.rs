//! Telemetry on a real store: what counts once, what is late, what is kept, and the alarms that wait for the terminal.

use app::reading::ListQuery;
use app::telemetry::{
    ALARM_CODES_MAX, CloseEquipmentAlarm, OPEN_HOURS, READINGS_MAX, ReadingRow, RegisterEquipment, RetireEquipment, SendTelemetry,
    TelemetryOutcome,
};
use equipment::{Equipment, EquipmentAlarm, EquipmentKind, MachineState, Position, Reading};
use ledger::{Aggregate as _, Timestamp};

use crate::support::{PORT, Port};

async fn crane(port: &Port) -> String {
    let command = RegisterEquipment { number: "QC01".into(), kind: EquipmentKind::QuayCrane, name: "一号岸桥".into() };
    port.ok("terminal-east", &command).await
}

fn row(at: Timestamp, state: MachineState) -> ReadingRow {
    let position = Some(Position { lat_e7: 299_000_000, lon_e7: 1_218_000_000 });
    ReadingRow { equipment: "QC01".into(), reading: Reading { at, state, position, load_kg: Some(21_000), alarms: Vec::new() } }
}

async fn send(port: &Port, readings: Vec<ReadingRow>) -> TelemetryOutcome {
    port.ok("terminal-east", &SendTelemetry { readings }).await
}

fn codes(outcome: &TelemetryOutcome) -> Vec<(String, String)> {
    outcome.findings.iter().map(|f| (f.code.to_string(), f.pointer.clone())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readings_leave_no_event_until_their_hour_is_closed_and_count_once() {
    let port = Port::open().await;
    let id = crane(&port).await;
    let before = port.size().await;
    // 08:00 on the port's clock is a full hour.
    let hour = port.now();
    port.pass_minutes(30);
    let at = |minute: i64| hour.plus_minutes(minute);
    let batch: Vec<ReadingRow> = (0..20).map(|minute| row(at(minute), MachineState::Working)).collect();
    assert_eq!(send(&port, batch.clone()).await, TelemetryOutcome { accepted: 20, ..TelemetryOutcome::default() });
    assert_eq!(send(&port, batch).await, TelemetryOutcome { duplicates: 20, ..TelemetryOutcome::default() });
    let mixed = vec![row(at(25), MachineState::Idle), row(at(21), MachineState::Fault), row(at(25), MachineState::Working)];
    assert_eq!(send(&port, mixed).await, TelemetryOutcome { accepted: 2, duplicates: 1, ..TelemetryOutcome::default() });
    assert_eq!(port.size().await, before, "readings are no events");
    let last = port.app.last_state(&id).await.expect("store").expect("a state");
    assert_eq!((last.reading.at, last.reading.state), (at(25), MachineState::Idle), "the newest, not the one that came last");

    // The hour takes readings until an hour after its end, and then is closed for good.
    port.set_time(hour.plus_minutes(119));
    assert_eq!(port.app.keep_telemetry(&port.ctx("platform")).await.expect("kept"), 0);
    assert_eq!(send(&port, vec![row(at(40), MachineState::Off)]).await.accepted, 1);
    port.set_time(hour.plus_minutes(120));
    assert_eq!(codes(&send(&port, vec![row(at(41), MachineState::Off)]).await), [("telemetry-late".into(), "/readings/0/at".into())]);
    assert_eq!(port.app.keep_telemetry(&port.ctx("platform")).await.expect("kept"), 1);
    assert_eq!(port.app.keep_telemetry(&port.ctx("platform")).await.expect("kept"), 0);
    let figures = port.state::<Equipment>(&id).await.hours.remove(0);
    assert_eq!((figures.hour, figures.readings, figures.working_minutes), (hour, 23, 20));
    assert_eq!((figures.fault_minutes, figures.idle_minutes, figures.off_minutes, figures.load_kg_max), (1, 1, 1, Some(21_000)));
    assert_eq!(port.events::<Equipment>(&id).await, ["equipment.registered", "equipment.hour-closed"]);
    assert!(port.store.records(PORT, OPEN_HOURS, None, 10).await.expect("store").is_empty(), "nothing is left behind");
    let differences = app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("replayed");
    assert_eq!(differences, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_told_row_by_row_and_the_rest_counts() {
    let port = Port::open().await;
    let id = crane(&port).await;
    port.pass_minutes(10);
    let now = port.now();
    let good = || row(now, MachineState::Working);
    let with = |change: fn(&mut ReadingRow)| {
        let mut made = row(now, MachineState::Working);
        change(&mut made);
        made
    };
    let rows = vec![
        row(now.plus_millis(120_001), MachineState::Idle),
        row(now.plus_millis(120_000), MachineState::Idle),
        with(|made| made.equipment = "QC99".into()),
        with(|made| made.reading.alarms = vec!["E1".into(); 17]),
        with(|made| made.reading.alarms = vec!["NO CODE".into()]),
        with(|made| made.reading.position = Some(Position { lat_e7: 900_000_001, lon_e7: 0 })),
        good(),
    ];
    let outcome = send(&port, rows).await;
    let told = [
        ("telemetry-future", "/readings/0/at"),
        ("equipment-unknown", "/readings/2/equipment"),
        ("too-many-rows", "/readings/3/alarms"),
        ("telemetry-alarm-code", "/readings/4/alarms/0"),
        ("telemetry-position", "/readings/5/position"),
    ];
    assert_eq!(codes(&outcome), told.map(|(code, pointer)| (code.to_owned(), pointer.to_owned())));
    assert_eq!(outcome.accepted, 2);
    let many = |count| SendTelemetry {
        readings: (0..count).map(|n| row(now.plus_millis(-i64::try_from(n).expect("few")), MachineState::Off)).collect(),
    };
    assert_eq!(port.no("terminal-east", &many(READINGS_MAX + 1)).await, "too-many-rows");
    let whole = port.ok("terminal-east", &many(READINGS_MAX)).await;
    assert_eq!((whole.accepted, whole.duplicates), (2, 1_998), "two thousand milliseconds are three seconds, of which one was there");
    // Another terminal has no such machine, and nobody sends for it.
    assert_eq!(codes(&port.ok("terminal-west", &SendTelemetry { readings: vec![good()] }).await)[0].0, "equipment-unknown");
    assert_eq!(port.no("agent-blue", &SendTelemetry { readings: vec![good()] }).await, "forbidden");
    port.ok("terminal-east", &RetireEquipment { id, reason: "报废".into() }).await;
    assert_eq!(codes(&send(&port, vec![good()]).await)[0].0, "equipment-unknown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_waits_for_the_terminal_once_however_often_it_is_told() {
    let port = Port::open().await;
    let id = crane(&port).await;
    let alarmed = |port: &Port| ReadingRow {
        reading: Reading { alarms: vec!["E-STOP".into()], ..row(port.now(), MachineState::Fault).reading },
        ..row(port.now(), MachineState::Fault)
    };
    for _ in 0..3 {
        port.pass_minutes(1);
        assert_eq!(send(&port, vec![alarmed(&port)]).await.accepted, 1);
    }
    let alarm = format!("{id}.E-STOP");
    assert_eq!(port.events::<EquipmentAlarm>(&alarm).await, ["equipment-alarm.raised"]);
    let mine = ListQuery { mine: true, actions: vec!["look-into-equipment".into()], ..ListQuery::default() };
    assert_eq!(port.app.worklist(&port.ctx("terminal-east"), &mine).await.expect("list").items.len(), 1);
    let seen = async |who: &str| {
        let found = port.app.list::<EquipmentAlarm>(&port.ctx(who), "equipment-alarm.read", ListQuery::default()).await;
        found.map(|page| page.items.len())
    };
    assert_eq!(
        (seen("terminal-east").await.ok(), seen("terminal-west").await.ok(), seen("port-office").await.ok()),
        (Some(1), Some(0), Some(1))
    );
    assert!(seen("trader-gold").await.is_err());
    let close = CloseEquipmentAlarm { id: alarm.clone(), note: "已复位".into() };
    assert_eq!(port.no("terminal-west", &close).await, "not-found");
    port.ok("terminal-east", &close).await;
    assert_eq!(port.no("terminal-east", &close).await, "equipment-alarm-closed");
    // What was dealt with and stands still is dealt with; once it was gone, it comes anew.
    port.pass_minutes(1);
    send(&port, vec![alarmed(&port)]).await;
    assert_eq!(port.status::<EquipmentAlarm>(&alarm).await, "closed");
    port.pass_minutes(1);
    send(&port, vec![row(port.now(), MachineState::Working)]).await;
    port.pass_minutes(1);
    send(&port, vec![alarmed(&port)]).await;
    let state = port.state::<EquipmentAlarm>(&alarm).await;
    assert_eq!((state.status(), state.times), ("raised", 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_counts_in_its_codes_makes_no_end_of_alarms() {
    let port = Port::open().await;
    let id = crane(&port).await;
    let told = |port: &Port, from: usize| ReadingRow {
        reading: Reading {
            alarms: (from..from + 16).map(|n| format!("E-{n:05}")).collect(),
            ..row(port.now(), MachineState::Fault).reading
        },
        ..row(port.now(), MachineState::Fault)
    };
    for batch in 0..ALARM_CODES_MAX / 16 {
        port.pass_minutes(1);
        assert!(codes(&send(&port, vec![told(&port, batch * 16)]).await).is_empty());
    }
    port.pass_minutes(1);
    let more = send(&port, vec![told(&port, ALARM_CODES_MAX - 1)]).await;
    assert_eq!(more.accepted, 1, "the reading is recorded");
    assert_eq!(codes(&more).len(), 15);
    assert!(codes(&more).iter().all(|(code, _)| code == "telemetry-alarm-codes"));
    assert_eq!(port.status::<EquipmentAlarm>(&format!("{id}.E-{:05}", ALARM_CODES_MAX - 1)).await, "raised");
    assert!(port.events::<EquipmentAlarm>(&format!("{id}.E-{ALARM_CODES_MAX:05}")).await.is_empty());
}
