package import Core
import Foundation
import HTTP
import NIOHTTP1

extension Graph {
  /// Stores a message in Drafts (Microsoft Learn, "Create message", in MIME format). A Bcc field is kept and
  /// honoured.
  ///
  /// `.unsafe` when the message may be there without our knowing its id: look for it by its correlation ids.
  package func createDraft(_ mime: [UInt8]) async throws(Problem) -> GraphMessage {
    let reply = try await post("/messages", mime: mime)
    guard reply.status == 201 else { throw refusal(reply, effect: .acts, needs: .readWrite) }
    return try read(reply, effect: .acts) { (json) throws(ReplyFault) in try GraphMessage(json) }
  }

  /// Submits a draft to transport, which moves it out of Drafts later. Only 202 is success.
  package func sendDraft(_ graphID: String) async throws(Problem) {
    let reply = try await exchange(.POST, url: url(of: graphID) + "/send", effect: .acts)
    guard reply.status == 202 else { throw refusal(reply, effect: .acts, needs: .send) }
  }

  /// Sends a message in one step, for a grant that may not write drafts. Only 202 is success; there is no id.
  package func sendMail(_ mime: [UInt8]) async throws(Problem) {
    let reply = try await post("/sendMail", mime: mime)
    guard reply.status == 202 else { throw refusal(reply, effect: .acts, needs: .send) }
  }

  /// Moves a draft to Deleted Items. `graph.itemNotFound` when it is not there.
  package func deleteMessage(_ graphID: String) async throws(Problem) {
    let reply = try await exchange(.DELETE, url: url(of: graphID), effect: .idempotent)
    guard reply.status == 204 else { throw refusal(reply, effect: .idempotent, needs: .readWrite) }
  }

  func url(of graphID: String) -> String {
    cloud.graph + mailbox.path + "/messages/" + percentEncoded(graphID)
  }

  /// MIME is sent as base64 text, and its content type says so.
  private func post(_ path: String, mime: [UInt8]) async throws(Problem) -> HTTPReply {
    try await exchange(
      .POST, url: cloud.graph + mailbox.path + path, headers: ["Content-Type": "text/plain"],
      body: Array(Data(mime).base64EncodedData()), effect: .acts)
  }
}
