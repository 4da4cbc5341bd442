//! Reading durable records beside the log's writer.

use crate::node::ReadLog;
use journal::Reader;
use record::Record;
use record::port::Disk;
use std::sync::Arc;

/// Reads a journal's directory; every jump opens it anew, reading on is cheap.
pub struct LogReader<D: Disk> {
    open: Arc<dyn Fn() -> D + Send + Sync>,
    reader: Option<Reader<D>>,
}

impl<D: Disk> LogReader<D> {
    /// A reader over disks that `open` gives; they need not be writable.
    pub fn new(open: Arc<dyn Fn() -> D + Send + Sync>) -> Self {
        LogReader { open, reader: None }
    }
}

impl<D: Disk> ReadLog for LogReader<D> {
    fn read(&mut self, lsn: u64, below: u64, max_bytes: usize) -> Result<Vec<Record>, String> {
        let reader = match self.reader.take().filter(|reader| reader.next_lsn() == lsn) {
            Some(reader) => reader,
            None => Reader::new((self.open)(), lsn),
        };
        self.reader.insert(reader).read(below, max_bytes).map_err(|error| error.to_string())
    }
}
