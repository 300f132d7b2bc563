"""Reads a JSON list of base64 messages; writes what the standard library's email package makes of each."""

import base64
import email
import email.header
import email.policy
import email.utils
import json
import sys


def decoded(text):
    return str(email.header.make_header(email.header.decode_header(text)))


def unfolded(text):
    return text.replace("\r\n", "").replace("\n", "")


def addresses(message, name):
    found = email.utils.getaddresses([unfolded(value) for value in message.get_all(name, [])])
    return [f"{decoded(name)} <{address}>" if name else address for name, address in found]


def file_name(part):
    """Like get_filename, which strips the blanks at its ends."""
    value = part.get_param("filename", header="Content-Disposition")
    return email.utils.collapse_rfc2231_value(value) if isinstance(value, tuple) else value


def verdict(data):
    """Names and encoded text by the old interface: the new one normalises their blanks."""
    old = email.message_from_bytes(data, policy=email.policy.compat32)
    new = email.message_from_bytes(data, policy=email.policy.default)
    texts = {"text/plain": None, "text/html": None}
    files = []
    defects = []
    for part, old_part in zip(new.walk(), old.walk()):
        defects += [type(defect).__name__ for defect in part.defects]
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            continue
        kind = part.get_content_type()
        if kind in texts and part.get_content_disposition() is None:
            content = part.get_payload(decode=True)
            texts[kind] = content.decode(part.get_content_charset())
            continue
        identifier = part["Content-ID"]
        files.append({
            "name": file_name(old_part),
            "type": kind,
            "contentID": identifier.strip("<>") if identifier else None,
            "isInline": part.get_content_disposition() == "inline",
            "content": base64.b64encode(part.get_payload(decode=True) or b"").decode(),
        })
    return {
        "subject": decoded(unfolded(old["Subject"])) if "Subject" in old else None,
        "addresses": {name: addresses(old, name) for name in ("From", "Reply-To", "To", "Cc")},
        "headers": [decoded(unfolded(value)) for name, value in old.items() if name.startswith("X-Test-")],
        "date": int(email.utils.parsedate_to_datetime(old["Date"]).timestamp()),
        "messageID": old["Message-ID"],
        "text": texts["text/plain"],
        "html": texts["text/html"],
        "files": files,
        "defects": defects,
    }


messages = [base64.b64decode(text) for text in json.load(sys.stdin)]
json.dump([verdict(message) for message in messages], sys.stdout)
