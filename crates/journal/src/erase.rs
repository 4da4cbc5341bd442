//! Erasing payloads: a sealed segment is written anew under the next generation, and the old file goes when the new
//! one is durable. A crash in between leaves two files; [`settle`] then keeps the newer one if it is complete.

use crate::error::{JournalError, during};
use crate::format::{BodyRef, FRAME_HEADER, FrameHeader, RecordRef, SEGMENT_HEADER};
use crate::segment::{Found, Segment, SegmentName, list};
use record::port::{Disk, DiskFile};
use std::collections::BTreeSet;

/// Rewrites the segments below position `sealed_below` that hold any of `lsns`.
pub(crate) fn erase<D: Disk>(disk: &mut D, lsns: &[u64], sealed_below: u64) -> Result<usize, JournalError> {
    let lsns: BTreeSet<u64> = lsns.iter().copied().collect();
    let segments = list(disk)?;
    let mut erased = 0;
    for (index, name) in segments.iter().enumerate() {
        let end = segments[index + 1..].iter().find(|next| next.first_lsn > name.first_lsn);
        let Some(end) = end.map(|next| next.first_lsn).filter(|end| *end <= sealed_below) else { break };
        if lsns.range(name.first_lsn..end).next().is_some() {
            erased += rewrite(disk, name, &lsns)?;
        }
    }
    Ok(erased)
}

fn rewrite<D: Disk>(disk: &mut D, name: &SegmentName, lsns: &BTreeSet<u64>) -> Result<usize, JournalError> {
    let mut old = Segment::open(disk, name.clone())?;
    let mut bytes = old.header.encode().to_vec();
    let mut erased = 0;
    let mut at = SEGMENT_HEADER as u64;
    while let Found::Frame(frame) = old.frame_at(at)? {
        let id = old.header.id;
        let body = &old.frame_bytes(at, &frame)?[FRAME_HEADER..];
        let start = bytes.len();
        bytes.resize(start + FRAME_HEADER, 0);
        let complete = rewrite_body(body, &frame, lsns, &mut bytes, &mut erased);
        if !complete {
            return Err(old.corrupt(at, "a record has no end"));
        }
        let length = (bytes.len() - start - FRAME_HEADER) as u32;
        FrameHeader { length, ..frame.clone() }.seal(&id, &mut bytes[start..]);
        at += frame.frame_length() as u64;
    }
    if erased == 0 {
        return Ok(0);
    }
    let new = SegmentName { first_lsn: name.first_lsn, generation: name.generation + 1 }.to_string();
    let mut file = during("creating", &new, disk.open(&new, true))?;
    during("emptying", &new, file.truncate(0))?;
    during("writing", &new, file.write_at(&bytes, 0))?;
    during("syncing", &new, file.sync())?;
    during("syncing", "the directory", disk.sync_directory())?;
    during("removing", &name.to_string(), disk.remove(&name.to_string()))?;
    during("syncing", "the directory", disk.sync_directory())?;
    Ok(erased)
}

fn rewrite_body(
    mut body: &[u8],
    frame: &FrameHeader,
    lsns: &BTreeSet<u64>,
    out: &mut Vec<u8>,
    erased: &mut usize,
) -> bool {
    for lsn in frame.first_lsn..frame.next_lsn() {
        let Some(record) = RecordRef::take(&mut body) else { return false };
        if lsns.contains(&lsn) && matches!(record.body, BodyRef::Kept { .. }) {
            record.put_erased(out);
            *erased += 1;
        } else {
            record.put(out);
        }
    }
    true
}

/// Finishes or undoes what a crash interrupted, so that there is one generation of every segment.
pub(crate) fn settle<D: Disk>(disk: &mut D) -> Result<(), JournalError> {
    let segments = list(disk)?;
    let mut changed = false;
    for pair in segments.windows(2).rev() {
        let (older, newer) = (&pair[0], &pair[1]);
        if older.first_lsn != newer.first_lsn {
            continue;
        }
        let next = segments.iter().find(|segment| segment.first_lsn > newer.first_lsn);
        let complete = match next {
            Some(next) => reaches(disk, newer, next.first_lsn)?,
            None => false,
        };
        let loser = if complete { older } else { newer }.to_string();
        during("removing", &loser, disk.remove(&loser))?;
        changed = true;
    }
    if changed {
        during("syncing", "the directory", disk.sync_directory())?;
    }
    Ok(())
}

/// True where the segment's batches are sound and end just before `next_lsn`.
fn reaches<D: Disk>(disk: &mut D, name: &SegmentName, next_lsn: u64) -> Result<bool, JournalError> {
    let mut segment = match Segment::open(disk, name.clone()) {
        Err(JournalError::Corrupt { .. }) => return Ok(false),
        other => other?,
    };
    let (mut at, mut lsn, mut chain) =
        (SEGMENT_HEADER as u64, segment.header.first_lsn, segment.header.chain);
    while let Found::Frame(frame) = segment.frame_at(at)? {
        if frame.first_lsn != lsn || frame.previous != chain {
            return Ok(false);
        }
        (lsn, chain) = (frame.next_lsn(), frame.chain);
        at += frame.frame_length() as u64;
    }
    Ok(lsn == next_lsn)
}
