import Core
import Testing
import Vault

@Suite struct DigestTests {
  @Test func `base64url has no padding and comes back`() {
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 251) }
      let text = Digest.base64URL(bytes)
      #expect(text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
      #expect(Digest.bytes(base64URL: text) == bytes)
    }
  }

  @Test func `a random token has 256 bits and is new each time`() {
    let tokens = Set((0..<100).map { _ in Digest.randomToken().reveal() })
    #expect(tokens.count == 100)
    #expect(tokens.allSatisfy { Digest.bytes(base64URL: $0)?.count == 32 })
  }

  @Test func `SHA-256 agrees with FIPS 180-4`() {
    let hex = Digest.sha256(Array("abc".utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
