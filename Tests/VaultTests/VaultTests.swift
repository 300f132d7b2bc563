import Core
import Testing
import Vault

@Suite struct VaultTests {
  let vault = Vault(key: .random())
  let here = BoxIdentity("oauth2_grant", "default", "alice", "refresh_token")

  @Test func `what was sealed opens in its own place`() throws {
    let box = vault.seal(Secret("0.AXoA-refresh"), for: here)
    #expect(try vault.openSecret(box, for: here).reveal() == "0.AXoA-refresh")
  }

  @Test func `a box moved to another row or column does not open`() {
    let box = vault.seal(Secret("s"), for: here)
    for elsewhere in [
      BoxIdentity("oauth2_grant", "default", "bob", "refresh_token"),
      BoxIdentity("oauth2_grant", "default", "alice", "access_token"),
      BoxIdentity("oauth2_grant", "defaulta", "lice", "refresh_token"),
    ] {
      #expect(problem { try vault.open(box, for: elsewhere) } == .vaultInvalidBox)
    }
  }

  @Test func `every changed bit and every cut is noticed`() {
    let box = vault.seal(Secret("secret"), for: here)
    for index in box.indices {
      var changed = box
      changed[index] ^= 1
      #expect(problem { try vault.open(changed, for: here) } != nil)
      #expect(problem { try vault.open(Array(box[..<index]), for: here) } == .vaultInvalidBox)
    }
  }

  @Test func `sealing twice gives two boxes, and neither shows the text`() {
    let secret = "a text that would be seen"
    let boxes = (0..<2).map { _ in vault.seal(Secret(secret), for: here) }
    #expect(boxes[0] != boxes[1])
    #expect(!String(decoding: boxes[0], as: UTF8.self).contains("text"))
  }

  @Test func `another key is named as the wrong key, an older one still opens`() throws {
    let old = MasterKey.random()
    let new = MasterKey.random()
    let box = Vault(key: old).seal(Secret("s"), for: here)
    #expect(problem { try Vault(key: new).open(box, for: here) } == .vaultWrongKey)
    #expect(try Vault(key: new, older: [old]).openSecret(box, for: here).reveal() == "s")
  }

  @Test func `a signature holds for its bytes, its purpose and its key`() {
    let signature = vault.sign([1, 2, 3], purpose: "hosted-form")
    #expect(vault.verify(signature, of: [1, 2, 3], purpose: "hosted-form"))
    #expect(!vault.verify(signature, of: [1, 2, 4], purpose: "hosted-form"))
    #expect(!vault.verify(signature, of: [1, 2, 3], purpose: "webhook"))
    #expect(!Vault(key: .random()).verify(signature, of: [1, 2, 3], purpose: "hosted-form"))
  }

  @Test(arguments: ["", "c2hvcnQ=", "not base64 at all", String(repeating: "A", count: 48)])
  func `a key that is not base64 of 32 bytes is refused`(text: String) {
    #expect(problem { try MasterKey(base64: Secret(text)) } == .vaultInvalidKey)
  }

  @Test func `a key written as base64 is read again`() throws {
    let key = MasterKey.random()
    let box = Vault(key: key).seal(Secret("s"), for: here)
    let read = try MasterKey(base64: Secret(key.base64.reveal() + "\n"))
    #expect(try Vault(key: read).openSecret(box, for: here).reveal() == "s")
  }

  private func problem(_ body: () throws -> some Any) -> ProblemCode? {
    do {
      _ = try body()
      return nil
    } catch {
      return (error as? Problem)?.code
    }
  }
}
