import Foundation
import Testing

@testable import Sandbox

/// Rounds of delta requests, on top of Graph's harness.
extension SandboxHarness {
  /// Everything until the link for the next round.
  func round(_ link: String, headers: [String: String] = [:]) async throws -> DeltaRound {
    var (round, next) = (DeltaRound(), Optional(link))
    while let link = next {
      let answer = try await followed(link, headers: headers)
      try #require(answer.status == 200, "\(answer.body)")
      round.pages.append(answer.list)
      next = answer.json["@odata.nextLink"] as? String
      round.links += [next].compactMap { $0 }
      round.deltaLink = answer.json.text("@odata.deltaLink")
    }
    return round
  }

  func followed(_ link: String, headers: [String: String] = [:]) async throws -> Answer {
    let path = link.hasPrefix(origin) ? String(link.dropFirst(origin.count + "/v1.0".count)) : link
    return try await graph("GET", path, headers: headers)
  }

  /// Puts a message into a folder as it comes.
  @discardableResult
  func receive(
    _ mime: String, _ folder: String = "inbox", user: String = "alice@contoso.test"
  ) async throws -> Answer {
    let raw = Data(mime.utf8).base64EncodedString()
    let answer = try await postJSON(
      "/sandbox/messages", #"{"user": "\#(user)", "folder": "\#(folder)", "raw": "\#(raw)"}"#)
    try #require(answer.status == 200, "\(answer.body)")
    return answer
  }

  func generate(_ count: Int, _ folders: String = #"["inbox"]"#) async throws {
    let answer = try await postJSON(
      "/sandbox/messages",
      #"{"user": "alice@contoso.test", "generate": {"count": \#(count), "folders": \#(folders)}}"#)
    try #require(answer.status == 200, "\(answer.body)")
  }
}

struct DeltaRound {
  var pages: [[[String: Any]]] = []
  var links: [String] = []
  var deltaLink = ""

  var elements: [[String: Any]] { pages.flatMap { $0 } }
  var present: [[String: Any]] { elements.filter { $0["@removed"] == nil } }
  var subjects: [String] { present.map { $0.text("subject") } }
  var removed: [String] { elements.filter { $0["@removed"] != nil }.map { $0.text("id") } }
}
