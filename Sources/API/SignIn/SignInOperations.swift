package import Core

/// The body of `POST /v1/authentication/form`.
package struct SignInRequest: Contract {
  package var account: AccountID?
  package var name: String?
  package var email: String?
  package var expectedEmail: String?
  package var delegated = false
  package var redirectURL = ""
  package var app: AppID?
  package var unknownOutcome: UnknownOutcome?

  package init() {}

  package static let fields = Fields<Self>("FormRequest", "Who is to sign in with a link.") {
    Field("account", \.account, .id(), SignInTerm.account)
    Field(AccountTerm.name, \.name)
    Field("email", \.email, .line(0...1024, format: .email), SignInTerm.email)
    Field(AccountTerm.expectedEmail, \.expectedEmail)
    Field(AccountTerm.delegated, \.delegated)
    Required(
      "redirectUrl", \.redirectURL, .line(1...2048),
      "Where the browser goes at the end, with `account` and `state` (`new`, `existing` or `failed`) in its "
        + "query; with `identity=unverified` if the address is not proven; after a failure with `problem`, `error` "
        + "and `remedy`.")
    Field("type", \.app, .id(), "The id of an OAuth2 app; left out, the person chooses.")
    Field(AccountTerm.unknownOutcome, \.unknownOutcome)
    Unsupported("notifyFrom", "subconnections", "path")
    Rule { request, complaints in
      if request.delegated, request.email == nil { complaints.missing("email") }
    }
  }
}

enum SignInTerm {
  static let account = "The account to add or to connect again; left out, a new one."
  static let email =
    "The mailbox's address. Unless the mailbox is `delegated`, nobody to whom Microsoft gives another one can sign in; "
    + "where Microsoft does not confirm the address, the account is connected with `identity: unverified`."
}

/// A link for signing in.
package struct SignInLink: Contract {
  package var url = ""

  package init() {}

  package init(url: String) {
    self.url = url
  }

  package static let fields = Fields<Self>("FormReply", "A link for signing in.") {
    Required("url", \.url, .line(1...16_384, format: .url), "The link; it works once, for 24 hours.")
  }
}

/// The body of `POST /v1/authentication/device`.
package struct DeviceSignInRequest: Contract {
  package var account: AccountID?
  package var name: String?
  package var email: String?
  package var expectedEmail: String?
  package var delegated = false
  package var provider = AppID("")
  package var unknownOutcome: UnknownOutcome?

  package init() {}

  package static let fields = Fields<Self>("DeviceRequest", "Who is to sign in with a code.") {
    Field("account", \.account, .id(), SignInTerm.account)
    Field(AccountTerm.name, \.name)
    Field("email", \.email, .line(0...1024, format: .email), SignInTerm.email)
    Field(AccountTerm.expectedEmail, \.expectedEmail)
    Field(AccountTerm.delegated, \.delegated)
    Required(
      "provider", \.provider, .id(),
      "The id of an OAuth2 app with the provider `outlook` whose registration allows public client flows.")
    Field(AccountTerm.unknownOutcome, \.unknownOutcome)
    Unsupported("notifyFrom", "subconnections", "path", "redirectUrl")
  }
}

/// A code to be entered on one of Microsoft's pages.
package struct DeviceSignInReply: Contract {
  package var id = DeviceSignInID("")
  package var userCode = ""
  package var verificationURI = ""
  package var expiresIn = 0
  package var interval = 1
  package var message = ""
  package var url = ""

  package init() {}

  package static let fields = Fields<Self>("DeviceReply", "A code to be entered on one of Microsoft's pages.")
  {
    Required("id", \.id, .id(), "The id of this sign-in.")
    Required("userCode", \.userCode, .line(1...256), "What the mailbox's owner enters.")
    Required("verificationUri", \.verificationURI, .line(1...4096, format: .url), "Where they enter it.")
    Required("expiresIn", \.expiresIn, .integer(0...(.max)), "For how many seconds the code works.")
    Required("interval", \.interval, .integer(1...(.max)), "How many seconds to wait between two requests.")
    Required("message", \.message, .lines(1...4096), "Microsoft's instructions for the mailbox's owner.")
    Required(
      "url", \.url, .line(1...16_384, format: .url),
      "A page of the gateway that shows the code and the state of the sign-in.")
  }
}

/// The state of a sign-in with a code.
package struct DeviceStatusReply: Contract {
  package var id = DeviceSignInID("")
  package var status = Word(Status.pending)
  package var account: AccountID?
  package var error: ProblemReply?

  package enum Status: String, WireWord {
    case pending = "pending"
    case connected = "connected"
    case declined = "declined"
    case expired = "expired"
    case failed = "failed"
  }

  package init() {}

  package static let fields = Fields<Self>("DeviceStatus", "The state of a sign-in with a code.") {
    Required("id", \.id, .id(), "The id of the sign-in.")
    Required(
      "status", \.status, .word(),
      "`pending`: the code has not been entered yet. `connected`: the account is connected. `declined`: the "
        + "person declined. `expired`: the code was not entered in time. `failed`: `error` says why.")
    Field("account", \.account, .id(), "The account that is connected.")
    Field("error", \.error, .object, "Why it did not succeed.")
  }
}

extension Operations {
  package static let makeSignInLink = Operation<Nothing, Nothing, SignInRequest, SignInLink>(
    .post, "/v1/authentication/form", id: "postAuthenticationForm", .accounts, .workspace,
    "Create a sign-in link.", "It works once, for 24 hours.",
    grant: OperationGrant(.write, nil), problems: [.appNotFound, .appDisabled, .appInvalid, .accountExists])

  package static let startDeviceSignIn = Operation<Nothing, Nothing, DeviceSignInRequest, DeviceSignInReply>(
    .post, "/v1/authentication/device", id: "postAuthenticationDevice", .accounts, .workspace,
    "Get a code that the mailbox's owner enters on one of Microsoft's pages.",
    "For gateways that no browser can reach.",
    grant: OperationGrant(.write, nil),
    problems: [
      .appNotFound, .appDisabled, .appInvalid, .accountExists, .signInPublicClientOff, .entraUnreachable,
      .entraUnavailable, .entraThrottled, .entraUnexpectedReply,
    ])

  package static let deviceSignIn = Operation<DeviceSignInID, Nothing, Nothing, DeviceStatusReply>(
    .get, "/v1/authentication/device/{device}", id: "getAuthenticationDevice", .accounts, .workspace,
    "Show the state of a sign-in with a code.", "This works until a day after its end.",
    grant: OperationGrant(.read, nil), problems: [.signInDeviceUnknown])
}
