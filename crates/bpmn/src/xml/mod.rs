//! A lossless XML tree: every byte of the file is held by exactly one piece of one node.
//!
//! **Invariant:** a document that was not edited is written back byte for byte; an edit changes the pieces it
//! names (and the white space that indents what it inserts or removes) and no others. Files that are not UTF-8
//! (UTF-16, ISO-8859-1, Windows-1252, declared or recognised) are decoded on reading and encoded again on
//! writing, so the same holds for them.

mod edit;
mod encoding;
mod escape;
mod name;
mod parse;
mod tree;

pub(crate) use edit::preferred_prefix;
pub(crate) use escape::{escape_attribute, escape_text};
pub(crate) use name::is_ncname;
pub(crate) use parse::XML_NAMESPACE;

pub use edit::EditError;
pub use encoding::Encoding;
pub use parse::read;
pub use tree::{Attribute, Document, Element, Node, NodeId, NodeKind, Place};
