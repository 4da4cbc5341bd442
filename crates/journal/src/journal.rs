//! The writer: recovery at opening, appending, rolling over, trimming.

use crate::batch::{Batch, BatchBuilder};
use crate::cursor::Cursor;
use crate::error::{JournalError, corrupt, during};
use crate::format::{FRAME_HEADER, FrameHeader, JournalId, SEGMENT_HEADER, SegmentHeader};
use crate::salt::Salts;
use crate::segment::{Found, Segment, SegmentName, list};
use crate::verify::{VerifyReport, verify};
use record::Record;
use record::header::Hash;
use record::port::{Disk, DiskFile};

/// How a journal is kept.
#[derive(Debug)]
pub struct Options {
    /// Length that a segment is preallocated to.
    pub segment_bytes: u64,
    /// Seed of salts and of a new journal's id; drawn from the operating system where absent. Simulations set it.
    pub seed: Option<[u8; 32]>,
}

impl Default for Options {
    fn default() -> Self {
        Options { segment_bytes: 64 << 20, seed: None }
    }
}

/// What opening found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Position of the oldest record that is still there; equals `next_lsn` where there is none.
    pub first_lsn: u64,
    /// Position that the next record gets. The first record ever has position 1.
    pub next_lsn: u64,
    /// The chain after the last record.
    pub chain: Hash,
    /// The epoch of this opening, higher than every one before.
    pub epoch: u64,
    /// Bytes of an unfinished batch that were cut off the end. Nothing in them was acknowledged.
    pub cut_bytes: u64,
}

/// The open log. There is one writer for a directory.
pub struct Journal<D: Disk> {
    pub(crate) disk: D,
    id: JournalId,
    salts: Option<Salts>,
    segment_bytes: u64,
    active: Active<D::File>,
    epoch: u64,
    next_lsn: u64,
    chain: Hash,
    poison: Option<String>,
    cursor: Option<Cursor<D::File>>,
    /// Position and time of the first record of the segment that was looked at last for trimming.
    begin: Option<(u64, i64)>,
}

/// The segment that is appended to.
struct Active<F> {
    name: SegmentName,
    file: F,
    end: u64,
    allocated: u64,
}

impl<D: Disk> Journal<D> {
    /// Opens the log, or begins one in an empty directory. Cuts a torn tail, and makes the last batch durable
    /// again: after a crash between write and sync, or a failed sync, it may be in the page cache only.
    ///
    /// # Errors
    /// A torn middle, a segment of a newer format, a failing disk. Nothing is changed then.
    pub fn open(mut disk: D, options: Options) -> Result<(Self, Recovery), JournalError> {
        crate::erase::settle(&mut disk)?;
        let mut salts = match options.seed {
            Some(seed) => Salts::seeded(seed),
            None => during("drawing the salt", "seed", Salts::from_system())?,
        };
        let mut segments = list(&disk)?;
        if let Some(name) = segments.last().filter(|name| segments.len() > 1 || name.first_lsn == 1).cloned()
            && is_unborn(&mut disk, &name)?
        {
            during("removing", &name.to_string(), disk.remove(&name.to_string()))?;
            segments.pop();
        }
        let tail = match segments.last() {
            Some(name) => recover_tail(&mut disk, name.clone(), options.segment_bytes)?,
            None => {
                let header = SegmentHeader { id: salts.draw(), first_lsn: 1, epoch: 0, chain: [0; 32] };
                let active = create_segment(&mut disk, &header, options.segment_bytes)?;
                Tail { id: header.id, active, next_lsn: 1, chain: header.chain, epoch: 0, cut_bytes: 0 }
            }
        };
        let recovery = Recovery {
            first_lsn: segments.first().map_or(1, |name| name.first_lsn),
            next_lsn: tail.next_lsn,
            chain: tail.chain,
            epoch: tail.epoch + 1,
            cut_bytes: tail.cut_bytes,
        };
        let journal = Journal {
            disk,
            id: tail.id,
            salts: Some(salts),
            segment_bytes: options.segment_bytes,
            active: tail.active,
            epoch: recovery.epoch,
            next_lsn: tail.next_lsn,
            chain: tail.chain,
            poison: None,
            cursor: None,
            begin: None,
        };
        Ok((journal, recovery))
    }

