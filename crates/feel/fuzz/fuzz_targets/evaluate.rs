//! Evaluating any text on some data: no panic, no step without fuel, the same result twice, and explain mode agrees.
//! Run by `./x fuzz feel/evaluate`.
#![no_main]

use dirigent_feel::{Env, Expression, Fuel, Options, Value, compile, compile_unary_tests};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const FUEL: u64 = 20_000;

static DATA: LazyLock<Value> = LazyLock::new(|| {
    let json = r#"{"x":5,"amount":1500.25,"first name":"Ann","a-b":-1,"flag":true,"nothing":null,
        "?":7,"item":3,"list":[1,2,3,"four",null,[5],{"qty":2,"unit price":9.5}],
        "order":{"id":"A-1","items":[{"sku":"S1","qty":3},{"sku":"S2","qty":0}],"customer":{"city":"Köln"}}}"#;
    Value::from_json(json).expect("the data is JSON")
});

fn check(expression: &Expression) {
    let env = Env { now: 1_764_057_600_000, seed: 42, ..Env::default() };
    let slots = expression.bind(|name| DATA.get(name).cloned());
    let evaluate = || {
        let mut fuel = Fuel::new(FUEL);
        let outcome = expression.evaluate(&slots, &env, &mut fuel);
        (outcome, fuel.used())
    };
    let (first, second) = (evaluate(), evaluate());
    assert_eq!(first.0.value.to_json(), second.0.value.to_json());
    assert_eq!(first.1, second.1, "the same steps");
    assert!(first.1 <= FUEL && first.0.warnings.len() <= 64);
    assert_eq!(first.0.error, second.0.error);
    let _ = (first.0.value.to_string(), first.0.warnings.iter().map(ToString::to_string).count());
    let (explained, _) = expression.explain(&slots, &env, &mut Fuel::new(FUEL * 10));
    if first.0.error.is_none() && explained.error.is_none() {
        assert_eq!(first.0.value.to_json(), explained.value.to_json());
    }
}

fuzz_target!(|text: &str| {
    let names = ["x", "amount", "first name", "a-b", "flag", "nothing", "list", "order"];
    let options = Options { names: &names, properties: &["unit price"], open: true, types: None };
    for expression in [compile(text, &options), compile_unary_tests(text, &options)].into_iter().flatten() {
        check(&expression);
    }
});
