//! What the log may rely on: how far the rows survive a loss of power, and what to do where the log begins later.
//!
//! Commits are not synced one by one, so power that fails may take rows back; the log then gives them again. Before
//! the log loses records, what is built from them is synced.

use crate::{History, HistoryError};

impl History {
    /// Makes all rows durable, and gives the last record that is in them.
    ///
    /// # Errors
    /// The database fails. Rows are as before.
    pub fn sync(&mut self) -> Result<u64, HistoryError> {
        let count: i64 = self.connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        // A commit that changes something syncs the write-ahead log, and with it all commits before.
        let synced = self.connection.pragma_update(None, "user_version", (count + 1) % i64::from(i32::MAX));
        self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        synced?;
        Ok(self.position)
    }

    /// Goes on at a record, because those before it are nowhere any more. Instances that began before are known as far
    /// as later records tell.
    ///
    /// # Errors
    /// The database fails. Nothing changed.
    pub fn begin_at(&mut self, lsn: u64) -> Result<(), HistoryError> {
        let position = lsn.saturating_sub(1);
        if position <= self.position {
            return Ok(());
        }
        let transaction = self.connection.transaction()?;
        transaction.execute_batch(
            "CREATE TABLE IF NOT EXISTS gaps (first INTEGER PRIMARY KEY, last INTEGER NOT NULL)",
        )?;
        transaction.execute("INSERT INTO gaps VALUES (?, ?)", (self.position as i64 + 1, position as i64))?;
        transaction.execute("UPDATE meta SET position = ?", [position as i64])?;
        transaction.commit()?;
        self.position = position;
        self.shared.moved(position);
        Ok(())
    }

    /// First and last record of each stretch of the log that is not in the rows, because it was trimmed before.
    ///
    /// # Errors
    /// The database fails.
    pub fn gaps(&self) -> Result<Vec<(u64, u64)>, HistoryError> {
        let some: i64 = self.connection.query_row(
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'gaps'",
            [],
            |row| row.get(0),
        )?;
        if some == 0 {
            return Ok(Vec::new());
        }
        let mut statement = self.connection.prepare("SELECT first, last FROM gaps ORDER BY first")?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_kept_and_rows_go_on_behind_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("history.db");
        let mut history = History::open(&file).expect("it opens");
        assert_eq!(history.gaps().expect("gaps"), []);
        history.begin_at(1).expect("nothing is missing");
        history.begin_at(41).expect("it begins");
        assert_eq!((history.position(), history.sync().expect("synced")), (40, 40));
        drop(history);
        let mut history = History::open(&file).expect("it opens");
        history.begin_at(20).expect("it is further");
        assert_eq!((history.position(), history.gaps().expect("gaps")), (40, vec![(1, 40)]));
        assert_eq!(history.sync().expect("synced"), 40);
    }
}
