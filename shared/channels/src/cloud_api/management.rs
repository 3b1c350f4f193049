//! What somebody who connects a number asks of Graph, and asks it for.

use openwati_core::signature::sign_sha256;
use serde::Serialize;
use serde_json::Value;

use super::answer::{self, text};
use super::client::{CloudApi, below, call};
use super::outcome::{CallError, Refusal};
use super::phone_number::PhoneNumberInfo;

/// Numbers on a page; few accounts have more.
const PAGE: &str = "100";

/// Pages that are read. Meta lets no account have more numbers than fit on them.
const PAGES: usize = 10;

/// The permission to manage accounts and their numbers.
pub const MANAGEMENT: &str = "whatsapp_business_management";

/// The permission to send and to get what customers write.
pub const MESSAGING: &str = "whatsapp_business_messaging";

/// What a token is good for (Meta, "Debug-Token").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenInfo {
    /// Whether it can be used now.
    pub is_valid: bool,
    /// Meta's id of the app that it belongs to.
    pub app_id: Option<String>,
    /// The permissions that were granted to it, for all or for some accounts.
    pub scopes: Vec<String>,
    /// When it ends, in Unix seconds; none where it never does.
    pub expires_at: Option<i64>,
    /// Why it can not be used, in Meta's words.
    pub error: Option<String>,
}

/// An app that gets an account's callbacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscribedApp {
    /// Meta's id of the app.
    pub app_id: String,
    /// Where its callbacks about this account go instead of the app's own address.
    pub override_callback_uri: Option<String>,
}

/// Where callbacks are to go instead of the app's own address. Meta asks this address at once whether it knows the token.
#[derive(Clone, Copy, Serialize)]
pub struct CallbackOverride<'a> {
    /// The address.
    #[serde(rename = "override_callback_uri")]
    pub callback_url: &'a str,
    /// What it must know.
    pub verify_token: &'a str,
}

impl TokenInfo {
    /// Whether it was granted this permission.
    pub fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|name| name == scope)
    }

    fn read(json: &Value) -> Option<Self> {
        let data = json.get("data")?;
        let all = data["scopes"].as_array().into_iter().flatten();
        let some = data["granular_scopes"].as_array().into_iter().flatten();
        let mut scopes: Vec<String> = all
            .filter_map(text)
            .chain(some.filter_map(|one| text(&one["scope"])))
            .collect();
        scopes.sort_unstable();
        scopes.dedup();
        Some(Self {
            is_valid: data["is_valid"].as_bool()?,
            app_id: text(&data["app_id"]),
            scopes,
            expires_at: data["expires_at"].as_i64().filter(|at| *at > 0),
            error: text(&data["error"]["message"]),
        })
    }
}

impl CloudApi {
    /// Asks what a token is good for, by the token itself.
    ///
    /// Meta takes the token that is asked about as a parameter of the query. It is the one call whose address holds a
    /// token: addresses are in no error and no log of this client, and travel inside TLS.
    ///
    /// # Errors
    /// If the token is none of Meta's or its time is over, or no answer came.
    pub async fn debug_token(&self, access_token: &str) -> Result<TokenInfo, CallError> {
        let mut url = below(self.base(), &["debug_token"]);
        url.query_pairs_mut()
            .append_pair("input_token", access_token);
        call(self.http().get(url), access_token, TokenInfo::read).await
    }

