//! A disk in memory for simulations and fault tests. It keeps apart what was written and what was synced: at a crash
//! every unsynced 512-byte sector, file length, creation and removal survives or is lost by itself, as one seed says.

use record::port::{Disk, DiskFile};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const SECTOR_BYTES: u64 = 512;

/// A failure to inject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The device fails. A failed sync keeps some of the data and forgets that the rest was not written.
    InputOutput,
    /// No space is left. Part of a write may have been done.
    NoSpace,
}

impl Fault {
    fn error(self) -> io::Error {
        match self {
            Fault::InputOutput => io::Error::other("input/output error"),
            Fault::NoSpace => io::Error::new(io::ErrorKind::StorageFull, "no space left on device"),
        }
    }
}

/// The disk. Clones are handles to the same one, as several processes have.
#[derive(Debug, Clone)]
pub struct MemoryDisk {
    state: Arc<Mutex<State>>,
    boot: u64,
}

#[derive(Debug)]
struct State {
    random: Random,
    boot: u64,
    files: BTreeMap<u64, Inode>,
    next_file: u64,
    directory: BTreeMap<String, u64>,
    durable_directory: BTreeMap<String, u64>,
    capacity: Option<u64>,
    fault: Option<(u64, Fault)>,
    operations: u64,
    syncs: u64,
    lying: bool,
}

#[derive(Debug, Default)]
struct Inode {
    current: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write { offset: u64, bytes: Vec<u8> },
    Length(u64),
}

impl MemoryDisk {
    /// An empty disk. What a crash leaves follows from `seed`.
    pub fn new(seed: u64) -> Self {
        let state = State {
            random: Random(seed),
            boot: 0,
            files: BTreeMap::new(),
            next_file: 1,
            directory: BTreeMap::new(),
            durable_directory: BTreeMap::new(),
            capacity: None,
            fault: None,
            operations: 0,
            syncs: 0,
            lying: false,
        };
        MemoryDisk { state: Arc::new(Mutex::new(state)), boot: 0 }
    }

    /// The machine loses power and starts again: what was not synced survives or not, sector by sector. Handles and
    /// files opened before fail from now on; the one returned works.
    pub fn crash(&self) -> MemoryDisk {
        let mut state = self.lock();
        state.crash();
        MemoryDisk { state: self.state.clone(), boot: state.boot }
    }

    /// Only the process dies: what it wrote stays in the page cache. Its handles fail from now on.
    pub fn kill_process(&self) -> MemoryDisk {
        let mut state = self.lock();
        state.boot += 1;
        state.fault = None;
        MemoryDisk { state: self.state.clone(), boot: state.boot }
    }

    /// Lets one operation that changes something fail: the `after`-th from now, 0 for the next. A crash or a killed
    /// process takes the fault away.
    pub fn fail_after(&self, after: u64, fault: Fault) {
        let mut state = self.lock();
        let at = state.operations + after;
        state.fault = Some((at, fault));
    }

    /// Limits the bytes of all files together; none takes the limit away.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.lock().capacity = bytes;
    }

    /// Lets every sync succeed without doing anything, as a broken device or a forgotten `fsync` does. A simulation
    /// that does not notice this proves nothing.
    pub fn set_lying(&self, lying: bool) {
        self.lock().lying = lying;
    }

    /// Operations so far that changed something.
    pub fn operations(&self) -> u64 {
        self.lock().operations
    }

    /// File syncs so far.
    pub fn syncs(&self) -> u64 {
        self.lock().syncs
    }

    /// A file's bytes, written or not, for looking at.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        let state = self.lock();
        state.directory.get(name).map(|file| state.files[file].current.clone())
    }

    /// Puts a durable file there, or replaces one, as damage or an operator would.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        let mut state = self.lock();
        let file = state.next_file;
        state.next_file += 1;
        let inode = Inode { current: bytes.to_vec(), durable: bytes.to_vec(), pending: Vec::new() };
        state.files.insert(file, inode);
        state.directory.insert(name.to_owned(), file);
        state.durable_directory.insert(name.to_owned(), file);
    }

    /// An independent disk with the same files, all durable.
    pub fn copy(&self, seed: u64) -> MemoryDisk {
        let copy = MemoryDisk::new(seed);
        let state = self.lock();
        for (name, file) in &state.directory {
            copy.put(name, &state.files[file].current);
        }
        copy
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alive(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.lock();
        if state.boot == self.boot { Ok(state) } else { Err(gone()) }
    }
}

