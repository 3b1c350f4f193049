//! Templates of a WhatsApp Business Account: listed, made, changed, deleted, and the samples that new ones show.

use bytes::Bytes;
use futures::Stream;
use reqwest::Body;
use reqwest::header::CONTENT_LENGTH;
use serde_json::Value;
use url::Url;

use super::answer::{self, text};
use super::client::{CloudApi, below, call, call_long};
use super::outcome::{CallError, Refusal};
use super::transport;

/// What is asked for of each template (Meta, "WhatsApp Message Template").
const FIELDS: &str = "id,name,language,status,category,sub_category,previous_category,\
    correct_category,parameter_format,components,quality_score,rejected_reason,\
    message_send_ttl_seconds";

/// Templates on a page. An account may have 6,000, and the calls of an hour are counted.
const PAGE: &str = "250";

/// Pages of one name that are read: it has one template for each language that Meta knows, fewer than fit on one.
const PAGES_OF_A_NAME: usize = 2;

/// The longest answer with templates. One with a carousel may take 30 KB.
const LONGEST_ANSWER: usize = 8 << 20;

/// A page of an account's templates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplatePage {
    /// As Meta tells them.
    pub templates: Vec<Value>,
    /// What the next page begins after, if there is one.
    pub after: Option<String>,
}

/// A template that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedTemplate {
    /// Meta's id of it.
    pub id: String,
    /// How its review stands.
    pub status: Option<String>,
    /// What Meta takes it for, which may not be what was asked for.
    pub category: Option<String>,
}

/// A sample that is uploaded.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// What it is called.
    pub file_name: &'a str,
    /// Its type.
    pub mime_type: &'a str,
    /// Its length in bytes.
    pub length: u64,
}

impl TemplatePage {
    fn read(json: &Value) -> Option<Self> {
        let templates = json["data"].as_array()?.clone();
        let more = json["paging"]["next"].is_string();
        let after = text(&json["paging"]["cursors"]["after"]).filter(|_| more);
        Some(Self { templates, after })
    }
}

impl CloudApi {
    /// A page of the account's templates, after the cursor of the page before.
    ///
    /// # Errors
    /// If the token may not see them, too much was asked, or no answer came.
    pub async fn templates(
        &self,
        waba_id: &str,
        access_token: &str,
        after: Option<&str>,
    ) -> Result<TemplatePage, CallError> {
        let mut url = self.templates_url(waba_id);
        url.query_pairs_mut().append_pair("limit", PAGE);
        if let Some(after) = after {
            url.query_pairs_mut().append_pair("after", after);
        }
        self.read_templates(url, access_token, TemplatePage::read)
            .await
    }

    /// The account's templates of this very name, in every language.
    ///
    /// # Errors
    /// As [`templates`](Self::templates).
    pub async fn templates_named(
        &self,
        waba_id: &str,
        access_token: &str,
        name: &str,
    ) -> Result<Vec<Value>, CallError> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES_OF_A_NAME {
            let mut url = self.templates_url(waba_id);
            url.query_pairs_mut()
                .append_pair("name", name)
                .append_pair("limit", PAGE);
            if let Some(after) = &after {
                url.query_pairs_mut().append_pair("after", after);
            }
            let read = self.read_templates(url, access_token, TemplatePage::read);
            let page = read.await?;
            found.extend(page.templates);
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        // Meta also lists templates whose names hold the one that was asked for.
        found.retain(|template| template["name"] == name);
        Ok(found)
    }

    /// One template.
    ///
    /// # Errors
    /// If the token may not see it, there is none, or no answer came.
    pub async fn template(&self, id: &str, access_token: &str) -> Result<Value, CallError> {
        let url = below(self.base(), &[id]);
        let read = |json: &Value| json["name"].is_string().then(|| json.clone());
        self.read_templates(url, access_token, read).await
    }

    /// Makes a template, once: `body` is as Meta takes it.
    ///
    /// # Errors
    /// If Meta refuses it, or no answer came: it may be made then.
    pub async fn create_template(
        &self,
        waba_id: &str,
        access_token: &str,
        body: &Value,
    ) -> Result<CreatedTemplate, CallError> {
        let request = self.http().post(self.templates_url(waba_id)).json(body);
        let read = |json: &Value| {
            Some(CreatedTemplate {
                id: text(&json["id"])?,
                status: text(&json["status"]),
                category: text(&json["category"]),
            })
        };
        call(request, access_token, read).await
    }

