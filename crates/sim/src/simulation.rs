//! One simulation from its seed to its verdict.

use crate::audit;
use crate::clients::Clients;
use crate::models;
use crate::plan::Plan;
use crate::random::Random;
use crate::world::World;
use runtime::{Inbound, Output};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rounds in which all must have come to its end after the faults stop.
const FINAL_ROUNDS: u64 = 300;

/// What a simulation did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stats {
    /// Records in the log.
    pub records: u64,
    /// Answers that clients got.
    pub answers: u64,
    /// Crashes and restarts.
    pub restarts: u64,
    /// Steps that were discarded.
    pub discarded: u64,
    /// Records that were trimmed from the log.
    pub trimmed: u64,
}

/// What is wrong, and how to see it again.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// The step at which it was noticed.
    pub step: u64,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "seed {} fails at step {}: {}", self.seed, self.step, self.what)
    }
}

struct Simulation {
    plan: Plan,
    random: Random,
    world: World,
    clients: Clients,
    step: u64,
    /// Steps that were discarded before the last start.
    discarded: u64,
}

/// Runs a plan.
pub fn run(plan: &Plan) -> Result<Stats, Failure> {
    quiet_planned_panics();
    let fail = |step, what| Failure { seed: plan.seed, step, what };
    let mut simulation = Simulation::new(plan).map_err(|what| fail(0, what))?;
    let result = catch_unwind(AssertUnwindSafe(|| simulation.play()));
    match result {
        Ok(Ok(stats)) => Ok(stats),
        Ok(Err(what)) => Err(fail(simulation.step, what)),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(fail(simulation.step, format!("panic: {}", text.unwrap_or_default())))
        }
    }
}

impl Simulation {
    fn new(plan: &Plan) -> Result<Self, String> {
        let random = Random::new(plan.seed.wrapping_mul(31));
        let world = World::new(plan)?;
        let tolerated = match plan.options.planted {
            Some(runtime::Planted::StepPanics(_)) => vec!["planned to panic"],
            Some(runtime::Planted::StepBreaks(_)) => vec!["an invariant of instance"],
            _ => Vec::new(),
        };
        let mut clients = Clients::default();
        clients.tolerated = tolerated;
        Ok(Simulation { plan: plan.clone(), random, world, clients, step: 0, discarded: 0 })
    }

    fn play(&mut self) -> Result<Stats, String> {
        let deploy = self.clients.deploy(models::all());
        self.send(deploy);
        self.settle()?;
        self.world.network().set_calm(false);
        while self.step < self.plan.steps {
            self.step += 1;
            self.act()?;
        }
        self.finish()?;
        let records = audit::check(&self.world, &self.clients.ledger, true)?;
        Ok(Stats {
            records,
            answers: self.clients.ledger.len() as u64,
            restarts: self.world.starts - 1,
            discarded: self.discarded + self.world.node().status().discarded,
            trimmed: self.world.node().status().log_first_lsn - 1,
        })
    }

    /// One thing happens.
    fn act(&mut self) -> Result<(), String> {
        let dice = self.random.below(1_000);
        if dice < self.plan.crashes {
            return self.crash();
        }
        if self.random.below(1_000) < self.plan.faults {
            let (after, full) = (self.random.below(6), self.random.chance(40));
            self.world.fail_soon(after, full);
        }
        if self.world.is_dead() {
            return self.crash();
        }
        match self.random.below(100) {
            0..=25 => {
                let call = self.clients.invent(&mut self.random);
                self.send(call);
            }
            26..=32 => {
                let call = self.clients.some_call(&mut self.random);
                self.send(call);
            }
            33..=40 => {
                let ask = self.clients.poll(&mut self.random);
                self.submit(ask);
            }
            41..=65 => {
                self.world.turn();
                self.take()?;
            }
            66..=81 => self.world.sync(),
            82..=87 => self.world.store()?,
            88..=91 => drop(self.world.export()),
            92 => self.world.trim()?,
            _ => self.pass_time(),
        }
        Ok(())
    }

