import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

@testable import Sandbox

/// An app that receives notifications: it answers handshakes, and gives out what it is sent, one POST after the other.
final class NotificationReceiver: Sendable {
  struct Post: Sendable {
    var path: String
    var contentType: String
    var body: String

    var list: [[String: Any]] {
      let json = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
      return json?["value"] as? [[String: Any]] ?? []
    }
  }

  /// How it answers.
  struct Manners: Sendable {
    /// Instead of the token.
    var echo: String?
    var type = "text/plain"
    /// Of handshakes.
    var handshake = 200
    /// Of notifications, one after the other; then 202.
    var statuses: [Int] = []
  }

  let origin: String
  let posts: AsyncStream<Post>
  private let manners: Mutex<Manners>
  private let tokens = Mutex<[String]>([])

  /// The tokens that it was given.
  var handshakes: [String] { tokens.withLock { $0 } }

  func behave(_ manners: Manners) { self.manners.withLock { $0 = manners } }

  private init(port: Int, posts: AsyncStream<Post>, manners: Manners) {
    origin = "http://127.0.0.1:\(port)"
    self.posts = posts
    self.manners = Mutex(manners)
  }

  /// What the next `count` notifications were, however many POSTs they came in.
  func next(_ count: Int) async -> [[String: Any]] {
    var all: [[String: Any]] = []
    for await post in posts {
      all += post.list
      if all.count >= count { break }
    }
    return all
  }

  static func run(_ body: @escaping @Sendable (NotificationReceiver) async throws -> Void) async throws {
    let (posts, sink) = AsyncStream.makeStream(of: Post.self)
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let receiver = Mutex<NotificationReceiver?>(nil)
    let router = Router()
    router.post("**") { request, _ in
      let text = String(buffer: try await request.body.collect(upTo: 1 << 20))
      return receiver.withLock { $0 }?.answer(request, text, sink) ?? Response(status: .serviceUnavailable)
    }
    var logger = Logger(label: "receiver")
    logger.logLevel = .error
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { listening.yield($0.localAddress?.port ?? 0) }, logger: logger)
    let group = ServiceGroup(services: [application], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      for await port in ports {
        let server = NotificationReceiver(port: port, posts: posts, manners: Manners())
        receiver.withLock { $0 = server }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(server)) } catch { outcome = .failure(error) }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return try outcome.get()
      }
    }
  }

  private func answer(
    _ request: Request, _ text: String, _ sink: AsyncStream<Post>.Continuation
  ) -> Response {
    let manners = manners.withLock { $0 }
    if let token = try? FormFields(query: request)["validationToken"] {
      tokens.withLock { $0.append(token) }
      return Response(
        status: .init(code: manners.handshake), headers: [.contentType: manners.type],
        body: ResponseBody(byteBuffer: ByteBuffer(string: manners.echo ?? token)))
    }
    let status = self.manners.withLock { $0.statuses.isEmpty ? 202 : $0.statuses.removeFirst() }
    sink.yield(
      Post(
        path: request.uri.string, contentType: request.headers[.contentType] ?? "", body: text))
    return Response(status: .init(code: status))
  }
}
