//! From models to a program. Invariant: whatever is wrong in one element leaves the others executable.

mod boxed;
mod graph;
mod scope;
mod table;
mod types;

use crate::code::{
    Code, DecisionCode, Element, Frame, InputCode, Kind, KnowledgeCode, LogicKind, Node, Program,
    Requirement, ServiceCode,
};
use crate::compiled::Compiled;
use crate::diagnostic::{Diagnostic, Place};
use crate::eval::closure;
use crate::limits;
use crate::model::{
    Decision, DecisionService, InputData, ItemDefinition, KnowledgeModel, Logic, Model, Variable,
};
use crate::service::service_function;
use crate::types::short;
use feel::Type;
use scope::Scope;
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use types::Types;

impl Model {
    /// Compiles the model, linked with the models it imports (also through others), which are found by namespace.
    ///
    /// What is wrong is in [`Compiled::diagnostics`]; [`Compiled::checked`] refuses a model with errors.
    pub fn compile(&self, imports: &[&Model]) -> Compiled {
        let mut compiler = Compiler::link(self, imports);
        let program = compiler.program();
        let mut found = compiler.diagnostics;
        found.sort_by_key(|(model, one)| (*model, one.place.line, one.place.column));
        let own = found.iter().take_while(|(model, _)| *model == 0).count();
        Compiled { program, own, diagnostics: found.into_iter().map(|(_, one)| one).collect() }
    }
}

pub(crate) struct Compiler<'m> {
    /// The model and those it imports.
    pub(crate) models: Vec<&'m Model>,
    /// For every model, the index of the model of each of its imports.
    pub(crate) imports: Vec<Vec<Option<usize>>>,
    types: Types,
    /// The item definitions of every model, by name.
    definitions: Vec<HashMap<&'m str, &'m ItemDefinition>>,
    /// Types by name, for FEEL, of every model.
    type_names: Vec<HashMap<String, Type>>,
    /// Names of components that are no plain words, of every model.
    properties: Vec<Vec<Arc<str>>>,
    /// The elements by model and id.
    by_id: HashMap<(usize, Arc<str>), u32>,
    /// The model of every element.
    owners: Vec<usize>,
    /// The index of the first element of every model.
    first_elements: Vec<usize>,
    /// What was found so far, with the model in which it is.
    diagnostics: Vec<(usize, Diagnostic)>,
}

