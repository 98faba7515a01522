"""A chat loop with a memory. Before each reply it asks the service what a model should know; after it, it records
the turn, what the reply used, and what is worth keeping.

    python3 examples/chat-loop/chat_loop.py mira http://127.0.0.1:3000

The companion only follows a script: put your model in its place. chat-loop.ts is the same in TypeScript.
"""

import json
import sys
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

USER = sys.argv[1] if len(sys.argv) > 1 else "mira"
SERVICE = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:3000"
MAX_ATTEMPTS = 10


def send(method, path, body=None, key=None):
    """Sends a request until the service answers it. No answer does not mean that nothing happened: with the same
    key, a command that was carried out before is not carried out again, and has the same answer."""
    data = None if body is None else json.dumps(body).encode()
    headers = {} if body is None else {"Content-Type": "application/json"}
    if key is not None:
        headers["Idempotency-Key"] = key
    for attempt in range(1, MAX_ATTEMPTS + 1):
        wait = 0.2 * attempt
        try:
            with urlopen(Request(SERVICE + path, data, headers, method=method)) as response:
                return json.load(response)
        except HTTPError as refusal:
            if refusal.code != 503:
                raise RuntimeError(refusal.read().decode()) from refusal
            wait = float(refusal.headers.get("Retry-After", wait))
        except (OSError, HTTPException):
            pass  # no answer, or half of one
        time.sleep(wait)
    raise RuntimeError(f"{SERVICE} does not answer.")


def companion(message, context):
    """Stands in for a model: a reply, and which of the memories it was given it used."""
    given = {memory["memoryId"] for memory in context["receipt"]["memories"]}
    return message["reply"], [memory for memory in message.get("uses", []) if memory in given]


BASE = f"/v1/users/{quote(USER, safe='')}"


def answer(message, session_id):
    query = urlencode({"q": message["text"], "sessionId": session_id, "maxTokens": 800})
    context = send("GET", f"{BASE}/context?{query}")
    reply, used = companion(message, context)
    receipt = context["receipt"]
    print(f"> {message['text']}\n  [{receipt['tokens']} tokens of context, {receipt['sha256']}]\n{reply}\n")

    when = {"occurredAt": message["at"]}
    turn = {"sessionId": session_id, "userMessage": message["text"], "assistantMessage": reply, **when}
    if "emotion" in message:
        turn["emotion"] = message["emotion"]
    turn["learn"] = True  # takes preferences, topics and triggers from the message
    recorded = send("POST", f"{BASE}/turns", turn, f"turn-{message['id']}")
    # The receipt renders this context again, and says where each memory was put before the model.
    send("POST", f"/v1/receipts/{receipt['receiptId']}/used", {"turnId": recorded["turnId"]})
    if used:
        send("POST", f"{BASE}/recalls", {"memoryIds": used}, f"recall-{message['id']}")
    if "remember" in message:
        send("POST", f"{BASE}/memories", {**message["remember"], **when}, f"memory-{message['id']}")


script = json.loads(Path(__file__).with_name("conversation.json").read_text(encoding="utf-8"))
send("PATCH", f"{BASE}/profile", {"name": script["name"], "timeZone": script["timeZone"]})
for session in script["sessions"]:
    for message in session["messages"]:
        answer(message, session["id"])
    send("POST", f"{BASE}/sessions/{quote(session['id'], safe='')}/end")
