import NIOSSL

/// A self-signed certificate for `localhost` that proves nothing to anybody: its key is below.
///
/// Valid from 2020 to 2120, and a certificate authority, as a proxy that opens TLS is one.
enum LocalhostCertificate {
  static let pem = """
    -----BEGIN CERTIFICATE-----
    MIIBYTCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
    c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
    CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABE25FE5SLdb1040q
    H/nIdwwZSaaThizcHO6FdcwxClWLLseuq1wPbPMh95FMtEgK8YU9G8/AHHm8mZCl
    5zNROwSjSDBGMA8GA1UdEwEB/wQFMAMBAf8wFAYDVR0RBA0wC4IJbG9jYWxob3N0
    MB0GA1UdDgQWBBTjkTYFYj8JMkpvvDSQ5TfJy9BwUjAKBggqhkjOPQQDAgNIADBF
    AiEA38rQxZc04if/uk30Y1TVZdmiyd/1ewKkJtU2u9/l2ZICIC2SJYyKRFv+zFoJ
    MmMLQTVv0geRbfjhc+y9MpDHqYf8
    -----END CERTIFICATE-----
    """

  static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgO05Av8oCRISQf9dZ
    dXrRUBEA8R6FwNGXtdRn8EoNhFKhRANCAARNuRROUi3W9dONKh/5yHcMGUmmk4Ys
    3BzuhXXMMQpViy7HrqtcD2zzIfeRTLRICvGFPRvPwBx5vJmQpeczUTsE
    -----END PRIVATE KEY-----
    """

  static func serverContext() throws -> NIOSSLContext {
    try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: NIOSSLCertificate.fromPEMBytes(Array(pem.utf8)).map { .certificate($0) },
        privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))))
  }
}