    fn pass_time(&mut self) {
        let leap = match self.random.below(100) {
            0..=69 => self.random.below(2_000) as i64,
            70..=94 => self.random.below(60_000) as i64,
            95..=97 => self.random.below(86_400_000) as i64,
            _ => -(self.random.below(600_000) as i64),
        };
        self.world.wall += leap;
    }

    fn send(&mut self, call: usize) {
        let send = self.clients.send(call);
        self.submit(send);
    }

    fn submit(&mut self, request: Inbound<u64>) {
        self.world.network().request(request);
    }

    /// Clients get what the network brings them.
    fn take(&mut self) -> Result<(), String> {
        let now = self.world.network().sent();
        for (sent, output) in self.world.network().answered() {
            match output {
                Output::Answer(token, answer) => self.clients.answered(token, &answer, now)?,
                Output::Jobs(token, jobs) => self.clients.activated(token, &jobs, sent)?,
            }
        }
        Ok(())
    }

    fn crash(&mut self) -> Result<(), String> {
        let (power, tried, rows) = (self.random.chance(70), self.random.chance(50), self.random.chance(50));
        self.clients.disconnected();
        self.discarded += self.world.node().status().discarded;
        self.world.crash(power, tried, rows)?;
        if self.random.chance(25) {
            self.compare()?;
        }
        Ok(())
    }

    /// Memory right after recovery is what the log says, with and without the store.
    fn compare(&mut self) -> Result<(), String> {
        let live = self.world.node().snapshot().map_err(|error| error.to_string())?;
        for (from, replayed) in self.world.replays()? {
            let different = live.iter().find(|(key, state)| replayed.get(*key) != Some(state));
            let missing = replayed.keys().find(|key| !live.contains_key(*key));
            if let Some(key) = different.map(|(key, _)| key).or(missing) {
                return Err(format!(
                    "aggregate {:?} is not what {from} gives: live {:02x?}, replayed {:02x?}",
                    String::from_utf8_lossy(key),
                    live.get(key),
                    replayed.get(key),
                ));
            }
        }
        audit::check(&self.world, &self.clients.ledger, false).map(drop)
    }

    /// Lets the node come to rest without faults.
    fn settle(&mut self) -> Result<(), String> {
        for _ in 0..100_000 {
            self.world.turn();
            self.take()?;
            self.world.sync();
            self.world.store()?;
            self.world.trim()?;
            while self.world.export() {}
            if self.world.is_dead() {
                return Err("the node refuses though nothing failed".to_owned());
            }
            if self.world.is_at_rest() {
                return Ok(());
            }
        }
        Err("the node does not come to rest".to_owned())
    }

    /// The faults stop; clients ask until they have their answers, workers do all jobs, time passes.
    fn finish(&mut self) -> Result<(), String> {
        self.clients.disconnected();
        self.world.crash(true, false, false)?;
        self.world.network().set_calm(true);
        self.compare()?;
        for _ in 0..FINAL_ROUNDS {
            for call in self.clients.unanswered() {
                self.send(call);
            }
            for send in self.clients.finish() {
                self.submit(send);
            }
            self.settle()?;
            self.world.wall += 700_000;
            self.settle()?;
            let live = self.world.node().snapshot().map_err(|error| error.to_string())?;
            // Only the definitions are left.
            if live.len() <= 1 && self.clients.unanswered().is_empty() {
                self.world.check_exports()?;
                return self.compare();
            }
        }
        let live = self.world.node().snapshot().map_err(|error| error.to_string())?;
        let names: Vec<_> = live.keys().map(|key| String::from_utf8_lossy(key)).collect();
        Err(format!(
            "{} calls and these aggregates never come to their end: {names:?}",
            self.clients.unanswered().len()
        ))
    }
}

/// Steps that a plan makes panic are no news; every other panic is printed as before.
fn quiet_planned_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let planned =
                |text: &str| text.contains("is planned to panic") || text.contains("an invariant of");
            let planned = panic.payload_as_str().is_some_and(planned);
            if !planned {
                before(panic);
            }
        }));
    });
}
