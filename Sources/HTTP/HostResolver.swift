package import Core
import Dispatch
import Glibc

/// Finds the addresses of a host, in the order in which they are to be tried; none if it has none.
package typealias HostResolver = @Sendable (_ host: String) async -> [IPAddress]

/// The system's own resolver, which also reads every old form of an IPv4 address (`127.1`, `0x7f000001`,
/// `2130706433`) as `connect` would.
package let systemResolver: HostResolver = { host in
  await withCheckedContinuation { continuation in
    // It blocks, for as long as DNS is silent: not on the threads that serve files and connections.
    DispatchQueue.global(qos: .utility).async { continuation.resume(returning: addresses(of: host)) }
  }
}

private func addresses(of host: String) -> [IPAddress] {
  var hints = addrinfo()
  // The type of a constant of glibc's is an enumeration.
  hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
  var list: UnsafeMutablePointer<addrinfo>?
  guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
  defer { freeaddrinfo(list) }
  var found: [IPAddress] = []
  var next = list
  while let entry = next {
    if let address = entry.pointee.ai_addr.flatMap({ IPAddress($0) }), !found.contains(address) {
      found.append(address)
    }
    next = entry.pointee.ai_next
  }
  return found
}

extension IPAddress {
  fileprivate init?(_ address: UnsafePointer<sockaddr>) {
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      let bits = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr
      self.init(ipv4: UInt32(bigEndian: bits))
    case AF_INET6:
      let address = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
      self = withUnsafeBytes(of: address.sin6_addr) { bytes in
        IPAddress(ipv6: bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
      }
    default: return nil
    }
  }
}
