//! Reading and compiling any text as a model, alone and importing itself: no panic, and every problem has a code and
//! a place inside the text. Run by `./x fuzz dmn/read`.
#![no_main]

use dirigent_dmn::{Diagnostic, Model};
use libfuzzer_sys::fuzz_target;

fn check(problems: &[Diagnostic], text: &str) {
    // A carriage return ends a line, alone or with a line feed.
    let lines = text.replace("\r\n", "\n").split(['\n', '\r']).count() as u32;
    for problem in problems {
        assert!(!problem.code.is_empty() && !problem.message.is_empty(), "{problem}");
        assert!(problem.place.line <= lines, "{problem}");
    }
}

fuzz_target!(|text: &str| {
    match Model::read(text) {
        Err(problems) => {
            assert!(problems.iter().any(Diagnostic::is_error), "a refusal has a reason");
            check(&problems, text);
        }
        Ok(model) => {
            check(model.compile(&[]).diagnostics(), text);
            let _ = model.compile(&[&model]);
        }
    }
});
