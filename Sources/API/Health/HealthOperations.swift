package import Core

/// Whether the gateway works.
package struct HealthReply: Contract {
  package var success = true
  package var warnings = 0
  package var secrets: [ExpiringCredential]?
  package var files: [FileWarning]?

  package init() {}

  package static let fields = Fields<Self>("Health", "Whether the gateway works.") {
    Required(
      "success", \.success, .flag, "Always `true`; a gateway that does not work replies with an error.")
    Required(
      "warnings", \.warnings, .integer(0...(.max)),
      "How many secrets and certificates of apps expire within 30 days or have expired.")
    Field(
      "secrets", \.secrets, .list(.object, count: 0...100_000), "Which expire; for an operator's token only.")
    Field(
      "files", \.files, .list(.object, count: 0...100),
      "Which files can be read by others; for an operator's token only.")
  }
}

/// A secret or certificate of an app that expires soon.
package struct ExpiringCredential: Contract {
  package var workspace = WorkspaceID("")
  package var app = AppID("")
  package var name = ""
  package var credential = Word(Form.secret)
  package var expires = Instant(microseconds: 0)
  package var days = 0

  package enum Form: String, WireWord {
    case secret = "secret"
    case certificate = "certificate"
  }

  package init() {}

  package static let fields = Fields<Self>(
    "ExpiringCredential", "A secret or certificate of an app that expires soon or has expired."
  ) {
    Required(WorkspaceTerm.id, \.workspace)
    Required("app", \.app, .id(), "The OAuth2 app.")
    Required("name", \.name, .line(0...256), "The app's name for people.")
    Required("credential", \.credential, .word(), "Which of the two it is.")
    Required("expires", \.expires, .moment, "When it expires.")
    Required("days", \.days, .integer((.min)...(.max)), "In how many days; below 0, it has expired.")
  }
}

/// A file of the gateway that other users of its machine can read.
package struct FileWarning: Contract {
  package var message = ""
  package var remedy = ""

  package init() {}

  package static let fields = Fields<Self>(
    "FileWarning", "A file of the gateway that other users of its machine can read."
  ) {
    Required("message", \.message, .lines(1...8192), "Which file, and its mode.")
    Required("remedy", \.remedy, .lines(1...8192), "What to do about it.")
  }
}

extension Operations {
  package static let health = Operation<Nothing, Nothing, Nothing, HealthReply>(
    .get, "/health", id: "getHealth", .operation, .optionalToken,
    "Check whether the gateway and its database work, and messages can be sent.",
    "An operator's token also gets the secrets that expire soon, the files that others can read, and the cause of a fault.",
    problems: [.serverFaulty])

  package static let openAPI = Operation<Nothing, Nothing, Nothing, Nothing>(
    .get, "/openapi.json", id: "getOpenAPI", .operation, .open, "Describe this API.", reply: .document)
}
