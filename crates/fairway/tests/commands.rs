//! The commands as operators script them: names, output, exit codes 0 (fine), 1 (findings), 2 (could not run).

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn fairway(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fairway"))
        .args(args)
        .env_remove("FAIRWAY_DATA")
        .env_remove("FAIRWAY_DATABASE")
        .output()
        .expect("fairway runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}{}", text(&output.stdout), text(&output.stderr)))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn write(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a file");
    path
}

const GOOD: &str = "UNB+UNOA:2+SENDER+FAIRWAY+261122:1000+REF1'UNH+1+COARRI:D:95B:UN'BGM+44+DOC1+9'TDT+20+061E+1++TST:172:20+++9074729:146::DEMO SHIP'\
NAD+CA+TST:172:20'EQD+CN+ZZZU0000019+22G1:102:5++3+5'DTM+203:202611221000:203'LOC+147+0010203::5'CNT+16:1'UNT+9+1'UNZ+1+REF1'";

#[test]
fn every_command_explains_itself() {
    for command in ["serve", "demo", "doctor", "draw", "ledger", "edi", "bench", "migrate", "openapi"] {
        let output = fairway(&[command, "--help"]);
        assert_eq!(code(&output), 0, "{command}");
        assert!(text(&output.stdout).contains("Usage:"), "{command}");
    }
    assert_eq!(code(&fairway(&["no-such-command"])), 2);
}

#[test]
fn edi_check_counts_every_segment_and_says_where_a_fault_is() {
    let folder = folder();
    let good = write(folder.path(), "good.edi", GOOD.as_bytes());
    let output = fairway(&["edi", "check", good.to_str().unwrap(), "--json"]);
    let report = json(&output);
    assert_eq!((code(&output), report["findings"].as_array().map(Vec::len)), (0, Some(0)), "{report}");
    assert_eq!(report["interchanges"], 1);
    assert_eq!(report["segments"], 11, "UNB and UNZ are counted");
    assert_eq!(report["messages"][0]["type"], "COARRI");
    assert_eq!(report["messages"][0]["segments"], 9);

    let wrong = write(folder.path(), "wrong.edi", GOOD.replace("UNT+9+1", "UNT+8+1").as_bytes());
    let output = fairway(&["edi", "check", wrong.to_str().unwrap(), "--json"]);
    assert_eq!(code(&output), 1);
    let report = json(&output);
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["segment"] == 10).expect("a finding at UNT");
    assert_eq!(finding["severity"], "error");
    assert!(report["contrl"].as_str().is_some_and(|c| c.contains("CONTRL")), "{report}");

    assert_eq!(code(&fairway(&["edi", "check", "/does/not/exist"])), 2);
    let empty = write(folder.path(), "empty.edi", b"");
    assert_eq!(code(&fairway(&["edi", "check", empty.to_str().unwrap()])), 1);
}

#[test]
fn edi_convert_goes_there_and_back() {
    let folder = folder();
    let good = write(folder.path(), "good.edi", GOOD.as_bytes());
    let document = fairway(&["edi", "convert", good.to_str().unwrap(), "--to", "json"]);
    let path = write(folder.path(), "good.json", &document.stdout);
    let back = fairway(&["edi", "convert", path.to_str().unwrap(), "--to", "edifact"]);
    assert_eq!(text(&back.stdout).trim_end(), GOOD);
}

#[test]
fn edi_explain_knows_every_code() {
    let all = text(&fairway(&["edi", "explain"]).stdout);
    let codes: Vec<&str> = all.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(codes.len() > 30);
    assert_eq!(code(&fairway(&["edi", "explain", codes[0]])), 0);
    assert_eq!(code(&fairway(&["edi", "explain", "EDI-NO-SUCH-CODE"])), 2);
}

