//! The table, the queues and the bucket of the template, made where they are missing.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata as _,
    operation::create_table::builders::CreateTableFluentBuilder,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType, ScalarAttributeType, TableDescription, TableStatus,
        TimeToLiveSpecification, TimeToLiveStatus,
    },
};
use aws_sdk_s3::types::CreateBucketConfiguration;
use aws_sdk_sqs::types::QueueAttributeName;
use futures::future::try_join_all;
use openwati_store::aws::Clients;

use crate::template::{self, Key, Queue, Table, Template};

/// What was made of a template.
#[derive(Debug, Clone)]
pub(crate) struct Deployed {
    /// The table's name.
    pub(crate) table: String,
    /// The bucket's name.
    pub(crate) bucket: String,
    /// The queues, by logical id.
    pub(crate) queues: BTreeMap<String, DeployedQueue>,
}

/// A queue that is there.
#[derive(Debug, Clone)]
pub(crate) struct DeployedQueue {
    /// Its name.
    pub(crate) name: String,
    /// Its URL.
    pub(crate) url: String,
    /// Its ARN.
    pub(crate) arn: String,
}

/// How long a table may take to become active: seconds on AWS, no time here.
const TABLE_DEADLINE: Duration = Duration::from_secs(60);
const TABLE_PAUSE: Duration = Duration::from_millis(10);

/// Makes what is missing, and sets what queues are to be like. Whatever is there keeps its content.
pub(crate) async fn deploy(
    template: &Template,
    stack: &str,
    clients: &Clients,
) -> anyhow::Result<Deployed> {
    let (table, bucket, queues) = tokio::try_join!(
        table(&clients.dynamodb, &template.table, stack),
        bucket(&clients.s3, stack),
        queues(&clients.sqs, template, stack),
    )?;
    Ok(Deployed {
        table,
        bucket,
        queues,
    })
}

async fn table(
    client: &aws_sdk_dynamodb::Client,
    table: &Table,
    name: &str,
) -> anyhow::Result<String> {
    let wanted = "cannot make the table";
    let mut known = describe(client, name).await?;
    if let Some(known) = &known {
        let there = known
            .global_secondary_indexes()
            .iter()
            .filter_map(|index| index.index_name());
        let there: Vec<_> = there.collect();
        let missing = table
            .indexes
            .iter()
            .find(|index| !there.contains(&index.name.as_str()));
        if let Some(missing) = missing {
            anyhow::bail!(
                "the table in the data folder has no index {}: another version made it; \
                 use another --data-dir, or --reset to start anew",
                missing.name
            );
        }
    } else {
        create(client.create_table(), table, name)?
            .send()
            .await
            .context(wanted)?;
    }
    let deadline = tokio::time::Instant::now() + TABLE_DEADLINE;
    while known.as_ref().and_then(|table| table.table_status()) != Some(&TableStatus::Active) {
        anyhow::ensure!(
            tokio::time::Instant::now() < deadline,
            "the table did not become active"
        );
        known = describe(client, name).await?;
        if known.is_none() {
            tokio::time::sleep(TABLE_PAUSE).await;
        }
    }
    if let Some(attribute) = &table.ttl {
        expire(client, name, attribute).await.context(wanted)?;
    }
    Ok(name.to_owned())
}

async fn describe(
    client: &aws_sdk_dynamodb::Client,
    name: &str,
) -> anyhow::Result<Option<TableDescription>> {
    match client.describe_table().table_name(name).send().await {
        Ok(output) => Ok(output.table),
        Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
        Err(error) => Err(error).context("cannot look at the table"),
    }
}

fn create(
    request: CreateTableFluentBuilder,
    table: &Table,
    name: &str,
) -> anyhow::Result<CreateTableFluentBuilder> {
    let attributes = table.attributes.iter().map(|(name, kind)| {
        let kind = match kind {
            template::KeyType::Text => ScalarAttributeType::S,
            template::KeyType::Number => ScalarAttributeType::N,
            template::KeyType::Binary => ScalarAttributeType::B,
        };
        let definition = AttributeDefinition::builder().attribute_name(name);
        definition.attribute_type(kind).build()
    });
    let indexes = table.indexes.iter().map(|index| {
        let projection =
            Projection::builder().projection_type(ProjectionType::from(index.projection.as_str()));
        let included = (!index.included.is_empty()).then(|| index.included.clone());
        let index = GlobalSecondaryIndex::builder()
            .index_name(&index.name)
            .set_key_schema(Some(schema(&index.key)?))
            .projection(projection.set_non_key_attributes(included).build());
        index.build().map_err(anyhow::Error::from)
    });
    let indexes: Vec<_> = indexes.collect::<anyhow::Result<_>>()?;
    Ok(request
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes.collect::<Result<_, _>>()?))
        .set_key_schema(Some(schema(&table.key)?))
        .set_global_secondary_indexes((!indexes.is_empty()).then_some(indexes)))
}

