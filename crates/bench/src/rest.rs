//! A spawned server over HTTP: every instance in flight has its connection, one worker leases for all.

use crate::http::{Connection, values};
use crate::measure::{Meter, Run, cpu_seconds};
use crate::model::{JOB_TYPE, PROCESS, XML};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::LocalSet;

/// Time that the server has to be ready.
const START: Duration = Duration::from_secs(20);

/// Pause before a refused request is tried again.
const RETRY: Duration = Duration::from_millis(5);

/// The process; it ends with this.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended_already = self.child.kill().is_err();
        let _unknown = self.child.wait().is_err();
    }
}

/// What the connections share.
struct Shared {
    address: SocketAddr,
    /// Who waits for the job of an instance; a job that came first waits itself.
    waiting: RefCell<HashMap<String, oneshot::Sender<String>>>,
    early: RefCell<HashMap<String, String>>,
    meter: RefCell<Option<Meter>>,
    running: Cell<bool>,
    refused: Cell<u64>,
}

/// Runs every number of instances in flight, each on a server of its own; gives the fastest.
pub fn run(server: &Path, directory: &Path, in_flight: &[usize], time: Duration) -> Result<Run, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no runtime: {error}"))?;
    let mut best: Option<Run> = None;
    for &count in in_flight {
        let data = directory.join(format!("rest-{count}"));
        let run = runtime.block_on(LocalSet::new().run_until(run_one(server, &data, count, time)))?;
        if best.as_ref().is_none_or(|best| run.per_second() > best.per_second()) {
            best = Some(run);
        }
    }
    best.ok_or_else(|| "--in-flight names no number".to_owned())
}

async fn run_one(server: &Path, data: &Path, in_flight: usize, time: Duration) -> Result<Run, String> {
    let server = start(server, data).await?;
    deploy(server.address).await?;
    let pid = server.child.id().to_string();
    let meter = Meter::new(time, Box::new(move || cpu_seconds(&pid)), Box::new(|| 0));
    let shared = Rc::new(Shared {
        address: server.address,
        waiting: RefCell::default(),
        early: RefCell::default(),
        meter: RefCell::new(Some(meter)),
        running: Cell::new(true),
        refused: Cell::new(0),
    });
    let worker = tokio::task::spawn_local(work(shared.clone(), in_flight.min(1_000)));
    let clients: Vec<_> = (0..in_flight).map(|_| tokio::task::spawn_local(client(shared.clone()))).collect();
    for client in clients {
        client.await.map_err(|error| error.to_string())??;
    }
    worker.abort();
    let meter = shared.meter.borrow_mut().take().ok_or("the run was measured twice")?;
    let run = meter.finish(in_flight);
    println!("{}  refused {}", run.line("rest"), shared.refused.get());
    Ok(run)
}

async fn start(server: &Path, data: &Path) -> Result<Server, String> {
    std::fs::create_dir_all(data).map_err(|error| format!("{}: {error}", data.display()))?;
    let probe = TcpListener::bind("127.0.0.1:0").map_err(|error| format!("no free port: {error}"))?;
    let address = probe.local_addr().map_err(|error| error.to_string())?;
    drop(probe);
    let child = Command::new(server)
        .args(["dev", "--no-samples", "--port", &address.port().to_string(), "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("{} does not start: {error}", server.display()))?;
    let server = Server { child, address };
    let begin = Instant::now();
    while begin.elapsed() < START {
        if let Ok(mut connection) = Connection::open(address).await
            && let Ok((200, _)) = connection.send("GET", "/v2/topology", "application/json", "").await
        {
            return Ok(server);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err(format!("the server was not ready within {} s", START.as_secs()))
}

async fn deploy(address: SocketAddr) -> Result<(), String> {
    let body = format!(
        "--bench\r\ncontent-disposition: form-data; name=\"resources\"; filename=\"bench.bpmn\"\r\n\
         content-type: application/xml\r\n\r\n{XML}\r\n--bench--\r\n"
    );
    let mut connection = Connection::open(address).await?;
    match connection.send("POST", "/v2/deployments", "multipart/form-data; boundary=bench", &body).await? {
        (200, _) => Ok(()),
        (status, body) => Err(format!("deployment: {status} {body}")),
    }
}

/// One instance after the other.
async fn client(shared: Rc<Shared>) -> Result<(), String> {
    let mut connection = Connection::open(shared.address).await?;
    let create = format!(
        r#"{{"processDefinitionId":"{PROCESS}","variables":{{"customer":{{"id":4711,"name":"Ada Lovelace","city":"London"}},"amount":129.95}}}}"#
    );
    while shared.running.get() {
        let since = Instant::now();
        let (status, body) = connection.post("/v2/process-instances", &create).await?;
        if matches!(status, 429 | 503) {
            shared.refused.set(shared.refused.get() + 1);
            tokio::time::sleep(RETRY).await;
            continue;
        }
        let instance = values(body, "processInstanceKey").next();
        let instance = instance.ok_or_else(|| format!("create: {status} {body}"))?.to_owned();
        let job = job_of(&shared, instance).await?;
        let path = format!("/v2/jobs/{job}/completion");
        let (status, body) = connection.post(&path, r#"{"variables":{"approved":true}}"#).await?;
        if status != 204 {
            return Err(format!("complete: {status} {body}"));
        }
        if let Some(meter) = &mut *shared.meter.borrow_mut()
            && !meter.ended(since, Instant::now())
        {
            shared.running.set(false);
        }
    }
    Ok(())
}

async fn job_of(shared: &Shared, instance: String) -> Result<String, String> {
    let early = shared.early.borrow_mut().remove(&instance);
    if let Some(job) = early {
        return Ok(job);
    }
    let (send, receive) = oneshot::channel();
    shared.waiting.borrow_mut().insert(instance, send);
    receive.await.map_err(|_| "the worker stopped".to_owned())
}

/// Leases jobs and hands them to whoever waits for them.
async fn work(shared: Rc<Shared>, max: usize) -> Result<(), String> {
    let mut connection = Connection::open(shared.address).await?;
    let ask = format!(
        r#"{{"type":"{JOB_TYPE}","worker":"bench","timeout":300000,"maxJobsToActivate":{max},"requestTimeout":10000,"fetchVariable":["amount"]}}"#
    );
    loop {
        let (status, body) = connection.post("/v2/jobs/activation", &ask).await?;
        if status != 200 {
            return Err(format!("activation: {status} {body}"));
        }
        for (job, instance) in values(body, "jobKey").zip(values(body, "processInstanceKey")) {
            match shared.waiting.borrow_mut().remove(instance) {
                Some(waiting) => drop(waiting.send(job.to_owned())),
                None => drop(shared.early.borrow_mut().insert(instance.to_owned(), job.to_owned())),
            }
        }
    }
}
