//! The durable log in files: group commit, hash chain, torn-tail recovery.
