//! The read model: projection of durable records and search, on SQLite.
