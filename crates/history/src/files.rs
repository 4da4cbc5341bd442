//! Deployed files that are neither processes nor decisions: how their events become rows, and how they are found.

use crate::project::{Place, Result};
use crate::query::SearchError;
use crate::reader::Reader;
use record::Event;
use rusqlite::{OptionalExtension, params};

/// A version of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct FileRow {
    pub key: i64,
    pub id: String,
    pub version: i32,
    pub name: String,
    pub version_tag: Option<String>,
    pub tenant: String,
}

impl Reader {
    /// The file with this key, and what is in it.
    pub fn file(
        &self,
        tenant: &str,
        key: i64,
    ) -> std::result::Result<Option<(FileRow, Vec<u8>)>, SearchError> {
        self.with(|connection| {
            let select =
                "SELECT f.key, f.id, f.version, f.name, f.version_tag, f.tenant, r.content FROM files f
                 JOIN resources r ON r.deployment = f.deployment AND r.name = f.name
                 WHERE f.key = ? AND f.tenant = ? AND NOT EXISTS (SELECT 1 FROM deleted gone WHERE gone.key = f.key)";
            let mut select = connection.prepare_cached(select)?;
            let found = select.query_row((key, tenant), |row| {
                let file = FileRow {
                    key: row.get(0)?,
                    id: row.get(1)?,
                    version: row.get(2)?,
                    name: row.get(3)?,
                    version_tag: row.get(4)?,
                    tenant: row.get(5)?,
                };
                Ok((file, row.get(6)?))
            });
            Ok(found.optional()?)
        })
    }
}

/// A version of a file is there.
pub(crate) fn deployed(at: &Place<'_>, event: &Event) -> Result {
    let Event::FileDeployed { file } = event else { return Ok(()) };
    let insert = "INSERT OR IGNORE INTO resources VALUES (?, ?, ?)";
    at.db.prepare_cached(insert)?.execute(params![file.deployment.0, &*file.name, &*file.content.0])?;
    let insert = "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let tag = Some(&*file.version_tag).filter(|tag| !tag.is_empty());
    at.db.prepare_cached(insert)?.execute(params![
        file.key.0,
        &*at.header.tenant,
        &*file.id,
        file.version,
        &*file.name,
        tag,
        file.deployment.0,
        record::is_form(&file.name),
    ])?;
    Ok(())
}
