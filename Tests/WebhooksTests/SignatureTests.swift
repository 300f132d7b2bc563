import Core
import Testing

@testable import Webhooks

@Suite struct SignatureTests {
  /// The example of the reference libraries of Standard Webhooks.
  @Test func `the signature is that of the standard's reference`() throws {
    let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    let body = Array(#"{"test": 2432232314}"#.utf8)
    #expect(
      secret.signature(id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: body)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test(arguments: ["", "whsec_", "whsec_short", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!!"])
  func `what is no key is none`(text: String) {
    #expect(WebhookSecret(text) == nil)
  }

  @Test func `a new key is one, and no two are the same`() {
    let keys = (0..<10).map { _ in WebhookSecret.make().text.reveal() }
    #expect(Set(keys).count == 10 && keys.allSatisfy { WebhookSecret($0) != nil })
  }
}
