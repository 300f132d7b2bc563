package import NIOCore

/// What one client, and all clients together, may take of the server.
package struct ServerLimits: Sendable {
  /// From the connection, or from the first byte of a further request, to the end of the header. A header is one
  /// packet or a few; ten seconds allow for two lost ones.
  package var headTimeout: TimeAmount = .seconds(10)
  /// From one piece of a body to the next, of a request or of an answer. Mobile networks pause that long when the
  /// cell changes.
  package var bodyTimeout: TimeAmount = .seconds(30)
  /// Bytes per second of a body, on average, once the client has been waited for `bodyTimeout` in all, and of an
  /// answer beyond that time: 32 kbit/s
  /// is less than any line on which mail is sent with attachments.
  package var slowestBody = 4 * 1024
  /// Between two requests on one connection. Proxies keep theirs for a minute, which is nginx's default.
  package var idleTimeout: TimeAmount = .seconds(60)
  /// How long what is left of a body is read and thrown away once its request has been answered, so that a client
  /// that writes everything before it reads still gets the answer and not a reset.
  package var drainTimeout: TimeAmount = .seconds(5)
  /// Bytes that are thrown away at most: a body of the default `body-limit`, and some more. They cost no memory.
  package var drainBytes = 32 << 20
  /// Open connections.
  package var connections: Int
  /// Open connections of one address. An office or a data centre behind one address has no more at a time.
  package var connectionsPerAddress: Int
  /// Bytes of bodies that are in memory at a time, over all requests. What is decoded from a body takes up to
  /// three times its size beside it, so the process stays under 300 MB.
  package var bodyMemory = 64 << 20

  /// Left to the database, outgoing connections and files: 256 connections to Microsoft's largest host, as many
  /// to all others together with the database.
  package static let reservedDescriptors = 512
  /// Memory, not descriptors, sets the limit above this: an open connection takes some 10 KB.
  package static let mostConnections = 16_384

  /// - Parameter descriptors: How many the process may have open (RLIMIT_NOFILE).
  package init(descriptors: Int) {
    // Half of few descriptors are reserved, so that a small limit leaves something on both sides.
    let reserved = min(Self.reservedDescriptors, descriptors / 2)
    connections = max(1, min(descriptors - reserved, Self.mostConnections))
    connectionsPerAddress = max(1, min(connections / 4, 1024))
  }
}
