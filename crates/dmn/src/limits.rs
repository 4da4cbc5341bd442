//! Every bound on hostile input, in one place. All are counted, never measured by a clock.

/// Bytes of a file.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;
/// Nesting of elements.
pub const MAX_DEPTH: usize = 120;
/// Elements of a file.
pub const MAX_ELEMENTS: usize = 600_000;
/// Attributes of one element.
pub const MAX_ATTRIBUTES: usize = 128;
/// Bytes of one text or attribute value.
pub const MAX_TEXT_BYTES: usize = 1024 * 1024;
/// Rules of one decision table.
pub const MAX_RULES: usize = 50_000;
/// Decisions, inputs, business knowledge models and decision services of one model.
pub const MAX_NODES: usize = 20_000;
/// Models that one model may import, also through others.
pub const MAX_IMPORTS: usize = 200;
/// Diagnostics reported for one model.
pub const MAX_DIAGNOSTICS: usize = 500;
/// Pairs of rules compared when looking for overlapping rules.
pub const MAX_RULE_PAIRS: usize = 2_000_000;
/// Overlapping pairs of rules reported for one table.
pub const MAX_OVERLAPS: usize = 10;
/// Types in a type, each counted as often as it occurs.
pub const MAX_TYPE_WEIGHT: u32 = 10_000;
/// Names of types that FEEL may use in one model, those of imported models included.
pub const MAX_TYPE_NAMES: usize = 20_000;
/// Nesting of item definitions in each other.
pub const MAX_TYPE_DEPTH: usize = 40;
