//! The typed metamodel of BPMN 2.0 interchange: every element of the standard's schemas, diagrams included, with typed
//! attributes, and children in schema order.
//!
//! [`read`] makes [`Element`]s from a file's tree, [`write()`] makes a file from elements alone, [`insert`] puts an
//! element into an existing file. What vendors add is kept as [`Foreign`] trees. A table (`table.rs`) holds the
//! metamodel.
//!
//! **Invariant:** an element holds nothing its kind does not have; what a file has beyond that is reported on reading,
//! never copied.

mod element;
mod insert;
mod kind;
mod read;
mod table;
mod value;
mod write;

pub use element::{Element, Foreign, ForeignAttribute, ForeignPiece, ModelError, Namespace, Piece};
pub use insert::insert;
pub use kind::{Attribute, Content, Kind, Slot};
pub use read::read;
pub(crate) use read::read_into;
pub use value::{Reference, Value, ValueType};
pub use write::write;
