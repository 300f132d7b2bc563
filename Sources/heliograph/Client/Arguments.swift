import API
import ArgumentParser
import Core

// The vocabulary of the contract as arguments: a wrong word is refused before anything is sent.
extension OAuth2Provider: ExpressibleByArgument {}
extension BaseScopes: ExpressibleByArgument {}
extension AccountReply.State: ExpressibleByArgument {}
extension OutboxReply.State: ExpressibleByArgument {}
extension ReleaseRequest.Outcome: ExpressibleByArgument {}
extension SubmitRequest.Priority: ExpressibleByArgument {}
extension UnknownOutcome: ExpressibleByArgument {}
extension WebhookOrdering: ExpressibleByArgument {}

extension Identifier: ExpressibleByArgument {
  package init?(argument: String) {
    if argument.isEmpty { return nil }
    self.init(argument)
  }
}

/// A day (`2027-05-20`) or a moment (RFC 3339).
extension Instant: ExpressibleByArgument {
  package init?(argument: String) {
    guard let instant = Timestamp.read(argument, allowsDay: true) else { return nil }
    self = instant
  }
}
