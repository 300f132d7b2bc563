import API
import ArgumentParser
import Core

struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Show the messages that are accepted but not sent yet.",
    subcommands: [List.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the messages that are waiting, being sent or held.")

    @OptionGroup var paging: Paging

    func run() async throws {
      try await paging.show(Operations.outbox, empty: "The queue is empty.") { page in
        Terminal.table(
          ["queue id", "account", "created", "to", "state", "subject"],
          page.messages.map {
            [
              $0.queueId.rawValue, $0.account.rawValue, $0.created.description, $0.envelope.firstRecipient,
              $0.state.text, $0.subject ?? "",
            ]
          })
      }
    }
  }
}

extension EnvelopeReply {
  /// The first recipient and how many more there are: `bob@contoso.com +2`.
  fileprivate var firstRecipient: String {
    (to.first ?? "") + (to.count > 1 ? " +\(to.count - 1)" : "")
  }
}
