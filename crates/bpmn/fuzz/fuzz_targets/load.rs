//! Reading, checking and writing back any bytes: no panic, and nothing lost. Run by `cargo +nightly fuzz run load`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(document) = dirigent_bpmn::read(data, "fuzz.bpmn") {
        assert_eq!(document.to_bytes(), data);
        let (definitions, _) = dirigent_bpmn::model(&document);
        let _ = dirigent_bpmn::validate(&definitions);
    }
});
