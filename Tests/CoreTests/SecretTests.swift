import Core
import Testing

@Suite struct SecretTests {
  @Test func `a secret is printed as asterisks however it is printed`() {
    let secret = Secret("hunter2")
    var dumped = ""
    dump([secret], to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
      #expect(!text.contains("hunter2"))
      #expect(text.contains("******"))
    }
    #expect(secret.reveal() == "hunter2")
  }

  @Test func `secrets are equal when their text is`() {
    #expect(Secret("a") == Secret("a"))
    #expect(Secret("a") != Secret("b"))
    #expect(Secret("a") != Secret("aa"))
  }
}
