//! Compiling any text: no panic, and every problem lies inside the text. Run by `./x fuzz feel/parse`.
#![no_main]

use dirigent_feel::{Options, compile, compile_unary_tests};
use libfuzzer_sys::fuzz_target;

const NAMES: &[&str] = &["x", "amount", "first name", "a-b", "order.total", "in stock"];
const PROPERTIES: &[&str] = &["unit price", "c+d"];

fuzz_target!(|text: &str| {
    let lines = text.split('\n').count() as u32;
    let closed = Options { names: NAMES, properties: PROPERTIES, ..Options::default() };
    for options in [closed, Options { open: true, ..Options::default() }] {
        for compiled in [compile(text, &options), compile_unary_tests(text, &options)] {
            let problems = match compiled {
                Ok(expression) => {
                    assert_eq!(expression.source(), text);
                    expression.hints().to_vec()
                }
                Err(problems) => {
                    assert!(!problems.is_empty(), "an error has a reason");
                    problems
                }
            };
            for problem in problems {
                assert!(problem.line <= lines && !problem.message.is_empty(), "{problem}");
            }
        }
    }
});
