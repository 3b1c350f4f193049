//! A tenant with many contacts: bringing them in, and finding them again.

mod book;
mod client;
mod import;
mod questions;

use std::time::Duration;

use crate::{
    Setting,
    counter::{Counter, Counts},
    host::{Endpoints, Host, Setup},
    report::Report,
    stats::milliseconds,
    tenant::Tenant,
};

use book::Book;
use client::Client;
use import::{Imported, import};
use questions::{Asked, Question, questions};

/// Contacts of the tenant.
const CONTACTS: usize = 100_000;

/// Requests of each kind, at most.
const REQUESTS: usize = 200;

/// Requests of each kind that are looked at for their sequence, slowly.
const IN_SEQUENCE: usize = 5;

/// How long each request of DynamoDB is kept then: long against what it takes, also where several come at once.
const DELAY: Duration = Duration::from_millis(50);

/// What may not be asked of DynamoDB: it reads what nobody asked for, and the more the more there is.
const FORBIDDEN: [&str; 3] = ["Scan", "ExecuteStatement", "BatchExecuteStatement"];

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Report> {
    let (contacts, requests) = match setting.brief {
        true => (300, 10),
        false => (CONTACTS, REQUESTS),
    };
    let book = Book::new(contacts);
    let mut report = Report::new("contacts");
    let host = Host::start(&setting.host, &setting.work, Setup::default()).await?;
    let timed = World::new(&host, &book).await?;
    let answers = timed.ask(requests).await?;

    let counted = Counted::start(setting, &host).await?;
    let world = World::new(&counted.host, &book).await?;
    let of_import = (counted.dynamodb.take(), counted.sqs.take());
    let costs = counted.ask(&world, requests, &mut report).await?;

    imported(&book, &timed.imported, &of_import, &mut report);
    found(&timed, &answers, &costs, &mut report);
    forbid(&of_import.0, "an import", &mut report);
    Ok(report)
}

/// A tenant that has the contacts of a book, all of them on a list.
struct World<'a> {
    client: Client<'a>,
    imported: Imported,
    questions: Vec<Question>,
}

impl<'a> World<'a> {
    async fn new(host: &'a Host, book: &Book) -> anyhow::Result<Self> {
        let tenant = Tenant::another(host).await?;
        let client = Client::new(host.base_url(), &tenant.api_key);
        let imported = import(&client, book).await?;
        let questions = questions(&client, book, &imported.list).await?;
        Ok(Self {
            client,
            imported,
            questions,
        })
    }

    /// Asks every question with so many requests at most.
    async fn ask(&self, requests: usize) -> anyhow::Result<Vec<Asked>> {
        let mut asked = Vec::new();
        for question in &self.questions {
            asked.push(question.ask(&self.client, requests).await?);
        }
        Ok(asked)
    }
}

/// A host that reaches the services of another one through counters.
struct Counted {
    dynamodb: Counter,
    sqs: Counter,
    host: Host,
}

/// What a request of a kind asks of DynamoDB.
struct Cost {
    requests: f64,
    in_sequence: usize,
    read_units: f64,
    write_units: f64,
}

impl Counted {
    async fn start(setting: &Setting, services: &Host) -> anyhow::Result<Self> {
        let endpoints = services.endpoints();
        let dynamodb = Counter::before(&endpoints.dynamodb).await?;
        let sqs = Counter::before(&endpoints.sqs).await?;
        let through = Endpoints {
            dynamodb: dynamodb.url().to_owned(),
            sqs: sqs.url().to_owned(),
            s3: endpoints.s3.clone(),
        };
        let setup = Setup {
            aws_of: Some(services),
            through: Some(&through),
            ..Setup::default()
        };
        let host = Host::start(&setting.host, &setting.work, setup).await?;
        // What made the host ready is not counted.
        let _ = (dynamodb.take(), sqs.take());
        Ok(Self {
            dynamodb,
            sqs,
            host,
        })
    }

