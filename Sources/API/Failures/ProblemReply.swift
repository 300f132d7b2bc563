package import Core

/// A problem of the past, as lists and accounts show it.
package struct ProblemReply: Contract {
  package var code = ""
  package var problem = ""
  package var message = ""
  package var remedy: String?
  package var actor: Word<Responsible>?
  package var link: String?
  package var statusCode: Int?
  package var serverResponseCode: String?
  package var requestId: String?
  package var date = Instant(microseconds: 0)

  package init() {}

  package static let fields = Fields<Self>("Problem", "A problem that occurred earlier.") {
    Required(
      "code", \.code, .line(1...64), "EmailEngine's code if it has one, otherwise the same as `problem`.")
    Required(
      "problem", \.problem, .line(1...64), "Heliograph's code, `area.reason`; docs/errors.md lists them.")
    Required("message", \.message, .lines(1...65_536), "One sentence about what happened.")
    Field("remedy", \.remedy, .lines(1...4096), "What to do about it.")
    Field("actor", \.actor, .word(), "Who has to act; left out if it is the reader.")
    Field("link", \.link, .line(1...4096, format: .url), "The page at Microsoft where this can be fixed.")
    Field("statusCode", \.statusCode, .integer(100...999), "The HTTP status of Microsoft's reply.")
    Field("serverResponseCode", \.serverResponseCode, .line(1...256), "Microsoft's own code.")
    Field("requestId", \.requestId, .line(1...256), "The id by which Microsoft can find the request.")
    Required("date", \.date, .moment, "When it happened.")
  }
}

extension ProblemReply {
  /// - Parameter problem: The name of a code, perhaps of one that an older version wrote down.
  package init(_ problem: String, _ message: String, at date: Instant) {
    self.init()
    code = ProblemCode(rawValue: problem)?.apiCode ?? problem
    self.problem = problem
    self.message = message
    self.date = date
  }

  /// The code, if this version knows it.
  package var knownCode: ProblemCode? { ProblemCode(rawValue: problem) }
}

extension Responsible: WireWord {}
