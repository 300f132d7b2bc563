import API
import Access
import Accounts
import Core
import Foundation
import JSON
import Microsoft
import Web
import Yams

/// The part of the configuration file that declares apps, accounts, API tokens and settings, with the places of its
/// values.
struct Declarations: Sendable {
  var settings = DeclaredSettings()
  /// The line of each key, such as `apps.outlook.clientId`, counted from 1.
  var lines: [String: Int] = [:]
  var faults: [DeclarationFault] = []

  /// The keys of the file that are no settings.
  static let sections = ["apps", "accounts", "tokens", "settings"]

  init() {}

  /// The line of a key, or of the nearest one around it.
  func line(of key: String) -> Int {
    var key = Substring(key)
    while lines[String(key)] == nil {
      guard let end = key.lastIndex(where: { $0 == "." || $0 == "[" }) else { return 1 }
      key = key[..<end]
    }
    return lines[String(key)] ?? 1
  }
}

/// Something in the file that cannot be.
struct DeclarationFault: Sendable, Hashable {
  let line: Int
  let key: String
  /// The rest of a sentence that begins with the key.
  let message: String

  var text: String { "line \(line): \(key) \(message)" }
}

/// Reads the sections of a file. Secrets are references, so that the file itself can be shown and versioned.
struct DeclarationReader {
  let environment: [String: String]
  /// What the paths of secrets are relative to.
  let folder: String
  private(set) var result = Declarations()

  init(environment: [String: String], folder: String) {
    self.environment = environment
    self.folder = folder
  }

  private static let secrets: Set = [
    "clientSecret", "clientCertificate", "refreshToken", "token", "serviceSecret",
  ]
  private static let numbers: Set = ["notifyTextSize", "notifyAttachmentSize"]

  /// - Parameter line: where the key of the section is.
  mutating func read(_ section: String, _ node: Node, line: Int?) {
    result.lines[section] = line
    guard let entries = node.mapping else {
      if node.scalar?.string.isEmpty == true { return }
      return fault(section, "is not a mapping of names to values")
    }
    if section == "settings" { return readSettings(node) }
    var seen: Set<String> = []
    for (nameNode, value) in entries {
      let name = nameNode.string ?? ""
      let key = section + "." + name
      result.lines[key] = nameNode.mark?.line
      guard seen.insert(name).inserted else {
        fault(key, "is there twice")
        continue
      }
      guard var fields = json(value, at: key).object else {
        fault(key, "is not a mapping of fields to values")
        continue
      }
      // Accounts have ids of their owner's choice; the others are part of ours.
      guard section == "accounts" || Self.isName(name) else {
        fault(key, "is not a name of 1 to 64 letters, digits, hyphens and underscores")
        continue
      }
      if section == "apps" {
        if fields["name"] == nil { fields["name"] = .string(name) }
        if fields["enabled"] == nil { fields["enabled"] = true }
        if fields["provider"] == nil { fields["provider"] = .string(OAuth2Provider.outlook.rawValue) }
      }
      do {
        try add(section, name, .object(fields))
      } catch {
        for flaw in error.placed(at: key).fields { fault(flaw.key, flaw.message) }
      }
    }
  }

  private mutating func readSettings(_ node: Node) {
    do {
      result.settings.settings = SettingsChange(try SettingsRequest.read(json(node, at: "settings")))
    } catch {
      for flaw in error.placed(at: "settings").fields { fault(flaw.key, flaw.message) }
    }
  }

  private mutating func add(_ section: String, _ name: String, _ fields: JSONValue) throws(Problem) {
    switch section {
    case "apps":
      let app = NewApp(try AppRequest.read(fields))
      result.settings.apps.append(DeclaredSettings.App(id: AppID(declared: name), app: app))
    case "accounts":
      let account = try AccountDeclaration.read(fields)
      result.settings.accounts.append(
        DeclaredSettings.Account(
          id: AccountID(name), name: account.name, email: account.email, app: AppID(declared: account.app),
          refreshToken: account.refreshToken, unknownOutcome: account.unknownOutcome))
    default:
      let token = try TokenDeclaration.read(fields)
      guard Configuration.isStrongToken(token.token.reveal()) else {
        throw .invalidField(
          "token", "has fewer than 128 random bits, or a character that tokens cannot contain",
          remedy: "Make one with `openssl rand -hex 32`.")
      }
      result.settings.tokens.append(
        DeclaredSettings.Token(
          id: TokenID(declared: name), token: token.token, description: token.description ?? name,
          scopes: token.scopes.map(\.rawValue), account: token.account, expires: token.expires))
    }
  }