    /// The builder of this opening's batches. There is one: the second call continues nothing and gives none.
    pub fn batches(&mut self) -> Option<BatchBuilder> {
        let salts = self.salts.take()?;
        Some(BatchBuilder::new(self.id, salts, self.epoch, self.next_lsn, self.chain))
    }

    /// Position after the last durable record.
    pub fn next_lsn(&self) -> u64 {
        self.next_lsn
    }

    /// The chain after the last durable record.
    pub fn chain(&self) -> Hash {
        self.chain
    }

    /// Why the journal takes nothing more, if so.
    pub fn poisoned(&self) -> Option<&str> {
        self.poison.as_deref()
    }

    /// Writes a batch; it is durable when this returns. After an error it may or may not be found again, and
    /// every later call fails: drop the journal and open it again.
    pub fn append(&mut self, batch: &Batch) -> Result<(), JournalError> {
        self.refuse_poisoned()?;
        let header = &batch.header;
        if header.first_lsn != self.next_lsn || header.previous != self.chain {
            return Err(JournalError::OutOfOrder { expected: self.next_lsn, actual: header.first_lsn });
        }
        self.write(&batch.bytes)?;
        self.next_lsn = header.next_lsn();
        self.chain = header.chain;
        Ok(())
    }

    /// Closes in order: marks the end, so that damage to the last batch is later told from a torn tail.
    pub fn close(mut self) -> Result<(), JournalError> {
        self.refuse_poisoned()?;
        let header = FrameHeader {
            length: 0,
            first_lsn: self.next_lsn,
            records: 0,
            epoch: self.epoch,
            previous: self.chain,
            chain: self.chain,
        };
        let mut frame = [0; FRAME_HEADER];
        header.seal(&self.id, &mut frame);
        self.write(&frame)
    }

    /// Records from a position on: at least one where there is one, then as many as `max_bytes` allow. Reading on
    /// where the last call ended is cheap.
    pub fn read(&mut self, from_lsn: u64, max_bytes: usize) -> Result<Vec<Record>, JournalError> {
        if from_lsn >= self.next_lsn {
            return Ok(Vec::new());
        }
        let mut cursor = match self.cursor.take().filter(|cursor| cursor.next_lsn() == from_lsn) {
            Some(cursor) => cursor,
            None => match Cursor::seek(&mut self.disk, from_lsn)? {
                Some(cursor) => cursor,
                None => return Ok(Vec::new()),
            },
        };
        let records = cursor.read(&mut self.disk, self.next_lsn, max_bytes)?;
        self.cursor = Some(cursor);
        Ok(records)
    }

    /// Removes segments all of whose records are below a position. The last segment stays. Gives the position of
    /// the oldest record that is left.
    ///
    /// # Errors
    /// The disk fails. What is left has no gap, and another call goes on.
    pub fn trim(&mut self, below_lsn: u64) -> Result<u64, JournalError> {
        self.trim_older(below_lsn, i64::MAX, usize::MAX)
    }

    /// The same for segments all of whose records are also from before a time, so many of them at most.
    ///
    /// # Errors
    /// As [`Journal::trim`]; also a segment that cannot be read.
    pub fn trim_older(&mut self, below_lsn: u64, before: i64, most: usize) -> Result<u64, JournalError> {
        let segments = list(&self.disk)?;
        let mut first = segments.first().map_or(self.next_lsn, |name| name.first_lsn);
        for pair in segments.windows(2).take(most) {
            let next = pair[1].first_lsn;
            if next > below_lsn
                || (before < i64::MAX && self.begins(&pair[1])?.is_none_or(|time| time >= before))
            {
                break;
            }
            self.cursor = None;
            let name = pair[0].to_string();
            during("removing", &name, self.disk.remove(&name))?;
            // One after the other: a crash could keep any of several removals, and the log would have a gap.
            during("syncing", "the directory", self.disk.sync_directory())?;
            first = next;
        }
        Ok(first)
    }

