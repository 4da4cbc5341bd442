//! Storing, evicting, loading again.

use crate::world::*;
use record::Response;
use runtime::Options;

fn small() -> Options {
    Options { memory_instances: 4, store_after_ms: 1_000, index_head: 3, ..Options::default() }
}

#[test]
fn short_lives_never_touch_the_store() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    world.now += 2_000;
    world.run();
    let rows = world.store.len();
    for _ in 0..50 {
        world.create("one-task");
        let job = world.take_jobs(1)[0].key;
        assert_eq!(world.complete(job), Response::Done {});
        world.now += 10;
    }
    assert_eq!(world.store.len(), rows);
    assert!(world.node.status().in_memory <= 1);
}

#[test]
fn what_stays_is_stored_evicted_and_loaded_again() {
    let mut world = World::new(small());
    world.deploy(WORK);
    world.deploy(WAIT);
    let waiting: Vec<_> = (0..20).map(|_| world.create("wait")).collect();
    let working: Vec<_> = (0..40).map(|_| world.create("one-task")).collect();
    world.now += 5_000;
    world.run();
    assert!(world.node.status().in_memory <= 4, "{:?}", world.node.status());
    assert!(world.node.checkpoint() > 60);
    world.assert_replay();
    world.crash();
    let mut done = Vec::new();
    loop {
        let jobs = world.take_jobs(7);
        if jobs.is_empty() {
            break;
        }
        for job in jobs {
            assert_eq!(world.complete(job.key), Response::Done {});
            done.push(job.instance);
        }
    }
    assert_eq!(done, working, "all of them, oldest first");
    world.now += 60_000;
    world.run();
    assert!(waiting.iter().all(|key| world.node.instance(*key).is_none()));
    world.now += 5_000;
    world.run();
    world.assert_replay();
    world.node.checkpoint_now();
    world.run();
    let rows = record::port::StateStore::scan(&world.store, b"a", b"k", 99).expect("rows");
    assert!(rows.is_empty(), "nothing is left in the store: {rows:?}");
}

#[test]
fn a_long_dirty_list_and_crashes_at_every_point_lose_nothing() {
    let mut world = World::new(Options { store_batch: 3, ..small() });
    world.deploy(WORK);
    world.deploy(RECEIVE);
    let mut live = 0;
    for step in 0..120 {
        world.create("one-task");
        live += 1;
        world.call(create("receive", &format!(r#"{{"key":"k{}"}}"#, step % 5)));
        if step % 3 == 0 {
            let job = world.take_jobs(1)[0].key;
            assert_eq!(world.complete(job), Response::Done {});
            live -= 1;
        }
        world.now += 400;
        if step % 7 == 0 {
            world.crash();
            world.now += 100_000;
        }
    }
    world.assert_replay();
    world.now += 100_000;
    world.run();
    assert_eq!(world.take_jobs(1_000).len(), live);
}

#[test]
fn a_log_that_is_not_the_stores_is_refused() {
    let mut world = World::new(Options::default());
    world.deploy(WORK);
    world.create("one-task");
    world.node.checkpoint_now();
    world.run();
    let disk = journal::memory_disk::MemoryDisk::new(5);
    let journal_options = journal::Options { segment_bytes: 1 << 16, seed: Some([3; 32]) };
    let (mut journal, _) = journal::Journal::open(disk.clone(), journal_options).expect("an empty log");
    let log = Box::new(runtime::LogReader::new(std::sync::Arc::new(move || disk.clone())));
    let builder = journal.batches().expect("the first builder");
    let result = runtime::Node::<_, u64>::recover(Options::default(), world.store.copy(), log, builder, 0);
    let error = result.err().expect("refused").to_string();
    assert!(error.contains("restore both"), "{error}");
}
