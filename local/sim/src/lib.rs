//! A simulated WhatsApp: a stand-in for Meta's Cloud API that is as strict as Meta, with customers'
//! phones that can be written from and looked at, and trouble on demand.
//!
//! A [`Simulator`] is opened on a folder with the business numbers that it shall know. Its
//! [`router`](Simulator::router) serves:
//!
//! | path | does |
//! | --- | --- |
//! | `/graph/{version}/…` | the Graph API: messages, read receipts, media, templates, phone numbers, accounts, subscribed apps |
//! | `POST /customers/{number}/messages` | the customer writes; answers the message's id |
//! | `GET /customers/{number}/messages` | what the customer's phone shows, oldest first |
//! | `PUT /customers/{number}` | makes a customer up, or names one |
//! | `GET /customers`, `GET /numbers` | who there is |
//! | `GET /`, `GET /changes` | a phone on a web page, and what it shows as it changes |
//! | `POST /customers/{number}/read` | the customer reads everything |
//! | `POST /customers/{number}/window` | opens or shuts the 24-hour window |
//! | `POST /media`, `PUT /media/{id}` | puts a file here; ends its links or its id, makes what is announced differ |
//! | `GET /media/{id}` | the download that a link of Graph's leads to |
//! | `POST /faults`, `DELETE /faults` | trouble on demand |
//! | `POST /numbers` | makes a business number, and answers with all that it takes to connect it |
//! | `PUT /templates/{name}` | reviews a template, or puts one here |
//! | `GET /samples/{name}` | a sample of a template's header |
//! | `POST /events` | any callback of Meta's |
//! | `GET /requests` | the newest calls that reached Graph |
//! | `GET /callbacks` | how many callbacks wait, and the newest answers to them |
//! | `GET /fetches` | the newest fetches of what links in messages lead to |
//!
//! [`start`](Simulator::start) delivers the callbacks: signed, one after the other for each
//! message, repeated until the platform answers 200. What was answered with 200 is on disk; only
//! addresses, faults, rates and the logs are not kept.

mod base;
mod callbacks;
mod changes;
mod config;
mod control;
mod country;
mod error_table;
mod events;
mod faults;
mod graph;
mod http;
mod identity;
mod media;
mod new_number;
mod numbers;
mod page;
mod phones;
mod rates;
mod request_log;
mod simulator;
mod store;
mod templates;
mod time;
mod typing;
mod uploads;
mod users;
mod windows;

pub use config::{Config, Error, Number, Window};
pub use simulator::Simulator;
