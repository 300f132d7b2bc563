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

  @Test(
    arguments: [
      ("Authorization", "Bearer x", nil), ("X-Team", "", nil),
      ("webhook-id", "x", "is a header field that Heliograph sets itself"),
      ("Webhook-Signature", "x", "is a header field that Heliograph sets itself"),
      ("X-EE-Wh-Signature", "x", "is a header field that Heliograph sets itself"),
      ("Host", "x", "is a header field that Heliograph sets itself"),
      ("Transfer-Encoding", "chunked", "is a header field that Heliograph sets itself"),
      ("a b", "x", "is not the name of a header field"), ("a:", "x", "is not the name of a header field"),
      ("", "x", "is not the name of a header field"),
      ("X", "a\r\nEvil: 1", "has a value with a control character"),
    ] as [(String, String, String?)])
  func `header fields that would mislead are refused`(name: String, value: String, fault: String?) {
    #expect(ForbiddenHeader.fault(name, value) == fault)
  }
}
