package import Backends
import MIME

extension OutgoingMessage {
  /// - Parameter number: makes its correlation ids.
  package static func sample(
    _ number: Int, messageID: String? = nil, from: String = "alice@contoso.test",
    envelope: [String] = ["bob@contoso.test", "carol@fabrikam.test"]
  ) throws -> OutgoingMessage {
    let correlationIDs = CorrelationIDs(
      internetMessageID: messageID ?? "<h\(number)@heliograph.test>", heliographID: "h\(number)")
    let text = """
      From: \(from)\r
      To: bob@contoso.test\r
      Subject: Hello\r
      Date: Fri, 20 Nov 2026 22:41:26 +0000\r
      Message-ID: \(correlationIDs.internetMessageID)\r
      X-Heliograph-Id: \(correlationIDs.heliographID)\r
      \r
      Hello\r

      """
    return OutgoingMessage(
      mime: Array(text.utf8), from: from, envelopeTo: try envelope.map { try EmailAddress($0) },
      correlationIDs: correlationIDs)
  }
}
