//! Decision services as functions. Invariant: a service sees nothing but its arguments.

use crate::code::{Element, ParameterCode, Program, ServiceCode, feel_type};
use crate::eval::{coerced, warn};
use crate::evaluate::Evaluation;
use feel::{Context, Function, NativeFunction, Parameter, Run, Stop, Value};
use std::sync::{Arc, Weak};

/// A service that waits for its arguments.
struct ServiceFunction {
    program: Weak<Program>,
    service: u32,
}

/// The service as a value of FEEL.
pub(crate) fn service_function(
    elements: &[Element],
    at: u32,
    service: &ServiceCode,
    program: &Weak<Program>,
) -> Value {
    let parameters = service.parameters.iter().map(|target| {
        let parameter = parameter(&elements[*target as usize]);
        Parameter { name: parameter.name, kind: feel_type(&parameter.kind) }
    });
    let code = Arc::new(ServiceFunction { program: Weak::clone(program), service: at });
    let parameters = parameters.collect();
    Value::Function(Arc::new(Function::native(
        Arc::clone(&service.name),
        parameters,
        feel_type(&service.result),
        code,
    )))
}

/// The parameter that an input or a decision is for a service.
pub(crate) fn parameter(element: &Element) -> ParameterCode {
    let (name, kind) = match element {
        Element::Input(input) => (&input.name, input.kind.clone()),
        Element::Decision(decision) => (&decision.variable, decision.kind.clone()),
        Element::Knowledge(knowledge) => (&knowledge.name, None),
        Element::Service(service) => (&service.name, None),
    };
    ParameterCode { name: Arc::clone(name), kind, register: 0 }
}

impl NativeFunction for ServiceFunction {
    fn call(&self, arguments: &[Value], run: &mut Run<'_>) -> Result<Value, Stop> {
        let Some(program) = self.program.upgrade() else {
            warn(run, "decision service", "dmn.service", "its model is no longer loaded".to_owned());
            return Ok(Value::Null);
        };
        let Some(Element::Service(service)) = program.elements.get(self.service as usize) else {
            return Ok(Value::Null);
        };
        let mut evaluation = Evaluation::new(&program, None, run);
        for (target, value) in service.parameters.iter().zip(arguments) {
            let parameter = parameter(&program.elements[*target as usize]);
            if let Some(kind) = &parameter.kind
                && let Err(reason) = kind.coerce(value.clone(), evaluation.run)?
            {
                let message = format!("the parameter '{}': {reason}", parameter.name);
                warn(evaluation.run, &service.name, "dmn.type", message);
                return Ok(Value::Null);
            }
            evaluation.give(*target, Some(value.clone()));
        }
        evaluation.service(service)
    }
}

impl Evaluation<'_, '_, '_> {
    /// The result of a service whose arguments are given.
    pub(crate) fn service(&mut self, service: &ServiceCode) -> Result<Value, Stop> {
        let mut results = Vec::with_capacity(service.outputs.len());
        for output in &service.outputs {
            let value = self.decide(*output)?;
            if let Element::Decision(decision) = &self.program.elements[*output as usize] {
                results.push((Arc::clone(&decision.variable), value));
            }
        }
        let value = match results.len() {
            1 => results.swap_remove(0).1,
            _ => Value::context(Context::from(results)),
        };
        coerced(&service.result, value, &service.name, self.run)
    }
}
