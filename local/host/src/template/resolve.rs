//! What CloudFormation's functions stand for, once parameters have values.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use super::TemplateError;

/// What a value of the template comes to, without names that exist only when it is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// A text: literal, of a parameter, or put together from such.
    Text(String),
    /// The resource of this logical id (`!Ref`): a table's or bucket's name, a queue's URL.
    Resource(String),
    /// An attribute of a resource (`!GetAtt`).
    Attribute {
        /// The resource's logical id.
        resource: String,
        /// The attribute, such as `Arn`.
        attribute: String,
    },
}

/// The values of the template's parameters, and the conditions that follow from them.
#[derive(Debug, Clone, Default)]
pub(super) struct Parameters {
    values: BTreeMap<String, String>,
    conditions: BTreeMap<String, Value>,
}

impl Parameters {
    /// The defaults of the template's `Parameters`, but for those in `overrides`.
    pub(super) fn read(template: &Value, overrides: &BTreeMap<String, String>) -> Self {
        let declared = template.get("Parameters").and_then(Value::as_mapping);
        let defaults = declared
            .into_iter()
            .flatten()
            .filter_map(|(name, declared)| {
                let default = declared.get("Default").and_then(scalar).unwrap_or_default();
                Some((name.as_str()?.to_owned(), default))
            });
        let mut values: BTreeMap<_, _> = defaults.collect();
        values.extend(overrides.clone());
        let declared = template.get("Conditions").and_then(Value::as_mapping);
        let conditions = declared
            .into_iter()
            .flatten()
            .filter_map(|(name, condition)| Some((name.as_str()?.to_owned(), condition.clone())));
        Self {
            values,
            conditions: conditions.collect(),
        }
    }

    /// What `value` comes to.
    pub(super) fn resolve(&self, value: &Value) -> Result<Resolved, TemplateError> {
        if let Some(text) = scalar(value) {
            return Ok(Resolved::Text(text));
        }
        match function(value) {
            Some(("Ref", argument)) => self.reference(argument),
            Some(("GetAtt", argument)) => attribute(argument),
            Some(("Sub", argument)) => self.substitute(argument),
            Some(("If", argument)) => self.choose(argument),
            Some((name, _)) => Err(TemplateError::Unsupported(name.to_owned())),
            None => Err(TemplateError::NotAScalar),
        }
    }

    /// A whole number of seconds, messages and the like.
    pub(super) fn number(&self, value: &Value) -> Result<u32, TemplateError> {
        match self.resolve(value)? {
            Resolved::Text(text) => text.parse().map_err(|_| TemplateError::NotANumber(text)),
            other => Err(TemplateError::NotANumber(format!("{other:?}"))),
        }
    }

    fn reference(&self, argument: &Value) -> Result<Resolved, TemplateError> {
        let name = argument.as_str().ok_or(TemplateError::NotAScalar)?;
        Ok(match self.values.get(name) {
            Some(value) => Resolved::Text(value.clone()),
            None => Resolved::Resource(name.to_owned()),
        })
    }

    /// `!If [condition, what it comes to, what else]`.
    fn choose(&self, argument: &Value) -> Result<Resolved, TemplateError> {
        let [condition, then, other] = list(argument)? else {
            return Err(TemplateError::Unsupported("If".to_owned()));
        };
        let name = condition.as_str().ok_or(TemplateError::NotAScalar)?;
        match self.holds(name)? {
            true => self.resolve(then),
            false => self.resolve(other),
        }
    }

    /// Whether the condition of this name holds.
    fn holds(&self, name: &str) -> Result<bool, TemplateError> {
        let condition = self.conditions.get(name);
        let condition = condition.ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
        self.is_met(condition)
    }

    fn is_met(&self, condition: &Value) -> Result<bool, TemplateError> {
        match function(condition) {
            Some(("Condition", name)) => {
                self.holds(name.as_str().ok_or(TemplateError::NotAScalar)?)
            }
            Some(("Equals", argument)) => match list(argument)? {
                [one, other] => Ok(self.resolve(one)? == self.resolve(other)?),
                _ => Err(TemplateError::Unsupported("Equals".to_owned())),
            },
            Some(("Not", argument)) => match list(argument)? {
                [one] => Ok(!self.is_met(one)?),
                _ => Err(TemplateError::Unsupported("Not".to_owned())),
            },
            Some(("Or", argument)) => self.any(argument, true),
            Some(("And", argument)) => Ok(!self.any(argument, false)?),
            Some((name, _)) => Err(TemplateError::Unsupported(name.to_owned())),
            None => Err(TemplateError::NotAScalar),
        }
    }

    /// Whether one of these conditions is `wanted`.
    fn any(&self, conditions: &Value, wanted: bool) -> Result<bool, TemplateError> {
        for condition in list(conditions)? {
            if self.is_met(condition)? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `!Sub` of a text with parameters and pseudo parameters in it; resources in it have no value here.
    fn substitute(&self, argument: &Value) -> Result<Resolved, TemplateError> {
        let mut rest = argument.as_str().ok_or(TemplateError::NotAScalar)?;
        let mut text = String::with_capacity(rest.len());
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').ok_or(TemplateError::NotAScalar)?;
            let value = self
                .values
                .get(name)
                .ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
            text.push_str(before);
            text.push_str(value);
            rest = after;
        }
        text.push_str(rest);
        Ok(Resolved::Text(text))
    }
}

/// `Resource.Attribute`, or a list of the two.
fn attribute(argument: &Value) -> Result<Resolved, TemplateError> {
    let parts = match argument {
        Value::String(text) => text.split_once('.'),
        Value::Sequence(parts) => match parts.as_slice() {
            [resource, attribute] => resource.as_str().zip(attribute.as_str()),
            _ => None,
        },
        _ => None,
    };
    let (resource, attribute) = parts.ok_or(TemplateError::NotAScalar)?;
    Ok(Resolved::Attribute {
        resource: resource.to_owned(),
        attribute: attribute.to_owned(),
    })
}

/// The function that a value calls, in its short form (`!Ref x`) or its long one (`Ref: x`, `Fn::GetAtt: x`).
fn function(value: &Value) -> Option<(&str, &Value)> {
    match value {
        Value::Tagged(tagged) => {
            // A tag is printed with its exclamation mark, compared without.
            let names = [
                "Ref",
                "GetAtt",
                "Sub",
                "If",
                "Join",
                "Equals",
                "Not",
                "Or",
                "And",
                "Condition",
            ];
            let name = names.into_iter().find(|name| tagged.tag == *name)?;
            Some((name, &tagged.value))
        }
        Value::Mapping(map) if map.len() == 1 => {
            let (name, argument) = map.iter().next()?;
            let name = name.as_str()?;
            let function = name
                .strip_prefix("Fn::")
                .or(["Ref", "Condition"].contains(&name).then_some(name))?;
            Some((function, argument))
        }
        _ => None,
    }
}

fn list(value: &Value) -> Result<&[Value], TemplateError> {
    let list = value.as_sequence().ok_or(TemplateError::NotAScalar)?;
    Ok(list)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}
