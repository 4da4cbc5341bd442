//! Deterministic simulation of engine, journal and runtime on one seed, with a disk that loses unsynced bytes.
