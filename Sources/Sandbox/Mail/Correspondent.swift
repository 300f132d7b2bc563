/// A name and an address as a client wrote them. The address may be anything: Exchange keeps what it is
/// given in a draft and judges it when the message is sent.
struct Correspondent: Hashable, Sendable {
  var name: String
  var address: String

  init(name: String = "", address: String) {
    self.name = name
    self.address = address
  }

  /// What two spellings of one address have in common.
  var key: String { address.lowercased() }
}
