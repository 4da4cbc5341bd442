//! A place in the log from which records are read in order, across segments.

use crate::error::JournalError;
use crate::format::{FRAME_HEADER, FrameHeader, RecordRef, SEGMENT_HEADER};
use crate::segment::{Found, Segment, SegmentName, list_for_reading};
use record::Record;
use record::header::Hash;
use record::port::{Disk, DiskFile};
use std::io::ErrorKind;

/// A segment can be trimmed or rewritten between listing and opening; then the list is read again.
const OPEN_ATTEMPTS: usize = 5;

pub(crate) struct Cursor<F> {
    segment: Segment<F>,
    /// The next frame.
    offset: u64,
    /// Position of the next frame's first record.
    frame_lsn: u64,
    chain: Hash,
    epoch: u64,
    /// Position of the next record to give out; inside the next frame where a limit cut it.
    next_lsn: u64,
}

impl<F: DiskFile> Cursor<F> {
    /// The cursor at `lsn`, or none where the log has no segment yet.
    pub fn seek<D: Disk<File = F>>(disk: &mut D, lsn: u64) -> Result<Option<Self>, JournalError> {
        let Some(segment) = open_where(disk, |segments| {
            let Some(first) = segments.first() else { return Ok(None) };
            if lsn < first.first_lsn {
                return Err(JournalError::Trimmed { wanted: lsn, first: first.first_lsn });
            }
            Ok(segments.iter().rev().find(|segment| segment.first_lsn <= lsn).cloned())
        })?
        else {
            return Ok(None);
        };
        let mut cursor = Cursor::at_start(segment);
        cursor.next_lsn = lsn;
        while let Found::Frame(frame) = cursor.segment.frame_at(cursor.offset)? {
            if frame.next_lsn() > lsn {
                break;
            }
            cursor.pass(&frame)?;
        }
        cursor.segment.window.forget();
        Ok(Some(cursor))
    }

    fn at_start(segment: Segment<F>) -> Self {
        let header = &segment.header;
        let (frame_lsn, chain, epoch) = (header.first_lsn, header.chain, header.epoch);
        Cursor { segment, offset: SEGMENT_HEADER as u64, frame_lsn, chain, epoch, next_lsn: frame_lsn }
    }

    pub fn next_lsn(&self) -> u64 {
        self.next_lsn
    }

    /// Checks that a frame follows what came before it.
    fn check_order(&self, frame: &FrameHeader) -> Result<(), JournalError> {
        if frame.first_lsn != self.frame_lsn || frame.previous != self.chain || frame.epoch < self.epoch {
            let why = format!(
                "the batch at position {} does not follow position {}",
                frame.first_lsn,
                self.frame_lsn.saturating_sub(1)
            );
            return Err(self.segment.corrupt(self.offset, why));
        }
        Ok(())
    }

    /// Moves behind a frame.
    fn pass(&mut self, frame: &FrameHeader) -> Result<(), JournalError> {
        self.check_order(frame)?;
        self.offset += frame.frame_length() as u64;
        self.frame_lsn = frame.next_lsn();
        self.chain = frame.chain;
        self.epoch = frame.epoch;
        Ok(())
    }

    /// Records below position `below`, at least one where there is one, then as many as `max_bytes` allow. All up
    /// to `below` must be there, unless it is `u64::MAX`: then the log ends where nothing sound follows.
    pub fn read<D: Disk<File = F>>(
        &mut self,
        disk: &mut D,
        below: u64,
        max_bytes: usize,
    ) -> Result<Vec<Record>, JournalError> {
        let mut records = Vec::new();
        let mut bytes = 0;
        while self.next_lsn < below && (bytes < max_bytes || records.is_empty()) {
            match self.segment.frame_at(self.offset)? {
                Found::Frame(frame) => {
                    let limit = (below, max_bytes.saturating_sub(bytes));
                    bytes += self.take_frame(&frame, limit, &mut records)?;
                }
                Found::Nothing | Found::Damage => {
                    if !self.advance(disk)? {
                        if below != u64::MAX && records.is_empty() {
                            let why = format!("it should go on to position {}", below - 1);
                            return Err(self.segment.corrupt(self.offset, why));
                        }
                        break;
                    }
                }
            }
        }
        Ok(records)
    }

    fn take_frame(
        &mut self,
        frame: &FrameHeader,
        (below, max_bytes): (u64, usize),
        records: &mut Vec<Record>,
    ) -> Result<usize, JournalError> {
        self.check_order(frame)?;
        let (offset, next_lsn, mut lsn) = (self.offset, self.next_lsn, frame.first_lsn);
        let mut taken = 0;
        let mut failure = None;
        let bytes = self.segment.frame_bytes(offset, frame)?;
        let mut input = &bytes[FRAME_HEADER..];
        while lsn < frame.next_lsn() && lsn < below && (taken < max_bytes || records.is_empty()) {
            let before = input.len();
            match RecordRef::take(&mut input).map(|record| record.to_encoded().decode()) {
                Some(Ok(record)) if record.header.lsn == lsn => {
                    if lsn >= next_lsn {
                        taken += before - input.len();
                        records.push(record);
                    }
                }
                Some(Ok(record)) => {
                    failure = Some(format!("the record at position {lsn} says it is {}", record.header.lsn));
                }
                Some(Err(error)) => failure = Some(format!("the record at position {lsn}: {error}")),
                None => failure = Some(format!("the record at position {lsn} has no end")),
            }
            if failure.is_some() {
                break;
            }
            lsn += 1;
        }
        if let Some(why) = failure {
            return Err(self.segment.corrupt(offset, why));
        }
        self.next_lsn = self.next_lsn.max(lsn);
        if lsn == frame.next_lsn() {
            self.pass(frame)?;
        }
        Ok(taken)
    }

    /// Moves to the next segment. False where this one is the last and has nothing more yet.
    fn advance<D: Disk<File = F>>(&mut self, disk: &mut D) -> Result<bool, JournalError> {
        self.segment.window.forget();
        let here = self.segment.name.first_lsn;
        let next = open_where(disk, |segments| {
            Ok(segments.iter().find(|segment| segment.first_lsn > here).cloned())
        })?;
        // The writer may have appended here between our look and its roll-over.
        if let Found::Frame(_) = self.segment.frame_at(self.offset)? {
            return Ok(true);
        }
        self.segment.window.forget();
        let Some(next) = next else { return Ok(false) };
        if next.header.first_lsn != self.frame_lsn || next.header.chain != self.chain {
            let why = format!(
                "it ends before position {}, but the next segment begins at {}",
                self.frame_lsn, next.header.first_lsn
            );
            return Err(self.segment.corrupt(self.offset, why));
        }
        let wanted = self.next_lsn;
        *self = Cursor::at_start(next);
        self.next_lsn = wanted;
        Ok(true)
    }
}

fn open_where<D: Disk>(
    disk: &mut D,
    choose: impl Fn(&[SegmentName]) -> Result<Option<SegmentName>, JournalError>,
) -> Result<Option<Segment<D::File>>, JournalError> {
    let mut attempt = 1;
    loop {
        let Some(name) = choose(&list_for_reading(disk)?)? else { return Ok(None) };
        match Segment::open(disk, name) {
            Err(JournalError::Io { source, .. })
                if source.kind() == ErrorKind::NotFound && attempt < OPEN_ATTEMPTS =>
            {
                attempt += 1;
            }
            other => return other.map(Some),
        }
    }
}
