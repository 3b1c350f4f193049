"""Checks what a function answered to its sample event: `answers.py FUNCTION <ANSWER`."""

import base64
import json
import sys


def expect(condition, what):
    if not condition:
        raise SystemExit(f"expected {what}")


def body(answer):
    text = answer["body"]
    if answer.get("isBase64Encoded"):
        text = base64.b64decode(text).decode()
    return json.loads(text)


def headers(answer):
    return {name.lower(): value for name, value in answer.get("headers", {}).items()}


def status(answer, code):
    expect(answer.get("statusCode") == code, f"status {code}")


def admin(answer):
    # Keys are never Super Admins.
    status(answer, 403)
    expect(body(answer)["code"] == "missing_role", "the code of a role that does not allow it")


def auth(answer):
    # Nobody has this address.
    status(answer, 401)
    expect(body(answer)["code"] == "wrong_credentials", "the code of wrong credentials")


def mail(answer):
    # Nobody has this address, so that nobody is written to.
    expect(answer == {"batchItemFailures": []}, "no failed item")


def team(answer):
    status(answer, 200)
    users = body(answer)["users"]
    expect([user["role"] for user in users] == ["super_admin"], "the seeded person alone")


def templates(answer):
    status(answer, 200)
    names = {template["name"] for template in body(answer)["templates"]}
    expect(names == {"hello_world", "order_update"}, "the two seeded templates")


def contacts(answer):
    status(answer, 200)
    listed = body(answer)
    expect(listed["nextCursor"] is None, "one page")
    expect(all(contact["created_at"] for contact in listed["contacts"]), "contacts")


def send(answer):
    status(answer, 200)
    sent = body(answer)
    expect(sent["ok"] is True, "ok")
    expect(sent["to"] == "923001234567", "the number without its plus")
    expect(sent["status"] == "sent", "a sent message")
    expect(sent["id"] and sent["messageId"], "both ids")


def messages(answer):
    status(answer, 200)
    listed = body(answer)["messages"]
    expect({message["peer"] for message in listed} == {"923001234567"}, "the message that was sent before")


def auto_replies(answer):
    status(answer, 200)
    expect(body(answer) == {"rules": [], "nextCursor": None}, "no rule yet")


def channels(answer):
    status(answer, 200)
    (channel,) = body(answer)["channels"]
    expect(channel["isDefault"] and channel["status"] == "connected", "the seeded channel")
    expect("verifyToken" not in channel and "accessToken" not in channel, "no secret")


def cloud_api_webhook(answer):
    status(answer, 200)


def docs(answer):
    status(answer, 200)
    expect(body(answer)["openapi"].startswith("3.1."), "OpenAPI 3.1")


def fallback(answer):
    status(answer, 204)
    allowed = headers(answer)
    expect(allowed.get("access-control-allow-origin") == "*", "CORS for every origin")
    expect("access-control-allow-credentials" not in allowed, "CORS without credentials")


def inbound(answer):
    expect(answer == {"batchItemFailures": []}, "no failed item")


def data(answer):
    # There is no such work, which is logged and dropped.
    expect(answer == {"batchItemFailures": []}, "no failed item")


def imports(answer):
    # There is no such import, which is logged and dropped.
    expect(answer == {"batchItemFailures": []}, "no failed item")


def keys(answer):
    status(answer, 200)
    (key,) = body(answer)["keys"]
    expect(key["enabled"] and key["hint"].startswith("wati_"), "the seeded key")
    expect("secret" not in key, "no secret")


def media(answer):
    # Nobody signed this link.
    status(answer, 404)
    expect(body(answer)["code"] == "not_found", "the code of what is not there")


def media_download(answer):
    # There is no such message, which is logged and dropped.
    expect(answer == {"batchItemFailures": []}, "no failed item")


def automation_step(answer):
    # There is no such entry in the log, which is logged and dropped.
    expect(answer == {"batchItemFailures": []}, "no failed item")


def media_send(answer):
    # There is no such message, which is logged and dropped.
    expect(answer == {"batchItemFailures": []}, "no failed item")


def send_media(answer):
    status(answer, 201)
    upload = body(answer)
    expect(upload["method"] == "PUT" and upload["url"].startswith("http"), "where to put the file")


def settings(answer):
    status(answer, 200)
    expect(body(answer)["settings"]["name"] == "Local", "the seeded tenant's settings")


def smart_reply(answer):
    # The message is too old to be answered, which is written down.
    expect(answer == {"batchItemFailures": []}, "no failed item")


def statuses(answer):
    expect(answer == {"batchItemFailures": []}, "no failed item")


def timers(answer):
    # Nobody reads what a schedule's function answers, and a failure was told apart before.
    del answer


def webhook_delivery(answer):
    # There is no such endpoint: its owner removed it.
    expect(answer == {"batchItemFailures": []}, "no failed item")


def webhooks(answer):
    status(answer, 200)
    expect(body(answer) == {"webhooks": [], "nextCursor": None}, "an empty page")


if __name__ == "__main__":
    globals()[sys.argv[1].replace("-", "_")](json.load(sys.stdin))
