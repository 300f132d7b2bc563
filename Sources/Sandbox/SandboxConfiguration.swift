package import Foundation

/// Where a sandbox listens and keeps its certificate authority.
package struct SandboxConfiguration: Sendable {
  /// A name or address to bind; other than loopback only with `allowRemote`.
  package var host = "127.0.0.1"
  /// 0 chooses a free one.
  package var port = 4000
  /// `nil` serves no TLS; 0 chooses a free port.
  package var tlsPort: Int?
  /// Where `ca.pem` and its key are; only needed with `tlsPort`.
  package var dataDirectory: URL?
  package var allowRemote = false

  package init() {}
}

/// The ports that a sandbox got.
package struct SandboxPorts: Sendable, Equatable {
  package var http: Int
  package var https: Int?
}
