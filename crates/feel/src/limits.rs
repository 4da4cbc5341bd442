//! Every bound on hostile input, in one place. All are counted, never measured by a clock.

/// Longest source text, in bytes.
pub const MAX_SOURCE_BYTES: usize = 256 * 1024;
/// Deepest nesting of an expression.
pub const MAX_EXPRESSION_DEPTH: u32 = 128;
/// Terms of one chain such as `a + b + c` that nest; longer chains are evaluated in a loop.
pub const MAX_NESTED_CHAIN: u32 = 16;
/// Deepest evaluation, in nested expressions over all active function calls.
pub const MAX_EVALUATION_DEPTH: u32 = 1_500;
/// Deepest nesting of lists and contexts in a value.
pub const MAX_VALUE_DEPTH: u16 = 128;
/// Longest string that an evaluation may build, in bytes.
pub const MAX_STRING_BYTES: usize = 1024 * 1024;
/// Longest list that an evaluation may build.
pub const MAX_LIST_ITEMS: usize = 1_000_000;
/// Longest regular expression, in bytes.
pub const MAX_PATTERN_BYTES: usize = 16 * 1024;
/// Steps that building one regular expression may take.
pub const MAX_REGEX_STEPS: u64 = 500_000;
/// Memory of a compiled regular expression, in bytes.
pub const MAX_REGEX_BYTES: usize = 1024 * 1024;
/// Warnings kept of one evaluation.
pub const MAX_WARNINGS: usize = 64;
/// Names that are compared while compiling one expression: those in scope, for each use of a name.
pub const MAX_NAME_LOOKUPS: u64 = 4_000_000;
/// Fuel for folding a constant sub-expression when compiling.
pub const FOLD_FUEL: u64 = 1_000;
/// Fuel for all that is evaluated when compiling one expression: constants and regular expressions. What costs more
/// is evaluated when the expression is.
pub const PREPARE_FUEL: u64 = 20_000;
/// Fuel of one evaluation unless the caller says otherwise.
pub const DEFAULT_FUEL: u64 = 1_000_000;
/// Most values, all nested ones counted each time they occur, in one value.
pub const MAX_VALUE_WEIGHT: u32 = 2_000_000;
/// Greatest height of a compiled tree.
pub const MAX_HEIGHT: u16 = 250;
