import Core

/// Where the gateway is, as people write it: the scheme may be left out.
struct GatewayURL: Sendable {
  /// With its scheme and without a slash at the end.
  let text: String
  /// Whether the scheme was left out, and so guessed: http on this machine, https elsewhere.
  let isSchemeGuessed: Bool
  /// Whether a token that is sent there can be read on the way.
  let isReadable: Bool

  static let standard = "http://localhost:3000"

  /// - Throws: `configuration.invalid`, which says what is wrong with it.
  init(_ written: String) throws(Problem) {
    let (scheme, rest) = try Self.scheme(of: written)
    let authority = rest.prefix { $0 != "/" }
    let path = rest.dropFirst(authority.count)
    let host = try Self.host(of: authority, in: written)
    if let stray = rest.first(where: { "@?#\\ ".contains($0) || !$0.isASCII || $0.isControl }) {
      throw .malformedURL(written, "contains “\(Printable.text(String(stray)))”")
    }
    let isLocal =
      host == "localhost" || host.hasSuffix(".localhost") || host.hasPrefix("127.") || host == "[::1]"
    let chosen = scheme ?? (isLocal ? "http" : "https")
    let trimmed = path.reversed().drop { $0 == "/" }.reversed()
    text = "\(chosen)://\(authority)" + String(trimmed)
    isSchemeGuessed = scheme == nil
    isReadable = chosen == "http" && !isLocal
  }

  /// HELIOGRAPH_URL, or where `heliograph serve` listens on this machine.
  static func ofEnvironment() throws(Problem) -> GatewayURL {
    try GatewayURL(APIClient.environment("HELIOGRAPH_URL") ?? standard)
  }

  /// The scheme in lower case, and what follows it.
  private static func scheme(of written: String) throws(Problem) -> (String?, Substring) {
    guard let mark = written.firstRange(of: "://") else {
      for scheme in ["http:", "https:"] where written.lowercased().hasPrefix(scheme) {
        throw .malformedURL(written, "lacks the two slashes after “\(scheme)”")
      }
      return (nil, written[...])
    }
    let scheme = written[..<mark.lowerBound].lowercased()
    guard ["http", "https"].contains(scheme) else {
      throw .malformedURL(written, "begins with “\(Printable.text(scheme))”")
    }
    return (scheme, written[mark.upperBound...])
  }

  /// The host in lower case, an IPv6 address in its brackets (RFC 3986 section 3.2).
  private static func host(
    of authority: Substring, in written: String
  ) throws(Problem) -> String {
    let end =
      authority.hasPrefix("[")
      ? authority.firstIndex(of: "]").map { authority.index(after: $0) } : authority.firstIndex(of: ":")
    let host = authority[..<(end ?? authority.endIndex)].lowercased()
    guard !host.isEmpty, !(host.hasPrefix("[") && end == nil) else {
      throw .malformedURL(written, "has no host")
    }
    let port = authority[(end ?? authority.endIndex)...]
    if port.isEmpty { return host }
    let digits = port.dropFirst()
    let isNumber = digits.allSatisfy { $0.isASCII && $0.isNumber }
    guard port.hasPrefix(":"), isNumber, let number = Int(digits), (1...65_535).contains(number) else {
      throw .malformedURL(written, "has the port “\(Printable.text(String(digits)))”")
    }
    return host
  }
}

extension Character {
  fileprivate var isControl: Bool {
    unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}

extension Problem {
  fileprivate static func malformedURL(_ written: String, _ why: String) -> Problem {
    .malformedVariable(
      "HELIOGRAPH_URL is not the URL of a gateway: “\(Printable.text(written))” \(why).",
      remedy: "Write it as \(GatewayURL.standard) or https://mail.example.com.")
  }
}
