/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, RFC 4291 section 2.5.5.2) is the IPv4
/// address that it holds.
package struct IPAddress: Sendable, Hashable {
  package let isIPv6: Bool
  /// All 128 bits; an IPv4 address is the last 32 of them, and the others are 0.
  fileprivate let bits: UInt128

  package init(ipv4 bits: UInt32) {
    self.bits = UInt128(bits)
    isIPv6 = false
  }

  package init(ipv6 bits: UInt128) {
    isIPv6 = bits >> 32 != 0xffff
    self.bits = isIPv6 ? bits : bits & 0xffff_ffff
  }

  /// A literal: four decimal numbers without leading zeros, or any form of RFC 4291 section 2.2, with or without
  /// a zone (`%eth0`), which is dropped. Never a name, and none of the old forms such as `127.1` or `0x7f000001`.
  package init?(_ text: some StringProtocol) {
    if let bits = Self.ipv4(text) {
      self.init(ipv4: bits)
    } else if let bits = Self.ipv6(text.prefix { $0 != "%" }) {
      self.init(ipv6: bits)
    } else {
      return nil
    }
  }

  private static func ipv4(_ text: some StringProtocol) -> UInt32? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else {
        return nil
      }
      var number: UInt32 = 0
      for byte in part {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        number = number * 10 + UInt32(byte - UInt8(ascii: "0"))
      }
      guard number <= 255 else { return nil }
      bits = bits << 8 | number
    }
    return bits
  }

  private static func ipv6(_ text: some StringProtocol) -> UInt128? {
    guard text.utf8.count <= 45 else { return nil }  // 39, or 45 with an IPv4 address at the end
    guard let gap = text.firstRange(of: "::") else {
      guard let groups = groups(text, count: 8...8) else { return nil }
      return groups.reduce(0) { $0 << 16 | UInt128($1) }
    }
    guard let front = groups(text[..<gap.lowerBound], count: 0...7, mayEndInIPv4: false),
      let back = groups(text[gap.upperBound...], count: 0...(7 - front.count))
    else { return nil }
    let zeros = Array(repeating: UInt16(0), count: 8 - front.count - back.count)
    return (front + zeros + back).reduce(0) { $0 << 16 | UInt128($1) }
  }

  private static func groups(
    _ text: some StringProtocol, count: ClosedRange<Int>, mayEndInIPv4: Bool = true
  ) -> [UInt16]? {
    guard !text.isEmpty else { return count.contains(0) ? [] : nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
      if mayEndInIPv4, index == parts.count - 1, part.contains(".") {
        guard let bits = ipv4(part) else { return nil }
        groups += [UInt16(bits >> 16), UInt16(bits & 0xffff)]
      } else {
        guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit),
          let group = UInt16(part, radix: 16)
        else { return nil }
        groups.append(group)
      }
    }
    return count.contains(groups.count) ? groups : nil
  }
}

extension IPAddress: CustomStringConvertible {
  /// RFC 5952: lower case, the longest run of two or more zero groups as `::`.
  package var description: String {
    if !isIPv6 {
      return [24, 16, 8, 0].map { String(UInt8(truncatingIfNeeded: bits >> $0)) }.joined(separator: ".")
    }
    let groups = stride(from: 112, through: 0, by: -16).map { UInt16(truncatingIfNeeded: bits >> $0) }
    var (gap, start) = (0..<0, 0)
    while start < 8 {
      let end = groups[start...].firstIndex { $0 != 0 } ?? 8
      if end - start > max(gap.count, 1) { gap = start..<end }
      start = max(end, start + 1)
    }
    func text(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    return gap.isEmpty ? text(0..<8) : text(0..<gap.lowerBound) + "::" + text(gap.upperBound..<8)
  }
}

/// A block of addresses such as `10.0.0.0/8` or `fd00::/8` (RFC 4632, RFC 4291 section 2.3).
package struct CIDR: Sendable, Hashable, CustomStringConvertible {
  package let address: IPAddress
  /// Bits that all of its addresses share: up to 32, or up to 128.
  package let prefix: Int

  /// A block, or one address. `nil` too when bits are set behind the prefix, as in `10.0.0.1/8`: one of the two
  /// numbers is a mistake.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
    let width = address.isIPv6 ? 128 : 32
    var prefix = width
    if parts.count == 2 {
      guard let number = Int(parts[1]), parts[1].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
      // The prefix of an IPv4-mapped block counts 96 bits that are not there any more.
      prefix = !address.isIPv6 && parts[0].contains(":") ? number - 96 : number
      guard (0...width).contains(prefix) else { return nil }
    }
    guard address.bits & ~Self.mask(prefix, of: width) == 0 else { return nil }
    self.address = address
    self.prefix = prefix
  }

