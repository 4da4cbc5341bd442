//! Keys: the partition in bits 51 to 62 of a positive 64-bit integer, a counter below, as Camunda lays them out.
//!
//! The counter is handed out in blocks of 64. An instance's own key is the first of its first block, so the
//! instance that owns a job, a task or an incident follows from the key alone while it needs no second block;
//! further blocks are recorded by an event and indexed by the runtime.

use crate::wire::{Field, Reader, WireError, put_varint};

/// The key of anything that has one; 0 is "none".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Key(pub i64);

/// Bits below the partition.
pub const PARTITION_SHIFT: u32 = 51;
/// The highest partition number; those from [`FIRST_FORK_PARTITION`] on belong to forks.
pub const MAX_PARTITION: u16 = 4095;
/// The first partition number that is kept for forks.
pub const FIRST_FORK_PARTITION: u16 = 3072;
/// Keys in one block.
pub const BLOCK: i64 = 64;

impl Key {
    /// No key.
    pub const NONE: Key = Key(0);

    /// The partition that issued the key.
    pub fn partition(self) -> u16 {
        (self.0 >> PARTITION_SHIFT) as u16
    }

    /// The first key of the block that this key is in.
    pub fn block(self) -> Key {
        Key(self.0 & !(BLOCK - 1))
    }

    /// True for [`Key::NONE`].
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// A key from the decimal text that the API carries.
    pub fn parse(text: &str) -> Option<Key> {
        text.parse().ok().filter(|key| *key > 0).map(Key)
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.partition(), self.0 & ((1 << PARTITION_SHIFT) - 1))
    }
}

impl serde::Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Field for Key {
    fn absent() -> Self {
        Key::NONE
    }
    fn put(&self, tag: u32, out: &mut Vec<u8>) {
        if self.0 != 0 {
            put_varint(u64::from(tag) << 3, out);
            put_varint(self.0 as u64, out);
        }
    }
    fn merge(&mut self, wire_type: u8, reader: &mut Reader<'_>) -> Result<(), WireError> {
        if wire_type != 0 {
            return Err(WireError::Invalid { message: "Key", why: "wire type" });
        }
        *self = Key(reader.varint()? as i64);
        Ok(())
    }
}

/// Hands out blocks of keys for one partition. After a restart it continues above every block seen in the log.
#[derive(Debug, Clone)]
pub struct KeyBlocks {
    partition: u16,
    next: i64,
}

impl KeyBlocks {
    /// The blocks of `partition`, from the first.
    pub fn new(partition: u16) -> Self {
        KeyBlocks { partition, next: 1 }
    }

    /// The next block's first key.
    pub fn take(&mut self) -> Key {
        let block = self.next;
        self.next += 1;
        Key((i64::from(self.partition) << PARTITION_SHIFT) | (block * BLOCK))
    }

    /// Notes that `key` was issued: its block and all before it are not handed out again.
    pub fn seen(&mut self, key: Key) {
        if key.partition() == self.partition {
            let block = (key.0 & ((1 << PARTITION_SHIFT) - 1)) / BLOCK;
            self.next = self.next.max(block + 1);
        }
    }

    /// The number of the next block, to be kept with a checkpoint.
    pub fn position(&self) -> i64 {
        self.next
    }

    /// Continues from a position that a checkpoint kept.
    pub fn resume(&mut self, position: i64) {
        self.next = self.next.max(position);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_partition_and_its_block() {
        let mut blocks = KeyBlocks::new(3);
        let first = blocks.take();
        let second = blocks.take();
        assert_eq!((first.partition(), second.0 - first.0), (3, BLOCK));
        assert_eq!(Key(first.0 + 5).block(), first);
        let mut restarted = KeyBlocks::new(3);
        restarted.seen(Key(second.0 + 9));
        assert!(restarted.take() > second);
    }
}
