package import Core

// What the hosted pages are sent: by our own links and forms, and by Microsoft.

/// A button of the sign-in page: the link it came from, and the app that was chosen.
package struct StartForm: Contract {
  package var data = ""
  package var sig = ""
  package var app = AppID("")

  package init() {}

  package static let fields = Fields<Self>("StartForm", "A button of the sign-in page.") {
    Required(HostedTerm.data, \.data)
    Required(HostedTerm.sig, \.sig)
    Required("app", \.app, .id(), "The OAuth2 app that was chosen.")
  }
}

/// A hosted link, which names in the query add to may pass: mail scanners add some.
package struct HostedQuery: Contract {
  package var data: String?
  package var sig: String?
  package var with: String?
  package var code: String?

  package init() {}

  package static let fields = Fields<Self>("HostedQuery", "The query of a hosted page.") {
    Field(HostedTerm.data, \.data)
    Field(HostedTerm.sig, \.sig)
    Field("with", \.with, .line(1...64), "`code` offers codes for another device.")
    Field("code", \.code, .lines(1...16_384), "On the help page: what Microsoft said.")
  }
}

/// Where a sign-in ends while no program has a page of its own.
package struct HomeQuery: Contract {
  package var account: String?
  package var state: String?
  package var problem: String?

  package init() {}

  package static let fields = Fields<Self>("HomeQuery", "The query of the page where a sign-in ends.") {
    Field("account", \.account, .line(1...256), "The account.")
    Field("state", \.state, .line(1...64), "`new`, `existing` or `failed`.")
    Field("problem", \.problem, .line(1...64), "Our code of the failure.")
  }
}

/// What Microsoft sends a browser back with (OpenID Connect Core 1.0 section 3.1.2.5, and the admin consent
/// endpoint).
package struct CallbackQuery: Contract {
  package var code: Secret?
  package var state: String?
  package var error: String?
  package var errorDescription: String?
  package var errorSubcode: String?
  package var adminConsent: String?
  package var tenant: String?

  package init() {}

  package static let fields = Fields<Self>("CallbackQuery", "What Microsoft sends a browser back with.") {
    Field("code", \.code, .secret(1...16_384), "The authorization code.")
    Field("state", \.state, .line(1...4096), "What the sign-in was started with.")
    Field("error", \.error, .line(1...1024), "The protocol's word for what went wrong.")
    Field("error_description", \.errorDescription, .lines(1...16_384), "What went wrong.")
    Field("error_subcode", \.errorSubcode, .line(1...1024), "What went wrong, more exactly.")
    Field("admin_consent", \.adminConsent, .line(1...64), "Whether an administrator consented.")
    Field("tenant", \.tenant, .line(1...1024), "The tenant.")
  }
}

private enum HostedTerm {
  static let data = Term("data", Kind<String>.line(1...16_384), "What the link says.")
  static let sig = Term("sig", Kind<String>.line(1...256), "Our signature of it.")
}
