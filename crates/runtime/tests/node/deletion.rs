//! Deleting definitions: what runs is known across partitions and restarts, and nothing is lost on the way.

use crate::world::*;
use record::port::{StateStore, StoreBatch};
use record::{Command, Key, Rejection, RejectionKind, Response, wire};
use runtime::{Options, Target};

fn delete(definition: Key) -> runtime::Request {
    let command = Command::DeleteResource { resource: definition, history: false, running: 0 };
    request(Target::Catalog, command)
}

fn definition(world: &World, process: &str) -> Key {
    let found = world.node.catalog().latest(&TENANT.into(), &process.into());
    found.expect("a definition").key
}

#[track_caller]
fn refused(world: &mut World, definition: Key, count: &str) {
    match world.call(delete(definition)) {
        Response::Rejected { rejection: Rejection { kind, reason } } => {
            assert_eq!(kind, RejectionKind::InvalidState, "{reason}");
            assert!(reason.contains(&format!("still running instances ({count})")), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

fn partitioned() -> Options {
    Options { partitions: 3, memory_instances: 4, ..Options::default() }
}

#[test]
fn what_runs_is_counted_over_partitions_restarts_and_eviction() {
    let mut world = World::new(partitioned());
    world.deploy(WORK);
    world.deploy(WAIT);
    let (work, wait) = (definition(&world, "one-task"), definition(&world, "wait"));
    let partitions: Vec<u16> = (0..9).map(|_| world.create("one-task").partition()).collect();
    assert!((1..=3).all(|partition| partitions.contains(&partition)), "{partitions:?}");
    world.create("wait");
    refused(&mut world, work, "9");
    world.crash();
    refused(&mut world, work, "9");
    assert!(world.node.checkpoint_now());
    world.run();
    world.crash();
    refused(&mut world, work, "9");
    let jobs = world.take_jobs(5);
    for job in &jobs {
        assert_eq!(world.complete(job.key), Response::Done {});
    }
    refused(&mut world, work, "4");
    world.assert_replay();
    world.crash();
    refused(&mut world, work, "4");
    for job in world.take_jobs(9) {
        assert_eq!(world.complete(job.key), Response::Done {});
    }
    refused(&mut world, wait, "1");
    assert_eq!(world.call(delete(work)), Response::Done {});
    world.crash();
    assert!(world.node.catalog().definition(work).is_none(), "it was answered, so it is durable");
    assert!(world.node.catalog().definition(wait).is_some());
    world.deploy(WORK);
    assert_eq!(definition(&world, "one-task"), world.node.catalog().definitions().last().expect("it").key);
    let version = world.node.catalog().latest(&TENANT.into(), &"one-task".into()).expect("it").version;
    assert_eq!(version, 2, "the number of the deleted one is not given out again");
    world.assert_replay();
}

#[test]
fn a_store_without_counts_is_counted_anew() {
    let mut world = World::new(partitioned());
    world.deploy(WORK);
    let work = definition(&world, "one-task");
    for _ in 0..7 {
        world.create("one-task");
    }
    assert!(world.node.checkpoint_now());
    world.run();
    for _ in 0..2 {
        world.create("one-task");
    }
    let job = world.take_jobs(1).remove(0);
    assert_eq!(world.complete(job.key), Response::Done {});
    forget_counts(&mut world);
    world.crash();
    refused(&mut world, work, "8");
    world.assert_replay();
}

/// The checkpoint as earlier versions wrote it.
fn forget_counts(world: &mut World) {
    let row = world.store.get(b"!").expect("a store").expect("a checkpoint");
    let mut reader = wire::Reader::new(&row);
    assert_eq!(reader.tag().expect("a field"), (1, 2));
    let mut fields = wire::Reader::new(reader.bytes().expect("its bytes"));
    let mut kept = Vec::new();
    let mut counts = 0;
    while !fields.is_empty() {
        let (tag, wire_type) = fields.tag().expect("a field");
        let mut field = Vec::new();
        wire::put_varint(u64::from(tag) << 3 | u64::from(wire_type), &mut field);
        match wire_type {
            0 => wire::put_varint(fields.varint().expect("a number"), &mut field),
            _ => {
                let bytes = fields.bytes().expect("bytes");
                wire::put_varint(bytes.len() as u64, &mut field);
                field.extend_from_slice(bytes);
            }
        }
        counts += usize::from(tag == 1000);
        if tag != 1000 {
            kept.extend(field);
        }
    }
    assert_eq!(counts, 1, "the checkpoint has counts");
    let mut row = Vec::new();
    wire::put_nested(1, &mut row, |out| out.extend_from_slice(&kept));
    let batch = StoreBatch { puts: vec![(b"!".to_vec(), row)], ..StoreBatch::default() };
    world.store.write(batch).expect("a memory store");
}

const CALL: &str = r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="call" isExecutable="true">
    <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/><callActivity id="c" calledElement="one-task"/>
    <sequenceFlow id="g" sourceRef="c" targetRef="e"/><endEvent id="e"/>
  </process>
</definitions>"#;

/// The call is on its way to another partition when the deletion comes: what it starts must find its definition.
#[test]
fn an_instance_that_is_about_to_begin_counts() {
    let mut world = World::new(partitioned());
    world.deploy(WORK);
    world.deploy(CALL);
    let work = definition(&world, "one-task");
    world.writing = false;
    world.submit(create("call", ""));
    let deletion = world.submit(delete(work));
    world.run();
    world.writing = true;
    world.run();
    let Response::Rejected { rejection } = &world.answers[&deletion].response else {
        panic!("{:?}", world.answers[&deletion])
    };
    assert!(rejection.reason.contains("still running instances (1)"), "{}", rejection.reason);
    refused(&mut world, work, "1");
    let job = world.take_jobs(1).remove(0);
    assert_eq!(world.complete(job.key), Response::Done {});
    assert_eq!(world.call(delete(work)), Response::Done {});
    world.assert_replay();
}

/// Whatever the point of the crash, the definition is there with its timer or gone with it.
#[test]
fn a_crash_around_the_deletion_leaves_it_whole_or_undone() {
    for synced in [false, true] {
        let mut world = World::new(partitioned());
        world.deploy(WORK);
        let work = definition(&world, "one-task");
        world.writing = false;
        let token = world.submit(delete(work));
        world.run();
        assert!(world.answers.is_empty(), "nothing is said before it is durable");
        if synced {
            world.sync();
            assert_eq!(world.answers[&token].response, Response::Done {});
        }
        world.crash();
        world.writing = true;
        assert_eq!(world.node.catalog().definition(work).is_none(), synced);
        world.assert_replay();
    }
}
