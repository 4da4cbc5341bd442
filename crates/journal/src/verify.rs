//! The audit of the log: every byte read, the whole chain computed anew.

use crate::error::JournalError;
use crate::format::{BodyRef, FRAME_HEADER, FrameHeader, RecordRef, SEGMENT_HEADER, link};
use crate::segment::{Found, Segment, list_for_reading};
use record::Header;
use record::header::Hash;
use record::port::{Disk, DiskFile};
use record::wire::from_bytes;

/// What the audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Segments read.
    pub segments: usize,
    /// Records read.
    pub records: u64,
    /// Records whose payload was erased.
    pub erased: u64,
    /// Position of the first record that is there.
    pub first_lsn: u64,
    /// Position after the last record.
    pub next_lsn: u64,
    /// The chain before the first record: zeros, unless older records were trimmed away.
    pub start: Hash,
    /// The chain after the last record. Whoever noted it elsewhere can tell whether the log was rewritten.
    pub chain: Hash,
    /// Bytes behind the last sound batch: one that is being written, or a torn tail.
    pub unfinished_bytes: u64,
}

/// Reads a whole log and computes its chain anew. The log may be in use.
///
/// # Errors
/// The first place where the log is not what was written.
pub fn verify<D: Disk>(disk: &mut D) -> Result<VerifyReport, JournalError> {
    let names = list_for_reading(disk)?;
    let mut report: Option<VerifyReport> = None;
    let mut epoch = 0;
    for (index, name) in names.iter().enumerate() {
        let mut segment = Segment::open(disk, name.clone())?;
        let header = segment.header.clone();
        let so_far = report.get_or_insert(VerifyReport {
            segments: 0,
            records: 0,
            erased: 0,
            first_lsn: header.first_lsn,
            next_lsn: header.first_lsn,
            start: header.chain,
            chain: header.chain,
            unfinished_bytes: 0,
        });
        if header.first_lsn != so_far.next_lsn || header.chain != so_far.chain || header.epoch < epoch {
            let why = format!("it does not follow the segment that ends before position {}", so_far.next_lsn);
            return Err(segment.corrupt(0, why));
        }
        epoch = header.epoch;
        so_far.segments += 1;
        so_far.unfinished_bytes = verify_segment(&mut segment, so_far, &mut epoch)?;
        if so_far.unfinished_bytes > 0 && index + 1 < names.len() {
            return Err(segment.corrupt(SEGMENT_HEADER as u64, "there are stray bytes behind its last batch"));
        }
    }
    Ok(report.unwrap_or(VerifyReport {
        segments: 0,
        records: 0,
        erased: 0,
        first_lsn: 1,
        next_lsn: 1,
        start: [0; 32],
        chain: [0; 32],
        unfinished_bytes: 0,
    }))
}

/// Gives the number of bytes behind the last batch.
fn verify_segment<F: DiskFile>(
    segment: &mut Segment<F>,
    report: &mut VerifyReport,
    epoch: &mut u64,
) -> Result<u64, JournalError> {
    let mut at = SEGMENT_HEADER as u64;
    while let Found::Frame(frame) = segment.frame_at(at)? {
        if frame.first_lsn != report.next_lsn || frame.previous != report.chain || frame.epoch < *epoch {
            let why = format!("the batch at position {} does not follow the one before", frame.first_lsn);
            return Err(segment.corrupt(at, why));
        }
        *epoch = frame.epoch;
        let checked = verify_frame(&segment.frame_bytes(at, &frame)?[FRAME_HEADER..], &frame, report);
        checked.map_err(|why| segment.corrupt(at, why))?;
        at += frame.frame_length() as u64;
    }
    let search = segment.search(at)?;
    match search.frame {
        Some(sound) => {
            let why = format!(
                "the batch at position {} is torn, but a later one at byte {sound} is sound",
                report.next_lsn
            );
            Err(segment.corrupt(at, why))
        }
        None => Ok(search.end - at),
    }
}

fn verify_frame(mut body: &[u8], frame: &FrameHeader, report: &mut VerifyReport) -> Result<(), String> {
    for lsn in frame.first_lsn..frame.next_lsn() {
        let record =
            RecordRef::take(&mut body).ok_or_else(|| format!("the record at position {lsn} has no end"))?;
        let header: Header =
            from_bytes(record.header).map_err(|error| format!("the record at position {lsn}: {error}"))?;
        if header.lsn != lsn {
            return Err(format!("the record at position {lsn} says it is {}", header.lsn));
        }
        report.chain = link(&report.chain, record.header, &record.digest());
        report.records += 1;
        report.erased += u64::from(matches!(record.body, BodyRef::Erased { .. }));
        report.next_lsn = lsn + 1;
    }
    if !body.is_empty() {
        return Err(format!("the batch at position {} has {} bytes too many", frame.first_lsn, body.len()));
    }
    if report.chain != frame.chain {
        return Err(format!("the hash chain breaks in the batch at position {}", frame.first_lsn));
    }
    Ok(())
}
