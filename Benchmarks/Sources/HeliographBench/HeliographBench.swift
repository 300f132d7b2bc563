import ArgumentParser
import Foundation
import Glibc

@main
struct HeliographBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heliograph-bench", abstract: "Measure Heliograph beside what this machine can do.",
    subcommands: [Figures.self, BareServer.self], defaultSubcommand: Figures.self)
}

struct Figures: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take the figures and print them as tables.",
    discussion: "Each is measured in turn with what it is compared to; printed are the median and the range.")

  enum Figure: String, CaseIterable, ExpressibleByArgument {
    case accept, merge, smtp, relay, delivery, webhooks, start, memory, hostile
  }

  @Option(help: "The release binary.") var heliograph: String
  @Option(help: "A folder on the disk to be measured; what is made in it is removed.") var folder: String
  @Option(help: "How often each thing is measured.") var rounds = 5
  @Option(parsing: .upToNextOption, help: "How many clients submit messages at once.")
  var clients = [1, 8, 64]
  @Option(help: "Messages in the queue when delivery begins.") var messages = 4000
  @Option(help: "Rows in the queue at start.") var rows = 100_000
  @Option(help: "A Python with emailproxy, for the figure relay.") var python = "python3"
  @Argument(help: "Which figures.") var figures = Figure.allCases

  func validate() throws {
    guard rounds > 0, messages >= 100, rows >= 100, rows <= 1_000_000 else {
      throw ValidationError("Give at least 1 round, 100 messages and 100 rows, and at most a million rows.")
    }
    // The sandbox's log of requests, from which delivery is checked, holds 20,000.
    guard messages <= 9000 else { throw ValidationError("There are at most 9000 messages.") }
  }

  func run() async throws {
    let bench = Bench(
      heliograph: heliograph, folder: folder, rounds: rounds, messages: messages, rows: rows)
    var disk = Samples()
    func measureDisk() throws { disk.add(try measureDiskRate(in: folder)) }
    try measureDisk()
    for figure in figures {
      let table =
        switch figure {
        case .accept: try await AcceptFigure(bench: bench, clients: clients).table()
        case .merge: try await MergeFigure(bench: bench).table()
        case .smtp: try await SMTPFigure(bench: bench).table()
        case .relay: try await RelayFigure(bench: bench, python: python).table()
        case .memory: try await MemoryFigure(bench: bench).table()
        case .delivery: try await DeliveryFigure(bench: bench).table()
        case .webhooks: try await WebhookFigure(bench: bench).table()
        case .start: try await StartFigure(bench: bench).table()
        case .hostile: try await HostileFigure(bench: bench).table()
        }
      print("\n\(figure.rawValue)\n\n\(table)")
      fflush(nil)
      try measureDisk()
    }
    print("\nThe disk: \(disk.text()) appended writes of 4 KiB a second, each with its own fdatasync.")
  }
}
