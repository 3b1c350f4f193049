"""Makes one program of the commands in the guide: `guide.py DOCUMENT... >PROGRAM`.

A command stands in a block of the language `sh` whose line before says its name: `<!-- step: NAME -->`. Every such block is
run, in the order of the documents, but for those that the emulator cannot do.
"""

import re
import sys
from pathlib import Path

# Steps that are not run, each with its reason.
NOT_THERE = {
    "domain": "nobody validates a certificate there, and no name leads to the emulator",
    "base-url": "the same",
    "quota": "the emulator has no quotas",
    "redrive": "the emulator has no StartMessageMoveTask",
}

# What is seen to after a step, beyond that its commands succeed.
AFTER = {
    # The API's own name there is one that not every resolver knows.
    "outputs": 'API=$(cat "$GUIDE_WORK/api")',
    # Callbacks lead to it by another address: its API does not know the port that it has there.
    "check": "subscribe",
    # They arrive.
    "send": "until_so is_delivered",
    # What was there before is there again.
    "restore": "is_delivered",
    # What the old key had sealed opens without it.
    "drop-old-key": "sends",
    # Who was logged in still is.
    "rotate-signing-keys": "is_logged_in",
}

PRELUDE = r"""
set -euo pipefail

# What a person answers.
read() {
    local name=${*: -1} answer
    case $name in
    PASSWORD) answer=$(sed -n 's/^ *Password *//p' "$GUIDE_WORK/ran") ;;
    PHONE_NUMBER_ID) answer=$(cat "$GUIDE_WORK/Phone number id") ;;
    WABA_ID) answer=$(cat "$GUIDE_WORK/Account (WABA) id") ;;
    ACCESS_TOKEN) answer=$(cat "$GUIDE_WORK/Access token") ;;
    APP_SECRET) answer=$(cat "$GUIDE_WORK/App secret") ;;
    TO) answer=+923001234567 ;;
    KEY_RING | LINK_KEY | SESSION_KEY) answer=${!name} ;;
    *)
        echo "error: the guide asks for $name, which nobody answers" >&2
        exit 1
        ;;
    esac
    printf -v "$name" %s "$answer"
}

# AWS's own, and what the emulator leaves out of a stack.
sam() {
    if [ "$1" = deploy ]; then
        STACK=$STACK KEY_RING=$KEY_RING LINK_KEY=$LINK_KEY SESSION_KEY=$SESSION_KEY \
            "$GUIDE_PYTHON" "$GUIDE_TESTS/typed.py" sam "$@"
        "$GUIDE_EMULATOR_PYTHON" "$GUIDE_TESTS/mend.py" "$AWS_ENDPOINT_URL" "$STACK" >"$GUIDE_WORK/api"
    else
        command sam "$@"
    fi
}

until_so() {
    local deadline=$((SECONDS + 60))
    until "$@"; do
        if [ $SECONDS -ge $deadline ]; then
            echo "error: $* did not come true" >&2
            return 1
        fi
        # A key has 60 requests a minute.
        sleep 1.5
    done
}

subscribe() {
    local callback
    callback=$API/$(jq -r .channel.callbackUrl channel.json | cut -d / -f 4-)
    jq '{override_callback_uri: $callback, verify_token: .channel.verifyToken}' --arg callback "$callback" channel.json |
        curl -sS --fail-with-body "$GUIDE_GRAPH/v23.0/$WABA_ID/subscribed_apps" -H "Authorization: Bearer $ACCESS_TOKEN" \
            --json @- | jq -e .success
}

is_delivered() {
    curl -sS --fail-with-body "$API/api/public/v1/messages/$(jq -r .id sent.json)" -H "Authorization: Bearer $KEY" |
        jq -e '.message.status | . == "delivered" or . == "read"' >/dev/null
}

sends() {
    curl -sS --fail-with-body "$API/api/public/v1/send" -H "Authorization: Bearer $KEY" \
        --json '{"to": "+923001234567", "message": "Hello again"}' | jq -e .ok >/dev/null
}

is_logged_in() {
    curl -sS --fail-with-body "$API/api/me" -H "Authorization: Bearer $TOKEN" | jq -e . >/dev/null
}

trap 'echo "error: the guide failed at the step $step" >&2' ERR
set -E
"""


def steps(document):
    """The commands of a document: (name, commands)."""
    lines = Path(document).read_text().splitlines()
    found = []
    for number, line in enumerate(lines):
        if line.strip() != "```sh":
            continue
        name = re.fullmatch(r"<!-- step: ([a-z-]+) -->", lines[number - 1].strip())
        if not name:
            raise SystemExit(f"error: {document}:{number + 1}: a block of commands without a name")
        end = lines.index("```", number)
        found.append((name[1], lines[number + 1 : end]))
    return found


def main(documents):
    program = [PRELUDE]
    unknown = {*NOT_THERE, *AFTER}
    for document in documents:
        for name, commands in steps(document):
            unknown.discard(name)
            if name in NOT_THERE:
                program.append(f"echo '=== {name}: not on the emulator: {NOT_THERE[name]}'")
                continue
            program += [f"step={name}", f"echo '=== {name}'", *commands, AFTER.get(name, "")]
    if unknown:
        raise SystemExit(f"error: the guide has no steps {sorted(unknown)}")
    print("\n".join(program))


if __name__ == "__main__":
    main(sys.argv[1:])
