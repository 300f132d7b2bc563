import ArgumentParser
import Foundation
import Hummingbird
import Logging

/// What accepting a message costs when nothing is kept: the same framework decodes the same body and answers.
struct BareServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bare", abstract: "Serve a handler that decodes a message and forgets it.")

  @Option(help: "The port on 127.0.0.1.") var port: Int

  func run() async throws {
    let router = Router(context: BasicRequestContext.self)
    router.post("/v1/account/:account/submit") { request, context in
      let message = try await request.decode(as: Message.self, context: context)
      return Accepted(
        response: "Queued for delivery", messageId: message.subject, queueId: "\(message.to.count)")
    }
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: nil),
      logger: Logger(label: "bare", factory: { _ in SwiftLogNoOpLogHandler() }))
    try await application.run()
  }
}

private struct Message: Decodable {
  struct Person: Decodable {
    var name: String?
    var address: String
  }

  var from: Person?
  var to: [Person]
  var cc: [Person]?
  var bcc: [Person]?
  var subject: String
  var text: String?
  var html: String?
  var headers: [String: String]?
}

private struct Accepted: ResponseEncodable {
  var response: String
  var messageId: String
  var queueId: String
}
