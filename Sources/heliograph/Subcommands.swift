import ArgumentParser
import Gateway

/// The names of commands, before they are parsed: a mistyped one gets a suggestion.
enum Subcommands {
  /// - Throws: `ValidationError` for a word where a subcommand must be, and that is none.
  static func check(_ arguments: [String], of root: any ParsableCommand.Type) throws {
    var command = root
    var path = [root._commandName]
    for argument in arguments {
      let known = command.configuration.subcommands
      if known.isEmpty || argument.hasPrefix("-") || argument == "help" { return }
      guard let next = known.first(where: { $0._commandName == argument }) else {
        throw unknown(argument, after: path, known.filter { $0.configuration.shouldDisplay })
      }
      command = next
      path.append(argument)
    }
  }

  private static func unknown(
    _ word: String, after path: [String], _ known: [any ParsableCommand.Type]
  ) -> ValidationError {
    let names = known.map { $0._commandName }
    let longer = names.filter { $0.hasPrefix(word) }
    let nearest = longer.first ?? Settings.nearest(to: word, among: names)
    let isNear = !longer.isEmpty || Settings.distance(nearest, word) <= max(1, word.count / 3)
    let command = path.joined(separator: " ")
    return ValidationError(
      "There is no command “\(Printable.text("\(command) \(word)"))”. "
        + (isNear
          ? "Did you mean `\(command) \(nearest)`?" : "It is one of: \(names.joined(separator: ", "))."))
  }
}
