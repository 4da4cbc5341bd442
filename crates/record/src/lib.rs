//! Commands, events, the record header and its encoding, and the ports that adapters implement.
