import Foundation
import NIOSSL

/// The certificate for loopback names, signed by the authority in the data folder.
struct ServerCertificate {
  init(directory: URL) throws {}

  func tlsConfiguration() throws -> TLSConfiguration {
    TLSConfiguration.makeClientConfiguration()
  }
}
