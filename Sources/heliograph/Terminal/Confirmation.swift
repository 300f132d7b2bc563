import ArgumentParser

/// `--yes`, for what cannot be undone.
struct Confirmation: ParsableArguments {
  @Flag(help: "Do not ask whether to go on.") var yes = false

  /// Asks on a terminal, unless `--yes` was given.
  ///
  /// - Parameter action: As in "delete the account alice".
  /// - Throws: `ValidationError` where nobody can be asked, `ExitCode` when the answer is not yes.
  func ask(_ action: String) throws {
    if yes { return }
    let action = Printable.text(action)
    guard StandardInput.isTerminal else {
      throw ValidationError(
        "Nothing was done: standard input is not a terminal, so nobody can be asked whether to \(action). Add --yes."
      )
    }
    Output.errors.write("Do you want to \(action)? [y/N] ")
    let answer = readLine()?.lowercased() ?? ""
    guard answer == "y" || answer == "yes" else {
      Terminal.error("Nothing was done.")
      throw ExitCode.failure
    }
  }
}
