//! FEEL against the crate `dsntk-feel-evaluator`, in one run on one machine: speed of typical expressions, and a
//! comparison of results on generated arithmetic and comparisons.

use dsntk_feel::context::FeelContext;
use dsntk_feel::{FeelScope, values::Value as Theirs};
use feel::{Env, Fuel, Options, Value};
use std::hint::black_box;
use std::time::Instant;

/// Expressions that both evaluate, with the ratio that is the goal.
const EXPRESSIONS: &[(&str, &str, f64)] = &[
    ("condition with two variables", r#"amount > 1000 and country = "DE""#, 3.0),
    ("nested path", "order.customer.address.city", 20.0),
    ("sum over 50 items", "sum(for i in order.items return i.qty * i.price)", 20.0),
    ("filter over 50 items", "count(order.items[qty > 10])", 20.0),
    ("string functions", "upper case(substring(country, 1, 1)) + string(amount)", 1.0),
    ("date functions", r#"date("2024-01-31") + duration("P1M") < date("2024-03-01")"#, 1.0),
];

/// Generated expressions whose results are compared.
const GENERATED: u64 = 20_000;

fn nanos(mut operation: impl FnMut()) -> f64 {
    let (mut best, mut count) = (f64::MAX, 100u32);
    for _ in 0..7 {
        let started = Instant::now();
        (0..count).for_each(|_| operation());
        best = best.min(started.elapsed().as_nanos() as f64 / f64::from(count));
        count = ((30_000_000.0 / best) as u32).clamp(10, 3_000_000);
    }
    best
}

fn json() -> String {
    let item = |n: i64| format!(r#"{{"sku":"S{n}","qty":{},"price":{}.25}}"#, n % 20, n * 3);
    let items: Vec<String> = (1..=50).map(item).collect();
    format!(
        r#"{{"amount":1500,"country":"DE","order":{{"id":"A-1","customer":{{"name":"Ann","address":{{"street":"x","city":"Berlin"}}}},"items":[{}]}}}}"#,
        items.join(",")
    )
}

fn their_scope(json: &str) -> Result<FeelScope, String> {
    let nothing = FeelScope::default();
    let context: FeelContext =
        dsntk_feel_evaluator::evaluate_context(&nothing, json).map_err(|error| error.to_string())?;
    let scope = FeelScope::default();
    scope.push(context);
    Ok(scope)
}

fn theirs(scope: &FeelScope, source: &str) -> Result<Theirs, String> {
    let node =
        dsntk_feel_parser::parse_expression(scope, source, false).map_err(|error| error.to_string())?;
    Ok(dsntk_feel_evaluator::evaluate(scope, &node))
}

fn ours(data: &Value, source: &str) -> Result<Value, String> {
    let options = Options { open: true, ..Options::default() };
    let compiled = feel::compile(source, &options).map_err(|found| found[0].to_string())?;
    let slots = compiled.bind(|name| data.get(name).cloned());
    Ok(compiled.evaluate(&slots, &Env::default(), &mut Fuel::default()).value)
}

/// Measures both and compares their results. Fails where a result differs without an explanation.
pub fn run() -> Result<(), String> {
    let json = json();
    let data = Value::from_json(&json).map_err(|error| error.to_string())?;
    let scope = their_scope(&json)?;
    let options = Options { open: true, ..Options::default() };
    println!(
        "{:<32}{:>12}{:>14}{:>9}{:>9}",
        "FEEL, ns an operation", "dirigent", "dsntk 0.3", "ratio", "goal"
    );
    let mut slow = Vec::new();
    for &(name, source, goal) in EXPRESSIONS {
        let compiled = feel::compile(source, &options).map_err(|found| found[0].to_string())?;
        let slots = compiled.bind(|name| data.get(name).cloned());
        let env = Env::default();
        let own = nanos(|| {
            black_box(compiled.evaluate(black_box(&slots), &env, &mut Fuel::default()));
        });
        let node =
            dsntk_feel_parser::parse_expression(&scope, source, false).map_err(|error| error.to_string())?;
        let evaluator = dsntk_feel_evaluator::prepare(&node);
        let peer = nanos(|| {
            black_box(evaluator(black_box(&scope)));
        });
        row(name, own, peer, goal, &mut slow);
        let (left, right) = (ours(&data, source)?.to_json(), theirs(&scope, source)?.to_string());
        if left != right {
            return Err(format!("{source}: we say {left}, the peer says {right}"));
        }
    }
    let source = EXPRESSIONS[0].1;
    let own = nanos(|| {
        black_box(feel::compile(black_box(source), &options).is_ok());
    });
    let peer = nanos(|| {
        let node = dsntk_feel_parser::parse_expression(&scope, black_box(source), false);
        black_box(node.map(|node| dsntk_feel_evaluator::prepare(&node)).is_ok());
    });
    row("preparing the condition", own, peer, 10.0, &mut slow);
    prepare_against_two_names(source, &mut slow)?;
    differ(&scope, &data)?;
    if !slow.is_empty() {
        println!("below the goal: {}", slow.join(", "));
    }
    Ok(())
}

/// Without a scope that is costly to copy: both know just the two names of the condition.
fn prepare_against_two_names(source: &str, slow: &mut Vec<String>) -> Result<(), String> {
    let scope = their_scope(r#"{"amount":1500,"country":"DE"}"#)?;
    let options = Options { names: &["amount", "country"], ..Options::default() };
    let own = nanos(|| {
        black_box(feel::compile(black_box(source), &options).is_ok());
    });
    let peer = nanos(|| {
        let node = dsntk_feel_parser::parse_expression(&scope, black_box(source), false);
        black_box(node.map(|node| dsntk_feel_evaluator::prepare(&node)).is_ok());
    });
    row("preparing against two names", own, peer, 10.0, slow);
    Ok(())
}

fn row(name: &str, own: f64, peer: f64, goal: f64, slow: &mut Vec<String>) {
    let ratio = peer / own;
    println!("{name:<32}{own:>12.1}{peer:>14.1}{ratio:>8.1}x{goal:>8.0}x");
    if ratio < goal {
        slow.push(name.to_owned());
    }
}

struct Rng(u64);

impl Rng {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn number(rng: &mut Rng, depth: u32) -> String {
    if depth == 0 || rng.below(4) == 0 {
        return match rng.below(3) {
            0 => rng.below(1_000).to_string(),
            1 => format!("{}.{}", rng.below(100), rng.below(1_000)),
            _ => "amount".to_owned(),
        };
    }
    let operator = ["+", "-", "*", "/"][rng.below(4) as usize];
    format!("({} {operator} {})", number(rng, depth - 1), number(rng, depth - 1))
}

fn condition(rng: &mut Rng) -> String {
    let operator = ["<", "<=", ">", ">=", "=", "!="][rng.below(6) as usize];
    let compared = format!("{} {operator} {}", number(rng, 2), number(rng, 2));
    match rng.below(3) {
        0 => format!("({compared}) and ({} < 50)", number(rng, 1)),
        1 => format!("({compared}) or ({} between 1 and 40)", number(rng, 1)),
        _ => compared,
    }
}

/// Both must give the same values. Two differences are explained: the last digits of 34 where several quotients
/// are rounded one after the other, and a comparison with the null of a division by zero, where the standard's
/// equality gives a boolean and the peer gives null.
fn differ(scope: &FeelScope, data: &Value) -> Result<(), String> {
    let mut rng = Rng(7);
    let (mut equal, mut rounded, mut divided) = (0, 0, 0);
    for _ in 0..GENERATED {
        let source = if rng.below(2) == 0 { number(&mut rng, 3) } else { condition(&mut rng) };
        let (own, peer) = (ours(data, &source)?, theirs(scope, &source)?.to_string());
        // The peer writes zeros such as -0.00 and 0000, which are no JSON.
        let zero = peer.parse::<f64>().is_ok_and(|number| number == 0.0);
        let read = Value::from_json(if zero { "0" } else { &peer }).unwrap_or_default();
        let same = feel::equal(&own, &read) == Some(true) || (own.is_null() && peer.starts_with("null"));
        if same {
            equal += 1;
        } else if close(&own.to_json(), &peer) {
            rounded += 1;
        } else if own.as_bool().is_some() && peer.starts_with("null") && source.contains('/') {
            divided += 1;
        } else {
            return Err(format!("{source}: we say {}, the peer says {peer}", own.to_json()));
        }
    }
    println!(
        "{GENERATED} generated expressions: {equal} equal, {rounded} differ in the last digits of 34, {divided} \
         compare with a division by zero"
    );
    Ok(())
}

/// Both are numbers that agree in their first 30 digits.
fn close(left: &str, right: &str) -> bool {
    let digits = |text: &str| -> String {
        let digits = text.chars().filter(char::is_ascii_digit).skip_while(|digit| *digit == '0');
        digits.take(30).collect()
    };
    let number = |text: &str| text.parse::<f64>().is_ok();
    number(left) && number(right) && digits(left).len() == 30 && digits(left) == digits(right)
}