impl<'m> Compiler<'m> {
    fn link(main: &'m Model, available: &[&'m Model]) -> Compiler<'m> {
        let mut compiler = Compiler {
            models: vec![main],
            imports: Vec::new(),
            types: Types::default(),
            definitions: Vec::new(),
            type_names: Vec::new(),
            properties: Vec::new(),
            by_id: HashMap::new(),
            owners: Vec::new(),
            first_elements: Vec::new(),
            diagnostics: Vec::new(),
        };
        let mut at = 0;
        while at < compiler.models.len() {
            let model = compiler.models[at];
            let mut linked = Vec::new();
            for import in &model.imports {
                let dmn =
                    import.import_type.is_empty() || crate::model::Version::of(&import.import_type).is_some();
                let known = compiler.models.iter().position(|model| *model.namespace == *import.namespace);
                let found = known.or_else(|| {
                    let found = available.iter().find(|model| *model.namespace == *import.namespace)?;
                    compiler.models.push(found);
                    Some(compiler.models.len() - 1)
                });
                if found.is_none() && !dmn {
                    let what = format!("import '{}'", import.name);
                    let message = format!("files of the type '{}' are not read", import.import_type);
                    let help = "remove the import; what refers to it gives null";
                    let diagnostic = Diagnostic::error("dmn.import.type", what, import.place, message, help);
                    compiler.report(at, diagnostic.warning());
                }
                if found.is_none() && dmn {
                    let what = format!("import '{}'", import.name);
                    let message = format!("there is no model with the namespace '{}'", import.namespace);
                    let help = "deploy the imported model before or together with this one, or correct the namespace";
                    compiler.report(
                        at,
                        Diagnostic::error("dmn.import.missing", what, import.place, message, help),
                    );
                }
                linked.push(found);
            }
            compiler.imports.push(linked);
            at += 1;
            if compiler.models.len() > limits::MAX_IMPORTS {
                let message = format!("more than {} models are imported", limits::MAX_IMPORTS);
                let place = Place::default();
                compiler
                    .report(0, Diagnostic::error("dmn.size", "definitions", place, message, "import fewer"));
                compiler.models.truncate(at);
            }
        }
        for linked in &mut compiler.imports {
            let count = compiler.models.len();
            linked.iter_mut().for_each(|import| *import = import.filter(|at| *at < count));
        }
        compiler
    }

    /// Reports a problem in a model; those of an imported one say so.
    pub(crate) fn report(&mut self, model: usize, mut diagnostic: Diagnostic) {
        if model > 0 {
            let linked = self.models[model];
            diagnostic.element = format!("{} of the imported model '{}'", diagnostic.element, linked.name);
        }
        let found = (model, diagnostic);
        if self.diagnostics.len() < limits::MAX_DIAGNOSTICS && !self.diagnostics.contains(&found) {
            self.diagnostics.push(found);
        }
    }

    fn program(&mut self) -> Arc<Program> {
        for at in 0..self.models.len() {
            let mut named = HashMap::new();
            for definition in &self.models[at].item_definitions {
                if named.contains_key(&*definition.name) {
                    let what = format!("itemDefinition '{}'", definition.name);
                    let message = "there is another type of this name; the first one counts";
                    let help = "rename one of them";
                    let diagnostic =
                        Diagnostic::error("dmn.type.duplicate", what, definition.place, message, help);
                    self.report(at, diagnostic.warning());
                } else {
                    named.insert(&*definition.name, definition);
                }
            }
            self.definitions.push(named);
        }
        for model in 0..self.models.len() {
            let names = self.type_names(model);
            self.type_names.push(names);
            let properties = graph::special_names(self.models[model]);
            self.properties.push(properties);
        }
        let shared = self.imported_properties();
        self.properties = shared;
        self.register_elements();
        let mut elements = Vec::with_capacity(self.owners.len());
        for model in 0..self.models.len() {
            let linked = self.models[model];
            elements.extend(linked.inputs.iter().map(|input| Element::Input(self.input(model, input))));
            for decision in &linked.decisions {
                elements.push(Element::Decision(Box::new(self.decision(model, decision))));
            }
            for knowledge in &linked.knowledge_models {
                elements.push(Element::Knowledge(self.knowledge(model, knowledge)));
            }
            elements
                .extend(linked.services.iter().map(|service| Element::Service(self.service(model, service))));
        }
        self.break_cycles(&mut elements);
        let order = self.knowledge_order(&elements);
        let namespaces = self.models.iter().map(|model| Arc::clone(&model.namespace)).collect();
        let models = self.owners.clone();
        Arc::new_cyclic(|program| {
            let functions = functions(&elements, &order, program);
            Program { elements, functions, namespaces, models }
        })
    }

    fn register_elements(&mut self) {
        for model in 0..self.models.len() {
            let linked = self.models[model];
            self.first_elements.push(self.owners.len());
            let inputs = linked.inputs.iter().map(|one| &one.id);
            let decisions = linked.decisions.iter().map(|one| &one.id);
            let knowledge = linked.knowledge_models.iter().map(|one| &one.id);
            let services = linked.services.iter().map(|one| &one.id);
            for id in inputs.chain(decisions).chain(knowledge).chain(services) {
                let index = self.owners.len() as u32;
                self.by_id.insert((model, Arc::clone(id)), index);
                self.owners.push(model);
            }
        }
    }

    fn input(&mut self, model: usize, input: &InputData) -> InputCode {
        let what = format!("inputData '{}'", input.name);
        let variable = input.variable.as_ref();
        let name = variable.map_or(&input.name, |variable| &variable.name);
        InputCode {
            id: Arc::clone(&input.id),
            name: Arc::clone(name),
            qualified: format!("{}#{name}", self.models[model].namespace).into(),
            path: self.import_path(0, model).unwrap_or_default(),
            kind: self.variable_type(model, variable, &what),
        }
    }

    fn variable_type(&mut self, model: usize, variable: Option<&Variable>, what: &str) -> Kind {
        let variable = variable?;
        self.type_of(model, variable.type_ref.as_deref(), what, variable.place)
    }

    fn decision(&mut self, model: usize, decision: &Decision) -> DecisionCode {
        let label: Arc<str> = format!("decision '{}'", decision.name).into();
        let mut scope = Scope::new(model, Arc::clone(&label), true);
        let mut requirements =
            self.requirements(&mut scope, &decision.information, &["inputData", "decision"]);
        let input = |one: &Requirement| self.kind_of(one.target) == "inputData";
        scope.undeclared = !requirements.iter().any(input);
        let knowledge = ["businessKnowledgeModel", "decisionService"];
        requirements.extend(self.requirements(&mut scope, &decision.knowledge, &knowledge));
        let variable = decision.variable.as_ref();
        let kind = self.variable_type(model, variable, &label);
        let (logic, body) = match &decision.logic {
            Some(logic) => {
                let body = self.boxed(&mut scope, logic);
                self.check_constant(model, &kind, &body, logic.place);
                (logic_kind(&logic.logic), body)
            }
            None => {
                let message = "the decision has no logic".to_owned();
                let help = "add a decision table or a literal expression";
                let warning =
                    Diagnostic::error("dmn.decision.logic", &*label, decision.place, message.clone(), help);
                self.report(model, warning.warning());
                let code = Code::Fail { code: "dmn.decision.logic", message };
                (LogicKind::None, Node { label: Arc::clone(&label), kind: None, code })
            }
        };
        DecisionCode {
            id: Arc::clone(&decision.id),
            name: Arc::clone(&decision.name),
            variable: Arc::clone(variable.map_or(&decision.name, |variable| &variable.name)),
            kind,
            height: body.height(),
            body,
            logic,
            requirements,
            registers: scope.registers as usize,
            place: decision.place,
        }
    }

    /// Reports a constant that is not of the type it must have.
    pub(crate) fn check_constant(&mut self, model: usize, kind: &Kind, node: &Node, place: Place) {
        if let (Code::Constant(value), Some(kind)) = (&node.code, kind)
            && !value.is_null()
            && feel::coerce(&kind.kind, value.clone()).is_err()
        {
            let message = format!("the result must be a {}, not {}", kind.name, short(value));
            let help = "correct the expression, or the typeRef of the variable";
            self.report(model, Diagnostic::error("dmn.type", &*node.label, place, message, help).warning());
        }
    }

    fn knowledge(&mut self, model: usize, knowledge: &KnowledgeModel) -> KnowledgeCode {
        let label: Arc<str> = format!("businessKnowledgeModel '{}'", knowledge.name).into();
        let mut scope = Scope::new(model, Arc::clone(&label), false);
        let own = self.by_id.get(&(model, Arc::clone(&knowledge.id))).copied();
        let wanted = ["businessKnowledgeModel", "decisionService"];
        let mut requirements = self.requirements(&mut scope, &knowledge.knowledge, &wanted);
        // It reaches itself through its own name.
        requirements.retain(|requirement| Some(requirement.target) != own);
        let variable = knowledge.variable.as_ref();
        let name = variable.map_or(&knowledge.name, |variable| &variable.name);
        let function = match &knowledge.logic {
            Some(logic) => self.function(&mut scope, logic, Some(name)).ok(),
            None => {
                let help = "add encapsulatedLogic";
                let message = "the business knowledge model has no logic";
                let warning =
                    Diagnostic::error("dmn.decision.logic", &*label, knowledge.place, message, help);
                self.report(model, warning.warning());
                None
            }
        };
        let result = self.variable_type(model, variable, &label);
        let function = function.map(|mut function| {
            if function.result.is_none() {
                function.result = result_type(result);
            }
            Arc::new(function)
        });
        KnowledgeCode {
            id: Arc::clone(&knowledge.id),
            name: Arc::clone(name),
            function,
            requirements,
            registers: scope.registers as usize,
        }
    }

    fn service(&mut self, model: usize, service: &DecisionService) -> ServiceCode {
        let label: Arc<str> = format!("decisionService '{}'", service.name).into();
        let variable = service.variable.as_ref();
        let result = self.variable_type(model, variable, &label);
        let mut targets = |references, wanted: &[&str]| {
            let mut scope = Scope::new(model, Arc::clone(&label), false);
            let found = self.requirements(&mut scope, references, wanted);
            found.into_iter().map(|requirement| requirement.target).collect::<Vec<u32>>()
        };
        let outputs = targets(&service.output_decisions, &["decision"]);
        targets(&service.encapsulated_decisions, &["decision"]);
        let mut parameters = targets(&service.input_data, &["inputData"]);
        parameters.extend(targets(&service.input_decisions, &["decision"]));
        if outputs.is_empty() {
            let message = "the decision service has no output decision";
            let help = "add <outputDecision href=\"#id\"/>";
            self.report(
                model,
                Diagnostic::error("dmn.service.output", &*label, service.place, message, help),
            );
        }
        ServiceCode {
            id: Arc::clone(&service.id),
            name: Arc::clone(variable.map_or(&service.name, |variable| &variable.name)),
            parameters,
            outputs,
            result: result_type(result),
        }
    }
}

