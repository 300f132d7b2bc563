package import Core

/// A button of the sign-in page: the link that it belongs to, and the app that was chosen.
package struct StartForm: Contract {
  package var data = ""
  package var sig = ""
  package var app = AppID("")

  package init() {}

  package static let fields = Fields<Self>("StartForm", "A button of the sign-in page.") {
    Required("data", \.data, .line(1...16_384), "The content of the link.")
    Required("sig", \.sig, .line(1...256), "The gateway's signature for it.")
    Required("app", \.app, .id(), "The OAuth2 app that was chosen.")
  }
}
