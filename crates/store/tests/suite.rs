//! One suite for every state store; each test runs it on fjall and on the model.

use proptest::prelude::*;
use record::port::{StateStore, StoreBatch};
use std::collections::BTreeMap;
use store::{FjallStore, MemoryStore};

type Entries = Vec<(Vec<u8>, Vec<u8>)>;

/// Runs a test on every implementation.
fn on_each(test: impl Fn(&mut dyn StateStore)) {
    test(&mut MemoryStore::new());
    let directory = tempfile::tempdir().unwrap();
    test(&mut FjallStore::open(directory.path()).unwrap());
}

fn put(key: &str, value: &str) -> StoreBatch {
    StoreBatch { puts: vec![(key.into(), value.into())], deletes: Vec::new() }
}

fn keys(entries: &Entries) -> Vec<&str> {
    entries.iter().map(|(key, _)| std::str::from_utf8(key).unwrap()).collect()
}

#[test]
fn what_was_written_is_read() {
    on_each(|store| {
        assert_eq!(store.get(b"a").unwrap(), None);
        store.write(put("a", "1")).unwrap();
        store.write(put("a", "2")).unwrap();
        store.write(put("empty", "")).unwrap();
        assert_eq!(store.get(b"a").unwrap().as_deref(), Some(b"2".as_slice()));
        assert_eq!(store.get(b"empty").unwrap().as_deref(), Some(b"".as_slice()));
        store
            .write(StoreBatch { puts: Vec::new(), deletes: vec![b"a".to_vec(), b"absent".to_vec()] })
            .unwrap();
        assert_eq!(store.get(b"a").unwrap(), None);
        store.write(StoreBatch::default()).unwrap();
    });
}

#[test]
fn a_batch_is_seen_as_a_whole() {
    on_each(|store| {
        store.write(put("old", "x")).unwrap();
        let puts = vec![(b"k1".to_vec(), b"1".to_vec()), (b"k2".to_vec(), b"2".to_vec())];
        store.write(StoreBatch { puts, deletes: vec![b"old".to_vec()] }).unwrap();
        assert_eq!(keys(&store.scan(b"", b"\xff", 10).unwrap()), ["k1", "k2"]);
    });
}

#[test]
fn a_scan_is_ordered_half_open_and_limited() {
    on_each(|store| {
        for key in ["b", "a", "d", "c", "aa"] {
            store.write(put(key, key)).unwrap();
        }
        assert_eq!(keys(&store.scan(b"a", b"d", 10).unwrap()), ["a", "aa", "b", "c"]);
        assert_eq!(keys(&store.scan(b"a", b"d", 2).unwrap()), ["a", "aa"]);
        assert_eq!(keys(&store.scan(b"aa\0", b"c", 10).unwrap()), ["b"]);
        assert!(store.scan(b"d", b"a", 10).unwrap().is_empty(), "an inverted range is empty");
        assert!(store.scan(b"a", b"a", 10).unwrap().is_empty());
        assert!(store.scan(b"a", b"z", 0).unwrap().is_empty());
    });
}

#[test]
fn what_was_written_outlives_the_handle() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = FjallStore::open(directory.path()).unwrap();
    store.write(put("a", "1")).unwrap();
    store.write(StoreBatch { puts: vec![], deletes: vec![b"a".to_vec()] }).unwrap();
    store.write(put("b", "2")).unwrap();
    drop(store);
    let store = FjallStore::open(directory.path()).unwrap();
    assert_eq!(keys(&store.scan(b"", b"\xff", 10).unwrap()), ["b"]);

    let mut memory = MemoryStore::new();
    memory.clone().write(put("a", "1")).unwrap();
    let copy = memory.copy();
    memory.write(put("b", "2")).unwrap();
    assert_eq!((memory.len(), copy.len()), (2, 1));
}

/// The data directory as a crash would leave it: a copy taken while the store is open.
#[test]
fn what_was_written_outlives_a_crash() {
    let directory = tempfile::tempdir().unwrap();
    let live = directory.path().join("live");
    let mut store = FjallStore::open(&live).unwrap();
    for number in 0..200 {
        store.write(put(&format!("k{number:03}"), &"v".repeat(number))).unwrap();
    }
    let crashed = directory.path().join("crashed");
    copy_directory(&live, &crashed);
    let recovered = FjallStore::open(&crashed).unwrap();
    let entries = recovered.scan(b"", b"\xff", 1000).unwrap();
    assert_eq!(entries, store.scan(b"", b"\xff", 1000).unwrap());
    assert_eq!(entries.len(), 200);
}

#[test]
fn a_directory_that_cannot_be_used_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "not a directory").unwrap();
    let error = FjallStore::open(&file).err().expect("a file is no directory");
    assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
}

fn copy_directory(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_directory(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[derive(Debug, Clone)]
enum Action {
    Write(Vec<(u8, Option<Vec<u8>>)>),
    Scan(u8, u8, usize),
    Reopen,
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let change = (0..20u8, proptest::option::of(proptest::collection::vec(any::<u8>(), 0..40)));
    let action = prop_oneof![
        6 => proptest::collection::vec(change, 1..8).prop_map(Action::Write),
        3 => (0..21u8, 0..21u8, 0..10usize).prop_map(|(from, to, limit)| Action::Scan(from, to, limit)),
        1 => Just(Action::Reopen),
    ];
    proptest::collection::vec(action, 1..20)
}

/// One batch out of changes, each key once.
fn batch(changes: &[(u8, Option<Vec<u8>>)]) -> StoreBatch {
    let last: BTreeMap<u8, &Option<Vec<u8>>> = changes.iter().map(|(key, value)| (*key, value)).collect();
    let mut batch = StoreBatch::default();
    for (key, value) in last {
        match value {
            Some(value) => batch.puts.push((vec![key], value.clone())),
            None => batch.deletes.push(vec![key]),
        }
    }
    batch
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fjall_does_what_the_model_does(actions in actions()) {
        let directory = tempfile::tempdir().unwrap();
        let mut model = MemoryStore::new();
        let mut store = Some(FjallStore::open(directory.path()).unwrap());
        for action in actions {
            match action {
                Action::Write(changes) => {
                    model.write(batch(&changes)).unwrap();
                    store.as_mut().unwrap().write(batch(&changes)).unwrap();
                }
                Action::Scan(from, to, limit) => {
                    let expected = model.scan(&[from], &[to], limit).unwrap();
                    prop_assert_eq!(store.as_ref().unwrap().scan(&[from], &[to], limit).unwrap(), expected);
                }
                Action::Reopen => {
                    drop(store.take());
                    store = Some(FjallStore::open(directory.path()).unwrap());
                }
            }
        }
        let all = store.as_ref().unwrap().scan(&[], &[255], 100).unwrap();
        prop_assert_eq!(all, model.scan(&[], &[255], 100).unwrap());
        for key in 0..20u8 {
            prop_assert_eq!(store.as_ref().unwrap().get(&[key]).unwrap(), model.get(&[key]).unwrap());
        }
    }
}