    /// The time of a segment's first record; none where it has none yet.
    fn begins(&mut self, name: &SegmentName) -> Result<Option<i64>, JournalError> {
        if let Some((lsn, time)) = self.begin
            && lsn == name.first_lsn
        {
            return Ok(Some(time));
        }
        let Some(mut cursor) = Cursor::seek(&mut self.disk, name.first_lsn)? else { return Ok(None) };
        let records = cursor.read(&mut self.disk, self.next_lsn.min(name.first_lsn + 1), 1)?;
        let time = records.first().map(|record| record.header.time);
        self.begin = time.map(|time| (name.first_lsn, time));
        Ok(time)
    }

    /// Reads every record and recomputes the whole chain.
    pub fn verify(&mut self) -> Result<VerifyReport, JournalError> {
        verify(&mut self.disk)
    }

    /// Replaces the payloads of the records at these positions by their digests; the chain stays valid. The
    /// segments are rewritten one by one, crash-safe. Gives the number of payloads that were there.
    pub fn erase(&mut self, lsns: &[u64]) -> Result<usize, JournalError> {
        self.refuse_poisoned()?;
        if lsns.iter().any(|lsn| *lsn >= self.active.name.first_lsn && *lsn < self.next_lsn) {
            let rolled = self.roll(self.segment_bytes);
            self.poison_on_error(rolled)?;
        }
        self.cursor = None;
        crate::erase::erase(&mut self.disk, lsns, self.active.name.first_lsn)
    }

    fn refuse_poisoned(&self) -> Result<(), JournalError> {
        match &self.poison {
            Some(cause) => Err(JournalError::Poisoned { cause: cause.clone() }),
            None => Ok(()),
        }
    }

    fn poison_on_error<T>(&mut self, result: Result<T, JournalError>) -> Result<T, JournalError> {
        if let Err(error) = &result {
            self.poison = Some(error.to_string());
        }
        result
    }

    fn write(&mut self, frame: &[u8]) -> Result<(), JournalError> {
        let result = self.try_write(frame);
        self.poison_on_error(result)
    }

    fn try_write(&mut self, frame: &[u8]) -> Result<(), JournalError> {
        let length = frame.len() as u64;
        if self.active.end + length > self.active.allocated {
            self.roll(self.segment_bytes.max(SEGMENT_HEADER as u64 + length))?;
        }
        let name = self.active.name.to_string();
        let active = &mut self.active;
        during("writing", &name, active.file.write_at(frame, active.end))?;
        during("syncing", &name, active.file.sync())?;
        active.end += length;
        Ok(())
    }

    /// Ends the active segment and begins the next.
    fn roll(&mut self, segment_bytes: u64) -> Result<(), JournalError> {
        if self.active.end == SEGMENT_HEADER as u64 {
            let name = self.active.name.to_string();
            during("allocating", &name, self.active.file.allocate(segment_bytes))?;
            self.active.allocated = segment_bytes;
            return Ok(());
        }
        let name = self.active.name.to_string();
        during("shortening", &name, self.active.file.truncate(self.active.end))?;
        during("syncing", &name, self.active.file.sync())?;
        let header =
            SegmentHeader { id: self.id, first_lsn: self.next_lsn, epoch: self.epoch, chain: self.chain };
        self.active = create_segment(&mut self.disk, &header, segment_bytes)?;
        Ok(())
    }
}