fn schema(key: &Key) -> anyhow::Result<Vec<KeySchemaElement>> {
    let parts = [
        Some((&key.hash, KeyType::Hash)),
        key.range.as_ref().zip(Some(KeyType::Range)),
    ];
    let parts = parts.into_iter().flatten().map(|(name, kind)| {
        let part = KeySchemaElement::builder().attribute_name(name);
        part.key_type(kind).build().map_err(anyhow::Error::from)
    });
    parts.collect()
}

async fn expire(
    client: &aws_sdk_dynamodb::Client,
    name: &str,
    attribute: &str,
) -> anyhow::Result<()> {
    let now = client
        .describe_time_to_live()
        .table_name(name)
        .send()
        .await?;
    let status = now
        .time_to_live_description()
        .and_then(|ttl| ttl.time_to_live_status());
    if matches!(
        status,
        Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
    ) {
        return Ok(());
    }
    let wanted = TimeToLiveSpecification::builder()
        .enabled(true)
        .attribute_name(attribute);
    let request = client.update_time_to_live().table_name(name);
    request
        .time_to_live_specification(wanted.build()?)
        .send()
        .await?;
    Ok(())
}

async fn bucket(client: &aws_sdk_s3::Client, name: &str) -> anyhow::Result<String> {
    if client.head_bucket().bucket(name).send().await.is_ok() {
        return Ok(name.to_owned());
    }
    // S3 wants to be told the region, but for the one that it takes where it is told none.
    let region = client.config().region().map(AsRef::as_ref);
    let region = region.filter(|region| *region != "us-east-1");
    let place = region.map(|region| {
        let place = CreateBucketConfiguration::builder();
        place.location_constraint(region.into()).build()
    });
    let request = client.create_bucket().bucket(name);
    match request.set_create_bucket_configuration(place).send().await {
        Err(error) if error.code() != Some("BucketAlreadyOwnedByYou") => {
            Err(error).context("cannot make the bucket")
        }
        _ => Ok(name.to_owned()),
    }
}

async fn queues(
    client: &aws_sdk_sqs::Client,
    template: &Template,
    stack: &str,
) -> anyhow::Result<BTreeMap<String, DeployedQueue>> {
    // The queues that others point to, first.
    let (last, first): (Vec<_>, Vec<_>) = template
        .queues
        .iter()
        .partition(|queue| queue.dead_letters.is_some());
    let nothing = BTreeMap::new();
    let made = first
        .into_iter()
        .map(|one| queue(client, one, stack, &nothing));
    let mut queues: BTreeMap<_, _> = try_join_all(made).await?.into_iter().collect();
    let made = last
        .into_iter()
        .map(|one| queue(client, one, stack, &queues));
    let made = try_join_all(made).await?;
    queues.extend(made);
    Ok(queues)
}

async fn queue(
    client: &aws_sdk_sqs::Client,
    queue: &Queue,
    stack: &str,
    others: &BTreeMap<String, DeployedQueue>,
) -> anyhow::Result<(String, DeployedQueue)> {
    let name = queue.name_in(stack);
    let wanted = || format!("cannot make the queue {name}");
    let attributes = attributes(queue, others)?;
    let url = match client.get_queue_url().queue_name(&name).send().await {
        Ok(known) => {
            let url = known.queue_url.unwrap_or_default();
            let changeable = attributes
                .into_iter()
                .filter(|(name, _)| *name != QueueAttributeName::FifoQueue);
            let request = client.set_queue_attributes().queue_url(&url);
            request
                .set_attributes(Some(changeable.collect()))
                .send()
                .await
                .with_context(wanted)?;
            url
        }
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_queue_does_not_exist()) =>
        {
            let request = client.create_queue().queue_name(&name);
            let made = request
                .set_attributes(Some(attributes))
                .send()
                .await
                .with_context(wanted)?;
            made.queue_url.unwrap_or_default()
        }
        Err(error) => return Err(error).with_context(wanted),
    };
    let request = client.get_queue_attributes().queue_url(&url);
    let known = request
        .attribute_names(QueueAttributeName::QueueArn)
        .send()
        .await
        .with_context(wanted)?;
    let arn = known
        .attributes()
        .and_then(|all| all.get(&QueueAttributeName::QueueArn))
        .cloned();
    let deployed = DeployedQueue {
        arn: arn.with_context(wanted)?,
        name,
        url,
    };
    Ok((queue.logical_id.clone(), deployed))
}

fn attributes(
    queue: &Queue,
    others: &BTreeMap<String, DeployedQueue>,
) -> anyhow::Result<std::collections::HashMap<QueueAttributeName, String>> {
    let own = queue.attributes.iter();
    let mut attributes: std::collections::HashMap<_, _> = own
        .map(|(name, value)| (QueueAttributeName::from(*name), value.clone()))
        .collect();
    if let Some(dead_letters) = &queue.dead_letters {
        let target = others.get(&dead_letters.queue);
        let target = target.with_context(|| format!("there is no queue {}", dead_letters.queue))?;
        let policy = serde_json::json!({
            "deadLetterTargetArn": target.arn,
            "maxReceiveCount": dead_letters.max_receive_count,
        });
        attributes.insert(QueueAttributeName::RedrivePolicy, policy.to_string());
    }
    Ok(attributes)
}
