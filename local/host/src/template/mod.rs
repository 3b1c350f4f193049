//! What is deployed, read from `template.yaml`: the one list that AWS and this host share.
//!
//! Only what the host acts on is read: functions with their routes, queues and schedules, the queues, the table and
//! the bucket. Roles, alarms and log groups mean nothing on one machine.

use std::{collections::BTreeMap, time::Duration};

use serde_yaml_ng::Value;

mod functions;
mod queues;
mod resolve;
mod table;

pub use functions::{Function, QueueSource, Route};
pub use queues::{DeadLetters, Queue};
pub use resolve::Resolved;
pub use table::{Index, Key, KeyType, Table};

use resolve::Parameters;

/// The template as it is in the repository, so that the binary runs anywhere.
const SOURCE: &str = include_str!("../../../../template.yaml");

/// What `${AWS::StackName}` stands for while the template is read: queues are named after it.
pub const STACK: &str = "openwati";

/// What the template deploys.
#[derive(Debug, Clone)]
pub struct Template {
    /// The functions, by logical id.
    pub functions: Vec<Function>,
    /// The queues, by logical id; dead-letter queues among them.
    pub queues: Vec<Queue>,
    /// The table.
    pub table: Table,
    /// The bucket's logical id.
    pub bucket: String,
}

/// Why a template cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is no YAML.
    #[error("the template is no YAML")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// A part that the host needs is not there.
    #[error("the template has no {0}")]
    Missing(String),
    /// A name that is neither a parameter nor a pseudo parameter.
    #[error("the template names {0}, which has no value here")]
    Unknown(String),
    /// A function of CloudFormation that the host cannot evaluate there.
    #[error("the template uses {0} where the host needs a value")]
    Unsupported(String),
    /// A list or a map stands where a single value is needed.
    #[error("the template has a list or a map where one value is needed")]
    NotAScalar,
    /// A number was needed.
    #[error("the template has {0} where a number is needed")]
    NotANumber(String),
    /// A schedule that is not `rate(…)`.
    #[error("the template has the schedule {0}, the host knows rate(n minutes)")]
    Schedule(String),
    /// In one resource.
    #[error("{resource}: {source}")]
    In {
        /// The logical id.
        resource: String,
        /// What is wrong there.
        source: Box<TemplateError>,
    },
}

/// Parameters that differ from the template's defaults.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timeouts {
    /// Time-out of every function; visibility follows it as the template wants.
    pub function: Option<Duration>,
}

impl Template {
    /// Reads the template that the binary was built with.
    ///
    /// # Errors
    /// If it is not what the host understands.
    pub fn embedded(
        timeouts: Timeouts,
        parameters: &[(&str, String)],
    ) -> Result<Self, TemplateError> {
        let mut values = BTreeMap::from([
            ("AWS::StackName".to_owned(), STACK.to_owned()),
            ("AWS::Region".to_owned(), "us-east-1".to_owned()),
        ]);
        if let Some(timeout) = timeouts.function {
            let seconds = timeout.as_secs().max(1);
            values.insert("FunctionTimeoutSeconds".to_owned(), seconds.to_string());
            values.insert("JobTimeoutSeconds".to_owned(), seconds.to_string());
            // The template's own rule: six times, and the second in which a batch is gathered.
            let visibility = 6 * seconds + 1;
            values.insert("JobVisibilitySeconds".to_owned(), visibility.to_string());
            values.insert("MediaTimeoutSeconds".to_owned(), seconds.to_string());
            values.insert("MediaVisibilitySeconds".to_owned(), visibility.to_string());
        }
        values.extend(
            parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        Self::parse(SOURCE, &values)
    }

    /// Reads a template, whose parameters have their defaults but for `overrides`.
    ///
    /// # Errors
    /// If it is no template, or not what the host understands.
    pub fn parse(
        source: &str,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self, TemplateError> {
        let template: Value = serde_yaml_ng::from_str(source)?;
        let parameters = Parameters::read(&template, overrides);
        let resources = template
            .get("Resources")
            .and_then(Value::as_mapping)
            .ok_or_else(|| TemplateError::Missing("Resources".to_owned()))?;
        let of_type = |wanted: &'static str| {
            resources.iter().filter_map(move |(name, resource)| {
                let kind = resource.get("Type").and_then(Value::as_str)?;
                (kind == wanted).then_some((name.as_str()?, resource))
            })
        };
        let functions = of_type("AWS::Serverless::Function")
            .map(|(name, resource)| within(name, functions::read(name, resource, &parameters)))
            .collect::<Result<_, _>>()?;
        let queues = of_type("AWS::SQS::Queue")
            .map(|(name, resource)| within(name, queues::read(name, resource, &parameters)))
            .collect::<Result<_, _>>()?;
        let (name, resource) = of_type("AWS::DynamoDB::Table")
            .next()
            .ok_or_else(|| TemplateError::Missing("table".to_owned()))?;
        let table = within(name, table::read(name, resource))?;
        let (bucket, _) = of_type("AWS::S3::Bucket")
            .next()
            .ok_or_else(|| TemplateError::Missing("bucket".to_owned()))?;
        Ok(Self {
            functions,
            queues,
            table,
            bucket: bucket.to_owned(),
        })
    }

    /// The function whose package is `binary`.
    pub fn function(&self, binary: &str) -> Option<&Function> {
        self.functions
            .iter()
            .find(|function| function.binary == binary)
    }

    /// The queue of this logical id.
    pub fn queue(&self, logical_id: &str) -> Option<&Queue> {
        self.queues
            .iter()
            .find(|queue| queue.logical_id == logical_id)
    }
}

fn within<T>(resource: &str, result: Result<T, TemplateError>) -> Result<T, TemplateError> {
    result.map_err(|source| TemplateError::In {
        resource: resource.to_owned(),
        source: Box::new(source),
    })
}

/// The property of a resource, or of a part of one.
fn property<'a>(value: &'a Value, name: &str) -> Result<&'a Value, TemplateError> {
    value
        .get(name)
        .ok_or_else(|| TemplateError::Missing(name.to_owned()))
}

#[cfg(test)]
mod tests;
