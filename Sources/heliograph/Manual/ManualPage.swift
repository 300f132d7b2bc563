import Core

/// A page of the manual in the macros of man(7).
struct ManualPage {
  /// `heliograph-account`
  let name: String
  private(set) var text = ""

  /// - Parameter parents: The words before the command's own.
  init(of command: CommandDump.Command, under parents: [String]) {
    let words = parents + [command.commandName]
    name = words.joined(separator: "-")
    add(".TH \(name.uppercased()) 1 \"\" \"Heliograph \(heliographVersion)\" \"Heliograph\"")
    add(".SH NAME")
    add("\(Self.escape(name)) \\- \(Self.escape(Self.phrase(command.abstract)))")
    add(".SH SYNOPSIS")
    synopsis(of: command, words)
    if let discussion = command.discussion {
      add(".SH DESCRIPTION")
      paragraphs(discussion)
    }
    arguments(of: command, heading: ".SH OPTIONS")
    if parents.isEmpty {
      add(".SH COMMANDS")
      for child in command.shownCommands {
        add(".TP\n.BR \(name)\\-\(Self.escape(child.commandName)) (1)")
        add(Self.escape(child.abstract ?? ""))
      }
      return
    }
    for child in command.shownCommands { section(for: child, words) }
    add(".SH SEE ALSO\n.BR heliograph (1)")
  }

  /// A subcommand, on the page of its command.
  private mutating func section(for command: CommandDump.Command, _ parents: [String]) {
    let words = parents + [command.commandName]
    add(".SH \(Self.escape(words.joined(separator: " ").uppercased()))")
    add(Self.escape(command.abstract ?? ""))
    add(".PP")
    synopsis(of: command, words)
    if let discussion = command.discussion {
      add(".PP")
      paragraphs(discussion)
    }
    arguments(of: command, heading: ".PP")
  }

  private mutating func synopsis(of command: CommandDump.Command, _ words: [String]) {
    var parts = ["\\fB\(Self.escape(words.joined(separator: " ")))\\fR"]
    if !command.shownCommands.isEmpty { parts.append("\\fIcommand\\fR") }
    if command.shownArguments.contains(where: { $0.kind != "positional" }) {
      parts.append("[\\fIoptions\\fR]")
    }
    for argument in command.shownArguments where argument.kind == "positional" {
      let value = "\\fI\(Self.escape(argument.valueName ?? ""))\\fR" + (argument.isRepeating ? " ..." : "")
      parts.append(argument.isOptional ? "[\(value)]" : value)
    }
    add(parts.joined(separator: " "))
  }

  private mutating func arguments(of command: CommandDump.Command, heading: String) {
    let arguments = command.shownArguments
    if arguments.isEmpty { return }
    add(heading)
    for argument in arguments {
      add(".TP")
      let value = "\\fI\(Self.escape(argument.valueName ?? "value"))\\fR"
      let names = (argument.names ?? []).map { "\\fB\(Self.escape($0.spelling))\\fR" }.joined(separator: ", ")
      switch argument.kind {
      case "option": add("\(names) \(value)")
      case "flag": add(names)
      default: add(value)
      }
      var words = argument.abstract ?? ""
      if let values = argument.allValues, !values.isEmpty {
        words += " One of: \(values.joined(separator: ", "))."
      }
      if let value = argument.defaultValue, argument.kind == "option" { words += " Default: \(value)." }
      add(words.isEmpty ? "\\&" : Self.escape(words))
    }
  }

  /// Lines that begin with a space stay as they are; an empty line ends a paragraph.
  private mutating func paragraphs(_ text: String) {
    var isLiteral = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(" ") != isLiteral, !line.isEmpty {
        isLiteral.toggle()
        add(isLiteral ? ".nf" : ".fi")
      }
      add(line.isEmpty ? ".PP" : Self.escape(String(line)))
    }
    if isLiteral { add(".fi") }
  }

  private mutating func add(_ line: String) {
    text += line + "\n"
  }

  /// The NAME section has a phrase: without a full stop.
  private static func phrase(_ abstract: String?) -> String {
    guard let abstract, abstract.hasSuffix(".") else { return abstract ?? "" }
    return String(abstract.dropLast())
  }

  /// A control character of roff at the beginning of a line is text, and so are backslashes and hyphens.
  private static func escape(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}