    /// The numbers of a WhatsApp Business Account, which also shows whether the token belongs to the app with this secret:
    /// the call carries the proof that Meta checks wherever it is given (Meta, "Securing Graph API requests").
    ///
    /// # Errors
    /// If the token may not see the account, the secret is another app's ([`is_wrong_secret`]), or no answer came.
    pub async fn phone_numbers(
        &self,
        waba_id: &str,
        access_token: &str,
        app_secret: &str,
    ) -> Result<Vec<PhoneNumberInfo>, CallError> {
        let proof = sign_sha256(access_token.as_bytes(), app_secret);
        let proof = proof.strip_prefix("sha256=").unwrap_or(&proof);
        let mut numbers = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES {
            let mut url = below(self.base(), &[waba_id, "phone_numbers"]);
            url.query_pairs_mut()
                .append_pair("limit", PAGE)
                .append_pair("appsecret_proof", proof);
            if let Some(after) = &after {
                url.query_pairs_mut().append_pair("after", after);
            }
            let read = |json: &Value| {
                let data = json["data"].as_array()?;
                let page: Vec<_> = data.iter().filter_map(PhoneNumberInfo::read).collect();
                let more = json["paging"]["next"].is_string();
                let after = text(&json["paging"]["cursors"]["after"]).filter(|_| more);
                Some((page, after))
            };
            let (page, next) = call(self.http().get(url), access_token, read).await?;
            numbers.extend(page);
            after = next;
            if after.is_none() {
                break;
            }
        }
        Ok(numbers)
    }

    /// Has the token's app get the callbacks of a WhatsApp Business Account, at its own address or at another. It may be
    /// repeated without harm; what was named before is replaced.
    ///
    /// # Errors
    /// If the token may not do so, the other address does not confirm itself ([`is_unconfirmed`]), or no answer came.
    pub async fn subscribe_app(
        &self,
        waba_id: &str,
        access_token: &str,
        instead: Option<CallbackOverride<'_>>,
    ) -> Result<(), CallError> {
        let request = self.http().post(self.subscribed_apps_url(waba_id));
        let request = match instead {
            Some(instead) => request.json(&instead),
            None => request,
        };
        call(request, access_token, answer::success).await
    }

    /// The apps that get the callbacks of a WhatsApp Business Account.
    ///
    /// # Errors
    /// If the token may not see them, or no answer came.
    pub async fn subscribed_apps(
        &self,
        waba_id: &str,
        access_token: &str,
    ) -> Result<Vec<SubscribedApp>, CallError> {
        let request = self.http().get(self.subscribed_apps_url(waba_id));
        let read = |json: &Value| {
            let apps = json["data"].as_array()?.iter();
            let apps = apps.map(|app| SubscribedApp {
                app_id: text(&app["whatsapp_business_api_data"]["id"]).unwrap_or_default(),
                override_callback_uri: text(&app["override_callback_uri"]),
            });
            Some(apps.collect())
        };
        call(request, access_token, read).await
    }

    /// Ends the callbacks of a WhatsApp Business Account to the token's app. It may be repeated without harm.
    ///
    /// # Errors
    /// If the token may not do so, or no answer came.
    pub async fn unsubscribe_app(
        &self,
        waba_id: &str,
        access_token: &str,
    ) -> Result<(), CallError> {
        let request = self.http().delete(self.subscribed_apps_url(waba_id));
        call(request, access_token, answer::success).await
    }

    fn subscribed_apps_url(&self, waba_id: &str) -> url::Url {
        below(self.base(), &[waba_id, "subscribed_apps"])
    }
}

/// Whether Meta refused because the app's secret is not that of the token's app.
pub fn is_wrong_secret(error: &CallError) -> bool {
    says(error, 100, "invalid appsecret_proof")
}

/// Whether Meta refused because the app demands a proof by its secret with every call (Meta's setting "Require App
/// Secret"), which a call without one then lacks.
pub fn demands_secret(error: &CallError) -> bool {
    says(error, 100, "appsecret_proof argument")
}

/// Whether Meta refused because the address for callbacks did not answer as it must.
pub fn is_unconfirmed(error: &CallError) -> bool {
    matches!(error, CallError::Refused(Refusal::Graph(error)) if error.code == 2200)
        || says(error, 100, "callback verification failed")
}

/// Meta has one code for all that is wrong with a parameter: only the words tell which.
fn says(error: &CallError, code: i64, words: &str) -> bool {
    let CallError::Refused(Refusal::Graph(error)) = error else {
        return false;
    };
    error.code == code && error.message.to_ascii_lowercase().contains(words)
}
