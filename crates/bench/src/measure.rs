//! What is measured: a count, latencies, CPU time, syncs.

use record::port::{Disk, DiskFile};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Clock ticks of `/proc/*/stat` in a second, the same on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// The result of one run.
#[derive(Debug, Clone, Default)]
pub struct Run {
    pub in_flight: usize,
    pub instances: u64,
    pub seconds: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub cpu_seconds: f64,
    pub syncs: u64,
}

impl Run {
    pub fn per_second(&self) -> f64 {
        self.instances as f64 / self.seconds.max(1e-9)
    }

    pub fn syncs_per_instance(&self) -> f64 {
        self.syncs as f64 / (self.instances as f64).max(1.0)
    }

    /// One line for people.
    pub fn line(&self, name: &str) -> String {
        format!(
            "{name:<11} in flight {:>5}: {:>8.0}/s  p50 {:>7.2} ms  p99 {:>7.2} ms  cpu {:>6.1} us{}",
            self.in_flight,
            self.per_second(),
            self.p50_ms,
            self.p99_ms,
            self.cpu_seconds * 1e6 / (self.instances as f64).max(1.0),
            if self.syncs > 0 { format!("  syncs {:.4}", self.syncs_per_instance()) } else { String::new() },
        )
    }
}

/// Counts what ends after the warm-up.
pub struct Meter {
    begin: Instant,
    end: Instant,
    cpu: Box<dyn Fn() -> f64>,
    syncs: Box<dyn Fn() -> u64>,
    start: Option<(Instant, f64, u64)>,
    latencies: Vec<Duration>,
}

impl Meter {
    /// Measures for `time` after a tenth of it.
    pub fn new(time: Duration, cpu: Box<dyn Fn() -> f64>, syncs: Box<dyn Fn() -> u64>) -> Self {
        let begin = Instant::now() + time / 10;
        Meter { begin, end: begin + time, cpu, syncs, start: None, latencies: Vec::new() }
    }

    /// An instance that began at `since` has ended; false where the run is over.
    pub fn ended(&mut self, since: Instant, now: Instant) -> bool {
        if now >= self.begin {
            if self.start.is_none() {
                self.start = Some((now, (self.cpu)(), (self.syncs)()));
            }
            self.latencies.push(now - since);
        }
        now < self.end
    }

    /// The result.
    pub fn finish(mut self, in_flight: usize) -> Run {
        let Some((begin, cpu, syncs)) = self.start else { return Run { in_flight, ..Run::default() } };
        let seconds = begin.elapsed().as_secs_f64();
        self.latencies.sort_unstable();
        let at = |part: f64| {
            let place = (self.latencies.len() as f64 * part) as usize;
            self.latencies.get(place).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
        };
        Run {
            in_flight,
            instances: self.latencies.len() as u64,
            seconds,
            p50_ms: at(0.50),
            p99_ms: at(0.99),
            cpu_seconds: (self.cpu)() - cpu,
            syncs: (self.syncs)() - syncs,
        }
    }
}

/// CPU seconds of a process so far; 0 where the system does not say.
pub fn cpu_seconds(process: &str) -> f64 {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{process}/stat")) else { return 0.0 };
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / TICKS_PER_SECOND
}

/// A disk that counts its syncs.
pub struct CountingDisk<D> {
    disk: D,
    syncs: Arc<AtomicU64>,
}

impl<D> CountingDisk<D> {
    pub fn new(disk: D, syncs: Arc<AtomicU64>) -> Self {
        CountingDisk { disk, syncs }
    }
}

impl<D: Disk> Disk for CountingDisk<D> {
    type File = CountingDisk<D::File>;

    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn open(&mut self, name: &str, create: bool) -> io::Result<Self::File> {
        Ok(CountingDisk { disk: self.disk.open(name, create)?, syncs: self.syncs.clone() })
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn sync_directory(&mut self) -> io::Result<()> {
        self.disk.sync_directory()
    }
}

impl<F: DiskFile> DiskFile for CountingDisk<F> {
    fn len(&self) -> io::Result<u64> {
        self.disk.len()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.disk.read_at(buffer, offset)
    }

    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.disk.write_at(bytes, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::Relaxed);
        self.disk.sync()
    }

    fn allocate(&mut self, length: u64) -> io::Result<()> {
        self.disk.allocate(length)
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.disk.truncate(length)
    }
}
