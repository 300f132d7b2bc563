/// Makes every line end CRLF while the lines arrive: an LF with the CRs before it, and each other CR. CR CR
/// LF, which programs write that convert line ends twice, is one line end, as it is to `HeaderBlock`.
struct LineEnds: Sendable {
  /// More CRs in a row than real messages have before an LF; those before them are lines of their own.
  static let mostReturns = 16

  /// CRs that are not written yet.
  private var returns = 0

  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
    output.reserveCapacity(output.count + bytes.count + bytes.count / 32 + Self.mostReturns * 2)
    bytes.withUnsafeBufferPointer { input in
      var index = 0
      while index < input.count {
        let start = index
        while index < input.count, input[index] != .cr, input[index] != .lf { index += 1 }
        if index > start {
          finish(into: &output)
          output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<index]))
        }
        guard index < input.count else { break }
        if input[index] == .lf {
          output.appendLineEnd()
          returns = 0
        } else if returns == Self.mostReturns {
          output.appendLineEnd()
        } else {
          returns += 1
        }
        index += 1
      }
    }
  }

  mutating func finish(into output: inout [UInt8]) {
    for _ in 0..<returns { output.appendLineEnd() }
    returns = 0
  }
}
