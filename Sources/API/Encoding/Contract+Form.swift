package import Core
import JSON

// The same tables, read from a query or a form.
extension Contract {
  /// Reads the query of a URL, without its question mark, or the body of a form
  /// (`application/x-www-form-urlencoded`).
  ///
  /// A name without a value has no meaning, except that it sets a flag. A name must not occur twice.
  ///
  /// - Parameter ignoring: A name that others read, such as `access_token`.
  /// - Throws: `request.malformed` when the encoding is not valid or a limit is exceeded; else one problem
  ///   with every fault.
  package static func read(
    query text: some StringProtocol, ignoring: String? = nil
  ) throws(Problem) -> Self {
    var pairs = try FormText.pairs(text)
    if let ignoring { pairs.removeAll { $0.name == ignoring } }
    let object = try FormText.object(pairs)
    var reading = Reading(.form)
    let value = fields.read(object, &reading)
    if let problem = reading.faults.problem { throw problem }
    return value
  }

  /// Reads the body of a form.
  package static func read(form bytes: some Collection<UInt8>) throws(Problem) -> Self {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FormText.malformed("is not UTF-8")
    }
    return try read(query: text)
  }

  /// The query of a URL, without its question mark; empty where everything is left out.
  package var queryText: String {
    formEncoded(Self.fields.pairs(self))
  }
}

/// `application/x-www-form-urlencoded` (WHATWG URL section 5), read strictly.
package enum FormText {
  /// Far more than any of our forms or queries needs; a callback of Microsoft's with its code has a few
  /// kilobytes.
  static let byteLimit = 65_536
  /// No table has as many fields.
  static let pairLimit = 100

  /// The values of a page's query by name. Such a query may have names of Microsoft's that no table lists.
  ///
  /// - Throws: `request.malformed` when the encoding is not valid, a limit is exceeded or a name occurs twice (RFC 6749
  ///   section 3.1).
  package static func values(_ text: some StringProtocol) throws(Problem) -> [String: String] {
    var values: [String: String] = [:]
    for (name, value) in try pairs(text) {
      guard values.updateValue(value, forKey: name) == nil else {
        throw malformed("has \(Quoted.text(name)) twice")
      }
    }
    return values
  }

  static func pairs(_ text: some StringProtocol) throws(Problem) -> [(name: String, value: String)] {
    guard text.utf8.count <= byteLimit else { throw malformed("is longer than \(byteLimit) bytes") }
    var pairs: [(name: String, value: String)] = []
    for part in text.split(separator: "&") {
      guard pairs.count < pairLimit else { throw malformed("has more than \(pairLimit) names") }
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = try decode(halves[0], of: nil)
      pairs.append((name, halves.count == 2 ? try decode(halves[1], of: name) : ""))
    }
    return pairs
  }

  /// - Throws: `request.malformed` when a name occurs twice.
  static func object(_ pairs: [(name: String, value: String)]) throws(Problem) -> JSONObject {
    var object = JSONObject()
    for (name, value) in pairs {
      guard object[name] == nil else { throw malformed("has \(Quoted.text(name)) twice") }
      object[name] = .string(value)
    }
    return object
  }

  private static func decode(_ text: some StringProtocol, of name: String?) throws(Problem) -> String {
    do {
      return try PercentEncoding.decode(text, plusIsSpace: true)
    } catch {
      throw malformed(
        name.map { "has a value for \(Quoted.text($0)) that \(error.message)" }
          ?? "has a name that \(error.message)")
    }
  }

  static func malformed(_ fault: String) -> Problem {
    Problem(
      .requestMalformed, "The query or form \(fault).",
      remedy: "Encode it as application/x-www-form-urlencoded in UTF-8, each name once.")
  }
}
