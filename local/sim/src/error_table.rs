//! Meta's error codes as far as the simulator answers them, by itself or on demand.

/// What is known of a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// The short text after `(#code)`, which is also the title in a callback.
    pub(crate) title: &'static str,
    /// The explanation, where the occasion gives none.
    pub(crate) details: &'static str,
}

/// Codes with title and explanation (Meta, "Error codes").
#[rustfmt::skip]
const KNOWN: &[(u32, &str, &str)] = &[
    (0, "AuthException", "The app user could not be authenticated."),
    (1, "An unknown error occurred", "The request may be invalid, or the server failed."),
    (2, "Service temporarily unavailable", "The service is down or overloaded."),
    (3, "Capability or permission issue", "The app lacks the capability for this call."),
    (4, "Application request limit reached", "The app has reached its rate of calls."),
    (10, "Permission denied", "The permission is not granted or was removed."),
    (33, "Parameter value is not valid", "The business phone number was deleted."),
    (100, "Invalid parameter", "The request has a parameter that is unknown or misspelt."),
    (104, "An access token is required to request this resource.", ""),
    (190, "Invalid OAuth access token - Cannot parse access token", ""),
    (200, "Permissions error", "The permission is not granted or was removed."),
    (368, "Temporarily blocked for policies violations", "The account is restricted for breaking a policy."),
    (613, "Calls to this api have exceeded the rate limit.", ""),
    (803, "Some of the aliases you requested do not exist", ""),
    (2200, "Callback verification failed", ""),
    (2500, "Unknown path components", ""),
    (80007, "Rate limit issues", "The WhatsApp Business Account has reached its rate of calls."),
    (80008, "Rate limit issues", "The WhatsApp Business Account has reached its rate of management calls."),
    (130403, "Message blocked", "The customer has blocked the business."),
    (130429, "Rate limit hit", "The number has reached its messages a second."),
    (130472, "User's number is part of an experiment", "The message was withheld as part of an experiment."),
    (130497, "Business account is restricted from messaging users in this country.", ""),
    (131000, "Something went wrong", "The message could not be sent for an unknown reason."),
    (131005, "Access denied", "The permission is not granted or was removed."),
    (131008, "Required parameter is missing", "A required parameter is missing."),
    (131009, "Parameter value is not valid", "A parameter has a value that is not allowed."),
    (131016, "Service unavailable", "A service is temporarily unavailable."),
    (131021, "Recipient cannot be sender", "The sender and the recipient are the same number."),
    (131026, "Message undeliverable", "The recipient is not on WhatsApp, has not accepted the terms, or uses an old app."),
    (131030, "Recipient phone number not in allowed list", "Add the number to the allowed list and try again."),
    (131031, "Account has been locked", "The account is restricted or disabled."),
    (131037, "Display name approval needed", "The number's display name is not approved."),
    (131042, "Business eligibility payment issue", "There is a problem with the payment method."),
    (131045, "Incorrect certificate", "The number is not registered."),
    (131047, "Re-engagement message", "More than 24 hours have passed since the customer last wrote to this number."),
    (131048, "Spam rate limit hit", "Too many messages of this number were blocked or flagged."),
    (131049, "This message was not delivered to maintain healthy ecosystem engagement.", ""),
    (131050, "User has stopped marketing messages", "The customer does not want marketing messages."),
    (131051, "Unsupported message type", "The type of message is not supported."),
    (131052, "Media download error", "The media could not be downloaded."),
    (131053, "Media upload error", "The media could not be uploaded."),
    (131056, "(Business Account, Consumer Account) pair rate limit hit", "Too many messages to this customer in a short time."),
    (131057, "Account in maintenance mode", "The account is in maintenance."),
    (131060, "This message is currently unavailable", ""),
    (131062, "Business-scoped user id is not supported", "This message needs the customer's phone number."),
    (131063, "Marketing templates are not supported on this API", ""),
    (131064, "Limited for misclassified templates", ""),
    (132000, "Number of parameters does not match the expected number of params", ""),
    (132001, "Template name does not exist in the translation", ""),
    (132005, "Translated text too long", ""),
    (132007, "Template format character policy violated", ""),
    (132012, "Template parameter format mismatch", ""),
    (132015, "Template is paused", ""),
    (132016, "Template is disabled", ""),
    (132018, "There was an issue with the parameters in your template", ""),
    (132068, "Flow is blocked", ""),
    (132069, "Flow is throttled", ""),
    (133004, "Server temporarily unavailable", ""),
    (133010, "Account not registered", "The number is not registered."),
    (135000, "Generic user error", ""),
    (137000, "Recipient identity key hash mismatch", ""),
    (2494100, "Phone number in maintenance", ""),
];

/// What is known of `code`; codes that the table lacks have a general text.
pub(crate) fn lookup(code: u32) -> Known {
    KNOWN.iter().find(|(known, ..)| *known == code).map_or(
        Known {
            title: "Something went wrong",
            details: "",
        },
        |&(_, title, details)| Known { title, details },
    )
}

/// The HTTP status that goes with a code: 401 for tokens, 403 for permissions and blocked accounts,
/// 429 for the rates of a number and a customer, 5xx for Meta's own trouble, else 400.
pub(crate) fn http_status(code: u32) -> u16 {
    match code {
        0 | 102 | 104 | 190 => 401,
        10 | 200..=299 | 368 | 131031 | 130497 => 403,
        4 | 613 | 80007 | 80008 | 130429 | 131048 | 131056 => 429,
        1 | 3 | 131000 | 131016 => 500,
        2 => 503,
        _ => 400,
    }
}
