//! Every kernel of this machine finds the same segments, separators and faults.
#![no_main]

use edifact::{Kernel, ReadOptions, Reading, read_with};
use libfuzzer_sys::fuzz_target;

fn shape(reading: &Reading<'_>) -> Vec<(usize, usize, Vec<usize>)> {
    let components = |s: edifact::Segment<'_>| (0..=s.element_count()).map(|element| s.component_count(element)).collect();
    reading.segments().map(|s| (s.offset(), s.end(), components(s))).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let with = |kernel| read_with(bytes, &ReadOptions { kernel: Some(kernel), ..ReadOptions::default() });
    let portable = with(Kernel::Portable);
    for kernel in Kernel::available() {
        let other = with(kernel);
        assert_eq!(other.findings(), portable.findings(), "{kernel:?}");
        assert_eq!(shape(&other), shape(&portable), "{kernel:?}");
    }
});
