import API
import ArgumentParser
import Core
import Store

/// From where, how often and for what a new token may be used.
struct TokenLimitOptions: ParsableArguments {
  @Option(
    help: .init(
      "Allow use only from this address or network, such as 192.168.1.0/24; may be repeated.",
      valueName: "cidr"))
  var allowAddress: [String] = []
  @Option(
    help: .init(
      "Allow at most n requests, or messages by SMTP, in the given number of seconds.",
      valueName: "n/seconds"))
  var rate: String?
  @Option(
    help: .init(
      "Allow only these actions, separated by commas: read, write, send, destructive.",
      valueName: "actions"))
  var allow: String?
  @Option(
    help: .init(
      "Allow only these groups of operations, such as submit,outbox; administration belongs to none.",
      valueName: "groups"))
  var allowGroup: String?

  func validate() throws {
    try Self.check(addresses: allowAddress)
    if rate != nil, limit == nil {
      throw ValidationError("--rate must be requests/seconds, such as 100/60.")
    }
    _ = try words(allow, TokenAction.self, "--allow")
    _ = try words(allowGroup, TokenGroup.self, "--allow-group")
  }

  static func check(addresses: [String]) throws {
    for address in addresses where CIDR(address) == nil {
      throw ValidationError(
        "--allow-address must be an address or a network such as 192.168.1.0/24, not '\(Printable.text(address))'."
      )
    }
  }

  /// `nil` when nothing is restricted.
  var restrictions: TokenRestrictions? {
    guard !allowAddress.isEmpty || limit != nil else { return nil }
    var restrictions = TokenRestrictions()
    restrictions.addresses = allowAddress.isEmpty ? nil : allowAddress
    restrictions.rateLimit = limit
    return restrictions
  }

  var permissions: TokenPermissions? {
    get throws {
      let actions = try words(allow, TokenAction.self, "--allow")
      let groups = try words(allowGroup, TokenGroup.self, "--allow-group")
      return actions == nil && groups == nil ? nil : TokenPermissions(actions: actions, groups: groups)
    }
  }

  private var limit: TokenRestrictions.RateLimit? {
    let numbers = (rate ?? "").split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let requests = numbers[0], let seconds = numbers[1],
      (1...1_000_000_000).contains(requests), (1...86_400).contains(seconds)
    else { return nil }
    return TokenRestrictions.RateLimit(maxRequests: requests, timeWindow: seconds)
  }

  private func words<Word: RawRepresentable<String> & CaseIterable & Hashable>(
    _ text: String?, _: Word.Type, _ option: String
  ) throws -> Set<Word>? {
    guard let text else { return nil }
    let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
    return Set(
      try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let word = Word(rawValue: String(part)) else {
          throw ValidationError("\(option) takes \(known), not '\(Printable.text(String(part)))'.")
        }
        return word
      })
  }
}
