use serde_json::Value;

use super::answer::text;
use super::outcome::{CallError, Refusal};

/// What Meta tells about a sending number. All but the id may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhoneNumberInfo {
    /// Meta's id of the number.
    pub id: String,
    /// The number as people read it, like `+1 555-010-0000`.
    pub display_phone_number: Option<String>,
    /// The name that customers see.
    pub verified_name: Option<String>,
    /// How the name's approval stands, like `APPROVED`.
    pub name_status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN` or `NA`.
    pub quality_rating: Option<String>,
    /// How fast it may send: `STANDARD` (80 messages a second) or `HIGH` (1000).
    pub throughput: Option<String>,
    /// `CONNECTED`, `PENDING`, `DISCONNECTED`, …
    pub status: Option<String>,
    /// `VERIFIED`, `NOT_VERIFIED` or `EXPIRED`.
    pub code_verification_status: Option<String>,
    /// `CLOUD_API`, `ON_PREMISE` or `NOT_APPLICABLE`.
    pub platform_type: Option<String>,
    /// `LIVE` or `SANDBOX`.
    pub account_mode: Option<String>,
    /// How many customers the business may write to first in 24 hours: `TIER_250`, `TIER_2K`, … `TIER_UNLIMITED`.
    pub messaging_limit: Option<String>,
}

impl PhoneNumberInfo {
    /// The fields that every version of Graph knows.
    pub(super) const FIELDS: &str = "id,display_phone_number,verified_name,name_status,\
        quality_rating,throughput,status,code_verification_status,platform_type,account_mode";

    /// The field of the messaging limit, which belongs to the whole business since October 2025. Versions of Graph that
    /// do not know it refuse the call.
    pub(super) const LIMIT: &str = "whatsapp_business_manager_messaging_limit";

    /// Whether this version of Graph does not know that field.
    pub(super) fn lacks_limit(error: &CallError) -> bool {
        let CallError::Refused(Refusal::Graph(error)) = error else {
            return false;
        };
        error.code == 100 && error.message.contains(Self::LIMIT)
    }

    pub(super) fn read(json: &Value) -> Option<Self> {
        let field = |name: &str| text(&json[name]);
        Some(Self {
            id: field("id")?,
            display_phone_number: field("display_phone_number"),
            verified_name: field("verified_name"),
            name_status: field("name_status"),
            quality_rating: field("quality_rating"),
            throughput: text(&json["throughput"]["level"]),
            status: field("status"),
            code_verification_status: field("code_verification_status"),
            platform_type: field("platform_type"),
            account_mode: field("account_mode"),
            messaging_limit: field(Self::LIMIT).or_else(|| field("messaging_limit_tier")),
        })
    }
}
