//! What is wrong with the token, the number or its account.

use super::super::row::Row;

pub(super) static ROWS: &[Row] = &[
    // The token: every call with it fails until another one is stored.
    Row::of(0, "token invalid", "WhatsApp no longer accepts this number's access token. Connect the number again with a new token.").disconnects_channel(),
    Row::of(102, "session ended", "The log-in behind this number's access token has ended. Connect the number again with a new token.").disconnects_channel(),
    Row::of(104, "token missing", "WhatsApp got no usable access token for this number. Connect the number again with a new token.").disconnects_channel(),
    Row::of(190, "token expired", "This number's access token has expired or was withdrawn. Connect the number again with a new token.").disconnects_channel(),
    // Permissions: Meta says of these that the permission was not granted or was taken away,
    // which is about the token and not about the message.
    Row::of(10, "permission removed", "The app may not send for this number. Grant it the permission for WhatsApp messages in Meta's business settings, then connect the number again.").disconnects_channel(),
    Row::over(&[200..=299], "permission not granted", "The app lacks a permission for this number. Grant it in Meta's business settings, then connect the number again.").disconnects_channel(),
    Row::of(131_005, "access denied", "The app has no access to this number. Grant it in Meta's business settings, then connect the number again.").disconnects_channel(),
    // A capability may belong to one kind of message alone.
    Row::of(3, "capability missing", "The app is not allowed to do this. Ask whoever manages the app at Meta to have the feature approved.").needs_operator(),
    // The number or its account: nothing leaves it until somebody acts.
    Row::of(33, "number deleted", "This number no longer exists at WhatsApp. Add it again in WhatsApp Manager, or connect another one.").disconnects_channel(),
    Row::of(368, "account blocked for policy", "WhatsApp has blocked this business account for a while because of its policies. Look into Account Quality in Meta's business settings and appeal there.").disconnects_channel(),
    Row::of(131_031, "account locked", "WhatsApp has locked this business account. Look into Account Quality in Meta's business settings.").disconnects_channel(),
    Row::of(131_037, "display name not approved", "WhatsApp has not approved this number's display name yet. Have a name approved in WhatsApp Manager.").disconnects_channel(),
    Row::of(131_045, "number not certified", "The registration of this number is not valid. Register the number again.").disconnects_channel(),
    Row::of(133_010, "number not registered", "This number is not registered for sending. Register it with its PIN.").disconnects_channel(),
    // Money and rank: free answers, or other kinds of messages, may still leave.
    Row::of(131_042, "payment method problem", "WhatsApp could not charge this business account. Check its payment method in Meta's billing settings.").needs_operator(),
    Row::of(131_044, "calling not paid for", "This business account may not call yet. Check its payment method in Meta's billing settings.").needs_operator(),
    Row::of(131_063, "marketing not enabled here", "Marketing messages of this account must go through Meta's Marketing Messages API. Ask whoever manages the account at Meta.").needs_operator(),
    Row::of(131_064, "limited for misused templates", "WhatsApp limits this account because templates were filed under a wrong category. Correct the categories in WhatsApp Manager.").needs_operator(),
    Row::of(134_011, "payment terms not accepted", "The terms for payments on WhatsApp are not accepted yet. Accept them in WhatsApp Manager.").needs_operator(),
    Row::of(131_030, "recipient not on test list", "This is a test number, which can only write to numbers on its list. Add the recipient in the app's WhatsApp settings at Meta, or use a real number.").needs_operator(),
];
