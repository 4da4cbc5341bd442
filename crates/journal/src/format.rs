//! The bytes of a segment: one header, then batch frames back to back, then zeros.
//!
//! Numbers are little-endian. The first 16 bytes of both headers (magic, version, flags, length, checksum) keep their
//! meaning in every version. A checksum begins with the journal's id, so frames of another journal, or ones that a
//! client smuggles into a variable, are not taken for ours.
//!
//! ```text
//! segment header  magic 8 | version 2 | flags 2 | crc32c 4 | id 16 | first lsn 8 | epoch 8 | chain before 32
//! frame header    magic 4 | version 2 | flags 2 | body length 4 | crc32c 4 | first lsn 8 | records 4 | epoch 8
//!                 | chain before 32 | chain after 32
//! record          header length 4 | header | 0 | salt 16 | payload length 4 | payload
//!                 header length 4 | header | 1 | digest 32
//! ```
//! A frame without records says that the log was closed in order: what is damaged before it is no torn tail.

use record::header::{Body, EncodedRecord, Hash, Salt};
use sha2::{Digest, Sha256};

/// The version written, and the newest one read.
pub const VERSION: u16 = 1;
/// Bytes before the first frame.
pub const SEGMENT_HEADER: usize = 80;
/// Bytes of a frame before its records.
pub const FRAME_HEADER: usize = 100;
/// The longest body of a frame that a reader takes for one.
pub const MAX_BODY: u32 = 256 << 20;

const SEGMENT_MAGIC: [u8; 8] = *b"DIRIGLOG";
pub(crate) const FRAME_MAGIC: [u8; 4] = *b"BTCH";
const KEPT: u8 = 0;
const ERASED: u8 = 1;

/// Tells one journal from another.
pub type JournalId = [u8; 16];

/// What a segment says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentHeader {
    /// The journal.
    pub id: JournalId,
    /// Position of the first record.
    pub first_lsn: u64,
    /// Epoch in which the segment was begun.
    pub epoch: u64,
    /// The chain before the first record.
    pub chain: Hash,
}

/// Why bytes are not a segment header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadHeader {
    /// Not one, or damaged.
    Damaged,
    /// Of a format that came later.
    Newer(u16),
}

impl SegmentHeader {
    /// The header's bytes.
    pub fn encode(&self) -> [u8; SEGMENT_HEADER] {
        let mut bytes = [0; SEGMENT_HEADER];
        bytes[..8].copy_from_slice(&SEGMENT_MAGIC);
        bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
        bytes[16..32].copy_from_slice(&self.id);
        bytes[32..40].copy_from_slice(&self.first_lsn.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.epoch.to_le_bytes());
        bytes[48..80].copy_from_slice(&self.chain);
        let crc = header_checksum(&bytes);
        bytes[12..16].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads a header.
    pub fn decode(bytes: &[u8]) -> Result<Self, BadHeader> {
        let whole = bytes.get(..SEGMENT_HEADER).ok_or(BadHeader::Damaged)?;
        if whole[..8] != SEGMENT_MAGIC || u32_at(whole, 12) != header_checksum(whole) {
            return Err(BadHeader::Damaged);
        }
        match u16_at(whole, 8) {
            0 => return Err(BadHeader::Damaged),
            VERSION => {}
            newer => return Err(BadHeader::Newer(newer)),
        }
        Ok(SegmentHeader {
            id: array_at(whole, 16),
            first_lsn: u64_at(whole, 32),
            epoch: u64_at(whole, 40),
            chain: array_at(whole, 48),
        })
    }
}

fn header_checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&bytes[..12]), &bytes[16..SEGMENT_HEADER])
}

/// What a frame says about its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameHeader {
    /// Bytes after the header.
    pub length: u32,
    /// Position of the first record.
    pub first_lsn: u64,
    /// How many records.
    pub records: u32,
    /// Ownership epoch of the writer.
    pub epoch: u64,
    /// The chain before the first record.
    pub previous: Hash,
    /// The chain after the last record.
    pub chain: Hash,
}

impl FrameHeader {
    /// Position after the last record.
    pub fn next_lsn(&self) -> u64 {
        self.first_lsn.saturating_add(u64::from(self.records))
    }

