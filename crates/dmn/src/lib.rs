//! DMN: decision tables and decision requirements graphs on FEEL.
