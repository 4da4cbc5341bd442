//! What all handlers share, and waiting for the read model.

use crate::limits::READ_WAIT_MS;
use crate::problem::Problem;
use history::{Reader, SearchError};
use runtime::Handle;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// Who may do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everyone may do everything; the server listens on loopback only.
    Development,
    /// Nobody may do anything but ask for the server's state, because there is no user yet.
    Locked,
}

/// What all handlers share.
#[derive(Clone)]
pub struct AppState {
    /// The engine.
    pub handle: Handle,
    /// The read model.
    pub history: Reader,
    /// Element templates of the connectors.
    pub templates: Arc<Vec<serde_json::Value>>,
    /// Who may do what.
    pub mode: Mode,
    /// The server's version.
    pub version: &'static str,
    position: watch::Receiver<u64>,
    acknowledged: Arc<AtomicU64>,
}

impl AppState {
    /// The state of a server with this engine and this read model.
    ///
    /// # Errors
    /// The thread that follows the read model could not be started.
    pub fn new(
        handle: Handle,
        history: Reader,
        templates: Vec<serde_json::Value>,
        mode: Mode,
        version: &'static str,
    ) -> std::io::Result<Self> {
        // What the channel starts with is what the thread compares with: a move in between must not be lost.
        let mut seen = history.position();
        let (moved, position) = watch::channel(seen);
        let reader = history.clone();
        std::thread::Builder::new().name("read-position".into()).spawn(move || {
            while !moved.is_closed() {
                let now = reader.wait_for(seen + 1, Duration::from_secs(1));
                if now != seen {
                    seen = now;
                    moved.send_replace(now);
                }
            }
        })?;
        let acknowledged = Arc::default();
        Ok(AppState { handle, history, templates: templates.into(), mode, version, position, acknowledged })
    }

    /// Notes what a client has been told: reads that come later see it.
    pub(crate) fn acknowledge(&self, lsn: u64) {
        self.acknowledged.fetch_max(lsn, Ordering::AcqRel);
    }

    /// Waits until the read model has what is durable now; two seconds at most.
    pub(crate) async fn caught_up(&self) -> Result<(), Problem> {
        let wanted = self.handle.position().max(self.acknowledged.load(Ordering::Acquire));
        let mut position = self.position.clone();
        if *position.borrow_and_update() >= wanted {
            return Ok(());
        }
        let reached = position.wait_for(|position| *position >= wanted);
        match tokio::time::timeout(Duration::from_millis(READ_WAIT_MS), reached).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => {
                let behind = wanted.saturating_sub(self.history.position());
                let lag = self.handle.status().exporter_lag_ms;
                let text = format!(
                    "The read model is {behind} records ({lag} ms) behind; a read waits {READ_WAIT_MS} ms at most. \
                     Try again."
                );
                Err(Problem::new(503, "UNAVAILABLE", text).retry_after(1))
            }
        }
    }

    /// Waits for the read model, then reads from it on a thread that may block.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, SearchError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.caught_up().await?;
        self.read_now(read).await
    }

    /// Reads what is there, on a thread that may block.
    pub(crate) async fn read_now<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, SearchError> + Send + 'static,
    ) -> Result<T, Problem> {
        let reader = self.history.clone();
        match tokio::task::spawn_blocking(move || read(&reader)).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(Problem::new(500, "INTERNAL", "The read was interrupted; the server is stopping.")),
        }
    }

    /// Follows the read model's position.
    pub(crate) fn positions(&self) -> watch::Receiver<u64> {
        self.position.clone()
    }
}