    /// Length of header and body.
    pub fn frame_length(&self) -> usize {
        FRAME_HEADER + self.length as usize
    }

    /// Writes the header over the first bytes of a frame whose body is complete, with its checksum.
    pub fn seal(&self, id: &JournalId, frame: &mut [u8]) {
        frame[..4].copy_from_slice(&FRAME_MAGIC);
        frame[4..6].copy_from_slice(&VERSION.to_le_bytes());
        frame[6..8].fill(0);
        frame[8..12].copy_from_slice(&self.length.to_le_bytes());
        frame[16..24].copy_from_slice(&self.first_lsn.to_le_bytes());
        frame[24..28].copy_from_slice(&self.records.to_le_bytes());
        frame[28..36].copy_from_slice(&self.epoch.to_le_bytes());
        frame[36..68].copy_from_slice(&self.previous);
        frame[68..100].copy_from_slice(&self.chain);
        let crc = frame_checksum(id, frame);
        frame[12..16].copy_from_slice(&crc.to_le_bytes());
    }

    /// The body length that the first bytes of a frame announce, if they may be a frame's at all.
    pub fn announced(bytes: &[u8]) -> Option<u32> {
        let length = u32_at(bytes.get(..FRAME_HEADER)?, 8);
        (bytes[..4] == FRAME_MAGIC && length <= MAX_BODY).then_some(length)
    }

    /// Reads a whole frame's header. The inner error is the version of a frame that is sound but too new.
    pub fn decode(id: &JournalId, frame: &[u8]) -> Option<Result<Self, u16>> {
        let length = Self::announced(frame)?;
        if frame.len() != FRAME_HEADER + length as usize || u32_at(frame, 12) != frame_checksum(id, frame) {
            return None;
        }
        let version = u16_at(frame, 4);
        if version > VERSION {
            return Some(Err(version));
        }
        Some(Ok(FrameHeader {
            length,
            first_lsn: u64_at(frame, 16),
            records: u32_at(frame, 24),
            epoch: u64_at(frame, 28),
            previous: array_at(frame, 36),
            chain: array_at(frame, 68),
        }))
    }
}

fn frame_checksum(id: &JournalId, frame: &[u8]) -> u32 {
    let crc = crc32c::crc32c_append(crc32c::crc32c(id), &frame[..12]);
    crc32c::crc32c_append(crc, &frame[16..])
}

/// A record in a frame, not copied.
#[derive(Debug, Clone, Copy)]
pub struct RecordRef<'a> {
    /// The header's bytes.
    pub header: &'a [u8],
    /// What stands where the payload stands.
    pub body: BodyRef<'a>,
}

/// The borrowed form of [`Body`].
#[derive(Debug, Clone, Copy)]
pub enum BodyRef<'a> {
    /// The payload.
    Kept {
        /// Its salt.
        salt: &'a [u8],
        /// Its bytes.
        payload: &'a [u8],
    },
    /// What is left of an erased payload.
    Erased {
        /// `H(salt, payload)`.
        digest: &'a [u8],
    },
}

impl<'a> RecordRef<'a> {
    /// Takes the first record off `input`.
    pub fn take(input: &mut &'a [u8]) -> Option<Self> {
        let header = take_delimited(input)?;
        let body = match take(input, 1)?[0] {
            KEPT => BodyRef::Kept { salt: take(input, 16)?, payload: take_delimited(input)? },
            ERASED => BodyRef::Erased { digest: take(input, 32)? },
            _ => return None,
        };
        Some(RecordRef { header, body })
    }

    /// The record, owned.
    pub fn to_encoded(&self) -> EncodedRecord {
        let body = match self.body {
            BodyRef::Kept { salt, payload } => {
                Body::Kept { salt: array_at(salt, 0), payload: payload.to_vec() }
            }
            BodyRef::Erased { digest } => Body::Erased { digest: array_at(digest, 0) },
        };
        EncodedRecord { header: self.header.to_vec(), body }
    }

    /// The salted digest of the payload.
    pub fn digest(&self) -> Hash {
        match self.body {
            BodyRef::Kept { salt, payload } => salted_digest(salt, payload),
            BodyRef::Erased { digest } => array_at(digest, 0),
        }
    }

