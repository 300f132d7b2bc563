import Core
import Foundation
import JSON

/// Entra's error object, or the same fields in a callback's query.
struct EntraError: Sendable {
  /// RFC 6749 section 5.2 and OpenID Connect Core section 3.1.2.6: `invalid_grant`, `login_required`, ...
  var name: String
  var description: String?
  var numbers: [Int]?
  var suberror: String?
  var traceID: String?

  init(error: String, description: String?) {
    name = error
    self.description = description
  }

  init(_ json: JSONValue) throws(ReplyFault) {
    name = try json.required("error", \.string)
    description = try json.optional("error_description", \.string)
    numbers = try json.optional("error_codes", \.integers)
    suberror = try json.optional("suberror", \.string)
    traceID = try json.optional("trace_id", \.string)
  }

  /// The AADSTS number: of several the first that we know, from the list or from the description's first word.
  var number: Int? {
    let listed = numbers ?? []
    if let known = listed.first(where: { ErrorCatalogue.entry(aadsts: $0) != nil }) { return known }
    if let first = listed.first { return first }
    guard let description, description.hasPrefix("AADSTS") else { return nil }
    return Int(description.dropFirst(6).prefix { $0.isASCII && $0.isNumber })
  }

  /// What the catalogue has for it. Personal accounts are refused in words, without a number.
  var entry: ErrorEntry? {
    if let number { return ErrorCatalogue.entry(aadsts: number) }
    return description.flatMap { ErrorCatalogue.entry(.entra, in: ErrorText($0)) }
  }

  /// The parameters of the callback may be forged.
  var plainName: String { oneLine(name, limit: 60) }

  /// What follows from the status, `error` and `suberror`, whatever the number.
  func verdict(status: Int?) -> EntraVerdict {
    if status == 429 { return .throttled }
    if let status, status >= 500 { return .unavailable }
    return EntraVerdict.all.first { $0.covers(name, suberror) } ?? .other
  }

  /// The beginning of Entra's own description, for an error that the catalogue does not know. It names apps,
  /// tenants and scopes, but never a code or a token.
  var words: String {
    guard var text = description?[...], !text.isEmpty else {
      return "Entra refused the request with “\(plainName)”."
    }
    if text.hasPrefix("AADSTS"), let colon = text.firstIndex(of: ":") { text = text[colon...].dropFirst() }
    if let trace = text.range(of: "Trace ID:") { text = text[..<trace.lowerBound] }
    return "Entra refused the request: " + oneLine(text, limit: 300)
  }
}

extension JSONValue {
  fileprivate var integers: [Int]? {
    guard let array else { return nil }
    let integers = array.compactMap { $0.int64.flatMap(Int.init(exactly:)) }
    return integers.count == array.count ? integers : nil
  }
}
