//! Suspension: nothing of the instance goes on until it is resumed. What comes from other instances meanwhile is
//! kept; what people and workers want is refused.

use crate::run::Run;
use record::{Command, Event, Rejection, RejectionKind, Response};

impl Run<'_> {
    pub(crate) fn suspend(&mut self) -> Result<(), Rejection> {
        self.emit(Event::InstanceSuspended {});
        Ok(())
    }

    pub(crate) fn resume(&mut self) -> Result<(), Rejection> {
        if !self.instance.suspended {
            let text = format!(
                "Expected to resume process instance with key '{}', but it is not suspended",
                self.instance.key
            );
            return Err(Rejection::new(RejectionKind::InvalidState, text));
        }
        let parked = self.instance.parked.clone();
        self.emit(Event::InstanceResumed {});
        for command in &parked {
            // It was valid for someone when it came; where it no longer is, nothing happens.
            let _ = self.command(command);
        }
        self.go_on_with_pending();
        Ok(())
    }

    /// What a suspended instance does with a command; nothing where it is carried out as always.
    pub(crate) fn while_suspended(&mut self, command: &Command) -> Result<Option<Response>, Rejection> {
        match command {
            Command::ResumeProcessInstance {}
            | Command::CancelProcessInstance {}
            | Command::CancelCalled {}
            | Command::SettleDataStore { .. }
            | Command::SetVariables { .. } => Ok(None),
            Command::CorrelateSubscription { .. }
            | Command::CompleteCalled { .. }
            | Command::TerminateCalled { .. }
            | Command::PropagateError { .. }
            | Command::PropagateEscalation { .. }
            | Command::RejectError { .. }
            | Command::TriggerTimer { .. } => {
                self.emit(Event::CommandParked { command: Box::new(command.clone()) });
                Ok(Some(Response::Done {}))
            }
            // The tokens of the last step wait with everything else.
            Command::Continue {} => Ok(Some(Response::Done {})),
            _ => {
                let text = format!(
                    "Expected to process command {} for process instance with key '{}', but it is suspended; resume it first",
                    command.name(),
                    self.instance.key
                );
                Err(Rejection::new(RejectionKind::InvalidState, text))
            }
        }
    }
}
