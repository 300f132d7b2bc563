package import Core

/// The body of `POST /v1/oauth2/{app}/verify`.
package struct AppVerifyRequest: Contract {
  package var account: AccountID?
  package var sendTo: String?

  package init() {}

  package static let fields = Fields<Self>("AppVerifyRequest", "How much of an app is tested.") {
    Field(
      "account", \.account, .id(), "One of the app's accounts, whose mailbox is tested too.")
    Field(
      "sendTo", \.sendTo, .line(1...1024, format: .email),
      "Who receives a real test message from that account; needs `account`.")
    Rule { request, complaints in
      if request.sendTo != nil, request.account == nil {
        complaints.add("sendTo", "needs an account to send from")
      }
    }
  }
}

/// The body of `POST /v1/account/{account}/verify`.
package struct AccountVerifyRequest: Contract {
  package var sendTo: String?

  package init() {}

  package init(sendTo: String?) {
    self.sendTo = sendTo
  }

  package static let fields = Fields<Self>("AccountVerifyRequest", "How much of an account is tested.") {
    Field("sendTo", \.sendTo, .line(1...1024, format: .email), "Who receives a real test message.")
  }
}

/// The result of testing an app or an account.
package struct VerificationReply: Contract {
  package var app = AppID("")
  package var provider = Word(OAuth2Provider.outlook)
  package var account: AccountID?
  package var ok = false
  package var steps: [VerificationStepReply] = []

  package init() {}

  package static let fields = Fields<Self>(
    "Verification", "The result of testing an app or an account."
  ) {
    Required("app", \.app, .id(), "The OAuth2 app.")
    Required("provider", \.provider, .word(), "How the app reaches mailboxes.")
    Field("account", \.account, .id(), "The account.")
    Required("ok", \.ok, .flag, "Whether no step has failed; one that was skipped does not count.")
    Required(
      "steps", \.steps, .list(.object, count: 0...100), "The steps in the order in which they were tested.")
  }
}

/// One step of trying out.
package struct VerificationStepReply: Contract {
  package var id = Word(ID.dns)
  package var label = ""
  package var status = Word(Status.skip)
  package var message = ""
  package var hint: String?
  package var problem: String?
  package var remedy: String?
  package var actor: Word<Responsible>?
  package var link: String?

  package enum ID: String, WireWord {
    case dns = "dns"
    case tls = "tls"
    case clock = "clock"
    case authority = "authority"
    case client = "client"
    case secret = "secret"
    case redirect = "redirect"
    case scopes = "scopes"
    case token = "token"
    case permissions = "permissions"
    case mailbox = "mailbox"
    case send = "send"
  }

  package enum Status: String, WireWord {
    case ok = "ok"
    case fail = "fail"
    case skip = "skip"
  }

  package init() {}

  package static let fields = Fields<Self>("VerificationStep", "One step of testing an app or an account.") {
    Required("id", \.id, .word(), "Which step it is.")
    Required("label", \.label, .line(1...256), "The step in words.")
    Required("status", \.status, .word(), "`skip`: not needed, or not tested because an earlier step failed.")
    Required("message", \.message, .lines(1...65_536), "What was found, or why it was not tested.")
    Field("hint", \.hint, .lines(1...65_536), "Further information.")
    Field("problem", \.problem, .line(1...64), "Heliograph's code; docs/errors.md lists them.")
    Field("remedy", \.remedy, .lines(1...4096), "What to do about it.")
    Field("actor", \.actor, .word(), "Who has to act; left out if it is the reader.")
    Field("link", \.link, .line(1...4096, format: .url), "The page at Microsoft where this can be fixed.")
  }
}

extension Operations {
  package static let verifyApp = Operation<AppID, Nothing, AppVerifyRequest, VerificationReply>(
    .post, "/v1/oauth2/{app}/verify", id: "verifyOAuth2App", .apps, .workspace,
    "Test an app step by step.",
    "With one of its accounts, its mailbox and a test message are included. A fault is part of the reply and "
      + "not an error.",
    body: .optionalJSON, grant: OperationGrant(.send, nil), problems: [.appNotFound, .accountNotFound])

  package static let verifyAccount = Operation<AccountID, Nothing, AccountVerifyRequest, VerificationReply>(
    .post, "/v1/account/{account}/verify", id: "verifyAccount", .accounts, .account,
    "Test an account step by step, from name resolution to a test message.",
    "A fault is part of the reply and not an error.", body: .optionalJSON,
    grant: OperationGrant(.send, .account), problems: [.accountNotFound])
}