fn gone() -> io::Error {
    io::Error::other("the machine crashed since this was opened")
}

impl State {
    /// Counts an operation and says whether it fails.
    fn operate(&mut self) -> Option<Fault> {
        let now = self.operations;
        self.operations += 1;
        match self.fault {
            Some((at, fault)) if at == now => {
                self.fault = None;
                Some(fault)
            }
            _ => None,
        }
    }

    fn check_space(&self, file: u64, length: u64) -> io::Result<()> {
        let Some(capacity) = self.capacity else { return Ok(()) };
        let others = self.directory.values().filter(|other| **other != file);
        let used: u64 = others.map(|other| self.files[other].current.len() as u64).sum();
        if used + length > capacity { Err(Fault::NoSpace.error()) } else { Ok(()) }
    }

    fn crash(&mut self) {
        self.boot += 1;
        self.fault = None;
        let State { files, random, .. } = self;
        for inode in files.values_mut() {
            inode.settle(random);
            inode.current = inode.durable.clone();
        }
        let names: Vec<String> =
            self.directory.keys().chain(self.durable_directory.keys()).cloned().collect();
        for name in names {
            let (now, before) = (self.directory.get(&name), self.durable_directory.get(&name));
            if now != before && self.random.flip() {
                match now.copied() {
                    Some(file) => self.durable_directory.insert(name, file),
                    None => self.durable_directory.remove(&name),
                };
            }
        }
        self.directory = self.durable_directory.clone();
        let State { files, directory, .. } = self;
        files.retain(|file, _| directory.values().any(|kept| kept == file));
    }
}

impl Inode {
    /// Makes a random part of the pending changes durable and forgets the rest.
    fn settle(&mut self, random: &mut Random) {
        for change in std::mem::take(&mut self.pending) {
            match change {
                Change::Length(length) => {
                    if random.flip() {
                        self.durable.resize(length as usize, 0);
                    }
                }
                Change::Write { offset, bytes } => {
                    let mut at = offset;
                    let end = offset + bytes.len() as u64;
                    while at < end {
                        let next = ((at / SECTOR_BYTES + 1) * SECTOR_BYTES).min(end);
                        if random.flip() {
                            let part = &bytes[(at - offset) as usize..(next - offset) as usize];
                            write(&mut self.durable, part, at);
                        }
                        at = next;
                    }
                }
            }
        }
    }

    fn sync(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            match change {
                Change::Length(length) => self.durable.resize(length as usize, 0),
                Change::Write { offset, bytes } => write(&mut self.durable, &bytes, offset),
            }
        }
    }

    fn write(&mut self, bytes: &[u8], offset: u64) {
        write(&mut self.current, bytes, offset);
        self.pending.push(Change::Write { offset, bytes: bytes.to_vec() });
    }

    fn set_length(&mut self, length: u64) {
        self.current.resize(length as usize, 0);
        self.pending.push(Change::Length(length));
    }
}

fn write(file: &mut Vec<u8>, bytes: &[u8], offset: u64) {
    let end = offset as usize + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[offset as usize..end].copy_from_slice(bytes);
}

impl Disk for MemoryDisk {
    type File = MemoryFile;

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.alive()?.directory.keys().cloned().collect())
    }

    fn open(&mut self, name: &str, create: bool) -> io::Result<MemoryFile> {
        let mut state = self.alive()?;
        let file = match state.directory.get(name) {
            Some(file) => *file,
            None if create => {
                if let Some(fault) = state.operate() {
                    return Err(fault.error());
                }
                let file = state.next_file;
                state.next_file += 1;
                state.files.insert(file, Inode::default());
                state.directory.insert(name.to_owned(), file);
                file
            }
            None => return Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no {name}"))),
        };
        drop(state);
        Ok(MemoryFile { disk: self.clone(), file })
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        let mut state = self.alive()?;
        if let Some(fault) = state.operate() {
            return Err(fault.error());
        }
        match state.directory.remove(name) {
            Some(_) => Ok(()),
            None => Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no {name}"))),
        }
    }

    fn sync_directory(&mut self) -> io::Result<()> {
        let mut state = self.alive()?;
        if let Some(fault) = state.operate() {
            return Err(fault.error());
        }
        if !state.lying {
            state.durable_directory = state.directory.clone();
        }
        Ok(())
    }
}

