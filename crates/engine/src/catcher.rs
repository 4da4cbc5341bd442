//! Who catches an error or escalation (BPMN 13.5.5): from the thrower outwards the event sub-processes of its scope,
//! the boundary events of the activity that the scope is, the event sub-processes around that, and so on; at each
//! place an event with the code before one for every code.

use crate::compile::{Catch, Node, NodeKind, Process};
use crate::elements::{self, boundary_event::Reach};
use crate::expression::Failure;
use crate::instance::Role;
use crate::run::Run;
use record::{AggregateId, Command, Event, IncidentType, Key, Str, Variables};

/// How well an event fits what is thrown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// It is for everything.
    Every,
    /// It names the code.
    Exact,
}

fn fit(wanted: &Option<Str>, code: &str) -> Option<Fit> {
    match wanted {
        None => Some(Fit::Every),
        Some(wanted) if &**wanted == code => Some(Fit::Exact),
        Some(_) => None,
    }
}

/// How well an event fits an error.
pub(crate) fn error(catch: &Catch, code: &str) -> Option<Fit> {
    catch
        .parts()
        .iter()
        .filter_map(|part| if let Catch::Error(wanted) = part { fit(wanted, code) } else { None })
        .max()
}

/// How well an event fits an escalation.
pub(crate) fn escalation(catch: &Catch, code: &str) -> Option<Fit> {
    let parts = catch.parts().iter();
    parts.filter_map(|part| if let Catch::Escalation(wanted) = part { fit(wanted, code) } else { None }).max()
}

impl Process {
    /// The boundary event of an activity that fits best, the first one of equals.
    pub(crate) fn boundary_catching(
        &self,
        node: &Node,
        fits: impl Fn(&Node, &Catch) -> Option<Fit>,
    ) -> Option<usize> {
        let events = node.boundary.iter().copied().filter_map(|event| match &self.nodes[event].kind {
            NodeKind::Boundary { catch, .. } => Some((fits(&self.nodes[event], catch)?, event)),
            _ => None,
        });
        best(events)
    }

    fn start_catching(
        &self,
        event_sub_processes: &[usize],
        except: Option<usize>,
        fits: impl Fn(&Node, &Catch) -> Option<Fit>,
    ) -> Option<usize> {
        let events =
            event_sub_processes.iter().filter(|it| Some(**it) != except).filter_map(|&sub_process| {
                let NodeKind::EventSubProcess { start, .. } = &self.nodes[sub_process].kind else {
                    return None;
                };
                let NodeKind::StartEvent(catch) = &self.nodes[*start].kind else { return None };
                Some((fits(&self.nodes[*start], catch)?, *start))
            });
        best(events)
    }
}

fn best(events: impl Iterator<Item = (Fit, usize)>) -> Option<usize> {
    let mut found: Option<(Fit, usize)> = None;
    for (fit, event) in events {
        if found.is_none_or(|(known, _)| fit > known) {
            found = Some((fit, event));
        }
    }
    found.map(|(_, event)| event)
}

/// Where something thrown was caught.
struct Caught {
    /// The activity, or the scope of the event sub-process.
    at: Key,
    /// The boundary event, or the start event.
    event: usize,
}