fn create_segment<D: Disk>(
    disk: &mut D,
    header: &SegmentHeader,
    segment_bytes: u64,
) -> Result<Active<D::File>, JournalError> {
    let name = SegmentName::first(header.first_lsn);
    let text = name.to_string();
    let mut file = during("creating", &text, disk.open(&text, true))?;
    during("emptying", &text, file.truncate(0))?;
    during("allocating", &text, file.allocate(segment_bytes))?;
    during("writing", &text, file.write_at(&header.encode(), 0))?;
    during("syncing", &text, file.sync())?;
    during("syncing", "the directory", disk.sync_directory())?;
    Ok(Active { name, file, end: SEGMENT_HEADER as u64, allocated: segment_bytes })
}

/// True for a segment whose creation a crash cut off: no sound header, and nothing after it. A header is durable
/// before the first frame is written, so anything else there means damage.
fn is_unborn<D: Disk>(disk: &mut D, name: &SegmentName) -> Result<bool, JournalError> {
    match Segment::open(disk, name.clone()) {
        Ok(_) => Ok(false),
        Err(JournalError::Corrupt { file, offset, why }) => {
            let opened = during("opening", &file, disk.open(&file, false))?;
            let mut window = crate::segment::Window::new(opened);
            let mut at = SEGMENT_HEADER as u64;
            loop {
                let bytes = during("reading", &file, window.get(at, 1 << 16))?;
                if bytes.is_empty() {
                    return Ok(true);
                }
                if bytes.iter().any(|byte| *byte != 0) {
                    return Err(corrupt(&file, offset, why));
                }
                at += bytes.len() as u64;
            }
        }
        Err(other) => Err(other),
    }
}

struct Tail<F> {
    id: JournalId,
    active: Active<F>,
    next_lsn: u64,
    chain: Hash,
    epoch: u64,
    cut_bytes: u64,
}

fn recover_tail<D: Disk>(
    disk: &mut D,
    name: SegmentName,
    segment_bytes: u64,
) -> Result<Tail<D::File>, JournalError> {
    let mut segment = Segment::open(disk, name)?;
    let header = segment.header.clone();
    let (mut at, mut next_lsn, mut chain, mut epoch) =
        (SEGMENT_HEADER as u64, header.first_lsn, header.chain, header.epoch);
    let mut last = None;
    while let Found::Frame(frame) = segment.frame_at(at)? {
        if frame.first_lsn != next_lsn || frame.previous != chain || frame.epoch < epoch {
            let why = format!("the batch at position {} does not follow the one before", frame.first_lsn);
            return Err(segment.corrupt(at, why));
        }
        (next_lsn, chain, epoch) = (frame.next_lsn(), frame.chain, frame.epoch);
        last = Some((at, frame.clone()));
        at += frame.frame_length() as u64;
    }
    let search = segment.search(at)?;
    if let Some(sound) = search.frame {
        let why =
            format!("the batch at position {next_lsn} is torn, but a later one at byte {sound} is sound");
        return Err(segment.corrupt(at, why));
    }
    let cut_bytes = search.end - at;
    let again = match &last {
        Some((at, frame)) => Some((*at, segment.frame_bytes(*at, frame)?.to_vec())),
        None => None,
    };
    let text = segment.name.to_string();
    let mut file = segment.window.file;
    let mut allocated = during("measuring", &text, file.len())?;
    if cut_bytes > 0 {
        during("shortening", &text, file.truncate(at))?;
        during("syncing", &text, file.sync())?;
        allocated = at;
    }
    if allocated < segment_bytes {
        during("allocating", &text, file.allocate(segment_bytes))?;
        allocated = segment_bytes;
    }
    let (place, bytes) = again.unwrap_or_else(|| (0, header.encode().to_vec()));
    during("writing", &text, file.write_at(&bytes, place))?;
    during("syncing", &text, file.sync())?;
    during("syncing", "the directory", disk.sync_directory())?;
    let active = Active { name: segment.name, file, end: at, allocated };
    Ok(Tail { id: header.id, active, next_lsn, chain, epoch, cut_bytes })
}
