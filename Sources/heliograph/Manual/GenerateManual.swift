import ArgumentParser
import Core
import Foundation

/// `Scripts/manual` runs it for `make install` and for packages.
struct GenerateManual: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the manual pages and the completions of the shells.", shouldDisplay: false)

  @Argument(help: "The folder: man1 and completions are made in it.") var folder: String

  func run() throws {
    let tool = try JSONDecoder().decode(CommandDump.self, from: Data(Heliograph._dumpHelp().utf8)).command
    var pages = [ManualPage(of: tool, under: [])]
    for command in tool.shownCommands { pages.append(ManualPage(of: command, under: [tool.commandName])) }
    for page in pages { try write(page.text, to: "man1/\(page.name).1") }
    for (shell, name) in [
      (CompletionShell.bash, "heliograph.bash"), (.zsh, "_heliograph"), (.fish, "heliograph.fish"),
    ] {
      try write(Heliograph.completionScript(for: shell), to: "completions/\(name)")
    }
  }

  private func write(_ text: String, to name: String) throws {
    let file = URL(filePath: folder, directoryHint: .isDirectory).appending(path: name)
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data((text.hasSuffix("\n") ? text : text + "\n").utf8).write(to: file)
    } catch {
      throw Problem(
        .configurationInvalid, "\(file.path) cannot be written.",
        remedy: "Choose a folder that this user may write to.")
    }
  }
}

/// What ArgumentParser tells of the commands, as `--experimental-dump-help` prints it.
struct CommandDump: Decodable {
  let command: Command

  struct Command: Decodable {
    let commandName: String
    let abstract: String?
    let discussion: String?
    let shouldDisplay: Bool
    let subcommands: [Command]?
    let arguments: [Argument]?

    /// Without `help`, which every command has.
    var shownCommands: [Command] {
      (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    }
    var shownArguments: [Argument] {
      (arguments ?? []).filter { $0.shouldDisplay && $0.valueName != "help" }
    }
  }

  struct Argument: Decodable {
    let abstract: String?
    let isOptional: Bool
    let isRepeating: Bool
    let kind: String
    let names: [Name]?
    let shouldDisplay: Bool
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?

    struct Name: Decodable {
      let kind: String
      let name: String

      var spelling: String { (kind == "long" ? "--" : "-") + name }
    }
  }
}
