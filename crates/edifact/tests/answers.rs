//! CONTRL and APERAK: what is answered to what was found.

use edifact::{
    AperakError, AperakOptions, AperakOutcome, ContrlMode, ContrlOptions, Party, Prepared, Severity, aperak, check_message, contrl, read,
};

const AT: Prepared = Prepared { year: 2026, month: 11, day: 22, hour: 8, minute: 31 };
const HEAD: &str = "UNB+UNOA:2+TEAT:ZZZ+CUSTEST:ZZZ+261122:0830+R1'";

fn options() -> ContrlOptions {
    ContrlOptions {
        sender: None,
        prepared: AT,
        control_reference: "A1".into(),
        mode: ContrlMode::Report,
        forgiven: Vec::new(),
        further: Vec::new(),
    }
}

/// Segments of the answer between UNH and UNT; the answer itself has to be well formed and of the CONTRL structure.
fn answer(file: &str, options: &ContrlOptions) -> Vec<String> {
    let reading = read(file.as_bytes());
    let bytes = contrl(&reading, options).unwrap();
    let answer = read(&bytes);
    assert_eq!(answer.findings(), [], "{}", String::from_utf8_lossy(&bytes));
    answer
        .messages()
        .flat_map(|message| {
            let faults = check_message(&message);
            assert_eq!(faults, [], "{}", String::from_utf8_lossy(&bytes));
            message.body().map(|s| String::from_utf8_lossy(s.raw_bytes()).into_owned()).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn a_good_interchange_is_acknowledged_and_the_answer_goes_back_to_the_sender() {
    let file = format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+3+1'UNZ+1+R1'");
    let bytes = contrl(&read(file.as_bytes()), &options()).unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "UNB+UNOB:3+CUSTEST:ZZZ+TEAT:ZZZ+261122:0831+A1++CONTRL'UNH+1+CONTRL:D:3:UN'\
         UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+7'UNT+3+1'UNZ+1+A1'"
    );
}

#[test]
fn a_wrong_count_rejects_its_message_only() {
    let file = format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+3+1'UNH+2+CUSCAR:D:95B:UN'BGM+85'UNT+9+2'UNZ+2+R1'");
    assert_eq!(answer(&file, &options()), ["UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+7", "UCM+2+CUSCAR:D:95B:UN+4+29+UNT+2"]);
    let tolerant = ContrlOptions { forgiven: vec!["EDI-UNT-COUNT", "EDI-UNZ-COUNT", "EDI-UNE-COUNT"], ..options() };
    assert_eq!(answer(&file, &tolerant), ["UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+7"]);
}

#[test]
fn a_fault_of_the_envelope_rejects_the_interchange() {
    let file = format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+9+1'UNZ+1+R2'");
    assert_eq!(answer(&file, &options()), ["UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+4+28+UNZ+3"]);
    let file = format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+3+1'");
    assert_eq!(answer(&file, &options()), ["UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+4+13+UNZ"]);
}

#[test]
fn a_missing_message_trailer_is_answered_as_missing() {
    let file = format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNZ+1+R1'");
    assert_eq!(answer(&file, &options()), ["UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+7", "UCM+1+CUSCAR:D:95B:UN+4+13+UNT"]);
}

#[test]
fn segment_and_element_are_named() {
    let file = format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85'LOC+9+A@B:139'X+1'UNT+5+1'UNZ+1+R1'");
    assert_eq!(answer(&file, &options()), ["UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+7", "UCM+1+CUSCAR:D:95B:UN+4", "UCS+3", "UCD+21+3:1", "UCS+4+12"]);
}

#[test]
fn findings_of_other_checks_are_answered_too() {
    let file = format!("{HEAD}UNH+1+CONTRL:D:3:UN'UCI+R0+TEAT+CUSTEST+7'XXX+1'UNT+4+1'UNZ+1+R1'");
    let reading = read(file.as_bytes());
    let further = check_message(&reading.message(1).unwrap());
    assert_eq!(further[0].severity, Severity::Error);
    let with = ContrlOptions { further, ..options() };
    assert_eq!(answer(&file, &with), ["UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+7", "UCM+1+CONTRL:D:3:UN+4", "UCS+3+15"]);
}

#[test]
fn groups_are_answered_with_ucf() {
    let group = "UNG+CUSCAR+TEAT+CUSTEST+261122:0830+G1+UN+D:95B'";
    let file = format!("{HEAD}{group}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+4+1'UNE+1+G1'UNZ+1+R1'");
    assert_eq!(answer(&file, &options()), ["UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+7", "UCF+G1+TEAT+CUSTEST+7", "UCM+1+CUSCAR:D:95B:UN+4+29+UNT+2"]);
    let file = format!("{HEAD}{group}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+3+1'UNE+5+G1'UNZ+1+R1'");
    assert_eq!(answer(&file, &options()), ["UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+7", "UCF+G1+TEAT+CUSTEST+4+29+UNE+2"]);
}

#[test]
fn each_interchange_of_a_file_gets_its_answer() {
    let one = |r: &str| format!("{}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+3+1'UNZ+1+{r}'", HEAD.replace("R1", r));
    let file = one("R1") + &one("R2");
    assert_eq!(answer(&file, &options()), ["UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+7", "UCI+R2+TEAT:ZZZ+CUSTEST:ZZZ+7"]);
}

#[test]
fn a_receipt_says_nothing_about_acceptance() {
    let file = format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+9+1'UNZ+1+R1'");
    let receipt = ContrlOptions { mode: ContrlMode::ReceiptOnly, ..options() };
    assert_eq!(answer(&file, &receipt), ["UCI+R1+TEAT:ZZZ+CUSTEST:ZZZ+8"]);
}

#[test]
fn what_cannot_be_read_is_rejected_as_unknown() {
    let own = ContrlOptions { sender: Some(Party { id: "PORT".into(), qualifier: "ZZZ".into() }), ..options() };
    assert_eq!(answer("not edifact", &own), ["UCI+UNKNOWN+UNKNOWN+UNKNOWN+4+18"]);
    let bare = "UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+9+1'";
    assert_eq!(answer(bare, &own), ["UCI+UNKNOWN+UNKNOWN+UNKNOWN+7", "UCM+1+CUSCAR:D:95B:UN+4+29+UNT+2"]);
}

#[test]
fn aperak_lists_errors_with_text_and_place() {
    let options = AperakOptions {
        sender: Party::new("CUSTEST"),
        recipient: Party { id: "TEAT".into(), qualifier: "ZZZ".into() },
        prepared: AT,
        control_reference: "A2".into(),
        document_number: "ANS2".into(),
        outcome: AperakOutcome::Rejected,
    };
    let error = AperakError {
        code: "MFT-CHECK-DIGIT".into(),
        text: "Check digit of ZZZU1000011 is wrong + see ISO 6346".into(),
        pointer: "segment 10, element 2".into(),
    };
    let bytes = aperak(&options, "R1", std::slice::from_ref(&error)).unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "UNB+UNOB:3+CUSTEST+TEAT:ZZZ+261122:0831+A2++APERAK'UNH+1+APERAK:D:00B:UN'BGM+313+ANS2+27'DTM+137:202611220831:203'RFF+ACW:R1'\
         ERC+MFT-CHECK-DIGIT'FTX+AAO+++Check digit of ZZZU1000011 is wrong ?+ see ISO 6346'RFF+ZZZ:segment 10, element 2'UNT+8+1'UNZ+1+A2'"
    );
    let chinese = AperakError { text: "校验位错误".repeat(200), ..error };
    let bytes = aperak(&options, "R1", &[chinese]).unwrap();
    let reading = read(&bytes);
    assert_eq!(reading.findings(), []);
    // The one deviation: a finding code may be longer than the eight characters that the directory gives to 9321.
    let told: Vec<_> = check_message(&reading.message(1).unwrap()).into_iter().filter(|f| f.severity > Severity::Info).collect();
    assert_eq!(told.iter().map(|f| (f.code, f.segment_tag.as_deref())).collect::<Vec<_>>(), [("EDI-DIR-LONG", Some("ERC"))]);
    let ftx = reading.segments().find(|s| s.tag() == "FTX").unwrap();
    assert_eq!((ftx.component_count(4), ftx.comp(4, 1).unwrap().chars().count()), (2, 512));
}

#[test]
fn aperak_without_errors_is_an_acknowledgement() {
    let options = AperakOptions {
        sender: Party::new("CUSTEST"),
        recipient: Party::new("TEAT"),
        prepared: AT,
        control_reference: "A3".into(),
        document_number: "ANS3".into(),
        outcome: AperakOutcome::Accepted,
    };
    let text = String::from_utf8(aperak(&options, "R1", &[]).unwrap()).unwrap();
    assert!(text.contains("BGM+312+ANS3+29'") && !text.contains("ERC"), "{text}");
}
