package import Core

/// The directory through which an app signs in: one segment of Entra's path, so only a name is accepted
/// (Microsoft Learn, "Microsoft identity platform endpoints").
package struct Authority: Sendable, Hashable {
  package let segment: String

  /// All accounts, accounts of any organisation, or personal accounts. Not for an app that acts for itself.
  package static let shared = ["common", "organizations", "consumers"]

  package var isConcrete: Bool { !Self.shared.contains(segment) }

  package init(_ text: String) throws(Problem) {
    let name = text.lowercased()
    guard Self.shared.contains(name) || isGUID(name) || Self.isDomain(name) else {
      throw .appInvalid(
        "“\(String(text.prefix(80)))” is not a tenant.",
        remedy: "Use common, organizations, consumers, a Directory (tenant) ID or a domain of the tenant.")
    }
    segment = name
  }

  /// Two labels or more of a-z, digits and inner hyphens (RFC 1123 section 2.1).
  private static func isDomain(_ name: String) -> Bool {
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    return name.utf8.count <= 253 && labels.count >= 2
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.utf8.first != hyphen && label.utf8.last != hyphen
          && label.utf8.allSatisfy { isDigit($0) || isLowerCase($0) || $0 == hyphen }
      }
  }
}

private let hyphen = UInt8(ascii: "-")

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

private func isLowerCase(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