    /// Appends the record as it is.
    pub fn put(&self, out: &mut Vec<u8>) {
        match self.body {
            BodyRef::Kept { salt, payload } => {
                put_header(out, |out| out.extend_from_slice(self.header));
                put_payload(out, &array_at(salt, 0), |out| out.extend_from_slice(payload));
            }
            BodyRef::Erased { .. } => self.put_erased(out),
        }
    }

    /// Appends the record without its payload.
    pub fn put_erased(&self, out: &mut Vec<u8>) {
        put_header(out, |out| out.extend_from_slice(self.header));
        out.push(ERASED);
        out.extend_from_slice(&self.digest());
    }
}

/// The chain's next link; the same as [`EncodedRecord::link`], on borrowed bytes.
pub fn link(previous: &Hash, header: &[u8], digest: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update((header.len() as u32).to_le_bytes());
    hash.update(header);
    hash.update(digest);
    hash.finalize().into()
}

pub(crate) fn salted_digest(salt: &[u8], payload: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(payload);
    hash.finalize().into()
}

/// Appends a record's header; gives where its bytes are.
pub(crate) fn put_header(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> std::ops::Range<usize> {
    put_delimited(out, write)
}

/// Appends a kept payload; gives where its bytes are.
pub(crate) fn put_payload(
    out: &mut Vec<u8>,
    salt: &Salt,
    write: impl FnOnce(&mut Vec<u8>),
) -> std::ops::Range<usize> {
    out.push(KEPT);
    out.extend_from_slice(salt);
    put_delimited(out, write)
}

fn put_delimited(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> std::ops::Range<usize> {
    out.extend_from_slice(&[0; 4]);
    let start = out.len();
    write(out);
    let length = (out.len() - start) as u32;
    out[start - 4..start].copy_from_slice(&length.to_le_bytes());
    start..out.len()
}

fn take<'a>(input: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = input.split_at_checked(length)?;
    *input = rest;
    Some(taken)
}

fn take_delimited<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32_at(take(input, 4)?, 0);
    take(input, length as usize)
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[at..at + N]);
    array
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array_at(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array_at(bytes, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_borrowed_record_has_the_link_of_the_owned_one() {
        let mut bytes = Vec::new();
        put_header(&mut bytes, |out| out.extend_from_slice(b"header"));
        put_payload(&mut bytes, &[7; 16], |out| out.extend_from_slice(b"payload"));
        let mut input = bytes.as_slice();
        let record = RecordRef::take(&mut input).unwrap();
        assert!(input.is_empty());
        let expected = record.to_encoded().link(&[3; 32]);
        assert_eq!(link(&[3; 32], record.header, &record.digest()), expected);

        let mut erased = Vec::new();
        record.put_erased(&mut erased);
        let record = RecordRef::take(&mut erased.as_slice()).unwrap();
        assert_eq!(link(&[3; 32], record.header, &record.digest()), expected);
    }

    #[test]
    fn a_header_with_any_bit_changed_is_refused() {
        let header = SegmentHeader { id: [1; 16], first_lsn: 9, epoch: 2, chain: [4; 32] };
        let good = header.encode();
        assert_eq!(SegmentHeader::decode(&good), Ok(header));
        for bit in 0..good.len() * 8 {
            let mut bad = good;
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(SegmentHeader::decode(&bad), Err(BadHeader::Damaged), "bit {bit}");
        }
    }

    #[test]
    fn no_bytes_make_the_record_reader_panic() {
        let mut bytes = Vec::new();
        put_header(&mut bytes, |out| out.extend_from_slice(b"h"));
        put_payload(&mut bytes, &[7; 16], |out| out.extend_from_slice(b"p"));
        for at in 0..bytes.len() {
            for value in [0, 1, 2, 0x7f, 0xff] {
                let mut bad = bytes.clone();
                bad[at] = value;
                let mut input = &bad[..];
                while !input.is_empty() && RecordRef::take(&mut input).is_some() {}
            }
            assert!(RecordRef::take(&mut &bytes[..at]).is_none());
        }
    }
}
