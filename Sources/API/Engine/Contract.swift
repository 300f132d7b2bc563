package import Core
package import JSON

/// One kind of object in the contract: a request's body, its query or form, or a reply.
///
/// Everything that is known about it is in `fields`, once: it is read, written, masked and documented by
/// that table alone.
package protocol Contract: Sendable, Equatable {
  /// Every field at its default. What is required has a placeholder, which a reply must replace.
  init()

  static var fields: Fields<Self> { get }
}

extension Contract {
  /// Reads a request's body strictly.
  ///
  /// - Throws: `request.malformed` when it is not JSON or not an object; else one problem with every fault.
  package static func read(_ bytes: some Collection<UInt8>) throws(Problem) -> Self {
    let tree: JSONValue
    do {
      tree = try JSONValue(parsing: bytes, limits: .requests)
    } catch {
      throw .malformedBody(error)
    }
    return try read(tree)
  }

  /// Reads a request's body that is a tree already, strictly.
  package static func read(_ body: JSONValue) throws(Problem) -> Self {
    var reading = Reading(.request)
    return try read(body, &reading)
  }

  static func read(_ body: JSONValue, _ reading: inout Reading) throws(Problem) -> Self {
    guard case .object(let object) = body else { throw .notAnObject(body) }
    let value = fields.read(object, &reading)
    if let problem = reading.faults.problem { throw problem }
    return value
  }

  /// Reads a reply as a client does: what a newer gateway adds is passed over, and limits are the gateway's
  /// matter.
  ///
  /// - Throws: `request.internal` that says how it differs from what this version expects.
  package static func read(reply bytes: some Collection<UInt8>) throws(Problem) -> Self {
    let tree: JSONValue
    do {
      tree = try JSONValue(parsing: bytes)
    } catch {
      throw .unexpectedReply("it is not valid JSON: \(error)")
    }
    return try read(reply: tree)
  }

  /// Reads a reply that is a tree already, as a client does.
  package static func read(reply: JSONValue) throws(Problem) -> Self {
    guard case .object(let object) = reply else {
      throw .unexpectedReply("it is \(reply.kind), not an object")
    }
    var reading = Reading(.reply)
    let value = fields.read(object, &reading)
    if let fault = reading.faults.first { throw .unexpectedReply("\(fault.key) \(fault.message)") }
    return value
  }

  /// The shortest JSON text, its members in the order of the table.
  ///
  /// - Parameter revealingSecrets: whether secrets are written as they are, as a client must, or masked.
  package func json(revealingSecrets: Bool = false) -> [UInt8] {
    var writing = Writing(revealsSecrets: revealingSecrets)
    write(to: &writing)
    return writing.json.bytes
  }

  func write(to writing: inout Writing) {
    Self.fields.write(self, to: &writing)
  }
}

/// An object without fields: where an operation has no path values, no query or no body.
package struct Nothing: Contract {
  package init() {}

  package static let fields = Fields<Self>("Nothing", "An object without fields.") {}
}

extension JSONLimits {
  /// The longest text that a request may contain in one field is 5 MiB; one that is a little longer is still a
  /// fault of its field. Attachments stream and do not count.
  static let requests: JSONLimits = {
    var limits = JSONLimits()
    limits.stringBytes = 8 << 20
    return limits
  }()
}

extension Problem {
  static func malformedBody(_ error: JSONError) -> Problem {
    Problem(
      .requestMalformed, "The body is not valid JSON: \(error).",
      remedy: "Send one JSON object with Content-Type: application/json.")
  }

  static func notAnObject(_ body: JSONValue) -> Problem {
    Problem(
      .requestMalformed, "The body must be a JSON object, not \(body.kind).",
      remedy: "Send one JSON object with Content-Type: application/json.")
  }

  static func unexpectedReply(_ difference: String) -> Problem {
    Problem(
      .requestInternal, "The gateway's reply is not what this version expects: \(difference).",
      remedy: "Use the same version of heliograph on both sides.")
  }
}
