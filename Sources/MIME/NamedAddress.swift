/// A `mailbox` of RFC 5322 section 3.4: an address with the name to show for it.
package struct NamedAddress: Hashable, Sendable, CustomStringConvertible {
  /// Plain text, neither quoted nor encoded. Never empty.
  package let name: String?
  package let address: EmailAddress

  package init(name: String? = nil, address: EmailAddress) {
    self.name = name.flatMap { $0.isEmpty ? nil : $0 }
    self.address = address
  }

  /// For people to read. A header field is written by `Composition`.
  package var description: String { name.map { "\($0) <\(address)>" } ?? address.text }
}