impl Run<'_> {
    /// Who catches what an element throws. `fits` is given the scope or activity where an event would catch it, too.
    fn catcher(&self, thrower: Key, fits: impl Fn(Key, &Node, &Catch) -> Option<Fit>) -> Option<Caught> {
        let process = self.process;
        let mut at = thrower;
        loop {
            let element = self.instance.element(at)?;
            let node = process.node(element.ordinal);
            // Boundary events belong to all iterations together.
            if let Some((_, node)) = node
                && !matches!(element.role, Role::Iteration | Role::Inner)
                && let Some(event) = process.boundary_catching(node, |event, catch| fits(at, event, catch))
            {
                return Some(Caught { at, event });
            }
            let scope = element.scope;
            let outer = self.instance.element(scope)?;
            let inside = match process.node(outer.ordinal) {
                Some((_, scope)) => &scope.event_sub_processes,
                None => &process.event_sub_processes,
            };
            if !outer.interrupted && outer.role != Role::Body && outer.role != Role::Inner {
                let own = node.map(|(index, _)| index);
                if let Some(event) =
                    process.start_catching(inside, own, |event, catch| fits(scope, event, catch))
                {
                    return Some(Caught { at: scope, event });
                }
            }
            at = scope;
        }
    }

    /// True where nothing but parts of this kind is missing at an event that needs all of them.
    fn lacks_only(&self, at: Key, event: &Node, catch: &Catch, kind: impl Fn(&Catch) -> bool) -> bool {
        let Catch::Multiple { parts, parallel: true } = catch else { return true };
        let missing = parts
            .iter()
            .enumerate()
            .filter(|(part, _)| !self.instance.occurred.contains(&(at, (event.ordinal, *part as u32))));
        missing.into_iter().filter(|(_, part)| !kind(part)).count() == 0
    }

    /// Notes the part of this kind where the event needs all of them. True where the event has occurred.
    fn is_last(&mut self, caught: &Caught, kind: impl Fn(&Catch) -> bool) -> bool {
        let event = &self.process.nodes[caught.event];
        let (NodeKind::Boundary { catch, .. } | NodeKind::StartEvent(catch)) = &event.kind else {
            return true;
        };
        let Catch::Multiple { parts, parallel: true } = catch else { return true };
        let Some(part) = parts.iter().position(kind) else { return true };
        self.all_occurred(caught.at, event.ordinal, part as u32, parts.len())
    }

    fn caught(&mut self, caught: &Caught, variables: Variables) {
        match self.process.nodes[caught.event].kind {
            NodeKind::Boundary { .. } => {
                elements::boundary_event::trigger(self, caught.at, caught.event, variables, Reach::EventOnly);
            }
            _ => elements::event_sub_process::trigger(
                self,
                caught.at,
                caught.event,
                variables,
                Reach::EventOnly,
            ),
        }
    }

    /// Throws an error from an element. True where it is caught here; false where a calling instance has to say
    /// whether it catches it.
    pub(crate) fn throw_error(
        &mut self,
        element: Key,
        code: &Str,
        message: &Str,
        variables: Variables,
        job: Key,
    ) -> Result<bool, Failure> {
        if self.try_throw_error(element, code, message, variables.clone()) {
            return Ok(true);
        }
        let Some((parent, caller)) = self.caller() else {
            return Err(self.uncaught(element, code, message));
        };
        let (code, message) = (code.clone(), message.clone());
        let (instance, origin) = (self.instance.key, self.instance.key);
        let thrower = element;
        self.send(
            parent,
            Command::PropagateError {
                element: caller,
                instance,
                thrower,
                job,
                code,
                message,
                variables,
                origin,
            },
        );
        Ok(false)
    }

    /// Throws an error for catchers of this instance. False where none fits.
    pub(crate) fn try_throw_error(
        &mut self,
        element: Key,
        code: &Str,
        message: &Str,
        variables: Variables,
    ) -> bool {
        // An error does not wait for the other parts of an event that needs them all: it is the last one, or goes on.
        let fits = |at, event: &Node, catch: &Catch| {
            error(catch, code).filter(|_| self.lacks_only(at, event, catch, |it| error(it, code).is_some()))
        };
        let Some(caught) = self.catcher(element, fits) else { return false };
        let caught_by = self.process.nodes[caught.event].ordinal;
        let (code, message) = (code.clone(), message.clone());
        let is_error = |it: &Catch| error(it, &code).is_some();
        self.emit(Event::ErrorThrown { element, code: code.clone(), message, caught_by });
        if self.is_last(&caught, is_error) {
            self.caught(&caught, variables);
        }
        true
    }

    /// The calling instance and its call activity.
    pub(crate) fn caller(&self) -> Option<(AggregateId, Key)> {
        let origin = self.instance.origin.as_ref().filter(|origin| !origin.parent.is_none())?;
        Some((AggregateId::from(origin.parent), origin.parent_element))
    }

    /// Throws an escalation from an element. What nothing catches is of no consequence (BPMN 13.5.5).
    pub(crate) fn throw_escalation(&mut self, element: Key, code: &Str, variables: Variables) {
        let caught = self.catcher(element, |_, _, catch| escalation(catch, code));
        let caught_by = caught.as_ref().map_or(0, |caught| self.process.nodes[caught.event].ordinal);
        self.emit(Event::EscalationThrown { element, code: code.clone(), caught_by });
        match caught {
            // Without one of its other parts the event has not occurred.
            Some(caught) if !self.is_last(&caught, |it| escalation(it, code).is_some()) => {}
            Some(caught) => self.caught(&caught, variables),
            None => {
                if let Some((parent, caller)) = self.caller() {
                    let (instance, code) = (self.instance.key, code.clone());
                    self.send(
                        parent,
                        Command::PropagateEscalation { element: caller, instance, code, variables },
                    );
                }
            }
        }
    }

    /// Why an error stays with its thrower, with the codes that would have been caught.
    pub(crate) fn uncaught(&self, thrower: Key, code: &Str, message: &Str) -> Failure {
        let codes = self.caught_codes(thrower);
        let available = match codes.is_empty() {
            true => "No error events are available in the scope.".to_owned(),
            false => format!("Available error events are [{}].", codes.join(", ")),
        };
        let mut text = format!(
            "Expected to throw an error event with the code '{code}', but it was not caught. {available}"
        );
        if !message.is_empty() {
            text = format!("{text} The error's message is: {message}");
        }
        Failure::new(IncidentType::UnhandledErrorEvent, text)
    }

    /// The codes of all error events around a thrower, the innermost first.
    fn caught_codes(&self, thrower: Key) -> Vec<Str> {
        let codes = std::cell::RefCell::new(Vec::new());
        self.catcher(thrower, |_, _, catch| {
            let parts = catch.parts().iter();
            codes.borrow_mut().extend(
                parts.filter_map(|part| if let Catch::Error(code) = part { code.clone() } else { None }),
            );
            None
        });
        codes.into_inner()
    }
}
