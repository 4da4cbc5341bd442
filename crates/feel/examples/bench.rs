//! Nanoseconds of typical expressions, through the entry point that an engine uses: fuel counted, warnings collected.
#![allow(clippy::print_stdout)]

use dirigent_feel::{Env, Expression, Fuel, Options, Value, compile};
use std::hint::black_box;
use std::time::Instant;

const OPEN: Options<'static> = Options { names: &[], properties: &[], open: true, types: None };

fn measure(name: &str, mut operation: impl FnMut()) {
    let mut best = f64::MAX;
    let mut count = 1_000u32;
    for _ in 0..7 {
        let started = Instant::now();
        for _ in 0..count {
            operation();
        }
        let nanos = started.elapsed().as_nanos() as f64 / count as f64;
        best = best.min(nanos);
        count = ((50_000_000.0 / nanos) as u32).clamp(10, 10_000_000);
    }
    println!("{name:<62}{best:>12.1} ns/op");
}

fn evaluate(name: &str, source: &str, data: &Value) {
    let expression: Expression = match compile(source, &OPEN) {
        Ok(expression) => expression,
        Err(errors) => {
            println!("{name}: {}", errors[0]);
            return;
        }
    };
    let slots = expression.bind(|name| data.get(name).cloned());
    let env = Env::default();
    let outcome = expression.evaluate(&slots, &env, &mut Fuel::default());
    if !outcome.warnings.is_empty() || outcome.error.is_some() {
        println!("{name}: {outcome:?}");
    }
    measure(name, || {
        let outcome = expression.evaluate(black_box(&slots), &env, &mut Fuel::default());
        black_box(&outcome);
    });
}

fn data() -> Value {
    let item = |n: i64| format!(r#"{{"sku":"S{n}","qty":{},"price":{}.25}}"#, n % 20, n * 3);
    let items: Vec<String> = (1..=50).map(item).collect();
    let text = format!(
        r#"{{"amount":1500,"country":"DE","price":19.99,"order":{{"id":"A-1","customer":{{"name":"Ann","address":{{"street":"x","city":"Berlin"}}}},"items":[{}]}}}}"#,
        items.join(",")
    );
    Value::from_json(&text).unwrap_or_default()
}

/// How long it takes until a limit ends a hostile expression.
fn bomb(source: &str) {
    let Ok(expression) = compile(source, &OPEN) else {
        println!("does not compile: {source}");
        return;
    };
    let started = Instant::now();
    let outcome = expression.evaluate(&[], &Env::default(), &mut Fuel::default());
    let code = outcome.error.map_or("no limit", |error| error.code());
    println!(
        "{:<90}{code:<12}{:>8.1} ms",
        &source[..source.len().min(88)],
        started.elapsed().as_secs_f64() * 1e3
    );
}

const BOMBS: [&str; 11] = [
    "for i in 1..1000000000 return i",
    "{f: function(n) f(n + 1), x: f(1)}.x",
    "for i in 1..100000 return partial",
    "for i in 1..1000000 return 10.1 ** 0.123",
    "for i in 1..1000000 return exp(i / 7)",
    "matches(\"a\", \"((a{1000}){1000}){10}\")",
    "matches(string join(for i in 1..10000 return \"a\") + \"!\", \"(a+)+$\")",
    "for i in 1..1000000 return matches(\"abc\", \"(\\p{Lu}|\\d){\" + string(modulo(i, 20)) + \"}\")",
    "{s: string join(for i in 1..10000 return \"0123456789abcdef\"), x: for i in 1..1000000 return contains(s, \"x\")}",
    "{s: for i in 1..10000 return [i], x: for i in 1..1000000 return s = s[item != [3]]}",
    "some i in 1..1000, j in 1..1000, k in 1..1000 satisfies i + j + k < 0",
];

fn main() {
    for source in BOMBS {
        bomb(source);
    }
    let data = data();
    evaluate("condition", "amount > 1000 and country = \"DE\"", &data);
    evaluate("arithmetic on integers", "amount * 2 + 1", &data);
    evaluate("arithmetic on decimals", "price * 1.19 + 4.95", &data);
    evaluate("nested path", "order.customer.address.city", &data);
    evaluate("nested path compared", "order.customer.address.city = \"Berlin\"", &data);
    evaluate("sum over 50 items", "sum(for i in order.items return i.qty * i.price)", &data);
    evaluate("filter over 50 items", "count(order.items[qty > 10])", &data);
    evaluate("some over 50 items", "some i in order.items satisfies i.qty > 100", &data);
    evaluate("string functions", "upper case(substring(country, 1, 1)) + string(amount)", &data);
    evaluate("matches", "matches(country, \"^[A-Z]{2}$\")", &data);
    evaluate("date arithmetic", "date(\"2024-01-31\") + duration(\"P1M\") < @\"2024-03-01\"", &data);
    evaluate("date parsing", "date(\"2024-01-\" + string(amount - 1470))", &data);
    evaluate("context", "{a: amount, b: a + 1}", &data);
    evaluate("function call", "(function(a, b) a + b)(amount, 1)", &data);
    let json = data.to_json();
    measure("read 3 KB of JSON", || {
        black_box(Value::from_json(black_box(&json))).ok();
    });
    let sources = [
        ("prepare condition", "amount > 1000 and country = \"DE\""),
        ("prepare path", "order.customer.address.city"),
        ("prepare sum", "sum(for i in order.items return i.qty * i.price)"),
    ];
    for (name, source) in sources {
        measure(name, || {
            black_box(compile(black_box(source), &OPEN)).ok();
        });
    }
    let names = ["amount", "country", "order", "price", "customer name", "order total"];
    let declared = Options { names: &names, ..Options::default() };
    measure("prepare condition, names declared", || {
        black_box(compile(black_box("amount > 1000 and country = \"DE\""), &declared)).ok();
    });
}
