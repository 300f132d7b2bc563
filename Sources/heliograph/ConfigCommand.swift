import ArgumentParser
import Core
import Gateway
import JSON

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check a configuration file.", subcommands: [Check.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a configuration file without starting the gateway.",
      discussion: """
        Reads the settings and what the file declares (apps, accounts, API tokens and settings), together with the variables and \
        files that its secrets refer to, and shows every fault with its line and key. Nothing is stored and Microsoft \
        is not asked. Exits with status 0 when the file can be used.
        """)

    @Argument(help: .init("The YAML file.", valueName: "file")) var file: String
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
      let options = try StoreOptions.parse(["--config", file])
      let problem: Problem
      do {
        let declares = try options.configuration().declares
        if json {
          return Terminal.json([
            "ok": true, "apps": JSONValue(declares.apps),
            "accounts": JSONValue(declares.accounts),
            "tokens": JSONValue(declares.tokens), "settings": JSONValue(declares.settings), "faults": [],
          ])
        }
        var counts = [
          count(declares.apps, "app"), count(declares.accounts, "account"),
          count(declares.tokens, "token"),
        ]
        if declares.settings > 0 { counts.append(count(declares.settings, "setting")) }
        return Terminal.line("\(file) can be used. It declares \(counts.joined(separator: ", ")).")
      } catch let error as Problem {
        problem = error
      }
      guard !problem.fields.isEmpty || json else { throw problem }
      let faults = problem.fields.map { "\($0.key): \($0.message)" }
      if json {
        let told = faults.isEmpty ? [problem.summary] : faults
        Terminal.json(["ok": false, "faults": .array(told.map { .string($0) })])
      } else {
        for fault in faults { Terminal.line("\(file), \(fault).") }
      }
      throw ExitCode.failure
    }

    private func count(_ number: Int, _ noun: String) -> String {
      "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
  }
}
