//! Bounds on what a BPMN file may contain. A model is hostile input; each bound has a diagnostic code.

/// Bytes of a file.
pub const SIZE_BYTES: usize = 8 * 1024 * 1024;
/// Nesting of elements.
pub const DEPTH: usize = 256;
/// Elements of a file.
pub const ELEMENTS: usize = 100_000;
/// Attributes of one element, namespace declarations included.
pub const ATTRIBUTES_PER_ELEMENT: usize = 128;
/// Namespace declarations in scope at one place.
pub const NAMESPACES_IN_SCOPE: usize = 64;
/// Bytes of one attribute value, text, comment, CDATA section or processing instruction.
pub const TEXT_BYTES: usize = 1024 * 1024;
/// Bytes of a name.
pub const NAME_BYTES: usize = 1024;
/// Diagnostics reported for one file; the rest is summed up in one more.
pub const DIAGNOSTICS: usize = 1_000;
/// Agents of one process: their keys are the definition's with their number in eleven bits of it.
pub const AGENTS: usize = 2_047;
/// Files that are looked at together by way of imports.
pub const IMPORTED_FILES: usize = 64;
