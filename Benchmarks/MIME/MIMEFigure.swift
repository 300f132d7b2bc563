import Foundation

/// How fast mail is read, beside GMime: a program with ours and one with GMime, both made by `Scripts/bench`, read the
/// same messages in turn, everything that a mail program would show.
@main
struct MIMEFigure {
  private struct Run {
    var seconds: Double
    var textOctets: Int
    var fileOctets: Int
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Where `heliograph` and `gmime` are, which read mail.
  let readers: String
  /// An empty folder for the messages.
  let folder: String
  let rounds: Int

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let rounds = Int(arguments[3]), rounds > 0 else { exit(2) }
    print(try MIMEFigure(readers: arguments[1], folder: arguments[2], rounds: rounds).table())
  }

  private func table() throws -> String {
    var table = Table("Messages", "Size, MB", "Heliograph, MB/s", "GMime, MB/s", "Over GMime")
    var medians = Samples()
    for (number, kind) in MIMECorpus.kinds.enumerated() {
      FileHandle.standardError.write(Data("mime, \(kind.name)\n".utf8))
      let corpus = "\(folder)/mime-\(number)"
      defer { try? FileManager.default.removeItem(atPath: corpus) }
      let size = Double(try MIMECorpus.write(kind, into: corpus)) / 1_000_000
      var (ours, theirs) = (Samples(), Samples())
      for _ in 1...rounds {
        let our = try read(corpus, with: "\(readers)/heliograph")
        let their = try read(corpus, with: "\(readers)/gmime")
        try compare(our, their, kind.name)
        ours.add(size / our.seconds)
        theirs.add(size / their.seconds)
      }
      let ratio = ours.over(theirs)
      medians.add(ratio.median)
      table.add(
        kind.name, String(format: "%.1f", size), ours.text(), theirs.text(), ratio.text(decimals: 2))
    }
    table.add("The median of all", "", "", "", medians.text(decimals: 2))
    return table.text
  }

  /// The fastest of three passes, in processor time.
  private func read(_ corpus: String, with program: String) throws -> Run {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(filePath: program)
    process.arguments = ["3", corpus]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    guard numbers.count == 3 else { throw Failure(description: "\(program) does not read \(corpus).") }
    return Run(seconds: Double(numbers[0]) / 1e9, textOctets: numbers[1], fileOctets: numbers[2])
  }

  /// Both must have read the same; between two texts of a message, ours puts a line end.
  private func compare(_ ours: Run, _ theirs: Run, _ name: String) throws {
    let difference = abs(ours.textOctets - theirs.textOctets)
    guard ours.fileOctets == theirs.fileOctets, difference * 100 <= theirs.textOctets else {
      throw Failure(description: "\(name): we read \(ours), GMime \(theirs).")
    }
  }
}