    /// Asks every question again, and says what a request of each costs.
    async fn ask(
        &self,
        world: &World<'_>,
        requests: usize,
        report: &mut Report,
    ) -> anyhow::Result<Vec<Cost>> {
        let mut costs = Vec::new();
        for question in &world.questions {
            let _ = self.dynamodb.take();
            let asked = question.ask(&world.client, requests).await?;
            let counts = self.dynamodb.take();
            forbid(&counts, question.name, report);
            let each = asked.latencies.count() as f64;
            costs.push(Cost {
                requests: counts.requests(|_| true) / each,
                in_sequence: self.in_sequence(question, world).await?,
                read_units: counts.units(|name| !Counts::writes(name)) / each,
                write_units: counts.units(Counts::writes) / each,
            });
        }
        Ok(costs)
    }

    /// The most round trips that a request of this kind waits for, one after the other.
    async fn in_sequence(&self, question: &Question, world: &World<'_>) -> anyhow::Result<usize> {
        self.dynamodb.delay(DELAY);
        let mut most = 0;
        for path in question.first(IN_SEQUENCE) {
            let _ = self.dynamodb.take();
            world.client.get(path).await?;
            most = most.max(self.dynamodb.take().in_sequence());
        }
        self.dynamodb.delay(Duration::ZERO);
        Ok(most)
    }
}

fn forbid(counts: &Counts, who: &str, report: &mut Report) {
    let scans = counts.requests(|name| FORBIDDEN.contains(&name));
    report.require(scans == 0.0, format!("{who} scans the table {scans} times"));
}

/// What the import took.
fn imported(book: &Book, timed: &Imported, counts: &(Counts, Counts), report: &mut Report) {
    let (dynamodb, sqs) = counts;
    let contacts = book.contacts() as f64;
    let each = |count: f64| format!("{:.2}", count / contacts);
    let head = [
        "imported",
        "file, MB",
        "seconds",
        "contacts/s",
        "reads",
        "writes",
        "items written",
        "read units",
        "write units",
        "jobs",
    ];
    let row = vec![
        book.contacts().to_string(),
        format!("{:.1}", timed.bytes as f64 / 1e6),
        format!("{:.1}", timed.elapsed.as_secs_f64()),
        format!("{:.0}", contacts / timed.elapsed.as_secs_f64()),
        each(dynamodb.requests(|name| !Counts::writes(name))),
        each(dynamodb.requests(Counts::writes)),
        each(dynamodb.written()),
        each(dynamodb.units(|name| !Counts::writes(name))),
        each(dynamodb.units(Counts::writes)),
        format!("{:.0}", sqs.requests(|name| name.starts_with("Send"))),
    ];
    report.table(&head, &[row]);
    report.say(
        "From the start of the import to its end, as its progress tells it. Requests of DynamoDB, items and units are those \
         of a contact, and the jobs those of the whole file.",
    );
}

/// What finding them took.
fn found(timed: &World<'_>, answers: &[Asked], costs: &[Cost], report: &mut Report) {
    let head = [
        "asked for",
        "requests",
        "contacts",
        "together, s",
        "p50, ms",
        "p99, ms",
        "requests of DynamoDB",
        "one after the other",
        "read units",
        "write units",
    ];
    let rows = timed.questions.iter().zip(answers).zip(costs);
    let rows = rows.map(|((question, asked), cost)| {
        vec![
            question.name.to_owned(),
            asked.latencies.count().to_string(),
            asked.contacts.to_string(),
            format!("{:.2}", milliseconds(asked.elapsed) / 1e3),
            format!("{:.1}", asked.latencies.median()),
            format!("{:.1}", asked.latencies.percentile(99.0)),
            format!("{:.1}", cost.requests),
            cost.in_sequence.to_string(),
            format!("{:.1}", cost.read_units),
            format!("{:.1}", cost.write_units),
        ]
    });
    report.table(&head, &rows.collect::<Vec<_>>());
    report.say(
        "One request after the other. Requests and units of DynamoDB are those of one request, its authentication among \
         them, which is one of them and the write.",
    );
}
