//! Segment files: their names, and frames read from them one by one.

use crate::error::{JournalError, corrupt, during};
use crate::format::{BadHeader, FRAME_HEADER, FRAME_MAGIC, FrameHeader, SEGMENT_HEADER, SegmentHeader};
use record::port::{Disk, DiskFile};
use std::io;

/// Bytes read at once.
const CHUNK_BYTES: usize = 256 << 10;

/// Batches follow each other without gaps, so behind this many zeros, twice the length of a full batch, there is
/// nothing more. Reading all of a preallocated segment would be most of the time that a server takes to start.
const ZERO_BYTES: u64 = 2 * crate::batch::BATCH_BYTES as u64;

/// A segment file. A rewritten segment (payloads erased) has a higher generation, and its predecessor goes away
/// when it is complete.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SegmentName {
    pub first_lsn: u64,
    pub generation: u32,
}

impl SegmentName {
    pub fn first(first_lsn: u64) -> Self {
        SegmentName { first_lsn, generation: 0 }
    }

    fn parse(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(".log")?;
        let (lsn, generation) = match stem.split_once('.') {
            Some((lsn, generation)) => (lsn, generation.parse().ok().filter(|number| *number > 0)?),
            None => (stem, 0),
        };
        if lsn.len() != 20 {
            return None;
        }
        Some(SegmentName { first_lsn: lsn.parse().ok()?, generation })
    }
}

impl std::fmt::Display for SegmentName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.generation {
            0 => write!(f, "{:020}.log", self.first_lsn),
            generation => write!(f, "{:020}.{generation}.log", self.first_lsn),
        }
    }
}

/// All segment files, in order of position and generation.
pub(crate) fn list<D: Disk>(disk: &D) -> Result<Vec<SegmentName>, JournalError> {
    let names = during("listing", "the directory", disk.list())?;
    let mut segments: Vec<SegmentName> = names.iter().filter_map(|name| SegmentName::parse(name)).collect();
    segments.sort();
    Ok(segments)
}

/// Position of the oldest record of a log, or of its first one where it has none yet.
///
/// # Errors
/// The directory cannot be listed.
pub fn first_lsn<D: Disk>(disk: &D) -> Result<u64, JournalError> {
    Ok(list(disk)?.first().map_or(1, |name| name.first_lsn))
}

/// Segments as a reader takes them: of two generations the older, which is complete as long as it exists.
pub(crate) fn list_for_reading<D: Disk>(disk: &D) -> Result<Vec<SegmentName>, JournalError> {
    let mut segments = list(disk)?;
    segments.dedup_by_key(|segment| segment.first_lsn);
    Ok(segments)
}

/// A window on a file, so that small frames do not cost a system call each.
pub(crate) struct Window<F> {
    pub file: F,
    start: u64,
    bytes: Vec<u8>,
}

impl<F: DiskFile> Window<F> {
    pub fn new(file: F) -> Self {
        Window { file, start: 0, bytes: Vec::new() }
    }

    /// Drops what was read: the file may have grown.
    pub fn forget(&mut self) {
        self.bytes.clear();
    }

    /// At most `length` bytes at `offset`; fewer where the file ends.
    pub fn get(&mut self, offset: u64, length: usize) -> io::Result<&[u8]> {
        let end = self.start + self.bytes.len() as u64;
        if offset < self.start || offset + length as u64 > end {
            self.fill(offset, length.max(CHUNK_BYTES))?;
        }
        let from = (offset - self.start) as usize;
        let to = (from + length).min(self.bytes.len());
        Ok(&self.bytes[from.min(to)..to])
    }

