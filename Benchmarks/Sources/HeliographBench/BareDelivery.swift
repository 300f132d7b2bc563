import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// What delivery costs when nothing is remembered: the same requests by the same HTTP library, four in flight in
/// each mailbox.
struct BareDelivery: Sendable {
  var messages: [RecordedMessage]

  /// As many as Graph serves at once for an app and a mailbox.
  private static let perMailbox = 4

  /// Messages per second.
  func run(to sandbox: Sandbox) async throws -> Double {
    let token = try await sandbox.token()
    var configuration = HTTPClient.Configuration()
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 400
    let client = HTTPClient(
      eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    let rate: Double
    do {
      let start = ContinuousClock.now
      try await withThrowingTaskGroup { group in
        for messages in Dictionary(grouping: messages, by: \.path).values {
          for lane in 0..<Self.perMailbox {
            group.addTask {
              for index in stride(from: lane, to: messages.count, by: Self.perMailbox) {
                try await Self.deliver(messages[index], to: sandbox.service.url, token: token, by: client)
              }
            }
          }
        }
        try await group.waitForAll()
      }
      rate = Double(messages.count) / (ContinuousClock.now - start).seconds
    } catch {
      try await client.shutdown()
      throw error
    }
    try await client.shutdown()
    return rate
  }

  private static func deliver(
    _ message: RecordedMessage, to url: String, token: String, by client: HTTPClient
  ) async throws {
    struct Draft: Decodable { var id: String }
    let answer = try await post(
      url + message.path, message.draft, ByteBuffer(string: message.body), token: token, expect: .created,
      by: client)
    let draft = try JSONDecoder().decode(Draft.self, from: Data(answer.readableBytesView))
    _ = try await post(
      "\(url)\(message.path)/\(draft.id)/send", message.send, ByteBuffer(), token: token, expect: .accepted,
      by: client)
  }

  private static func post(
    _ url: String, _ headers: [String: String], _ body: ByteBuffer, token: String,
    expect status: HTTPResponseStatus, by client: HTTPClient
  ) async throws -> ByteBuffer {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers = HTTPHeaders(headers.map { ($0.key, $0.value) })
    request.headers.add(name: "authorization", value: "Bearer \(token)")
    request.body = .bytes(body)
    let response = try await client.execute(request, timeout: .seconds(60))
    let answer = try await response.body.collect(upTo: 1 << 20)
    guard response.status == status else {
      throw Failure("POST \(url) answered \(response.status): \(String(buffer: answer))")
    }
    return answer
  }
}
