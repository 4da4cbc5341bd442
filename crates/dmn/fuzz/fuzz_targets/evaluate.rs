//! Evaluating every decision of any model that can be read: no panic, no step without fuel, the same result twice.
//! Run by `./x fuzz dmn/evaluate`.
#![no_main]

use dirigent_dmn::Model;
use dirigent_feel::{Context, Env, Fuel, Value};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};

const FUEL: u64 = 20_000;
const DECISIONS: usize = 8;

static INPUTS: LazyLock<Arc<Context>> = LazyLock::new(|| {
    let json = r#"{"x":8,"y":"low","amount":1500.25,"country":"DE","list":[1,2,3],"order":{"qty":2}}"#;
    match Value::from_json(json) {
        Ok(Value::Context(context)) => context,
        _ => Arc::new(Context::new()),
    }
});

fuzz_target!(|text: &str| {
    let Ok(model) = Model::read(text) else { return };
    let compiled = model.compile(&[]);
    let env = Env::default();
    for decision in compiled.decisions().take(DECISIONS) {
        let evaluate = || {
            let mut fuel = Fuel::new(FUEL);
            let outcome = compiled.evaluate(&decision.id, Arc::clone(&INPUTS), &env, &mut fuel);
            (outcome, fuel.used())
        };
        let (first, second) = (evaluate(), evaluate());
        assert_eq!(first.0.value.to_json(), second.0.value.to_json());
        assert_eq!(first.0.failure, second.0.failure);
        assert!(first.1 == second.1 && first.1 <= FUEL);
    }
});