/// Of the type of a variable that holds a function, the type of its result.
fn result_type(kind: Kind) -> Kind {
    let declared = kind?;
    match &declared.kind {
        Type::Function(_, result) if **result == Type::Any => None,
        Type::Function(_, result) => {
            let name = format!("{result}");
            Some(Arc::new(crate::types::ItemType::simple(&name, (**result).clone())))
        }
        _ => Some(declared),
    }
}

fn logic_kind(logic: &Logic) -> LogicKind {
    match logic {
        Logic::Table(_) => LogicKind::DecisionTable,
        Logic::Literal(_) => LogicKind::LiteralExpression,
        _ => LogicKind::Boxed,
    }
}

/// The functions of business knowledge models and services, in the order in which they need each other.
fn functions(elements: &[Element], order: &[u32], program: &Weak<Program>) -> Vec<Option<feel::Value>> {
    let mut functions = vec![None; elements.len()];
    for at in order {
        let value = match &elements[*at as usize] {
            Element::Knowledge(knowledge) => knowledge.function.as_ref().map(|function| {
                let mut frame = Frame::new(knowledge.registers, None);
                let value = |requirement: &Requirement| functions[requirement.target as usize].clone();
                crate::evaluate::fill(&mut frame, &knowledge.requirements, value);
                closure(function, frame)
            }),
            Element::Service(service) => Some(service_function(elements, *at, service, program)),
            _ => None,
        };
        functions[*at as usize] = value;
    }
    functions
}
