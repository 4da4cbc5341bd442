//! A reader beside the writer, in another thread or another process.

use crate::cursor::Cursor;
use crate::error::JournalError;
use record::Record;
use record::port::Disk;

/// Reads records in order and follows the log as it grows. It takes no lock and changes nothing.
pub struct Reader<D: Disk> {
    disk: D,
    next_lsn: u64,
    cursor: Option<Cursor<D::File>>,
}

impl<D: Disk> Reader<D> {
    /// A reader that begins at a position.
    pub fn new(disk: D, from_lsn: u64) -> Self {
        Reader { disk, next_lsn: from_lsn.max(1), cursor: None }
    }

    /// Position of the record that comes next.
    pub fn next_lsn(&self) -> u64 {
        self.next_lsn
    }

    /// The next records: those below `durable`, which the writer said is durable, or with `u64::MAX` all that is
    /// there. At least one where there is one, then as many as `max_bytes` allow; none where nothing is new.
    ///
    /// # Errors
    /// Damage, a position that was trimmed away, a failing disk.
    pub fn read(&mut self, durable: u64, max_bytes: usize) -> Result<Vec<Record>, JournalError> {
        if self.next_lsn >= durable {
            return Ok(Vec::new());
        }
        if self.cursor.is_none() {
            self.cursor = Cursor::seek(&mut self.disk, self.next_lsn)?;
        }
        let Some(cursor) = &mut self.cursor else { return Ok(Vec::new()) };
        let result = cursor.read(&mut self.disk, durable, max_bytes);
        match &result {
            Ok(_) => self.next_lsn = cursor.next_lsn(),
            Err(_) => self.cursor = None,
        }
        result
    }
}
