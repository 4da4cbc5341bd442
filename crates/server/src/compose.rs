//! The composition root: opens what is kept, starts the runtime, the API, the connectors and the studio, and stops
//! them in order.

use crate::cancellations::Cancellations;
use crate::cli::{Failure, ServeArguments};
use crate::exports::Exports;
use crate::telemetry::Telemetry;
use crate::{connectors, studio};
use history::{History, HistoryError};
use journal::FileDisk;
use record::command::Resource;
use record::wire::Bytes;
use record::{Command, Response, Str};
use runtime::{Guard, Handle, Options, Ports, Request, Target};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Once};
use std::time::Instant;
use store::FjallStore;
use tokio::net::{TcpListener, TcpSocket};

/// What the server allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// No login, connectors may call this machine, the sample is deployed.
    Development,
    /// Connectors may not call this machine.
    Production,
}

/// The sample process, deployed in development mode.
#[derive(rust_embed::RustEmbed)]
#[folder = "../../examples/order-fulfilment"]
#[allow_missing = true]
struct Samples;

struct SystemClock;

impl record::port::Clock for SystemClock {
    fn now(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond()
    }
}

/// Chooses the one implementation of cryptography that TLS uses here.
pub fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// Runs a server until it is told to stop.
pub async fn serve(arguments: ServeArguments, mode: Mode) -> Result<(), Failure> {
    let began = Instant::now();
    install_crypto();
    let listener = listen(arguments.port)?;
    let address = listener.local_addr().map_err(|error| Failure::new(error.to_string()))?;
    let telemetry = arguments.otlp.as_deref().map(Telemetry::start);
    let Opened { handle, guard, reader, cancellations, gaps } = open(&arguments, telemetry)?;
    let secrets = connectors::secrets(arguments.secrets.as_deref())?;
    let workers = connectors::start(&handle, mode, secrets, incarnation(&arguments.data)?, cancellations);
    if mode == Mode::Development && !arguments.no_samples {
        deploy_samples(&handle).await?;
    }
    let access = if mode == Mode::Development { api::Mode::Development } else { api::Mode::Locked };
    let state = api::AppState::new(
        handle.clone(),
        reader,
        ::connectors::templates(),
        access,
        env!("CARGO_PKG_VERSION"),
    )
    .map_err(|error| Failure::new(format!("the API does not start: {error}")))?;
    let router = api::router(state).fallback(studio::serve);
    println!("Dirigent is ready at http://{address} after {} ms", began.elapsed().as_millis());
    println!("Data is kept in {}. Stop with Ctrl-C.", arguments.data.display());
    print_reach(&handle, &gaps);
    axum::serve(listener, router)
        .with_graceful_shutdown(stopped())
        .await
        .map_err(|error| Failure::new(format!("the server failed: {error}")))?;
    workers.stop().await;
    tokio::task::spawn_blocking(move || guard.stop())
        .await
        .map_err(|error| Failure::new(format!("the engine did not stop cleanly: {error}")))
}

/// Connections that may wait until they are accepted; the system may allow fewer. With the standard library's 128, a
/// thousand workers that connect at once overflow the queue, and each one dropped tries again only after a second.
const WAITING_CONNECTIONS: u32 = 4_096;

/// Nothing listens beyond loopback until an administrator exists.
fn listen(port: u16) -> Result<TcpListener, Failure> {
    let bind = || {
        let socket = TcpSocket::new_v4()?;
        // After a restart the port is free again at once. Elsewhere than on Unix this would let others take it.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        socket.listen(WAITING_CONNECTIONS)
    };
    bind().map_err(|error: std::io::Error| {
        let text = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("port {port} is taken, perhaps by a Dirigent that runs already; say --port N, or --port 0 for a free one")
            }
            _ => format!("cannot listen on 127.0.0.1:{port}: {error}"),
        };
        Failure::new(text)
    })
}

/// What is kept, and the engine on it.
struct Opened {
    handle: Handle,
    guard: Guard,
    reader: history::Reader,
    cancellations: Arc<Cancellations>,
    /// First and last record of each stretch that the read model lacks, because it was trimmed.
    gaps: Vec<(u64, u64)>,
}

