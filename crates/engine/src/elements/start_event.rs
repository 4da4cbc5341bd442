//! Start event (BPMN 13.5.1): a token goes through; output mappings see the variables that started it.

use crate::expression::Failure;
use crate::run::Run;
use record::Key;

pub(super) fn activate(run: &mut Run<'_>, node: usize, key: Key, scope: Key) -> Result<(), Failure> {
    super::task::activate(run, node, key, scope)
}
