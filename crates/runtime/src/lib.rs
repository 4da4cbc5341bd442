//! Partitions as a poll loop: commands in, batches of the log out, durable acknowledgements in, answers out.
//!
//! [`Node`] is the whole of it without threads, clocks or files; the simulator drives it on one seed. [`start`] puts
//! an engine thread, a log thread, a write-behind thread and an exporter thread around it for production, and
//! [`Handle`] is how everyone else talks to it.
//!
//! **Invariant**: nothing leaves a node (answers, rejections, jobs, records for the exporter, rows of the state
//! store) before the batch of the log that it rests on is durable. After an I/O error the node drops everything
//! and refuses; only a restart, which recovers from the disk, makes it take commands again.

mod driver;
mod exporter;
mod handle;
mod head;
mod idempotency;
mod intake;
mod jobs;
mod log_reader;
mod node;
mod options;
mod request;
mod rows;
mod slots;

pub use driver::{Guard, Ports, start};
pub use exporter::Exporter;
pub use handle::Handle;
pub use log_reader::LogReader;
pub use node::{Node, ReadLog};
#[cfg(feature = "planted-bugs")]
pub use options::Planted;
pub use options::{Options, StartError};
pub use request::{ActivateJobs, Activated, Answer, Output, PollId, Request, Status, Target};
