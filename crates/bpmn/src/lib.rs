//! BPMN XML: lossless tree, typed view, dialects, validation with located diagnostics.