    /// Changes a template: `body` names what is other, as Meta takes it. It is reviewed anew.
    ///
    /// # Errors
    /// If Meta refuses it, or no answer came: it may be changed then.
    pub async fn edit_template(
        &self,
        id: &str,
        access_token: &str,
        body: &Value,
    ) -> Result<(), CallError> {
        let request = self.http().post(below(self.base(), &[id])).json(body);
        call(request, access_token, answer::success).await
    }

    /// Deletes the templates of a name: in the language that has this id of Meta's, or in all.
    ///
    /// # Errors
    /// If Meta refuses it, as it does where there is none, or no answer came.
    pub async fn delete_template(
        &self,
        waba_id: &str,
        access_token: &str,
        name: &str,
        id: Option<&str>,
    ) -> Result<(), CallError> {
        let mut url = self.templates_url(waba_id);
        if let Some(id) = id {
            url.query_pairs_mut().append_pair("hsm_id", id);
        }
        url.query_pairs_mut().append_pair("name", name);
        call(self.http().delete(url), access_token, answer::success).await
    }

    /// Begins to upload a sample for the token's app. Answers the upload's name.
    ///
    /// # Errors
    /// If Meta refuses it, or no answer came.
    pub async fn begin_sample(
        &self,
        app_id: &str,
        access_token: &str,
        sample: &Sample<'_>,
    ) -> Result<String, CallError> {
        let mut url = below(self.base(), &[app_id, "uploads"]);
        url.query_pairs_mut()
            .append_pair("file_name", sample.file_name)
            .append_pair("file_length", &sample.length.to_string())
            .append_pair("file_type", sample.mime_type);
        let read = |json: &Value| text(&json["id"]).filter(|id| id.starts_with("upload:"));
        call(self.http().post(url), access_token, read).await
    }

    /// Uploads a sample's bytes from its beginning. Answers the handle that a template shows it by.
    ///
    /// # Errors
    /// If Meta refuses it, or no answer came: it may be uploaded anew then, under another name.
    pub async fn upload_sample<S, E>(
        &self,
        upload: &str,
        access_token: &str,
        length: u64,
        bytes: S,
    ) -> Result<String, CallError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        // The name holds a signature in the form of a query, which must stay as it is.
        let url = format!("{}/{upload}", self.base());
        let url = Url::parse(&url).map_err(|_| {
            let detail = "the upload's name makes no address".to_owned();
            CallError::from(Refusal::Unreachable { detail })
        })?;
        // Uploads alone want their token under this older name.
        let authorization = transport::authorization_of("OAuth", access_token)?;
        let request = self
            .http()
            .post(url)
            .header("file_offset", "0")
            .header(CONTENT_LENGTH, length)
            .body(Body::wrap_stream(bytes))
            .header(reqwest::header::AUTHORIZATION, authorization);
        let exchange = transport::exchange(request).await;
        answer::judge(exchange.without(access_token), |json| text(&json["h"]))
    }

    fn templates_url(&self, waba_id: &str) -> Url {
        below(self.base(), &[waba_id, "message_templates"])
    }

    /// Reads templates, with all the fields that matter, or where this version of Graph does not know one of them, with
    /// those that it tells by itself.
    async fn read_templates<T>(
        &self,
        url: Url,
        access_token: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, CallError> {
        let mut with_fields = url.clone();
        with_fields.query_pairs_mut().append_pair("fields", FIELDS);
        let asked = async |url| {
            let request = self.http().get(url);
            call_long(request, access_token, LONGEST_ANSWER, &read).await
        };
        match asked(with_fields).await {
            Err(error) if lacks_field(&error) => asked(url).await,
            other => other,
        }
    }
}

/// Whether this version of Graph does not know a field that was asked for.
fn lacks_field(error: &CallError) -> bool {
    let CallError::Refused(Refusal::Graph(error)) = error else {
        return false;
    };
    error.code == 100 && error.message.contains("nonexisting field")
}