fn open(arguments: &ServeArguments, telemetry: Option<Telemetry>) -> Result<Opened, Failure> {
    let data = &arguments.data;
    let within = |what: &str, error: &dyn std::fmt::Display| {
        Failure::new(format!("{what} in {}: {error}", data.display()))
    };
    std::fs::create_dir_all(data).map_err(|error| within("the data directory cannot be made", &error))?;
    let log = data.join("log");
    std::fs::create_dir_all(&log).map_err(|error| within("the log's directory cannot be made", &error))?;
    let disk = FileDisk::open(&log).map_err(|error| within("the log cannot be opened", &error))?;
    let store = FjallStore::open(data.join("state"))
        .map_err(|error| within("the state store cannot be opened", &error))?;
    let history = open_history(&data.join("history.db"), &disk)
        .map_err(|error| within("the read model cannot be opened", &error))?;
    let reader = history.reader();
    let mut gaps = history.gaps().map_err(|error| within("the read model cannot be read", &error))?;
    let known = history.position();
    let cancellations = Cancellations::open(data)
        .map_err(|error| within("the list of cancelled work cannot be opened", &error))?;
    let cancellations = Arc::new(cancellations);
    let options = Options {
        partitions: arguments.partitions,
        log_keep_ms: arguments.log_keep.0,
        segment_bytes: arguments.log_segment,
        seed: seed(),
        ..Options::default()
    };
    let reading = Arc::new(move || FileDisk::for_reading(&log));
    let exporter: Box<dyn runtime::Exporter> =
        Box::new(Exports { history, telemetry, cancellations: cancellations.clone() });
    let ports = Ports { disk, reading, store, clock: SystemClock, exporter: Some(exporter) };
    let (handle, guard) =
        runtime::start(options, ports).map_err(|error| within("the engine does not start", &error))?;
    let (read, logged) = (reader.position(), handle.position());
    if read > logged {
        let why = format!(
            "it has record {read} and the log ends at {logged}: they do not belong together. Restore the log, or \
             delete history.db to build it again from the log that is there"
        );
        return Err(within("the read model is ahead of the log", &why));
    }
    let first = handle.status().log_first_lsn;
    if known + 1 < first {
        gaps.push((known + 1, first - 1));
    }
    Ok(Opened { handle, guard, reader, cancellations, gaps })
}

/// The read model of another version is built again: everything in it follows from the log. Where the log was trimmed,
/// the old file has what no other one has, so it is put aside.
fn open_history(file: &Path, log: &FileDisk) -> Result<History, String> {
    let text = |error: HistoryError| error.to_string();
    let format = match History::open(file) {
        Err(HistoryError::Format { found }) => found,
        opened => return opened.map_err(text),
    };
    let first = journal::first_lsn(log).map_err(|error| error.to_string())?;
    for suffix in ["", "-wal", "-shm"] {
        let name = |middle: &str| {
            let mut name = file.as_os_str().to_owned();
            name.push(middle);
            name.push(suffix);
            name
        };
        // What is not there need not go.
        if first > 1 {
            drop(std::fs::rename(name(""), name(&format!(".format-{format}"))));
        } else {
            drop(std::fs::remove_file(name("")));
        }
    }
    History::open(file).map_err(text)
}

/// Says where the log begins, where it does not begin at the beginning.
fn print_reach(handle: &Handle, gaps: &[(u64, u64)]) {
    let first = handle.status().log_first_lsn;
    if first > 1 {
        println!("The log begins at record {first}; older ones were trimmed.");
    }
    for (from, to) in gaps {
        println!(
            "The read model knows nothing of records {from} to {to}: they were trimmed before it was built."
        );
    }
}

fn seed() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

/// The name of this life of the data: drawn once, part of every idempotency key that is handed to the outside.
fn incarnation(data: &Path) -> Result<String, Failure> {
    let file = data.join("incarnation");
    if let Ok(text) = std::fs::read_to_string(&file)
        && !text.trim().is_empty()
    {
        return Ok(text.trim().to_owned());
    }
    let name = format!("{:016x}{:016x}", seed(), seed());
    std::fs::write(&file, &name).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    Ok(name)
}

async fn deploy_samples(handle: &Handle) -> Result<(), Failure> {
    let resources: Vec<Resource> = Samples::iter()
        .filter(|path| path.ends_with(".bpmn"))
        .filter_map(|path| {
            let file = Samples::get(&path)?;
            let name = Path::new(&*path).file_name()?.to_string_lossy().into_owned();
            Some(Resource { name: Str::from(name), content: Bytes(file.data.as_ref().into()) })
        })
        .collect();
    if resources.is_empty() {
        return Ok(());
    }
    let request = Request {
        tenant: Str::from(record::DEFAULT_TENANT),
        actor: Str::from("samples"),
        request_id: Str::from(""),
        traceparent: Str::from(""),
        target: Target::Catalog,
        command: Command::DeployResources { resources },
    };
    match call(handle, request).await {
        Response::Rejected { rejection } => {
            Err(Failure::new(format!("the sample cannot be deployed: {}", rejection.reason)))
        }
        _ => Ok(()),
    }
}

/// Submits a command and waits for its answer without blocking a thread.
pub async fn call(handle: &Handle, request: Request) -> Response {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    handle.submit(request, move |answer| drop(sender.send(answer.response)));
    let stopped = || Response::rejected(record::RejectionKind::Unavailable, "the engine stopped");
    receiver.await.unwrap_or_else(|_| stopped())
}

/// Resolves when the process is asked to stop.
async fn stopped() {
    let interrupt = async { drop(tokio::signal::ctrl_c().await) };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;
    use std::time::Duration;

    #[tokio::test]
    async fn hundreds_connect_at_once_before_anyone_is_accepted() {
        let limit = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap_or_default();
        let limit: usize = limit.trim().parse().unwrap_or(128);
        let listener = listen(0).expect("a free port");
        let address = listener.local_addr().expect("its address");
        // One that does not fit is dropped without a word, and connecting to it takes a second and more.
        let connections: Vec<_> = (0..limit.min(400))
            .map(|_| TcpStream::connect_timeout(&address, Duration::from_millis(900)).expect("there is room"))
            .collect();
        for _ in &connections {
            listener.accept().await.expect("it waits");
        }
        let taken = listen(address.port()).expect_err("the port is taken");
        assert!(format!("{taken:?}").contains("is taken"), "{taken:?}");
    }
}
