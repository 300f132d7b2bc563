import Foundation
import HTTP
import JSON

/// Why a reply is not what Microsoft documents. Says what is wrong and quotes no value.
struct ReplyFault: Error, Hashable {
  let flaw: String

  init(_ flaw: String) {
    self.flaw = flaw
  }

  init(_ error: JSONError) {
    self.init("It is not valid JSON: \(error).")
  }

  static func member(_ name: String) -> ReplyFault {
    ReplyFault("The member “\(name)” is missing or not valid.")
  }
}

extension HTTPReply {
  /// The value of a complete body, strictly read (RFC 8259): UTF-8 without a byte order mark, no key twice in one
  /// object, nothing after the value.
  func json(limits: JSONLimits = .reply) throws(ReplyFault) -> JSONValue {
    if let cut { throw ReplyFault("It ends early: \(cut.rawValue).") }
    do throws(JSONError) {
      return try JSONValue(parsing: body, limits: limits)
    } catch {
      throw ReplyFault(error)
    }
  }

  func read<Value>(
    limits: JSONLimits = .reply, _ value: (JSONValue) throws(ReplyFault) -> Value
  ) throws(ReplyFault) -> Value {
    try value(json(limits: limits))
  }
}

extension JSONLimits {
  /// For replies. The deepest that we ask for, a header field of a message in a list, has 5 levels, and error
  /// objects nest a few more. A hundred messages with a hundred header fields each have 31,000 keys and
  /// elements. `HTTPRequest.replyLimit` bounds the bytes.
  static let reply = JSONLimits(depth: 16, elements: 100_000)

  /// For a page of a hundred messages, each of which may have 500 recipients with four keys.
  static let page = JSONLimits(depth: 16, elements: 400_000)

  /// For the payload of a token: some thirty claims, of which `roles` and `groups` are lists of a few hundred.
  static let claims = JSONLimits(depth: 8, elements: 5_000, stringBytes: 64 * 1024)
}

// Members by name, with their kinds.
extension JSONValue {
  /// Throws if the member is missing or of another kind.
  func required<Value>(
    _ name: String, _ kind: KeyPath<JSONValue, Value?>
  ) throws(ReplyFault) -> Value {
    guard let value = self[name]?[keyPath: kind] else { throw .member(name) }
    return value
  }

  /// `nil` if the member is missing or null; throws if it is of another kind.
  func optional<Value>(
    _ name: String, _ kind: KeyPath<JSONValue, Value?>
  ) throws(ReplyFault) -> Value? {
    guard let member = self[name], !member.isNull else { return nil }
    guard let value = member[keyPath: kind] else { throw .member(name) }
    return value
  }

  /// The elements of a list that all are of one kind.
  func list<Element>(
    _ name: String, of element: (JSONValue) throws(ReplyFault) -> Element
  ) throws(ReplyFault) -> [Element] {
    var elements: [Element] = []
    for value in try required(name, \.array) { elements.append(try element(value)) }
    return elements
  }

  var strings: [String]? {
    guard let array else { return nil }
    let strings = array.compactMap(\.string)
    return strings.count == array.count ? strings : nil
  }
}

// JSON Web Tokens (RFC 7519).
extension JSONValue {
  /// The claims of a token in the compact form; `nil` if it is not one. The signature is not checked.
  init?(claimsOf token: String) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = Data(base64URL: parts[1]),
      let claims = try? JSONValue(parsing: payload, limits: .claims), case .object = claims
    else { return nil }
    self = claims
  }
}
