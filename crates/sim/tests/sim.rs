//! A bounded number of seeds passes, and every bug that is put in on purpose is found.

use dirigent_sim::{Plan, Planted, run};
use std::time::{Duration, Instant};

/// Seeds that must pass however slow the machine is.
const FEWEST: u64 = 60;

/// Time after which no further seed begins.
const TIME: Duration = Duration::from_secs(10);

#[test]
fn seeds_pass() {
    let first: u64 = std::env::var("DIRIGENT_SIM_FROM").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let begin = Instant::now();
    let (mut count, mut restarts, mut discarded, mut trimmed) = (0, 0, 0, 0);
    while count < FEWEST || begin.elapsed() < TIME {
        match run(&Plan::new(first + count, None)) {
            Ok(stats) => {
                restarts += stats.restarts;
                discarded += stats.discarded;
                trimmed += stats.trimmed;
            }
            Err(failure) => {
                panic!("{failure}; see it again with: cargo run -p dirigent-sim -- --seed {}", failure.seed)
            }
        }
        count += 1;
    }
    assert!(restarts > count, "{restarts} restarts in {count} seeds");
    assert!(discarded > count, "{discarded} steps discarded in {count} seeds");
    assert!(trimmed > 10 * count, "{trimmed} records trimmed in {count} seeds");
}

#[test]
fn a_seed_plays_the_same_every_time() {
    let plan = Plan::new(77, None);
    let (first, second) = (run(&plan).expect("it passes"), run(&plan).expect("it passes"));
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
}

fn found(planted: Planted) {
    let failing = (1..=500).find_map(|seed| run(&Plan::new(seed, Some(planted))).err());
    assert!(failing.is_some(), "{planted:?} was not found in 500 seeds");
}

#[test]
fn a_skipped_sync_is_found() {
    found(Planted::SkippedSync);
}

#[test]
fn an_ignored_checksum_is_found() {
    found(Planted::IgnoredChecksum);
}

#[test]
fn an_answer_before_its_sync_is_found() {
    found(Planted::AnswerBeforeSync);
}

#[test]
fn a_repeated_request_carried_out_again_is_found() {
    found(Planted::RequestTwice);
}

#[test]
fn a_record_exported_before_its_sync_is_found() {
    found(Planted::ExportBeforeSync);
}

#[test]
fn a_log_trimmed_too_far_is_found() {
    found(Planted::TrimTooFar);
}

#[test]
fn a_command_of_the_outbox_carried_out_twice_is_found() {
    found(Planted::OutboxTwice);
}
