"""What can fail between the link and the account, each as a person meets it: what is planted, our code, and words
that must stand on the screen."""

TOKEN = "/oauth2/v2.0/token"


def entra(number, code, words, status=400):
    return (f"AADSTS{number}", {"path": TOKEN, "status": status, "code": f"AADSTS{number}"}, code, words)


def callback(number, code, words):
    return (f"AADSTS{number} in the callback",
            {"path": "/oauth2/v2.0/authorize", "status": 302, "code": f"AADSTS{number}"}, code, words)


# Apps of the sandbox with a fault, which Microsoft's own page tells: the app, who signs in, and what the help must
# make of that page. {callback} stands for the redirect URI that we send.
STUCK = [
    ("Redirect elsewhere", None, "entra.redirectMismatch · AADSTS50011", "Add exactly {callback} under"),
    ("Redirect with a slash", None, "entra.redirectMismatch", "Add exactly {callback} under"),
    ("Redirect in capitals", None, "entra.redirectMismatch", "Add exactly {callback} under"),
    ("Redirect with https", None, "entra.redirectMismatch", "Add exactly {callback} under"),
    ("Redirect to another path", None, "entra.redirectMismatch", "Add exactly {callback} under"),
    ("Single tenant", None, "entra.tenantRequired · AADSTS50194", "was sent to “common”"),
    ("Personal accounts only", None, "entra.wrongAccountType · AADSTS9002331", "“consumers”"),
    ("Work accounts only", "erin@outlook.test", "entra.wrongAccountType · AADSTS50020", "another account"),
    ("Disabled", "alice@contoso.test", "entra.clientDisabled · AADSTS7000112", "administrator enable it"),
]

# While the code is redeemed, and while we look who signed in and whether there is a mailbox.
PLANTED = [
    entra(7000215, "entra.secretWrong", "The client secret does not belong to the app with client ID", 401),
    entra(7000222, "entra.secretExpired", "has expired", 401),
    entra(7000218, "entra.secretMissing", "must authenticate with a secret or a certificate", 401),
    entra(700025, "entra.secretUnexpected", "must not send a secret", 401),
    entra(700016, "entra.clientUnknown", "client ID"),
    entra(7000112, "entra.clientDisabled", "is disabled in"),
    entra(50011, "entra.redirectMismatch", "/oauth under Authentication, platform Web"),
    entra(90002, "entra.tenantUnknown", "Directory (tenant) ID"),
    entra(50194, "entra.tenantRequired", "“common”"),
    entra(50020, "entra.wrongAccountType", "does not allow accounts of its kind"),
    entra(70011, "entra.scopeInvalid", "Mail.ReadWrite"),
    entra(54005, "entra.codeUsed", "has already been used"),
    entra(501481, "entra.pkceMismatch", "does not belong to the sign-in that was started"),
    entra(65001, "entra.consentRequired", "Nobody has consented to the permissions that the app requests"),
    entra(90094, "entra.adminConsentRequired", "only an administrator may consent"),
    entra(50076, "entra.interactionRequired", "multi-factor authentication"),
    entra(53003, "entra.accessBlocked", "Conditional Access"),
    entra(90033, "entra.unavailable", "Entra cannot answer at the moment", 503),
    callback(65001, "entra.consentRequired", "Nobody has consented to the permissions that the app requests"),
    callback(90094, "entra.adminConsentRequired", "only an administrator may consent"),
    callback(50105, "entra.accessBlocked", "is not assigned"),
    callback(53003, "entra.accessBlocked", "Conditional Access"),
    ("a lost answer of Entra", {"path": TOKEN, "close": "before"}, "entra.unreachable", "could not be reached"),
    ("a forbidden profile", {"path": "/v1.0/me", "status": 403, "code": "ErrorAccessDenied"}, "graph.accessDenied",
     "permission"),
    ("no licence", {"path": "*/mailFolders/*", "status": 404, "code": "MailboxNotEnabledForRESTAPI"},
     "graph.mailboxUnavailable", "mailbox"),
]
