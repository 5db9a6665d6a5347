//! The figures that the review page shows are what the baseline reaches on the sandbox scanner's images, to the last one.

use std::path::Path;

use imaging::{MEASURED_IMAGES, Measured, measure, measured};

/// With `FAIRWAY_MEASURE=write` the file is written anew; without, it must say what is computed here.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test that writes its own file is told so by the one who runs it")]
fn the_published_figures_are_what_is_measured() {
    let found = measure(MEASURED_IMAGES);
    if std::env::var("FAIRWAY_MEASURE").is_ok_and(|value| value == "write") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("measured.json");
        let text = serde_json::to_string_pretty(&found).expect("json") + "\n";
        std::fs::write(path, text).expect("measured.json can be written");
        return;
    }
    assert_eq!(measured(), found, "run this test with FAIRWAY_MEASURE=write and commit measured.json");
    assert_eq!(found.objects + found.clean_images, MEASURED_IMAGES);
    // A hint that is right less often than a coin is no help, and one that finds nothing is none.
    assert!(found.precision_per_mille() > Some(500) && found.recall_per_mille() > Some(500), "{found:?}");
}

#[test]
fn figures_without_anything_measured_are_none() {
    let none = Measured::default();
    assert_eq!((none.precision_per_mille(), none.recall_per_mille()), (None, None));
}
