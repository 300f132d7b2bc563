/// One line on a terminal that is overwritten again and again; nothing where standard error is not a terminal.
struct ProgressLine {
  private let isShown: Bool

  private static let width = 24

  init(isShown: Bool) {
    self.isShown = isShown && Output.errors.isTerminal
  }

  func show(fraction: Double? = nil, _ text: String) {
    let bar = fraction.map { fraction in
      let full = Int(fraction * Double(Self.width))
      return "[" + String(repeating: "#", count: full) + String(repeating: " ", count: Self.width - full)
        + "] "
    }
    write((bar ?? "") + Printable.text(text))
  }

  func clear() {
    write("")
  }

  /// ECMA-48: back to the first column, and erase the line.
  private func write(_ text: String) {
    if isShown { Output.errors.write("\r\u{1B}[2K" + text) }
  }
}
