import Core
import Foundation
import Synchronization

/// One kind of JSON object in a request.
protocol RequestObject: Decodable {
  /// The fields that are read.
  static var known: Set<String> { get }
  /// Fields of EmailEngine's vocabulary that this version refuses by name.
  static var notSupported: Set<String> { get }
}

extension RequestObject {
  static var notSupported: Set<String> { [] }
}

/// Reads one JSON object of a request strictly: a wrong type, a field we do not know and a field of the
/// vocabulary that is not built yet are faults, each named by its path. All faults of a body are told at once.
struct Fields {
  private let container: KeyedDecodingContainer<Key>
  private let faults: FaultList

  init(_ decoder: any Decoder, of type: (some RequestObject).Type) throws {
    guard let faults = decoder.userInfo[.faults] as? FaultList else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no fault list"))
    }
    container = try decoder.container(keyedBy: Key.self)
    self.faults = faults
    for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
      // A null says what leaving the field out says.
      if type.known.contains(key.stringValue) || (try? container.decodeNil(forKey: key)) == true { continue }
      if type.notSupported.contains(key.stringValue) {
        faults.add(path(key), "is not supported by this version", .requestNotSupported)
      } else {
        faults.add(path(key), "is not a field of this request", .requestUnknownField)
      }
    }
  }

  /// `nil` when the field is missing, null or faulty; a fault is remembered.
  func optional<Value: Decodable>(_ name: String, _ type: Value.Type = Value.self) -> Value? {
    let key = Key(stringValue: name)
    do {
      return try container.decodeIfPresent(type, forKey: key)
    } catch DecodingError.typeMismatch, DecodingError.valueNotFound, DecodingError.dataCorrupted {
      faults.add(path(key), "must be \(Self.name(of: type))", .requestInvalidField)
      return nil
    } catch {
      return nil  // a nested object that has told its own faults
    }
  }

  /// Text of at most `limit` UTF-8 bytes without NUL.
  func text(_ name: String, limit: Int, singleLine: Bool = true) -> String? {
    guard let text: String = optional(name) else { return nil }
    if text.utf8.count > limit {
      faults.add(path(Key(stringValue: name)), "is longer than \(limit) bytes", .requestInvalidField)
      return nil
    }
    if text.utf8.contains(where: { $0 == 0 || singleLine && ($0 == 13 || $0 == 10) }) {
      faults.add(path(Key(stringValue: name)), "contains a line break or NUL", .requestInvalidField)
      return nil
    }
    return text
  }

  /// Like `text`, but the field must be there and not be empty.
  func requiredText(_ name: String, limit: Int) -> String? {
    let text = text(name, limit: limit)
    if text == nil || text == "" { missing(name) }
    return text
  }

  func missing(_ name: String) {
    if !faults.contains(path(Key(stringValue: name))) { fault(name, "is required") }
  }

  func fault(_ name: String, _ message: String, _ code: ProblemCode = .requestInvalidField) {
    faults.add(path(Key(stringValue: name)), message, code)
  }

  private func path(_ key: Key) -> String {
    (container.codingPath + [key]).reduce(into: "") { path, key in
      if let index = key.intValue {
        path += "[\(index)]"
      } else {
        path += (path.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }

  private static func name(of type: (some Any).Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is Bool.Type: "true or false"
    case is Int.Type: "a whole number"
    case is [String].Type: "a list of strings"
    case is any Collection.Type: "a list of objects"
    default: "an object"
    }
  }

  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int?

    init(stringValue: String) { self.stringValue = stringValue }

    init(intValue: Int) {
      stringValue = String(intValue)
      self.intValue = intValue
    }
  }
}

/// The faults found so far in one body.
final class FaultList: Sendable {
  private let list = Mutex<[(fault: FieldFault, code: ProblemCode)]>([])

  func add(_ key: String, _ message: String, _ code: ProblemCode) {
    list.withLock { $0.append((FieldFault(message: message, key: key), code)) }
  }

  func contains(_ key: String) -> Bool {
    list.withLock { $0.contains { $0.fault.key == key } }
  }

  /// `nil` when there is none. What is not supported is said first, then what is unknown.
  var problem: Problem? {
    let found = list.withLock { $0 }
    let codes = Set(found.map(\.code))
    guard let first = found.first else { return nil }
    let code = [.requestNotSupported, .requestUnknownField].first(where: codes.contains) ?? first.code
    return .fields(found.map(\.fault), code: code)
  }
}

extension CodingUserInfoKey {
  fileprivate static var faults: CodingUserInfoKey {
    // The initialiser fails for no text.
    CodingUserInfoKey(rawValue: "heliograph.faults").unsafelyUnwrapped
  }
}

extension JSONDecoder {
  /// Decodes a request body whose `init(from:)` reads `Fields`.
  ///
  /// - Throws: `Problem` with every fault of the body.
  static func request<Body: Decodable>(_ type: Body.Type, from bytes: some DataProtocol) throws -> Body {
    let decoder = JSONDecoder()
    let faults = FaultList()
    decoder.userInfo[.faults] = faults
    do {
      let body = try decoder.decode(type, from: Data(bytes))
      if let problem = faults.problem { throw problem }
      return body
    } catch let problem as Problem {
      throw problem
    } catch DecodingError.typeMismatch {
      throw faults.problem ?? .malformedJSON("it is not an object.")
    } catch DecodingError.dataCorrupted(let context) {
      throw faults.problem ?? .malformedJSON(context.debugDescription)
    }
  }
}
