//! Properties over random processes with random stimuli: every run ends, tokens are conserved, and the four ways
//! of running it (1 or 3 partitions, evicted or not) tell the same story.

use std::fmt::Write;
use testkit::{World, model, service};

/// A small generator of its own, so that a seed means the same everywhere.
struct Rng(u64);

impl Rng {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A block-structured process: what is forked is joined, what is opened is closed.
struct Generator {
    rng: Rng,
    nodes: String,
    flows: String,
    count: u32,
}

impl Generator {
    fn id(&mut self, kind: &str) -> String {
        self.count += 1;
        format!("{kind}{}", self.count)
    }

    /// Writes a block behind `from` and gives the node that it ends with.
    fn block(&mut self, from: &str, depth: u32) -> String {
        let choice = if depth == 0 { self.rng.below(4) } else { self.rng.below(8) };
        match choice {
            0 | 1 => self.leaf(from, |id| service(id, "work", "")),
            2 => self.leaf(from, |id| format!(r#"<task id="{id}"/>"#)),
            3 => self.leaf(from, |id| {
                format!(r#"<intermediateCatchEvent id="{id}"><timerEventDefinition><timeDuration>PT10S</timeDuration></timerEventDefinition></intermediateCatchEvent>"#)
            }),
            4 => self.split(from, depth, "parallelGateway"),
            5 => self.split(from, depth, "exclusiveGateway"),
            6 => self.sub_process(from, depth),
            _ => {
                let middle = self.block(from, depth - 1);
                self.block(&middle, depth - 1)
            }
        }
    }

    fn leaf(&mut self, from: &str, node: impl Fn(&str) -> String) -> String {
        let id = self.id("n");
        self.nodes.push_str(&node(&id));
        let _ = write!(self.flows, "{from} > {id};");
        id
    }

    fn split(&mut self, from: &str, depth: u32, gateway: &str) -> String {
        let (fork, join) = (self.id("f"), self.id("j"));
        let branches = 2 + self.rng.below(2);
        let mut default = String::new();
        let mut ends = Vec::new();
        for branch in 0..branches {
            let id = self.id("b");
            let _ = write!(self.nodes, r#"<task id="{id}"/>"#);
            let exclusive = gateway == "exclusiveGateway";
            if branch == 0 && exclusive {
                default = format!(r#" default="{fork}_{id}""#);
            }
            if branch > 0 && exclusive {
                let condition = self.rng.below(2) == 0;
                let _ = write!(
                    self.nodes,
                    r#"<sequenceFlow id="{fork}_{id}" sourceRef="{fork}" targetRef="{id}"><conditionExpression>={condition}</conditionExpression></sequenceFlow>"#
                );
            } else {
                let _ = write!(self.flows, "{fork} > {id};");
            }
            ends.push(self.block(&id, depth - 1));
        }
        let _ = write!(self.nodes, r#"<{gateway} id="{fork}"{default}/><{gateway} id="{join}"/>"#);
        let _ = write!(self.flows, "{from} > {fork};");
        for end in ends {
            let _ = write!(self.flows, "{end} > {join};");
        }
        join
    }

    fn sub_process(&mut self, from: &str, depth: u32) -> String {
        let id = self.id("sub");
        let outer = (std::mem::take(&mut self.nodes), std::mem::take(&mut self.flows));
        let (start, end) = (self.id("s"), self.id("e"));
        let last = self.block(&start, depth - 1);
        let inner = model(
            &format!(r#"<startEvent id="{start}"/>{}<endEvent id="{end}"/>"#, self.nodes),
            &format!("{}{last} > {end}", self.flows),
        );
        let from_tag = inner.find("<startEvent").expect("a start");
        let to_tag = inner.find("</process>").expect("an end");
        let content = inner[from_tag..to_tag].to_owned();
        (self.nodes, self.flows) = outer;
        let event = self.id("t");
        let interrupting = self.rng.below(2) == 0;
        let _ = write!(
            self.nodes,
            r#"<subProcess id="{id}">{content}</subProcess><boundaryEvent id="{event}" attachedToRef="{id}" cancelActivity="{interrupting}"><timerEventDefinition><timeDuration>PT15S</timeDuration></timerEventDefinition></boundaryEvent>"#
        );
        let _ = write!(self.flows, "{from} > {id};");
        if interrupting {
            // The event takes the place of the sub-process: both lead on.
            let merge = self.id("x");
            let _ = write!(self.nodes, r#"<exclusiveGateway id="{merge}"/>"#);
            let _ = write!(self.flows, "{id} > {merge};{event} > {merge};");
            return merge;
        }
        let handler = self.id("h");
        let _ = write!(self.nodes, r#"<endEvent id="{handler}"/>"#);
        let _ = write!(self.flows, "{event} > {handler};");
        id
    }
}

fn process(seed: u64) -> String {
    let mut generator = Generator { rng: Rng(seed), nodes: String::new(), flows: String::new(), count: 0 };
    let last = generator.block("start", 4);
    let nodes = format!(r#"<startEvent id="start"/>{}<endEvent id="end"/>"#, generator.nodes);
    model(&nodes, &format!("{}{last} > end", generator.flows))
}

/// Starts the process and does what can be done, in an order drawn from the seed, until nothing can.
fn run(seed: u64, xml: &str, partitions: u16, evict: bool) -> String {
    let mut world = World::new(partitions, evict);
    world.deploy(xml);
    world.start("p", "").unwrap_or_else(|rejection| panic!("{}\n{xml}", rejection.reason));
    let mut rng = Rng(seed);
    for _ in 0..500 {
        if world.ended() {
            break;
        }
        match (rng.below(4), world.job("work")) {
            (0, _) | (_, None) => world.advance(4_000),
            (1, Some((owner, job))) => {
                let fail = record::Command::FailJob {
                    job,
                    retries: 1,
                    back_off: 0,
                    message: "".into(),
                    variables: Vec::new(),
                    fence: 0,
                };
                world.submit(owner, fail).expect("the job is there");
            }
            (_, Some((owner, job))) => {
                let complete = record::Command::CompleteJob { job, variables: Vec::new(), fence: 0 };
                world.submit(owner, complete).expect("the job is there");
            }
        }
    }
    world.check_replay();
    assert!(world.ended(), "seed {seed} did not end:\n{xml}\n{}", world.trace);
    world.trace
}

#[test]
fn every_run_ends_and_all_ways_of_running_agree() {
    for seed in 0..300 {
        let xml = process(seed);
        let traces: Vec<String> =
            [(1, false), (3, false), (1, true), (3, true)].map(|(n, evict)| run(seed, &xml, n, evict)).into();
        for other in &traces[1..] {
            assert_eq!(&traces[0], other, "seed {seed}");
        }
        let count = |word: &str| traces[0].lines().filter(|line| line.trim_start().starts_with(word)).count();
        let begun = count("activated") - count("activating");
        let ended = count("completed") + count("terminated");
        assert_eq!(begun, ended, "seed {seed}: an element instance was lost or made twice\n{}", traces[0]);
        assert_eq!(count("JobCreated") + count("job work"), count("JobCompleted") + count("JobCanceled"));
    }
}
