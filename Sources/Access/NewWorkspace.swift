package import Core
import Foundation

/// A workspace, as an operator asks for it; nothing is checked yet.
package struct NewWorkspace: Sendable {
  /// `nil` creates one with a new id.
  package var id: WorkspaceID?
  package var name: String
  /// Where sign-ins may lead back to; empty allows every host.
  package var redirectHosts: [String]

  package init(id: WorkspaceID?, name: String, redirectHosts: [String] = []) {
    self.id = id
    self.name = name
    self.redirectHosts = redirectHosts
  }
}

/// What is to become different; `nil` leaves it as it is.
package struct WorkspaceChange: Sendable {
  package var name: String?
  package var redirectHosts: [String]?
  package var defaultSender: DefaultSender?

  package enum DefaultSender: Sendable {
    case account(AccountID)
    case none
  }

  package init() {}
}

enum WorkspaceFields {
  static func validate(_ id: WorkspaceID) throws(Problem) {
    let characters = id.rawValue.utf8
    let isPlain = characters.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    guard (1...64).contains(characters.count), isPlain else {
      throw .invalidField(
        "workspace", "must be 1 to 64 characters, each of them a-z, 0-9 or a hyphen",
        remedy: "Choose another id, or leave it out to get a generated one.")
    }
  }

  static func validate(name: String) throws(Problem) {
    guard isPlainText(name, longest: 256) else {
      throw .invalidField(
        "name", "is empty or too long", remedy: "Give the workspace a name of at most 256 bytes.")
    }
  }

  /// In lower case, as they are compared.
  static func hosts(_ texts: [String]) throws(Problem) -> [String] {
    var hosts: [String] = []
    for text in texts {
      guard let parts = URLComponents(string: "https://" + text), parts.path.isEmpty, parts.user == nil,
        parts.port == nil, parts.query == nil, parts.fragment == nil, let host = parts.encodedHost,
        !host.isEmpty, host.utf8.count <= 253
      else {
        throw .invalidField(
          "redirectHosts", "contains “\(String(text.prefix(80)))”, which is not a host name",
          remedy: "Give only the host name, such as crm.example.com, without scheme, port or path.")
      }
      hosts.append(host.lowercased())
    }
    return hosts
  }
}