    fn fill(&mut self, offset: u64, length: usize) -> io::Result<()> {
        let available = self.file.len()?.saturating_sub(offset);
        let length = length.min(usize::try_from(available).unwrap_or(usize::MAX));
        self.bytes.clear();
        self.start = offset;
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.resize(length, 0);
        let mut filled = 0;
        while filled < length {
            match self.file.read_at(&mut bytes[filled..], offset + filled as u64)? {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        self.bytes = bytes;
        Ok(())
    }
}

/// What is at a place in a segment.
pub(crate) enum Found {
    /// A sound frame; its bytes are in the window.
    Frame(FrameHeader),
    /// Zeros or the file's end.
    Nothing,
    /// Bytes that are no sound frame.
    Damage,
}

/// An open segment.
pub(crate) struct Segment<F> {
    pub name: SegmentName,
    pub header: SegmentHeader,
    pub window: Window<F>,
}

impl<F: DiskFile> Segment<F> {
    /// Opens a segment and reads its header.
    pub fn open<D: Disk<File = F>>(disk: &mut D, name: SegmentName) -> Result<Self, JournalError> {
        let file_name = name.to_string();
        let file = during("opening", &file_name, disk.open(&file_name, false))?;
        let mut window = Window::new(file);
        let bytes = during("reading", &file_name, window.get(0, SEGMENT_HEADER))?;
        let header = SegmentHeader::decode(bytes).map_err(|bad| match bad {
            BadHeader::Damaged => corrupt(&file_name, 0, "its header is damaged"),
            BadHeader::Newer(version) => JournalError::NewerFormat { file: file_name.clone(), version },
        })?;
        if header.first_lsn != name.first_lsn {
            return Err(corrupt(&file_name, 0, format!("it begins at position {}", header.first_lsn)));
        }
        Ok(Segment { name, header, window })
    }

    pub fn corrupt(&self, offset: u64, why: impl Into<String>) -> JournalError {
        corrupt(&self.name.to_string(), offset, why)
    }

    pub fn io<T>(&self, action: &str, result: io::Result<T>) -> Result<T, JournalError> {
        during(action, &self.name.to_string(), result)
    }

    /// What is at `offset`.
    pub fn frame_at(&mut self, offset: u64) -> Result<Found, JournalError> {
        let id = self.header.id;
        let (name, window) = (&self.name, &mut self.window);
        let head = during("reading", &name.to_string(), window.get(offset, FRAME_HEADER))?;
        let Some(length) = FrameHeader::announced(head) else {
            let zeros = head.iter().all(|byte| *byte == 0);
            return Ok(if zeros { Found::Nothing } else { Found::Damage });
        };
        let frame = during("reading", &name.to_string(), window.get(offset, FRAME_HEADER + length as usize))?;
        match FrameHeader::decode(&id, frame) {
            Some(Ok(header)) => Ok(Found::Frame(header)),
            Some(Err(version)) => Err(JournalError::NewerFormat { file: name.to_string(), version }),
            None => Ok(Found::Damage),
        }
    }

    /// The bytes of the frame that [`Self::frame_at`] found at `offset`.
    pub fn frame_bytes(&mut self, offset: u64, header: &FrameHeader) -> Result<&[u8], JournalError> {
        let name = self.name.to_string();
        during("reading", &name, self.window.get(offset, header.frame_length()))
    }

    /// The first sound frame at or after `offset`, at any byte, and the end of what is not zero. Looks no further than
    /// [`ZERO_BYTES`] into zeros.
    pub fn search(&mut self, offset: u64) -> Result<Search, JournalError> {
        let length = self.io("measuring", self.window.file.len())?;
        let mut found = Search { frame: None, end: offset };
        let mut at = offset;
        while at < length && at - found.end < ZERO_BYTES {
            let name = self.name.to_string();
            let bytes = during("reading", &name, self.window.get(at, CHUNK_BYTES))?;
            if bytes.is_empty() {
                break;
            }
            let read = bytes.len();
            let Some(last) = last_non_zero(bytes) else {
                at += read as u64;
                continue;
            };
            let candidates: Vec<u64> =
                positions(bytes, &FRAME_MAGIC).map(|index| at + index as u64).collect();
            found.end = at + last as u64 + 1;
            for candidate in candidates {
                if let Found::Frame(_) = self.frame_at(candidate)? {
                    found.frame = Some(candidate);
                    return Ok(found);
                }
            }
            // A magic number may lie across the border of two chunks.
            let step = if at + (read as u64) < length { read - (FRAME_MAGIC.len() - 1) } else { read };
            at += step.max(1) as u64;
        }
        Ok(found)
    }
}

/// What [`Segment::search`] found.
pub(crate) struct Search {
    /// Where a sound frame begins.
    pub frame: Option<u64>,
    /// After the last byte that is not zero.
    pub end: u64,
}

fn last_non_zero(bytes: &[u8]) -> Option<usize> {
    let mut end = bytes.len();
    for block in bytes.rchunks(64) {
        if block.iter().fold(0, |all, byte| all | byte) != 0 {
            return block.iter().rposition(|byte| *byte != 0).map(|index| end - block.len() + index);
        }
        end -= block.len();
    }
    None
}

fn positions<'a>(bytes: &'a [u8], magic: &'a [u8; 4]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(magic.len()).enumerate().filter(move |(_, window)| *window == magic).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_others_left_alone() {
        for name in [SegmentName::first(1), SegmentName { first_lsn: u64::MAX, generation: 12 }] {
            assert_eq!(SegmentName::parse(&name.to_string()), Some(name));
        }
        for other in ["LOCK", "1.log", "00000000000000000001.0.log", "00000000000000000001.x.log", "x.tmp"] {
            assert_eq!(SegmentName::parse(other), None, "{other}");
        }
    }

    #[test]
    fn the_last_byte_that_is_not_zero_is_found() {
        let mut bytes = vec![0; 1000];
        assert_eq!(last_non_zero(&bytes), None);
        for at in [0, 5, 63, 64, 700, 999] {
            bytes[at] = 1;
            assert_eq!(last_non_zero(&bytes), Some(at));
        }
    }
}
