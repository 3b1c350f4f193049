//! Functions and what calls them.

use std::{collections::BTreeMap, time::Duration};

use serde_yaml_ng::Value;

use super::{Resolved, TemplateError, property, resolve::Parameters};

/// A function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its logical id.
    pub logical_id: String,
    /// The package whose binary it runs.
    pub binary: String,
    /// After this time its call is ended.
    pub timeout: Duration,
    /// Its environment.
    pub environment: BTreeMap<String, Resolved>,
    /// The routes of the API that lead to it.
    pub routes: Vec<Route>,
    /// The queues that it works.
    pub queues: Vec<QueueSource>,
    /// The periods in which it is called.
    pub schedules: Vec<Duration>,
}

/// A route of the API: `POST /api/public/v1/send`, or `$default`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method in capitals, or `ANY`.
    pub method: String,
    /// The path as the template has it, or `$default`.
    pub path: String,
}

/// A queue whose messages a function is called with.
#[derive(Debug, Clone)]
pub struct QueueSource {
    /// The queue's logical id.
    pub queue: String,
    /// Most messages in a call.
    pub batch_size: usize,
    /// How long a batch is gathered.
    pub batching_window: Duration,
    /// Most calls at once.
    pub concurrency: usize,
    /// Whether the function says which messages of a batch failed.
    pub reports_failures: bool,
}

/// Lambda's default, where a template says nothing.
const BATCH_SIZE: u32 = 10;
/// Calls at once where a template sets no `MaximumConcurrency`: on AWS the account's limit, here what two cores serve.
const CONCURRENCY: u32 = 10;

pub(super) fn read(
    name: &str,
    resource: &Value,
    parameters: &Parameters,
) -> Result<Function, TemplateError> {
    let properties = property(resource, "Properties")?;
    let build = property(property(resource, "Metadata")?, "BuildProperties")?;
    let binary = property(build, "Binary")?
        .as_str()
        .ok_or(TemplateError::NotAScalar)?;
    let timeout = parameters.number(property(properties, "Timeout")?)?;
    let mut function = Function {
        logical_id: name.to_owned(),
        binary: binary.to_owned(),
        timeout: Duration::from_secs(timeout.into()),
        environment: environment(properties, parameters)?,
        routes: Vec::new(),
        queues: Vec::new(),
        schedules: Vec::new(),
    };
    let events = properties.get("Events").and_then(Value::as_mapping);
    for event in events.into_iter().flatten().map(|(_, event)| event) {
        let kind = property(event, "Type")?.as_str().unwrap_or_default();
        let properties = property(event, "Properties")?;
        match kind {
            "HttpApi" => function.routes.push(route(properties)?),
            "SQS" => function.queues.push(source(properties, parameters)?),
            "Schedule" => function
                .schedules
                .push(period(property(properties, "Schedule")?)?),
            "ScheduleV2" => {
                let schedule = property(properties, "ScheduleExpression")?;
                function.schedules.push(period(schedule)?);
            }
            other => return Err(TemplateError::Unsupported(other.to_owned())),
        }
    }
    Ok(function)
}

fn environment(
    properties: &Value,
    parameters: &Parameters,
) -> Result<BTreeMap<String, Resolved>, TemplateError> {
    let variables = properties
        .get("Environment")
        .and_then(|environment| environment.get("Variables"))
        .and_then(Value::as_mapping);
    let variables = variables.into_iter().flatten().map(|(name, value)| {
        let name = name.as_str().ok_or(TemplateError::NotAScalar)?;
        Ok((name.to_owned(), parameters.resolve(value)?))
    });
    variables.collect()
}

fn route(properties: &Value) -> Result<Route, TemplateError> {
    let text = |name: &str| {
        let value = property(properties, name)?;
        value.as_str().ok_or(TemplateError::NotAScalar)
    };
    Ok(Route {
        method: text("Method")?.to_ascii_uppercase(),
        path: text("Path")?.to_owned(),
    })
}

fn source(properties: &Value, parameters: &Parameters) -> Result<QueueSource, TemplateError> {
    let queue = match parameters.resolve(property(properties, "Queue")?)? {
        Resolved::Attribute { resource, .. } | Resolved::Resource(resource) => resource,
        Resolved::Text(text) => return Err(TemplateError::Unknown(text)),
    };
    let number = |value: Option<&Value>, default: u32| match value {
        Some(value) => parameters.number(value),
        None => Ok(default),
    };
    let batch_size = number(properties.get("BatchSize"), BATCH_SIZE)?;
    let window = number(properties.get("MaximumBatchingWindowInSeconds"), 0)?;
    let scaling = properties.get("ScalingConfig");
    let concurrency = scaling.and_then(|scaling| scaling.get("MaximumConcurrency"));
    let concurrency = number(concurrency, CONCURRENCY)?;
    let responses = properties
        .get("FunctionResponseTypes")
        .and_then(Value::as_sequence);
    let mut responses = responses.into_iter().flatten().filter_map(Value::as_str);
    Ok(QueueSource {
        queue,
        batch_size: batch_size as usize,
        batching_window: Duration::from_secs(window.into()),
        concurrency: concurrency as usize,
        reports_failures: responses.any(|kind| kind == "ReportBatchItemFailures"),
    })
}

/// `rate(1 minute)`, `rate(5 minutes)`, and the same with hours and days.
fn period(value: &Value) -> Result<Duration, TemplateError> {
    let text = value.as_str().ok_or(TemplateError::NotAScalar)?;
    let period = text
        .strip_prefix("rate(")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|rest| rest.split_once(' '))
        .and_then(|(count, unit)| {
            let unit = match unit.trim_end_matches('s') {
                "minute" => 60,
                "hour" => 3_600,
                "day" => 86_400,
                _ => return None,
            };
            count
                .parse::<u64>()
                .ok()
                .map(|count| Duration::from_secs(count * unit))
        });
    period.ok_or_else(|| TemplateError::Schedule(text.to_owned()))
}
