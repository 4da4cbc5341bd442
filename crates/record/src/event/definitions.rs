//! What happens to definitions and other deployed files, as a part of the table of events.

/// Declares [`super::Event`]: the given variants, and those of definitions.
macro_rules! with_definitions {
    ({ $($others:tt)* }) => { choice! {
    /// A change of one aggregate.
    pub enum Event {
        $($others)*
        /// A process definition is there.
        60 DefinitionDeployed {
            /// Its key.
            1 key: Key,
            /// The deployment.
            2 deployment: Key,
            /// BPMN id.
            3 process_id: Str,
            /// The version.
            4 version: u32,
            /// File name.
            5 resource: Str,
            /// The file; empty where an earlier definition of the same deployment has it.
            6 content: Bytes,
            /// SHA-256 of the file.
            7 digest: Bytes,
            /// Version tag of the model.
            8 version_tag: Str,
            /// Name of the process.
            9 name: Str,
            /// The files that the file imports: what it refers to in them is part of the definition.
            10 imports: Vec<crate::Resource>,
        },
        /// A deployment is complete.
        61 DeploymentCreated {
            /// Its key.
            1 key: Key,
        },
        /// A timer start event waits.
        62 StartTimerScheduled {
            /// The timer.
            1 key: Key,
            /// The definition.
            2 definition: Key,
            /// The start event.
            3 ordinal: u32,
            /// When, milliseconds since 1970.
            4 due: i64,
            /// Firings left after this one; -1 without end.
            5 repetitions: i32,
            /// The cycle's text.
            6 cycle: Str,
        },
        /// A timer start event fired.
        63 StartTimerTriggered {
            /// The timer.
            1 key: Key,
        },
        /// A newer version took its place.
        64 StartTimerCanceled {
            /// The timer.
            1 key: Key,
        },
        /// A decision requirements graph is there.
        65 RequirementsDeployed {
            /// Its key.
            1 key: Key,
            /// The deployment.
            2 deployment: Key,
            /// DMN id of the graph.
            3 id: Str,
            /// Its name.
            4 name: Str,
            /// The version.
            5 version: u32,
            /// File name.
            6 resource: Str,
            /// The file.
            7 content: Bytes,
            /// SHA-256 of the file.
            8 digest: Bytes,
            /// The graphs that it is linked with, also through others.
            9 imports: Vec<Key>,
        },
        /// A decision of the graph that was deployed before it is there.
        66 DecisionDeployed {
            /// Its key.
            1 key: Key,
            /// The graph.
            2 requirements: Key,
            /// DMN id.
            3 id: Str,
            /// Its name.
            4 name: Str,
            /// The version.
            5 version: u32,
            /// The tag by which processes ask for this version; empty without one.
            6 version_tag: Str,
        },
        /// A file that is neither processes nor decisions was deployed.
        113 FileDeployed {
            /// The file.
            1 file: Box<DeployedFile>,
        },
        /// A process definition is no more; instances no longer start by it.
        114 DefinitionDeleted {
            /// The definition; where it was deleted before, only its history goes now.
            1 key: Key,
            /// So is what was kept of it and of its instances.
            2 history: bool,
        },
        /// A decision requirements graph is no more, nor are its decisions.
        115 RequirementsDeleted {
            /// The graph; where it was deleted before, only its history goes now.
            1 key: Key,
            /// So is what was kept of it and of its evaluations.
            2 history: bool,
        },
        /// A file that is neither processes nor decisions is no more.
        116 FileDeleted {
            /// The file.
            1 key: Key,
        },
    }
    } };
}

pub(super) use with_definitions;
