import Foundation

/// How fast mail is read, beside GMime: a program with ours and one with GMime, both made by `Scripts/bench`, read the
/// same messages in turn, everything that a mail program would show.
struct MIMEFigure {
  var bench: Bench

  private struct Run {
    var seconds: Double
    var textOctets: Int
    var fileOctets: Int
  }

  func table() async throws -> String {
    guard let folder = bench.readers else {
      throw Failure("Scripts/bench makes the programs that read mail.")
    }
    var table = Table("Messages", "Size, MB", "Heliograph, MB/s", "GMime, MB/s", "Over GMime")
    var medians = Samples()
    for kind in MIMECorpus.kinds {
      bench.note("mime, \(kind.name)")
      let corpus = bench.fresh("mime")
      defer { try? FileManager.default.removeItem(atPath: corpus) }
      let size = Double(try MIMECorpus.write(kind, into: corpus)) / 1_000_000
      var (ours, theirs) = (Samples(), Samples())
      for _ in 1...bench.rounds {
        let (our, their) = (
          try await read(corpus, with: "\(folder)/heliograph"),
          try await read(corpus, with: "\(folder)/gmime")
        )
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
  private func read(_ corpus: String, with program: String) async throws -> Run {
    let log = bench.fresh("log")
    defer { try? FileManager.default.removeItem(atPath: log) }
    return try await Child.run(program, ["3", corpus], log: log) { child in
      while child.isRunning { try await Task.sleep(for: .milliseconds(20)) }
      let numbers = try String(contentsOfFile: log, encoding: .utf8).split(whereSeparator: \.isWhitespace)
        .compactMap { Int($0) }
      guard numbers.count == 3 else { throw Failure("\(program) does not read \(corpus).") }
      return Run(seconds: Double(numbers[0]) / 1e9, textOctets: numbers[1], fileOctets: numbers[2])
    }
  }

  /// Both must have read the same; between two texts of a message, ours puts a line end.
  private func compare(_ ours: Run, _ theirs: Run, _ name: String) throws {
    let difference = abs(ours.textOctets - theirs.textOctets)
    guard ours.fileOctets == theirs.fileOctets, difference * 100 <= theirs.textOctets else {
      throw Failure("\(name): we read \(ours), GMime \(theirs).")
    }
  }
}
