"""The failures that reach the callback, each as a person meets it: what is planted, our code, and words that must
stand on the screen."""

TOKEN = "/oauth2/v2.0/token"


def entra(number, code, words, status=400):
    return (f"AADSTS{number}", {"path": TOKEN, "status": status, "code": f"AADSTS{number}"}, code, words)


# While the code is redeemed, and while we look who signed in and whether there is a mailbox.
PLANTED = [
    entra(7000215, "entra.secretWrong", "secret", 401),
    entra(7000222, "entra.secretExpired", "expired", 401),
    entra(7000218, "entra.secretMissing", "secret", 401),
    entra(700025, "entra.secretUnexpected", "secret", 401),
    entra(700016, "entra.clientUnknown", "client"),
    entra(7000112, "entra.clientDisabled", "application"),
    entra(50011, "entra.redirectMismatch", "redirect URI"),
    entra(90002, "entra.tenantUnknown", "tenant"),
    entra(50194, "entra.tenantRequired", "tenant"),
    entra(50020, "entra.wrongAccountType", "account"),
    entra(70011, "entra.scopeInvalid", "scope"),
    entra(54005, "entra.codeUsed", "already"),
    entra(501481, "entra.pkceMismatch", "sign-in"),
    entra(65001, "entra.consentRequired", "allowed"),
    entra(90094, "entra.adminConsentRequired", "administrator"),
    entra(50076, "entra.interactionRequired", "Microsoft"),
    entra(53003, "entra.accessBlocked", "Conditional Access"),
    entra(90033, "entra.unavailable", "at the moment", 503),
    ("a lost answer of Entra", {"path": TOKEN, "close": "before"}, "entra.unreachable", "could not be reached"),
    ("a forbidden profile", {"path": "/v1.0/me", "status": 403, "code": "ErrorAccessDenied"}, "graph.accessDenied",
     "permission"),
    ("no licence", {"path": "*/mailFolders/*", "status": 404, "code": "MailboxNotEnabledForRESTAPI"},
     "graph.mailboxUnavailable", "mailbox"),
]
