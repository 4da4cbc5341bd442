//! Where an element begins when someone chooses it, by a modification or a start instruction: which of the scopes
//! around it live, and which have to begin with it.
//!
//! Invariant: from the process inwards one living scope is found at each level, or none. The element instance that
//! someone names (the ancestor) is one of them, and below it nothing that lives is taken: scopes begin anew there.

use crate::compile::{NodeKind, Process};
use crate::elements::process;
use crate::instance::Role;
use crate::run::Run;
use record::{Event, Key};

/// Why nobody can choose an element: it needs what comes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsupported {
    /// The gateway waits for it.
    BehindEventBasedGateway,
    /// Its activity waits for it.
    Boundary,
    /// The scope of its event sub-process waits for it.
    StartOfEventSubProcess,
}

/// Why there is no place for an element. Both name the sub-process around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Misplaced {
    /// Several instances of it would do.
    Ambiguous(usize),
    /// An iteration of it would have to begin, and how many there are is not known.
    Looping(usize),
}

/// The scopes around an element.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The innermost one that lives.
    pub scope: Key,
    /// Those that live, except the process, with their nodes; the outermost first.
    live: Vec<(usize, Key)>,
    /// The innermost one is an ad-hoc sub-process, in which each activity has a scope of its own.
    inner: bool,
    /// Those that have to begin, the outermost first.
    missing: Vec<usize>,
}

impl Process {
    /// The sub-processes around a node, the outermost first.
    pub(crate) fn around(&self, node: usize) -> Vec<usize> {
        let mut path: Vec<usize> =
            std::iter::successors(self.nodes[node].parent, |&outer| self.nodes[outer].parent).collect();
        path.reverse();
        path
    }

    /// Why an element cannot be chosen; none where it can.
    pub(crate) fn unsupported(&self, node: usize) -> Option<Unsupported> {
        let model = &self.nodes[node];
        let is_gateway = |flow: &usize| {
            matches!(self.nodes[self.flows[*flow].source].kind, NodeKind::EventBasedGateway(_))
        };
        if model.incoming.iter().any(is_gateway) {
            return Some(Unsupported::BehindEventBasedGateway);
        }
        let starts_by_event = model
            .parent
            .is_some_and(|parent| matches!(self.nodes[parent].kind, NodeKind::EventSubProcess { .. }));
        match model.kind {
            NodeKind::Boundary { .. } => Some(Unsupported::Boundary),
            NodeKind::StartEvent(_) if starts_by_event => Some(Unsupported::StartOfEventSubProcess),
            _ => None,
        }
    }
}

impl Run<'_> {
    /// Where an element begins; inside of `ancestor`, if that is given.
    pub(crate) fn place_of(&self, node: usize, ancestor: Key) -> Result<Place, Misplaced> {
        let process = self.process;
        let path = process.around(node);
        let mut place =
            Place { scope: self.instance.key, live: Vec::new(), inner: false, missing: Vec::new() };
        for (depth, &outer) in path.iter().enumerate() {
            let plain = |role: Role| matches!(role, Role::Plain | Role::Body);
            let Some(mut at) = self.living(outer, place.scope, ancestor, plain)? else {
                place.missing = self.beginning(&path[depth..])?;
                break;
            };
            if process.nodes[outer].looping.is_some() {
                let iteration = self.living(outer, at, ancestor, |role| role == Role::Iteration)?;
                at = iteration.ok_or(Misplaced::Looping(outer))?;
            }
            place.live.push((outer, at));
            place.scope = at;
            if matches!(process.nodes[outer].kind, NodeKind::AdHoc(_)) {
                let Some(inner) = self.inner_around(at, ancestor) else {
                    place.inner = true;
                    place.missing = self.beginning(&path[depth + 1..])?;
                    break;
                };
                place.scope = inner;
            }
        }
        Ok(place)
    }

    /// The instance of a sub-process in `scope` that is taken; none where a new one has to begin.
    fn living(
        &self,
        node: usize,
        scope: Key,
        ancestor: Key,
        fits: impl Fn(Role) -> bool,
    ) -> Result<Option<Key>, Misplaced> {
        let ordinal = self.process.nodes[node].ordinal;
        let found: Vec<Key> = self
            .instance
            .children(scope)
            .filter(|it| it.ordinal == ordinal && fits(it.role) && !it.is_terminating())
            .map(|it| it.key)
            .collect();
        if let Some(around) = found.iter().find(|&&key| key == ancestor || self.is_under(ancestor, key)) {
            return Ok(Some(*around));
        }
        if !ancestor.is_none() && found.iter().any(|&key| self.is_under(key, ancestor)) {
            return Ok(None);
        }
        match found[..] {
            [] => Ok(None),
            [only] => Ok(Some(only)),
            _ => Err(Misplaced::Ambiguous(node)),
        }
    }

    /// The scope of one activity in an ad-hoc sub-process that is the ancestor, or is around it.
    fn inner_around(&self, ad_hoc: Key, ancestor: Key) -> Option<Key> {
        let mut inner = self.instance.children(ad_hoc).filter(|it| it.role == Role::Inner).map(|it| it.key);
        inner.find(|&key| key == ancestor || self.is_under(ancestor, key))
    }

    /// The scopes that begin, unless one of them loops.
    fn beginning(&self, scopes: &[usize]) -> Result<Vec<usize>, Misplaced> {
        match scopes.iter().find(|&&outer| self.process.nodes[outer].looping.is_some()) {
            Some(&outer) => Err(Misplaced::Looping(outer)),
            None => Ok(scopes.to_vec()),
        }
    }

    /// True where one element instance lies inside of another.
    pub(crate) fn is_under(&self, inner: Key, outer: Key) -> bool {
        let scope_of = |key: Key| self.instance.element(key).map(|it| it.scope);
        std::iter::successors(scope_of(inner), |&at| scope_of(at)).any(|scope| scope == outer)
    }

    /// Lets the scopes of a place begin, and tells `set` of each but the process. Gives the innermost one.
    pub(crate) fn open_place(&mut self, place: &Place, mut set: impl FnMut(&mut Self, usize, Key)) -> Key {
        for (node, key) in &place.live {
            set(self, *node, *key);
        }
        let mut scope = place.scope;
        if place.inner {
            scope = self.open_inner(scope);
        }
        for &outer in &place.missing {
            scope = process::open_scope(self, outer, scope);
            set(self, outer, scope);
            if matches!(self.process.nodes[outer].kind, NodeKind::AdHoc(_)) {
                scope = self.open_inner(scope);
            }
        }
        scope
    }

    /// What runs in an ad-hoc sub-process has a scope of its own.
    fn open_inner(&mut self, ad_hoc: Key) -> Key {
        let ordinal = self.instance.element(ad_hoc).map_or(0, |element| element.ordinal);
        let key = self.key();
        self.emit(Event::InnerStarted { key, ordinal, scope: ad_hoc });
        key
    }

    /// Starts at a node; the sub-processes around it begin without their own start events.
    pub(crate) fn start_at(&mut self, node: usize) {
        // Most starts have nothing around them.
        if self.process.nodes[node].parent.is_none() {
            return self.start(node, self.instance.key);
        }
        match self.place_of(node, Key::NONE) {
            Ok(place) => {
                let scope = self.open_place(&place, |_, _, _| {});
                self.start(node, scope);
            }
            // Start instructions inside of loops are refused before.
            Err(_) => self.start(node, self.instance.key),
        }
    }
}
