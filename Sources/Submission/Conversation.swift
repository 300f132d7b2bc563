import Core
import Delivery
import Logging
import MIME
import SMTP
import Store

/// What is said to one client: answers the events of its session, one after the other.
struct Conversation: Sendable {
  let clients: Clients
  let intake: Intake
  let limits: SubmissionLimits
  let logger: Logger
  /// For the log, and for counting failures.
  let address: String
  /// `nil` until it has said who it is; a device of a listed network need not.
  var client: Client?
  private var message: IncomingMessage?
  private var failures = 0

  init(
    clients: Clients, intake: Intake, limits: SubmissionLimits, address: String, client: Client?,
    logger: Logger
  ) {
    (self.clients, self.intake, self.limits, self.logger) = (clients, intake, limits, logger)
    (self.address, self.client) = (address, client)
  }

  mutating func answer(_ event: ServerSession.Event) async -> ServerSession.Answer {
    do {
      return try await respond(to: event)
    } catch {
      await reset()
      return .reply(SMTPReply(problem(error)))
    }
  }

  /// To be called at the end: drops a message that is not complete.
  mutating func reset() async {
    await message?.discard()
    message = nil
  }

  private mutating func respond(to event: ServerSession.Event) async throws -> ServerSession.Answer {
    switch event {
    case .authenticate(let credentials): return try await authenticate(credentials)
    case .mail(let command):
      // A session that needs authentication has a client before it has a message.
      guard let client else { return .reply(SMTPReply(Problem.wrongCredentials)) }
      guard try await clients.mayBegin(client, at: address) else {
        return .reply(SMTPReply(421, "4.7.0", "The password is no longer valid; closing the connection"))
      }
      message = try await intake.begin(command, client: client)
    case .recipient(let command):
      // The message stays when one of its recipients is refused.
      do {
        try message?.add(command)
      } catch {
        return .reply(SMTPReply(error))
      }
    case .data: message?.begin(in: intake.outbox)
    case .content(let bytes): try await message?.append(bytes)
    case .end:
      guard var message else { throw Problem.unexpected() }
      let receipt = try await intake.accept(&message, from: address)
      self.message = nil
      return .reply(SMTPReply(250, "2.0.0", "Queued as \(receipt.queueID)"))
    case .reset: await reset()
    case .startTLS, .close: break
    }
    return .accept
  }

  private mutating func authenticate(_ credentials: SMTPCredentials) async throws -> ServerSession.Answer {
    do {
      guard let found = try await clients.client(credentials, from: address) else {
        failures += 1
        guard failures < limits.failedAuthentications else {
          return .reply(SMTPReply(421, "4.7.0", "Too many wrong passwords; closing the connection"))
        }
        return .reply(SMTPReply(.wrongCredentials))
      }
      client = found
      return .accept
    } catch {
      // RFC 4954 section 6.
      return .reply(SMTPReply(454, "4.7.0", problem(error).summary))
    }
  }

  private func problem(_ error: any Error) -> Problem {
    if let problem = error as? Problem { return problem }
    logger.error(
      "An SMTP client could not be answered.", metadata: ["address": "\(address)", "error": "\(error)"])
    return .unexpected()
  }
}