#[test]
fn a_demo_verifies_exports_and_shows_a_single_changed_bit() {
    let folder = folder();
    let data = folder.path().join("demo");
    let data = data.to_str().unwrap();
    let built = fairway(&["demo", "--data", data, "--seed", "5", "--containers", "40", "--exit"]);
    assert_eq!(code(&built), 0, "{}", text(&built.stderr));
    let verified = fairway(&["ledger", "verify", "--data", data, "--json"]);
    assert_eq!(code(&verified), 0, "{}", text(&verified.stdout));
    let size = json(&verified)["size"].as_u64().unwrap();
    assert!(size > 400, "{size}");

    for name in ["export.sqlite", "export.json"] {
        let file = folder.path().join(name);
        let exported = fairway(&["ledger", "export", "--data", data, "--ocel", file.to_str().unwrap(), "--json"]);
        assert_eq!(code(&exported), 0, "{}", text(&exported.stderr));
        assert_eq!(json(&exported)["events"].as_u64(), Some(size), "{name}");
    }

    draws_recompute(data, &folder.path().join("export.json"));

    let store = rusqlite::Connection::open(Path::new(data).join("fairway.sqlite")).unwrap();
    let at = i64::try_from(size / 2).unwrap();
    let found =
        store.query_row("SELECT place, body FROM event ORDER BY place LIMIT 1 OFFSET ?1", [at], |row| Ok((row.get(0)?, row.get(1)?)));
    let (place, mut body): (i64, Vec<u8>) = found.unwrap();
    let middle = body.len() / 2;
    body[middle] ^= 1;
    store.execute("UPDATE event SET body = ?1 WHERE place = ?2", rusqlite::params![body, place]).unwrap();
    drop(store);
    let changed = fairway(&["ledger", "verify", "--data", data, "--json"]);
    assert_eq!(code(&changed), 1);
    assert!(text(&changed.stdout).contains(&at.to_string()), "the place is named: {}", text(&changed.stdout));
}

/// Every day of the demonstration that is over recomputes from its store, and the days together have draws.
fn draws_recompute(data: &str, export: &Path) {
    let export: serde_json::Value = serde_json::from_slice(&std::fs::read(export).unwrap()).unwrap();
    let objects = export["objects"].as_array().unwrap();
    let days: Vec<&str> = objects.iter().filter(|o| o["type"] == "draw-day").filter_map(|o| o["id"].as_str()).collect();
    let days: Vec<&str> = days.into_iter().map(|id| id.rsplit('/').next().unwrap()).collect();
    let (mut draws, mut open) = (0, 0);
    for day in &days {
        let verified = fairway(&["draw", "verify", day, "--data", data, "--json"]);
        match code(&verified) {
            0 => draws += json(&verified)["draws"].as_u64().unwrap(),
            2 if text(&verified.stderr).contains("not published yet") => open += 1,
            other => panic!("{day}: {other}: {}{}", text(&verified.stdout), text(&verified.stderr)),
        }
    }
    assert!(draws > 10, "{draws} draws on {days:?}");
    assert!(open >= 1, "the seed of a day that is not over is not told: {days:?}");
    assert_eq!(code(&fairway(&["draw", "verify", "1999-01-01", "--data", data])), 2);
}

