package import Core
package import NIOCore

extension IPAddress {
  /// `nil` for a Unix socket.
  package init?(_ address: SocketAddress?) {
    guard let text = address?.ipAddress else { return nil }
    self.init(text)
  }
}