/// An open file of a [`MemoryDisk`].
#[derive(Debug)]
pub struct MemoryFile {
    disk: MemoryDisk,
    file: u64,
}

impl MemoryFile {
    fn with<T>(&self, action: impl FnOnce(&mut State, u64) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.disk.alive()?;
        if !state.files.contains_key(&self.file) {
            return Err(gone());
        }
        action(&mut state, self.file)
    }
}

fn inode(state: &mut State, file: u64) -> io::Result<&mut Inode> {
    state.files.get_mut(&file).ok_or_else(gone)
}

impl DiskFile for MemoryFile {
    fn len(&self) -> io::Result<u64> {
        self.with(|state, file| Ok(inode(state, file)?.current.len() as u64))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.with(|state, file| {
            let bytes = &inode(state, file)?.current;
            let available = bytes.get(offset as usize..).unwrap_or_default();
            let count = available.len().min(buffer.len());
            buffer[..count].copy_from_slice(&available[..count]);
            Ok(count)
        })
    }

    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.with(|state, file| {
            if let Some(fault) = state.operate() {
                let part = state.random.below(bytes.len() as u64 + 1) as usize;
                inode(state, file)?.write(&bytes[..part], offset);
                return Err(fault.error());
            }
            let length = inode(state, file)?.current.len() as u64;
            state.check_space(file, length.max(offset + bytes.len() as u64))?;
            inode(state, file)?.write(bytes, offset);
            Ok(())
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        self.with(|state, file| {
            state.syncs += 1;
            let fault = state.operate();
            let State { files, random, lying, .. } = state;
            let inode = files.get_mut(&file).ok_or_else(gone)?;
            if let Some(fault) = fault {
                inode.settle(random);
                return Err(fault.error());
            }
            if !*lying {
                inode.sync();
            }
            Ok(())
        })
    }

    fn allocate(&mut self, length: u64) -> io::Result<()> {
        self.with(|state, file| {
            if let Some(fault) = state.operate() {
                return Err(fault.error());
            }
            let now = inode(state, file)?.current.len() as u64;
            state.check_space(file, now.max(length))?;
            if now < length {
                inode(state, file)?.set_length(length);
            }
            Ok(())
        })
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.with(|state, file| {
            if let Some(fault) = state.operate() {
                return Err(fault.error());
            }
            inode(state, file)?.set_length(length);
            Ok(())
        })
    }
}

/// SplitMix64.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn flip(&mut self) -> bool {
        self.next() & 1 == 1
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_keeps_what_was_synced_and_may_lose_the_rest() {
        let mut lost = 0;
        for seed in 0..50 {
            let mut disk = MemoryDisk::new(seed);
            let mut file = disk.open("a", true).unwrap();
            file.write_at(&[1; 1024], 0).unwrap();
            file.sync().unwrap();
            disk.sync_directory().unwrap();
            file.write_at(&[2; 2048], 512).unwrap();
            disk.open("b", true).unwrap();
            let after = disk.crash();
            let bytes = after.bytes("a").unwrap();
            assert_eq!(bytes[..512], [1; 512]);
            lost += u32::from(bytes.len() < 2560) + u32::from(after.bytes("b").is_none());
            assert!(file.sync().is_err() && disk.list().is_err(), "old handles are dead");
        }
        assert!(lost > 10);
    }

    #[test]
    fn a_lying_disk_loses_what_it_said_was_durable() {
        let mut kept = 0;
        for seed in 0..20 {
            let mut disk = MemoryDisk::new(seed);
            disk.set_lying(true);
            let mut file = disk.open("a", true).unwrap();
            file.write_at(&[1; 512], 0).unwrap();
            file.sync().unwrap();
            disk.sync_directory().unwrap();
            kept += u32::from(disk.crash().bytes("a").is_some_and(|bytes| bytes == [1; 512]));
        }
        assert!(kept < 20);
    }

    #[test]
    fn faults_hit_the_chosen_operation_once() {
        let mut disk = MemoryDisk::new(1);
        let mut file = disk.open("a", true).unwrap();
        disk.fail_after(1, Fault::NoSpace);
        file.write_at(b"one", 0).unwrap();
        assert_eq!(file.sync().unwrap_err().kind(), io::ErrorKind::StorageFull);
        file.write_at(b"two", 0).unwrap();
        disk.set_capacity(Some(4));
        assert!(file.write_at(b"three", 0).is_err());
    }
}
