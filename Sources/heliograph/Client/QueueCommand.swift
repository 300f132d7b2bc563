import ArgumentParser

struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Messages that are accepted and not yet sent.", subcommands: [List.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the messages that wait, are on their way, or are held.")

    @OptionGroup var paging: Paging

    func run() async throws {
      struct Page: Decodable {
        let total: Int
        let messages: [Entry]
      }
      struct Entry: Decodable {
        let queueId, account, created, state: String
        let subject: String?
        let envelope: Envelope
      }
      struct Envelope: Decodable { let to: [String] }
      try await paging.show("/v1/outbox", empty: "The queue is empty.") { (page: Page) in
        guard page.total > 0 else { return 0 }
        Terminal.table(
          ["queue id", "account", "created", "to", "state", "subject"],
          page.messages.map { entry in
            let others = entry.envelope.to.count - 1
            let to = (entry.envelope.to.first ?? "") + (others > 0 ? " +\(others)" : "")
            return [
              entry.queueId, entry.account, entry.created, to, entry.state, entry.subject ?? "",
            ]
          })
        return page.total
      }
    }
  }
}
