//! The real template, as the host reads it.

use std::{collections::BTreeMap, time::Duration};

use super::{KeyType, Resolved, Template, Timeouts};

fn template() -> Template {
    Template::embedded(Timeouts::default(), &[]).unwrap()
}

#[test]
fn every_function_of_the_template_has_a_package_and_is_called_by_something() {
    let template = template();
    assert!(template.functions.len() >= 7);
    for function in &template.functions {
        let calls = function.routes.len() + function.queues.len() + function.schedules.len();
        assert!(calls > 0, "nothing calls {}", function.logical_id);
        assert!(!function.binary.is_empty());
    }
    let send = template.function("send").unwrap();
    assert_eq!(send.routes[0].method, "POST");
    assert_eq!(send.routes[0].path, "/api/public/v1/send");
    assert_eq!(send.timeout, Duration::from_secs(29));
    let fallback = template.function("fallback").unwrap();
    assert_eq!(fallback.routes[0].path, "$default");
}

#[test]
fn environments_name_what_has_a_value_only_when_it_is_deployed() {
    let template = template();
    let send = template.function("send").unwrap();
    let table = Resolved::Resource(template.table.logical_id.clone());
    assert_eq!(send.environment["TABLE_NAME"], table);
    assert_eq!(
        send.environment["FUNCTION_TIMEOUT_SECONDS"],
        Resolved::Text("29".to_owned())
    );
}

#[test]
fn a_queue_source_carries_its_batches_window_and_concurrency() {
    let template = template();
    let source = &template.function("statuses").unwrap().queues[0];
    assert_eq!(source.queue, "StatusesQueue");
    assert_eq!(source.batch_size, 100);
    assert_eq!(source.batching_window, Duration::from_secs(1));
    assert_eq!(source.concurrency, 2);
    assert!(source.reports_failures);
    let timers = template.function("timers").unwrap();
    assert_eq!(timers.schedules, [Duration::from_secs(60)]);
}

#[test]
fn queues_have_their_attributes_and_dead_letters() {
    let template = template();
    let statuses = template.queue("StatusesQueue").unwrap();
    assert_eq!(statuses.short_name, "statuses");
    assert_eq!(statuses.attributes["VisibilityTimeout"], "181");
    assert_eq!(statuses.attributes["MessageRetentionPeriod"], "345600");
    assert_eq!(
        statuses.dead_letters.as_ref().unwrap().queue,
        "StatusesDeadLetters"
    );
    let inbound = template.queue("InboundQueue").unwrap();
    assert_eq!(inbound.name_in("other"), "other-inbound.fifo");
    assert_eq!(inbound.attributes["FifoQueue"], "true");
    for queue in &template.queues {
        if let Some(dead_letters) = &queue.dead_letters {
            assert!(template.queue(&dead_letters.queue).is_some());
        }
    }
}

#[test]
fn the_table_has_its_keys_indexes_and_ttl() {
    let table = template().table;
    assert_eq!(table.key.hash, "pk");
    assert_eq!(table.key.range.as_deref(), Some("sk"));
    assert_eq!(table.ttl.as_deref(), Some("ttl"));
    let due = table
        .indexes
        .iter()
        .find(|index| index.name == "due")
        .unwrap();
    assert_eq!(due.projection, "KEYS_ONLY");
    let due_at = due.key.range.clone().unwrap();
    assert!(table.attributes.contains(&(due_at, KeyType::Number)));
}

#[test]
fn a_function_timeout_reaches_functions_jobs_and_visibility() {
    let timeouts = Timeouts {
        function: Some(Duration::from_secs(2)),
    };
    let template = Template::embedded(timeouts, &[]).unwrap();
    for function in &template.functions {
        assert_eq!(
            function.timeout,
            Duration::from_secs(2),
            "{}",
            function.binary
        );
    }
    let statuses = template.queue("StatusesQueue").unwrap();
    assert_eq!(statuses.attributes["VisibilityTimeout"], "13");
}

#[test]
fn the_long_form_of_a_function_means_the_same() {
    let source = "
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: f}}
    Properties:
      Timeout: 3
      Environment: {Variables: {QUEUE: {Ref: Q}, NAME: {'Fn::Sub': 'x-${AWS::StackName}'}}}
      Events:
        A: {Type: SQS, Properties: {Queue: {'Fn::GetAtt': [Q, Arn]}}}
        B: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(5 minutes)}}
  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: q}}
  T: {Type: 'AWS::DynamoDB::Table', Properties: {AttributeDefinitions: [], KeySchema: [{AttributeName: pk, KeyType: HASH}]}}
  B: {Type: 'AWS::S3::Bucket'}
";
    let overrides = BTreeMap::from([("AWS::StackName".to_owned(), "s".to_owned())]);
    let template = Template::parse(source, &overrides).unwrap();
    let function = &template.functions[0];
    assert_eq!(
        function.environment["QUEUE"],
        Resolved::Resource("Q".to_owned())
    );
    assert_eq!(
        function.environment["NAME"],
        Resolved::Text("x-s".to_owned())
    );
    assert_eq!(function.queues[0].queue, "Q");
    assert_eq!(function.queues[0].batch_size, 10);
    assert_eq!(function.schedules, [Duration::from_secs(300)]);
}

#[test]
fn what_depends_on_a_condition_follows_the_parameters() {
    let configured = |key: &str| {
        let parameters = [("AiApiKey", key.to_owned())];
        let template = Template::embedded(Timeouts::default(), &parameters).unwrap();
        template.function("inbound").unwrap().environment["AI_CONFIGURED"].clone()
    };
    assert_eq!(configured(""), Resolved::Text("false".to_owned()));
    assert_eq!(configured("none"), Resolved::Text("false".to_owned()));
    assert_eq!(configured("sk-1"), Resolved::Text("true".to_owned()));
}

#[test]
fn inbound_knows_when_its_queue_hands_a_job_out_for_the_last_time() {
    let template = template();
    let inbound = template.queue("InboundQueue").unwrap();
    let dead_letters = inbound.dead_letters.as_ref().unwrap();
    assert_eq!(
        dead_letters.max_receive_count,
        openwati_services::inbound::LAST_RECEIVE
    );
}