  /// As the contract reads it. A scalar is text unless its field is a number, so that nobody has to know which texts
  /// YAML takes for one.
  private mutating func json(_ node: Node, at key: String) -> JSONValue {
    switch node {
    case .mapping(let mapping):
      var object = JSONObject()
      for (nameNode, value) in mapping {
        let name = nameNode.string ?? ""
        let path = key + "." + name
        result.lines[path] = nameNode.mark?.line
        if object[name] != nil { fault(path, "is there twice") }
        let read = json(value, at: path)
        object[name] =
          switch name {
          case _ where Self.secrets.contains(name): secret(read, at: path)
          case _ where Self.numbers.contains(name):
            read.string.flatMap { Int64($0) }.map { JSONValue($0) } ?? read
          default: read
          }
      }
      return .object(object)
    case .sequence(let sequence):
      return .array(
        sequence.enumerated().map { index, item in
          let path = "\(key)[\(index)]"
          result.lines[path] = item.mark?.line
          return json(item, at: path)
        })
    case .scalar(let scalar):
      guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
      switch scalar.string {
      case "true": return true
      case "false": return false
      case "", "~", "null": return .null
      default: return .string(scalar.string)
      }
    case .alias: return .null
    }
  }

  /// What `file:` or `env:` refers to; `null` where there is nothing, which is a fault already.
  private mutating func secret(_ value: JSONValue, at key: String) -> JSONValue {
    guard let reference = value.string else { return value }
    if reference.hasPrefix("file:") {
      let path = String(reference.dropFirst("file:".count))
      let url = URL(filePath: path, relativeTo: URL(filePath: folder, directoryHint: .isDirectory))
      guard let data = FileManager.default.contents(atPath: url.path) else {
        fault(key, "names the file \(path), which cannot be read")
        return .null
      }
      let text = String(decoding: data, as: UTF8.self)
      return .string(text.trimmingCharacters(in: .newlines))
    }
    if reference.hasPrefix("env:") {
      let name = String(reference.dropFirst("env:".count))
      guard let text = environment[name], !text.isEmpty else {
        fault(key, "names the environment variable \(name), which is not set")
        return .null
      }
      return .string(text)
    }
    fault(key, "must be file:PATH or env:NAME, so that the file itself contains no secret")
    return .null
  }

  private mutating func fault(_ key: String, _ message: String) {
    result.faults.append(DeclarationFault(line: result.line(of: key), key: key, message: message))
  }

  private static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        let scalar = Character(UnicodeScalar(byte))
        return byte < 0x80 && (scalar.isLetter || scalar.isNumber || scalar == "-" || scalar == "_")
      }
  }
}

extension Declarations {
  /// Throws `configuration.invalid` with every fault, those that only other values show included.
  ///
  /// - Parameter file: what the file is called.
  func check(_ clouds: Clouds, file: String) throws(Problem) {
    // A value that could not be read makes others look wrong too.
    let faults = faults.isEmpty ? settings.faults(clouds).flatMap(\.fields).map(fault) : faults
    if let problem = problem(faults, file: file) { throw problem }
  }

  /// What only the database shows about a declaration, with its line.
  func located(_ problem: Problem, file: String) -> Problem {
    self.problem(problem.fields.map(fault), file: file) ?? problem
  }

  private func fault(_ flaw: FieldFault) -> DeclarationFault {
    DeclarationFault(line: line(of: flaw.key), key: flaw.key, message: flaw.message)
  }

  private func problem(_ faults: [DeclarationFault], file: String) -> Problem? {
    guard let first = faults.first else { return nil }
    let others = faults.count - 1
    let more =
      others == 0 ? "" : others == 1 ? " There is 1 more fault." : " There are \(others) more faults."
    return Problem(
      .configurationInvalid, "\(file), \(first.text).\(more)",
      remedy: "Correct it; `heliograph config check \(file)` shows every mistake of the file itself.",
      fields: faults.map { FieldFault(message: "\($0.key) \($0.message)", key: "line \($0.line)") })
  }
}
