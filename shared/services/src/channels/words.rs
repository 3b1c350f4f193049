//! What to do about what is wrong, for people who know neither codes nor Meta's pages by heart.

/// What to do about a problem or a refused callback.
pub(super) fn help(code: &str) -> &'static str {
    match code {
        "invalid_token" => {
            "Generate a permanent token in Meta's business settings (Users, System users, Generate token) and paste all of it."
        }
        "missing_permission" => {
            "Generate the token anew with both whatsapp_business_messaging and whatsapp_business_management, for a system user that has full control of the WhatsApp account."
        }
        "number_not_in_account" => {
            "Copy both the Phone Number ID and the WhatsApp Business Account ID from the same page: WhatsApp, API Setup, in the app at Meta."
        }
        "account_not_found" => {
            "Check the WhatsApp Business Account ID (WhatsApp, API Setup, in the app at Meta), and that the system user of the token is assigned to that account."
        }
        "number_not_found" => {
            "Check the Phone Number ID (WhatsApp, API Setup, in the app at Meta). It is not the phone number itself."
        }
        "app_secret_mismatch" => {
            "Copy the App Secret from the Meta app that the token was generated for: App settings, Basic."
        }
        "app_demands_proof" => {
            "Switch \"Require App Secret\" off in the Meta app: App settings, Advanced."
        }
        "callback_unconfirmed" => {
            "Make sure that Meta reaches this installation under its public https address, then check the channel again; or enter the callback URL and the verify token by hand in the Meta app: WhatsApp, Configuration, Webhook."
        }
        "callbacks_elsewhere" => {
            "Another installation, or another tenant of this one, gets this account's callbacks. Disconnect it there, or connect the channel again here to take them over."
        }
        "not_subscribed" => {
            "Connect the channel again, or subscribe the app to the account's webhooks by hand."
        }
        "invalid_signature" => {
            "App Secret mismatch: the app that signed it has another secret than the channel. Copy the App Secret from the Meta app (App settings, Basic) and change the channel's."
        }
        "no_signature" => {
            "Meta signs every callback. What came without a signature was not sent by Meta, or lost it on its way through a proxy."
        }
        "invalid_json" => "What was signed is not JSON. Meta sends nothing like it.",
        "unknown_number" => {
            "The app also gets callbacks of a number that is not connected here. Connect that number too, or leave it: nothing is lost."
        }
        "wrong_verify_token" => {
            "Copy the verify token from the channel into the Meta app: WhatsApp, Configuration, Webhook."
        }
        _ => "Try again; if it stays, look at what Meta says.",
    }
}