/// Numbers computed by another program (`docs/ledger.md`) for the seed 0707…, the mix 0909… and the day 2026-11-22.
#[test]
fn published_draws_recompute_without_a_store() {
    let folder = folder();
    let draw = |subject: &str, number: u32, rate: u32| serde_json::json!({ "subject": subject, "mix_size": 5, "mix_root": "09".repeat(32), "rate_bp": rate, "number": number, "selected": number < rate });
    let page = |draws: Vec<serde_json::Value>| {
        serde_json::json!({
            "day": "2026-11-22",
            "commitment": "1a425d870d3c547d98fe73816da368654d6a53327878dccf181c64000fbd4927",
            "revealed_seed": "07".repeat(32),
            "draws": draws,
            "from": null,
            "next": null,
        })
    };
    let verify = |name: &str, page: &serde_json::Value| {
        let file = write(folder.path(), name, page.to_string().as_bytes());
        fairway(&["draw", "verify", "2026-11-22", "--from", file.to_str().unwrap(), "--json"])
    };
    let good = page(vec![draw("D1", 3842, 5_000), draw("D2", 7269, 5_000), draw("D3", 3775, 300)]);
    let output = verify("good.json", &good);
    assert_eq!((code(&output), json(&output)["draws"].as_u64(), json(&output)["selected"].as_u64()), (0, Some(3), Some(1)));

    let faults = |page: &serde_json::Value| {
        let output = verify("bad.json", page);
        assert_eq!(code(&output), 1, "{}", text(&output.stdout));
        json(&output)["faults"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(faults(&page(vec![draw("D1", 3841, 5_000)])), ["draw-number"]);
    let mut spared = good.clone();
    spared["draws"][0]["selected"] = false.into();
    assert_eq!(faults(&spared), ["draw-number"]);
    let again = page(vec![draw("D1", 3842, 5_000), draw("D1", 3842, 3_000)]);
    assert_eq!(code(&verify("again.json", &again)), 0, "returned, sent again: the draw is kept");
    let mut twice = page(vec![draw("D1", 3842, 5_000), draw("D1", 3842, 5_000)]);
    twice["draws"][1]["mix_root"] = "0a".repeat(32).into();
    assert_eq!(faults(&twice)[0], "draw-twice", "another head is another draw");
    let mut seed = page(Vec::new());
    seed["revealed_seed"] = "08".repeat(32).into();
    assert_eq!(faults(&seed), ["draw-commitment"]);

    // Drawn by two holders; the figures were computed by another program.
    let mut two = page(vec![draw("D1", 3842, 5_000), draw("D4", 2147, 5_000)]);
    two["draws"][1]["part"] = "7675cc4ca91d104f39bc6b027e49abf0ce5021bc3490542e6fd11c45fd4e2230".into();
    two["second"] = serde_json::json!({ "name": { "zh": "甲", "en": "A" }, "commitment": "06dd6be95081fa807875fd665875e306edd8835af385881989f8d80aafe8133e", "revealed_seed": "05".repeat(32), "asked": 3 });
    let output = verify("two.json", &two);
    assert_eq!(
        (code(&output), json(&output)["by_two_holders"].as_u64(), json(&output)["second_holder_asked"].as_u64()),
        (0, Some(1), Some(3))
    );
    let mut unrevealed = two.clone();
    unrevealed["second"]["revealed_seed"] = serde_json::Value::Null;
    assert_eq!(code(&verify("unrevealed.json", &unrevealed)), 0, "the number follows from the part that was recorded");
    let mut forged = two.clone();
    forged["draws"][1]["part"] = "06".repeat(32).into();
    assert_eq!(faults(&forged), ["draw-part", "draw-number"]);
    two["second"]["revealed_seed"] = "06".repeat(32).into();
    assert_eq!(faults(&two), ["draw-second-commitment", "draw-part"]);

    // A day of two pages: without the first one, the second alone is not the day.
    let (mut first, mut second) = (page(vec![draw("D1", 3842, 5_000)]), page(vec![draw("D2", 7269, 5_000)]));
    (first["next"], second["from"]) = ("17".into(), "17".into());
    let files: Vec<_> = [("first.json", &first), ("second.json", &second)]
        .map(|(name, page)| write(folder.path(), name, page.to_string().as_bytes()).to_str().unwrap().to_owned())
        .into();
    let both = fairway(&["draw", "verify", "2026-11-22", "--from", &files[1], &files[0], "--json"]);
    assert_eq!((code(&both), json(&both)["draws"].as_u64()), (0, Some(2)));
    assert_eq!(faults(&second), ["draw-incomplete"]);
    assert_eq!(faults(&first), ["draw-incomplete"]);

    let mut sealed = good.clone();
    sealed["revealed_seed"] = serde_json::Value::Null;
    assert_eq!(code(&verify("sealed.json", &sealed)), 2);
    let file = write(folder.path(), "good2.json", good.to_string().as_bytes());
    assert_eq!(code(&fairway(&["draw", "verify", "2026-11-23", "--from", file.to_str().unwrap()])), 2, "another day than the file's");
    assert_eq!(code(&fairway(&["draw", "verify", "yesterday", "--from", file.to_str().unwrap()])), 2);
}

#[test]
fn a_wrong_configuration_is_named_and_nothing_runs() {
    let folder = folder();
    let file = write(folder.path(), "fairway.toml", b"listn = \"127.0.0.1:1\"\n");
    let output = fairway(&["migrate", "--config", file.to_str().unwrap(), "--data", folder.path().to_str().unwrap()]);
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("listn"), "{}", text(&output.stderr));
}

#[test]
fn doctor_looks_at_store_key_clock_and_font() {
    let folder = folder();
    let data = folder.path().to_str().unwrap();
    let output = fairway(&["doctor", "--data", data, "--json"]);
    let report = json(&output);
    let names: Vec<&str> = report["checks"].as_array().unwrap().iter().filter_map(|c| c["check"].as_str()).collect();
    for name in ["clock", "font", "disk", "store", "ledger", "proxies", "formats", "profile"] {
        assert!(names.contains(&name), "{names:?}");
    }
}

#[test]
fn a_profile_is_named_by_flag_or_variable_and_doctor_tells_what_it_sets() {
    let folder = folder();
    let data = folder.path().to_str().unwrap();
    let file = write(folder.path(), "fairway.toml", b"[store]\nfile_gib_max = 5\n");
    let profile = |args: &[&str]| {
        let report = json(&fairway(&[&["doctor", "--data", data, "--json"], args].concat()));
        let checks = report["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|c| c["check"] == "profile").expect("a check")["detail"].as_str().unwrap().to_owned()
    };
    assert!(profile(&[]).starts_with("none: store no bound but the disk, cache 64 MiB"), "{}", profile(&[]));
    let small = profile(&["--profile", "small-port", "--config", file.to_str().unwrap()]);
    // A machine with less memory than the profile is for is told so instead.
    assert!(small.starts_with("small-port: store at most 5 GiB, cache 32 MiB") || small.contains("MiB of memory"), "{small}");
    assert_eq!(code(&fairway(&["doctor", "--data", data, "--profile", "large-port"])), 2);
    let elsewhere = ["--profile", "small-port", "--database", "postgres://nobody@127.0.0.1:1/none"];
    assert!(profile(&elsewhere).contains("embedded store"), "{}", profile(&elsewhere));
}

#[test]
fn doctor_names_what_is_wrong_in_the_configuration_of_proxies_and_formats() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("formats")).unwrap();
    write(&folder.path().join("formats"), "list.toml", b"id = \"x\"\n");
    let text = format!("[http]\ntrusted_proxies = [\"10.0.0.0/33\"]\n[messages]\nformats = {:?}\n", folder.path().join("formats"));
    let file = write(folder.path(), "fairway.toml", text.as_bytes());
    let data = folder.path().join("data");
    let output = fairway(&["doctor", "--config", file.to_str().unwrap(), "--data", data.to_str().unwrap(), "--json"]);
    assert_eq!(code(&output), 1);
    let report = json(&output);
    let check = |name: &str| report["checks"].as_array().unwrap().iter().find(|c| c["check"] == name).cloned().expect("a check");
    assert!(check("proxies")["detail"].as_str().unwrap().contains("10.0.0.0/33"), "{report}");
    assert!(check("formats")["detail"].as_str().unwrap().contains("list.toml"), "{report}");
    // Nothing is served with it either.
    let output = fairway(&["serve", "--config", file.to_str().unwrap(), "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert_eq!(code(&output), 2);
    assert!(text_of(&output).contains("10.0.0.0/33"), "{}", text_of(&output));
}

fn text_of(output: &Output) -> String {
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[test]
fn edi_check_reads_flat_files_by_their_descriptions() {
    let folder = folder();
    let flat = "00:BAPLIE:BAYPLAN:9:BLUE:FAIRWAY'10::DEMO STAR:SG:026E'50:ZZZU0000019:010203'";
    let file = write(folder.path(), "plan.txt", flat.as_bytes());
    let output = fairway(&["edi", "check", file.to_str().unwrap(), "--json"]);
    let report = json(&output);
    assert_eq!((code(&output), &report["format"], &report["segments"]), (0, &"bayplan-positions".into(), &3.into()), "{report}");
    assert_eq!(report["notes"][0]["code"], "EDI-REC-UNVERIFIED", "{report}");
    let file = write(folder.path(), "wrong.txt", flat.replace("ZZZU0000019", "").as_bytes());
    let output = fairway(&["edi", "check", file.to_str().unwrap(), "--json"]);
    let report = json(&output);
    assert_eq!(code(&output), 1);
    assert_eq!(
        (&report["findings"][0]["code"], &report["findings"][0]["segment"]),
        (&"EDI-REC-FIELD-MISSING".into(), &3.into()),
        "{report}"
    );
    assert!(text(&fairway(&["edi", "explain", "EDI-REC-COUNT"]).stdout).contains("EDI-REC-COUNT"));
}