  package func contains(_ other: IPAddress) -> Bool {
    guard address.isIPv6 == other.isIPv6 else { return false }
    return other.bits & Self.mask(prefix, of: address.isIPv6 ? 128 : 32) == address.bits
  }

  package var description: String { "\(address)/\(prefix)" }

  private static func mask(_ prefix: Int, of width: Int) -> UInt128 {
    // A shift by the whole width gives 0, as Swift's smart shifts do.
    let ones = width == 128 ? UInt128.max : 0xffff_ffff
    return ones & ~(ones >> UInt128(prefix))
  }
}

/// What an address is for (RFC 6890 and the registries of IANA that it founded).
package enum NetworkClass: String, Sendable, CaseIterable {
  /// A host on the internet.
  case global
  /// This machine.
  case loopback
  /// No address, or "this network".
  case unspecified
  /// An organisation's own network (RFC 1918, RFC 4193).
  case `private`
  /// Between a provider and its customers (RFC 6598).
  case shared
  /// One cable or one radio. Cloud providers answer here with credentials of the machine.
  case linkLocal
  case multicast
  /// For examples and measurements; nothing is there.
  case documentation
  /// For later, or for a protocol.
  case reserved
}

extension IPAddress {
  /// An IPv6 address that stands for an IPv4 address (NAT64, 6to4) has the class of that one.
  package var networkClass: NetworkClass {
    let embedded: IPAddress? =
      if Self.nat64.contains(self) {
        IPAddress(ipv4: UInt32(truncatingIfNeeded: bits))
      } else if Self.sixToFour.contains(self) {
        IPAddress(ipv4: UInt32(truncatingIfNeeded: bits >> 80))
      } else {
        nil
      }
    if let embedded { return embedded.networkClass }
    return Self.classes.first { $0.block.contains(self) }?.class ?? .global
  }

  /// RFC 6052 section 2.1.
  private static let nat64 = block("64:ff9b::/96")
  /// RFC 3056 section 2.
  private static let sixToFour = block("2002::/16")

  /// The first that fits counts.
  private static let classes: [(block: CIDR, class: NetworkClass)] = {
    let table: [(String, NetworkClass)] = [
      ("127.0.0.0/8", .loopback), ("::1", .loopback), ("0.0.0.0/8", .unspecified), ("::", .unspecified),
      ("10.0.0.0/8", .private), ("172.16.0.0/12", .private), ("192.168.0.0/16", .private),
      ("fc00::/7", .private), ("fec0::/10", .private), ("100.64.0.0/10", .shared),
      ("169.254.0.0/16", .linkLocal), ("fe80::/10", .linkLocal), ("224.0.0.0/4", .multicast),
      ("ff00::/8", .multicast), ("192.0.2.0/24", .documentation), ("198.51.100.0/24", .documentation),
      ("203.0.113.0/24", .documentation), ("198.18.0.0/15", .documentation),
      ("2001:db8::/32", .documentation),
      ("3fff::/20", .documentation), ("2001:2::/48", .documentation), ("192.0.0.0/24", .reserved),
      ("192.88.99.0/24", .reserved), ("240.0.0.0/4", .reserved), ("::/96", .reserved),
      ("64:ff9b:1::/48", .reserved), ("100::/64", .reserved), ("2001::/23", .reserved),
    ]
    return table.map { (block($0.0), $0.1) }
  }()

  private static func block(_ text: String) -> CIDR {
    guard let block = CIDR(text) else { preconditionFailure("\(text) is not a block of addresses") }
    return block
  }
}
