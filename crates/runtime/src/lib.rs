//! Partitions as a poll loop over disk, clock and state store; group commit, timers, job queues.
