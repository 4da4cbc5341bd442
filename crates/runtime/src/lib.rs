//! Partitions as a poll loop: commands in, batches of the log out, durable acknowledgements in, answers out.
//!
//! [`Node`] decides, without threads, clocks or files. [`PollLoop`] is one turn of it after the other over two ports: a
//! network ([`record::port::Net`]) on which requests come and answers go, and [`Workers`] that write, store and export.
//! In production [`start`] puts channels and threads behind them, and [`Handle`] is how everyone else talks to it; the
//! simulator runs the same loop on a network that loses, repeats and reorders, all on one seed.
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
mod poll_loop;
mod request;
mod rows;
mod slots;
mod threads;

pub use driver::{Guard, Ports, start};
pub use exporter::{ExportLoop, ExportQueue, ExportTurn, Exporter};
pub use handle::Handle;
pub use log_reader::LogReader;
pub use node::{Node, ReadLog, Trim, Upkeep};
#[cfg(feature = "planted-bugs")]
pub use options::Planted;
pub use options::{Options, StartError};
pub use poll_loop::{PollLoop, Reports, View, Workers};
pub use request::{ActivateJobs, Activated, Answer, Inbound, Output, PollId, Request, Status, Target};
