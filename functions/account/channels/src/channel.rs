//! A channel as the API shows it.

use openwati_core::secret::Secret;
use openwati_core::time::Moment;
use openwati_services::channels;
use openwati_store::channel::CheckedNumber;
use openwati_web::WhatsAppError;
use serde::Serialize;
use utoipa::ToSchema;

/// A WhatsApp number that messages go out and come in by; elsewhere in this API it is called a device.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "name": "Shop",
    "phoneNumber": "15550000001",
    "phoneNumberId": "106540352242922",
    "wabaId": "102290129340398",
    "isDefault": true,
    "status": "connected",
    "callbackUrl": "https://api.example.com/api/public/cloud-api-webhook/1234567890",
    "verifyToken": "my-tenant-7f3a",
    "number": {
        "checkedAt": "2026-06-10T12:34:56Z",
        "displayPhoneNumber": "+1 555-000-0001",
        "verifiedName": "Jasper's Market",
        "qualityRating": "GREEN",
        "messagingLimit": "TIER_2K",
    },
    "createdAt": "2026-06-10T12:34:56Z",
}))]
pub(crate) struct Channel {
    /// Its id, which `deviceId` takes.
    #[schema(format = "uuid")]
    id: String,
    /// What you call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// Its number: digits with the country code.
    phone_number: String,
    /// Meta's id of the number.
    phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    waba_id: String,
    /// Whether it sends where a request names no device.
    is_default: bool,
    /// Whether it can send.
    #[schema(value_type = ChannelStatus)]
    status: &'static str,
    /// Why it cannot, in words for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// The callback URL, where it is entered in the Meta app by hand.
    callback_url: String,
    /// The verify token that belongs to it. Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>)]
    verify_token: Option<Secret<String>>,
    /// What Meta told of the number when it was last asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    number: Option<Number>,
    #[schema(format = DateTime)]
    created_at: String,
}

/// Whether a channel can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum ChannelStatus {
    /// It sends and receives.
    Connected,
    /// Nothing can be sent by it until somebody acts.
    Disconnected,
}

/// What Meta tells of a number, in Meta's words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Number {
    /// When Meta was asked.
    #[schema(format = DateTime)]
    checked_at: String,
    /// The number as people read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    display_phone_number: Option<String>,
    /// The name that customers see.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    verified_name: Option<String>,
    /// How the name's approval stands: `APPROVED`, `PENDING_REVIEW`, `DECLINED`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name_status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, or `UNKNOWN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    quality_rating: Option<String>,
    /// How many customers may be written to first in 24 hours: `TIER_250`, `TIER_2K`, … `TIER_UNLIMITED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    messaging_limit: Option<String>,
    /// `STANDARD`: 80 messages a second; `HIGH`: 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    throughput: Option<String>,
    /// `CONNECTED`, `PENDING`, `DISCONNECTED`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status: Option<String>,
    /// `VERIFIED`, `NOT_VERIFIED` or `EXPIRED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code_verification_status: Option<String>,
    /// `CLOUD_API`, `ON_PREMISE` or `NOT_APPLICABLE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    platform_type: Option<String>,
    /// `LIVE` or `SANDBOX`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    account_mode: Option<String>,
    /// When the access token ends; absent where it never does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    token_expires_at: Option<String>,
}

/// Something that keeps a channel from working as it is to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// A stable name of it: `invalid_token`, `missing_permission`, `number_not_in_account`, `account_not_found`,
    /// `number_not_found`, `app_secret_mismatch`, `app_demands_proof`, `callback_unconfirmed`, `callbacks_elsewhere`,
    /// `not_subscribed`, `whatsapp_refused`.
    #[schema(example = "callback_unconfirmed")]
    code: &'static str,
    /// What is wrong.
    error: String,
    /// What to do.
    help: &'static str,
    /// What Meta said, where it was Meta that said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    whatsapp: Option<WhatsAppError>,
}

/// One channel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneChannel {
    channel: Channel,
    /// Why nothing comes in over it yet, if so: it can send all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    problem: Option<Problem>,
}

impl From<channels::Channel> for Channel {
    fn from(channel: channels::Channel) -> Self {
        Self {
            id: channel.id.uuid(),
            name: channel.name,
            phone_number: channel.phone_number.as_str().to_owned(),
            phone_number_id: channel.phone_number_id,
            waba_id: channel.waba_id,
            is_default: channel.is_default,
            status: status(channel.connected),
            reason: channel.reason,
            callback_url: channel.callback_url,
            verify_token: channel.verify_token,
            number: channel.checked.map(Number::from),
            created_at: channel.created_at.iso(),
        }
    }
}

pub(crate) const fn status(connected: bool) -> &'static str {
    if connected {
        "connected"
    } else {
        "disconnected"
    }
}

impl From<channels::Channel> for OneChannel {
    fn from(channel: channels::Channel) -> Self {
        Self {
            channel: channel.into(),
            problem: None,
        }
    }
}

impl From<channels::Connected> for OneChannel {
    fn from(connected: channels::Connected) -> Self {
        Self {
            channel: connected.channel.into(),
            problem: connected.problem.map(Problem::from),
        }
    }
}

impl From<CheckedNumber> for Number {
    fn from(number: CheckedNumber) -> Self {
        Self {
            checked_at: number.checked_at.iso(),
            display_phone_number: number.display_phone_number,
            verified_name: number.verified_name,
            name_status: number.name_status,
            quality_rating: number.quality_rating,
            messaging_limit: number.messaging_limit,
            throughput: number.throughput,
            status: number.status,
            code_verification_status: number.code_verification_status,
            platform_type: number.platform_type,
            account_mode: number.account_mode,
            token_expires_at: number.token_expires_at.map(Moment::iso),
        }
    }
}

impl From<channels::Problem> for Problem {
    fn from(problem: channels::Problem) -> Self {
        let help = problem.help;
        Self {
            code: problem.code,
            error: problem.message,
            help,
            whatsapp: problem.error.map(|error| WhatsAppError {
                code: error.code,
                title: error.title,
                details: error.details,
                help: Some(help),
            }),
        }
    }
}
