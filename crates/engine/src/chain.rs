//! How long the engine goes on by itself, across steps and instances.
//!
//! A step may send commands, those lead to other steps, and those send again: signals and messages that start what
//! throws them, an instance that takes its own messages, a loop around a call activity. Every command therefore carries
//! what led to it. What comes from a client, a worker or a clock begins anew; what a command sends counts one more.
//!
//! **Invariant**: only what led to a step counts, never what else goes on. So the same run meets the same limit whatever
//! the number of partitions, and neither many messages from outside nor many instances side by side are a long chain.

use crate::expression::Failure;
use crate::instance::Instance;
use crate::limits;
use crate::run::Run;
use record::IncidentType;
use record::event::Chain;

/// What leads to a command that is sent.
pub(crate) fn sent(chain: Chain) -> Chain {
    Chain { hops: chain.hops.saturating_add(1), ..chain }
}

/// What leads to an instance that a message or signal starts.
pub(crate) fn started(chain: Chain) -> Chain {
    Chain { starts: chain.starts.saturating_add(1), ..chain }
}

/// What leads to the rest of a step that ended at its budget.
pub(crate) fn continued(chain: Chain) -> Chain {
    let hops = limits::MAX_HOPS / limits::MAX_CONTINUATIONS;
    Chain { hops: chain.hops.saturating_add(hops), ..chain }
}

/// What leads to a step of an instance. What it started and now answers it is no start of its own.
pub(crate) fn of(chain: Chain, instance: &Instance) -> Chain {
    if chain.starts == 0 {
        return chain;
    }
    let own = instance.origin.as_ref().map_or(0, |origin| origin.starts);
    Chain { starts: chain.starts.min(own), ..chain }
}

impl Run<'_> {
    /// Something is about to begin that may come back at once. Refused where that has gone on for too long.
    pub(crate) fn may_go_on(&self, node: usize) -> Result<(), Failure> {
        let id = &self.process.nodes[node].id;
        if self.chain.starts >= limits::MAX_STARTS {
            let text = format!(
                "{} process instances started one another by messages or signals, without waiting for anything. Check \
                 the recursion that leads through '{id}'; resolving this incident lets it go on.",
                limits::MAX_STARTS
            );
            return Err(Failure::new(IncidentType::Unspecified, text));
        }
        if self.chain.hops >= limits::MAX_HOPS {
            let text = format!(
                "Messages, signals, calls and timers that were due at once followed one another {} times, without waiting \
                 for anything. Check the loop that leads through '{id}'; resolving this incident lets it go on.",
                limits::MAX_HOPS
            );
            return Err(Failure::new(IncidentType::Unspecified, text));
        }
        Ok(())
    }
}
