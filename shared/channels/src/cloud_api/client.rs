use openwati_core::message::{Outgoing, ReadReceipt, Recipient};
use reqwest::{Client, RequestBuilder, header::AUTHORIZATION};
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::{
    answer,
    config::{BadConfig, CloudApiConfig, Credentials},
    outcome::{CallError, Outcome},
    phone_number::PhoneNumberInfo,
    transport,
    wire::{MessageBody, ReceiptBody},
};

/// The client of the Cloud API: made once for a process, cheap to clone, and shared by all numbers
/// and tenants. It keeps connections open.
#[derive(Clone, Debug)]
pub struct CloudApi {
    http: Client,
    /// `https://graph.facebook.com/v23.0`
    base: Url,
}

impl CloudApi {
    /// Makes the client; nothing is connected yet.
    ///
    /// # Errors
    /// If the configuration can not work, see [`BadConfig`].
    pub fn new(config: CloudApiConfig) -> Result<Self, BadConfig> {
        let url = &config.graph_url;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !plain {
            return Err(BadConfig::GraphUrl);
        }
        if config.connect_timeout >= config.timeout {
            return Err(BadConfig::Timeouts);
        }
        let http = transport::client(&config)?;
        let base = below(url, &[&config.version]);
        Ok(Self { http, base })
    }

    /// Opens a connection with TLS while a function starts, so that the first message need not
    /// wait for it. Failure does not matter: the first message connects then.
    pub async fn warm(&self) {
        if let Err(error) = self.http.head(self.base.clone()).send().await {
            let error = transport::causes(error);
            tracing::debug!(error, "no connection to Graph could be opened in advance");
        }
    }

    /// Sends one message, once. The message is taken as it is: [`Outgoing::validate`] comes before.
    ///
    /// `opaque` comes back with every status of the message; at most
    /// [`CALLBACK_DATA_MAX`](openwati_core::message::limits::CALLBACK_DATA_MAX) characters.
    pub async fn send(
        &self,
        credentials: &Credentials<'_>,
        to: &Recipient,
        message: &Outgoing,
        opaque: &str,
    ) -> Outcome {
        let body = MessageBody::new(to, message, opaque);
        let sent = self
            .post_message(credentials, &body, answer::accepted)
            .await;
        sent.unwrap_or_else(|error| match error {
            CallError::Refused(refusal) => Outcome::Refused(refusal),
            CallError::Unknown(reason) => Outcome::Unknown { reason },
        })
    }

    /// Tells a customer that their message was read, and perhaps that somebody is typing. It may
    /// be repeated without harm.
    ///
    /// # Errors
    /// If WhatsApp did not take it or no answer came.
    pub async fn mark_read(
        &self,
        credentials: &Credentials<'_>,
        receipt: &ReadReceipt,
    ) -> Result<(), CallError> {
        let body = ReceiptBody::new(receipt);
        self.post_message(credentials, &body, answer::success).await
    }

    /// Asks what Meta knows about a sending number, which also shows whether the token is good.
    ///
    /// # Errors
    /// If the token may not read the number, or no answer came.
    pub async fn phone_number(
        &self,
        credentials: &Credentials<'_>,
    ) -> Result<PhoneNumberInfo, CallError> {
        let asked = async |fields| {
            let mut url = below(&self.base, &[credentials.phone_number_id]);
            url.query_pairs_mut().append_pair("fields", fields);
            let request = self.http.get(url);
            call(request, credentials.access_token, PhoneNumberInfo::read).await
        };
        let all = format!("{},{}", PhoneNumberInfo::FIELDS, PhoneNumberInfo::LIMIT);
        match asked(&all).await {
            Err(error) if PhoneNumberInfo::lacks_limit(&error) => {
                asked(PhoneNumberInfo::FIELDS).await
            }
            other => other,
        }
    }

    pub(super) fn http(&self) -> &Client {
        &self.http
    }

    /// `https://graph.facebook.com/v23.0`
    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    async fn post_message<T>(
        &self,
        credentials: &Credentials<'_>,
        body: &impl Serialize,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, CallError> {
        let url = below(&self.base, &[credentials.phone_number_id, "messages"]);
        let request = self.http.post(url).json(body);
        call(request, credentials.access_token, read).await
    }
}

pub(super) async fn call<T>(
    request: RequestBuilder,
    access_token: &str,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Result<T, CallError> {
    call_long(request, access_token, transport::LONGEST_ANSWER, read).await
}

/// The same, where the answer may have up to `longest` bytes.
pub(super) async fn call_long<T>(
    request: RequestBuilder,
    access_token: &str,
    longest: usize,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Result<T, CallError> {
    let authorization = transport::authorization(access_token)?;
    let request = request.header(AUTHORIZATION, authorization);
    let exchange = transport::exchange_long(request, longest).await;
    answer::judge(exchange.without(access_token), read)
}

/// The URL with more segments on its path, each escaped.
pub(super) fn below(url: &Url, segments: &[&str]) -> Url {
    let mut url = url.clone();
    url.path_segments_mut()
        .expect("an http URL has a path, and the base was checked to be one")
        .pop_if_empty()
        .extend(segments);
    url
}
